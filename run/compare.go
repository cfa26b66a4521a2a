package run

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/bundle"
	"gorae/internal/doing"
	"gorae/metric"
	"gorae/stat"
	"gorae/task"
	"gorae/train"
)

// Comparison is a comparison of finished runs, or of finished cross-validations, on the same unseen samples.
type Comparison struct {
	Part    string     `json:"part"`             // of the samples: test, or validation where there is no test part
	Samples int        `json:"samples"`          // in the part, or in the test parts of all folds
	Folds   int        `json:"folds,omitempty"`  // 0: the runs are no cross-validations
	Level   float64    `json:"confidence_level"` // of each interval: 0.95 for all of them together
	Unit    string     `json:"unit"`
	Target  string     `json:"target,omitempty"` // what is predicted, in words
	Runs    []Compared `json:"runs"`             // in the order given
}

// Compared is one run, and by how much its metrics differ from those of the first.
type Compared struct {
	Dir         string             `json:"directory"`
	Metrics     train.Metrics      `json:"metrics"`
	Differences []MetricDifference `json:"differences,omitempty"` // none of the first run
}

// MetricDifference is the difference of a metric, this run's minus the first run's, and what it means.
type MetricDifference struct {
	task.Difference
	Verdict Verdict `json:"verdict"`
}

// Verdict is what a difference says of a run.
type Verdict string

// The verdicts. A metric of a user's own without a direction has no better and no worse.
const (
	Better    Verdict = "better"
	Worse     Verdict = "worse"
	Different Verdict = "different"
	Undecided Verdict = "cannot be told apart"
)

// verdict is what a difference means.
func verdict(d *task.Difference) Verdict {
	switch {
	case !d.Decided():
		return Undecided
	case d.Direction == metric.Unknown:
		return Different
	case (d.Value < 0) == (d.Direction == metric.Min):
		return Better
	}
	return Worse
}

// confidence is the level of confidence of all intervals of a comparison together.
const confidence = 0.95

// CompareOptions are the settings of a comparison.
type CompareOptions struct {
	AllowNetwork bool // let the experiments open URLs and databases
}

// Compare compares the networks of finished runs, each with the first, on the samples that none of them has seen: all
// must have the same test part of the same data. With k networks the level of each interval is 1 − 0.05/(k − 1)
// (Bonferroni), so that all hold together with 95 %. Directories of cross-validations are compared fold by fold.
func Compare(ctx context.Context, dirs []string, o CompareOptions) (*Comparison, error) {
	if len(dirs) < 2 {
		return nil, errors.New("one run; name two or more")
	}
	level := 1 - (1-confidence)/float64(len(dirs)-1)
	folds := make([]*Folds, len(dirs))
	for i, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, FoldsFile)); err == nil {
			if folds[i], err = ReadFolds(dir); err != nil {
				return nil, err
			}
		}
		if (folds[i] == nil) != (folds[0] == nil) {
			return nil, fmt.Errorf("%s and %s: one is a cross-validation, the other is not; compare like with like",
				dirs[0], dir)
		}
	}
	if folds[0] != nil {
		return compareFolds(folds, level)
	}
	return compareRuns(ctx, dirs, level, o)
}

// comparand is a run that is compared: its samples and what its network makes of them.
type comparand struct {
	dir     string
	inputs  *Inputs
	p       *Prepared
	part    task.Part
	metrics train.Metrics
	each    *train.PerSample
}

func compareRuns(ctx context.Context, dirs []string, level float64, o CompareOptions) (*Comparison, error) {
	out := &Comparison{Level: level}
	var first *comparand
	for i, dir := range dirs {
		c, err := openRun(ctx, dir, o)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			first = c
			out.Part, out.Samples, out.Unit = c.part.String(), c.p.Rows(c.part), c.p.Fitted.Unit()
			out.Target = c.p.Problem.About()
		} else if err := sameSamples(first, c); err != nil {
			return nil, err
		}
		if err := c.evaluate(ctx); err != nil {
			return nil, err
		}
		one := Compared{Dir: dir, Metrics: c.metrics}
		if i > 0 {
			doing.Say(ctx, "comparing %s with %s", dir, dirs[0])
			all, err := task.Differences(c.each, first.each, first.p.Dependence[first.part], first.p.Spec.Seed, level)
			if err != nil {
				return nil, err
			}
			for _, d := range all {
				one.Differences = append(one.Differences, MetricDifference{d, verdict(&d)})
			}
			c.each = nil
		}
		out.Runs = append(out.Runs, one)
	}
	return out, nil
}

