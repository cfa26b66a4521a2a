package run

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/bundle"
	"gorae/config"
	"gorae/internal/file"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// ScoresFile is the file of a trial's scores, from which the objective of any choice of validation samples can be
// computed: a line for each sample with what the metric keeps of it.
const ScoresFile = "validation-scores.csv"

// TrialOptions are the settings of a trial.
type TrialOptions struct {
	Out    string // the run directory
	AnyCPU bool
	// Until is the epoch at whose end the training rests; the same trial goes on from there, with the bits of a
	// training without a rest. 0: it is trained to its end.
	Until int
	// Metric is the one whose scores are kept, without val_; "" or one that is no sum over samples: none are.
	Metric string
	// Watch, if not nil, is called with every event of the training.
	Watch func(train.Event) error
}

// Trial is what a trial has come to.
type Trial struct {
	Dir      string
	Rows     []train.Row // of all epochs
	Best     int         // the best epoch by train.monitor
	Ended    bool        // the training has come to its end
	Diverged string      // why it cannot go on: a loss or a weight that is no number
	Seconds  float64
}

// errRest ends the context of a training that is to rest.
var errRest = errors.New("the trial rests")

// RunTrial trains as [Run] does, in a run directory that survives being killed, but as one of many: nothing is drawn,
// no baseline is fitted and no test sample is looked at. One that has ended holds a model and the metrics of its
// validation samples, and is read, not trained again. When ctx ends, the error is a [*Stopped].
func RunTrial(ctx context.Context, p *Prepared, o TrialOptions) (*Trial, error) {
	dir, s, unlock, err := p.openDir(ctx, Options{Out: o.Out, Resume: true, AnyCPU: o.AnyCPU})
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s == finished {
		return readTrial(dir)
	}
	t := &Trial{Dir: dir}
	err = p.runTrial(ctx, t, s != fresh, o)
	if err != nil && ctx.Err() != nil {
		return nil, &Stopped{dir, err}
	}
	return t, err
}

// readTrial reads a trial that has ended.
func readTrial(dir string) (*Trial, error) {
	r, err := ReadReport(dir)
	if err != nil {
		return nil, err
	}
	rows, err := readHistory(filepath.Join(dir, HistoryFile))
	return &Trial{Dir: dir, Rows: rows, Best: r.BestEpoch, Ended: true, Seconds: r.Seconds}, err
}

func (p *Prepared) runTrial(ctx context.Context, t *Trial, resume bool, o TrialOptions) error {
	inner, rest := context.WithCancelCause(ctx)
	defer rest(nil)
	watch := func(e train.Event) error {
		if e.Kind == train.TrainBegin || e.Kind == train.EpochEnd {
			t.Rows = slices.Clone(e.Run.History.Rows)
			if n := len(t.Rows); o.Until > 0 && n >= o.Until && n < e.Epochs {
				rest(errRest)
			}
		}
		if o.Watch != nil {
			return o.Watch(e)
		}
		return nil
	}
	h, err := p.how.train(inner, p.config(t.Dir, resume, nil, watch))
	var bad *train.StepError
	switch {
	case errors.As(err, &bad):
		t.Diverged = bad.Error()
		return nil
	case err != nil && context.Cause(inner) == errRest && ctx.Err() == nil:
	case err != nil:
		return err
	default:
		t.Ended, t.Rows, t.Best = true, h.Rows, h.Best
	}
	for _, r := range t.Rows {
		t.Seconds += r.Seconds
	}
	report := &Report{Epochs: len(t.Rows), BestEpoch: t.Best, Seconds: t.Seconds, Unit: p.Fitted.Unit(),
		Target: p.Problem.About()}
	if m, ok := p.how.(*supervised); ok {
		if err := m.scores(ctx, t.Dir, report, o.Metric); err != nil {
			return err
		}
	}
	if !t.Ended {
		return nil
	}
	if err := p.Bundle().Save(filepath.Join(t.Dir, ModelFile)); err != nil {
		return err
	}
	if err := writeHistory(t.Dir, p.how.columns(), t.Rows); err != nil {
		return err
	}
	return report.write(t.Dir)
}

