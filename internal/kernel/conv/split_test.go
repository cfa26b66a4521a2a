package conv

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestSplit compares with the definition, where maxima are met once, several times and, beside NaN, never.
func TestSplit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, rows := range []int{1, 2, 17, 40} {
		for _, cols := range []int{1, 7, 8, 16, 33, 64, 81, 150} {
			x, dy, y := random(r, rows*cols), random(r, cols), make([]float32, cols)
			for i := range x {
				x[i] = float32(r.IntN(5))
			}
			if cols > 7 {
				x[3] = float32(math.NaN())
			}
			hits := make([]float32, cols)
			for c := range cols {
				y[c] = float32(math.Inf(-1))
				for i := c; i < len(x); i += cols {
					y[c] = max(y[c], x[i])
				}
				for i := c; i < len(x); i += cols {
					if x[i] == y[c] {
						hits[c]++
					}
				}
			}
			for _, v := range variants() {
				dx, tmp := random(r, len(x)+1), make([]float32, 2*cols)
				beyond := dx[len(x)]
				v.split(dx[:len(x)], x, y, dy, tmp)
				if dx[len(x)] != beyond {
					t.Fatalf("%s: %d×%d writes beyond its end", v.name, rows, cols)
				}
				for i, got := range dx[:len(x)] {
					want := float32(0)
					if c := i % cols; hits[c] == 0 {
						want = float32(math.NaN())
					} else if x[i] == y[c] {
						want = dy[c] / hits[c]
					}
					if got != want && !(got != got && want != want) {
						t.Fatalf("%s: %d×%d, element %d is %v, want %v", v.name, rows, cols, i, got, want)
					}
				}
			}
		}
	}
	for _, v := range variants() { // more rows than a call does
		x, y := make([]float32, 600000), []float32{1}
		x[599999], x[0] = 1, 1
		dx := make([]float32, len(x))
		v.split(dx, x, y, []float32{3}, make([]float32, 2))
		for i, got := range dx {
			if want := 1.5 * x[i]; got != want {
				t.Fatalf("%s: element %d is %v, want %v", v.name, i, got, want)
			}
		}
		v.split(nil, nil, y, []float32{1}, make([]float32, 2))
	}
}
