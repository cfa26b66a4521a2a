package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// TestAttention: attention and its gradients by the kernel are those of the definition, for numbers of queries and keys
// around the kernel's pieces, with every mask, with heads that share keys, and with dropped weights.
func TestAttention(t *testing.T) {
	for _, s := range []struct{ batch, heads, groups, t, s, d, e int }{
		{1, 1, 1, 1, 1, 1, 1}, {2, 3, 1, 5, 4, 3, 2}, {2, 4, 2, 64, 65, 8, 5}, {1, 2, 2, 65, 64, 16, 17},
		{3, 1, 1, 130, 3, 2, 4}, {1, 2, 1, 7, 300, 33, 1}, {2, 2, 2, 129, 129, 4, 8}, {1, 1, 1, 20, 1500, 2, 2},
	} {
		for _, causal := range []bool{false, true} {
			for _, mask := range [][]int{nil, {s.batch, 1, 1, s.s}, {1, 1, s.t, s.s}, {s.batch, s.heads, s.t, s.s},
				{s.batch, 1, s.t, 1}} {
				for _, zero := range []bool{false, true} {
					for _, rate := range []float64{0, 0.3} {
						name := fmt.Sprint(s, causal, mask, zero, rate)
						if testing.Short() && (len(name)%5 != 0 || s.t*s.s > 5000) {
							continue
						}
						t.Run(name, func(t *testing.T) {
							g := graph.New()
							q := weight(g, "q", s.batch, s.t, s.heads, s.d)
							k := weight(g, "k", s.batch, s.s, s.groups, s.d)
							v := weight(g, "v", s.batch, s.s, s.groups, s.e)
							a := graph.Attention{Scale: 0.7, Causal: causal, Zero: zero}
							if mask != nil {
								a.Mask = weight(g, "m", mask...).Gt(g.Scalar(0))
							}
							if rate > 0 {
								a.Key, a.Rate, a.Stream = g.Input("key", graph.KeyType), rate, 3
							}
							y := a.Apply(q, k, v)
							loss := y.Mul(weight(g, "p", y.Shape...)).Sum()
							out := append([]*graph.Node{y}, graph.Gradients([]*graph.Node{loss}, nil,
								[]*graph.Node{q, k, v})...)
							p := compare(t, g, out, 1e-4, 1)
							kernel := mask == nil || mask[3] == s.s
							if strings.Contains(p.String(), "attention_grad") != kernel {
								t.Errorf("the kernel took it: %v, want %v\n%v", !kernel, kernel, p)
							}
						})
					}
				}
			}
		}
	}
}

// TestAttentionThreads: the number of threads does not change a bit.
func TestAttentionThreads(t *testing.T) {
	var want []*tensor.Tensor
	for _, threads := range []int{1, 2, 5} {
		g := graph.New()
		q, k := weight(g, "q", 3, 70, 4, 8), weight(g, "k", 3, 70, 2, 8)
		v := weight(g, "v", 3, 70, 2, 6)
		y := graph.Attention{Scale: 0.3, Causal: true}.Apply(q, k, v)
		outs := append([]*graph.Node{y}, graph.Gradients([]*graph.Node{y.Mul(y).Sum()}, nil, []*graph.Node{q, k, v})...)
		p, err := Compile(outs, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		pool := par.New(threads)
		defer pool.Close()
		r := p.Runner(pool)
		for n, x := range fill(g, rand.New(rand.NewPCG(1, 2))) {
			r.Bind(n, x)
		}
		if err := r.Compute(); err != nil {
			t.Fatal(err)
		}
		for i := range outs {
			if threads == 1 {
				want = append(want, r.Output(i).Clone())
			} else if !slices.Equal(r.Output(i).F32, want[i].F32) {
				t.Errorf("%d threads: output %d has other bits", threads, i)
			}
		}
	}
}
