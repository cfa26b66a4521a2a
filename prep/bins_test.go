package prep

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
)

// TestBins compares with features computed by hand. The edges are those of numpy.quantile(x, [0, 0.5, 1]).
func TestBins(t *testing.T) {
	b := FitBins([]float64{3, 0, 4, 1, 10, 2}, 2)
	if want := (Bins{0, 2.5, 10}); !slices.Equal(b, want) {
		t.Fatalf("edges %v, want %v", b, want)
	}
	for x, want := range map[float64][]float32{
		1: {0.4, 0}, 2.5: {1, 0}, 5: {1, 1.0 / 3}, -1: {-0.4, 0}, 12: {1, 9.5 / 7.5},
	} {
		got := make([]float32, 2)
		b.Apply(got, x)
		for i := range want {
			if math.Abs(float64(got[i]-want[i])) > 1e-6 {
				t.Errorf("%v becomes %v, want %v", x, got, want)
			}
		}
	}
	for _, c := range []struct {
		x    []float64
		n    int
		want Bins
	}{
		{[]float64{1, 1, 1, 1, 2}, 4, Bins{1, 2}}, // equal quantiles are one edge
		{[]float64{7, 7, 7}, 5, nil},
		{nil, 3, nil},
	} {
		if got := FitBins(c.x, c.n); !slices.Equal(got, c.want) {
			t.Errorf("bins of %v: %v, want %v", c.x, got, c.want)
		}
	}
}

// TestPiecewise fits a column, applies it, and reads it back from JSON. Values of the other rows have no part in it.
func TestPiecewise(t *testing.T) {
	const rows = "x,y\n0,1\n1,2\n2,1\n3,2\n4,1\n10,2\n,1\n1e9,2\n"
	table, err := data.ReadCSV(strings.NewReader(rows), "f.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Fit(table, []int{0, 1, 2, 3, 4, 5, 6}, Columns{Targets: []string{"y"}, Specs: map[string]Spec{
		"x": {Scale: Unscaled{}, Piecewise: 2, Impute: "median", Indicator: true}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(p.FeatureNames(), ", "), "x, x 0…2.5, x 2.5…10, x missing"; got != want {
		t.Errorf("features %s, want %s", got, want)
	}
	blob, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var again Pipeline
	if err := json.Unmarshal(blob, &again); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Pipeline{p, &again} {
		x, err := p.Apply(table)
		if err != nil {
			t.Fatal(err)
		}
		for row, want := range map[int][]float32{0: {0, 0, 0, 0}, 1: {1, 0.4, 0, 0}, 5: {10, 1, 1, 0},
			6: {2.5, 1, 0, 1}} {
			if got := x.F32[4*row : 4*row+4]; !slices.Equal(got, want) {
				t.Errorf("row %d: %v, want %v", row, got, want)
			}
		}
	}
	for _, bad := range []string{`"bins":[0,2.5]`, `"bins":[0]`, `"bins":[3,2.5,10]`, `"bins":[0,1,2,3]`} {
		s := strings.Replace(string(blob), `"bins":[0,2.5,10]`, bad, 1)
		if err := json.Unmarshal([]byte(s), &again); (err == nil) != (bad == `"bins":[0,2.5]`) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
