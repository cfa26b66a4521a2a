package norm

// generic is portable Go; its sums run in float64.
var generic = &variant{
	name:         "generic",
	colShifted:   colShiftedGeneric,
	colDeviation: colDeviationGeneric,
	normalize:    normalizeGeneric,
	apply:        applyGeneric,
	gradSums:     gradSumsGeneric,
	gradInput:    gradInputGeneric,
	rowShifted:   rowShiftedGeneric,
	rowDeviation: rowDeviationGeneric,
	rowNormalize: rowNormalizeGeneric,
	rowDot:       rowDotGeneric,
	rowGradSums:  rowGradSumsGeneric,
	rowGradInput: rowGradInputGeneric,
}

// strip is how many columns the column sums carry at a time.
const strip = 16

func colShiftedGeneric(dst, x, shift []float32, rows, ld int) {
	C := len(dst)
	for c0 := 0; c0 < C; c0 += strip {
		var s [strip]float64
		n := min(strip, C-c0)
		m := shift[c0:][:n]
		for r := range rows {
			for c, v := range x[r*ld+c0:][:n] {
				s[c] += float64(v) - float64(m[c])
			}
		}
		for c := range n {
			dst[c0+c] = float32(s[c])
		}
	}
}

func colDeviationGeneric(dst, x, mean []float32, rows, ld int) {
	C := len(dst)
	for c0 := 0; c0 < C; c0 += strip {
		var s [strip]float64
		n := min(strip, C-c0)
		m := mean[c0:][:n]
		for r := range rows {
			for c, v := range x[r*ld+c0:][:n] {
				d := float64(v) - float64(m[c])
				s[c] += d * d
			}
		}
		for c := range n {
			dst[c0+c] = float32(s[c])
		}
	}
}

func normalizeGeneric(dst, x, mean, scale, shift []float32, rows int) {
	C := len(scale)
	for r := range rows {
		d := dst[r*C:][:C]
		for c, v := range x[r*C:][:C] {
			d[c] = (v-mean[c])*scale[c] + shift[c]
		}
	}
}

func applyGeneric(dst, x, scale, shift []float32, rows int) {
	C := len(scale)
	for r := range rows {
		d := dst[r*C:][:C]
		for c, v := range x[r*C:][:C] {
			d[c] = v*scale[c] + shift[c]
		}
	}
}

func gradSumsGeneric(sum, dot, dy, x, mean []float32, rows, ld int) {
	C := len(sum)
	for c0 := 0; c0 < C; c0 += strip {
		var s, d [strip]float64
		n := min(strip, C-c0)
		m := mean[c0:][:n]
		for r := range rows {
			g := dy[r*ld+c0:][:n]
			for c, v := range x[r*ld+c0:][:n] {
				s[c] += float64(g[c])
				d[c] += float64(g[c]) * (float64(v) - float64(m[c]))
			}
		}
		for c := range n {
			sum[c0+c] = float32(s[c])
			dot[c0+c] = float32(d[c])
		}
	}
}

func gradInputGeneric(dx, dy, x, mean, p, q, t []float32, rows int) {
	C := len(p)
	for r := range rows {
		d, g := dx[r*C:][:C], dy[r*C:][:C]
		for c, v := range x[r*C:][:C] {
			d[c] = g[c]*p[c] + (v-mean[c])*q[c] + t[c]
		}
	}
}

func rowShiftedGeneric(x []float32, shift float32) float32 {
	s := 0.0
	for _, v := range x {
		s += float64(v) - float64(shift)
	}
	return float32(s)
}

func rowDeviationGeneric(x []float32, mean float32) float32 {
	s := 0.0
	for _, v := range x {
		d := float64(v) - float64(mean)
		s += d * d
	}
	return float32(s)
}

func rowNormalizeGeneric(dst, x, gamma, beta []float32, mean, inv float32) {
	for i := range dst {
		dst[i] = (x[i]-mean)*inv*gamma[i] + beta[i]
	}
}

func rowDotGeneric(dy, gamma, x []float32, mean float32) float32 {
	s := 0.0
	for i, g := range dy {
		s += float64(g) * float64(gamma[i]) * (float64(x[i]) - float64(mean))
	}
	return float32(s)
}

func rowGradSumsGeneric(dgamma, dbeta, dy, x []float32, mean, inv float32) {
	for i, g := range dy[:len(dgamma)] {
		dgamma[i] += g * ((x[i] - mean) * inv)
		dbeta[i] += g
	}
}

func rowGradInputGeneric(dx, dy, gamma, x []float32, mean, inv, q, t float32) {
	for i := range dx {
		dx[i] = dy[i]*gamma[i]*inv + (x[i]-mean)*q + t
	}
}
