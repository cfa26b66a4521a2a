package run

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"

	"gorae/bundle"
	"gorae/config"
	"gorae/data"
	"gorae/internal/file"
	"gorae/metric"
	"gorae/spec"
	"gorae/stat"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// The files of the directory of a cross-validation, which holds a run directory fold-N for each fold.
const (
	FoldsFile     = "folds.json"      // written last: a cross-validation that has it is finished
	OutOfFoldFile = "predictions.csv" // of each sample, by the network that has not learnt from it
)

// Folds is the result of a cross-validation, the content of folds.json.
type Folds struct {
	Dir     string       `json:"-"`
	Unit    string       `json:"unit"` // the word for one sample
	Folds   []Fold       `json:"folds"`
	Metrics []FoldMetric `json:"metrics"`
	Target  string       `json:"target,omitempty"` // what is predicted, in words
	// Looks is how many runs beside the cross-validation were tested on the same samples.
	Looks    Looks    `json:"-"`
	Warnings []string `json:"-"` // errors in writing anything but the models and the metrics
}

// Fold is one fold: the samples that are its test part, and the metrics of the network that has learnt from the others.
type Fold struct {
	Dir     string        `json:"directory"` // within that of the cross-validation
	Rows    [3]int        `json:"samples"`   // by part
	Test    train.Metrics `json:"test"`
	Seconds float64       `json:"seconds"`
}

// FoldMetric is a metric over all folds, each fold counting the same.
type FoldMetric struct {
	Metric    string  `json:"metric"`
	Mean      float64 `json:"mean"`
	Deviation float64 `json:"standard_deviation"`
	// Interval is the 95 % interval of the mean ([stat.Folds]); nil for two folds, of which it would be many times as
	// wide as they are apart.
	Interval *stat.Interval `json:"interval,omitempty"`
	// Direction says which values are better.
	Direction metric.Direction `json:"direction"`
}

// leastFolds is the number of folds from which the mean has an interval.
const leastFolds = 3

// FoldOptions are the settings of a cross-validation.
type FoldOptions struct {
	Folds   int // 2 or more
	Options     // Out is the directory of all folds; Watch and Profile are not used
	// Watch, if not nil, is called before each fold that is not finished, and returns what is called with the events of
	// its training.
	Watch func(fold int, dir string, p *Prepared) func(train.Event) error
}

// CrossValidate parts the samples into folds, and trains a network for each fold on all others: in a run directory of
// its own, with its own preprocessing. Where the experiment splits by group or by time, so do the folds. When ctx ends,
// the error is a [*Stopped], and Options.Resume goes on with the fold at hand.
func CrossValidate(ctx context.Context, f *spec.File, o FoldOptions) (*Folds, error) {
	if f.Data.Source == "-" {
		return nil, f.Locate(task.Errorf("data.source", "standard input can be read once, but %d folds read it again",
			o.Folds).Fix("name a file"))
	}
	first, err := foldOf(f, o.Folds, 1)
	if err != nil {
		return nil, err
	}
	p, err := Prepare(ctx, first) // what is wrong with the experiment is said before there is a directory
	if err != nil {
		return nil, err
	}
	note := func() {
		if f.Split.Test != nil {
			p.Notes = append(p.Notes, fmt.Sprintf("split.test, %v, is not used: each of the %d folds is the test part "+
				"once", *f.Split.Test, o.Folds))
		}
	}
	note()
	if err := p.targeted(); err != nil {
		return nil, err
	}
	dir, unlock, err := claimDir(f.Name, o.Options)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if _, err := emptyDir(dir, o.Options); err != nil {
		return nil, err
	}
	if o.Began != nil {
		o.Began(dir)
	}
	out := &Folds{Dir: dir, Unit: p.Fitted.Unit(), Target: p.Problem.About()}
	all := &outOfFold{}
	for k := 1; k <= o.Folds; k++ {
		if k > 1 {
			g, err := foldOf(f, o.Folds, k)
			if err != nil {
				return nil, err
			}
			if p, err = Prepare(ctx, g); err != nil {
				return nil, stopped(ctx, dir, err)
			}
			note()
		}
		if err := out.fold(ctx, p, k, o, all); err != nil {
			return nil, stopped(ctx, dir, err)
		}
	}
	directions, err := p.directions()
	if err != nil {
		return nil, err
	}
	out.sum(directions)
	out.Looks = looksBeside(dir, folded(dir).Test)
	if all.why != "" {
		out.Warnings = append(out.Warnings, OutOfFoldFile+" is not written: "+all.why)
	} else if err := file.Replace(filepath.Join(dir, OutOfFoldFile), all.write); err != nil {
		out.Warnings = append(out.Warnings, err.Error())
	}
	return out, out.write()
}

// stopped is err, or a *Stopped where the context has ended.
func stopped(ctx context.Context, dir string, err error) error {
	if ctx.Err() != nil {
		return &Stopped{dir, ctx.Err()}
	}
	return err
}

// foldOf returns the experiment of one fold, whichever fold the experiment names itself. The fold stands in the place
// of a share of samples to test on.
func foldOf(f *spec.File, folds, k int) (*spec.File, error) {
	g := *f
	g.Experiment = *f.Experiment.Clone()
	s := &g.Split
	if s.Folds > 0 && s.Folds != folds {
		return nil, f.Locate(task.Errorf("split.folds", "%d, but %d are asked for", s.Folds, folds).
			Fix("leave one out"))
	}
	if s.Folds == 0 {
		s.Test = nil
	}
	s.Folds, s.Fold, g.Train.Refit = folds, k, false
	if err := s.Check(); err != nil {
		return nil, f.Locate(config.Under("split", err))
	}
	return &g, nil
}

