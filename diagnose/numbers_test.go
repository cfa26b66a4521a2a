package diagnose

import (
	"math"
	"testing"
)

// TestKolmogorov: the statistic is that of scipy 1.16, ks_2samp(a, b): 0.4, and its p-value, 0.0590, to the digits of
// an asymptotic one.
func TestKolmogorov(t *testing.T) {
	a := []float64{0.1, 0.4, 0.7, 1.1, 1.5, 2.2, 2.9, 3.3, 4.0, 4.4, 5.1, 6.0, 6.2, 7.7, 8.1, 8.8, 9.0, 9.9, 10.5, 11.0}
	b := []float64{2.5, 3.1, 3.9, 4.9, 5.5, 6.6, 7.1, 8.0, 8.9, 9.3, 10.1, 10.9, 11.5, 12.2, 13.0, 13.7, 14.1, 15.5,
		16.0,
		17.2}
	if d, p := kolmogorov(a, b); math.Abs(d-0.4) > 1e-12 || math.Abs(p-0.0590) > 1e-3 {
		t.Errorf("D %v, p %v", d, p)
	}
	if d, p := kolmogorov(a, a); d != 0 || p != 1 {
		t.Errorf("of equal samples: D %v, p %v", d, p)
	}
}

// TestShift: of classes it is the total variation and the chi-square test, scipy's chi2_contingency of [[30, 20, 10],
// [10, 25, 25]]: 16.98, p = 0.000205.
func TestShift(t *testing.T) {
	row := func(counts ...int) (y []float64) {
		for k, n := range counts {
			for range n {
				y = append(y, float64(k))
			}
		}
		return y
	}
	d, p := shift(row(30, 20, 10), row(10, 25, 25), 3)
	if math.Abs(d-1.0/3) > 1e-12 || math.Abs(p-0.00020508962237) > 1e-12 {
		t.Errorf("distance %v, p %v", d, p)
	}
}

// TestMarkOf: a mark is far from all others and has many rows; zeros, values that were cut off and single outliers are
// none.
func TestMarkOf(t *testing.T) {
	values := func(n int, mark float64, share int) (x []float64) {
		for i := range n {
			v := 50 + 10*math.Sin(float64(i))
			if share > 0 && i%share == 0 {
				v = mark
			}
			x = append(x, v)
		}
		return x
	}
	scale := func(n int, mark float64) (x []float64) { // 1 to 5
		for i := range n {
			if x = append(x, float64(1+i%5)); i%10 == 0 {
				x[i] = mark
			}
		}
		return x
	}
	for name, c := range map[string]struct {
		x    []float64
		mark float64
		n    int
	}{
		"-999":         {values(200, -999, 10), -999, 20},
		"9999":         {values(200, 9999, 20), 9999, 10},
		"none":         {values(200, 0, 0), 0, 0},
		"zeros":        {values(200, 0, 10), 0, 0},
		"cut off":      {values(200, 60, 10), 0, 0},
		"few":          {values(1000, -999, 300), 0, 0},
		"most":         {values(200, -999, 1), 0, 0},
		"no whole one": {values(200, -999.5, 10), 0, 0},
		"99 beside 60": {values(200, 99, 10), 99, 20},
		"98 beside 60": {values(200, 98, 10), 0, 0},
		"of a scale":   {scale(200, -999), -999, 20},
		"9 of a scale": {scale(200, 9), 0, 0},
	} {
		if mark, n, _ := markOf(c.x); mark != c.mark || n != c.n {
			t.Errorf("%s: %v in %d rows, want %v in %d", name, mark, n, c.mark, c.n)
		}
	}
}

// TestAlone: by hand, a column that is the class says all of it, one that is a period of the sample's number nothing.
func TestAlone(t *testing.T) {
	var class, same, none, y []float64
	for i := range 200 {
		k := float64(i / 2 % 2)
		class, same, none = append(class, k), append(same, 3), append(none, math.Sin(float64(i*i)))
		y = append(y, k)
	}
	if s := alone(class, y, 2); s != 1 {
		t.Errorf("the class itself: %v", s)
	}
	if s := alone(same, y, 2); s > 0.1 {
		t.Errorf("a constant: %v", s)
	}
	if s := alone(none, y, 2); s > 0.4 {
		t.Errorf("noise: %v", s)
	}
	if s := alone(class, y, 0); math.Abs(s-1) > 1e-9 {
		t.Errorf("a number: %v", s)
	}
}

