package stat

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// TestTango: intervals from the definition, by testdata/tango.py.
func TestTango(t *testing.T) {
	b, err := os.ReadFile("testdata/tango.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Cases []struct {
			A, B, N  int
			Level    float64
			Interval [2]float64
		}
	}
	if err := json.Unmarshal(b, &all); err != nil || len(all.Cases) < 30 {
		t.Fatal(err, len(all.Cases))
	}
	for _, c := range all.Cases {
		got := Tango(c.A, c.B, c.N, c.Level)
		if math.Abs(got.Low-c.Interval[0]) > 1e-6 || math.Abs(got.High-c.Interval[1]) > 1e-6 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestTangoPublished: the intervals of two published tables (Fagerland, Lydersen and Laake, Statistics in Medicine 33,
// 2014, and the package contingencytables of its authors), one of R's PropCIs::scoreci.mp(25, 28, 618, 0.9), and of no
// difference at all ±z²/(n + z²), which follows from the formula.
func TestTangoPublished(t *testing.T) {
	for _, c := range []struct {
		a, b, n          int
		level, low, high float64
		digits           float64
	}{
		{1, 7, 21, 0.95, -0.517, -0.026, 1e-3},
		{6, 16, 161, 0.95, -0.1240, -0.0054, 1e-4},
		{28, 25, 618, 0.9, -0.0148, 0.0247, 1e-4},
		{0, 0, 30, 0.95, -0.1135134, 0.1135134, 1e-7},
	} {
		got := Tango(c.a, c.b, c.n, c.level)
		if math.Abs(got.Low-c.low) > c.digits/2 || math.Abs(got.High-c.high) > c.digits/2 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestPaired: 0 is in the interval where the exact test does not reject it, and only there; else it is Tango's. Of 6
// and 16 of 161 the score interval ends below 0, and the exact p is 0.052479 (contingencytables).
func TestPaired(t *testing.T) {
	for _, level := range []float64{0.9, 0.95, 0.975, 1 - 0.05/3, 0.99, 0.995, 0.999} {
		for n := 1; n <= 70; n++ {
			for a := 0; a <= n; a++ {
				for _, all := range []int{n, 3 * n} {
					i, p := Paired(a, n-a, all, level)
					if i.Contains(0) != (p >= 1-level) {
						t.Fatalf("%d and %d of %d at %v: %v beside p = %v", a, n-a, all, level, i, p)
					}
				}
			}
		}
	}
	i, p := Paired(6, 16, 161, 0.95)
	if math.Abs(p-0.052479) > 5e-7 || math.Abs(i.Low+0.1240) > 5e-5 || i.High != 0 {
		t.Errorf("%v, p = %v", i, p)
	}
	if i, _ := Paired(6, 17, 161, 0.95); i != Tango(6, 17, 161, 0.95) || i.High >= 0 {
		t.Errorf("%v", i)
	}
}
