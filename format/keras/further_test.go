package keras

import (
	"bytes"
	"slices"
	"testing"

	"gorae/format"
	"gorae/layer"
	"gorae/model"
)

// TestFurtherModels: a file with further models gives them back with their weights, beside its members; whatever knows
// one model only reads the main one.
func TestFurtherModels(t *testing.T) {
	of := func(units int) *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: units})
		if err := m.Build(uint64(units)); err != nil {
			t.Fatal(err)
		}
		return m
	}
	main, a, b := of(2), of(4), of(5)
	var buf bytes.Buffer
	if err := SaveAll(&buf, &format.File{Model: main,
		Models:  []format.Named{{Name: "b", Model: b}, {Name: "a", Model: a}},
		Members: []Member{{Name: "my/note", Data: []byte("x")}}}); err != nil {
		t.Fatal(err)
	}
	f, err := LoadAll(bytes.NewReader(buf.Bytes()), int64(buf.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Members) != 1 || len(f.Models) != 2 || f.Models[0].Name != "b" {
		t.Fatalf("%d members, models %+v", len(f.Members), f.Models)
	}
	for _, x := range []struct{ was, is *model.Model }{{main, f.Model}, {a, f.Named("a")}, {b, f.Named("b")}} {
		if was, is := x.was.Store().Var("dense/kernel").Value,
			x.is.Store().Var("dense/kernel").Value; !slices.Equal(was.F32, is.F32) {
			t.Errorf("the weights are %v, were %v", is.F32, was.F32)
		}
	}
	for _, bad := range []format.Named{{Name: "", Model: a}, {Name: "x/y", Model: a}, {Name: "a"},
		{Name: "a", Model: model.Sequential()}} {
		if err := SaveAll(&bytes.Buffer{}, &format.File{Model: main, Models: []format.Named{bad}}); err == nil {
			t.Errorf("%q was saved", bad.Name)
		}
	}
	var damaged bytes.Buffer
	if err := Save(&damaged, main, Member{Name: "gorae/models/a.keras", Data: []byte("PK")}); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAll(bytes.NewReader(damaged.Bytes()), int64(damaged.Len())); err == nil {
		t.Error("a damaged further model is read")
	}
}
