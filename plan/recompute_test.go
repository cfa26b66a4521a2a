package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// deep traces a training step of a network of so many layers and returns its loss.
func deep(name string, layers int) (g *graph.Graph, loss *graph.Node) {
	const batch, units = 1024, 64
	g = graph.New()
	x, key := g.Input("x", graph.F32(batch, units)), g.Leaf(graph.Input, "key", graph.I32(4))
	var ws []*graph.Node
	w := func(shape ...int) *graph.Node {
		ws = append(ws, weight(g, fmt.Sprint("w", len(ws)), shape...))
		return ws[len(ws)-1]
	}
	dense := func(x *graph.Node) *graph.Node { return x.MatMul(w(units, units)).MulC(0.05).Add(w(units)) }
	h := x
	for i := range layers {
		switch name {
		case "relu":
			h = dense(h).Relu()
		case "residual":
			h = h.Add(dense(dense(h).Gelu(false)))
		case "dropout":
			h = h.Add(dense(h).Tanh().Dropout(key, 0.3, uint32(i)))
		case "pictures":
			same := graph.Conv{PadLo: []int{1, 1}, PadHi: []int{1, 1}}
			p := h.Reshape(batch/256, 16, 16, units).MulC(0.05).Conv(w(3, 3, units, units), same).Relu()
			h = p.Reshape(batch, units)
		}
	}
	loss = h.Square().Mean()
	g.Recompute = []*graph.Node{loss}
	for i, d := range graph.Gradients([]*graph.Node{loss}, nil, ws) {
		g.Assigns = append(g.Assigns, graph.Assign{State: ws[i], Value: ws[i].Sub(d)})
	}
	return g, loss
}

// TestRecompute: gradients that compute parts of the forward pass again have the same bits, and the plan takes far less
// memory, in proportion to the root of the depth.
func TestRecompute(t *testing.T) {
	for name, share := range map[string]float64{"relu": 0.5, "residual": 0.25, "dropout": 0.35, "pictures": 0.7} {
		t.Run(name, func(t *testing.T) {
			var want map[string]*tensor.Tensor
			var bytes [2]int
			for i := range 2 {
				g, loss := deep(name, 36)
				if i == 0 {
					g.Recompute = nil
				}
				p, leaves := learn(t, g, loss)
				apart(t, p)
				if bytes[i] = p.Bytes(); i == 0 {
					want = leaves
				}
				for name, x := range leaves {
					if !slices.Equal(x.F32, want[name].F32) {
						t.Fatalf("%s differs", name)
					}
				}
			}
			if float64(bytes[1]) > share*float64(bytes[0]) {
				t.Errorf("%d bytes, %d with recomputation, wanted %v of that", bytes[0], bytes[1], share)
			}
		})
	}
}

// learn does two steps, from the same numbers every time, and returns the leaves as they are then.
func learn(t *testing.T, g *graph.Graph, loss *graph.Node) (*Plan, map[string]*tensor.Tensor) {
	t.Helper()
	p, err := Compile([]*graph.Node{loss}, nil, g.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	pool := par.New(2)
	defer pool.Close()
	r := p.Runner(pool)
	leaves := fill(g, rand.New(rand.NewPCG(1, 2)))
	for n, x := range leaves {
		r.Bind(n, x)
	}
	for range 2 {
		if err := r.Compute(); err != nil {
			t.Fatal(err)
		}
		r.Commit()
	}
	if x := r.Output(0).F32[0]; x != x {
		t.Fatal("the loss is no number")
	}
	return p, leaves
}

// TestRecomputeRandom: random graphs and their gradients give the same bits with recomputation, and less is stored in
// some of them.
func TestRecomputeRandom(t *testing.T) {
	turns, less := 200, 0
	if testing.Short() {
		turns = 40
	}
	for turn := range turns {
		var want [][]float32
		var bytes [2]int
		for i := range 2 {
			rng := rand.New(rand.NewPCG(uint64(turn), 11))
			g, nodes := randomGraph(rng, 20+rng.IntN(60), leastRepeated/16+5)
			last := nodes[len(nodes)-1]
			if i > 0 {
				g.Recompute = []*graph.Node{last}
			}
			outs := []*graph.Node{last.Mean()}
			for _, d := range graph.Gradients(outs, nil, nodes[:3]) {
				if d != nil {
					outs = append(outs, d)
				}
			}
			r, p := runner(t, g, outs)
			apart(t, p)
			bytes[i] = p.Bytes()
			for k := range outs {
				if x := r.Output(k).F32; i == 0 {
					want = append(want, slices.Clone(x))
				} else if !slices.Equal(x, want[k]) {
					t.Fatalf("graph %d: output %d differs\n%v", turn, k, p)
				}
			}
		}
		if bytes[1] < bytes[0] {
			less++
		}
	}
	if less < turns/5 {
		t.Errorf("less is stored in %d of %d graphs", less, turns)
	}
}
