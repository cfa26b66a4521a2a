package loss

import (
	"slices"

	"gorae/config"
	"gorae/graph"
)

func init() {
	Losses.Register(Dice{})
	Losses.Register(Tversky{})
}

// Dice is 1 − 2·Σ y·ŷ/(Σ y + Σ ŷ + 10⁻⁷), how far two sets are from each other that y and ŷ have as shares from 0 to 1
// (Sørensen and Dice): of pictures cut into classes. Without Axis the sums are over the whole batch, of which it is one
// value; with Axis, such as [1, 2, 3], each sample has one.
type Dice struct {
	Base
	// Axis are the axes of the sums, counted from 1 behind that of the samples, or from the end; without them all.
	Axis []int `keras:"axis,main,lone"`
}

// Check refuses the axis of the samples.
func (l Dice) Check() error { return notSamples(l.Axis) }

// Value implements Loss.
func (l Dice) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	sum := over("dice", config.Filled(l).Axis, pred)
	both := sum(y.Mul(pred))
	return overlap(both.MulC(2).Div(sum(y).Add(sum(pred)).AddC(epsilon)))
}

// Traits implements Described.
func (Dice) Traits() Traits { return probabilistic(Shares, AmongOutputs, false) }

// Tversky is 1 − T/(T + α·F + β·G + 10⁻⁷) with T = Σ y·ŷ, F = Σ y·(1 − ŷ) and G = Σ ŷ·(1 − y) (Salehi et al., 2017):
// Alpha weighs what is missed, Beta what is said by mistake; both 0.5 it is Dice. Axis is that of Dice.
type Tversky struct {
	Base
	// Alpha is the weight of what is missed.
	Alpha *float64 `keras:"alpha,main,default=0.5,min=0"`
	// Beta is the weight of what is said by mistake.
	Beta *float64 `keras:"beta,default=0.5,min=0"`
	// Axis are the axes of the sums, counted from 1 behind that of the samples, or from the end; without them all.
	Axis []int `keras:"axis,lone"`
}

// Check refuses the axis of the samples.
func (l Tversky) Check() error { return notSamples(l.Axis) }

// Value implements Loss.
func (l Tversky) Value(y, pred *graph.Node) *graph.Node {
	l = config.Filled(l)
	y, pred = Match(y, pred)
	sum := over("tversky", l.Axis, pred)
	both := sum(y.Mul(pred))
	missed, wrong := sum(pred.Neg().AddC(1).Mul(y)), sum(pred.Mul(y.Neg().AddC(1)))
	return overlap(both.Div(both.Add(missed.MulC(*l.Alpha)).Add(wrong.MulC(*l.Beta)).AddC(epsilon)))
}

// Traits implements Described.
func (Tversky) Traits() Traits { return probabilistic(Shares, AmongOutputs, false) }

// notSamples refuses an axis 0.
func notSamples(axes []int) error {
	if slices.Contains(axes, 0) {
		return config.Errorf("axis", "axis 0 is that of the samples, each of which has a loss of its own").
			Fix("count from 1, or from the end with -1")
	}
	return nil
}

// over is the sum over axes, or over everything, which gives [1].
func over(loss string, axes []int, pred *graph.Node) func(*graph.Node) *graph.Node {
	var list []int
	for _, a := range axes {
		if a < 0 {
			a += len(pred.Shape)
		}
		if a < 1 || a >= len(pred.Shape) {
			pred.Graph().Fail(loss, "axis: %v, and predictions of shape %v have the axes 1 to %d", axes,
				sample(pred.Shape), len(pred.Shape)-1)
		}
		list = append(list, a)
	}
	slices.Sort(list)
	return func(n *graph.Node) *graph.Node {
		if len(list) == 0 {
			return n.Sum().Reshape(1)
		}
		return n.Sum(list...)
	}
}

func overlap(share *graph.Node) *graph.Node { return perSample(share.Neg().AddC(1)) }
