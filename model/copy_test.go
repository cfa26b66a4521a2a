package model_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
)

// TestCopyWeights: weights and averages go by the layers' names, all or nothing.
func TestCopyWeights(t *testing.T) {
	named := func(n string) layer.Base { return layer.Base{Name: n} }
	src := build(t, model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Base: named("a"), Units: 4},
		layer.BatchNormalization{Base: named("n")}, layer.Dense{Base: named("head"), Units: 2},
		layer.Dense{Base: named("old"), Units: 1}))
	src.Store().Var("n/moving_mean").Value.F32[1] = 7
	network := func() *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Base: named("a"), Units: 4},
			layer.BatchNormalization{Base: named("n")}, layer.Dense{Base: named("head"), Units: 5},
			layer.Dense{Base: named("new"), Units: 1})
		if err := m.Build(9); err != nil {
			t.Fatal(err)
		}
		return m
	}
	dst := network()
	before := dst.Store().Snapshot()
	var bad *model.MismatchError
	_, err := model.CopyWeights(dst, src, model.CopyOptions{})
	if !errors.As(err, &bad) || bad.Layer != "head" || bad.Weight != "kernel" || bad.Want.String() != "(4, 5)" ||
		bad.Have.String() != "(4, 2)" {
		t.Errorf("a head of another size: %v", err)
	}
	if !slices.Equal(dst.Store().Snapshot(), before) {
		t.Error("an error left some weights copied")
	}
	c, err := model.CopyWeights(dst, src, model.CopyOptions{SkipMismatch: true})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(c.Layers, []string{"a", "n"}) || !slices.Equal(c.Missing, []string{"new"}) ||
		!slices.Equal(c.Unused, []string{"old"}) || len(c.Skipped) != 1 || c.Skipped[0].Layer != "head" {
		t.Errorf("copied %+v", c)
	}
	for _, p := range []string{"a/kernel", "a/bias", "n/moving_mean", "n/gamma"} {
		if !slices.Equal(dst.Store().Var(p).Value.F32, src.Store().Var(p).Value.F32) {
			t.Errorf("%s is not copied", p)
		}
	}
	if dst.Store().Var("a/kernel").Variable == src.Store().Var("a/kernel").Variable {
		t.Error("a copied weight is shared")
	}
	dst = network()
	if c, err = model.CopyWeights(dst, src, model.CopyOptions{Layers: []string{"a"}}); err != nil ||
		!slices.Equal(c.Layers, []string{"a"}) ||
		dst.Store().Var("n/moving_mean").Value.F32[1] != 0 {
		t.Errorf("one layer alone: %+v, %v", c, err)
	}
	for _, e := range []struct {
		src  *model.Model
		o    model.CopyOptions
		want string
	}{
		{src, model.CopyOptions{Layers: []string{"heads"}},
			`model "sequential" has no layer "heads" with weights; did you mean "head"?`},
		{src, model.CopyOptions{Layers: []string{"old"}}, `has no layer "old" with weights`},
		{build(t, model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 1})), model.CopyOptions{},
			"have no layer with weights in common: a, n, head, new, and dense"},
		{build(t, model.Sequential(layer.Input{Shape: []int{3}},
			layer.Dense{Base: named("a"), Units: 4, NoBias: true})), model.CopyOptions{},
			`layer "a": the source has no weight bias of shape (4,)`},
		{model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 1}), model.CopyOptions{}, "is not built"},
	} {
		if _, err := model.CopyWeights(dst, e.src, e.o); err == nil || !strings.Contains(err.Error(), e.want) {
			t.Errorf("%v, want %s", err, e.want)
		}
	}
	if _, err := model.CopyWeights(build(t, model.Sequential(layer.Input{Shape: []int{3}},
		layer.Dense{Base: named("a"), Units: 4, NoBias: true})),
		src, model.CopyOptions{}); err == nil || !strings.Contains(err.Error(), "the model has none") {
		t.Errorf("a weight that the source has alone: %v", err)
	}
}
