package rnn

import "math"

// The recurrences in float64, a sample, a step and a unit at a time, as the papers
// write them.

type arrays map[string][]float64

func (a Act) of(x float64) float64 {
	switch a {
	case Tanh:
		return math.Tanh(x)
	case Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case Relu:
		return math.Max(x, 0)
	case Relu6:
		return math.Min(math.Max(x, 0), 6)
	case LeakyRelu:
		return math.Max(x, 0.2*x)
	case HardSigmoid:
		return math.Min(math.Max(x/6+0.5, 0), 1)
	case HardSigmoid2:
		return math.Min(math.Max(x/5+0.5, 0), 1)
	case HardTanh:
		return math.Min(math.Max(x, -1), 1)
	case Softsign:
		return x / (1 + math.Abs(x))
	case Softplus:
		return math.Log1p(math.Exp(x))
	case Elu:
		if x < 0 {
			return math.Expm1(x)
		}
	case Selu:
		if x < 0 {
			return 1.0507009873554805 * 1.6732632423543772 * math.Expm1(x)
		}
		return 1.0507009873554805 * x
	case Exponential:
		return math.Exp(x)
	}
	return x
}

// naive gives y, c after each step, hT and cT. Arrays that are not in a are 0, or 1 for factors.
func naive(s Shape, a arrays) (y, yc, hT, cT []float64) {
	n, u := s.In, s.Units
	wide := s.Cell.Blocks() * u
	input, W, U := a["x"], a["kernel"], a["recurrent"]
	h0, c0, mask, bias, dropX, dropH := a["h0"], a["c0"], a["mask"], a["bias"], a["dropX"], a["dropH"]
	get := func(x []float64, i int, otherwise float64) float64 {
		if x == nil {
			return otherwise
		}
		return x[i]
	}
	for b := range s.Batch {
		h, c, out := make([]float64, u), make([]float64, u), make([]float64, u)
		for j := range u {
			h[j], c[j] = get(h0, b*u+j, 0), get(c0, b*u+j, 0)
		}
		if s.Hold {
			out = h
		}
		for step := range s.Steps {
			t := step
			if s.Reverse {
				t = s.Steps - 1 - step
			}
			if get(mask, b*s.Steps+t, 1) != 0 {
				x, dropped := make([]float64, n), make([]float64, u)
				for i := range n {
					x[i] = input[(b*s.Steps+t)*n+i] * get(dropX, b*n+i, 1)
				}
				for j := range u {
					dropped[j] = h[j] * get(dropH, b*u+j, 1)
				}
				// x·W + b and h·U of block k, unit j.
				in := func(k, j int) (sum float64) {
					sum = get(bias, k*u+j, 0)
					for i := range n {
						sum += x[i] * W[i*wide+k*u+j]
					}
					return sum
				}
				rec := func(k, j int, state []float64) (sum float64) {
					for i := range u {
						sum += state[i] * U[i*wide+k*u+j]
					}
					return sum
				}
				act, gate := s.Activation.of, s.Recurrent.of
				next := make([]float64, u)
				reset := make([]float64, u)
				if s.Cell == GRU && !s.ResetAfter {
					for j := range u {
						reset[j] = gate(in(1, j)+rec(1, j, dropped)) * dropped[j]
					}
				}
				for j := range u {
					switch s.Cell {
					case Simple:
						next[j] = act(in(0, j) + rec(0, j, dropped))
					case LSTM:
						i, f := gate(in(0, j)+rec(0, j, dropped)), gate(in(1, j)+rec(1, j, dropped))
						g, o := act(in(2, j)+rec(2, j, dropped)), gate(in(3, j)+rec(3, j, dropped))
						c[j] = f*c[j] + i*g
						next[j] = o * act(c[j])
					case GRU:
						second := func(k int) float64 {
							if s.ResetAfter {
								return get(bias, 3*u+k*u+j, 0)
							}
							return 0
						}
						z := gate(in(0, j) + rec(0, j, dropped) + second(0))
						g := act(in(2, j) + rec(2, j, reset))
						if s.ResetAfter {
							r := gate(in(1, j) + rec(1, j, dropped) + second(1))
							g = act(in(2, j) + r*(rec(2, j, dropped)+second(2)))
						}
						next[j] = z*h[j] + (1-z)*g
					case UGRNN:
						g, f := act(in(0, j)+rec(0, j, dropped)), gate(in(1, j)+rec(1, j, dropped))
						next[j] = (1-f)*g + f*h[j]
					}
				}
				h, out = next, next
			}
			if s.Sequences || step == s.Steps-1 {
				y = append(y, out...)
			}
			yc = append(yc, c...)
		}
		hT, cT = append(hT, h...), append(cT, c...)
	}
	return y, yc, hT, cT
}
