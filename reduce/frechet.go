package reduce

import (
	"fmt"
	"math"
)

// Normal is the normal distribution of the mean and the covariance of samples. Its fields go through encoding/json.
type Normal struct {
	Samples    int       `json:"samples"`
	Mean       []float64 `json:"mean"`
	Covariance []float64 `json:"covariance"` // [numbers, numbers], divided by n − 1
}

// FitNormal returns the normal distribution of samples. An error: fewer than two samples, or numbers that are not
// finite.
func FitNormal(x Rows) (*Normal, error) {
	n, d := x.Len(), x.Dim()
	if n < 2 || d < 1 {
		return nil, fmt.Errorf("covariance: %d samples of %d numbers; 2 samples or more are needed", n, d)
	}
	mean, _, err := moments(x)
	if err != nil {
		return nil, fmt.Errorf("covariance: %w", err)
	}
	columns, row := make([]float64, d*n), make([]float64, d)
	for i := range n {
		x.Row(i, row)
		for k, v := range row {
			columns[k*n+i] = v - mean[k]
		}
	}
	c := newSquare(d)
	c.products(columns, n, n)
	c.scale(1 / float64(n-1))
	return &Normal{Samples: n, Mean: mean, Covariance: c.v}, nil
}

// Frechet returns the squared Fréchet distance of two normal distributions, the square of the 2-Wasserstein distance,
//
//	d² = |m₁ − m₂|² + tr(C₁ + C₂ − 2·(C₁C₂)^½).
//
// It is 0 where the distributions are equal. Of samples it is greater, the more so the fewer they are: compare
// distances of equal numbers of samples only. The trace of the root is the sum of the roots of the eigenvalues of
// C₁^½·C₂·C₁^½, which is symmetric and has the eigenvalues of C₁C₂.
//
// Sources: Dowson and Landau, "The Fréchet distance between multivariate normal distributions" (1982); Heusel,
// Ramsauer, Unterthiner, Nessler and Hochreiter, "GANs trained by a two time-scale update rule" (2017).
func Frechet(a, b *Normal) (float64, error) {
	d := len(a.Mean)
	if len(b.Mean) != d || len(a.Covariance) != d*d || len(b.Covariance) != d*d {
		return 0, fmt.Errorf("distance: distributions of %d and %d numbers; they must be alike", d, len(b.Mean))
	}
	sum := 0.0
	for k, v := range a.Mean {
		sum += (v - b.Mean[k]) * (v - b.Mean[k])
		sum += a.Covariance[k*d+k] + b.Covariance[k*d+k]
	}
	first := newSquare(d)
	copy(first.v, a.Covariance)
	values, vectors, err := first.eigen(d)
	if err != nil {
		return 0, fmt.Errorf("distance: %w", err)
	}
	second := &square{d, b.Covariance}
	turned := newSquare(d) // rows are C₂·v √λ of the eigenvectors v of C₁
	for i, v := range vectors {
		root := math.Sqrt(max(0, values[i]))
		for k := range d {
			turned.v[i*d+k] = root * dot(second.row(k), v)
		}
	}
	inner := newSquare(d)
	for i := range d {
		for j := range i + 1 {
			inner.set(i, j, math.Sqrt(max(0, values[j]))*dot(turned.row(i), vectors[j]))
		}
	}
	if values, _, err = inner.eigen(d); err != nil {
		return 0, fmt.Errorf("distance: %w", err)
	}
	for _, v := range values {
		sum -= 2 * math.Sqrt(max(0, v))
	}
	return max(0, sum), nil
}
