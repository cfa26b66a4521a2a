package plan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gorae/graph"
	"gorae/internal/par"
)

// traceMLP is a learning step of inputs → units… with relu between, softmax
// cross-entropy and Adam.
func traceMLP(batch int, units ...int) (g *graph.Graph, loss *graph.Node, grads []*graph.Node) {
	g = graph.New()
	h := g.Input("x", graph.F32(batch, units[0]))
	y := g.Input("y", graph.I32(batch))
	var ws []*graph.Node
	for i, n := range units[1:] {
		name := fmt.Sprint("dense", i)
		w, b := weight(g, name+"/kernel", units[i], n), weight(g, name+"/bias", n)
		ws = append(ws, w, b)
		g.Scope(name, func() {
			h = h.MatMul(w).Add(b)
			if i < len(units)-2 {
				h = h.Relu()
			}
		})
	}
	loss = h.SparseCrossEntropy(y).Mean()
	grads = graph.Gradients([]*graph.Node{loss}, nil, ws)
	step := g.Leaf(graph.State, "step+", graph.F32())
	g.Assign(step, step.AddC(1))
	a := graph.AdamAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7}
	alpha := graph.AdamAlpha(g.Scalar(1e-3), step.AddC(1), math.Log(0.9), math.Log(0.999))
	for i, w := range ws {
		m := g.Leaf(graph.State, fmt.Sprint("m", i), w.Type)
		v := g.Leaf(graph.State, fmt.Sprint("v", i, "+"), w.Type)
		w1, m1, v1 := graph.Adam(w, m, v, grads[i], alpha, a)
		g.Assign(w, w1)
		g.Assign(m, m1)
		g.Assign(v, v1)
	}
	return g, loss, grads
}

// BenchmarkLearningStep is a step of 784-512-512-10 at batch 64.
func BenchmarkLearningStep(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint("threads=", threads), func(b *testing.B) {
			g, loss, grads := traceMLP(64, 784, 512, 512, 10)
			p, err := Compile([]*graph.Node{loss}, append(grads, loss), g.Assigns)
			if err != nil {
				b.Fatal(err)
			}
			pool := par.New(threads)
			defer pool.Close()
			r := p.Runner(pool)
			for n, t := range fill(g, rand.New(rand.NewPCG(1, 1))) {
				for i := range t.F32 {
					t.F32[i] *= 0.05
				}
				r.Bind(n, t)
			}
			r.Profile(testing.Verbose())
			for b.Loop() {
				if err := r.Compute(); err != nil {
					b.Fatal(err)
				}
				r.Commit()
			}
			if testing.Verbose() {
				b.Log("\n" + Table(r.Times()))
			}
		})
	}
}

// BenchmarkCheck is what looking for NaN in every step costs: the same step with and
// without it, in turns; the metric is the ratio of the medians.
func BenchmarkCheck(b *testing.B) {
	g, loss, grads := traceMLP(64, 784, 512, 512, 10)
	pool := par.New(1)
	defer pool.Close()
	leaves := fill(g, rand.New(rand.NewPCG(1, 1)))
	var runners []*Runner
	for _, check := range [][]*graph.Node{nil, append(grads, loss)} {
		p, err := Compile([]*graph.Node{loss}, check, g.Assigns)
		if err != nil {
			b.Fatal(err)
		}
		r := p.Runner(pool)
		for n, t := range leaves {
			for i := range t.F32 {
				t.F32[i] *= 0.2
			}
			r.Bind(n, t)
		}
		runners = append(runners, r)
	}
	times := make([][]float64, 2)
	for b.Loop() {
		for i, r := range runners {
			start := time.Now()
			if err := r.Compute(); err != nil {
				b.Fatal(err)
			}
			r.Commit()
			times[i] = append(times[i], time.Since(start).Seconds())
		}
	}
	for i := range times {
		slices.Sort(times[i])
	}
	b.ReportMetric(times[1][len(times[1])/2]/times[0][len(times[0])/2], "with/without")
}
