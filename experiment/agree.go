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

// What losses and metrics compare, by Keras's class names. A thing in no list takes
// any target.
var (
	// forClasses make no sense of a figure.
	forClasses = []string{
		"BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "KLDivergence", "Hinge", "SquaredHinge",
		"Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy",
		"SparseTopKCategoricalAccuracy", "Precision", "Recall", "AUC",
	}
	// amongOutputs compare the outputs of a sample with each other; of one output they
	// say the same whatever it is.
	amongOutputs = []string{
		"CategoricalCrossentropy", "SparseCategoricalCrossentropy", "KLDivergence", "CategoricalAccuracy",
		"SparseCategoricalAccuracy", "TopKCategoricalAccuracy", "SparseTopKCategoricalAccuracy",
	}
	// fromZero are losses of figures that are 0 or more, or of their ratios: a
	// standardised target is not what they are about.
	fromZero = []string{"Poisson", "MeanSquaredLogarithmicError", "MeanAbsolutePercentageError"}
	// byNumber take class numbers; whatever is in neither list chooses by the shapes.
	byNumber = []string{"SparseCategoricalCrossentropy", "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy"}
	byShape  = []string{"Accuracy"}
)

// metricClass is Keras's class name of a metric; that of the loss where a loss is the
// metric.
func metricClass(m metric.Metric) string {
	if mean, ok := m.(metric.Mean); ok {
		return lossClass(mean.Loss)
	}
	c, _ := metric.Metrics.Class(m)
	return c
}

// checkObjective finds a loss or a metric that can say nothing about the target, or
// about as many outputs as the model has, before anything is learnt with it.
func (r *Ready) checkObjective() error {
	if err := r.checkAgrees("train.loss", lossClass(r.Train.Loss), "mean_squared_error", "binary_crossentropy"); err != nil {
		return err
	}
	g := r.Recipe.Target
	if c := lossClass(r.Train.Loss); g.Task == prep.Regression && slices.Contains(fromZero, c) && (g.Mean != 0 || g.SD != 1) {
		return r.mistake("train.loss", "%s is for figures as they are, but the target %s is standardised; give data.target_scale: none", wordOf(r.Train.Loss), g.Name)
	}
	if r.mixes() && slices.Contains(byNumber, lossClass(r.Train.Loss)) {
		return r.mistake("train.loss", "%s takes class numbers, and mix_up makes samples of two classes; give categorical_crossentropy", wordOf(r.Train.Loss))
	}
	r.noteLogits()
	n := r.tree.At("train.metrics")
	for i, m := range r.Train.Metrics {
		if err := r.checkAgrees(elementPath("train.metrics", n, i), metricClass(m.Metric), "rmse, mae or r2", "accuracy"); err != nil {
			return err
		}
	}
	return nil
}

func (r *Ready) checkAgrees(path, class, figure, single string) error {
	word := nameOf(r.tree.At(path))
	switch g := r.Recipe.Target; {
	case g.Task == prep.Regression && slices.Contains(forClasses, class):
		return r.mistake(path, "%s is for classes, but the target %s is a figure; give %s", word, g.Name, figure)
	case g.Task == prep.Classification && r.outputs() == 1 && slices.Contains(amongOutputs, class):
		return r.mistake(path, "%s compares one output a class, but the model has a single output; give %s, or a softmax of %d", word, single, len(g.Classes))
	}
	return nil
}

// ofProbabilities are losses that take probabilities where they are not told of logits.
var ofProbabilities = []string{"BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"}

// probabilities are the activations that give numbers from 0 to 1.
var probabilities = []string{"softmax", "sigmoid", "hard_sigmoid", "legacy_hard_sigmoid"}

// noteLogits says that a network of classes whose last layer gives any numbers learns badly by a loss of probabilities.
func (r *Ready) noteLogits() {
	layers := r.Model.Layers()
	act := activation(layers[len(layers)-1].Layer)
	if r.Recipe.Target.Task != prep.Classification || act == "" || slices.Contains(probabilities, act) ||
		!slices.Contains(ofProbabilities, lossClass(r.Train.Loss)) || fromLogits(r.Train.Loss) {
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
	return slices.ContainsFunc(r.Model.Layers(), func(i *model.Instance) bool { _, ok := i.Layer.(layer.MixUp); return ok })
}

func wordOf(l loss.Loss) string { return loss.Losses.Word(l) }

// rawByLoss reports whether a loss wants the figures of a regression as they are.
func rawByLoss(l loss.Loss) bool { return l != nil && slices.Contains(fromZero, lossClass(l)) }

// through is a metric that sees targets and predictions in another form.
type through struct {
	metric.Metric
	see func(y, pred *graph.Node) (*graph.Node, *graph.Node)
}

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
	class := metricClass(m)
	t := through{Metric: m}
	switch {
	case g.Task == prep.Regression && (g.Mean != 0 || g.SD != 1):
		t.see = func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			return y.AsFloat().MulC(g.SD).AddC(g.Mean), pred.MulC(g.SD).AddC(g.Mean)
		}
	case g.Task == prep.Classification && slices.Contains(byNumber, class):
		t.see = func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			if len(y.Shape) > 1 && y.Shape[len(y.Shape)-1] > 1 {
				y = y.ArgMax()
			}
			return y, pred
		}
	case g.Task == prep.Classification && !slices.Contains(byShape, class):
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
