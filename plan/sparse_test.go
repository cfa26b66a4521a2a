package plan

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// embedding is a step of Adam on a table that is read by ids, of which some are twice there and one
// is out of range. With dense the gradient is read elsewhere too, so that it must be made.
func embedding(rows, cols, ids int, dense bool) (*graph.Graph, []*graph.Node) {
	g := graph.New()
	w := weight(g, "w", rows, cols)
	x := w.Gather(g.Input("ids", graph.I32(ids)))
	loss := x.Tanh().Square().Sum()
	d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{w})[0]
	m, v := g.Leaf(graph.State, "m", w.Type), g.Leaf(graph.State, "v+", w.Type)
	w1, m1, v1 := graph.Adam(w, m, v, d, g.Leaf(graph.State, "alpha+", graph.F32()),
		graph.AdamAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7})
	g.Assign(w, w1)
	g.Assign(m, m1)
	g.Assign(v, v1)
	outs := []*graph.Node{loss}
	if dense {
		outs = append(outs, d)
	}
	return g, outs
}

// The gradient of a gather is as large as the ids, and what comes out is what the definition says; with
// one, two and three threads, and with the gradient laid out in full, to the bit.
func TestSparseGradient(t *testing.T) {
	for _, s := range [][3]int{{7, 3, 5}, {40, 1, 300}, {33, 130, 64}, {1000, 20, 200}, {3, 5000, 6}} {
		g, outs := embedding(s[0], s[1], s[2], false)
		for threads := 1; threads <= 2; threads++ {
			p := compare(t, g, outs, 1e-4, threads)
			if !strings.Contains(p.String(), "rows of scatter_add") {
				t.Fatalf("%v: the gradient is laid out in full:\n%v", s, p)
			}
		}
		rng := rand.New(rand.NewPCG(1, 2))
		ids := tensor.New(tensor.Int32, s[2])
		for i := range ids.I32 {
			ids.I32[i] = int32(rng.IntN(s[0]))
		}
		var want map[string]*tensor.Tensor
		for threads := range 4 { // 0 stands for the gradient in full
			g, outs := embedding(s[0], s[1], s[2], threads == 0)
			d := graph.Gradients(outs[:1], nil, []*graph.Node{weight(g, "w", s[0], s[1])})
			p, err := Compile(outs, d, g.Assigns)
			if err != nil {
				t.Fatal(err)
			}
			if full := strings.Contains(p.String(), " scatter_add") &&
				!strings.Contains(p.String(), "rows of"); full != (threads == 0) {
				t.Fatalf("threads %d: full is %v:\n%v", threads, full, p)
			}
			pool := par.New(max(1, threads))
			r := p.Runner(pool)
			leaves := fill(g, rand.New(rand.NewPCG(3, 4)))
			leaves["ids"] = ids
			for n, x := range leaves {
				r.Bind(n, x)
			}
			for range 3 {
				if err := r.Compute(); err != nil {
					t.Fatal(err)
				}
				r.Commit()
			}
			pool.Close()
			if want == nil {
				want = leaves
			}
			for n, l := range leaves {
				for i, x := range l.F32 {
					if math.Float32bits(x) != math.Float32bits(want[n].F32[i]) {
						t.Fatalf("%v threads %d: %s[%d] is %v, with the gradient in full %v", s, threads, n, i, x,
							want[n].F32[i])
					}
				}
			}
		}
	}
}

// Every optimiser takes its gradient by rows.
func TestSparseSweeps(t *testing.T) {
	for i, update := range []func(g *graph.Graph, w, d *graph.Node, slot func(string) *graph.Node) *graph.Node{
		func(g *graph.Graph, w, d *graph.Node, slot func(string) *graph.Node) *graph.Node {
			return graph.SGD(w, d, g.Scalar(0.1))
		},
		func(g *graph.Graph, w, d *graph.Node, slot func(string) *graph.Node) *graph.Node {
			w1, v := graph.Momentum(w, slot("v"), d, g.Scalar(0.1), graph.MomentumAttr{Momentum: 0.9})
			g.Assign(slot("v"), v)
			return w1
		},
		func(g *graph.Graph, w, d *graph.Node, slot func(string) *graph.Node) *graph.Node {
			w1, v := graph.RMSProp(w, d, g.Scalar(0.1), []*graph.Node{slot("v+")},
				graph.RMSPropAttr{Rho: 0.9, Epsilon: 1e-7})
			g.Assign(slot("v+"), v[0])
			return w1
		},
		func(g *graph.Graph, w, d *graph.Node, slot func(string) *graph.Node) *graph.Node {
			w1, m, v := graph.AdamW(w, slot("m"), slot("v+"), d, g.Scalar(0.1), g.Scalar(0.1),
				graph.AdamWAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, WeightDecay: 0.01})
			g.Assign(slot("m"), m)
			g.Assign(slot("v+"), v)
			return w1
		},
		func(g *graph.Graph, w, d *graph.Node, slot func(string) *graph.Node) *graph.Node {
			w1, m, v, h := graph.AMSGrad(w, slot("m"), slot("v+"), slot("h+"), d, g.Scalar(0.1), g.Scalar(0.1),
				graph.AMSGradAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, WeightDecay: 0.01})
			g.Assign(slot("m"), m)
			g.Assign(slot("v+"), v)
			g.Assign(slot("h+"), h)
			return w1
		},
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			g := graph.New()
			w := weight(g, "w", 50, 2, 9)
			loss := w.Gather(g.Input("ids", graph.I32(4, 3))).Square().Sum()
			d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{w})[0]
			g.Assign(w, update(g, w, d, func(n string) *graph.Node { return g.Leaf(graph.State, n, w.Type) }))
			if p := compare(t, g, []*graph.Node{loss}, 1e-4, 1); !strings.Contains(p.String(), "rows of") {
				t.Errorf("the gradient is laid out in full:\n%v", p)
			}
		})
	}
}

// A sum of rows that overflows is met in its step, before the weights move.
func TestSparseOverflow(t *testing.T) {
	g := graph.New()
	w := weight(g, "w", 5, 4)
	loss := w.Gather(g.Input("ids", graph.I32(3))).MulC(3e38).Sum()
	d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{w})[0]
	g.Assign(w, graph.SGD(w, d, g.Scalar(0.1)))
	p, err := Compile([]*graph.Node{loss}, []*graph.Node{loss, d}, g.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	pool := par.New(1)
	defer pool.Close()
	r := p.Runner(pool)
	table := tensor.New(tensor.Float32, 5, 4)
	r.Bind("w", table)
	r.Bind("ids", tensor.Of([]int32{1, 4, 2}, 3))
	if err := r.Compute(); err != nil {
		t.Errorf("apart: %v", err)
	}
	r.Bind("ids", tensor.Of([]int32{1, 2, 1}, 3))
	var nf *NonFinite
	if err := r.Compute(); !errors.As(err, &nf) {
		t.Errorf("twice 3e38: %v", err)
	}
}
