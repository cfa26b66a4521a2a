package stat

import (
	"math"
	"testing"
)

// By hand: the mean of 0.8, 0.9, 0.7, 0.8, 0.8 is 0.8, s² = 0.02/4 = 0.005; with 20 test and 80 training samples the
// variance of the mean is 0.005·(0.2 + 0.25) = 0.00225, and Student's t at 0.975 with 4 degrees of freedom is 2.7764.
func TestFolds(t *testing.T) {
	mean, deviation, i := Folds([]float64{0.8, 0.9, 0.7, 0.8, 0.8}, 20, 80, 0.95)
	half := 2.7764451 * math.Sqrt(0.00225)
	for _, x := range [][2]float64{{mean, 0.8}, {deviation, math.Sqrt(0.005)}, {i.Low, 0.8 - half},
		{i.High, 0.8 + half}} {
		if math.Abs(x[0]-x[1]) > 1e-7 {
			t.Errorf("%v, want %v", x[0], x[1])
		}
	}
	if _, _, i := Folds([]float64{1}, 1, 1, 0.95); !math.IsNaN(i.Low) {
		t.Errorf("one fold: %v", i)
	}
}