// TestSkillOf: by hand, of accuracies, root mean squares and losses.
func TestSkillOf(t *testing.T) {
	for _, c := range []struct {
		name            string
		value, constant float64
		minimize        bool
		want            float64
	}{
		{"accuracy", 0.9, 0.6, false, 0.75}, {"rmse", 3, 6, true, 0.75}, {"loss", 0.3, 0.6, true, 0.5}, {"r2", 0.7, 0,
			false, 0.7},
		{"accuracy", 0.5, 0.6, false, -0.25},
	} {
		if got := skillOf(c.name, c.value, c.constant, c.minimize); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s %v beside %v: %v, want %v", c.name, c.value, c.constant, got, c.want)
		}
	}
}

// TestFold: what a fault explains stands under it, whatever the order; a tip explains no fault; of two that explain
// each other the first one stands.
func TestFold(t *testing.T) {
	of := func(code string, grade Grade, explains ...string) Finding {
		return Finding{Code: code, Grade: grade, doc: &Doc{Code: code, Explains: explains}}
	}
	got := fold([]Finding{of("data/a", Tip, "result/"), of("activation/b", Fault, "result/x"),
		of("dynamics/c", Fault, "activation/"), of("result/x", Fault), of("result/y", Tip), of("split/d", Fault,
			"split/e"),
		of("split/e", Fault, "split/d")})
	tree := ""
	for _, f := range got {
		tree += f.Code + "["
		for _, e := range f.Effects {
			tree += e.Code + " "
		}
		tree += "] "
	}
	if want := "dynamics/c[activation/b result/x ] split/d[split/e ] data/a[result/y ] "; tree != want {
		t.Errorf("%s, want %s", tree, want)
	}
	last := of("result/z", Tip)
	last.more = []string{"result/x"}
	got = fold([]Finding{of("result/x", Tip, "result/z"), last})
	if len(got) != 1 || got[0].Code != "result/z" || len(got[0].Effects) != 1 {
		t.Errorf("what a finding explains by itself: %+v", got)
	}
}

// TestJudge: a try is kept where it helps beyond its noise. By hand: gains 0.1, 0.12 and 0.14 have a mean of 0.12 and a
// standard error of 0.02/√3; gains 0.1, −0.1 and 0.12 one of 0.04 ± 0.0702.
func TestJudge(t *testing.T) {
	for _, c := range []struct {
		skills, before []float64
		gain, noise    float64
		kept           bool
	}{
		{[]float64{0.6, 0.62, 0.64}, []float64{0.5, 0.5, 0.5}, 0.12, 0.02 / math.Sqrt(3), true},
		{[]float64{0.6, 0.4, 0.62}, []float64{0.5, 0.5, 0.5}, 0.04, 0.0702376, false},
		{[]float64{0.501, 0.501, 0.501}, []float64{0.5, 0.5, 0.5}, 0.001, 0, false},
	} {
		a := Attempt{Skills: c.skills, Before: c.before}
		a.judge()
		if math.Abs(a.Gain-c.gain) > 1e-9 || math.Abs(a.Noise-c.noise) > 1e-6 || a.Kept != c.kept {
			t.Errorf("%+v, want %+v", a, c)
		}
	}
}

// TestCovered: an autocorrelation of a season of 8 peaks at 8, 16 and 24; by hand, a window of 8 steps sees the season
// of which 24 is a multiple, one of 5 does not, and neither does one of 8 where the season is 24.
func TestCovered(t *testing.T) {
	wave := func(season int) (r []float64) {
		for k := range 30 {
			r = append(r, math.Cos(2*math.Pi*float64(k)/float64(season)))
		}
		return r
	}
	for _, c := range []struct {
		season, lag, window int
		want                bool
	}{{8, 24, 8, true}, {8, 24, 5, false}, {24, 24, 8, false}, {8, 16, 10, true}} {
		if got := covered(wave(c.season), c.lag, c.window); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
