package loss

import (
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Losses.RegisterAs("BinaryCrossentropy", BinaryCrossentropy{}, "binary_crossentropy", "bce")
	Losses.RegisterAs("CategoricalCrossentropy", CategoricalCrossentropy{}, "categorical_crossentropy")
	Losses.RegisterAs("SparseCategoricalCrossentropy", SparseCategoricalCrossentropy{},
		"sparse_categorical_crossentropy")
	Losses.Register(KLDivergence{}, "kl_divergence", "kld", "kullback_leibler_divergence")
}

// BinaryCrossentropy is −t·ln p − (1 − t)·ln(1 − p) of a target t in 0..1 and a
// probability p. Where p is a sigmoid of z it is computed from z, which loses no
// digits; FromLogits says that the prediction is z itself. Elsewhere p is kept between 10⁻⁷ and 1 − 10⁻⁷.
// LabelSmoothing s makes the target t(1 − s) + s/2.
type BinaryCrossentropy struct {
	Base
	FromLogits     bool    `keras:"from_logits"`
	LabelSmoothing float64 `keras:"label_smoothing,min=0,max=1"`
	// Axis is the axis of the outputs of which the loss is the mean: -1, the last one, where none is given.
	Axis int `keras:"axis,default=-1"`
}

// Value implements Loss.
func (l BinaryCrossentropy) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	axisOf(l.Axis, pred)
	value, _, _ := binary(smooth(y, l.LabelSmoothing, 2), pred, l.FromLogits)
	return perSample(value)
}

// smooth is y(1 − s) + s/classes.
func smooth(y *graph.Node, s float64, classes int) *graph.Node {
	if s == 0 {
		return y
	}
	return y.MulC(1 - s).AddC(s / float64(classes))
}

// binary is −y·ln p − (1 − y)·ln(1 − p) of each element, p and 1 − p.
func binary(y, pred *graph.Node, fromLogits bool) (value, p, q *graph.Node) {
	z, ok := pred, true
	if !fromLogits {
		z, ok = pred.SigmoidLogits()
	}
	if ok {
		return z.BinaryCrossEntropy(y), z.Sigmoid(), z.Neg().Sigmoid()
	}
	// 1 − p is clipped by itself: float32 holds 10⁻⁷ and not 1 − 10⁻⁷.
	one := pred.Graph().Scalar(1)
	q = one.Sub(pred)
	value = y.Mul(pred.Clip(epsilon, 1-epsilon).Log()).Add(one.Sub(y).Mul(q.Clip(epsilon, 1-epsilon).Log())).Neg()
	return value, pred, q
}

// Traits implements Described.
func (l BinaryCrossentropy) Traits() Traits { return probabilistic(Shares, EachOutput, l.FromLogits) }

// CategoricalCrossentropy is −Σ t·ln p over the classes, an axis of the outputs, t and p being
// probabilities of the classes. Where p is a softmax of z it is computed from z;
// FromLogits says that the prediction is z itself. Elsewhere p is divided by its sum and kept
// between 10⁻⁷ and 1 − 10⁻⁷. LabelSmoothing s makes the target t(1 − s) + s/classes.
type CategoricalCrossentropy struct {
	Base
	FromLogits     bool    `keras:"from_logits"`
	LabelSmoothing float64 `keras:"label_smoothing,min=0,max=1"`
	// Axis is the axis of the classes: -1, the last one, where none is given.
	Axis int `keras:"axis,default=-1"`
}

// Value implements Loss.
func (l CategoricalCrossentropy) Value(y, pred *graph.Node) *graph.Node {
	if !y.Shape.Equal(pred.Shape) || len(y.Shape) < 2 {
		y.Graph().Fail("categorical_crossentropy",
			"the target has shape %v, the prediction %v; class numbers need sparse_categorical_crossentropy",
			sample(y.Shape), sample(pred.Shape))
	}
	y, pred = last(l.Axis, y.AsFloat()), last(l.Axis, pred.AsFloat())
	y = smooth(y, l.LabelSmoothing, y.Shape[len(y.Shape)-1])
	z, ok := pred, true
	if !l.FromLogits {
		z, ok = pred.SoftmaxLogits()
	}
	if ok {
		return perSample(z.CrossEntropy(y))
	}
	return perSample(y.Mul(normal(pred).Log()).Sum(-1).Neg())
}

