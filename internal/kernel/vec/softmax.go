package vec

import "math"

// Softmax sets each row of dst [rows, cols] to exp(x − max x)/Σ exp(x − max x).
// A row with NaN or +Inf, or of −Inf alone, gives NaN.
func Softmax(dst, x []float32, rows, cols int) {
	need2(rows*cols, len(dst), len(x))
	if isSmall(rows, cols) {
		use.softmaxSmall(dst, x, rows, cols)
		return
	}
	for r := range rows {
		d, v := dst[r*cols:][:cols], x[r*cols:][:cols]
		sum := use.expSum(d, v, use.maxOf(v))
		use.scalar[opMulS](d, d, 1/sum)
	}
}

// ExpSum sets dst to exp(x − s), s being the largest x, and returns the sum of it.
func ExpSum(dst, x []float32, s float32) float32 {
	need(len(dst), len(x))
	return use.expSum(dst, x, s)
}

// LogSoftmax sets each row of dst [rows, cols] to x − ln Σ exp x.
func LogSoftmax(dst, x []float32, rows, cols int) {
	need2(rows*cols, len(dst), len(x))
	for r := range rows {
		d, v := dst[r*cols:][:cols], x[r*cols:][:cols]
		m := use.maxOf(v)
		l := logOf(use.sumExp(v, m))
		use.scalar[opSubS](d, v, m)
		use.scalar[opSubS](d, d, l)
	}
}

// LogSumExp sets dst[r] to ln Σ exp x over row r of x [rows, cols]; −Inf where
// cols is 0 or the whole row −Inf, +Inf where it holds +Inf.
func LogSumExp(dst, x []float32, rows, cols int) {
	needRows(dst, x, rows, cols)
	for r := range rows {
		v := x[r*cols:][:cols]
		m := use.maxOf(v)
		if math.IsInf(float64(m), 0) {
			dst[r] = m
			continue
		}
		dst[r] = m + logOf(use.sumExp(v, m))
	}
}

// CrossEntropy sets loss[r] to ln Σ exp x − x[labels[r]] over row r of the
// logits x [rows, cols]. A label outside [0, cols) gives NaN.
func CrossEntropy(loss, logits []float32, labels []int32, rows, cols int) {
	needRows(loss, logits, rows, cols)
	need(rows, len(labels))
	if isSmall(rows, cols) {
		use.crossEntropySmall(loss, logits, labels, rows, cols)
		return
	}
	for r := range rows {
		l := labels[r]
		if l < 0 || int(l) >= cols {
			loss[r] = float32(math.NaN())
			continue
		}
		v := logits[r*cols:][:cols]
		m := use.maxOf(v)
		loss[r] = m - v[l] + logOf(use.sumExp(v, m))
	}
}

// CrossEntropyGrad sets row r of dst [rows, cols] to
// (softmax(logits) − onehot(labels[r]))·dloss[r]. A label outside [0, cols)
// gives a row of NaN.
func CrossEntropyGrad(dst, logits []float32, labels []int32, dloss []float32, rows, cols int) {
	need2(rows*cols, len(dst), len(logits))
	need2(rows, len(labels), len(dloss))
	Softmax(dst, logits, rows, cols)
	for r := range rows {
		d, l, g := dst[r*cols:][:cols], labels[r], dloss[r]
		if l < 0 || int(l) >= cols {
			use.fill(d, float32(math.NaN()))
			continue
		}
		d[l]--
		if cols > use.smallCols {
			use.scalar[opMulS](d, d, g)
			continue
		}
		for j := range d {
			d[j] *= g
		}
	}
}

// SoftmaxGrad sets each row of dst [rows, cols] to y·(dy − Σ dy·y): the gradient
// through y = Softmax(x).
func SoftmaxGrad(dst, dy, y []float32, rows, cols int) {
	need2(rows*cols, len(dst), len(dy))
	need(rows*cols, len(y))
	for r := range rows {
		g, v := dy[r*cols:][:cols], y[r*cols:][:cols]
		use.softmaxGrad(dst[r*cols:][:cols], g, v, Dot(g, v))
	}
}

// LogSoftmaxGrad sets each row of dst [rows, cols] to dy − exp(y)·Σ dy: the
// gradient through y = LogSoftmax(x).
func LogSoftmaxGrad(dst, dy, y []float32, rows, cols int) {
	need2(rows*cols, len(dst), len(dy))
	need(rows*cols, len(y))
	for r := range rows {
		g, v := dy[r*cols:][:cols], y[r*cols:][:cols]
		use.logSoftmaxGrad(dst[r*cols:][:cols], g, v, Sum(g))
	}
}

// isSmall reports whether the kernels that do all rows in one call apply.
func isSmall(rows, cols int) bool { return rows > 0 && cols > 0 && cols <= use.smallCols }

func logOf(x float32) float32 { return float32(math.Log(float64(x))) }
