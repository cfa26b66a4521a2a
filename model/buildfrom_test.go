package model_test

import (
	"errors"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/weight"
)

// TestBuildFrom: the values come from elsewhere; a refusal leaves the model as it was, and a second
// build is an error.
func TestBuildFrom(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 3})
	no := errors.New("no")
	if err := m.BuildFrom(func(*weight.Store) error { return no }); err != no || m.Store() != nil {
		t.Fatalf("a refusal gives %v and the store %v", err, m.Store())
	}
	fill := func(s *weight.Store) error {
		if v := s.Var("dense/kernel"); v.Value != nil || v.Shape.Size() != 6 {
			t.Errorf("before Alloc the kernel is %v with shape %v", v.Value, v.Shape)
		}
		s.Alloc()
		s.Var("dense/bias").Value.F32[2] = 7
		return nil
	}
	if err := m.BuildFrom(fill); err != nil {
		t.Fatal(err)
	}
	if got := m.Store().Var("dense/bias").Value.F32[2]; got != 7 {
		t.Errorf("the bias is %v", got)
	}
	if err := m.BuildFrom(fill); err == nil {
		t.Error("a second build is no error")
	}
	if err := m.Build(1); err != nil || m.Store().Var("dense/kernel").Value.F32[0] != 0 {
		t.Errorf("Build afterwards changes the weights, or fails: %v", err)
	}
}
