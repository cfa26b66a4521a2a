package norm

import (
	"math"

	"gorae/internal/kernel/vec"
)

// Join makes the mean and the biased variance of all rows from those of parts of them
// (Chan, Golub and LeVeque, Updating Formulae and a Pairwise Algorithm for Computing
// Sample Variances, 1979): with n_p rows of mean m_p and variance v_p in part p and N in all,
//
//	mean = Σ n_p·m_p/N,  variance = Σ n_p·(v_p + (m_p − mean)²)/N
//
// in float64. parts holds, for each part, C means and then C variances; rows gives n_p.
func Join(mean, variance, parts []float32, rows []int, C int) {
	need(C, len(mean))
	need(C, len(variance))
	need(2*len(rows)*C, len(parts))
	all := 0
	for _, n := range rows {
		all += n
	}
	if all == 0 {
		vec.Fill(mean[:C], float32(math.NaN()))
		vec.Fill(variance[:C], float32(math.NaN()))
		return
	}
	for c := range C {
		// Distances from the first part's mean keep the digits of a mean far from 0.
		first, sum := float64(parts[c]), 0.0
		for p, n := range rows {
			sum += float64(n) * (float64(parts[2*p*C+c]) - first)
		}
		m := first + sum/float64(all)
		sum = 0
		for p, n := range rows {
			d := float64(parts[2*p*C+c]) - m
			sum += float64(n) * (float64(parts[(2*p+1)*C+c]) + d*d)
		}
		mean[c], variance[c] = float32(m), float32(sum/float64(all))
	}
}

// GradSums sets sum[c] to Σ dy and dot[c] to Σ dy·(x − mean[c]) over the rows of a part.
func GradSums(sum, dot, dy, x, mean []float32, rows, C int) {
	need(C, len(sum))
	need(C, len(dot))
	need(C, len(mean))
	need(rows*C, len(dy))
	need(rows*C, len(x))
	if C == 0 {
		return
	}
	sum, dot = sum[:C], dot[:C]
	if rows == 0 {
		vec.Fill(sum, 0)
		vec.Fill(dot, 0)
		return
	}
	use.gradSums(sum, dot, dy, x, mean[:C], rows, C)
}

// GradScales turns dot into dgamma and says, for all rows rows, what GradInput needs: p, q and
// t in scratch of Scratch(C) elements. A nil gamma is 1.
func GradScales(scratch, dgamma, dbeta, invstd, gamma []float32, rows, C int) {
	need(C, len(dgamma))
	need(C, len(dbeta))
	need(C, len(invstd))
	need(Scratch(C), len(scratch))
	dgamma = dgamma[:C]
	vec.Mul(dgamma, dgamma, invstd)
	p, q, t := scratch[:C], scratch[C:2*C], scratch[2*C:3*C]
	if gamma == nil {
		copy(p, invstd)
	} else {
		vec.Mul(p, gamma, invstd)
	}
	n := -1 / float32(max(1, rows))
	vec.Mul(q, dgamma, invstd)
	vec.Mul(q, q, p)
	vec.MulS(q, q, n)
	vec.Mul(t, dbeta, p)
	vec.MulS(t, t, n)
}

// GradInput sets dx, the rows of a part, from what GradScales said.
func GradInput(dx, dy, x, mean, scratch []float32, rows, C int) {
	need(rows*C, len(dx))
	need(rows*C, len(dy))
	need(rows*C, len(x))
	need(C, len(mean))
	need(Scratch(C), len(scratch))
	if rows*C > 0 {
		use.gradInput(dx, dy, x, mean[:C], scratch[:C], scratch[C:2*C], scratch[2*C:3*C], rows)
	}
}
