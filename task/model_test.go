package task_test

import (
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
)

// TestCheckIDs: ids are checked in every input that an Embedding reads, also behind a layer that moves them, and
// nowhere else.
func TestCheckIDs(t *testing.T) {
	words, numbers, code := model.Input("words", 3), model.Input("numbers", 2), model.Input("code", 2, 2)
	moved := model.Apply(layer.Flatten{}, code)
	m := model.New([]*model.Value{words, numbers, code}, []*model.Value{
		model.Apply(layer.Embedding{InputDim: 5, OutputDim: 2}, words),
		model.Apply(layer.Dense{Units: 1}, numbers),
		model.Apply(layer.Embedding{Base: layer.Base{Name: "codes"}, InputDim: 3, OutputDim: 1}, moved)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		input, at int
		value     float32
		want      string
	}{
		{0, 4, 4, ""},
		{0, 4, 5, `f.npz: sample 1 holds 5 at position 1 of input "words"; embedding "embedding" takes ids from 0 to 4`},
		{0, 0, -1, `f.npz: sample 0 holds -1 at position 0 of input "words"; embedding "embedding" takes ids from 0 to 4`},
		{1, 1, 77.5, ""},
		{2, 7, 2, ""},
		{2, 7, 3, `f.npz: sample 1 holds 3 at position 3 of input "code"; embedding "codes" takes ids from 0 to 2`},
		{2, 0, .5, `f.npz: sample 0 holds 0.5 at position 0 of input "code"; embedding "codes" takes ids from 0 to 2`},
	} {
		x := []*tensor.Tensor{tensor.New(tensor.Float32, 2, 3), tensor.New(tensor.Float32, 2, 2),
			tensor.New(tensor.Float32, 2, 2, 2)}
		x[c.input].F32[c.at] = c.value
		d := &data.Memory{}
		for i, name := range m.InputNames() {
			d.Inputs = append(d.Inputs, tensor.Named{Name: name, Tensor: x[i]})
		}
		got := ""
		if err := task.CheckIDs(m, d, "f.npz"); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v at %d of input %d: %q, want %q", c.value, c.at, c.input, got, c.want)
		}
	}
}
