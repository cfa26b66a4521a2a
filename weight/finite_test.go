package weight

import (
	"math"
	"strings"
	"testing"

	"gorae/tensor"
)

func TestFinite(t *testing.T) {
	s := NewStore()
	for _, path := range []string{"a/kernel", "b/kernel"} {
		if _, err := s.Add(path, Variable{Shape: tensor.Shape{2, 3}}); err != nil {
			t.Fatal(err)
		}
	}
	s.Alloc()
	if err := s.Finite(); err != nil {
		t.Error(err)
	}
	v := s.Var("b/kernel").Value.F32
	v[0], v[1] = math.MaxFloat32, -math.SmallestNonzeroFloat32
	if err := s.Finite(); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string]float64{"NaN": math.NaN(), "+Inf": math.Inf(1), "−Inf": math.Inf(-1)} {
		v[4], v[5] = float32(bad), float32(bad)
		err := s.Finite()
		if err == nil || !strings.HasPrefix(err.Error(),
			"the weight b/kernel holds "+name+" at [1 1] (2 of its 6 numbers ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
