package loss

import "gorae/graph"

func init() {
	Losses.Register(Hinge{})
	Losses.Register(SquaredHinge{})
}

// Hinge is max(1 − t·ŷ, 0) of a target t that is −1 or 1; 0 counts as −1.
type Hinge struct{ Base }

// Value implements Loss.
func (Hinge) Value(y, pred *graph.Node) *graph.Node { return perSample(margin(y, pred)) }

// Traits implements Described.
func (Hinge) Traits() Traits { return signed() }

// SquaredHinge is max(1 − t·ŷ, 0)².
type SquaredHinge struct{ Base }

// Value implements Loss.
func (SquaredHinge) Value(y, pred *graph.Node) *graph.Node {
	return perSample(margin(y, pred).Square())
}

// Traits implements Described.
func (SquaredHinge) Traits() Traits { return signed() }

// signed are the traits of a loss of two classes with the signs −1 and 1.
func signed() Traits {
	return Traits{Targets: Signs, Predictions: Scores, Outputs: EachOutput, Units: NoUnits}
}

// margin is max(1 − t·ŷ, 0). Keras turns targets of 0 and 1 into −1 and 1 when all
// are such; here a 0 always means −1, which agrees for both conventions.
func margin(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	zero := y.Graph().Scalar(0)
	t := y.Eq(zero).Where(y.Graph().Scalar(-1), y)
	return t.Mul(pred).Neg().AddC(1).MaxC(0) // as Keras has it: slope −t where the margin is 0
}
