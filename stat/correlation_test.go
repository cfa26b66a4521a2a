package stat

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// TestCorrelation: values by scipy 1.17.1, scipy.stats.pearsonr, spearmanr and rankdata.
func TestCorrelation(t *testing.T) {
	for _, c := range []struct {
		x, y              []float64
		pearson, spearman float64
	}{
		{[]float64{1, 2, 3, 4, 5}, []float64{5, 6, 7, 8, 7},
			0.8320502943378436, 0.8207826816681233},
		{[]float64{1, 1, 2, 2, 3, 9, 9}, []float64{4, 3, 3, 8, 1, 0, 2},
			-0.5591001133991782, -0.7408677865766362},
		{[]float64{2.04, -2.56, 0.42, -0.57, -0.45, -0.22, -2.02, -0.23, -0.87, 3.32, 0.23, -0.35},
			[]float64{-0.3, -0.7, -1.1, -0.4, 0.5, -0.2, 1, -0.2, 0, 1.5, 0.5, -0.5},
			0.3166412714560944, 0.10175501234426305},
		{[]float64{1000000000, 1000000001, 1000000002}, []float64{3, 2, 1},
			-0.9999999999999998, -1.0},
	} {
		p, err := Pearson(c.x, c.y)
		if err != nil || math.Abs(p-c.pearson) > 1e-14 {
			t.Errorf("Pearson(%v, %v) = %v, %v; want %v", c.x, c.y, p, err, c.pearson)
		}
		s, err := Spearman(c.x, c.y)
		if err != nil || math.Abs(s-c.spearman) > 1e-14 {
			t.Errorf("Spearman(%v, %v) = %v, %v; want %v", c.x, c.y, s, err, c.spearman)
		}
	}
	if got := Ranks([]float64{3, 1, 3, 2, 3, 1}); !slices.Equal(got, []float64{5, 1.5, 5, 3, 5, 1.5}) {
		t.Errorf("Ranks = %v", got)
	}
}

func TestCorrelationErrors(t *testing.T) {
	for want, x := range map[string][2][]float64{
		"correlation: 2 and 3 values":               {{1, 2}, {1, 2, 3}},
		"correlation: 1 pairs of values; give two":  {{1}, {1}},
		"correlation: all 3 values of one of both ": {{1, 2, 3}, {4, 4, 4}},
		"correlation: observation 2 is NaN":         {{1, math.NaN()}, {1, 2}},
		"correlation: observation 1 is +Inf":        {{1, 2}, {math.Inf(1), 2}},
	} {
		for name, f := range map[string]func(x, y []float64) (float64, error){"Pearson": Pearson,
			"Spearman": Spearman} {
			if _, err := f(x[0], x[1]); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
		}
	}
}
