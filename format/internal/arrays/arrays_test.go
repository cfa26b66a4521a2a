package arrays

import (
	"strings"
	"testing"

	"gorae/format"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// of is an array whose elements are 1, 2, ….
func of(name string, shape ...int) format.Array {
	return format.Array{Name: name, Shape: shape, Read: func(dst []float32) error {
		for i := range dst {
			dst[i] = float32(i + 1)
		}
		return nil
	}}
}

// build makes two Dense layers of the names, 2 → 2 → 2 units.
func build(t *testing.T, first, second string) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{2}},
		layer.Dense{Base: layer.Base{Name: first}, Units: 2, NoBias: true},
		layer.Dense{Base: layer.Base{Name: second}, Units: 2, NoBias: true})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestOrder: modules go by name where layers have theirs, by number where their names are numbered, in the order of the
// file where that is the program's; where nothing says which comes first, all is refused.
func TestOrder(t *testing.T) {
	double := of("body.weight", 2, 2)
	double.Read = func(dst []float32) error { copy(dst, []float32{5, 6, 7, 8}); return nil }
	head := of("head.weight", 2, 2)
	numbered := func(a format.Array, name string) format.Array { a.Name = name; return a }
	for what, c := range map[string]struct {
		m       *model.Model
		list    []format.Array
		ordered bool
		want    string // the path of the weight that has 5, 7, 6, 8; or what the error says
	}{
		"named": {build(t, "head", "body"), []format.Array{double, head}, false, "body/kernel"},
		"numbers": {build(t, "a", "b"), []format.Array{numbered(head, "10.weight"), numbered(double, "2.weight")},
			false, "a/kernel"},
		"ordered": {build(t, "a", "b"), []format.Array{head, double}, true, "b/kernel"},
		"unknown": {build(t, "a", "b"), []format.Array{head, double}, false,
			`layer "a" could have the weights of body or of head, and the file does not say which comes first`},
		"over": {build(t, "a", "b"), []format.Array{head, double, of("tail.weight", 3)}, true,
			"no weight takes tail.weight (3,)"},
		"lacks": {build(t, "a", "b"), []format.Array{head}, true, "nothing in the file is b/kernel (2, 2)"},
		"path": {build(t, "a", "b"), []format.Array{of("a/kernel", 2, 2), of("c/kernel", 1)}, true,
			"no weight takes c/kernel; nothing in the file is b/kernel (2, 2)"},
		"shape": {build(t, "a", "b"), []format.Array{of("a/kernel", 2, 2), of("b/kernel", 4)}, true,
			"b/kernel has shape (4,), and the weight (2, 2)"},
		"nothing": {build(t, "a", "b"), nil, true, "nothing in the file is a/kernel (2, 2), b/kernel (2, 2)"},
	} {
		before := c.m.Store().Snapshot()
		err := Fill(c.m, c.list, c.ordered)
		if v := c.m.Store().Var(c.want); v != nil {
			if x := v.Value.F32; err != nil || x[0] != 5 || x[1] != 7 || x[2] != 6 || x[3] != 8 {
				t.Errorf("%s: %v, %v", what, x, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", what, err, c.want)
		}
		for i, v := range c.m.Store().Snapshot() {
			if v != before[i] {
				t.Errorf("%s: weights are changed by what failed", what)
				break
			}
		}
	}
}

// TestGates: the rows r, z, n of PyTorch's GRU of one unit become the columns z, r, h; the values are by hand.
func TestGates(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{4, 2}}, layer.GRU{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	err := Fill(m, []format.Array{of("weight_ih_l0", 3, 2), of("weight_hh_l0", 3, 1), of("bias_ih_l0", 3),
		of("bias_hh_l0", 3)}, false)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]float32{"kernel": {3, 1, 5, 4, 2, 6}, "recurrent_kernel": {2, 1, 3},
		"bias": {2, 1, 3, 2, 1, 3}} {
		if x := m.Store().Var("gru/cell/" + path).Value; !same32(x, want) {
			t.Errorf("%s is %v, want %v", path, x.F32, want)
		}
	}
}

func same32(x *tensor.Tensor, want []float32) bool {
	for i, v := range want {
		if x.F32[i] != v {
			return false
		}
	}
	return len(x.F32) == len(want)
}
