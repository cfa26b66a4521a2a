package plan

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

func init() { UseUpdates() } // as a training does

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
	apart(t, p)
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
	for i, v := range []*graph.Node{mean, variance} {
		s := g.Leaf(graph.State, fmt.Sprint("bn/moment", i), graph.F32(hidden))
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
	alpha := graph.AdamAlpha(g.Scalar(1e-3), step1, math.Log(0.9), math.Log(0.999))
	for i, w := range ws {
		n := fmt.Sprint("slot", i)
		m := g.Leaf(graph.State, n+"m", w.Type)
		v := g.Leaf(graph.State, n+"v+", w.Type)
		w1, m1, v1 := graph.Adam(w, m, v, grads[i], alpha, a)
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

// Every optimiser's update, in place and not.
func TestSweeps(t *testing.T) {
	type slots func(string) *graph.Node
	for name, update := range map[string]func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (
		w1 *graph.Node, moved map[string]*graph.Node){
		"sgd": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			return graph.SGD(w, d, lr), nil
		},
		"momentum": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			w1, v := graph.Momentum(w, slot("v"), d, lr, graph.MomentumAttr{Momentum: 0.9})
			return w1, map[string]*graph.Node{"v": v}
		},
		"nesterov": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			w1, v := graph.Momentum(w, slot("v"), d, lr, graph.MomentumAttr{Momentum: 0.9, Nesterov: true})
			return w1, map[string]*graph.Node{"v": v}
		},
		"rmsprop": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			w1, m := graph.RMSProp(w, d, lr, []*graph.Node{slot("v+")}, graph.RMSPropAttr{Rho: 0.9, Epsilon: 1e-7})
			return w1, map[string]*graph.Node{"v+": m[0]}
		},
		"rmsprop with momentum": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node,
			map[string]*graph.Node) {
			w1, m := graph.RMSProp(w, d, lr, []*graph.Node{slot("v+"), slot("m")},
				graph.RMSPropAttr{Rho: 0.9, Epsilon: 1e-7, Momentum: 0.8})
			return w1, map[string]*graph.Node{"v+": m[0], "m": m[1]}
		},
		"adam": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			w1, m, v := graph.Adam(w, slot("m"), slot("v+"), d, lr,
				graph.AdamAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7})
			return w1, map[string]*graph.Node{"m": m, "v+": v}
		},
		"adamw": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			w1, m, v := graph.AdamW(w, slot("m"), slot("v+"), d, lr, lr,
				graph.AdamWAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, WeightDecay: 0.01})
			return w1, map[string]*graph.Node{"m": m, "v+": v}
		},
		"amsgrad": func(g *graph.Graph, w, d, lr *graph.Node, slot slots) (*graph.Node, map[string]*graph.Node) {
			w1, m, v, h := graph.AMSGrad(w, slot("m"), slot("v+"), slot("h+"), d, lr, lr,
				graph.AMSGradAttr{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-7, WeightDecay: 0.01})
			return w1, map[string]*graph.Node{"m": m, "v+": v, "h+": h}
		},
	} {
		for _, copied := range []bool{false, true} {
			t.Run(fmt.Sprint(name, " copied=", copied), func(t *testing.T) {
				g := graph.New()
				w := weight(g, "w", 40, 1001)
				slot := func(n string) *graph.Node { return g.Leaf(graph.State, n, w.Type) }
				lr := g.Leaf(graph.State, "lr+", graph.F32())
				w1, moved := update(g, w, w.Tanh().MulC(3), lr, slot)
				g.Assign(w, w1)
				for n, v := range moved {
					g.Assign(slot(n), v)
				}
				outs := []*graph.Node{w.Sum()}
				if copied {
					outs = append(outs, w1)
				}
				p := compare(t, g, outs, 1e-3, 2)
				if got := len(p.copies) > 0; got != copied {
					t.Errorf("updates by copy: %v\n%v", got, p)
				}
			})
		}
	}
}

