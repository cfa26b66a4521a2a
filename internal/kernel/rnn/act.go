package rnn

import "gorae/internal/kernel/vec"

// Act is an activation whose slope is a function of its value, so that the backward
// pass needs nothing but the value.
type Act uint8

// The activations, by Keras's names and constants.
const (
	Tanh         Act = iota // tanh x
	Sigmoid                 // 1/(1 + e⁻ˣ)
	Linear                  // x
	Relu                    // max(x, 0)
	Relu6                   // min(max(x, 0), 6)
	LeakyRelu               // x, or 0.2·x below 0
	HardSigmoid             // min(max(x/6 + 1/2, 0), 1), since Keras 3
	HardSigmoid2            // min(max(x/5 + 1/2, 0), 1), up to Keras 2
	HardTanh                // min(max(x, −1), 1)
	Softsign                // x/(1 + |x|)
	Softplus                // ln(1 + eˣ)
	Elu                     // x, or eˣ − 1 below 0
	Selu                    // 1.0507·x, or 1.7581·(eˣ − 1) below 0
	Exponential             // eˣ
)

// String is Keras's name.
func (a Act) String() string {
	return [...]string{"tanh", "sigmoid", "linear", "relu", "relu6", "leaky_relu", "hard_sigmoid",
		"hard_sigmoid (Keras 2)",
		"hard_tanh", "softsign", "softplus", "elu", "selu", "exponential"}[a]
}

// Klambauer et al., Self-Normalizing Neural Networks (2017).
const (
	seluScale = 1.05070098735548049342
	seluAlpha = 1.67326324235437728482
)

// clip is min(max(x, lo), hi); NaN stays.
func clip(x []float32, lo, hi float32) {
	for i, v := range x {
		if v < lo {
			x[i] = lo
		} else if v > hi {
			x[i] = hi
		}
	}
}

// apply replaces x by a(x).
func (a Act) apply(x []float32) {
	switch a {
	case Tanh:
		vec.Tanh(x, x)
	case Sigmoid:
		vec.Sigmoid(x, x)
	case Relu:
		vec.Relu(x, x)
	case Relu6:
		clip(x, 0, 6)
	case LeakyRelu:
		negative(x, func(v []float32) { v[0] *= 0.2 })
	case HardSigmoid:
		for i, v := range x {
			x[i] = v*(1.0/6) + 0.5
		}
		clip(x, 0, 1)
	case HardSigmoid2:
		for i, v := range x {
			x[i] = v*0.2 + 0.5
		}
		clip(x, 0, 1)
	case HardTanh:
		clip(x, -1, 1)
	case Softsign:
		for i, v := range x {
			x[i] = v / (1 + max(v, -v))
		}
	case Softplus:
		vec.Softplus(x, x)
	case Elu:
		negative(x, func(v []float32) { vec.Expm1(v, v) })
	case Selu:
		negative(x, func(v []float32) {
			vec.Expm1(v, v)
			v[0] *= seluAlpha
		})
		vec.MulS(x, x, seluScale)
	case Exponential:
		vec.Exp(x, x)
	}
}

// negative calls f with each element below 0.
func negative(x []float32, f func(v []float32)) {
	for i, v := range x {
		if v < 0 {
			f(x[i : i+1])
		}
	}
}

// back multiplies d by the slope of a where its value is y.
func (a Act) back(d, y []float32) {
	y = y[:len(d)]
	within := func(lo, hi, slope float32) {
		for i, v := range y {
			if v > lo && v < hi || v != v {
				d[i] *= slope
			} else {
				d[i] = 0 * d[i] // NaN stays
			}
		}
	}
	switch a {
	case Tanh:
		vec.TanhGrad(d, d, y)
	case Sigmoid:
		vec.SigmoidGrad(d, d, y)
	case Relu:
		vec.ReluGrad(d, d, y)
	case Relu6:
		within(0, 6, 1)
	case LeakyRelu:
		for i, v := range y {
			if v < 0 {
				d[i] *= 0.2
			}
		}
	case HardSigmoid:
		within(0, 1, 1.0/6)
	case HardSigmoid2:
		within(0, 1, 0.2)
	case HardTanh:
		within(-1, 1, 1)
	case Softsign: // |y| = |x|/(1+|x|), so 1/(1+|x|)² = (1−|y|)²
		for i, v := range y {
			r := 1 - max(v, -v)
			d[i] *= r * r
		}
	case Softplus: // 1 − e⁻ʸ
		for i, v := range y {
			e := [1]float32{-v}
			vec.Expm1(e[:], e[:])
			d[i] *= -e[0]
		}
	case Elu:
		for i, v := range y {
			if v < 0 {
				d[i] *= v + 1
			}
		}
	case Selu:
		for i, v := range y {
			if v < 0 {
				d[i] *= v + seluScale*seluAlpha
			} else {
				d[i] *= seluScale
			}
		}
	case Exponential:
		vec.Mul(d, d, y)
	}
}
