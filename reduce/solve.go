package reduce

import "math/rand/v2"

// strip is the number of samples whose products are added up at a time.
const strip = 256

// covariance finds the components from the covariance matrix.
func (p *Projection) covariance(x Rows, components int) error {
	n, d := x.Len(), x.Dim()
	c := newSquare(d)
	columns := make([]float64, d*strip) // [d, strip]
	for from := 0; from < n; from += strip {
		size := min(strip, n-from)
		each(size, lanes, func(_, a, b int) {
			row := make([]float64, d)
			for i := a; i < b; i++ {
				x.Row(from+i, row)
				for k, v := range row {
					columns[k*strip+i] = v - p.Mean[k]
				}
			}
		})
		c.products(columns, strip, size)
	}
	c.scale(1 / float64(n-1))
	values, vectors, err := c.eigen(components)
	p.Variance, p.Components = values, vectors
	return err
}

// gram finds the components from the inner products of samples, of which there are fewer than columns: where
// X·Xᵀ·u = λu, Xᵀ·u/√λ is a component.
func (p *Projection) gram(x Rows, components int) error {
	n, d := x.Len(), x.Dim()
	centred := make([]float64, n*d)
	each(n, lanes, func(_, a, b int) {
		for i := a; i < b; i++ {
			row := centred[i*d : (i+1)*d]
			x.Row(i, row)
			for k := range row {
				row[k] -= p.Mean[k]
			}
		}
	})
	g := newSquare(n)
	g.products(centred, d, d)
	values, vectors, err := g.eigen(components)
	if err != nil {
		return err
	}
	for i, u := range vectors {
		c := make([]float64, d)
		for s, w := range u {
			for k, v := range centred[s*d : (s+1)*d] {
				c[k] += w * v
			}
		}
		p.Variance = append(p.Variance, values[i]/float64(n-1))
		p.Components = append(p.Components, c)
	}
	orthonormal(p.Components)
	return nil
}

const (
	oversampled = 10 // vectors beyond the components
	power       = 7  // steps of subspace iteration
)

// randomized finds the components by subspace iteration on the covariance matrix, which is never made.
func (p *Projection) randomized(x Rows, components int, seed uint64) error {
	d := x.Dim()
	z := make([][]float64, min(components+oversampled, d, x.Len()))
	rng := rand.New(rand.NewPCG(seed, 0x9ca))
	for i := range z {
		z[i] = make([]float64, d)
		for k := range z[i] {
			z[i][k] = rng.NormFloat64()
		}
	}
	orthonormal(z)
	for range power {
		z = p.times(x, z)
		orthonormal(z)
	}
	c := p.times(x, z)
	t := newSquare(len(z))
	for i := range z {
		for j := range i + 1 {
			t.set(i, j, (dot(z[i], c[j])+dot(z[j], c[i]))/2)
		}
	}
	values, vectors, err := t.eigen(components)
	if err != nil {
		return err
	}
	p.Variance = values
	for _, w := range vectors {
		to := make([]float64, d)
		for i, v := range w {
			add(to, v, z[i])
		}
		p.Components = append(p.Components, to)
	}
	return nil
}

// times returns the products of the covariance matrix with vectors z. Zeros of the samples are passed over: the mean is
// taken from the scores, whose sum is 0.
func (p *Projection) times(x Rows, z [][]float64) [][]float64 {
	n, d, l := x.Len(), x.Dim(), len(z)
	across := make([]float64, d*l) // [d, l]
	shift := make([]float64, l)
	for i, v := range z {
		for k := range v {
			across[k*l+i] = v[k]
		}
		shift[i] = dot(v, p.Mean)
	}
	sums := make([][]float64, lanes)
	each(n, lanes, func(part, from, end int) {
		to, row, y := make([]float64, d*l), make([]float64, d), make([]float64, l)
		for i := from; i < end; i++ {
			x.Row(i, row)
			for j := range y {
				y[j] = -shift[j]
			}
			for k, v := range row {
				if v != 0 {
					add(y, v, across[k*l:(k+1)*l])
				}
			}
			for k, v := range row {
				if v != 0 {
					add(to[k*l:(k+1)*l], v, y)
				}
			}
		}
		sums[part] = to
	})
	out := make([][]float64, l)
	for i := range out {
		out[i] = make([]float64, d)
	}
	for _, s := range sums {
		for at, v := range s {
			out[at%l][at/l] += v / float64(n-1)
		}
	}
	return out
}

// orthonormal makes vectors orthonormal, by the modified Gram–Schmidt process, twice. A vector that depends on those
// before it becomes 0.
func orthonormal(z [][]float64) {
	for i, v := range z {
		before := dot(v, v)
		for range 2 {
			for _, w := range z[:i] {
				add(v, -dot(v, w), w)
			}
		}
		scale := 0.0
		if square := dot(v, v); square > 1e-28*before {
			scale = 1 / root(square)
		}
		for k := range v {
			v[k] *= scale
		}
	}
}
