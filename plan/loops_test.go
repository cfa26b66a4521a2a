package plan

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// How loops stand on each other and on the rows of a table.
var arrangements = map[string]func(g *graph.Graph, l loopCase, x *graph.Node) (y []*graph.Node, wrt []*graph.Node){
	"one": func(g *graph.Graph, l loopCase, x *graph.Node) ([]*graph.Node, []*graph.Node) {
		y, wrt := l.over(g, "a", x)
		return y[:1], wrt
	},
	"two": func(g *graph.Graph, l loopCase, x *graph.Node) ([]*graph.Node, []*graph.Node) { // as in Bidirectional
		y, wrt := l.over(g, "a", x)
		l.reverse = !l.reverse
		z, more := l.over(g, "b", x)
		return []*graph.Node{y[0], z[0]}, append(wrt, more...)
	},
	"stacked": func(g *graph.Graph, l loopCase, x *graph.Node) ([]*graph.Node, []*graph.Node) {
		y, wrt := l.over(g, "a", x)
		z, more := l.over(g, "b", y[0])
		return z[:1], append(wrt, more...)
	},
	"read between": func(g *graph.Graph, l loopCase, x *graph.Node) ([]*graph.Node, []*graph.Node) {
		y, wrt := l.over(g, "a", x)
		z, more := l.over(g, "b", y[0])
		return []*graph.Node{z[0], y[0]}, append(wrt, more...)
	},
	"read elsewhere": func(g *graph.Graph, l loopCase, x *graph.Node) ([]*graph.Node, []*graph.Node) {
		y, wrt := l.over(g, "a", x)
		return []*graph.Node{y[0], x.Square()}, wrt
	},
}

// listFew lets loops list the rows of a table however few their inputs are.
func listFew(t *testing.T) {
	most := lookupInputs
	lookupInputs = 1
	t.Cleanup(func() { lookupInputs = most })
}

// TestLoopsOnLookup: loops over the rows of a table, whoever else reads them, give what the definition says, also of
// the table's gradient, in full and on its way into the weight.
func TestLoopsOnLookup(t *testing.T) {
	listFew(t)
	turn := 0
	for name, arrange := range arrangements {
		for _, cell := range []string{"simple", "lstm", "gru", "after", "ugrnn"} {
			for _, moved := range []bool{false, true} {
				turn++
				if testing.Short() && turn%7 > 2 {
					continue
				}
				l := loopCase{cell: cell, masked: turn%3 == 0, reverse: turn%4 == 1, dropped: turn%5 == 2,
					bias:  turn%2 == 0,
					batch: []int{2, 33, 1}[turn%3], steps: []int{5, 17, 3}[turn/3%3], in: []int{3, 20}[turn/2%2],
					units: []int{7, 16, 33}[turn%3]}
				t.Run(fmt.Sprintf("%s %+v moved=%v", name, l, moved), func(t *testing.T) {
					g := graph.New()
					e := weight(g, "e", 9, l.in)
					ys, wrt := arrange(g, l, e.Gather(g.Input("ids", graph.I32(l.batch, l.steps))))
					loss := g.Scalar(0)
					for i, y := range ys {
						loss = loss.Add(y.Mul(weight(g, fmt.Sprint("p", i), y.Shape...)).Sum())
					}
					outs := append([]*graph.Node{loss}, graph.Gradients([]*graph.Node{loss}, nil, wrt)...)
					d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{e})[0]
					if moved {
						m, v := g.Leaf(graph.State, "mean", e.Type), g.Leaf(graph.State, "square+", e.Type)
						e1, m1, v1 := graph.Adam(e, m, v, d, g.Leaf(graph.State, "alpha+", graph.F32()),
							graph.AdamAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-3})
						g.Assign(e, e1)
						g.Assign(m, m1)
						g.Assign(v, v1)
					} else {
						outs = append(outs, d)
					}
					p := compare(t, g, outs, 2e-4, 2).String()
					if name != "read elsewhere" && strings.Contains(p, "gather") {
						t.Errorf("a gather is left:\n%v", p)
					}
				})
			}
		}
	}
}

// TestLoopsOnLookupOverflow: a sum of rows' gradients that overflows is met in its step, before the weights move.
func TestLoopsOnLookupOverflow(t *testing.T) {
	listFew(t)
	l := loopCase{cell: "simple", batch: 40, steps: 3, in: 3, units: 5}
	g := graph.New()
	e := weight(g, "e", 5, l.in)
	y, _ := l.over(g, "a", e.Gather(g.Input("ids", graph.I32(l.batch, l.steps))))
	loss := y[0].MulC(1e38).Sum()
	d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{e})[0]
	g.Assign(e, graph.SGD(e, d, g.Scalar(0.1)))
	p, err := Compile([]*graph.Node{loss}, []*graph.Node{d}, g.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	if s := p.String(); strings.Contains(s, "gather") || strings.Contains(s, "scatter") {
		t.Fatalf("the loop's kernel did not take the table:\n%v", s)
	}
	pool := par.New(1)
	defer pool.Close()
	r := p.Runner(pool)
	ones := func(shape ...int) *tensor.Tensor {
		x := tensor.New(tensor.Float32, shape...)
		for i := range x.F32 {
			x.F32[i] = 1
		}
		return x
	}
	table := tensor.New(tensor.Float32, 5, l.in)
	for name, x := range map[string]*tensor.Tensor{
		"e": table, "aw": ones(l.in, l.units),
		"au": tensor.New(tensor.Float32, l.units, l.units), "ah0": tensor.New(tensor.Float32, l.batch, l.units),
	} {
		r.Bind(name, x)
	}
	ids := tensor.New(tensor.Int32, l.batch, l.steps)
	r.Bind("ids", ids)
	var nf *NonFinite
	if err := r.Compute(); !errors.As(err, &nf) { // 120 times 5 · 0.3 · 1e38
		t.Errorf("one row for all: %v", err)
	}
}
