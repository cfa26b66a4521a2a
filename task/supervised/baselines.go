package supervised

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/baseline"
	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// answers keeps the error of a model on each sample of a part, by target: 1 for a wrong class or where any label is
// wrong, else 0, the squared error of a number, the mean pinball loss of its quantiles.
type answers struct {
	targets Targets
	rules   []task.Rule
	errors  [][]float64 // by target and sample
	spreads []spreads   // by target
}

// spreads is the quantiles that were said of the samples, and the true numbers.
type spreads struct {
	truth     []float64
	quantiles [][]float64
}

func newAnswers(ts Targets, rules []task.Rule, samples int) *answers {
	a := &answers{targets: ts, rules: rules}
	for _, g := range ts {
		a.errors = append(a.errors, make([]float64, samples))
		var s spreads
		if g.Quantiles != nil {
			s = spreads{make([]float64, samples), make([][]float64, samples)}
		}
		a.spreads = append(a.spreads, s)
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
			switch {
			case g.Quantiles != nil:
				s := &a.spreads[k]
				s.truth[sample], s.quantiles[sample] = g.Number(y.F32), g.Spread(out)
				e = g.Quantiles.Mean(s.truth[sample], s.quantiles[sample])
			case g.Task == prep.Regression:
				e = g.Number(y.F32) - g.Value(out[0])
				e *= e
			case g.Task == prep.Labels && !slices.Equal(a.rules[k].Labels(out), present(y.F32)),
				g.Task == prep.Classification && a.rules[k].Class(out) != ClassOf(y):
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
	// Constants is the answer without inputs, by target: the mean, or the shares of the classes or labels.
	Constants [][]float64 `json:"constants"`
	// Residuals are the quantiles of the errors of the linear models on the training samples, by target; none of
	// targets without quantiles.
	Residuals [][]float64 `json:"residuals,omitempty"`
	// Linear is the linear models, one for each target, of labels one for each label; nil: none, and Why says why.
	Linear *baseline.Models `json:"linear,omitempty"`
	// Thresholds are the probabilities above which the linear models say labels, by target; none: 0.5 each.
	Thresholds [][]float64 `json:"thresholds,omitempty"`
	Note       string      `json:"note,omitempty"` // how they were fitted
	Why        string      `json:"why,omitempty"`
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
	judged   []int // the samples that are compared; nil: all
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
		network: newAnswers(ts, ts.Rules(t), d.Len())}
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
	if len(f.Constants) != len(ts) || f.Linear != nil && len(f.Linear.Linear) != ts.linears() {
		return fmt.Errorf("%d for %d targets", len(f.Constants), len(ts))
	}
	if err := f.checkResiduals(ts); err != nil {
		return err
	}
	if f.Thresholds != nil && len(f.Thresholds) != len(ts) {
		return fmt.Errorf("thresholds of %d targets for %d", len(f.Thresholds), len(ts))
	}
	at := 0
	for k, g := range ts {
		if len(f.Constants[k]) != max(1, len(g.Classes)) {
			return fmt.Errorf("%d shares of %d classes", len(f.Constants[k]), len(g.Classes))
		}
		if f.Thresholds != nil {
			if n := len(f.Thresholds[k]); n != 0 && (g.Task != prep.Labels || n != len(g.Classes)) {
				return fmt.Errorf("%d thresholds of %d labels", n, len(g.Classes))
			}
		}
		for range linears(g) {
			if f.Linear != nil && f.Linear.Linear[at].Outputs() != baseline.Outputs(classesOf(g)) {
				return fmt.Errorf("%d scores of %d classes", f.Linear.Linear[at].Outputs(), len(g.Classes))
			}
			at++
		}
	}
	return nil
}

// kept is the baselines without linear models that are too large for a model file.
func (f *Baselines) kept() *Baselines {
	if f.Linear == nil || f.Linear.Size() <= mostKept {
		return f
	}
	why := fmt.Sprintf("it has %d weights, and the model file holds %d at most", f.Linear.Size(), mostKept)
	return &Baselines{Constants: f.Constants, Residuals: f.Residuals, Why: why}
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
		linear, err := b.judge(b.thresholds(), held, linearName, b.fitted.Note, b.linear(scores, held.N),
			func(k int) []float64 { return b.fitted.Residuals[k] })
		if err != nil {
			return err
		}
		all = append(all, linear)
	}
	constant, err := b.judge(b.targets.at(nil), held, constantName, "",
		func(k, _ int) []float64 { return b.constant(k) }, b.naive)
	if err != nil {
		return err
	}
	all = append([]*compared{constant}, all...)
	for _, x := range all {
		f.Baselines = append(f.Baselines, x.Baseline)
	}
	for k := range b.targets {
		f.Judge(b.verdict(k, all))
		b.sayNegative(f, k, held, constant.errors[k])
	}
	return b.sayQuantiles(f, all)
}

