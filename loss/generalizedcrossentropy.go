package loss

import (
	"gorae/config"
	"gorae/graph"
)

func init() {
	Losses.RegisterAs("CategoricalGeneralizedCrossEntropy", CategoricalGeneralizedCrossEntropy{},
		"categorical_generalized_cross_entropy")
}

// CategoricalGeneralizedCrossEntropy is (1 − p[y]^q)/q, p[y] being the probability of the right class and q being Q
// (Zhang and Sabuncu, 2018): near q = 0 the crossentropy, at q = 1 the absolute error, which wrong labels disturb less.
// Targets are class numbers, one for each row of probabilities.
type CategoricalGeneralizedCrossEntropy struct {
	Base
	// Q is above 0 and below 1.
	Q float64 `keras:"q,main,default=0.5,positive,below=1"`
}

// Value implements Loss.
func (l CategoricalGeneralizedCrossEntropy) Value(y, pred *graph.Node) *graph.Node {
	q := config.Filled(l).Q
	ids := ClassIDs(y, pred)
	pred = pred.AsFloat()
	p := pred.Mul(ids.OneHot(pred.Shape[len(pred.Shape)-1]).AsFloat()).Sum(-1)
	return perSample(p.Pow(p.Graph().Scalar(q)).Neg().AddC(1).DivC(q))
}

// Traits implements Described.
func (CategoricalGeneralizedCrossEntropy) Traits() Traits {
	return probabilistic(ClassNumbers, AmongOutputs, false)
}
