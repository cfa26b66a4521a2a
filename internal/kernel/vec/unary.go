package vec

// Neg sets dst to −x.
func Neg(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opNeg](dst, x)
}

// Abs sets dst to |x|.
func Abs(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opAbs](dst, x)
}

// Sign sets dst to −1, 0 or 1 by the sign of x; NaN stays.
func Sign(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opSign](dst, x)
}

// Exp sets dst to eˣ.
func Exp(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opExp](dst, x)
}

// Expm1 sets dst to eˣ − 1, accurate near 0.
func Expm1(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opExpm1](dst, x)
}

// Log sets dst to ln x; −Inf at 0, NaN below.
func Log(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opLog](dst, x)
}

// Log1p sets dst to ln(1 + x), accurate near 0.
func Log1p(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opLog1p](dst, x)
}

// Sqrt sets dst to √x.
func Sqrt(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opSqrt](dst, x)
}

// Rsqrt sets dst to 1/√x.
func Rsqrt(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opRsqrt](dst, x)
}

// Recip sets dst to 1/x.
func Recip(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opRecip](dst, x)
}

// Square sets dst to x².
func Square(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opSquare](dst, x)
}

// Tanh sets dst to tanh x.
func Tanh(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opTanh](dst, x)
}

// Sigmoid sets dst to 1/(1 + e⁻ˣ).
func Sigmoid(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opSigmoid](dst, x)
}

// Erf sets dst to (2/√π)∫₀ˣ e^(−t²) dt.
func Erf(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opErf](dst, x)
}

// Relu sets dst to max(x, 0); NaN stays NaN.
func Relu(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opRelu](dst, x)
}

// Floor sets dst to the largest integer ≤ x.
func Floor(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opFloor](dst, x)
}

// Ceil sets dst to the smallest integer ≥ x.
func Ceil(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opCeil](dst, x)
}

// Round sets dst to the nearest integer, halves to even.
func Round(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opRound](dst, x)
}

// Sin sets dst to sin x, x in radians.
func Sin(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opSin](dst, x)
}

// Cos sets dst to cos x, x in radians.
func Cos(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opCos](dst, x)
}

// Softplus sets dst to ln(1 + eˣ), without overflow.
func Softplus(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opSoftplus](dst, x)
}

// Not sets dst to 1 where x is 0, else 0.
func Not(dst, x []float32) {
	need(len(dst), len(x))
	use.unary[opNot](dst, x)
}
