package supervised

import (
	"context"
	"fmt"
	"math"
	"strings"

	"gorae/baseline"
	"gorae/data"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// tally counts the classes and adds up the numbers of the training samples.
type tally struct {
	targets Targets
	n       float64
	shares  [][]float64 // of each class, by target
	means   []float64   // of numbers, by target
}

func newTally(ts Targets) *tally {
	t := &tally{targets: ts, means: make([]float64, len(ts))}
	for _, g := range ts {
		t.shares = append(t.shares, make([]float64, len(g.Classes)))
	}
	return t
}

// Batch implements train.Consumer. Means and shares are kept up as running means.
func (t *tally) Batch(b *train.EvalBatch) error {
	for i := range b.Samples {
		t.n++
		for k, g := range t.targets {
			y := b.Targets[k].Rows(i, i+1)
			if g.Task == prep.Regression {
				t.means[k] += (g.Number(y.F32) - t.means[k]) / t.n
				continue
			}
			class := ClassOf(y)
			for c, share := range t.shares[k] {
				is := 0.0
				if c == class {
					is = 1
				}
				t.shares[k][c] += (is - share) / t.n
			}
		}
	}
	return nil
}

// answers keeps the error of a model on each sample of a part, by target: 1 for a wrong class, 0 for the right one, the
// squared error of a number.
type answers struct {
	targets Targets
	rules   []task.Rule
	errors  [][]float64 // by target and sample
}

func newAnswers(ts Targets, rules []task.Rule, samples int) *answers {
	a := &answers{targets: ts, rules: rules}
	for range ts {
		a.errors = append(a.errors, make([]float64, samples))
	}
	return a
}

// Batch implements train.Consumer.
func (a *answers) Batch(b *train.EvalBatch) error {
	for k, g := range a.targets {
		width := b.Outputs[k].Len() / len(b.Samples)
		for i, sample := range b.Samples {
			y, out := b.Targets[k].Rows(i, i+1), b.Outputs[k].F32[i*width:(i+1)*width]
			e := 0.0
			if g.Task == prep.Regression {
				e = g.Number(y.F32) - g.Value(out[0])
				e *= e
			} else if a.rules[k].Class(out) != ClassOf(y) {
				e = 1
			}
			a.errors[k][sample] = e
		}
	}
	return nil
}

// consumers are several as one.
type consumers []train.Consumer

// Batch implements train.Consumer.
func (c consumers) Batch(b *train.EvalBatch) error {
	for _, x := range c {
		if err := x.Batch(b); err != nil {
			return err
		}
	}
	return nil
}

// beside compares the network with baselines: the majority class or the mean, and a linear model.
type beside struct {
	*task.Finish
	targets Targets
	parts   [3]data.Dataset
	part    task.Part // that is reported on
	tally   *tally
	network *answers
	widths  []int // of the outputs
}

// judged is a baseline with its errors on the samples of the part.
type judged struct {
	task.Baseline
	*answers
	names names
}

// compare adds the baselines and the verdicts to the findings.
func (b *beside) compare(ctx context.Context) error {
	for i := range b.targets {
		b.widths = append(b.widths, width(b.Training, i))
	}
	held, linear, err := b.linear(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		b.Findings.Say("no %s was fitted beside the network: %v", linearName.of(b.targets), err)
		if held, err = (&baseline.Design{}).Read(b.parts[b.part]); err != nil { // targets alone
			return err
		}
	}
	simplest, err := b.judge(held, constantName, "", b.constant)
	if err != nil {
		return err
	}
	all := []*judged{simplest}
	if linear != nil {
		all = append(all, linear)
	}
	for _, x := range all {
		b.Findings.Baselines = append(b.Findings.Baselines, x.Baseline)
	}
	for k := range b.targets {
		b.Findings.Verdict = append(b.Findings.Verdict, b.verdict(k, all))
	}
	return nil
}

// constant answers target k with the mean, or with the shares of the classes, of the training samples.
func (b *beside) constant(k, _ int) []float64 {
	if b.targets[k].Task == prep.Regression {
		return []float64{b.tally.means[k]}
	}
	var logarithms []float64
	for _, share := range b.tally.shares[k] {
		logarithms = append(logarithms, math.Log(max(share, 1e-12)))
	}
	return logarithms
}

// judge computes the metrics and the errors of a model that answers target k of sample i with a number in the target's
// units, or with the logarithm of each class's probability up to a constant.
func (b *beside) judge(held *baseline.Samples, called names, note string,
	answer func(k, i int) []float64) (*judged, error) {
	j := &judged{task.Baseline{Name: called.of(b.targets), Note: note, Part: b.part.String()},
		newAnswers(b.targets, b.Training.Rules(), held.N), called}
	batch := &train.EvalBatch{Samples: data.Range(held.N), Targets: held.Targets,
		Masks: make([]*tensor.Tensor, len(b.targets))}
	for k := range b.targets {
		out := tensor.New(tensor.Float32, held.N, b.widths[k])
		for i := range held.N {
			b.output(k, answer(k, i), out.F32[i*b.widths[k]:(i+1)*b.widths[k]])
		}
		batch.Outputs = append(batch.Outputs, out)
	}
	e := train.Evaluation{}
	for k, l := range b.Training.Losses {
		e.Losses = append(e.Losses, b.targets.Loss(k, l))
		var ms []metric.Metric
		for _, m := range b.Training.Metrics[k] {
			ms = append(ms, b.targets.Metrics(k, m.Name, m.Metric, l)...)
		}
		e.OutputMetrics = append(e.OutputMetrics, ms)
	}
	each, err := e.PerSample(b.Model)
	if err != nil {
		return j, err
	}
	if err := (consumers{each, j.answers}).Batch(batch); err != nil {
		return j, err
	}
	for k, name := range each.Names() {
		if each.Kept(k) {
			j.Metrics = append(j.Metrics, train.Metric{Name: name, Value: each.Value(k, batch.Samples)})
		}
	}
	return j, nil
}

// output writes an answer as the network's output would say it.
func (b *beside) output(k int, answer []float64, to []float32) {
	g := b.targets[k]
	if g.Task == prep.Regression {
		to[0] = float32((answer[0] - g.Mean) / g.SD)
		return
	}
	logits := make([]float32, len(answer))
	for c, v := range answer {
		logits[c] = float32(v)
	}
	if len(to) == 1 { // of the second of two classes
		logits = []float32{logits[1] - logits[0]}
	}
	takes := b.network.rules[k].Predictions
	if takes == loss.Logits {
		copy(to, logits)
		return
	}
	task.Softmax(to, logits)
	if takes == loss.Scores && len(to) == 1 {
		to[0] = 2*to[0] - 1
	}
}

// linear fits a linear model for each target. It returns the samples of the part that is reported on beside it.
func (b *beside) linear(ctx context.Context) (held *baseline.Samples, out *judged, err error) {
	outputs := 0
	for _, g := range b.targets {
		outputs = max(outputs, baseline.Outputs(len(g.Classes)))
	}
	training := b.parts[task.Train]
	design, samples, err := baseline.NewDesign(training, outputs, b.Seed)
	if err != nil {
		return nil, nil, err
	}
	var validation *baseline.Samples // where they are reported on, they may choose nothing
	if d := b.parts[task.Validation]; d != nil && b.part != task.Validation {
		if validation, err = design.Read(d); err != nil {
			return nil, nil, err
		}
	}
	if held, err = design.Read(b.parts[b.part]); err != nil {
		return nil, nil, err
	}
	var scores [][]float64
	var penalties []string
	for k := range b.targets {
		truth := baseline.Target{}
		if validation != nil {
			truth = b.target(k, validation)
		}
		l, err := baseline.Fit(ctx, design, samples, b.target(k, samples), validation, truth)
		if err != nil {
			return nil, nil, err
		}
		scores = append(scores, l.Scores(held))
		penalties = append(penalties, fmt.Sprintf("%.2g", l.Lambda*float64(samples.N)))
	}
	note := "L2 penalty " + strings.Join(penalties, ", ")
	if samples.N < training.Len() {
		note += fmt.Sprintf(", fitted to a random %d of the %d training samples", samples.N, training.Len())
	}
	out, err = b.judge(held, linearName, note, func(k, i int) []float64 {
		n := len(scores[k]) / held.N
		s := scores[k][i*n : (i+1)*n]
		if n == 1 && b.targets[k].Task == prep.Classification {
			return []float64{0, s[0]}
		}
		return s
	})
	return held, out, err
}

// target is what a linear model learns of target k.
func (b *beside) target(k int, s *baseline.Samples) baseline.Target {
	g := b.targets[k]
	y := baseline.Target{Count: len(g.Classes)}
	for i := range s.N {
		t := s.Targets[k].Rows(i, i+1)
		if g.Task == prep.Regression {
			y.Numbers = append(y.Numbers, g.Number(t.F32))
		} else {
			y.Classes = append(y.Classes, int32(ClassOf(t)))
		}
	}
	return y
}

// names are what a baseline is called for classes and for numbers.
type names struct{ classes, numbers string }

var (
	constantName = names{"majority class", "mean"}
	linearName   = names{"logistic regression", "ridge regression"}
)

// one is the name for one target.
func (n names) one(g *prep.Target) string {
	if g.Task == prep.Regression {
		return n.numbers
	}
	return n.classes
}

// of is the name for all targets together.
func (n names) of(ts Targets) string {
	out := n.one(ts[0])
	for _, g := range ts {
		if n.one(g) != out {
			return n.classes + " and " + n.numbers
		}
	}
	return out
}

// verdict compares the network with the baseline of the least error on target k.
func (b *beside) verdict(k int, all []*judged) string {
	best := all[0]
	for _, x := range all[1:] {
		if total(x.errors[k]) < total(best.errors[k]) {
			best = x
		}
	}
	g, n := b.targets[k], len(best.errors[k])
	difference := make([]float64, n)
	for i, e := range b.network.errors[k] {
		difference[i] = e - best.errors[k][i]
	}
	classes := g.Task == prep.Classification
	p := task.ComparePaired(difference, classes, b.Dependence[b.part], b.Seed)
	figures := fmt.Sprintf("squared errors of the same %d %s samples", n, b.part) // the lines above have the numbers
	if classes {
		figures = fmt.Sprintf("%d of %d %s samples right against %d", n-int(total(b.network.errors[k])), n, b.part,
			n-int(total(best.errors[k])))
	}
	s := p.Verdict.Sentence("the best baseline, "+best.names.one(g)) + ": " + figures + " (" + p.Test + ")"
	if len(b.targets) > 1 {
		s = g.Name + ": " + s
	}
	return s
}

func total(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
