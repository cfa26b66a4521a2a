package plan

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"gorae/graph"
)

// randomGraph traces n random operations over matrices of so many rows and columns: elementwise ones, which join
// clusters, and sums and products, which lie between them.
func randomGraph(rng *rand.Rand, n, rows int) (g *graph.Graph, nodes []*graph.Node) {
	g = graph.New()
	nodes = []*graph.Node{g.Input("x", graph.F32(rows, 4)), weight(g, "w", rows, 4), weight(g, "column", rows, 1)}
	square := weight(g, "square", 4, 4)
	for len(nodes) < n {
		// Recent values more often than old ones: long chains that come together again.
		pick := func() *graph.Node { return nodes[max(rng.IntN(len(nodes)), rng.IntN(len(nodes)))] }
		a, b := pick(), pick()
		wide := a.Shape[1] == 4
		switch rng.IntN(8) {
		case 0, 1:
			a = a.Add(b).MulC(0.5)
		case 2, 3:
			a = a.Sub(b).Relu()
		case 4:
			a = a.Tanh()
		case 5:
			a = a.Neg().Relu()
		case 6:
			if wide {
				a = a.KeepDims(a.Mean(1), 1)
			} else {
				a = a.Mul(b).Tanh()
			}
		case 7:
			if wide {
				a = a.MatMul(square).Tanh()
			}
		}
		nodes = append(nodes, a)
	}
	return g, nodes
}

// TestRandomGraphs: random graphs and their gradients give what the evaluator in float64 gives, whichever calls are
// fused, and each step has its place after those whose results it reads.
func TestRandomGraphs(t *testing.T) {
	first, turns := 1000, 1000
	if testing.Short() {
		first, turns = 1500, 50 // fused steps of 1512 waited for each other before steps had places
	}
	for turn := first; turn < first+turns; turn++ {
		t.Run(fmt.Sprint(turn), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(turn), 3))
			g, nodes := randomGraph(rng, 10+rng.IntN(30), 3)
			outs := []*graph.Node{nodes[len(nodes)-1], nodes[rng.IntN(len(nodes))].Mul(nodes[len(nodes)-1])}
			dy := []*graph.Node{g.Input("dy", outs[0].Type), outs[1]}
			for _, d := range graph.Gradients(outs, dy, nodes[:3]) {
				if d != nil {
					outs = append(outs, d)
				}
			}
			compare(t, g, outs, 2e-4, 1)
			placed(t, outs)
		})
	}
}

// fused returns a builder after its fusions.
func fused(outs []*graph.Node) *builder {
	g, nodes := graph.Simplify(outs, claims)
	b := newBuilder(g, outs)
	b.lower()
	for _, n := range nodes {
		b.keep[b.value[n]] = true
	}
	b.line()
	b.fuse()
	return b
}

// placed checks the places that fusions leave.
func placed(t *testing.T, outs []*graph.Node) {
	t.Helper()
	b := fused(outs)
	b.rematerialize()
	for _, c := range b.g.Calls {
		if s := b.stepOf[c]; s != nil && b.places[s.place] != s {
			t.Fatalf("the step of %v has place %d, where another is", c.Op, s.place)
		}
	}
	for _, s := range b.places {
		if s == nil {
			continue
		}
		for _, c := range s.all() {
			for _, x := range c.In {
				if m := b.makerCall(x); m != nil && b.stepOf[m] != s && b.stepOf[m].place >= s.place {
					t.Fatalf("%v has place %d and reads %v of place %d", c.Op, s.place, m.Op, b.stepOf[m].place)
				}
			}
		}
	}
}
