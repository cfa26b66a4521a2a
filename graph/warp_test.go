package graph

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gorae/tensor"
)

// warpCases look through constant maps, since no gradient flows to a map.
func warpCases() (cs []opCase) {
	maps := []float32{1, 0, 0, 0, 1, 0, 0.8, -0.4, 1.3, 0.5, 1.1, -0.6}
	for b := range borders {
		o := Warp{Rows: 3, Columns: 2, Border: b, Fill: 1.5}
		cs = append(cs, opCase{name: fmt.Sprint(o), in: []Type{F32(2, 2, 3, 2)}, f: func(x []*Node) *Node {
			return x[0].Warp(x[0].Graph().Const(&tensor.Tensor{Shape: tensor.Shape{2, 6}, F32: maps}), o)
		}})
	}
	return cs
}

// TestWarp: by hand, one row of three pixels.
func TestWarp(t *testing.T) {
	for _, c := range []struct {
		o    Warp
		m    []float64
		want []float64
	}{
		{Warp{Rows: 1, Columns: 3}, []float64{1, 0, 0, 0, 1, 0}, []float64{10, 20, 40}},
		{Warp{Rows: 1, Columns: 3}, []float64{-1, 0, 0, 0, 1, 0}, []float64{40, 20, 10}},
		{Warp{Rows: 1, Columns: 3}, []float64{1, 0, 0.5, 0, 1, 0}, []float64{15, 30, 40}},
		{Warp{Rows: 1, Columns: 3}, []float64{1, 0, 2, 0, 1, 0}, []float64{40, 40, 20}},
		{Warp{Rows: 1, Columns: 3, Border: BorderNearest}, []float64{1, 0, 2, 0, 1, 0}, []float64{40, 40, 40}},
		{Warp{Rows: 1, Columns: 3, Border: BorderWrap}, []float64{1, 0, 2, 0, 1, 0}, []float64{40, 10, 20}},
		{Warp{Rows: 1, Columns: 3, Border: BorderConstant, Fill: 7}, []float64{1, 0, 2, 0, 1, 0}, []float64{40, 7, 7}},
		{Warp{Rows: 1, Columns: 3, Border: BorderConstant, Fill: 0}, []float64{1, 0, 0.5, 0, 1, 0},
			[]float64{15, 30, 20}},
		{Warp{Rows: 1, Columns: 3, Nearest: true}, []float64{1, 0, 0.6, 0, 1, 0}, []float64{20, 40, 40}},
		{Warp{Rows: 1, Columns: 2}, []float64{1, 0, 0.5, 0, 1, 0}, []float64{20, 40}}, // the last two
		{Warp{Rows: 1, Columns: 1}, []float64{1, 0, 1e30, 0, 1, -1e30}, nil},          // far out: some pixel, no crash
	} {
		g := New()
		y := g.Input("x", F32(1, 1, 3, 1)).Warp(g.Input("m", F32(1, 6)), c.o)
		e := &Evaluator{Leaves: map[string]*Array{"x": {F32(1, 1, 3, 1), []float64{10, 20, 40}}, "m": {F32(1, 6), c.m}}}
		got, err := e.Value(y)
		if err != nil {
			t.Fatal(err)
		}
		if c.want != nil && !slices.EqualFunc(got.V, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-12 }) {
			t.Errorf("%v through %v: %v, want %v", c.o, c.m, got.V, c.want)
		}
	}
	for _, bad := range []func(g *Graph){
		func(g *Graph) { g.Input("x", F32(1, 3, 3)).Warp(g.Input("m", F32(1, 6)), Warp{Rows: 1, Columns: 1}) },
		func(g *Graph) { g.Input("x", F32(2, 3, 3, 1)).Warp(g.Input("m", F32(1, 6)), Warp{Rows: 1, Columns: 1}) },
		func(g *Graph) { g.Input("x", F32(1, 3, 3, 1)).Warp(g.Input("m", F32(1, 6)), Warp{Columns: 1}) },
		func(g *Graph) { g.Input("x", F32(1, 0, 3, 1)).Warp(g.Input("m", F32(1, 6)), Warp{Rows: 1, Columns: 1}) },
	} {
		if err := Catch(func() { bad(New()) }); err == nil {
			t.Error("a warp that makes no sense was traced")
		}
	}
}
