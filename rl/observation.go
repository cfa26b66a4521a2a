package rl

import (
	"math"

	"gorae/env"
)

// Encoder turns observations into a network's inputs. A number of a Discrete space becomes one-hot. A number of a Box
// whose bounds are finite is moved so that their middle is 0, and stretched to −1 … 1 where they are closer than that;
// another one is taken as it is. Nothing is shrunk: bounds may be far from what is observed, as those of Acrobot's
// velocities are, and a network learns slowly from small numbers. A network for large numbers, such as pixels, has a
// Rescaling layer.
type Encoder struct {
	// Width is the count of numbers of an input.
	Width int

	discrete      bool
	shift, factor []float32
}

// NewEncoder returns the encoder of an observation space.
func NewEncoder(space env.Space) *Encoder {
	if d, ok := space.(env.Discrete); ok {
		return &Encoder{Width: d.N, discrete: true}
	}
	box, ok := space.(env.Box)
	e := &Encoder{Width: space.Len()}
	for i := range e.Width {
		shift, factor := 0.0, 1.0
		if ok && !math.IsInf(box.Low[i], 0) && !math.IsInf(box.High[i], 0) {
			shift, factor = box.Low[i]/2+box.High[i]/2, max(1, 2/(box.High[i]-box.Low[i]))
		}
		e.shift, e.factor = append(e.shift, float32(shift)), append(e.factor, float32(factor))
	}
	return e
}

// Encode writes the input of an observation, which is given as float32, into dst, of length Width.
func (e *Encoder) Encode(dst, observation []float32) {
	if e.discrete {
		clear(dst)
		dst[int(observation[0])] = 1
		return
	}
	for i, v := range observation {
		dst[i] = (v - e.shift[i]) * e.factor[i]
	}
}

// Rounded returns an observation as float32.
func Rounded(observation []float64) []float32 {
	r := make([]float32, len(observation))
	rounded(r, observation)
	return r
}

// rounded writes an observation as float32.
func rounded(dst []float32, observation []float64) {
	for i, v := range observation {
		dst[i] = float32(v)
	}
}
