package stat

import (
	"fmt"
	"math"
	"slices"
)

// Pearson returns the correlation of x and y,
//
//	Σ (x_i − x̄)(y_i − ȳ) / √(Σ (x_i − x̄)² · Σ (y_i − ȳ)²)
//
// It is an error where there are fewer than two pairs or one of both is constant.
func Pearson(x, y []float64) (float64, error) {
	if len(x) != len(y) {
		return 0, fmt.Errorf("correlation: %d and %d values; give as many of both", len(x), len(y))
	}
	if len(x) < 2 {
		return 0, fmt.Errorf("correlation: %d pairs of values; give two or more", len(x))
	}
	for _, v := range [][]float64{x, y} {
		if err := finite("correlation", v); err != nil {
			return 0, err
		}
	}
	mx, my := mean(x), mean(y)
	xy, xx, yy := 0.0, 0.0, 0.0
	for i := range x {
		a, b := x[i]-mx, y[i]-my
		xy, xx, yy = xy+a*b, xx+a*a, yy+b*b
	}
	if xx == 0 || yy == 0 {
		return 0, fmt.Errorf("correlation: all %d values of one of both are equal", len(x))
	}
	return max(-1, min(1, xy/math.Sqrt(xx)/math.Sqrt(yy))), nil
}

// Spearman returns the rank correlation of x and y, Pearson's of their [Ranks].
func Spearman(x, y []float64) (float64, error) {
	for _, v := range [][]float64{x, y} {
		if err := finite("correlation", v); err != nil {
			return 0, err
		}
	}
	return Pearson(Ranks(x), Ranks(y))
}

// Ranks returns the place of each value among all, from 1 on; equal values share the mean of their places.
func Ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case x[a] < x[b]:
			return -1
		case x[a] > x[b]:
			return 1
		}
		return 0
	})
	ranks := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for _, k := range order[i:j] {
			ranks[k] = float64(i+j+1) / 2
		}
		i = j
	}
	return ranks
}