// Traits implements Described.
func (l CategoricalCrossentropy) Traits() Traits {
	return probabilistic(Shares, AmongOutputs, l.FromLogits)
}

// normal brings rows to the sum 1 and away from 0 and 1.
func normal(p *graph.Node) *graph.Node {
	return p.Div(p.KeepDims(p.Sum(-1), -1)).Clip(epsilon, 1-epsilon)
}

// SparseCategoricalCrossentropy is −ln p[y], y being the number of the class. The
// probabilities are taken as in CategoricalCrossentropy. A class that does not exist gives
// not-a-number.
type SparseCategoricalCrossentropy struct {
	Base
	FromLogits bool `keras:"from_logits"`
	// IgnoreClass is a target, as -1 or 255, whose elements do not count: the loss is the mean over the others.
	IgnoreClass *int     `keras:"ignore_class"`
	_           struct{} `keras:"?axis=-1"`
}

// Value implements Loss. What is ignored has the value 0.
func (l SparseCategoricalCrossentropy) Value(y, pred *graph.Node) *graph.Node {
	ids := ClassIDs(y, pred)
	counts := l.Counts(y, pred)
	if counts != nil {
		ids = ids.AsFloat().Mul(counts).Cast(tensor.Int32)
	}
	z, ok := pred, true
	if !l.FromLogits {
		z, ok = pred.SoftmaxLogits()
	}
	if !ok {
		z = pred.Clip(epsilon, 1-epsilon).Log() // is divided by its sum
	}
	value := z.SparseCrossEntropy(ids)
	if counts != nil {
		zero := value.Graph().Scalar(0)
		value = counts.Gt(zero).Where(value, zero)
	}
	return perSample(value)
}

// Counts implements Selective.
func (l SparseCategoricalCrossentropy) Counts(y, pred *graph.Node) *graph.Node {
	if l.IgnoreClass == nil {
		return nil
	}
	ids := ClassIDs(y, pred).AsFloat()
	return ids.Ne(ids.Graph().Scalar(float64(*l.IgnoreClass))).AsFloat()
}

// Traits implements Described.
func (l SparseCategoricalCrossentropy) Traits() Traits {
	return probabilistic(ClassNumbers, AmongOutputs, l.FromLogits)
}

// ClassIDs is y as int32 class numbers, one for each row of pred; a last axis of extent 1 is dropped.
func ClassIDs(y, pred *graph.Node) *graph.Node {
	rows := pred.Shape
	if len(rows) > 0 {
		rows = rows[:len(rows)-1]
	}
	drop := len(y.Shape) == len(rows)+1 && y.Shape[len(rows)] == 1 && y.Shape[:len(rows)].Equal(rows)
	if len(pred.Shape) < 2 || !drop && !y.Shape.Equal(rows) {
		y.Graph().Fail("sparse_categorical_crossentropy",
			"the target has shape %v, the prediction %v; it needs one class number for each row of probabilities",
			sample(y.Shape), sample(pred.Shape))
	}
	return y.Reshape(rows...).Cast(tensor.Int32)
}

// KLDivergence is Σ t·ln(t/p) over the last axis, both kept between 10⁻⁷ and 1.
type KLDivergence struct{ Base }

// Value implements Loss.
func (KLDivergence) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	y, pred = y.Clip(epsilon, 1), pred.Clip(epsilon, 1)
	return perSample(y.Mul(y.Div(pred).Log()).Sum(-1))
}

// Traits implements Described.
func (KLDivergence) Traits() Traits { return probabilistic(Shares, AmongOutputs, false) }
