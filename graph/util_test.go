package graph

import (
	"math"
	"math/rand/v2"
	"testing"

	"gorae/tensor"
)

// fill makes values of a type: floats away from 0 and from each other, so that no kink
// and no tie lies within a finite difference; small ids for integers.
func fill(r *rand.Rand, t Type) *Array {
	a := NewArray(t)
	order := r.Perm(max(len(a.V), 1))
	for i := range a.V {
		if t.DType != tensor.Float32 {
			a.V[i] = float64(r.IntN(3))
			continue
		}
		v := 0.2 + 1.3*(float64(order[i])+0.3+0.4*r.Float64())/float64(len(a.V))
		if r.IntN(2) == 0 {
			v = -v
		}
		a.V[i] = float64(float32(v))
	}
	return a
}

func positive(a *Array) *Array {
	for i, v := range a.V {
		a.V[i] = math.Abs(v)
	}
	return a
}

// value evaluates a node or fails.
func value(t *testing.T, n *Node, leaves map[string]*Array, single bool) *Array {
	t.Helper()
	e := &Evaluator{Single: single, Leaves: leaves}
	a, err := e.Value(n)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func array(v []float64, shape ...int) *Array { return &Array{F32(shape...), v} }

// near reports whether two values are equal within rel, relative to the greater of 1 and their size.
func near(a, b, rel float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	if math.IsInf(a, 0) || math.IsInf(b, 0) {
		return a == b
	}
	return math.Abs(a-b) <= rel*max(1, math.Abs(a), math.Abs(b))
}