// fold trains the network of fold k and collects its metrics and predictions.
func (c *Folds) fold(ctx context.Context, p *Prepared, k int, o FoldOptions, all *outOfFold) error {
	name := fmt.Sprintf("fold-%d", k)
	one := Options{Out: filepath.Join(c.Dir, name), Resume: true, AnyCPU: o.AnyCPU}
	if o.Watch != nil {
		var watch func(train.Event) error // known when the training begins, which a finished fold does not
		one.Began = func(dir string) { watch = o.Watch(k, dir, p) }
		one.Watch = func(e train.Event) error { return watch(e) }
	}
	r, err := Run(ctx, p, one)
	if err != nil {
		return err
	}
	for _, w := range r.Warnings {
		c.Warnings = append(c.Warnings, name+": "+w)
	}
	c.Folds = append(c.Folds, Fold{Dir: name, Rows: r.Report.Rows, Test: r.Report.Test, Seconds: r.Report.Seconds})
	return all.add(ctx, p, k, filepath.Join(r.Dir, ModelFile))
}

// directions returns for each metric of the report which values are better.
func (p *Prepared) directions() (map[string]metric.Direction, error) {
	each, err := bundle.Evaluation(p.Fitted, p.Training).PerSample(p.Model)
	if err != nil {
		return nil, err
	}
	out := map[string]metric.Direction{"loss": metric.Min} // of several outputs' losses the sum
	for k, name := range each.Names() {
		out[name] = metric.DirectionOf(each.Metric(k))
	}
	return out, nil
}

// sum computes the metrics over all folds.
func (c *Folds) sum(directions map[string]metric.Direction) {
	test, train := 0, 0
	for _, f := range c.Folds {
		test, train = test+f.Rows[task.Test], train+f.Rows[task.Train]
	}
	for _, name := range c.Folds[0].Test.Names() {
		values := make([]float64, len(c.Folds))
		for k, f := range c.Folds {
			values[k] = f.Test.Of(name)
		}
		mean, deviation, i := stat.Folds(values, float64(test), float64(train), 0.95)
		m := FoldMetric{Metric: name, Mean: mean, Deviation: deviation, Direction: directions[name]}
		if len(values) >= leastFolds {
			m.Interval = &i
		}
		if !math.IsNaN(m.Mean) && !math.IsInf(m.Mean, 0) { // JSON has no word for it
			c.Metrics = append(c.Metrics, m)
		}
	}
}

func (c *Folds) write() error { return writeJSON(filepath.Join(c.Dir, FoldsFile), c) }

// ReadFolds reads the folds.json of the directory of a cross-validation.
func ReadFolds(dir string) (*Folds, error) {
	path := filepath.Join(dir, FoldsFile)
	c := &Folds{Dir: dir}
	return c, readJSON(path, c)
}

// outOfFold is the predictions of a cross-validation, of each sample by the network that has not learnt from it.
type outOfFold struct {
	header []string
	rows   map[int][][]any // by the number of the sample, from 0
	why    string          // there are no predictions
}

// add predicts the test samples of fold k.
func (a *outOfFold) add(ctx context.Context, p *Prepared, k int, model string) error {
	rows := subset(p.Parts[task.Test])
	if rows == nil {
		a.why = "the test samples are no choice of the source's samples"
	}
	if a.why != "" {
		return nil
	}
	b, err := bundle.Open(model)
	if err != nil {
		return err
	}
	in, err := p.input()
	if err != nil {
		return err
	}
	bound, err := b.Bind(in.Source)
	if err != nil {
		a.why = err.Error()
		return nil
	}
	n := bound.Data.Len()
	if last := slices.Max(rows); last >= n {
		a.why = fmt.Sprintf("sample %d of %d", last+1, n)
		return nil
	}
	if header := append([]string{p.Fitted.Unit(), "fold"}, bound.Header...); a.header == nil {
		a.header, a.rows = header, map[int][][]any{}
	} else if !slices.Equal(a.header, header) {
		a.why = fmt.Sprintf("fold %d predicts other classes than fold 1", k)
		return nil
	}
	some := *bound
	some.Data = data.Subset{Dataset: bound.Data, Rows: rows}
	outputs, err := b.Predict(ctx, &some)
	if err != nil {
		return err
	}
	for i, y := range outputs {
		outputs[i] = scatter(y, rows, n)
	}
	for _, row := range rows {
		decoded, err := bound.Decode(outputs, row)
		if err != nil {
			return err
		}
		for i := range decoded {
			decoded[i] = append([]any{row + 1, k}, decoded[i]...)
		}
		a.rows[row] = decoded
	}
	return nil
}

// scatter puts the rows of y [m, …] to their places among n, zeros between.
func scatter(y *tensor.Tensor, rows []int, n int) *tensor.Tensor {
	out := tensor.New(y.DType(), append([]int{n}, y.Shape[1:]...)...)
	size := y.Len() / len(rows)
	for at, row := range rows {
		copy(out.F32[row*size:(row+1)*size], y.F32[at*size:(at+1)*size])
	}
	return out
}

// write writes the predictions as CSV, in the order of the samples.
func (a *outOfFold) write(w io.Writer) error {
	to := csv.NewWriter(w)
	if err := to.Write(a.header); err != nil {
		return err
	}
	numbers := make([]int, 0, len(a.rows))
	for row := range a.rows {
		numbers = append(numbers, row)
	}
	slices.Sort(numbers)
	for _, row := range numbers {
		for _, values := range a.rows[row] {
			fields := make([]string, len(values))
			for i, v := range values {
				fields[i] = task.Text(v)
			}
			if err := to.Write(fields); err != nil {
				return err
			}
		}
	}
	to.Flush()
	return to.Error()
}
