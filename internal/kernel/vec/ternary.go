package vec

// Where sets dst to a where c is not 0 (NaN is not 0), else to b.
func Where(dst, c, a, b []float32) {
	need2(len(dst), len(a), len(b))
	need(len(dst), len(c))
	use.where(dst, c, a, b)
}

// MulAdd sets dst to a·b + c with one rounding: a fused multiplication and
// addition in assembly; in portable Go the exact product and a float64 sum,
// which double rounding can move by one unit in the last place.
func MulAdd(dst, a, b, c []float32) {
	need2(len(dst), len(a), len(b))
	need(len(dst), len(c))
	use.mulAdd(dst, a, b, c)
}

// ReluGrad sets dst to dy where y > 0, else to 0: the gradient through
// y = Relu(x).
func ReluGrad(dst, dy, y []float32) {
	need2(len(dst), len(dy), len(y))
	use.reluGrad(dst, dy, y)
}

// SigmoidGrad sets dst to dy·y·(1 − y): the gradient through y = Sigmoid(x).
func SigmoidGrad(dst, dy, y []float32) {
	need2(len(dst), len(dy), len(y))
	use.sigmoidGrad(dst, dy, y)
}

// TanhGrad sets dst to dy·(1 − y²): the gradient through y = Tanh(x).
func TanhGrad(dst, dy, y []float32) {
	need2(len(dst), len(dy), len(y))
	use.tanhGrad(dst, dy, y)
}
