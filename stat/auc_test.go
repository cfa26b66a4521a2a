package stat

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// TestAUC: scikit-learn's areas, DeLong's variance by its definition over all pairs, intervals by SciPy's quantiles and
// Brent's method (testdata/auc.py); ties count half, and the last two have areas of 1 and 0.
func TestAUC(t *testing.T) {
	b, err := os.ReadFile("testdata/auc.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			Y                         []int
			Score                     []float64
			Area, Variance, Low, High float64
		}
	}
	if err := json.Unmarshal(b, &all); err != nil || len(all.Cases) == 0 {
		t.Fatal(err, len(all.Cases))
	}
	for _, c := range all.Cases {
		a, err := AUC(c.Score, classes(c.Y), 0.95)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range [][2]float64{{a.Value, c.Area}, {a.Variance, c.Variance}, {a.Interval.Low, c.Low},
			{a.Interval.High, c.High}} {
			if !(math.Abs(x[0]-x[1]) < 1e-9) {
				t.Errorf("%d samples: %+v, want %v", len(c.Y), a, x[1])
			}
		}
	}
}

// TestAUCShared: the shared references, which NumPy computed from the definition.
func TestAUCShared(t *testing.T) {
	for _, c := range references(t, "comparison", "delong-") {
		var in struct {
			Y     []int
			Score []float64
		}
		var want struct{ AUC, Variance float64 }
		c.read(t, &in, &want)
		a, err := AUC(in.Score, classes(in.Y), 0.95)
		if err != nil || !c.near(a.Value, want.AUC) || !c.near(a.Variance, want.Variance) {
			t.Errorf("%s: %+v, %v; want %+v", c.Name, a, err, want)
		}
	}
}

// classes is true where y is 1.
func classes(y []int) []bool {
	out := make([]bool, len(y))
	for i, v := range y {
		out[i] = v == 1
	}
	return out
}

// TestAUCRefuses: what has no interval says why, and keeps the area where there is one.
func TestAUCRefuses(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		scores []float64
		of     []bool
		area   float64
		says   string
	}{
		{[]float64{2, 2, 2, 2}, []bool{no, no, yes, yes}, 0.5, "the variance of the area, 0.5, is 0"},
		{[]float64{1, 2, 3, 4}, []bool{yes, yes, yes, yes}, 0, "4 positive and 0 negative samples"},
		{[]float64{1, 2, 3, 4}, []bool{yes, no, no, no}, 0, "1 positive and 3 negative samples"},
		{[]float64{1, math.NaN(), 3, 4}, []bool{yes, no, no, yes}, 0, "score 2 is NaN"},
		{[]float64{1, 2}, []bool{yes}, 0, "2 scores beside 1 classes"},
		{nil, nil, 0, "0 positive and 0 negative samples"},
	} {
		a, err := AUC(c.scores, c.of, 0.95)
		if err == nil || !strings.Contains(err.Error(), c.says) || a.Value != c.area {
			t.Errorf("%v: %+v, %v; want %q", c.scores, a, err, c.says)
		}
	}
}
