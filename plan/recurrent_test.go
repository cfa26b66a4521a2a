package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
)

// loopCase is a layer: a projection, a loop, and what reads its results.
type loopCase struct {
	cell                                      string
	masked, reverse, dropped, bias, recompute bool
	batch, steps, in, units                   int
	// what is read: s the sequence of h, l its last, c the last of c, C its sequence, f the first of h
	read string
}

// over adds the layer's loop over x to g and gives its results and the weights, whose names begin with name.
func (l loopCase) over(g *graph.Graph, name string, x *graph.Node) (y, wrt []*graph.Node) {
	tanh, sigmoid := (*graph.Node).Tanh, (*graph.Node).Sigmoid
	a := graph.CellAttr{Activation: "tanh", Recurrent: "sigmoid", Dropped: l.dropped}
	if l.cell == "simple" {
		a.Recurrent = ""
	}
	after := a
	after.ResetAfter, after.RecurrentBias = true, l.bias
	blocks := map[string]int{"simple": 1, "lstm": 4, "gru": 3, "after": 3, "ugrnn": 2}[l.cell]
	cell := map[string]*graph.Composite{"simple": graph.SimpleRNNCell(a, tanh),
		"lstm": graph.LSTMCell(a, tanh, sigmoid),
		"gru":  graph.GRUCell(a, tanh, sigmoid), "after": graph.GRUCell(after, tanh, sigmoid),
		"ugrnn": graph.UGRNNCell(a, tanh, sigmoid)}[l.cell]
	leaf := func(n string, shape ...int) *graph.Node {
		w := weight(g, name+n, shape...)
		wrt = append(wrt, w)
		return w
	}
	p := x.MatMul(leaf("w", x.Shape[2], blocks*l.units).MulC(0.3))
	if l.bias {
		p = p.Add(leaf("b", blocks*l.units))
	}
	states := []*graph.Node{leaf("h0", l.batch, l.units)}
	if l.cell == "lstm" {
		states = append(states, leaf("c0", l.batch, l.units))
	}
	fixed := []*graph.Node{leaf("u", l.units, blocks*l.units).MulC(0.3)}
	if l.cell == "after" && l.bias {
		fixed = append(fixed, leaf("b2", blocks*l.units))
	}
	if l.dropped {
		fixed = append(fixed, weight(g, name+"d", l.batch, l.units))
	}
	operands := append(states, p)
	if l.masked {
		operands = append(operands, weight(g, "m", l.batch, l.steps).Gt(g.Scalar(0)))
	}
	o := graph.Scan{Cell: cell, States: len(states), Inputs: 1, Masked: l.masked, Reverse: l.reverse,
		Recompute: l.recompute}
	return g.Apply(o, append(operands, fixed...)...), wrt
}

// trace adds the layer to g and gives a loss, and what it depends on.
func (l loopCase) trace(g *graph.Graph) (loss *graph.Node, wrt []*graph.Node) {
	x := weight(g, "x", l.batch, l.steps, l.in)
	y, wrt := l.over(g, "", x)
	wrt = append(wrt, x)
	at := l.steps - 1
	if l.reverse {
		at = 0
	}
	loss = g.Scalar(0)
	for i, r := range l.read {
		n := y[0]
		if (r == 'c' || r == 'C') && l.cell == "lstm" {
			n = y[1]
		}
		switch r {
		case 'l', 'c':
			n = n.Narrow(1, at, at+1)
		case 'f':
			n = n.Narrow(1, l.steps-1-at, l.steps-at)
		}
		loss = loss.Add(n.Mul(weight(g, fmt.Sprint("p", i), n.Shape...)).Sum())
	}
	return loss, wrt
}

