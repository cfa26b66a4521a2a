package task_test

import (
	"slices"
	"testing"

	"gorae/data"
	"gorae/loss"
	"gorae/task"
	"gorae/tensor"
)

// varying is three samples that differ from epoch to epoch, with lengths of their own and a class each.
type varying struct{}

func (varying) Spec() data.Spec {
	return data.Spec{
		Inputs:  []data.Field{{Name: "x", Shape: tensor.Shape{2}, Ragged: true}},
		Targets: []data.Field{{Name: "y", DType: tensor.Int32, Shape: tensor.Shape{}}},
		Traits:  data.Traits{Workers: 7, Varying: true, Length: func(i int) int { return 1 + i%2 }},
	}
}
func (varying) Len() int { return 3 }
func (varying) Read(epoch, i int, row data.Row) error {
	row[0].F32[0] = float32(10*epoch + i)
	if len(row) > 1 {
		row[1].I32[0] = int32(i)
	}
	return nil
}

// TestEncode: classes become what the loss compares, inputs and traits stay, and rows without targets are read.
func TestEncode(t *testing.T) {
	outputs := []task.Output{{Name: "y", Classes: []string{"a", "b", "c"}}}
	for _, c := range []struct {
		loss  loss.Loss
		width int
		want  []float32 // of sample 2; nil: the number
	}{
		{loss.SparseCategoricalCrossentropy{}, 3, nil},
		{loss.CategoricalCrossentropy{}, 3, []float32{0, 0, 1}},
		{loss.BinaryCrossentropy{}, 1, []float32{2}},
	} {
		d := task.Encode(varying{}, outputs, []loss.Loss{c.loss}, []tensor.Shape{{1, c.width}})
		s := d.Spec()
		if s.Workers != 7 || !s.Varying || s.Length(1) != 2 || !s.Inputs[0].Ragged {
			t.Errorf("%T: traits %+v", c.loss, s.Traits)
		}
		row := s.Row()
		if err := d.Read(4, 2, row); err != nil {
			t.Fatal(err)
		}
		if row[0].F32[0] != 42 {
			t.Errorf("%T: input %v", c.loss, row[0].F32)
		}
		if c.want == nil && row[1].I32[0] != 2 || c.want != nil && !slices.Equal(row[1].F32, c.want) {
			t.Errorf("%T: target %v %v", c.loss, row[1].I32, row[1].F32)
		}
		if err := d.Read(1, 1, row[:1]); err != nil || row[0].F32[0] != 11 {
			t.Errorf("%T: without a target: %v, %v", c.loss, row[0].F32, err)
		}
	}
	// A class that is no output is an error, and nothing is written beyond the row.
	two := task.Encode(varying{}, outputs, []loss.Loss{loss.CategoricalCrossentropy{}}, []tensor.Shape{{1, 2}})
	if err := two.Read(0, 2, two.Spec().Row()); err == nil {
		t.Error("class 2 of two outputs passes")
	}
}
