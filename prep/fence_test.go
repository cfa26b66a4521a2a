package prep

import (
	"encoding/json"
	"testing"

	"gorae/data"
)

// TestFences: the quartiles of 1 to 8 and 100 are 3 and 7 (numpy.quantile), so that the fences of 1.5 interquartile
// ranges are −3 and 13: 100 becomes 13, in training and in a saved pipeline.
func TestFences(t *testing.T) {
	table := func(values ...float64) *data.Table {
		return &data.Table{Name: "t", Header: true, Rows: len(values),
			Columns: []data.Column{{Name: "x", Kind: data.Number, Numbers: values}}}
	}
	p, err := Fit(table(1, 2, 3, 4, 5, 6, 7, 8, 100), nil,
		Columns{Specs: map[string]Spec{"x": {Fences: 1.5, Scale: Unscaled{}}}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	saved := &Pipeline{}
	if err := json.Unmarshal(b, saved); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*Pipeline{p, saved} {
		out, err := p.Apply(table(100, 5, -50))
		if err != nil || out.F32[0] != 13 || out.F32[1] != 5 || out.F32[2] != -3 {
			t.Errorf("%v, %v; want 13, 5, -3", out, err)
		}
	}
	if f := Fences([]float64{1, 1, 1, 1, 9}, 1.5); f != nil {
		t.Errorf("quartiles that are equal give the fence %v", f)
	}
	if f := Fences(nil, 1.5); f != nil {
		t.Errorf("no values give the fence %v", f)
	}
}