// scores evaluates the validation samples with the weights as they are, and writes what the metric keeps of each.
func (m *supervised) scores(ctx context.Context, dir string, r *Report, name string) error {
	if m.Rows(task.Validation) == 0 {
		return nil
	}
	e := bundle.Evaluation(m.Fitted, m.Training)
	e.LossWeights, e.Bucket = m.lossWeights(), m.bucket()
	if m.folded() {
		e.Ensemble = m.ensemble
	}
	each, err := e.PerSample(m.Model)
	if err != nil {
		return err
	}
	k := slices.Index(each.Names(), name)
	var consumers []train.Consumer
	if k >= 0 && each.Sums(k) {
		each.Expect(m.Rows(task.Validation))
		each.Only(name)
		consumers = append(consumers, each)
	}
	ms, err := e.Run(ctx, m.Model, train.Data{Source: m.Parts[task.Validation]}, consumers...)
	if err != nil {
		return fmt.Errorf("%s samples: %w", task.Validation, err)
	}
	r.Validation, r.Rows[task.Validation] = ms, m.Rows(task.Validation)
	if consumers == nil {
		return nil
	}
	rows := subset(m.Parts[task.Validation])
	return file.Replace(filepath.Join(dir, ScoresFile), func(w io.Writer) error {
		to := csv.NewWriter(w)
		for i, sample := range each.Samples() {
			if rows != nil {
				sample = rows[sample]
			}
			fields := []string{strconv.Itoa(sample)}
			for _, v := range each.Of(k, i) {
				fields = append(fields, strconv.FormatFloat(v, 'g', -1, 64))
			}
			if err := to.Write(fields); err != nil {
				return err
			}
		}
		to.Flush()
		return to.Error()
	})
}

// Scores is what a metric keeps of validation samples, by the samples' numbers.
type Scores struct {
	Samples []int
	Sums    [][]float64
}

// ReadScores reads the scores of a trial; nil where it has none.
func ReadScores(dir string) (*Scores, error) {
	path := filepath.Join(dir, ScoresFile)
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, file.OpenError(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	from := csv.NewReader(f)
	from.FieldsPerRecord = -1 // a sample that counts nothing has none
	lines, err := from.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s := &Scores{}
	for _, line := range lines {
		sample, err := strconv.Atoi(line[0])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		sums := make([]float64, len(line)-1)
		for i := range sums {
			if sums[i], err = strconv.ParseFloat(line[i+1], 64); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		s.Samples, s.Sums = append(s.Samples, sample), append(s.Sums, sums)
	}
	return s, nil
}

// Objective is a metric of validation samples, as a study compares trials by it.
type Objective struct {
	Name      string // as in history.csv, such as val_loss
	Direction metric.Direction
	// Value computes the metric from what it keeps of samples; nil where it is no sum over samples.
	Value func(sums [][]float64) float64
}

// Objective returns the metric that trials are compared by: name, else train.monitor, else val_loss. A metric that is
// not there is an error.
func (p *Prepared) Objective(name string) (*Objective, error) {
	if name == "" {
		name = p.Spec.Train.Monitor
	}
	columns := p.how.columns()
	if name == "" {
		name = "val_loss"
		if !slices.Contains(columns, name) && !slices.Contains(columns, "val_"+columns[0]) {
			return nil, p.file.Locate(task.Errorf("split", "trials are compared by validation samples, and there are "+
				"none").Fix("give split.validation"))
		}
	}
	if !slices.Contains(columns, name) {
		return nil, fmt.Errorf("no metric %q%s", name, config.DidYouMean(name, columns))
	}
	return p.objective(name)
}

// objective returns a metric of the history.
func (p *Prepared) objective(name string) (*Objective, error) {
	o := &Objective{Name: name, Direction: metric.Unknown}
	own := strings.TrimPrefix(name, "val_")
	if own == "loss" || strings.HasSuffix(own, "_loss") {
		o.Direction = metric.Min
	}
	m, ok := p.how.(*supervised)
	if !ok {
		return o, o.directed()
	}
	each, err := bundle.Evaluation(m.Fitted, m.Training).PerSample(m.Model)
	if err != nil {
		return nil, err
	}
	if k := slices.Index(each.Names(), own); k >= 0 && strings.HasPrefix(name, "val_") {
		x := each.Metric(k)
		if d := metric.DirectionOf(x); d != metric.Unknown {
			o.Direction = d
		}
		if join := metric.Join(x); join != nil {
			o.Value = func(sums [][]float64) float64 {
				var total []float64
				for _, s := range sums {
					if len(s) > 0 {
						total = join(total, s)
					}
				}
				if len(total) == 0 {
					return math.NaN()
				}
				return x.Result(total)
			}
		}
	}
	return o, o.directed()
}

// directed returns an error where it is not known which values are better.
func (o *Objective) directed() error {
	if o.Direction == metric.Unknown {
		return fmt.Errorf("%s: whether it is to rise or to fall is not known; name another metric", o.Name)
	}
	return nil
}
