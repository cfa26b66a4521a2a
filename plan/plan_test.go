package plan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// fill gives every leaf of a graph numbers that are easy on logarithms and roots.
func fill(g *graph.Graph, rng *rand.Rand) map[string]*tensor.Tensor {
	leaves := map[string]*tensor.Tensor{}
	for _, n := range g.Leaves() {
		l := n.Call.Op.(graph.Leaf)
		t := tensor.New(n.DType, n.Shape...)
		for i := range t.F32 {
			t.F32[i] = float32(rng.NormFloat64())
			if strings.HasSuffix(l.Name, "+") {
				t.F32[i] = t.F32[i] * t.F32[i]
			}
		}
		for i := range t.I32 {
			t.I32[i] = int32(rng.IntN(5))
		}
		for i := range t.U8 {
			t.U8[i] = uint8(rng.IntN(256))
		}
		leaves[l.Name] = t
	}
	return leaves
}

// compare runs outs and assigns by plan and by the evaluator in float64.
func compare(t *testing.T, g *graph.Graph, outs []*graph.Node, tol float64, threads int) *Plan {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	leaves := fill(g, rng)
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{}}
	for n, x := range leaves {
		e.Leaves[n] = graph.ArrayOf(x)
	}
	p, err := Compile(outs, nil, g.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	pool := par.New(threads)
	defer pool.Close()
	r := p.Runner(pool)
	want, err := e.Assigned(g)
	if err != nil {
		t.Fatal(err)
	}
	for n, x := range leaves {
		r.Bind(n, x)
	}
	for run := range 2 { // a second run finds the arena dirty
		if err := r.Compute(); err != nil {
			t.Fatal(err)
		}
		for i, o := range outs {
			w, err := e.Value(o)
			if err != nil {
				t.Fatal(err)
			}
			near(t, fmt.Sprintf("run %d output %d (%v %v)", run, i, o.Call.Op, o.Type), r.Output(i), w, tol, p)
		}
	}
	r.Commit()
	for n, w := range want {
		near(t, "state "+n, leaves[n], w, tol, p)
	}
	if n := testing.AllocsPerRun(5, func() {
		if err := r.Compute(); err != nil {
			t.Fatal(err)
		}
		r.Commit()
	}); n != 0 {
		t.Errorf("a run allocates %v times", n)
	}
	return p
}

func near(t *testing.T, what string, got *tensor.Tensor, want *graph.Array, tol float64, p *Plan) {
	t.Helper()
	if !got.Shape.Equal(want.Shape) || got.Len() != len(want.V) {
		t.Fatalf("%s: shape %v, want %v", what, got.Shape, want.Shape)
	}
	for i, w := range want.V {
		v := got.Float(i)
		if math.IsNaN(v) && math.IsNaN(w) || v == w {
			continue
		}
		if !(math.Abs(v-w) <= tol*(1+math.Abs(w))) {
			t.Fatalf("%s: element %d is %v, want %v\n%v", what, i, v, w, p)
		}
	}
}

func weight(g *graph.Graph, name string, shape ...int) *graph.Node {
	return g.Leaf(graph.Weight, name, graph.F32(shape...))
}

// mlp traces a learning step with everything a dense network has.
func mlp(batch, in, hidden, classes int) (g *graph.Graph, loss *graph.Node, grads []*graph.Node) {
	g = graph.New()
	x := g.Input("x", graph.F32(batch, in))
	y := g.Input("y", graph.I32(batch))
	key := g.Input("key", graph.KeyType)
	var ws []*graph.Node
	dense := func(name string, x *graph.Node, units int) *graph.Node {
		w := weight(g, name+"/kernel", x.Shape[1], units)
		b := weight(g, name+"/bias", units)
		ws = append(ws, w, b)
		var z *graph.Node
		g.Scope(name, func() { z = x.MatMul(w).Add(b) })
		return z
	}
	h := dense("d1", x, hidden).Relu().Dropout(key, 0.3, 1)
	h = dense("d2", h, hidden)
	gamma, beta := weight(g, "bn/gamma", hidden), weight(g, "bn/beta", hidden)
	ws = append(ws, gamma, beta)
	h, mean, variance := h.BatchNorm(gamma, beta, 1e-3)
	for n, v := range map[string]*graph.Node{"mean": mean, "variance": variance} {
		s := g.Leaf(graph.State, "bn/"+n, graph.F32(hidden))
		g.Assign(s, s.MulC(0.9).Add(v.MulC(0.1)))
	}
	h = dense("d3", h.Tanh(), hidden).Gelu(false)
	logits := dense("out", h, classes)
	loss = logits.SparseCrossEntropy(y).Mean().Add(ws[0].Square().Sum().MulC(1e-3))
	grads = graph.Gradients([]*graph.Node{loss}, nil, ws)
	step := g.Leaf(graph.State, "step+", graph.F32())
	step1 := step.AddC(1)
	g.Assign(step, step1)
	a := graph.AdamAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
	alpha := graph.AdamRate(a, g.Scalar(1e-3), step1)
	for i, w := range ws {
		n := fmt.Sprint("slot", i)
		m := g.Leaf(graph.State, n+"m", w.Type)
		v := g.Leaf(graph.State, n+"v+", w.Type)
		w1, m1, v1 := graph.UpdateAdam(a, w, m, v, grads[i], alpha)
		g.Assign(w, w1)
		g.Assign(m, m1)
		g.Assign(v, v1)
	}
	return g, loss, grads
}

func TestLearningStep(t *testing.T) {
	for _, s := range [][4]int{{1, 1, 1, 5}, {3, 5, 7, 6}, {64, 33, 65, 10}, {7, 100, 64, 5}} {
		for _, threads := range []int{1, 2} {
			g, loss, grads := mlp(s[0], s[1], s[2], s[3])
			compare(t, g, append([]*graph.Node{loss}, grads...), 2e-4, threads)
		}
	}
}
