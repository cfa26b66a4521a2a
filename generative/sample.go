package generative

import (
	"context"
	"math"

	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// Latents returns n vectors of so many standard normal numbers, [n, size]. Number i does not depend on n.
func Latents(n, size int, seed uint64) *tensor.Tensor {
	r := weight.NewRand(seed, "generative/latents")
	z := tensor.New(tensor.Float32, n, size)
	for i := range z.F32 {
		z.F32[i] = float32(r.Normal())
	}
	return z
}

// Grid returns side × side vectors of two latent numbers, [side², 2], that lie at equally spaced quantiles of the
// normal distribution: row by row from the greatest second number to the least, the first one rising. A decoder makes
// a map of its latent space of them.
func Grid(side int) *tensor.Tensor {
	z := tensor.New(tensor.Float32, side*side, 2)
	quantile := func(i int) float32 {
		return float32(math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(side)-1))
	}
	for i := range side {
		for j := range side {
			z.F32[2*(i*side+j)], z.F32[2*(i*side+j)+1] = quantile(j), quantile(side-1-i)
		}
	}
	return z
}

// together is the number of samples that are made at a time. The last ones are filled up, so that a sample has the same
// bits whatever the number of samples: kernels may add in another order for another number.
const together = 64

// Make returns the outputs of a generator or decoder for latent numbers z, [n, size].
func Make(ctx context.Context, m *model.Model, z *tensor.Tensor) (*tensor.Tensor, error) {
	n, size := z.Shape[0], z.Shape[1]
	out := tensor.New(tensor.Float32, append([]int{n}, m.OutputTypes(1)[0].Shape[1:]...)...)
	some := tensor.New(tensor.Float32, together, size)
	each := out.Len() / max(1, n)
	for from := 0; from < n; from += together {
		count := min(together, n-from)
		clear(some.F32[copy(some.F32, z.F32[from*size:(from+count)*size]):])
		y, err := m.Predict(ctx, some)
		if err != nil {
			return nil, err
		}
		copy(out.F32[from*each:], y[0].F32[:count*each])
	}
	return out, nil
}
