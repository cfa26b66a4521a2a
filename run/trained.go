package run

import (
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"gorae/bundle"
	"gorae/data"
	"gorae/internal/file"
	"gorae/metric"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

// Trained is a run: its experiment with the samples, the network with the weights that were kept, and what its
// directory holds of the training.
type Trained struct {
	*Prepared
	Dir        string
	Report     *Report                 // nil: it is not finished
	History    []train.Row             // by epoch
	Statistics []train.EpochStatistics // nil: none were taken
	Failure    *Failure                // nil: none
}

// Open reads a run directory, finished or not.
func Open(ctx context.Context, dir string, o CompareOptions) (*Trained, error) {
	return openTrained(ctx, dir, o)
}

func openTrained(ctx context.Context, dir string, o CompareOptions) (*Trained, error) {
	f, err := experimentOf(dir)
	if err != nil {
		return nil, err
	}
	f.AllowNetwork = o.AllowNetwork
	p, err := Prepare(ctx, f)
	if err != nil {
		return nil, err
	}
	if p.found, err = p.inputs(ctx); err != nil {
		return nil, err
	}
	was, err := ReadInputs(dir)
	if err != nil {
		return nil, err
	}
	if err := was.sameData(dir, p.found); err != nil {
		return nil, err
	}
	t := &Trained{Prepared: p, Dir: dir}
	if _, err := os.Stat(filepath.Join(dir, MetricsFile)); err == nil {
		b, err := bundle.Open(filepath.Join(dir, ModelFile))
		if err != nil {
			return nil, err
		}
		if _, err := model.CopyWeights(p.Model, b.Model, model.CopyOptions{}); err != nil {
			return nil, fmt.Errorf("%s: the network is not the experiment's: %w", dir, err)
		}
		p.Fitted = b.Fitted // with what was chosen after the training
	}
	return t, t.read()
}

// TrainedOf returns the run that has just been finished.
func TrainedOf(p *Prepared, dir string) (*Trained, error) {
	t := &Trained{Prepared: p, Dir: dir}
	return t, t.read()
}

// read reads what the directory holds of the training.
func (t *Trained) read() error {
	for name, to := range map[string]func(path string) error{
		MetricsFile: func(path string) error { t.Report = &Report{}; return readJSON(path, t.Report) },
		StatisticsFile: func(path string) error {
			var s Statistics
			err := readJSON(path, &s)
			t.Statistics = s.Epochs
			return err
		},
		FailureFile: func(path string) error { t.Failure = &Failure{}; return readJSON(path, t.Failure) },
		HistoryFile: func(path string) (err error) { t.History, err = readHistory(path); return err },
	} {
		path := filepath.Join(t.Dir, name)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if err := to(path); err != nil {
			return err
		}
	}
	return nil
}

// readHistory reads a history.csv.
func readHistory(path string) ([]train.Row, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, file.OpenError(path, err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, fmt.Errorf("%s: no history of a training", path)
	}
	var rows []train.Row
	for _, l := range lines[1:] {
		r := train.Row{}
		for k, name := range lines[0] {
			v, err := strconv.ParseFloat(l[k], 64)
			if err != nil {
				v = math.NaN()
			}
			switch name {
			case "epoch":
				r.Epoch = int(v)
			case "seconds":
				r.Seconds = v
			default:
				r.Metrics = append(r.Metrics, train.Metric{Name: name, Value: v})
			}
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// Column is the values of one metric over the epochs.
func (t *Trained) Column(name string) []float64 {
	h := train.History{Rows: t.History}
	return h.Column(name)
}

// Supervised reports whether the network learns from targets.
func (p *Prepared) Supervised() bool {
	_, ok := p.how.(*supervised)
	return ok
}

// Folded reports whether the validation samples are the training samples, each for the network that has not learnt from
// it.
func (p *Prepared) Folded() bool {
	m, ok := p.how.(*supervised)
	return ok && m.folded()
}

// Evaluate shows a part's samples and what the network makes of them to consumers, and returns the metrics.
func (p *Prepared) Evaluate(ctx context.Context, part task.Part, consumers ...train.Consumer) (train.Metrics, error) {
	return p.EvaluateFirst(ctx, part, math.MaxInt, consumers...)
}

// EvaluateFirst is Evaluate of at most the first n samples of a part.
func (p *Prepared) EvaluateFirst(ctx context.Context, part task.Part, n int, consumers ...train.Consumer) (
	train.Metrics, error) {
	d := p.Parts[part]
	if d.Len() > n {
		d = data.Subset{Dataset: d, Rows: data.Range(n)}
	}
	e := bundle.Evaluation(p.Fitted, p.Training)
	e.LossWeights, e.Bucket, e.Finite = p.lossWeights(), p.bucket(), false
	return e.Run(ctx, p.Model, train.Data{Source: d}, consumers...)
}

// PerSample is a consumer for Evaluate that keeps what each sample adds to the metrics.
func (p *Prepared) PerSample() (*train.PerSample, error) {
	e := bundle.Evaluation(p.Fitted, p.Training)
	e.LossWeights, e.Bucket = p.lossWeights(), p.bucket()
	return e.PerSample(p.Model)
}

// Numbers returns which samples of the source, or of what is left of it ([Prepared.Withhold]), a part consists of; nil
// where the part is no choice of them.
func (p *Prepared) Numbers(part task.Part) []int {
	rows := subset(p.Parts[part])
	if rows == nil || p.known == nil {
		return rows
	}
	return p.known.numbers(rows)
}

// GapMetric returns the metric by which parts are compared, and whether smaller values are better.
func (p *Prepared) GapMetric() (name string, minimize bool) {
	name, direction := p.gapMetric()
	return name, direction == metric.Min
}

// File returns the experiment file that was prepared.
func (p *Prepared) File() *spec.File { return p.file }

// Table reads the table of the samples again, without the rows of samples that are withheld; nil where there is none,
// or where it can be read only once.
func (p *Prepared) Table() (*data.Table, error) {
	s, err := p.Source()
	if err != nil || s == nil || !s.Readable() {
		return nil, err
	}
	for _, other := range p.sources {
		s.Reuse(other)
	}
	content, err := s.Read()
	if err != nil || content.Table == nil || p.known == nil {
		return content.Table, err
	}
	return p.known.table(content.Table, p.Dependence[task.Train].Serial), nil
}
