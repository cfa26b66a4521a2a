package supervised

import (
	"context"

	"gorae/data"
	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// The words of data.label_thresholds.
const (
	thresholdsF1   = "f1"
	thresholdsHalf = "half"
)

// Rules returns the rule of each output.
func (ts Targets) Rules(t *task.Training) []task.Rule {
	rules := t.Rules()
	for k, o := range ts.Outputs() {
		rules[k] = o.Rule(rules[k])
	}
	return rules
}

// hasLabels reports whether a target is labels.
func (ts Targets) hasLabels() bool {
	for _, g := range ts {
		if g.Task == prep.Labels {
			return true
		}
	}
	return false
}

// LabelsOf returns the numbers of the labels of each sample, from encoded targets [samples, labels] of 0 and 1. No
// sample has nil.
func LabelsOf(y *tensor.Tensor) [][]int {
	k := y.Shape[1]
	out := make([][]int, y.Shape[0])
	for i := range out {
		out[i] = present(y.F32[i*k : (i+1)*k])
	}
	return out
}

// present returns the numbers of the labels of a sample, from 0 and 1 of each label.
func present(y []float32) []int {
	out := []int{}
	for k, v := range y {
		if v > 0.5 {
			out = append(out, k)
		}
	}
	return out
}

// Names returns the labels of a sample, from 0 and 1 of each label.
func Names(g *prep.Target, y []float32) []string {
	var out []string
	for _, k := range present(y) {
		out = append(out, g.Classes[k])
	}
	return out
}

// labelMetric is a metric of labels. One that decides by a threshold, and has none of its own, is given 1 for the
// labels that are said by the thresholds of the target, and 0 for the others. One of probabilities is given those.
type labelMetric struct {
	metric.Metric
	target *prep.Target
	takes  loss.Predictions
}

// Unwrap implements metric.Wrapper.
func (m labelMetric) Unwrap() metric.Metric { return m.Metric }

// Terms implements metric.Metric.
func (m labelMetric) Terms(y, pred, w *graph.Node) []*graph.Node {
	at := atEach(m.Metric, 0.5)
	if m.takes == loss.Logits && (at != nil || !unscaled(metric.TraitsOf(m.Metric))) {
		pred = pred.AsFloat().Sigmoid()
	}
	if at == nil {
		return m.Metric.Terms(y, pred, w)
	}
	thresholds := tensor.New(tensor.Float32, 1, len(m.target.Classes))
	for k := range thresholds.F32 {
		thresholds.F32[k] = float32(m.target.Threshold(k))
	}
	return at.Terms(y, pred.Gt(pred.Graph().Const(thresholds)).AsFloat(), w)
}

// atEach is a metric with each output decided by itself at a threshold; nil for one that has a threshold of its own or
// decides by none.
func atEach(m metric.Metric, threshold float64) metric.Metric {
	if e, ok := m.(metric.EachDecider); ok {
		return e.AtEach(threshold)
	}
	if d, ok := m.(metric.Decider); ok {
		return d.At(threshold)
	}
	return nil
}

// checkLabelLoss returns an error for a loss or an activation that does not make probabilities of labels each by
// itself.
func (p *Problem) checkLabelLoss(t *task.Training, i int, g *prep.Target) error {
	l := t.Losses[i]
	word, takes := loss.Losses.Word(l), loss.TraitsOf(l)
	act := layer.TraitsOf(t.Model.OutputLayers()[i].Layer).Activation
	switch {
	case takes.Outputs == loss.AmongOutputs || takes.Targets == loss.ClassNumbers:
		return task.Errorf(t.LossPath(i), "%s is for one class to a sample, but a sample of %s may have several "+
			"labels; "+
			"give binary_crossentropy", word, g.Name)
	case takes.Predictions == loss.Scores:
		return task.Errorf(t.LossPath(i), "%s gives scores, but labels are said by their probabilities; give "+
			"binary_crossentropy", word)
	case takes.Predictions == loss.Logits && act == "sigmoid":
		return task.Errorf(t.LossPath(i), "%s takes logits (from_logits: true), but the last layer's activation "+
			"sigmoid "+
			"makes probabilities of them; leave from_logits or the activation out", word)
	case takes.Predictions != loss.Logits && act != "" && act != "sigmoid":
		return task.Errorf(t.LossPath(i), "%s takes the probability of each label, which the last layer's activation "+
			"%s "+
			"does not give; give it activation: sigmoid", word, act)
	}
	return nil
}

// checkLabelMetric returns an error for a metric that compares the outputs of a sample with each other.
func checkLabelMetric(path, name string, m metric.Metric, g *prep.Target) error {
	takes := metric.TraitsOf(m)
	if _, ok := m.(metric.Accuracy); !ok && takes.Outputs != loss.AmongOutputs && takes.Targets != loss.ClassNumbers {
		return nil
	}
	return task.Errorf(path, "%s looks for the greatest output of a sample, but a sample of %s may have several "+
		"labels; "+
		"give exact_match or binary_accuracy", name, g.Name)
}

// Choose calibrates probabilities where that is asked for, and chooses the thresholds of labels, and that of two
// classes where an aim is given, on the validation samples; it implements task.Chooser. A label whose validation
// samples are too few has the threshold 0.5.
func (p *Problem) Choose(ctx context.Context, t *task.Training, validation data.Dataset) error {
	if err := p.calibrate(ctx, t, validation); err != nil {
		return err
	}
	if err := p.decide(ctx, t, validation); err != nil || !p.Targets.hasLabels() {
		return err
	}
	for _, g := range p.Targets {
		g.Thresholds = nil
	}
	if validation == nil {
		return nil
	}
	scores := newScores(p.Targets, p.Targets.Rules(t), validation.Len())
	e := objectives(p.Targets, t)
	e.BatchSize = t.Model.PredictBatch()
	if _, err := e.Run(ctx, t.Model, train.Data{Source: validation}, scores); err != nil {
		return err
	}
	for k, g := range p.Targets {
		if g.Task == prep.Labels && !g.Half {
			g.Thresholds = scores.thresholds(k)
		}
	}
	return nil
}