// The same bits for any number of threads.
func TestThreads(t *testing.T) {
	var want []*tensor.Tensor
	for _, threads := range []int{1, 2, 3} {
		g, loss, grads := mlp(96, 70, 300, 11)
		p, err := Compile(append([]*graph.Node{loss}, grads...), grads, g.Assigns)
		if err != nil {
			t.Fatal(err)
		}
		pool := par.New(threads)
		r := p.Runner(pool)
		leaves := fill(g, rand.New(rand.NewPCG(3, 4)))
		for n, x := range leaves {
			r.Bind(n, x)
		}
		for range 3 {
			if err := r.Compute(); err != nil {
				t.Fatal(err)
			}
			r.Commit()
		}
		var got []*tensor.Tensor
		for i := range p.outs {
			got = append(got, r.Output(i).Clone())
		}
		for _, l := range p.Leaves() {
			got = append(got, leaves[l.Name])
		}
		pool.Close()
		for i := range want {
			for j := range want[i].F32 {
				if math.Float32bits(want[i].F32[j]) != math.Float32bits(got[i].F32[j]) {
					t.Fatalf("%d threads: value %d element %d is %v, with one thread %v", threads, i, j, got[i].F32[j],
						want[i].F32[j])
				}
			}
		}
		if want == nil {
			want = got
		}
	}
}