// TestSurroundings: the calls next to a loop belong to its kernel too, forward and back, whatever is read of
// the loop, and the numbers are those of the definition.
func TestSurroundings(t *testing.T) {
	for i, cell := range []string{"simple", "lstm", "gru", "after", "ugrnn"} {
		for k, read := range []string{"s", "l", "sl", "c", "lc", "slc", "sC", "C", "Cc", "f", "lf", "fsc"} {
			l := loopCase{cell: cell, masked: k&1 != 0, reverse: (i+k)%3 == 0, dropped: k%5 == 2, bias: (i+k)%4 != 0,
				recompute: k%4 == 3,
				batch:     []int{2, 33, 1}[k%3], steps: []int{5, 2, 1, 17}[(i+k)%4], in: []int{3, 20}[k%2],
				units: []int{7, 16, 1, 33}[(i+k)%4], read: read}
			t.Run(fmt.Sprintf("%+v", l), func(t *testing.T) {
				g := graph.New()
				loss, wrt := l.trace(g)
				p := compare(t, g, append([]*graph.Node{loss}, graph.Gradients([]*graph.Node{loss}, nil, wrt)...), 1e-4,
					2).String()
				if strings.Count(p, "rnn ") < 2 {
					t.Fatalf("the fused kernel did not take it:\n%v", p)
				}
				wide := 4*l.in > l.units && l.batch < 16
				if !wide && strings.Contains(p, "gemm") {
					t.Errorf("a projection is left:\n%v", p)
				}
				if (read == "l" || cell == "lstm") && strings.Trim(read, "lc") == "" && strings.Contains(p, "pad") {
					t.Errorf("a padding is left:\n%v", p)
				}
			})
		}
	}
}

// TestRecomputeSmaller: recomputing takes less memory, linear in the steps as before, and gives the same bits.
func TestRecomputeSmaller(t *testing.T) {
	for _, cell := range []string{"simple", "lstm", "gru", "after", "ugrnn"} {
		arena := map[bool]int{}
		var bits [2][][]float32
		for i, again := range []bool{false, true} {
			g := graph.New()
			loss, wrt := loopCase{cell: cell, bias: true, recompute: again, batch: 16, steps: 400, in: 3, units: 32,
				read: "l"}.trace(g)
			outs := append([]*graph.Node{loss}, graph.Gradients([]*graph.Node{loss}, nil, wrt)...)
			r, p := runner(t, g, outs)
			arena[again] = p.arena
			for k := range outs {
				bits[i] = append(bits[i], slices.Clone(r.Output(k).F32))
			}
		}
		if arena[true]*3 > arena[false]*2 {
			t.Errorf("%s: an arena of %d floats with recomputation, %d without", cell, arena[true], arena[false])
		}
		for k := range bits[0] {
			if !slices.Equal(bits[0][k], bits[1][k]) {
				t.Errorf("%s: output %d differs with recomputation", cell, k)
			}
		}
	}
}

// runner computes outs once, from the same numbers every time.
func runner(t *testing.T, g *graph.Graph, outs []*graph.Node) (*Runner, *Plan) {
	t.Helper()
	p, err := Compile(outs, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	pool := par.New(1)
	t.Cleanup(pool.Close)
	r := p.Runner(pool)
	for n, x := range fill(g, rand.New(rand.NewPCG(1, 2))) {
		r.Bind(n, x)
	}
	if err := r.Compute(); err != nil {
		t.Fatal(err)
	}
	return r, p
}

// TestTeamwork: a large loop with fewer groups of samples than threads has its products shared out, to the same bits,
// and allocates nothing.
func TestTeamwork(t *testing.T) {
	var want [][]float32
	for _, threads := range []int{1, 3} {
		g := graph.New()
		loss, wrt := loopCase{cell: "gru", masked: true, bias: true, batch: 7, steps: 3, in: 5, units: 430,
			read: "s"}.trace(g)
		outs := append([]*graph.Node{loss}, graph.Gradients([]*graph.Node{loss}, nil, wrt)...)
		p, err := compile(outs, nil, nil, threads)
		if err != nil {
			t.Fatal(err)
		}
		teams := 0
		for _, s := range p.steps {
			for l := &s.launch; l != nil; l = l.Next {
				if l.PerRunner != nil && strings.HasPrefix(l.Name, "rnn ") {
					teams++
				}
			}
		}
		if (teams > 0) != (threads > 1) {
			t.Fatalf("%d threads: %d launches by a team\n%v", threads, teams, p)
		}
		pool := par.New(threads)
		defer pool.Close()
		r := p.Runner(pool)
		for name, x := range fill(g, rand.New(rand.NewPCG(3, 4))) {
			r.Bind(name, x)
		}
		if err := r.Compute(); err != nil {
			t.Fatal(err)
		}
		for i := range outs {
			switch x := r.Output(i).F32; {
			case threads == 1:
				want = append(want, slices.Clone(x))
			case !slices.Equal(x, want[i]):
				t.Errorf("output %d differs from that of one thread", i)
			}
		}
		if n := testing.AllocsPerRun(3, func() { _ = r.Compute() }); n != 0 {
			t.Errorf("%d threads: a run allocates %v times", threads, n)
		}
	}
}
