package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestFTail: with 2 degrees of freedom above, P(F > x) = (1 + 2x/b)^(−b/2); with 1, it is Student's t at √x.
func TestFTail(t *testing.T) {
	for _, b := range []float64{3, 10, 200} {
		for _, x := range []float64{0.1, 1, 3, 12} {
			if got, want := FTail(x, 2, b), math.Pow(1+2*x/b, -b/2); math.Abs(got-want) > 1e-12 {
				t.Errorf("F(2, %v) > %v: %v, want %v", b, x, got, want)
			}
			if got, want := FTail(x, 1, b), StudentTail(math.Sqrt(x), b); math.Abs(got-want) > 1e-12 {
				t.Errorf("F(1, %v) > %v: %v, want %v", b, x, got, want)
			}
		}
	}
	if FTail(0, 2, 3) != 1 || FTail(math.Inf(1), 2, 3) != 0 {
		t.Error("at the ends")
	}
}

// TestIntraclass: the ratings of six persons by four judges in Shrout and Fleiss (1979), table 2: mean squares 11.24
// between and 6.26 within persons, ICC(1,1) = 0.17. A group of −1 is none.
func TestIntraclass(t *testing.T) {
	x := []float64{9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7, 100}
	var groups []int
	for i := range 24 {
		groups = append(groups, i/4)
	}
	g, err := Intraclass(x, append(groups, -1), 1)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(g.ICC-0.17) > 0.005 || math.Abs(g.F-11.24/6.26) > 0.002 || g.Groups != 6 {
		t.Errorf("%+v", g)
	}
	for _, bad := range [][]int{{0, 0, 0}, {0, 1, 2}, {0, 1}, {-1, -1, -1}} {
		if _, err := Intraclass([]float64{1, 2, 3}, bad, 1); err == nil {
			t.Errorf("%v: no error", bad)
		}
	}
	if _, err := Intraclass([]float64{1, 1, 2, 2}, []int{0, 0, 1, 1}, 1); err == nil {
		t.Error("constant groups: no error")
	}
}

// TestNeighbours, by hand: of 1, −1, 1, −1 e_t·e_{t−1} is −1 three times, so z₁ = −3/√3; r₁ = −3/4.
func TestNeighbours(t *testing.T) {
	r, p, err := Neighbours([]float64{1, -1, 1, -1}, 1)
	if want := 1 - NormalCDF(-math.Sqrt(3)); err != nil || r != -0.75 || math.Abs(p-want) > 1e-15 {
		t.Errorf("r %v, p %v, %v", r, p, err)
	}
	for _, lags := range []int{0, 4} {
		if _, _, err := Neighbours([]float64{1, -1, 1, -1}, lags); err == nil {
			t.Errorf("%d lags: no error", lags)
		}
	}
	if _, _, err := Neighbours([]float64{1, 1, 1}, 1); err == nil {
		t.Error("constant: no error")
	}
}

// TestDependenceLevel: of independent observations, few or many, normal, with heavy tails, skewed, of two values, or of
// a variance that changes, both tests reject at most 3.7 % at the level of 2.5 % (1,500 repetitions: standard error
// 0.4 %; 3 of those allowed for). Of dependent ones they reject most.
func TestDependenceLevel(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const level, times, most = 0.025, 1500, 0.037
	r := rand.New(rand.NewPCG(5, 6))
	for name, draw := range map[string]func(i, n int) float64{
		"normal":      func(_, _ int) float64 { return r.NormFloat64() },
		"heavy tails": func(_, _ int) float64 { return r.NormFloat64() / math.Sqrt(r.ExpFloat64()+0.1) },
		"skewed":      func(_, _ int) float64 { return r.ExpFloat64() },
		"two values":  func(_, _ int) float64 { return math.Floor(r.Float64() + 0.2) },
		"its variance changes": func(i, n int) float64 {
			return r.NormFloat64() * (0.5 + 3*float64(i)/float64(n))
		},
	} {
		for _, n := range []int{30, 150, 600} {
			near, alike := 0, 0
			for range times {
				x, groups := make([]float64, n), make([]int, n)
				for i := range x {
					x[i], groups[i] = draw(i, n), r.IntN(n/4)
				}
				if _, p, err := Neighbours(x, 3); err == nil && p < level {
					near++
				}
				if g, err := Intraclass(x, groups, 1); err == nil && g.P < level {
					alike++
				}
			}
			if s := float64(near) / times; s > most {
				t.Errorf("%s, %d observations: neighbours rejected in %.3f", name, n, s)
			}
			if s := float64(alike) / times; s > most {
				t.Errorf("%s, %d observations: groups rejected in %.3f", name, n, s)
			}
		}
	}
	near, alike := 0, 0
	for range 200 {
		x, groups := make([]float64, 150), make([]int, 150)
		person := make([]float64, 37)
		for g := range person {
			person[g] = r.NormFloat64()
		}
		drift := 0.0
		for i := range x {
			drift = 0.5*drift + r.NormFloat64()
			x[i] = drift
		}
		if _, p, _ := Neighbours(x, 3); p < level {
			near++
		}
		for i := range x {
			groups[i] = i % 37
			x[i] = person[groups[i]] + r.NormFloat64()
		}
		slices.Reverse(x)
		slices.Reverse(groups)
		if g, _ := Intraclass(x, groups, 1); g.P < level {
			alike++
		}
	}
	if near < 180 || alike < 180 {
		t.Errorf("of 200 dependent samples %d and %d were found", near, alike)
	}
}
