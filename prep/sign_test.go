package prep

import (
	"math"
	"slices"
	"strings"
	"testing"
)

// log1p of a number below 0 is −log(1 + |x|), which is neither NumPy's nan (x ≤ −1) nor its log1p (−0.5 → −0.693): it
// is computed, and said. By hand: log 4 = 1.386294, log 1.5 = 0.405465.
func TestLog1pBelowZeroIsSaid(t *testing.T) {
	tab := table(t, "f.csv", "x,y,z\n-3,1,1\n-0.5,2,2\n0,3,3\n,4,4\n5,5,5\n")
	p, err := Fit(tab, []int{1, 0, 2, 3, 4}, columns("z", map[string]Spec{
		"x": {Log1p: true, Scale: Unscaled{}, Impute: "mean"}, "y": {Log1p: true, Scale: Unscaled{}}}))
	if err != nil {
		t.Fatal(err)
	}
	want := "f.csv:3: x: log1p takes -log(1 + |x|) of values below 0, which are 2 of the 4 training values (the " +
		"first: -0.5); if they mark missing values, missing: [-0.5] says so"
	said := slices.DeleteFunc(slices.Clone(p.Notes), func(n string) bool { return !strings.Contains(n, "log1p") })
	if !slices.Equal(said, []string{want}) {
		t.Errorf("notes %q, want %q alone", said, want)
	}
	x, err := p.Apply(tab)
	if err != nil {
		t.Fatal(err)
	}
	for r, v := range []float64{-1.386294, -0.405465, 0} {
		if math.Abs(float64(x.F32[2*r])-v) > 1e-5 {
			t.Errorf("row %d: %v, want %v", r, x.F32[2*r], v)
		}
	}
}
