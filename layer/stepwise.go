package layer

import "gorae/config"

// Stepwise is a layer of one's own that says whether each step of what it gives follows from that
// step of its input, and, if it is recurrent, from the steps before: then a sequence can be read
// piece by piece (model.Stream).
type Stepwise interface{ Stepwise() bool }

// Steps reports whether a layer with so many inputs works step by step, as [Stepwise] has it.
func Steps(l Layer, inputs int) bool {
	last := func(axes ...int) bool {
		for _, a := range axes {
			if a != -1 {
				return false
			}
		}
		return true
	}
	switch l := l.(type) {
	case Stepwise:
		return l.Stepwise()
	case recurrent: // further inputs are states to start from
		return !l.loop().backwards && inputs == 1
	case Softmax:
		return last(*config.Filled(l).Axis)
	case Concatenate:
		return last(*config.Filled(l).Axis)
	case BatchNormalization:
		return last(*config.Filled(l).Axis)
	case LayerNormalization:
		return last(config.Filled(l).Axis...)
	case Input, Dense, Embedding, Masking, TimeDistributed, Rescaling, Apply, ReLU, LeakyReLU, ELU, Dropout, SpatialDropout1D,
		GaussianNoise, GaussianDropout, Add, Subtract, Multiply, Average, Maximum, Minimum:
		return true
	}
	return false
}
