package experiment

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/prep"
	"gorae/tensor"
	"gorae/train"
)

// checkObjective finds a loss or a metric that can say nothing about the target, or
// about as many outputs as the model has, before anything is learnt with it.
func (r *Ready) checkObjective() error {
	if err := r.checkAgrees("train.loss", loss.TraitsOf(r.Train.Loss), "mean_squared_error", "binary_crossentropy"); err != nil {
		return err
	}
	g := r.Recipe.Target
	if g.Task == prep.Regression && rawByLoss(r.Train.Loss) && (g.Mean != 0 || g.SD != 1) {
		return r.mistake("train.loss", "%s is for figures as they are, but the target %s is standardised; give data.target_scale: none", wordOf(r.Train.Loss), g.Name)
	}
	if r.mixes() && loss.TraitsOf(r.Train.Loss).Targets == loss.ClassNumbers {
		return r.mistake("train.loss", "%s takes class numbers, and mix_up makes samples of two classes; give categorical_crossentropy", wordOf(r.Train.Loss))
	}
	r.noteLogits()
	n := r.tree.At("train.metrics")
	for i, m := range r.Train.Metrics {
		if err := r.checkAgrees(elementPath("train.metrics", n, i), metric.TraitsOf(m.Metric), "rmse, mae or r2", "accuracy"); err != nil {
			return err
		}
	}
	return nil
}

func (r *Ready) checkAgrees(path string, of loss.Traits, figure, single string) error {
	word := nameOf(r.tree.At(path))
	switch g := r.Recipe.Target; {
	case g.Task == prep.Regression && of.Targets.Classes():
		return r.mistake(path, "%s is for classes, but the target %s is a figure; give %s", word, g.Name, figure)
	case g.Task == prep.Classification && r.outputs() == 1 && of.Outputs == loss.AmongOutputs:
		return r.mistake(path, "%s compares one output a class, but the model has a single output; give %s, or a softmax of %d", word, single, len(g.Classes))
	}
	return nil
}

// noteLogits says that a network of classes whose last layer gives any numbers learns badly by a loss of probabilities.
func (r *Ready) noteLogits() {
	layers := r.Model.Layers()
	act := layer.TraitsOf(layers[len(layers)-1].Layer).Activation
	if r.Recipe.Target.Task != prep.Classification || act == "" || act.Probabilities() ||
		loss.TraitsOf(r.Train.Loss).Predictions != loss.Probabilities {
		return
	}
	wanted := "softmax"
	if r.outputs() == 1 {
		wanted = "sigmoid"
	}
	r.Notes = append(r.Notes, fmt.Sprintf("the last layer's outputs (activation %s) are no probabilities, which %s takes; give it activation: %s, or the loss {%[2]s: {from_logits: true}}",
		act, wordOf(r.Train.Loss), wanted))
}

// mixes reports whether the network mixes samples while it learns.
func (r *Ready) mixes() bool {
	return slices.ContainsFunc(r.Model.Layers(), func(i *model.Instance) bool { return layer.TraitsOf(i.Layer).Samples == layer.MixesSamples })
}

func wordOf(l loss.Loss) string { return loss.Losses.Word(l) }

// rawByLoss reports whether a loss wants the figures of a regression as they are.
func rawByLoss(l loss.Loss) bool { return l != nil && loss.TraitsOf(l).Targets == loss.Amounts }

// through is a metric that sees targets and predictions in another form.
type through struct {
	metric.Metric
	see func(y, pred *graph.Node) (*graph.Node, *graph.Node)
}

// Unwrap implements metric.Wrapper.
func (m through) Unwrap() metric.Metric { return m.Metric }

// Terms implements metric.Metric.
func (m through) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = m.see(y, pred)
	return m.Metric.Terms(y, pred, w)
}

// mergingThrough is through for a metric whose terms are not simply added.
type mergingThrough struct {
	through
	metric.Merger
}

// measure is a metric under its name and as the target wants it: figures are put back
// into their own units by z·SD + Mean; class numbers become one-hot rows, and these
// numbers, where the metric needs the other form than the loss. Logits become
// probabilities first, so that accuracy is that of the predictions (Keras's counts a
// logit above 0.5 instead of above 0).
func measure(name string, m metric.Metric, g *prep.Target, logits bool) metric.Metric {
	targets := metric.TraitsOf(m).Targets
	t := through{Metric: m}
	switch {
	case g.Task == prep.Regression && (g.Mean != 0 || g.SD != 1):
		t.see = func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			return y.AsFloat().MulC(g.SD).AddC(g.Mean), pred.MulC(g.SD).AddC(g.Mean)
		}
	case g.Task == prep.Classification && targets == loss.ClassNumbers:
		t.see = func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			if len(y.Shape) > 1 && y.Shape[len(y.Shape)-1] > 1 {
				y = y.ArgMax()
			}
			return y, pred
		}
	case g.Task == prep.Classification && targets != loss.ByShape:
		t.see = func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			if k := pred.Shape[len(pred.Shape)-1]; y.DType == tensor.Int32 && len(y.Shape) == len(pred.Shape)-1 && k > 1 {
				y = y.OneHot(k)
			}
			return y, pred
		}
	}
	if see := t.see; logits && g.Task == prep.Classification {
		t.see = func(y, z *graph.Node) (*graph.Node, *graph.Node) {
			p := probabilityOf(z.AsFloat())
			if see == nil {
				return y, p
			}
			return see(y, p)
		}
	}
	if t.see != nil {
		if merger, ok := m.(metric.Merger); ok {
			m = mergingThrough{t, merger}
		} else {
			m = t
		}
	}
	return train.NamedMetric{Metric: m, Name: name}
}
