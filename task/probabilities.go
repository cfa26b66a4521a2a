package task

import "gorae/graph"

// Probabilities returns the probabilities of the logits z [batch, …, k] along the last axis: σ(z) where k is 1,
// else softmax(z).
func Probabilities(z *graph.Node) *graph.Node {
	if z.Shape[len(z.Shape)-1] == 1 {
		return z.Sigmoid()
	}
	return z.Softmax(-1)
}