// openRun prepares the samples of a finished run again and reads its network.
func openRun(ctx context.Context, dir string, o CompareOptions) (*comparand, error) {
	t, err := openTrained(ctx, dir, o)
	if err != nil {
		return nil, err
	}
	if t.Report == nil {
		return nil, unfinished(dir)
	}
	if err := t.targeted(); err != nil {
		return nil, err
	}
	c := &comparand{dir: dir, p: t.Prepared, inputs: t.found, part: task.Test}
	if c.p.Rows(task.Test) == 0 {
		c.part = task.Validation
	}
	if c.p.Rows(c.part) == 0 {
		return nil, fmt.Errorf("%s: it has neither test nor validation samples to compare on", dir)
	}
	return c, nil
}

// sameSamples returns an error where two runs were not tested on the same samples.
func sameSamples(a, b *comparand) error {
	differ := func(what string) error {
		return fmt.Errorf("%s and %s: %s; train both on the same data with the same split and seed", a.dir, b.dir, what)
	}
	if !maps.Equal(a.inputs.data(), b.inputs.data()) {
		return differ("their data are not the same")
	}
	if a.part != b.part || !slices.Equal(subset(a.p.Parts[a.part]), subset(b.p.Parts[b.part])) ||
		a.p.Rows(a.part) != b.p.Rows(b.part) {
		return differ("they were tested on different samples")
	}
	return nil
}

// data returns the hashes of the samples' files, without word vectors and other files that only a network needs.
func (in *Inputs) data() map[string]string {
	out := map[string]string{}
	for key, hash := range in.Sources {
		if strings.HasPrefix(key, "data.source") || strings.HasPrefix(key, "data.test.") || key == "data.labels" {
			out[key] = hash
		}
	}
	return out
}

// evaluate runs the network over the samples.
func (c *comparand) evaluate(ctx context.Context) error {
	p := c.p
	e := bundle.Evaluation(p.Fitted, p.Training)
	e.LossWeights, e.Bucket = p.lossWeights(), p.bucket()
	var err error
	if c.each, err = e.PerSample(p.Model); err != nil {
		return err
	}
	doing.Say(ctx, "predicting the %d samples by the network of %s", p.Rows(c.part), c.dir)
	if c.metrics, err = e.Run(ctx, p.Model, train.Data{Source: p.Parts[c.part]}, c.each); err != nil {
		return fmt.Errorf("%s: %w", c.dir, err)
	}
	return nil
}

// compareFolds compares cross-validations by the differences of their metrics in each fold.
func compareFolds(all []*Folds, level float64) (*Comparison, error) {
	out := &Comparison{Part: task.Test.String(), Level: level, Folds: len(all[0].Folds), Unit: all[0].Unit,
		Target: all[0].Target}
	tested, trained := 0.0, 0.0
	for _, f := range all[0].Folds {
		out.Samples += f.Rows[task.Test]
		tested, trained = tested+float64(f.Rows[task.Test]), trained+float64(f.Rows[task.Train])
	}
	for i, c := range all {
		one := Compared{Dir: c.Dir}
		for _, m := range c.Metrics {
			one.Metrics = append(one.Metrics, train.Metric{Name: m.Metric, Value: m.Mean})
		}
		if i == 0 {
			out.Runs = append(out.Runs, one)
			continue
		}
		if err := sameFolds(all[0], c); err != nil {
			return nil, err
		}
		for _, m := range c.Metrics {
			values := make([]float64, len(c.Folds))
			for k := range values {
				values[k] = c.Folds[k].Test.Of(m.Metric) - all[0].Folds[k].Test.Of(m.Metric)
			}
			mean, _, interval := stat.Folds(values, tested, trained, level)
			if math.IsNaN(mean) || math.IsInf(mean, 0) {
				continue // a metric that the first run does not have
			}
			d := task.Difference{Value: mean, Direction: m.Direction,
				Interval: task.Interval{Metric: m.Metric, Interval: interval, Method: "folds"}}
			if len(values) < leastFolds {
				d.Interval = task.Interval{Metric: m.Metric, Why: fmt.Sprintf("%d folds; an interval needs %d or more",
					len(values), leastFolds)}
			}
			one.Differences = append(one.Differences, MetricDifference{d, verdict(&d)})
		}
		out.Runs = append(out.Runs, one)
	}
	return out, nil
}

// sameFolds returns an error where two cross-validations do not have the same folds of the same data.
func sameFolds(a, b *Folds) error {
	if len(a.Folds) != len(b.Folds) {
		return fmt.Errorf("%s has %d folds, %s has %d", a.Dir, len(a.Folds), b.Dir, len(b.Folds))
	}
	for k := range a.Folds {
		x, err := ReadInputs(filepath.Join(a.Dir, a.Folds[k].Dir))
		if err != nil {
			return err
		}
		y, err := ReadInputs(filepath.Join(b.Dir, b.Folds[k].Dir))
		if err != nil {
			return err
		}
		if x == nil || y == nil || x.Split != y.Split || !maps.Equal(x.data(), y.data()) {
			return fmt.Errorf("%s and %s: their folds are not of the same samples; train both on the same data with "+
				"the same split and seed", a.Dir, b.Dir)
		}
	}
	return nil
}
