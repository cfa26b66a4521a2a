package keras_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"gorae/config"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/weight"
)

func paths(vs []*weight.Var) (list []string) {
	for _, v := range vs {
		list = append(list, v.Path)
	}
	return list
}

// TestFrozenIsSaved: what is frozen stands in the file as Keras writes it, trainable false, and is frozen when
// the file is read: a layer, a model within the model, a whole model, a layer all of whose weights are.
func TestFrozenIsSaved(t *testing.T) {
	network := func() (m, inner *model.Model) {
		inner = model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4}, layer.BatchNormalization{})
		m = model.Sequential(layer.Input{Shape: []int{2, 3}}, layer.TimeDistributed{Layer: inner},
			layer.Dense{Units: 5},
			layer.Bidirectional{Base: layer.Base{Name: "bi"}, Layer: layer.SimpleRNN{Units: 2}})
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		return m, inner
	}
	for name, freeze := range map[string]func(m, inner *model.Model){
		"nothing":     func(m, inner *model.Model) {},
		"a layer":     func(m, inner *model.Model) { m.Layers()[2].SetTrainable(false) },
		"wrapped":     func(m, inner *model.Model) { m.Layers()[3].SetTrainable(false) },
		"a model":     func(m, inner *model.Model) { inner.SetTrainable(false) },
		"an inner":    func(m, inner *model.Model) { inner.Layers()[1].SetTrainable(false) },
		"all":         func(m, inner *model.Model) { m.SetTrainable(false) },
		"all but one": func(m, inner *model.Model) { m.SetTrainable(false); m.Layers()[2].SetTrainable(true) },
		"weights": func(m, inner *model.Model) {
			for _, p := range []string{"dense/kernel", "dense/bias"} {
				m.Store().Var(p).Trainable = false
			}
		},
	} {
		m, inner := network()
		freeze(m, inner)
		n, err := again(m)
		if err != nil {
			t.Fatal(err)
		}
		if want, got := paths(m.TrainableWeights()), paths(n.TrainableWeights()); !slices.Equal(got, want) {
			t.Errorf("%s: %v are trainable, after loading %v", name, want, got)
		}
		if m.Trainable() != n.Trainable() {
			t.Errorf("%s: the model is trainable: %v, after loading %v", name, m.Trainable(), n.Trainable())
		}
		for i, l := range m.Layers() {
			if _, input := l.Layer.(layer.Input); input {
				continue // Keras does not say it of inputs
			}
			if name != "weights" && l.Trainable() != n.Layers()[i].Trainable() {
				t.Errorf("%s: %s is trainable: %v, after loading %v", name, l.Name(), l.Trainable(),
					n.Layers()[i].Trainable())
			}
		}
		c, err := m.Config()
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if has := strings.Contains(string(text), `"trainable":false`); has == (name == "nothing") {
			t.Errorf("%s: the configuration has a frozen part: %v", name, has)
		}
	}
}

// stranger is a layer that no registry has, wild an initializer.
type stranger struct{ layer.Base }

func (stranger) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node { return x }

type wild struct{ weight.Zeros }

// TestUnregistered: a type that no registry has is refused when a model is saved, with its name and the remedy.
func TestUnregistered(t *testing.T) {
	in := layer.Input{Shape: []int{2, 3}}
	inner := model.Sequential(layer.Input{Shape: []int{3}}, stranger{layer.Base{Name: "odd"}})
	for _, c := range []struct {
		layers []layer.Layer
		want   string
	}{
		{[]layer.Layer{in, stranger{}},
			"keras: stranger: the layer keras_test.stranger is not registered, so no file can name it; " +
				"call layer.Layers.RegisterOwn(keras_test.stranger{}) in an init function"},
		{[]layer.Layer{in, layer.TimeDistributed{Layer: stranger{}}},
			"keras: time_distributed.layer: the layer keras_test.stranger is"},
		{[]layer.Layer{in, layer.TimeDistributed{Layer: inner}},
			"keras: time_distributed.layer.odd: the layer keras_test.stranger is"},
		{[]layer.Layer{in, layer.Dense{Base: layer.Base{Name: "d"}, Units: 1, Kernel: &wild{}}},
			"keras: d.kernel_initializer: the initializer *keras_test.wild is not registered, so no file can name " +
				"it; " +
				"call weight.Initializers.RegisterOwn(&keras_test.wild{}) in an init function"},
	} {
		m := model.Sequential(c.layers...)
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		err := keras.Save(&b, m)
		var e *config.Error
		if !errors.As(err, &e) || e.Code != config.Unregistered || !strings.HasPrefix(err.Error(), c.want) ||
			b.Len() != 0 {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
