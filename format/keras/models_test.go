package keras_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// models are wirings of every kind, built, with weights and states that are no constants.
func models(t testing.TB) map[string]*model.Model {
	t.Helper()
	dense := func(n int) layer.Layer { return layer.Dense{Units: n, Activation: "tanh"} }
	all := map[string]*model.Model{
		"sequential": model.Sequential(layer.Input{Shape: []int{4, 3}}, layer.Flatten{}, dense(5),
			layer.Dropout{Rate: 0.3},
			layer.BatchNormalization{}, layer.Dense{Base: layer.Base{Name: "last", Frozen: true}, Units: 2,
				NoBias: true}),
		"ids": model.Sequential(layer.Input{Shape: []int{6}, DType: "int32"}, dense(3)),
		"own": model.Sequential(layer.Input{Shape: []int{3}}, tally{Units: 4}, dense(2),
			tally{Base: layer.Base{Name: "t"}, Units: 2}),
	}
	{ // One layer in two places, two inputs, two outputs.
		a, b := model.Input("left", 3), model.Input("right", 3)
		one := model.Share(dense(4))
		x, y := one.Apply(a), one.Apply(b)
		sum := model.Apply(layer.Add{}, x, y)
		deep := model.Apply(dense(2), model.Apply(dense(6), sum))
		all["shared"] = model.New([]*model.Value{a, b},
			[]*model.Value{deep, model.Apply(layer.Dense{Base: layer.Base{Name: "aside"}, Units: 1}, y)})
	}
	{ // Branches of unlike depth: Keras lists their layers by depth, not as they were made.
		in := model.Input("x", 3)
		short := model.Apply(dense(2), in)
		long := model.Apply(dense(5), model.Apply(dense(4), in))
		all["branches"] = model.New([]*model.Value{in}, []*model.Value{model.Apply(layer.Concatenate{}, short, long)})
	}
	{ // Models within models, of both kinds, one of them twice.
		inner := func() *model.Model {
			in := model.Input("z", 3)
			return model.New([]*model.Value{in}, []*model.Value{model.Apply(layer.BatchNormalization{},
				model.Apply(dense(3), in))})
		}
		chain := model.Sequential(layer.Input{Shape: []int{3}}, dense(4), inner3(dense), dense(3))
		in := model.Input("x", 3)
		twice := model.Share(inner())
		y := twice.Apply(twice.Apply(model.Apply(chain, in)))
		all["nested"] = model.New([]*model.Value{in}, []*model.Value{model.Apply(dense(2), model.Apply(inner(), y))})
	}
	{ // A model and a layer that stand in a model and in models within it.
		enc := model.Sequential(layer.Input{Shape: []int{3}}, dense(4), layer.BatchNormalization{})
		enc.Name = "enc"
		z := model.Input("z", 3)
		gen := model.New([]*model.Value{z}, []*model.Value{model.Apply(dense(5), model.Apply(enc, z))})
		gen.Name = "gen"
		both := model.Share(layer.Dense{Base: layer.Base{Name: "both"}, Units: 3})
		y := model.Input("y", 3)
		inner := model.New([]*model.Value{y}, []*model.Value{both.Apply(y)})
		inner.Name = "inner"
		in := model.Input("x", 3)
		all["shared within"] = model.New([]*model.Value{in}, []*model.Value{model.Apply(layer.Concatenate{},
			model.Apply(gen, in), model.Apply(enc, in), both.Apply(model.Apply(inner, in)))})
	}
	for name, m := range all {
		if err := m.Build(3); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, v := range m.Store().Vars() {
			r := weight.NewRand(5, v.Path)
			for i := range v.Value.F32 {
				v.Value.F32[i] += float32(0.5 * r.Uniform())
			}
		}
	}
	all["up to a layer"] = upto(t, all["sequential"], "dense")
	return all
}

func inner3(dense func(int) layer.Layer) layer.Layer {
	return model.Sequential(layer.Input{Shape: []int{4}}, dense(4), layer.LayerNormalization{})
}

func upto(t testing.TB, m *model.Model, name string) *model.Model {
	t.Helper()
	u, err := m.Upto(name)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func samples(m *model.Model, n int) []*tensor.Tensor {
	var xs []*tensor.Tensor
	for i, typ := range m.InputTypes(n) {
		x := tensor.New(typ.DType, typ.Shape...)
		r := weight.NewRand(9, fmt.Sprint(i))
		for j := range x.Len() {
			if typ.DType == tensor.Int32 {
				x.I32[j] = int32(10 * r.Uniform())
			} else if typ.DType == tensor.Uint8 {
				x.U8[j] = uint8(2 * r.Uniform())
			} else {
				x.F32[j] = float32(2*r.Uniform() - 1)
			}
		}
		xs = append(xs, x)
	}
	return xs
}

func saved(t *testing.T, m *model.Model, extras ...keras.Member) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := keras.Save(&b, m, extras...); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func loaded(t *testing.T, file []byte) (*model.Model, []keras.Member) {
	t.Helper()
	m, extras, err := keras.Load(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	return m, extras
}

// sameOutput holds the outputs of two models against each other, bit by bit.
func sameOutput(t *testing.T, m, n *model.Model) {
	t.Helper()
	xs := samples(m, 5)
	want, err := m.Predict(context.Background(), xs...)
	if err != nil {
		t.Fatal(err)
	}
	got, err := n.Predict(context.Background(), xs...)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("%d outputs, want %d", len(got), len(want))
	}
	for k := range want {
		if !got[k].Shape.Equal(want[k].Shape) {
			t.Fatalf("output %d has shape %v, want %v", k, got[k].Shape, want[k].Shape)
		}
		for i, v := range want[k].F32 {
			if math.Float32bits(v) != math.Float32bits(got[k].F32[i]) {
				t.Fatalf("output %d: element %d is %v, want %v", k, i, got[k].F32[i], v)
			}
		}
	}
}

// TestModels: a model of any wiring comes back with the same outputs, bit by bit, and its file with
// the same bytes.
func TestModels(t *testing.T) {
	all := models(t)
	maps.Copy(all, stepModels(t))
	for name, m := range all {
		t.Run(name, func(t *testing.T) {
			extras := []keras.Member{{Name: "gorae/recipe.json", Data: []byte(`{"a": 1}`)},
				{Name: "empty", Data: []byte{}}}
			file := saved(t, m, extras...)
			n, back := loaded(t, file)
			sameOutput(t, m, n)
			if !slices.EqualFunc(back, extras, func(a,
				b keras.Member) bool {
				return a.Name == b.Name && bytes.Equal(a.Data, b.Data)
			}) {
				t.Errorf("the members came back as %v", back)
			}
			if !bytes.Equal(saved(t, n, back...), file) {
				t.Error("the loaded model is saved as other bytes")
			}
			if name == "nested" || name == "own" || name == "sequential" {
				if got, want := len(n.Store().Trainable()), len(m.Store().Trainable()); got != want {
					t.Errorf("%d weights are moved after loading, %d before", got, want)
				}
			}
		})
	}
}
