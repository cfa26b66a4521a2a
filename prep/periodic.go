package prep

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// Periodic adds to a scaled number z the features sin(2π·c·z) and cos(2π·c·z) for each of several frequencies c, which
// are drawn once, from a normal distribution with the standard deviation sigma, by the seed and the name of the column,
// and stay as they are. A network of dense layers follows fast changes of a target with them. A missing value that is
// not imputed has zeros.
//
// frequencies (8) is the number of frequencies; each makes two features. sigma (1) is the standard deviation, in
// periods for each unit of z: the greater, the faster what can be followed.
//
// Example: with the frequency 0.5, z = 1 becomes 1, 0, −1.
//
// Source: Gorishniy, Rubachev and Babenko, "On Embeddings for Numerical Features in Tabular Deep Learning" (2022),
// section 3.3, where the frequencies are learnt.
type Periodic struct {
	// Frequencies is the number of frequencies.
	Frequencies int `keras:"frequencies,default=8,min=1,max=1000,what=number of frequencies"`
	// Sigma is their standard deviation, in periods for each unit of the scaled number.
	Sigma float64 `keras:"sigma,default=1,positive"`
}

// fit returns the frequencies of a column.
func (p *Periodic) fit(seed uint64, column string) []float64 {
	n, sigma := p.Frequencies, p.Sigma
	if n == 0 {
		n = 8
	}
	if sigma == 0 {
		sigma = 1
	}
	h := fnv.New64a()
	h.Write([]byte(column))
	r := rand.New(rand.NewPCG(seed, h.Sum64()))
	c := make([]float64, n)
	for i := range c {
		c[i] = sigma * r.NormFloat64()
	}
	return c
}

// waves writes the features of z.
func waves(to []float32, frequencies []float64, z float64) {
	for i, c := range frequencies {
		sin, cos := math.Sincos(2 * math.Pi * c * z)
		to[2*i], to[2*i+1] = float32(sin), float32(cos)
	}
}

// checkPeriodic holds saved frequencies to their number.
func checkPeriodic(p *Periodic, frequencies []float64) error {
	n := 0
	if p != nil {
		if n = p.Frequencies; n == 0 {
			n = 8
		}
	}
	if len(frequencies) != n || !finite(frequencies...) {
		return fmt.Errorf("%d frequencies, want %d", len(frequencies), n)
	}
	return nil
}
