package augment

import (
	"math"
	"math/rand/v2"
)

// stream returns the random numbers of one transform of one sample in one epoch: the PCG-DXSM of math/rand/v2, whose
// sequence Go promises to keep.
func stream(seed uint64, epoch, sample, transform int) rand.PCG {
	n := mix(mix(mix(uint64(epoch)^0x6175676d656e74)+uint64(sample)) + uint64(transform)) // "augment"
	return *rand.NewPCG(seed, n)
}

// mix returns the finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbouring inputs give unrelated outputs.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// uniform draws from [0, 1), in steps of 2⁻⁵³.
func uniform(r *rand.PCG) float64 { return float64(r.Uint64()>>11) * (1.0 / (1 << 53)) }

func normal(r *rand.PCG) float64 { // Box and Muller 1958
	return math.Sqrt(-2*math.Log(1-uniform(r))) * math.Cos(2*math.Pi*uniform(r))
}

// beta draws from Beta(a, a) as G/(G + H) of two gamma numbers.
func beta(r *rand.PCG, a float64) float64 {
	g, h := gamma(r, a), gamma(r, a)
	if g+h == 0 { // both are below the smallest float64: one of the two ends
		return math.Floor(2 * uniform(r))
	}
	return g / (g + h)
}

// gamma draws from Gamma(a, 1) by Marsaglia and Tsang 2000.
func gamma(r *rand.PCG, a float64) float64 {
	if a < 1 {
		boost := math.Pow(1-uniform(r), 1/a)
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
		if u := 1 - uniform(r); math.Log(u) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}
