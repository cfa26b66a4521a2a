package model_test

import (
	"slices"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/weight"
)

// TestFreeze: frozen layers keep their weights and averages in training, and move once they are free again.
func TestFreeze(t *testing.T) {
	m := build(t, model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4}, layer.BatchNormalization{},
		layer.Dense{Units: 1}))
	if n := kinds(m.Store().Vars(), weight.State); n != 2 {
		t.Fatalf("%d averages", n)
	}
	x := random(1, 8, 3)
	value := func(path string) []float32 { return slices.Clone(m.Store().Var(path).Value.F32) }
	moved := func(before map[string][]float32) (paths []string) {
		for _, v := range m.Store().Vars() {
			if !slices.Equal(before[v.Path], v.Value.F32) {
				paths = append(paths, v.Path)
			}
		}
		return paths
	}
	values := func() map[string][]float32 {
		all := map[string][]float32{}
		for _, v := range m.Store().Vars() {
			all[v.Path] = value(v.Path)
		}
		return all
	}
	dense, norm := m.Layers()[1], m.Layers()[2]
	dense.SetTrainable(false)
	norm.SetTrainable(false)
	if dense.Trainable() || norm.Trainable() || !m.Trainable() || m.Summary().Trainable != 5 {
		t.Errorf("%d parameters are trainable", m.Summary().Trainable)
	}
	before := values()
	fitSome(t, m, x)
	if got := moved(before); !slices.Equal(got, []string{"dense_1/kernel", "dense_1/bias"}) {
		t.Errorf("with two frozen layers %v move", got)
	}
	m.SetTrainable(true)
	before = values()
	fitSome(t, m, x)
	if got := moved(before); len(got) != len(before) {
		t.Errorf("with all layers free only %v move", got)
	}
	m.SetTrainable(false)
	norm.SetTrainable(true) // as in Keras, the model's own word counts for its weights
	if n := len(m.TrainableWeights()); n != 0 || m.Trainable() || !norm.Trainable() {
		t.Errorf("%d weights of a frozen model are trainable", n)
	}
}

// TestFreezeNested: a model within a model is frozen as a layer, by itself or through its own layers, before or after
// it is built.
func TestFreezeNested(t *testing.T) {
	for _, late := range []bool{false, true} {
		base := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4}, layer.BatchNormalization{})
		m := model.Sequential(layer.Input{Shape: []int{3}}, base, layer.Dense{Units: 1})
		if late {
			build(t, m)
		}
		base.SetTrainable(false)
		build(t, m)
		if s := m.Summary(); s.Trainable != 5 || s.Total != 16+16+5 {
			t.Errorf("late %v: %d of %d parameters are trainable", late, s.Trainable, s.Total)
		}
		before := m.Store().Snapshot()
		kernel := slices.Clone(m.Store().Var("dense/kernel").Value.F32)
		fitSome(t, m, random(1, 8, 3))
		for _, v := range m.Store().Vars() {
			if v.Path == "sequential/batch_normalization/moving_mean" && slices.Max(v.Value.F32) != 0 {
				t.Error("the averages of a frozen model move")
			}
		}
		if slices.Equal(kernel, m.Store().Var("dense/kernel").Value.F32) {
			t.Error("the head does not move")
		}
		if err := m.Store().Restore(before); err != nil {
			t.Fatal(err)
		}
		m.Layers()[1].SetTrainable(true)
		if n := m.Summary().Trainable; n != 16+8+5 || !base.Trainable() {
			t.Errorf("late %v: %d parameters are trainable after all", late, n)
		}
		base.Layers()[1].SetTrainable(false)
		if n := m.Summary().Trainable; n != 8+5 {
			t.Errorf("late %v: with one inner layer frozen %d parameters are trainable", late, n)
		}
	}
}

// TestFreezeWithin: layers within a layer follow it, whatever their own configuration said.
func TestFreezeWithin(t *testing.T) {
	m := build(t, model.Sequential(layer.Input{Shape: []int{2, 3}},
		layer.Bidirectional{Layer: layer.LSTM{Base: layer.Base{Frozen: true}, Units: 2}}, layer.Dense{Units: 1}))
	all := m.Summary()
	if all.Trainable == all.Total {
		t.Fatal("nothing is frozen at first")
	}
	m.Layers()[1].SetTrainable(true)
	if n := m.Summary().Trainable; n != all.Total {
		t.Errorf("%d of %d parameters are trainable", n, all.Total)
	}
	m.Layers()[1].SetTrainable(false)
	if n := m.Summary().Trainable; n != 5 {
		t.Errorf("%d parameters are trainable, want 5", n)
	}
}

// TestFrozenPenalty: a frozen weight adds no penalty (Keras 3: Layer._get_regularization_losses goes over
// trainable_weights).
func TestFrozenPenalty(t *testing.T) {
	m := build(t, model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1, KernelRegularizer: weight.L2{}}))
	penalties := func() int {
		tr := model.NewTrace(true)
		if err := graph.Catch(func() { m.Trace(tr, tr.Graph.Input("x", graph.F32(1, 2))) }); err != nil {
			t.Fatal(err)
		}
		return len(tr.Penalties)
	}
	if n := penalties(); n != 1 {
		t.Fatalf("%d penalties", n)
	}
	m.SetTrainable(false)
	if n := penalties(); n != 0 {
		t.Errorf("%d penalties of a frozen model", n)
	}
}
