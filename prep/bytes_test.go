package prep

import (
	"testing"

	"gorae/data"
	"gorae/tensor"
)

// A dataset under an affine transform gives what the transform gives to the whole.
func TestScaled(t *testing.T) {
	pixels := tensor.New(tensor.Uint8, 5, 2, 3)
	floats := tensor.New(tensor.Float32, 5, 2, 3)
	for i := range pixels.U8 {
		pixels.U8[i], floats.F32[i] = byte(i*9), float32(i)*1.7-4
	}
	for _, c := range []struct {
		x *tensor.Tensor
		a Affine
	}{
		{pixels, Affine{Shift: []float64{0}, Divisor: []float64{255}}},
		{pixels, Affine{Shift: []float64{3, 2, 1}, Divisor: []float64{7, 8, 9}}},
		{floats, Affine{Shift: []float64{0}, Divisor: []float64{1}}},
		{floats, Affine{Shift: []float64{3, 2, 1}, Divisor: []float64{7, 8, 9}}},
	} {
		want, err := c.a.Apply(c.x)
		if err != nil {
			t.Fatal(err)
		}
		y := tensor.Of([]int32{4, 3, 2, 1, 0}, 5)
		x, err := NewScaled(c.x, &c.a)
		if err != nil {
			t.Fatal(err)
		}
		ids, err := data.Of(y, nil)
		if err != nil {
			t.Fatal(err)
		}
		ds, err := data.WithTargets(x, ids)
		if err != nil {
			t.Fatal(err)
		}
		if s := ds.Spec(); ds.Len() != 5 || !s.Inputs[0].Shape.Equal(tensor.Shape{2,
			3}) || s.Targets[0].DType != tensor.Int32 {
			t.Fatalf("%d %+v", ds.Len(), s)
		}
		row := data.Row{*tensor.New(tensor.Float32, 2, 3), *tensor.New(tensor.Int32)}
		for i := range 5 {
			if err := ds.Read(0, i, row); err != nil {
				t.Fatal(err)
			}
			for k, v := range row[0].F32 {
				if v != want.F32[6*i+k] {
					t.Errorf("sample %d, element %d: %v; want %v", i, k, v, want.F32[6*i+k])
				}
			}
			if row[1].I32[0] != int32(4-i) {
				t.Errorf("sample %d: target %d", i, row[1].I32[0])
			}
		}
	}
}
