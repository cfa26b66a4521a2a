package vec

import "math"

// The portable sums run in float64, in four lanes so that additions overlap.

func sumGeneric(x []float32) float32 {
	var s0, s1, s2, s3 float64
	for ; len(x) >= 4; x = x[4:] {
		s0 += float64(x[0])
		s1 += float64(x[1])
		s2 += float64(x[2])
		s3 += float64(x[3])
	}
	for _, v := range x {
		s0 += float64(v)
	}
	return float32((s0 + s1) + (s2 + s3))
}

func sumSquaresGeneric(x []float32) float32 { return dotGeneric(x, x) }

func dotGeneric(a, b []float32) float32 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	for ; len(a) >= 4 && len(b) >= 4; a, b = a[4:], b[4:] {
		s0 += float64(a[0]) * float64(b[0])
		s1 += float64(a[1]) * float64(b[1])
		s2 += float64(a[2]) * float64(b[2])
		s3 += float64(a[3]) * float64(b[3])
	}
	for i, v := range a {
		s0 += float64(v) * float64(b[i])
	}
	return float32((s0 + s1) + (s2 + s3))
}

func maxOfGeneric(x []float32) float32 {
	m := float32(math.Inf(-1))
	for _, v := range x {
		m = max(m, v)
	}
	return m
}

func minOfGeneric(x []float32) float32 {
	m := float32(math.Inf(1))
	for _, v := range x {
		m = min(m, v)
	}
	return m
}

func zeroIfFiniteGeneric(x []float32) float32 {
	var s float32
	for _, v := range x {
		s += v * 0
	}
	return s
}

func expSumGeneric(dst, x []float32, s float32) float32 {
	var sum float64
	x = x[:len(dst)]
	for i, v := range x {
		e := float32(math.Exp(float64(v) - float64(s)))
		dst[i] = e
		sum += float64(e)
	}
	return float32(sum)
}

func sumExpGeneric(x []float32, s float32) float32 {
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - float64(s))
	}
	return float32(sum)
}

func softmaxGradGeneric(dst, dy, y []float32, s float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = y[i] * (dy[i] - s)
	}
}

func logSoftmaxGradGeneric(dst, dy, y []float32, s float32) {
	dy, y = dy[:len(dst)], y[:len(dst)]
	for i := range dst {
		dst[i] = float32(float64(dy[i]) - float64(s)*math.Exp(float64(y[i])))
	}
}

// strip is how many columns the portable column reductions carry at a time.
const strip = 16

func colSumGeneric(dst, x []float32, rows, ld int) {
	for c0 := 0; c0 < len(dst); c0 += strip {
		var s [strip]float64
		n := min(strip, len(dst)-c0)
		for r := range rows {
			for c, v := range x[r*ld+c0:][:n] {
				s[c] += float64(v)
			}
		}
		for c := range n {
			dst[c0+c] = float32(s[c])
		}
	}
}

func colMaxGeneric(dst, x []float32, rows, ld int) {
	copy(dst, x)
	for r := 1; r < rows; r++ {
		for c, v := range x[r*ld:][:len(dst)] {
			dst[c] = max(dst[c], v)
		}
	}
}

func colMinGeneric(dst, x []float32, rows, ld int) {
	copy(dst, x)
	for r := 1; r < rows; r++ {
		for c, v := range x[r*ld:][:len(dst)] {
			dst[c] = min(dst[c], v)
		}
	}
}

// transposeGeneric goes in squares whose two sides stay in the first-level
// cache.
func transposeGeneric(dst, x []float32, rows, cols int) {
	const b = 16
	for r0 := 0; r0 < rows; r0 += b {
		for c0 := 0; c0 < cols; c0 += b {
			r1, c1 := min(r0+b, rows), min(c0+b, cols)
			for c := c0; c < c1; c++ {
				d := dst[c*rows+r0 : c*rows+r1]
				for i := range d {
					d[i] = x[(r0+i)*cols+c]
				}
			}
		}
	}
}
