package supervised

import (
	"math"
	"slices"
)

// codeMetric returns an upper triangular matrix M of as many rows and columns as there are codes: |M·(a − b)| of codes
// a and b is the distance of the samples that a linear map predicts from them, by least squares from codes to samples
// x, both centred. Codes of a network may lie at any scale and angle, which says nothing of the samples; M leaves of
// them what samples show.
//
// With C the covariance of the codes, R that of the samples with the codes and A = R·C⁻¹ the map, MᵀM = AᵀA. explained
// is the share of the samples' variance that the map explains. With directions the map has its constant as a last
// column, so that |M·(a, 1)| is the length of the sample that is predicted.
func codeMetric(codes, x [][]float64, directions bool) (m [][]float64, explained float64) {
	n, r, d := float64(len(codes)), len(codes[0]), len(x[0])
	meanCode, meanX := means(codes), means(x)
	c, cross := square(r), make([][]float64, r)
	for k := range cross {
		cross[k] = make([]float64, d)
	}
	own, total := make([]float64, r), 0.0
	for i, row := range codes {
		for k, v := range row {
			own[k] = v - meanCode[k]
		}
		for j, s := range x[i] {
			total += (s - meanX[j]) * (s - meanX[j]) / n
		}
		for k, v := range own {
			for l := range k + 1 {
				c[k][l] += v * own[l] / n
			}
			for j, s := range x[i] {
				cross[k][j] += v * (s - meanX[j]) / n
			}
		}
	}
	largest := 0.0
	for k := range r {
		largest = max(largest, c[k][k])
	}
	for k := range r {
		c[k][k] += 1e-9 * largest // codes that are the same, or the sum of others, have no share of their own
		for l := range k {
			c[l][k] = c[k][l]
		}
	}
	root := cholesky(c) // C = rootᵀ·root
	// Columns of B = root⁻ᵀ·cross are the map from whitened codes; A is B solved by root.
	for k := range r {
		for l := range k {
			subtract(cross[k], cross[l], root[l][k])
		}
		divide(cross[k], root[k][k])
		for _, v := range cross[k] {
			explained += v * v
		}
	}
	for k := r - 1; k >= 0; k-- {
		for l := k + 1; l < r; l++ {
			subtract(cross[k], cross[l], root[k][l])
		}
		divide(cross[k], root[k][k])
	}
	if directions {
		constant := slices.Clone(meanX)
		for k := range r {
			subtract(constant, cross[k], meanCode[k])
		}
		cross = append(cross, constant)
	}
	g := square(len(cross))
	for k := range cross {
		for l := range cross {
			for j, v := range cross[k] {
				g[k][l] += v * cross[l][j]
			}
		}
	}
	return cholesky(g), explained / max(total, math.SmallestNonzeroFloat64)
}

func square(n int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	return out
}

func means(x [][]float64) []float64 {
	out := make([]float64, len(x[0]))
	for _, row := range x {
		for k, v := range row {
			out[k] += v / float64(len(x))
		}
	}
	return out
}

func subtract(y, x []float64, times float64) {
	for j, v := range x {
		y[j] -= times * v
	}
}

// divide divides y by a number; by 0 it becomes 0.
func divide(y []float64, by float64) {
	for j := range y {
		if by > 0 {
			y[j] /= by
		} else {
			y[j] = 0
		}
	}
}

// cholesky returns the upper triangular matrix U with a = Uᵀ·U of a symmetric matrix without negative eigenvalues;
// where rounding leaves no positive pivot the row is 0.
func cholesky(a [][]float64) [][]float64 {
	u := square(len(a))
	for i := range a {
		pivot := a[i][i]
		for k := range i {
			pivot -= u[k][i] * u[k][i]
		}
		if pivot <= 1e-12*a[i][i] || pivot <= 0 {
			continue
		}
		u[i][i] = math.Sqrt(pivot)
		for j := i + 1; j < len(a); j++ {
			v := a[i][j]
			for k := range i {
				v -= u[k][i] * u[k][j]
			}
			u[i][j] = v / u[i][i]
		}
	}
	return u
}

// unitLength reports whether samples have the length 1, but for those of zeros alone: the bags of words of texts by
// tf-idf are, so that a text's length does not matter. What tells such samples apart is their direction.
func unitLength(x [][]float64) bool {
	ones := 0
	for _, row := range x {
		ss := 0.0
		for _, v := range row {
			ss += v * v
		}
		switch {
		case math.Abs(ss-1) < 1e-4:
			ones++
		case ss != 0:
			return false
		}
	}
	return ones > 0
}

// product returns m·x.
func product(m [][]float64, x []float64) []float64 {
	out := make([]float64, len(m))
	for i, row := range m {
		for k, v := range row {
			out[i] += v * x[k]
		}
	}
	return out
}
