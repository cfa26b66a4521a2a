package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
)

// TestRematerialize: the gradient of an activation reads what the activation has read, and computes the rest again.
func TestRematerialize(t *testing.T) {
	const rows, units = 512, 1024
	for _, c := range []struct {
		name   string
		f      func(x *graph.Node) *graph.Node
		copied []string // calls of the gradient that are calls of the activation
	}{
		{"gelu", func(x *graph.Node) *graph.Node { return x.Gelu(false) }, []string{"mul", "mul", "erf", "add"}},
		{"swish", func(x *graph.Node) *graph.Node { return x.Mul(x.Sigmoid()) }, []string{"sigmoid"}},
		{"bounded", func(x *graph.Node) *graph.Node { return x.MulC(0.2).AddC(0.5).Mul(x) }, []string{"mul", "add"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := graph.New()
			x, w := g.Input("x", graph.F32(rows, 8)), weight(g, "w", 8, units)
			h := x.MatMul(w)
			y := c.f(h).MatMul(weight(g, "v", units, 8))
			dw := graph.Gradients([]*graph.Node{y}, []*graph.Node{g.Input("dy", y.Type)}, []*graph.Node{w})[0]
			p := compare(t, g, []*graph.Node{y, dw}, 2e-3, 1)
			var stored int // values of the size of h that are written
			var gradient string
			for _, s := range p.steps {
				for _, v := range s.out {
					if v.Size == rows*units {
						stored++
					}
				}
				if strings.HasPrefix(s.launch.Name, fmt.Sprintf("gemm %dx%dx8 nt", rows, units)) {
					gradient = s.launch.Name
				}
			}
			if stored != 3 { // h, its activation, and the gradient of h
				t.Errorf("%d values are stored, want 3\n%v", stored, p)
			}
			_, calls, _ := strings.Cut(gradient, " | ")
			have := strings.Fields(calls)
			for _, want := range c.copied {
				i := slices.Index(have, want)
				if i < 0 {
					t.Fatalf("the gradient computes %q, wanted %q among it\n%v", calls, c.copied, p)
				}
				have = slices.Delete(have, i, i+1)
			}
		})
	}
}

// TestRematerializeBits: random graphs and their gradients give the same bits as when every value is stored, and in
// some of them less is stored.
func TestRematerializeBits(t *testing.T) {
	turns, less := 200, 0
	if testing.Short() {
		turns = 40
	}
	for turn := range turns {
		rng := rand.New(rand.NewPCG(uint64(turn), 7))
		g, nodes := randomGraph(rng, 10+rng.IntN(30), leastRepeated/16+5)
		outs := []*graph.Node{nodes[len(nodes)-1]}
		for _, d := range graph.Gradients(outs, []*graph.Node{g.Input("dy", outs[0].Type)}, nodes[:3]) {
			if d != nil {
				outs = append(outs, d)
			}
		}
		placed(t, outs)
		got, p := runner(t, g, outs)
		apart(t, p)
		all := slices.Clone(outs)
		for _, c := range g.Calls {
			if _, ok := c.Op.(graph.Leaf); !ok && c.Out[0].DType == outs[0].DType {
				all = append(all, c.Out[0])
			}
		}
		want, _ := runner(t, g, all)
		for i := range outs {
			if !slices.Equal(got.Output(i).F32, want.Output(i).F32) {
				t.Fatalf("graph %d: output %d differs\n%v", turn, i, p)
			}
		}
		b := fused(outs)
		before := len(b.p.values)
		if b.rematerialize(); len(b.p.values) > before {
			less++
		}
	}
	if less < turns/20 {
		t.Errorf("values are computed again in %d of %d graphs", less, turns)
	}
}

// TestRematerializeOperands: two values of two operands that nobody else reads later are stored, and not the operands.
func TestRematerializeOperands(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.F32(512, 8))
	a, b := x.MatMul(weight(g, "a", 8, 1024)), x.MatMul(weight(g, "b", 8, 1024))
	sum, product := a.Add(b), a.Mul(b)
	mean := x.KeepDims(sum.Sub(product).Mean(1), 1)
	out := sum.Mul(product).Sub(mean)
	compare(t, g, []*graph.Node{out}, 1e-3, 1)
	f := fused([]*graph.Node{out})
	before := len(f.p.values)
	if f.rematerialize(); len(f.p.values) > before {
		t.Error("values are computed again although as many operands have to be stored for them")
	}
}
