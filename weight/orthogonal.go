package weight

import (
	"fmt"
	"math"

	"gorae/config"
	"gorae/tensor"
)

// Orthogonal gives a matrix with orthonormal rows or columns, whichever are
// fewer, times Gain (Saxe, McClelland and Ganguli, 2013). Leading axes count as rows.
type Orthogonal struct {
	Gain *float64 `keras:"gain,main,default=1"`
	Seeded
}

// Fill implements Initializer. The matrix is Q of the QR decomposition of normal
// numbers, by Gram and Schmidt's method done twice, with R's diagonal positive.
func (o Orthogonal) Fill(w []float32, shape tensor.Shape, r *Rand) error {
	o, r = config.Filled(o), o.rand(r)
	if len(shape) < 2 {
		return fmt.Errorf("an orthogonal matrix needs 2 axes or more, the shape is %v", shape)
	}
	rows, cols := shape[:len(shape)-1].Size(), shape[len(shape)-1]
	n, k := max(rows, cols), min(rows, cols) // k orthonormal vectors of length n
	q := make([][]float64, k)
	for i := range q {
		v := make([]float64, n)
		for length := 0.0; length < 1e-6; { // a dependent draw, of probability 0, is drawn again
			for j := range v {
				v[j] = r.Normal()
			}
			for range 2 {
				for _, u := range q[:i] {
					d := dot(u, v)
					for j := range v {
						v[j] -= d * u[j]
					}
				}
			}
			length = math.Sqrt(dot(v, v))
			for j := range v {
				v[j] /= length
			}
		}
		q[i] = v
	}
	for i := range rows {
		for j := range cols {
			v := 0.0
			if rows >= cols {
				v = q[j][i]
			} else {
				v = q[i][j]
			}
			w[i*cols+j] = float32(*o.Gain * v)
		}
	}
	return nil
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i := range a {
		s += a[i] * b[i]
	}
	return s
}

// Identity gives the identity matrix times Gain.
type Identity struct {
	Gain *float64 `keras:"gain,main,default=1"`
}

// Fill implements Initializer.
func (o Identity) Fill(w []float32, shape tensor.Shape, _ *Rand) error {
	o = config.Filled(o)
	if len(shape) != 2 {
		return fmt.Errorf("an identity matrix has 2 axes, the shape is %v", shape)
	}
	for i := range w {
		w[i] = 0
		if i/shape[1] == i%shape[1] {
			w[i] = float32(*o.Gain)
		}
	}
	return nil
}
