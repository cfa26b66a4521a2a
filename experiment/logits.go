package experiment

import (
	"math"

	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
)

// fromLogits reports whether a loss takes a network's outputs for logits z, of which
// σ(z), or softmax(z) of several, are the probabilities.
func fromLogits(l loss.Loss) bool { return loss.TraitsOf(l).Predictions == loss.Logits }

// logits reports whether the network of a recipe gives logits.
func (r *Recipe) logits() bool {
	l, err := loss.Losses.Decode(r.Loss)
	return err == nil && fromLogits(l)
}

// probabilityOf is σ(z) of one output, softmax(z) of several, as nodes.
func probabilityOf(z *graph.Node) *graph.Node {
	if z.Shape[len(z.Shape)-1] == 1 {
		return z.Sigmoid()
	}
	return z.Softmax(-1)
}

// probabilitiesOf does so for figures, z [n, k], row by row.
func probabilitiesOf(z *tensor.Tensor) *tensor.Tensor {
	n, k := z.Shape[0], z.Shape[1]
	p := tensor.New(tensor.Float32, n, k)
	for i := range n {
		row, to := z.F32[i*k:(i+1)*k], p.F32[i*k:(i+1)*k]
		if k == 1 {
			to[0] = float32(1 / (1 + math.Exp(-float64(row[0]))))
			continue
		}
		top, sum := math.Inf(-1), 0.0
		for _, v := range row {
			top = math.Max(top, float64(v))
		}
		for _, v := range row {
			sum += math.Exp(float64(v) - top)
		}
		for j, v := range row {
			to[j] = float32(math.Exp(float64(v)-top) / sum)
		}
	}
	return p
}