// constant answers target k with the mean, with the logarithms of the shares of the classes, or with the logits of the
// shares of the labels.
func (b *beside) constant(k int) []float64 {
	if b.targets[k].Task == prep.Regression {
		return b.fitted.Constants[k]
	}
	var logarithms []float64
	for _, share := range b.fitted.Constants[k] {
		if b.targets[k].Task == prep.Labels {
			share = min(max(share, 1e-12), 1-1e-12)
			logarithms = append(logarithms, math.Log(share/(1-share)))
			continue
		}
		logarithms = append(logarithms, math.Log(max(share, 1e-12)))
	}
	return logarithms
}

// linear is what the linear models answer, by their scores of n samples.
func (b *beside) linear(scores [][]float64, n int) func(k, i int) []float64 {
	first := make([]int, len(b.targets)) // model of each target
	for k := range first[1:] {
		first[k+1] = first[k] + linears(b.targets[k])
	}
	return func(k, i int) []float64 {
		if g := b.targets[k]; g.Task == prep.Labels {
			var logits []float64
			for j := range g.Classes {
				logits = append(logits, scores[first[k]+j][i])
			}
			return logits
		}
		classes := b.targets[k].Task == prep.Classification
		scores, k := scores[first[k]:], 0
		width := len(scores[k]) / n
		s := scores[k][i*width : (i+1)*width]
		if width == 1 && classes {
			return []float64{0, s[0]}
		}
		return s
	}
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

// output writes an answer as the network's output would say it. Quantiles lie from a number as far as those of errors
// lie from 0.
func (b *beside) output(k int, answer, errors []float64, to []float32) {
	g := b.targets[k]
	if g.Quantiles != nil {
		for i, e := range errors {
			to[i] = g.Output(answer[0] + e)
		}
		return
	}
	if g.Task == prep.Regression {
		to[0] = g.Output(answer[0])
		return
	}
	logits := make([]float32, len(answer))
	for c, v := range answer {
		logits[c] = float32(v)
	}
	if g.Task == prep.Labels {
		copy(to, logits)
		if b.network.rules[k].Predictions != loss.Logits {
			for j := range to {
				task.Softmax(to[j:j+1], logits[j:j+1])
			}
		}
		return
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
	out.Linear, out.Thresholds, out.Note, err = p.linear(ctx, f)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		out.Why = err.Error()
	}
	out.Residuals, err = p.residuals(out.Linear)
	return out, err
}

// linear fits a linear model for each target, of labels one for each label with its threshold.
func (p *Problem) linear(ctx context.Context, f *task.Finish) (m *baseline.Models, thresholds [][]float64, note string,
	err error) {
	outputs := 0
	for _, g := range p.Targets {
		outputs = max(outputs, baseline.Outputs(classesOf(g)), linears(g))
	}
	training := p.parts[task.Train]
	m = &baseline.Models{}
	var samples, validation *baseline.Samples
	if m.Design, samples, err = baseline.NewDesign(training, outputs, f.Seed); err != nil {
		return nil, nil, "", err
	}
	// Where the validation samples are reported on, they may choose nothing.
	if d := p.parts[task.Validation]; d != nil && p.beside.part != task.Validation.String() {
		if validation, err = m.Design.Read(d, f.Seed); err != nil {
			return nil, nil, "", err
		}
	}
	var penalties []float64
	fewest, converged := training.Len(), true
	for k, g := range p.Targets {
		for j := range linears(g) {
			truth := baseline.Target{}
			if validation != nil {
				truth = learnt(g, j, validation.Targets[k], validation.N)
			}
			l, err := baseline.Fit(ctx, m.Design, samples, learnt(g, j, samples.Targets[k], samples.N), validation,
				truth,
				baseline.Work/float64(p.Targets.linears()), f.Seed)
			if err != nil {
				return nil, nil, "", err
			}
			m.Linear = append(m.Linear, l)
			penalties = append(penalties, l.Lambda*float64(l.Samples))
			if validation != nil && g.Task == prep.Labels && !g.Half {
				if thresholds == nil {
					thresholds = make([][]float64, len(p.Targets))
				}
				thresholds[k] = append(thresholds[k], thresholdOf(l.Scores(validation), truth.Classes))
			}
			fewest, converged = min(fewest, l.Samples), converged && l.Converged
		}
	}
	notes := []string{penaltyWords(penalties)}
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
	return m, thresholds, strings.Join(notes, ", "), nil
}

// learnt is what linear model j of a target learns, of which t holds n samples.
func learnt(g *prep.Target, j int, t *tensor.Tensor, n int) baseline.Target {
	y := baseline.Target{Count: classesOf(g)}
	for i := range n {
		one := t.Rows(i, i+1)
		if g.Task == prep.Labels {
			y.Classes = append(y.Classes, int32(one.F32[j]))
		} else if g.Task == prep.Regression {
			y.Numbers = append(y.Numbers, g.Number(one.F32))
		} else {
			y.Classes = append(y.Classes, int32(ClassOf(one)))
		}
	}
	return y
}

func total(x []float64) (s float64) {
	for _, v := range x {
		s += v
	}
	return s
}
