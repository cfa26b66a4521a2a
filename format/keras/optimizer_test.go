package keras_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// optimizerVars are the first elements of the arrays at optimizer/vars.
func optimizerVars(t *testing.T, m *model.Model, o *keras.Optimizer) []float64 {
	t.Helper()
	var b bytes.Buffer
	if err := (keras.Archive{Optimizer: o}).Save(&b, m); err != nil {
		t.Fatal(err)
	}
	n, _ := loaded(t, b.Bytes()) // the state does not hinder loading
	sameOutput(t, m, n)
	w := members(t, b.Bytes())[2].data
	f, err := hdf5.Open(bytes.NewReader(w), int64(len(w)))
	if err != nil {
		t.Fatal(err)
	}
	g, err := f.Root().Group("optimizer/vars")
	if err != nil {
		t.Fatal(err)
	}
	var first []float64
	for i := range g.Names() {
		d, err := g.Dataset(fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		v, err := d.Float64s()
		if err != nil {
			t.Fatal(err)
		}
		first = append(first, v[0])
	}
	return first
}

// TestOptimizer: the slots stand in Keras's order, that of its model.layers and not of the making of the
// weights: Adam's weight by weight, RMSprop's kind by kind. Frozen weights have none.
func TestOptimizer(t *testing.T) {
	in := model.Input("x", 2)
	near := model.Apply(layer.Dense{Base: layer.Base{Name: "near"}, Units: 1, NoBias: true}, in)
	far := model.Apply(layer.Dense{Base: layer.Base{Name: "hidden"}, Units: 1, NoBias: true}, in)
	far = model.Apply(layer.Dense{Base: layer.Base{Name: "frozen", Frozen: true}, Units: 1}, far)
	m := model.New([]*model.Value{in}, []*model.Value{model.Apply(layer.Add{}, near, far)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	slot := func(name string, v float32, shape ...int) tensor.Named {
		x := tensor.New(tensor.Float32, shape...)
		x.F32[0] = v
		return tensor.Named{Name: name, Tensor: x}
	}
	class := func(c string) config.Map { return config.Map{{Key: "class_name", Value: c}} }
	rate := float32(0.25)
	for _, c := range []struct {
		class string
		rate  *float32
		slots []tensor.Named
		want  []float64
	}{
		{"SGD", &rate, nil, []float64{5, 0.25}},
		{"Adam", &rate, []tensor.Named{slot("optimizer/near/kernel/velocity", 1, 2, 1),
			slot("optimizer/near/kernel/momentum", 2, 2, 1), slot("optimizer/hidden/kernel/momentum", 3, 2, 1)},
			[]float64{5, 0.25, 3, 0, 2, 1}},
		{"RMSprop", nil, []tensor.Named{slot("optimizer/near/kernel/average_gradient", 1, 2, 1),
			slot("optimizer/near/kernel/momentum", 2, 2, 1), slot("optimizer/near/kernel/velocity", 3, 2, 1),
			slot("optimizer/hidden/kernel/velocity", 4, 2, 1)}, []float64{5, 4, 3, 0, 2, 0, 1}},
		{"Own", nil, []tensor.Named{slot("optimizer/near/kernel/b", 1, 2, 1), slot("optimizer/near/kernel/a", 2, 2, 1),
			slot("optimizer/product", 9)}, []float64{5, 0, 0, 1, 2}},
	} {
		got := optimizerVars(t, m, &keras.Optimizer{Config: class(c.class), Iterations: 5, LearningRate: c.rate,
			Slots: c.slots})
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.class, got, c.want)
		}
	}
	for want, o := range map[string]*keras.Optimizer{
		"has no class_name": {},
		"belongs to no": {Config: class("Adam"),
			Slots: []tensor.Named{slot("optimizer/frozen/kernel/momentum", 1, 1, 1)}},
		"its weight float32": {Config: class("Adam"),
			Slots: []tensor.Named{slot("optimizer/near/kernel/momentum", 1, 3)}},
	} {
		var b bytes.Buffer
		if err := (keras.Archive{Optimizer: o}).Save(&b, m); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want …%s…", err, want)
		}
	}
}
