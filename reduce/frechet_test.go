package reduce

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// drawn are the samples of testdata/frechet.py.
func drawn(seed uint32, n, d int, shift, mix float64) Rows {
	x := make([][]float64, n)
	for i := range x {
		x[i] = make([]float64, d)
		for k := range x[i] {
			seed = 1664525*seed + 1013904223
			x[i][k] = float64(seed)/(1<<32) - 0.5
		}
		for k := 1; k < d; k++ {
			x[i][k] += mix * x[i][k-1]
		}
		for k := range x[i] {
			x[i][k] += shift
		}
	}
	return Of(x)
}

// TestFrechet: scipy.linalg.sqrtm, with fewer samples than numbers and with one number too.
func TestFrechet(t *testing.T) {
	b, err := os.ReadFile("testdata/frechet.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Seed                 uint32
		N, D                 int
		Shift, Mix, Distance float64
	}
	if err := json.Unmarshal(b, &cases); err != nil || len(cases) < 4 {
		t.Fatal(err, len(cases))
	}
	for _, c := range cases {
		a, err := FitNormal(drawn(c.Seed, c.N, c.D, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		b, err := FitNormal(drawn(c.Seed+100, c.N+10, c.D, c.Shift, c.Mix))
		if err != nil {
			t.Fatal(err)
		}
		got, err := Frechet(a, b)
		if err != nil || math.Abs(got-c.Distance) > 1e-6*(1+c.Distance) {
			t.Errorf("%d numbers: %v (%v), SciPy has %v", c.D, got, err, c.Distance)
		}
		back, err := Frechet(b, a)
		if err != nil || math.Abs(back-got) > 1e-7*(1+got) {
			t.Errorf("%d numbers: %v the other way round (%v)", c.D, back, err)
		}
		if same, err := Frechet(a, a); err != nil || same > 1e-9 {
			t.Errorf("%d numbers: %v from themselves (%v)", c.D, same, err)
		}
	}
	if _, err := FitNormal(Of([][]float64{{1, 2}})); err == nil {
		t.Error("one sample has a covariance")
	}
	if _, err := Frechet(&Normal{Mean: []float64{1}, Covariance: []float64{1}}, &Normal{}); err == nil {
		t.Error("distributions of different numbers have a distance")
	}
}
