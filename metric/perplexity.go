package metric

import (
	"math"

	"gorae/graph"
	"gorae/loss"
)

func init() { Metrics.RegisterAs("Perplexity", Perplexity{}, "perplexity") }

// Perplexity is exp of the mean of −ln p[y] over the tokens that count, y being the number of a token: as many equally
// likely tokens would be as hard to predict. Steps that a mask leaves out count in neither sum, so that the value does
// not depend on the batches. It is that of KerasHub.
type Perplexity struct {
	FromLogits bool `keras:"from_logits"` // outputs are logits and not probabilities
}

// Terms implements Metric.
func (m Perplexity) Terms(y, pred, w *graph.Node) []*graph.Node {
	return average(loss.SparseCategoricalCrossentropy{FromLogits: m.FromLogits}.Value(y, pred), w)
}

// Result implements Metric.
func (Perplexity) Result(sums []float64) float64 { return math.Exp(ratio(sums)) }

// Traits implements Described.
func (m Perplexity) Traits() loss.Traits {
	t := share(loss.ClassNumbers, loss.AmongOutputs)
	if m.FromLogits {
		t.Predictions = loss.Logits
	}
	return t
}

// Direction implements Directed.
func (Perplexity) Direction() Direction { return Min }
