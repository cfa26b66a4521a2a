package word2vec

import (
	"cmp"
	"math"
	"slices"

	"gorae/internal/kernel/philox"
)

// svd returns the first k left singular vectors of m and its singular values, the greatest first.
func svd(m *sparse, k int, seed uint64) (u [][]float64, sigma []float64) {
	const more, iterations = 10, 2
	n := len(m.row)
	l := min(k+more, n)
	y, z := columns(l, n), columns(l, n)
	guess := make([]float32, n)
	for j := range z {
		philox.Normal(guess, philox.KeyOf(seed), streamSVD, uint64(j), 0)
		for i, x := range guess {
			z[j][i] = float64(x)
		}
	}
	m.product(y, z, false)
	for range iterations {
		orthonormal(y)
		m.product(z, y, true)
		orthonormal(z)
		m.product(y, z, false)
	}
	orthonormal(y)
	m.product(z, y, true) // M = Q·(MᵀQ)ᵀ but for what is left out
	gram := make([][]float64, l)
	for i := range gram {
		gram[i] = make([]float64, l)
		for j := range i + 1 {
			gram[i][j] = inner(z[i], z[j])
			gram[j][i] = gram[i][j]
		}
	}
	values, vectors := eigen(gram)
	for j := range k {
		s := make([]float64, n)
		for i, c := range vectors[j] {
			add(s, y[i], c)
		}
		u, sigma = append(u, s), append(sigma, math.Sqrt(max(0, values[j])))
	}
	return u, sigma
}

func columns(k, n int) [][]float64 {
	m := make([][]float64, k)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

func inner(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, x := range a {
		s0 += x * b[i]
	}
	return (s0 + s1) + (s2 + s3)
}

// add adds c·x to to.
func add(to, x []float64, c float64) {
	for i, v := range x[:len(to)] {
		to[i] += c * v
	}
}

// orthonormal replaces columns by an orthonormal basis of what they span, by Gram and Schmidt's method, done twice. A
// column that depends on those before it becomes 0.
func orthonormal(q [][]float64) {
	for j, c := range q {
		before := math.Sqrt(inner(c, c))
		for range 2 {
			for _, d := range q[:j] {
				add(c, d, -inner(c, d))
			}
		}
		length := math.Sqrt(inner(c, c))
		if length <= 1e-13*before || length == 0 {
			clear(c)
			continue
		}
		for i := range c {
			c[i] /= length
		}
	}
}

// eigen returns the eigenvalues of a symmetric matrix, the greatest first, and their vectors, by Jacobi's method. It
// overwrites the matrix.
func eigen(a [][]float64) (values []float64, vectors [][]float64) {
	n := len(a)
	v := columns(n, n) // rows are vectors
	for i := range v {
		v[i][i] = 1
	}
	norm := 0.0
	for _, r := range a {
		norm += inner(r, r)
	}
	for range 60 { // ten are enough for what a float64 tells apart
		off := 0.0
		for i := range n {
			for j := range i {
				off += 2 * a[i][j] * a[i][j]
			}
		}
		if off <= 1e-30*norm {
			break
		}
		for p := range n {
			for q := p + 1; q < n; q++ {
				rotate(a, v, p, q)
			}
		}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(a[j][j], a[i][i]) })
	for _, i := range order {
		values, vectors = append(values, a[i][i]), append(vectors, v[i])
	}
	return values, vectors
}

// rotate makes element p, q of a symmetric matrix 0.
func rotate(a, v [][]float64, p, q int) {
	if a[p][q] == 0 {
		return
	}
	theta := (a[q][q] - a[p][p]) / (2 * a[p][q])
	t := 1 / (math.Abs(theta) + math.Hypot(theta, 1))
	if theta < 0 {
		t = -t
	}
	c := 1 / math.Hypot(t, 1)
	s := t * c
	for k := range a {
		x, y := a[k][p], a[k][q]
		a[k][p], a[k][q] = c*x-s*y, s*x+c*y
	}
	for k := range a {
		x, y := a[p][k], a[q][k]
		a[p][k], a[q][k] = c*x-s*y, s*x+c*y
	}
	for k := range v {
		x, y := v[p][k], v[q][k]
		v[p][k], v[q][k] = c*x-s*y, s*x+c*y
	}
}
