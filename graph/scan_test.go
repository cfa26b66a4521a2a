package graph

import (
	"fmt"
	"math"
	"testing"

	"gorae/tensor"
)

// testCell has two states and a residual: h' = tanh(x·w + h·u + b), c' = c·σ(h') + h', r = h'·c'.
var testCell = &Composite{Name: "test_cell", Body: func(v []*Node) []*Node {
	if len(v) != 6 {
		v[0].Graph().Fail("test_cell", "takes 6 operands, got %d", len(v))
	}
	h, c, x, w, u, b := v[0], v[1], v[2], v[3], v[4], v[5]
	h1 := x.MatMul(w).Add(h.MatMul(u)).Add(b).Tanh()
	c1 := c.Mul(h1.Sigmoid()).Add(h1)
	return []*Node{h1, c1, h1.Mul(c1)}
}}

func scanCases() []opCase {
	var cs []opCase
	for _, s := range []struct{ batch, steps, in, units int }{{1, 1, 1, 1}, {2, 3, 2, 3}, {3, 5, 1, 2}} {
		for i := range 4 {
			masked, reverse := i&1 != 0, i&2 != 0
			types := []Type{F32(s.batch, s.units), F32(s.batch, s.units), F32(s.batch, s.steps, s.in),
				F32(s.in, s.units), F32(s.units, s.units), F32(s.units)}
			cs = append(cs, opCase{
				name: fmt.Sprintf("scan%v masked=%v reverse=%v", s, masked, reverse), in: types, flat: true,
				f: func(x []*Node) *Node {
					var mask *Node
					if masked { // every second step, counted over the whole batch
						v := make([]float32, s.batch*s.steps)
						for i := range v {
							v[i] = float32(i % 2)
						}
						mask = x[0].Graph().Const(tensor.Of(v, s.batch, s.steps))
					}
					y := ScanOver(testCell, x[:2], x[2:3], mask, x[3:], reverse)
					return y[0].MulC(2).Add(y[1].Square()).Add(y[2])
				},
			})
		}
	}
	return cs
}

// With one step a scan is its cell; with more it is the cell again and again.
func TestScanIsALoop(t *testing.T) {
	const batch, steps, in, units = 2, 4, 3, 2
	g := New()
	h, c := g.Input("h", F32(batch, units)), g.Input("c", F32(batch, units))
	x := g.Input("x", F32(batch, steps, in))
	w, u, b := g.Input("w", F32(in, units)), g.Input("u", F32(units, units)), g.Input("b", F32(units))
	for _, reverse := range []bool{false, true} {
		y := ScanOver(testCell, []*Node{h, c}, []*Node{x}, nil, []*Node{w, u, b}, reverse)
		h1, c1 := h, c
		var loop []*Node
		for i := range steps {
			at := i
			if reverse {
				at = steps - 1 - i
			}
			out := Compose(testCell, h1, c1, x.Narrow(1, at, at+1).Reshape(batch, in), w, u, b)
			h1, c1 = out[0], out[1]
			loop = append(loop, h1, y[0].Narrow(1, at, at+1).Reshape(batch, units), c1,
				y[1].Narrow(1, at, at+1).Reshape(batch, units))
		}
		e := &Evaluator{Leaves: map[string]*Array{}}
		k := 0.0
		for _, l := range g.Leaves() {
			a := NewArray(l.Type)
			for i := range a.V {
				k++
				a.V[i] = math.Sin(k)
			}
			e.Leaves[l.Call.Op.(Leaf).Name] = a
		}
		for i := 0; i < len(loop); i += 2 {
			want, err := e.Value(loop[i])
			if err != nil {
				t.Fatal(err)
			}
			got, err := e.Value(loop[i+1])
			if err != nil {
				t.Fatal(err)
			}
			for j := range want.V {
				if want.V[j] != got.V[j] {
					t.Fatalf("reverse=%v value %d element %d: scan %v, loop %v", reverse, i, j, got.V[j], want.V[j])
				}
			}
		}
	}
}
