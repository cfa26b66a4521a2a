package layer

import (
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(MixUp{}) }

// MixUp makes of each picture of a batch in training λ·picture + (1 − λ)·another, λ drawn for the batch from
// Beta(Alpha, Alpha), and mixes the targets alike: in training they must be one-hot, or numbers (Zhang et al., 2018).
// The other one is that which stands k rows further in the batch, k drawn, which for shuffled batches is as good as
// any order.
type MixUp struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Alpha      float64  `keras:"alpha,main,default=0.2,positive"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	_          struct{} `keras:"seed~null"`
}

// Call implements Layer.
func (l MixUp) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 2, l.DataFormat)
	n := in.Shape[0]
	if !s.Training || n == 0 {
		return []*graph.Node{in}
	}
	place := tensor.New(tensor.Float32, n)
	for i := range place.F32 {
		place.F32[i] = float32(i)
	}
	u := graph.RandomUniform(s.Key(), s.Stream(), 1)
	at := s.Graph.Const(place).Add(u.MulC(float64(n)).Floor())
	others := at.Sub(at.DivC(float64(n)).AddC(0.5 / float64(n)).Floor().MulC(float64(n))).Cast(tensor.Int32)
	share := betaDraw(s, l.Alpha)
	mix := func(v *graph.Node) *graph.Node {
		w := share.Reshape(ones(len(v.Shape))...)
		return v.Mul(w).Add(v.Gather(others).Mul(w.Neg().AddC(1)))
	}
	s.Trace().Targets = append(s.Trace().Targets, func(y *graph.Node) *graph.Node {
		if y.DType != tensor.Float32 {
			y.Graph().Fail("mix_up",
				"targets are class numbers, and mixing makes fractions; give one-hot targets, by the loss "+
					"categorical_crossentropy")
		}
		return mix(y)
	})
	return []*graph.Node{mix(in)}
}

// Traits implements Described.
func (l MixUp) Traits() Traits {
	t := spatial(l.DataFormat)
	t.Samples = MixesSamples
	return t
}

// Formula implements Formulator.
func (MixUp) Formula(in, out []tensor.Shape) string { return moves }

// betaSteps is the number of intervals in the table of a beta distribution's quantiles; between its entries the
// quantile is interpolated linearly.
const betaSteps = 1024

// betaDraw returns a number from Beta(a, a), [1]: its quantile at an even number from 0 to 1.
func betaDraw(s *Scope, a float64) *graph.Node {
	q := tensor.New(tensor.Float32, betaSteps+1, 1)
	for i := range q.F32 {
		q.F32[i] = float32(betaQuantile(a, float64(i)/betaSteps))
	}
	table := s.Graph.Const(q)
	u := graph.RandomUniform(s.Key(), s.Stream(), 1).MulC(betaSteps)
	lower := u.Floor()
	part := u.Sub(lower)
	lo, hi := table.Gather(lower.Cast(tensor.Int32)), table.Gather(lower.AddC(1).Cast(tensor.Int32))
	return lo.Reshape(1).Add(hi.Sub(lo).Reshape(1).Mul(part))
}

// betaQuantile returns the x with I_x(a, a) = p, by halving.
func betaQuantile(a, p float64) float64 {
	if p > 0.5 {
		return 1 - betaQuantile(a, 1-p)
	}
	if p == 0 {
		return 0
	}
	lo, hi := 0.0, 0.5
	for range 60 {
		if mid := (lo + hi) / 2; betaCDF(a, mid) < p {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

// betaCDF returns I_x(a, a) for x ≤ ½ by its series x^a (1−x)^a / (a B(a, a)) · (1 + Σ_k Π_{j ≤ k} (2a + j − 1)/(a + j)
// · x^k) (NIST, Digital Library of Mathematical Functions, 8.17.8), whose terms fall like (2x)^k at first and x^k
// later.
func betaCDF(a, x float64) float64 {
	g, _ := math.Lgamma(a)
	gg, _ := math.Lgamma(2 * a)
	sum, term := 1.0, 1.0
	for j := 1; j < 4000 && term > 1e-17*sum; j++ {
		term *= (2*a + float64(j) - 1) / (a + float64(j)) * x
		sum += term
	}
	return math.Exp(a*math.Log(x)+a*math.Log1p(-x)+gg-2*g) / a * sum
}
