package prep

import (
	"slices"
	"strings"
	"testing"

	"gorae/tensor"
)

// TestTargets: classes become what losses compare outputs with; numbers stay.
func TestTargets(t *testing.T) {
	three := &Target{Name: "kind", Task: Classification, Classes: []string{"a", "b", "c"}}
	two := &Target{Name: "kind", Task: Classification, Classes: []string{"no", "yes"}}
	number := &Target{Name: "price", Task: Regression, SD: 1}
	ids := tensor.Of([]int32{2, 0, 1}, 3)
	for name, c := range map[string]struct {
		target  *Target
		y       *tensor.Tensor
		outputs int
		sparse  bool
		shape   tensor.Shape
		want    [][]float64
	}{
		"ids":     {three, ids, 3, true, tensor.Shape{}, [][]float64{{2}, {0}, {1}}},
		"one-hot": {three, ids, 3, false, tensor.Shape{3}, [][]float64{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}}},
		"0 and 1": {two, tensor.Of([]int32{1, 0, 1}, 3), 1, false, tensor.Shape{1}, [][]float64{{1}, {0}, {1}}},
		"numbers": {number, tensor.Of([]float32{1.5, -2, 0}, 3, 1), 1, false, tensor.Shape{1},
			[][]float64{{1.5}, {-2}, {0}}},
	} {
		d, err := c.target.Targets(c.y, ClassEncoding(c.outputs, c.sparse), c.outputs)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s := d.Spec()
		if len(s.Inputs) != 1 || s.Inputs[0].Name != c.target.Name || !s.Inputs[0].Shape.Equal(c.shape) ||
			d.Len() != 3 {
			t.Errorf("%s: %d samples of %+v", name, d.Len(), s)
		}
		row := s.Row()
		for i, want := range c.want {
			if err := d.Read(0, i, row); err != nil {
				t.Fatal(err)
			}
			var got []float64
			for k := range row[0].Len() {
				got = append(got, row[0].Float(k))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: sample %d is %v; want %v", name, i, got, want)
			}
		}
		if d.Read(0, 3, row) == nil {
			t.Errorf("%s: sample 3 of 3 was read", name)
		}
	}
	if _, err := three.Targets(ids, OneHot, 2); err == nil || !strings.Contains(err.Error(),
		"class 2 of sample 0 is none of 2 outputs") {
		t.Error(err)
	}
}
