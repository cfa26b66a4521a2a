package loss

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Losses.Register(CosineSimilarity{}, "cosine_similarity") }

// CosineSimilarity is −Σ ŷ·y of target and prediction brought to length 1 along an axis: −1 of equal directions, 0 of a
// right angle, 1 of opposite ones. A vector of zeros stays zeros. Target and prediction are [batch, …, k].
type CosineSimilarity struct {
	Base
	// Axis is the axis of the vectors' elements: -1, the last one, where none is given.
	Axis int `keras:"axis,main,default=-1"`
}

// Value implements Loss.
func (l CosineSimilarity) Value(y, pred *graph.Node) *graph.Node {
	return perSample(Cosine(y, pred, config.Filled(l).Axis).Neg())
}

// Traits implements Described.
func (CosineSimilarity) Traits() Traits { return numeric(Numbers, NoUnits) }

func (l CosineSimilarity) axis() int { return l.Axis }

// Cosine is the cosine of the angle between targets and predictions along an axis, which goes; 0 where one of the two
// is zeros.
func Cosine(y, pred *graph.Node, axis int) *graph.Node {
	y, pred = Match(y, pred)
	return unit(last(axis, y)).Mul(unit(last(axis, pred))).Sum(-1)
}

// unit brings the last axis to length 1: each element is multiplied by at most 10⁷.
func unit(x *graph.Node) *graph.Node {
	return x.Mul(x.KeepDims(x.Square().Sum(-1).MaxC(epsilon*epsilon).Rsqrt(), -1))
}
