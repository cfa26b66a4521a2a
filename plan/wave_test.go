package plan

import (
	"testing"

	"gorae/graph"
)

// TestWaves compiles the gradients of four networks of two layers: each kind of step is one wave, and the numbers are
// those of the definition.
func TestWaves(t *testing.T) {
	g := graph.New()
	var outs []*graph.Node
	for _, name := range []string{"a", "b", "c", "d"} {
		x := g.Input("x", graph.F32(7, 5)) // one leaf for all
		w, v := g.Leaf(graph.Weight, name+"/w", graph.F32(5, 6)), g.Leaf(graph.Weight, name+"/v", graph.F32(6, 3))
		h := x.MatMul(w).Relu()
		loss := h.MatMul(v).Square().Mean()
		outs = append(outs, loss)
		outs = append(outs, graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{w, v})...)
	}
	p := compare(t, g, outs, 1e-5, 3)
	if n := len(p.waves); n*4 != len(p.steps) {
		t.Errorf("%d steps in %d waves, want four in each\n%v", len(p.steps), n, p)
	}
	for _, w := range p.waves {
		for _, s := range w {
			if s.launch.Name != w[0].launch.Name {
				t.Errorf("%s and %s are one wave", w[0].launch.Name, s.launch.Name)
			}
		}
	}
}

// TestWavesOrder has twins of which one reads what the other makes, and one that is in the way of writing in place:
// they stay apart, and the numbers are right.
func TestWavesOrder(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.F32(6, 6))
	w := g.Leaf(graph.Weight, "w", graph.F32(6, 6))
	y := x.MatMul(w)
	z := y.MatMul(w)
	a, b := y.Softmax(-1), y.Softmax(-1).Add(z)
	compare(t, g, []*graph.Node{z.Softmax(-1), a.Mul(b), y.Relu().MatMul(w)}, 1e-5, 3)
}