// A prediction of many samples packs a layer's weights once for each version of them; each sample has the bits that it
// has among few, for which nothing is packed.
func TestPackedWeights(t *testing.T) {
	const in, out = 700, 37
	w := tensor.New(tensor.Float32, in, out)
	x := tensor.New(tensor.Float32, packedFrom, in)
	run := func(rows int) *Runner {
		g := graph.New()
		y := g.Input("x", graph.F32(rows, in)).MatMul(weight(g, "w", in, out))
		p, err := Compile([]*graph.Node{y}, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if packed := p.hoisted == 1; packed != (rows >= packedFrom) {
			t.Fatalf("%d rows: packed is %v:\n%v", rows, packed, p)
		}
		r := p.Runner(par.New(1))
		r.Bind("w", w)
		r.Bind("x", tensor.Of(x.F32[:rows*in], rows, in))
		return r
	}
	many, few := run(packedFrom), run(packedFrom-1)
	rng := rand.New(rand.NewPCG(1, 2))
	for version := range uint64(3) {
		for _, v := range [][]float32{w.F32, x.F32} {
			for i := range v {
				v[i] = float32(rng.NormFloat64())
			}
		}
		for _, r := range []*Runner{many, few} {
			if err := r.ComputeAt(version + 1); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range few.Output(0).F32 {
			if got := many.Output(0).F32[i]; math.Float32bits(got) != math.Float32bits(want) {
				t.Fatalf("version %d, element %d: %v packed, %v not", version, i, got, want)
			}
		}
		var sum float64
		for k := range in {
			sum += float64(x.F32[k]) * float64(w.F32[k*out])
		}
		if got := float64(many.Output(0).F32[0]); math.Abs(got-sum) > 1e-3 {
			t.Fatalf("version %d: %v, want %v", version, got, sum)
		}
	}
}

// What depends on weights alone is computed when their version changes.
func TestComputeAt(t *testing.T) {
	g := graph.New()
	w := weight(g, "w", 2)
	scale := w.MulC(2).Exp()
	y := g.Input("x", graph.F32(3, 2)).Mul(scale.Sum())
	p, err := Compile([]*graph.Node{y}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.hoisted == 0 {
		t.Fatalf("nothing is hoisted:\n%v", p)
	}
	r := p.Runner(par.New(1))
	tw := tensor.Of([]float32{0, 0}, 2)
	r.Bind("w", tw)
	r.Bind("x", tensor.Of([]float32{1, 1, 1, 1, 1, 1}, 3, 2))
	for _, c := range []struct {
		version uint64
		w, want float32
	}{{1, 0, 2}, {1, 100, 2}, {2, 0.5 * float32(math.Ln2), 4}, {3, 0, 2}} {
		tw.F32[0], tw.F32[1] = c.w, c.w
		if err := r.ComputeAt(c.version); err != nil {
			t.Fatal(err)
		}
		if got := r.Output(0).F32[5]; math.Abs(float64(got-c.want)) > 1e-5 {
			t.Errorf("version %d: %v, want %v", c.version, got, c.want)
		}
	}
}

// NaN and infinity are named where they arise, and weights stay as they were.
func TestNonFinite(t *testing.T) {
	build := func(hurt func(leaves map[string]*tensor.Tensor)) (*tensor.Tensor, error) {
		g := graph.New()
		x := g.Input("x", graph.F32(4, 3))
		w := weight(g, "w", 3, 2)
		var y *graph.Node
		g.Scope("log_layer", func() { y = x.MatMul(w).Log() })
		loss := y.Relu().Mean()
		d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{w})
		g.Assign(w, graph.SGD(w, d[0], g.Scalar(0.1)))
		p, err := Compile([]*graph.Node{loss}, []*graph.Node{loss, d[0]}, g.Assigns)
		if err != nil {
			t.Fatal(err)
		}
		leaves := map[string]*tensor.Tensor{"x": tensor.New(tensor.Float32, 4, 3),
			"w": tensor.New(tensor.Float32, 3, 2)}
		for _, l := range leaves {
			for i := range l.F32 {
				l.F32[i] = 1
			}
		}
		hurt(leaves)
		r := p.Runner(par.New(1))
		for n, l := range leaves {
			r.Bind(n, l)
		}
		return leaves["w"], r.Compute()
	}
	if _, err := build(func(map[string]*tensor.Tensor) {}); err != nil {
		t.Errorf("without fault: %v", err)
	}
	w, err := build(func(l map[string]*tensor.Tensor) { l["w"].F32[1] = -9 })
	if want := "log_layer: log gave NaN"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if w.F32[0] != 1 {
		t.Errorf("the weight has moved to %v", w.F32[0])
	}
	_, err = build(func(l map[string]*tensor.Tensor) { l["x"].F32[5] = float32(math.NaN()) })
	if want := "input(x) holds NaN"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	_, err = build(func(l map[string]*tensor.Tensor) { l["x"].F32[5] = float32(math.Inf(1)) })
	if want := "input(x) holds +Inf"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A plan reads like a page.
func TestPrint(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.F32(8, 4))
	w, b := weight(g, "dense/kernel", 4, 3), weight(g, "dense/bias", 3)
	var h *graph.Node
	g.Scope("dense", func() { h = x.MatMul(w).Add(b).Relu() })
	loss := h.Sub(g.Input("y", graph.F32(8, 3))).Square().Mean()
	d := graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{w, b})
	lr := g.Leaf(graph.State, "learning_rate", graph.F32())
	g.Assign(w, graph.SGD(w, d[0], lr))
	g.Assign(b, graph.SGD(b, d[1], lr))
	p, err := Compile([]*graph.Node{loss}, append(d, loss), g.Assigns)
	if err != nil {
		t.Fatal(err)
	}
	want := goldenPrint
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// apart checks the layout: what a step writes lies on nothing that is still to be read, unless the
// step may write there in place.
func apart(t *testing.T, p *Plan) {
	t.Helper()
	for _, s := range p.steps {
		may := map[[2]*Value]bool{}
		for _, pair := range s.inPlace {
			may[pair] = pair[1].last == s.index && !pair[1].pinned
		}
		for _, w := range slices.Concat(s.out, s.temps) {
			for _, v := range p.values {
				lives := v.first >= 0 && v.first <= s.index && (v.last >= s.index || v.pinned)
				if v == w || !lives || !v.inArena() || !w.inArena() || v.words() == 0 || w.words() == 0 ||
					may[[2]*Value{w, v}] {
					continue
				}
				if v.offset < w.offset+w.words() && w.offset < v.offset+v.words() {
					t.Fatalf("step %d writes %v at %d+%d, on %v at %d+%d, which lives from step %d to %d\n%v",
						s.index, w, w.offset, w.words(), v, v.offset, v.words(), v.first, v.last, p)
				}
			}
		}
	}
}
