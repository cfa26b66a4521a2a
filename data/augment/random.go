package augment

import (
	"math"
	"math/rand/v2"

	"gorae/data/internal/variation"
)

func stream(seed uint64, epoch, sample, transform int) rand.PCG {
	return variation.Stream(variation.Augment, seed, epoch, sample, transform)
}

func normal(r *rand.PCG) float64 { // Box and Muller 1958
	return math.Sqrt(-2*math.Log(1-variation.Uniform(r))) * math.Cos(2*math.Pi*variation.Uniform(r))
}

// beta draws from Beta(a, a) as G/(G + H) of two gamma numbers.
func beta(r *rand.PCG, a float64) float64 {
	g, h := gamma(r, a), gamma(r, a)
	if g+h == 0 { // both are below the smallest float64: one of the two ends
		return math.Floor(2 * variation.Uniform(r))
	}
	return g / (g + h)
}

// gamma draws from Gamma(a, 1) by Marsaglia and Tsang 2000.
func gamma(r *rand.PCG, a float64) float64 {
	if a < 1 {
		boost := math.Pow(1-variation.Uniform(r), 1/a)
		return boost * gamma(r, a+1)
	}
	d := a - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := normal(r)
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v = v * v * v
		if u := 1 - variation.Uniform(r); math.Log(u) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
