package model

import (
	"slices"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/tensor"
)

// TestAfter: the model behind a layer gives what the whole model gives, has its weights, and is refused where a layer
// behind needs more.
func TestAfter(t *testing.T) {
	x := Input("x", 3)
	code := Apply(layer.Dense{Base: layer.Base{Name: "code"}, Units: 2, Activation: "tanh"}, x)
	h := Apply(layer.Dense{Base: layer.Base{Name: "hidden"}, Units: 4, Activation: "relu"}, code)
	y := Apply(layer.Dense{Base: layer.Base{Name: "out"}, Units: 3}, h)
	m := New([]*Value{x}, []*Value{y, code})
	if _, err := m.After("code"); err == nil {
		t.Error("a model that is not built is cut")
	}
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	in := &tensor.Tensor{Shape: tensor.Shape{2, 3}, F32: []float32{1, -2, 0.5, 0, 3, 1}}
	whole, err := m.Predict(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	d, err := m.After("code")
	if err != nil {
		t.Fatal(err)
	}
	part, err := d.Predict(t.Context(), whole[1])
	if err != nil || len(part) != 1 || !slices.Equal(part[0].F32, whole[0].F32) {
		t.Fatal(part, whole[0], err)
	}
	m.Commit(func() { m.Store().Var("out/bias").Value.F32[0] += 5 })
	again, err := d.Predict(t.Context(), whole[1])
	if err != nil || again[0].F32[0] != part[0].F32[0]+5 {
		t.Error("the weights are not those of the whole model", err)
	}
	both := New([]*Value{x}, []*Value{Apply(layer.Concatenate{Base: layer.Base{Name: "both"}}, y, x)})
	if err := both.Build(1); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"code": `layer "both" needs "x" beside what follows from "code"`,
		"both": "no output follows", "cod": `did you mean "code"`} {
		if _, err := both.After(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
