package loss

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Losses.RegisterAs("CategoricalFocalCrossentropy", CategoricalFocalCrossentropy{}, "categorical_focal_crossentropy")
}

// CategoricalFocalCrossentropy is CategoricalCrossentropy with less weight for what is right already (Lin et al.,
// "Focal loss for dense object detection", 2017): over the classes, an axis of the outputs,
//
//	−Σ α·(1 − p)^γ·t·ln p
//
// where γ is Gamma and α is Alpha. Probabilities and LabelSmoothing are taken as in CategoricalCrossentropy.
type CategoricalFocalCrossentropy struct {
	Base
	// Alpha is the weight of all classes, or one weight for each class.
	Alpha []float64 `keras:"alpha,default=0.25,lone,min=0,what=weight"`
	// Gamma is the power that takes weight from what is right; 0 takes none.
	Gamma          *float64 `keras:"gamma,default=2,min=0"`
	FromLogits     bool     `keras:"from_logits"`
	LabelSmoothing float64  `keras:"label_smoothing,min=0,max=1"`
	// Axis is the axis of the classes: -1, the last one, where none is given.
	Axis int `keras:"axis,default=-1"`
}

// Value implements Loss.
func (l CategoricalFocalCrossentropy) Value(y, pred *graph.Node) *graph.Node {
	l = config.Filled(l)
	y, pred = Match(y, pred)
	y, pred = last(l.Axis, y), last(l.Axis, pred)
	classes := y.Shape[len(y.Shape)-1]
	y = smooth(y, l.LabelSmoothing, classes)
	if l.FromLogits {
		pred = pred.Softmax(-1)
	}
	p := normal(pred)
	g := p.Graph()
	value := y.Mul(p.Log()).Neg().Mul(p.Neg().AddC(1).Pow(g.Scalar(*l.Gamma)))
	if len(l.Alpha) == 1 {
		return perSample(value.MulC(l.Alpha[0]).Sum(-1))
	}
	if len(l.Alpha) != classes {
		g.Fail("categorical_focal_crossentropy", "alpha: %d weights for %d classes; give one for each, or a single one",
			len(l.Alpha), classes)
	}
	return perSample(value.Mul(weights(g, l.Alpha)).Sum(-1))
}

// Traits implements Described.
func (l CategoricalFocalCrossentropy) Traits() Traits {
	return probabilistic(Shares, AmongOutputs, l.FromLogits)
}

func (l CategoricalFocalCrossentropy) axis() int { return l.Axis }

// weights is a list of numbers as a constant [n].
func weights(g *graph.Graph, list []float64) *graph.Node {
	parts := make([]*graph.Node, len(list))
	for i, v := range list {
		parts[i] = g.Scalar(v).Reshape(tensor.Shape{1}...)
	}
	return graph.Concatenate(0, parts...)
}
