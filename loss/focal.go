package loss

import (
	"gorae/config"
	"gorae/graph"
)

func init() {
	Losses.RegisterAs("BinaryFocalCrossentropy", BinaryFocalCrossentropy{}, "binary_focal_crossentropy")
}

// BinaryFocalCrossentropy is BinaryCrossentropy with less weight for what is right already (Lin et al., "Focal loss for
// dense object detection", 2017): with the probability pₜ that is given to the target,
//
//	(1 − pₜ)^γ·(−t·ln p − (1 − t)·ln(1 − p)),  pₜ = t·p + (1 − t)(1 − p)
//
// where γ is Gamma. With ApplyClassBalancing the second class (t = 1) counts α, Alpha, and the first one 1 − α.
// Probabilities and LabelSmoothing are taken as in BinaryCrossentropy.
type BinaryFocalCrossentropy struct {
	Base
	// ApplyClassBalancing weighs the two classes by Alpha.
	ApplyClassBalancing bool `keras:"apply_class_balancing"`
	// Alpha is the weight of the second class where the classes are weighed; the first one has 1 − Alpha.
	Alpha *float64 `keras:"alpha,default=0.25,min=0,max=1"`
	// Gamma is the power that takes weight from what is right; 0 takes none.
	Gamma          *float64 `keras:"gamma,default=2,min=0"`
	FromLogits     bool     `keras:"from_logits"`
	LabelSmoothing float64  `keras:"label_smoothing,min=0,max=1"`
	// Axis is the axis of the outputs of which the loss is the mean: -1, the last one, where none is given.
	Axis int `keras:"axis,default=-1"`
}

// Value implements Loss.
func (l BinaryFocalCrossentropy) Value(y, pred *graph.Node) *graph.Node {
	l = config.Filled(l)
	y, pred = Match(y, pred)
	axisOf(l.Axis, pred)
	y = smooth(y, l.LabelSmoothing, 2)
	value, p, q := binary(y, pred, l.FromLogits)
	other := y.Neg().AddC(1)
	if gamma := *l.Gamma; gamma != 0 {
		wrong := y.Mul(q).Add(other.Mul(p)) // 1 − pₜ
		if gamma == 2 {
			value = value.Mul(wrong.Square())
		} else {
			value = value.Mul(wrong.Pow(wrong.Graph().Scalar(gamma)))
		}
	}
	if l.ApplyClassBalancing {
		value = value.Mul(y.MulC(*l.Alpha).Add(other.MulC(1 - *l.Alpha)))
	}
	return perSample(value)
}

// Traits implements Described.
func (l BinaryFocalCrossentropy) Traits() Traits {
	return probabilistic(Shares, EachOutput, l.FromLogits)
}
