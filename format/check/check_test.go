package check_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"gorae/format/check"
	"gorae/layer"
	"gorae/model"
)

func network(constant float32) *model.Model {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		panic(err)
	}
	k := m.Store().Var("dense/kernel").Value.F32
	k[0], k[1] = 0, 0
	m.Store().Var("dense/bias").Value.F32[0] = constant
	return m
}

// The outputs are 1 and 1.5: |1.5 − 1| / (1 + 1).
func Example() {
	d, err := check.Difference(context.Background(), network(1), network(1.5), 7)
	fmt.Println(d, err)
	// Output: 0.25 <nil>
}

// TestDifference: numbers that are not finite in one network alone are infinitely far.
func TestDifference(t *testing.T) {
	for _, c := range []struct {
		a, b float32
		want float64
	}{{3, 3, 0}, {0, float32(math.Inf(1)), math.Inf(1)}, {float32(math.NaN()), 1, math.Inf(1)}} {
		if d, err := check.Difference(t.Context(), network(c.a), network(c.b), 1); err != nil || d != c.want {
			t.Errorf("%v and %v: %v, %v; want %v", c.a, c.b, d, err, c.want)
		}
	}
	other := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 1})
	if err := other.Build(1); err != nil {
		t.Fatal(err)
	}
	if _, err := check.Difference(t.Context(), network(1), other, 1); err == nil {
		t.Error("networks of other inputs are compared")
	}
}
