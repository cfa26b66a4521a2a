package loss

import "gorae/graph"

func init() { Losses.Register(CategoricalHinge{}, "categorical_hinge") }

// CategoricalHinge is max(1 + max((1 − t)·ŷ) − Σ t·ŷ, 0) of one-hot targets t and scores ŷ of the classes, the last
// axis: the score of the right class is to be greater than all others by 1 (Crammer and Singer, 2001).
type CategoricalHinge struct{ Base }

// Value implements Loss.
func (CategoricalHinge) Value(y, pred *graph.Node) *graph.Node {
	y, pred = Match(y, pred)
	right := y.Mul(pred).Sum(-1)
	wrong := y.Neg().AddC(1).Mul(pred).ReduceMax(-1)
	return perSample(wrong.Sub(right).AddC(1).MaxC(0))
}

// Traits implements Described.
func (CategoricalHinge) Traits() Traits {
	return Traits{Targets: Shares, Predictions: Scores, Outputs: AmongOutputs, Units: NoUnits}
}
