package reduce

import (
	"errors"
	"math"
	"slices"
)

// square is a symmetric matrix. Both halves are kept.
type square struct {
	n int
	v []float64
}

func newSquare(n int) *square { return &square{n, make([]float64, n*n)} }

func (a *square) row(i int) []float64 { return a.v[i*a.n : (i+1)*a.n] }

func (a *square) set(i, j int, v float64) { a.v[i*a.n+j], a.v[j*a.n+i] = v, v }

func (a *square) scale(by float64) {
	for k := range a.v {
		a.v[k] *= by
	}
}

// products adds x_i·x_j to each element (i, j), where x_i is the size numbers from i·stride.
func (a *square) products(x []float64, stride, size int) {
	pairs := (a.n + 1) / 2
	each(pairs, pairs, func(pair, _, _ int) {
		i := 2 * pair
		x0 := x[i*stride:][:size]
		x1 := x0
		if i+1 < a.n {
			x1 = x[(i+1)*stride:][:size]
		}
		for j := 0; j <= i+1 && j < a.n; j += 2 {
			y0 := x[j*stride:][:size]
			y1 := y0
			if j+1 < a.n {
				y1 = x[(j+1)*stride:][:size]
			}
			p00, p01, p10, p11 := products(x0, x1, y0, y1)
			a.v[i*a.n+j] += p00
			if j+1 < a.n {
				a.v[i*a.n+j+1] += p01
			}
			if i+1 < a.n {
				a.v[(i+1)*a.n+j] += p10
				if j+1 < a.n {
					a.v[(i+1)*a.n+j+1] += p11
				}
			}
		}
	})
	for i := range a.n {
		for j := range i {
			a.v[j*a.n+i] = a.v[i*a.n+j]
		}
	}
}

// products returns the four inner products of two pairs of vectors.
func products(x0, x1, y0, y1 []float64) (p00, p01, p10, p11 float64) {
	x1, y0, y1 = x1[:len(x0)], y0[:len(x0)], y1[:len(x0)]
	for k, a := range x0 {
		b, c, d := x1[k], y0[k], y1[k]
		p00 += a * c
		p01 += a * d
		p10 += b * c
		p11 += b * d
	}
	return p00, p01, p10, p11
}

// eigen returns the greatest eigenvalues of a, which it overwrites, with their unit eigenvectors: a is brought to
// tridiagonal form by Householder's reflections, and to diagonal form by the QL algorithm with implicit shifts.
//
// Source: Golub and Van Loan, "Matrix Computations" (2013), sections 8.3.1 and 8.3.3; tql2 of EISPACK.
func (a *square) eigen(count int) (values []float64, vectors [][]float64, err error) {
	mirrors := a.tridiagonal()
	n := a.n
	diagonal, beside := make([]float64, n), make([]float64, n)
	for i := range n {
		if diagonal[i] = a.v[i*n+i]; i+1 < n {
			beside[i] = a.v[(i+1)*n+i]
		}
	}
	z := newSquare(n) // row i becomes the eigenvector of diagonal[i]
	for i := range n {
		z.v[i*n+i] = 1
	}
	if err := diagonalize(diagonal, beside, z); err != nil {
		return nil, nil, err
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case diagonal[i] > diagonal[j]:
			return -1
		case diagonal[i] < diagonal[j]:
			return 1
		}
		return 0
	})
	for _, i := range order[:count] {
		v := slices.Clone(z.row(i))
		for k := len(mirrors) - 1; k >= 0; k-- {
			m, tail := mirrors[k], v[k+1:]
			add(tail, -2*dot(m, tail), m)
		}
		values, vectors = append(values, diagonal[i]), append(vectors, v)
	}
	return values, vectors, nil
}

