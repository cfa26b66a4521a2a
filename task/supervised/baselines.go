package supervised

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"gorae/baseline"
	"gorae/data"
	"gorae/internal/words"
	"gorae/layer"
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

// Baselines are the fitted baselines of the targets, as a model file holds them.
type Baselines struct {
	// Constants is the answer without inputs, by target: the mean, or the shares of the classes.
	Constants [][]float64 `json:"constants"`
	// Linear is the linear models; nil: none, and Why says why.
	Linear *baseline.Models `json:"linear,omitempty"`
	Note   string           `json:"note,omitempty"` // how they were fitted
	Why    string           `json:"why,omitempty"`
}

// mostKept is the number of weights of linear models that a model file holds for later evaluations.
const mostKept = 1 << 18

// beside compares the network with baselines: the majority class or the mean, and a linear model.
type beside struct {
	targets  Targets
	training *task.Training
	part     string       // that is reported on; "" in a later evaluation
	data     data.Dataset // its samples
	network  *answers
	depend   task.Dependence
	seed     uint64
	fitted   *Baselines
	widths   []int // of the outputs
}

// compared is a baseline with its errors on the samples of the part.
type compared struct {
	task.Baseline
	*answers
	names names
}

// Batch implements train.Consumer.
func (b *beside) Batch(e *train.EvalBatch) error { return b.network.Batch(e) }

// Comparison implements task.Comparer.
func (ts Targets) Comparison(kept json.RawMessage, t *task.Training, d data.Dataset,
	dep task.Dependence) (task.Comparison, error) {
	b := &beside{targets: ts, training: t, data: d, depend: dep, fitted: &Baselines{},
		network: newAnswers(ts, t.Rules(), d.Len())}
	if err := json.Unmarshal(kept, b.fitted); err != nil {
		return nil, err
	}
	if err := b.fitted.check(ts); err != nil {
		return nil, err
	}
	return b, nil
}

// check refuses baselines that are not those of the targets.
func (f *Baselines) check(ts Targets) error {
	if len(f.Constants) != len(ts) || f.Linear != nil && len(f.Linear.Linear) != len(ts) {
		return fmt.Errorf("%d for %d targets", len(f.Constants), len(ts))
	}
	for k, g := range ts {
		if len(f.Constants[k]) != max(1, len(g.Classes)) {
			return fmt.Errorf("%d shares of %d classes", len(f.Constants[k]), len(g.Classes))
		}
		if f.Linear != nil && f.Linear.Linear[k].Outputs() != baseline.Outputs(len(g.Classes)) {
			return fmt.Errorf("%d scores of %d classes", f.Linear.Linear[k].Outputs(), len(g.Classes))
		}
	}
	return nil
}

// kept is the baselines without linear models that are too large for a model file.
func (f *Baselines) kept() *Baselines {
	if f.Linear == nil || f.Linear.Size() <= mostKept {
		return f
	}
	return &Baselines{Constants: f.Constants, Why: fmt.Sprintf("it has %d weights, and the model file holds %d at most",
		f.Linear.Size(), mostKept)}
}

// Compare implements task.Comparison.
func (b *beside) Compare(_ context.Context, f *task.Findings) error {
	for i := range b.targets {
		b.widths = append(b.widths, width(b.training, i))
	}
	held, err := baseline.Targets(b.data)
	if err != nil {
		return err
	}
	var all []*compared
	var scores [][]float64
	why := b.fitted.Why
	if b.fitted.Linear != nil {
		if scores, err = b.fitted.Linear.Scores(b.data); err != nil {
			why = err.Error()
		}
	}
	if scores == nil {
		f.Say("no %s stands beside the network: %s", linearName.of(b.targets), why)
	} else {
		linear, err := b.judge(held, linearName, b.fitted.Note, b.linear(scores, held.N))
		if err != nil {
			return err
		}
		all = append(all, linear)
	}
	constant, err := b.judge(held, constantName, "", func(k, _ int) []float64 { return b.constant(k) })
	if err != nil {
		return err
	}
	all = append([]*compared{constant}, all...)
	for _, x := range all {
		f.Baselines = append(f.Baselines, x.Baseline)
	}
	for k := range b.targets {
		f.Judge(b.verdict(k, all))
	}
	return nil
}

// constant answers target k with the mean, or with the logarithms of the shares of the classes.
func (b *beside) constant(k int) []float64 {
	if b.targets[k].Task == prep.Regression {
		return b.fitted.Constants[k]
	}
	var logarithms []float64
	for _, share := range b.fitted.Constants[k] {
		logarithms = append(logarithms, math.Log(max(share, 1e-12)))
	}
	return logarithms
}

// linear is what the linear models answer, by their scores of n samples.
func (b *beside) linear(scores [][]float64, n int) func(k, i int) []float64 {
	return func(k, i int) []float64 {
		width := len(scores[k]) / n
		s := scores[k][i*width : (i+1)*width]
		if width == 1 && b.targets[k].Task == prep.Classification {
			return []float64{0, s[0]}
		}
		return s
	}
}

