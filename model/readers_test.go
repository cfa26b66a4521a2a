package model_test

import (
	"fmt"
	"testing"

	"gorae/layer"
	"gorae/model"

	"github.com/google/go-cmp/cmp"
)

// TestReaders: the values of each input are followed through layers that move elements, into nested models and out of
// them, and no further than the first layer that computes.
func TestReaders(t *testing.T) {
	sub := model.Input("tokens", 6)
	encoder := model.New([]*model.Value{sub}, []*model.Value{
		model.Apply(layer.Embedding{InputDim: 7, OutputDim: 2}, model.Apply(layer.Reshape{Target: []int{2, 3}}, sub))})
	encoder.Name = "encoder"
	mover := model.Sequential(layer.Input{Shape: []int{6}}, layer.Reshape{Target: []int{3, 2}})
	mover.Name = "mover"

	a, b, c := model.Input("a", 6), model.Input("b", 6), model.Input("c", 6, 1)
	emb := func(name string) layer.Layer {
		return layer.Embedding{Base: layer.Base{Name: name}, InputDim: 5, OutputDim: 2}
	}
	outs := []*model.Value{
		model.Apply(layer.Dense{Units: 1, Base: layer.Base{Name: "dense"}}, a),
		model.Apply(encoder, a),
		model.Apply(emb("moved"), model.Apply(layer.Permute{Dims: []int{2, 1}}, model.Apply(mover, b))),
		model.Apply(emb("scaled"), model.Apply(layer.Rescaling{Scale: layer.Number(2.0),
			Base: layer.Base{Name: "rescale"}}, b)),
		model.Apply(layer.TimeDistributed{Layer: emb(""), Base: layer.Base{Name: "each"}}, c),
	}
	m := model.New([]*model.Value{a, b, c}, outs)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	var got [][]string
	for i := range 3 {
		var names []string
		for _, r := range m.Readers(i) {
			names = append(names, fmt.Sprintf("%s %T", r.Name, r.Layer))
		}
		got = append(got, names)
	}
	want := [][]string{
		{"dense layer.Dense", "encoder/embedding layer.Embedding"},
		{"moved layer.Embedding", "rescale layer.Rescaling"},
		{"each layer.Embedding"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
