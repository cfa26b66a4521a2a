package stat

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
)

// TestDeLong: scikit-learn's areas, DeLong's variance by its definition over all pairs, SciPy's quantiles
// (testdata/auc.py); ties count half.
func TestDeLong(t *testing.T) {
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
		a, err := DeLong(c.Score, classes(c.Y), 0.95)
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

// TestDeLongShared: the shared references, which NumPy computed from the definition.
func TestDeLongShared(t *testing.T) {
	for _, c := range references(t, "comparison", "delong-") {
		var in struct {
			Y     []int
			Score []float64
		}
		var want struct{ AUC, Variance float64 }
		c.read(t, &in, &want)
		a, err := DeLong(in.Score, classes(in.Y), 0.95)
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

// TestDeLongRefuses: what has no interval says why, and keeps the area where there is one.
func TestDeLongRefuses(t *testing.T) {
	yes, no := true, false
	for _, c := range []struct {
		scores []float64
		of     []bool
		area   float64
		says   string
	}{
		{[]float64{1, 2, 3, 4}, []bool{no, no, yes, yes}, 1, "every positive sample has a higher score"},
		{[]float64{4, 3, 2, 1}, []bool{no, no, yes, yes}, 0, "the variance of the area, 0, is 0"},
		{[]float64{2, 2, 2, 2}, []bool{no, no, yes, yes}, 0.5, "the variance of the area, 0.5, is 0"},
		{[]float64{1, 2, 3, 4}, []bool{yes, yes, yes, yes}, 0, "4 positive and 0 negative samples"},
		{[]float64{1, 2, 3, 4}, []bool{yes, no, no, no}, 0, "1 positive and 3 negative samples"},
		{[]float64{1, math.NaN(), 3, 4}, []bool{yes, no, no, yes}, 0, "score 2 is NaN"},
		{[]float64{1, 2}, []bool{yes}, 0, "2 scores beside 1 classes"},
		{nil, nil, 0, "0 positive and 0 negative samples"},
	} {
		a, err := DeLong(c.scores, c.of, 0.95)
		if err == nil || !strings.Contains(err.Error(), c.says) || a.Value != c.area {
			t.Errorf("%v: %+v, %v; want %q", c.scores, a, err, c.says)
		}
	}
}

// TestLogit: by hand. ln(0.8/0.2) ± 0.08/0.16 = 1.3862944 ± 0.5, of which e^x/(1 + e^x) is 0.7081249 and 0.8683324; 1
// has no logit.
func TestLogit(t *testing.T) {
	got := Interval{0.72, 0.88}.Logit(0.8)
	if math.Abs(got.Low-0.7081249) > 1e-6 || math.Abs(got.High-0.8683324) > 1e-6 {
		t.Errorf("%v", got)
	}
	if one := (Interval{0.9, 1.1}); one.Logit(1) != one {
		t.Errorf("of 1: %v", one.Logit(1))
	}
}