// judge computes the metrics and the errors of a model that answers target k of sample i with a number in the target's
// units, or with the logarithm of each class's probability up to a constant.
func (b *beside) judge(held *baseline.Samples, called names, note string,
	answer func(k, i int) []float64) (*compared, error) {
	j := &compared{task.Baseline{Name: called.of(b.targets), Note: note, Part: b.part},
		newAnswers(b.targets, b.training.Rules(), held.N), called}
	batch := &train.EvalBatch{Samples: data.Range(held.N), Targets: held.Targets,
		Masks: make([]*tensor.Tensor, len(b.targets))}
	for k := range b.targets {
		out := tensor.New(tensor.Float32, held.N, b.widths[k])
		for i := range held.N {
			b.output(k, answer(k, i), out.F32[i*b.widths[k]:(i+1)*b.widths[k]])
		}
		batch.Outputs = append(batch.Outputs, out)
	}
	each, err := objectives(b.targets, b.training).PerSample(b.training.Model)
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

// objectives is the evaluation with the losses and metrics of the training.
func objectives(o task.Objective, t *task.Training) train.Evaluation {
	e := train.Evaluation{}
	for k, l := range t.Losses {
		e.Losses = append(e.Losses, o.Loss(k, l))
		var ms []metric.Metric
		for _, m := range t.Metrics[k] {
			ms = append(ms, o.Metrics(k, m.Name, m.Metric, l)...)
		}
		e.OutputMetrics = append(e.OutputMetrics, ms)
	}
	return e
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

// fit fits the baselines to the training samples.
func (p *Problem) fit(ctx context.Context, f *task.Finish) (*Baselines, error) {
	out := &Baselines{}
	for k, g := range p.Targets {
		if g.Task == prep.Regression {
			out.Constants = append(out.Constants, p.tally.means[k:k+1])
		} else {
			out.Constants = append(out.Constants, p.tally.shares[k])
		}
	}
	var err error
	out.Linear, out.Note, err = p.linear(ctx, f)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		out.Why = err.Error()
	}
	return out, nil
}

// linear fits a linear model for each target.
func (p *Problem) linear(ctx context.Context, f *task.Finish) (m *baseline.Models, note string, err error) {
	outputs := 0
	for _, g := range p.Targets {
		outputs = max(outputs, baseline.Outputs(len(g.Classes)))
	}
	training := p.parts[task.Train]
	m = &baseline.Models{}
	var samples, validation *baseline.Samples
	if m.Design, samples, err = baseline.NewDesign(training, outputs, f.Seed); err != nil {
		return nil, "", err
	}
	// Where the validation samples are reported on, they may choose nothing.
	if d := p.parts[task.Validation]; d != nil && p.beside.part != task.Validation.String() {
		if validation, err = m.Design.Read(d, f.Seed); err != nil {
			return nil, "", err
		}
	}
	var penalties []string
	fewest, converged := training.Len(), true
	for k, g := range p.Targets {
		truth := baseline.Target{}
		if validation != nil {
			truth = learnt(g, validation.Targets[k], validation.N)
		}
		l, err := baseline.Fit(ctx, m.Design, samples, learnt(g, samples.Targets[k], samples.N), validation, truth,
			baseline.Work/float64(len(p.Targets)), f.Seed)
		if err != nil {
			return nil, "", err
		}
		m.Linear = append(m.Linear, l)
		penalties = append(penalties, fmt.Sprintf("%.2g", l.Lambda*float64(l.Samples)))
		fewest, converged = min(fewest, l.Samples), converged && l.Converged
	}
	notes := []string{"L2 penalty " + strings.Join(penalties, ", ")}
	if about := m.Design.About(); about != "" {
		notes = append([]string{about}, notes...)
	}
	if fewest < training.Len() {
		notes = append(notes, fmt.Sprintf("fitted on %s of %s training samples", layer.Thousands(fewest),
			layer.Thousands(training.Len())))
	}
	if !converged {
		notes = append(notes, "ended before its minimum")
	}
	return m, strings.Join(notes, ", "), nil
}

// learnt is what a linear model learns of a target, of which t holds n samples.
func learnt(g *prep.Target, t *tensor.Tensor, n int) baseline.Target {
	y := baseline.Target{Count: len(g.Classes)}
	for i := range n {
		one := t.Rows(i, i+1)
		if g.Task == prep.Regression {
			y.Numbers = append(y.Numbers, g.Number(one.F32))
		} else {
			y.Classes = append(y.Classes, int32(ClassOf(one)))
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

// verdict compares the network with the baselines on target k.
func (b *beside) verdict(k int, all []*compared) (task.Verdict, string) {
	g, n := b.targets[k], len(b.network.errors[k])
	classes, loss := g.Task == prep.Classification, task.SquaredError
	if classes {
		loss = task.WrongClass
	}
	var rivals []task.Rival
	for _, x := range all {
		name := x.names.one(g)
		if x.names == constantName {
			name = "the " + name
		}
		rivals = append(rivals, task.Rival{Name: name, Losses: x.errors[k]})
	}
	p, rival, text := task.Against(rivals, func(r, of int) task.Paired {
		difference := make([]float64, n)
		for i, e := range b.network.errors[k] {
			difference[i] = e - rivals[r].Losses[i]
		}
		return task.ComparePaired(difference, loss, b.depend, b.seed, of)
	})
	figures := rmses(b.network.errors[k], rivals[rival].Losses, b.part)
	if classes {
		right := func(errors []float64) string { return layer.Thousands(n - int(total(errors))) }
		figures = fmt.Sprintf("%s of %s %s right against %s", right(b.network.errors[k]), layer.Thousands(n),
			samplesOf(b.part), right(rivals[rival].Losses))
	}
	text += ": " + figures + " (" + p.Test + ")"
	if len(b.targets) > 1 {
		text = g.Name + ": " + text
	}
	return p.Verdict, text
}

// rmses says the roots of the means of squared errors of the network and a baseline.
func rmses(network, other []float64, part string) string {
	n := float64(len(network))
	return fmt.Sprintf("rmse %s against %s on %s %s", words.Figure(math.Sqrt(total(network)/n)),
		words.Figure(math.Sqrt(total(other)/n)), layer.Thousands(len(network)), samplesOf(part))
}

// samplesOf is the word for the samples of a part; "" is no part.
func samplesOf(part string) string {
	if part == "" {
		return "samples"
	}
	return part + " samples"
}

func total(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