// tridiagonal brings a to tridiagonal form H·a·H, and returns the unit vectors of the reflections that H is made of:
// number k turns the coordinates from k + 1 on, and is 0 where nothing is to be turned.
func (a *square) tridiagonal() [][]float64 {
	n := a.n
	var mirrors [][]float64
	p := make([]float64, n)
	for k := 0; k+2 < n; k++ {
		m := make([]float64, n-k-1)
		for i := range m {
			m[i] = a.v[(k+1+i)*n+k]
		}
		length := root(dot(m, m))
		mirrors = append(mirrors, m)
		if dot(m[1:], m[1:]) == 0 {
			clear(m)
			continue
		}
		to := -math.Copysign(length, m[0])
		m[0] -= to
		scale := 1 / root(dot(m, m))
		for i := range m {
			m[i] *= scale
		}
		a.set(k+1, k, to)
		for i := k + 2; i < n; i++ {
			a.set(i, k, 0)
		}
		// a ← a − m·wᵀ − w·mᵀ with w = 2(a·m − (mᵀ·a·m)·m), on the rows and columns from k + 1 on
		w := p[:len(m)]
		each(len(m), len(m)/16, func(_, from, end int) {
			for i := from; i < end; i++ {
				w[i] = 2 * dot(a.row(k + 1 + i)[k+1:], m)
			}
		})
		add(w, -dot(w, m), m)
		each(len(m), len(m)/16, func(_, from, end int) {
			for i := from; i < end; i++ {
				row := a.row(k + 1 + i)[k+1:]
				mi, wi := m[i], w[i]
				for j := range row {
					row[j] -= mi*w[j] + wi*m[j]
				}
			}
		})
	}
	return mirrors
}

// diagonalize finds the eigenvalues of the tridiagonal matrix with the numbers d on the diagonal and e beside it, in
// place of d, and turns the rows of z as it goes.
func diagonalize(d, e []float64, z *square) error {
	const turns = 60 // for one eigenvalue; two or three are usual
	n := len(d)
	scale := 0.0 // the largest |d| + |e| so far: what is small beside it is 0
	for l := range n {
		scale = max(scale, math.Abs(d[l])+math.Abs(e[l]))
		for turn := 0; ; turn++ {
			m := l
			for m < n-1 && math.Abs(e[m]) > 0x1p-52*scale {
				m++
			}
			if m == l {
				break
			}
			if turn == turns {
				return errors.New("the eigenvalues do not converge")
			}
			step(d, e, l, m, z)
		}
	}
	return nil
}

// step is one QL step with an implicit shift on the rows l to m.
func step(d, e []float64, l, m int, z *square) {
	g := (d[l+1] - d[l]) / (2 * e[l])
	r := math.Hypot(g, 1)
	g = d[m] - d[l] + e[l]/(g+math.Copysign(r, g))
	s, c, p := 1.0, 1.0, 0.0
	for i := m - 1; i >= l; i-- {
		f, b := s*e[i], c*e[i]
		r = math.Hypot(f, g)
		if e[i+1] = r; r == 0 {
			d[i+1] -= p
			e[m] = 0
			return
		}
		s, c = f/r, g/r
		g = d[i+1] - p
		r = (d[i]-g)*s + 2*c*b
		p = s * r
		d[i+1] = g + p
		g = c*r - b
		upper, lower := z.row(i), z.row(i+1)
		for k, v := range lower {
			u := upper[k]
			lower[k] = s*u + c*v
			upper[k] = c*u - s*v
		}
	}
	d[l] -= p
	e[l] = g
	e[m] = 0
}

func root(v float64) float64 { return math.Sqrt(v) }

// dot returns the inner product. Four sums run side by side.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	k := 0
	for ; k+4 <= len(a); k += 4 {
		s0 += a[k] * b[k]
		s1 += a[k+1] * b[k+1]
		s2 += a[k+2] * b[k+2]
		s3 += a[k+3] * b[k+3]
	}
	for ; k < len(a); k++ {
		s0 += a[k] * b[k]
	}
	return (s0 + s1) + (s2 + s3)
}

// add adds c times x to y.
func add(y []float64, c float64, x []float64) {
	x = x[:len(y)]
	for k, v := range x {
		y[k] += c * v
	}
}
