package plan

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/tensor"
)

// Every executor keeps the contract of the interface: outputs, assignments only in Commit, checks, leaves, times.
func TestExecutors(t *testing.T) {
	for name, e := range map[string]Executor{"cpu": CPU{}, "naive": Naive{}, "double": Naive{Double: true}} {
		g := graph.New()
		x := g.Input("x", graph.F32(2, 3))
		w := g.Leaf(graph.Weight, "w", graph.F32(3))
		y := x.Mul(w).Sum(1)
		g.Assign(w, w.Add(x.Narrow(0, 0, 1).Reshape(3)))
		g.Assign(g.Leaf(graph.State, "written", graph.F32(2)), y)
		p, err := e.Compile([]*graph.Node{y}, []*graph.Node{y}, g.Assigns)
		if err != nil {
			t.Fatal(err)
		}
		var leaves []string
		for _, l := range p.Leaves() {
			leaves = append(leaves, l.Name)
		}
		slices.Sort(leaves)
		if want := []string{"w", "written", "x"}; !slices.Equal(leaves, want) || p.Bytes() < 8 || p.String() == "" {
			t.Errorf("%s: leaves %v, %d bytes, %q", name, leaves, p.Bytes(), p)
		}
		r := p.NewExecution()
		in, weights, state := tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 2, 3), tensor.Of([]float32{1, 0, 2}, 3),
			tensor.New(tensor.Float32, 2)
		r.Bind("x", in)
		r.Bind("w", weights)
		r.Bind("nobody", in)
		var unbound *Unbound
		if err := r.Compute(); !errors.As(err, &unbound) || unbound.Leaf.Name != "written" {
			t.Errorf("%s: error %v", name, err)
		}
		r.Bind("written", state)
		r.Profile(true)
		for round, want := range [][]float32{{7, 16}, {21, 48}} { // by hand: w is 1 0 2, then 2 2 5
			if err := r.ComputeAt(uint64(round)); err != nil {
				t.Fatal(err)
			}
			if got := r.Output(0).F32; !slices.Equal(got, want) {
				t.Errorf("%s: run %d gives %v, want %v", name, round, got, want)
			}
			if before := []float32{1, 0, 2}; round == 0 && !slices.Equal(weights.F32, before) {
				t.Errorf("%s: w is %v before Commit", name, weights.F32)
			}
			r.Commit()
			if !slices.Equal(state.F32, want) {
				t.Errorf("%s: the state is %v, want %v", name, state.F32, want)
			}
		}
		if ts := r.Times(); r.Runs() != 2 || len(ts) == 0 || !strings.Contains(Table(ts), "total") {
			t.Errorf("%s: %d runs, times %v", name, r.Runs(), ts)
		}
		in.F32[4] = float32(math.Inf(1))
		var bad *NonFinite
		if err := r.Compute(); !errors.As(err, &bad) || !bad.Leaf || !math.IsInf(bad.Value, 1) {
			t.Errorf("%s: error %v", name, err)
		}
		if _, err := e.Compile(nil, nil, nil); err == nil {
			t.Errorf("%s: nothing to compute is no error", name)
		}
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a tensor of another size is bound", name)
				}
			}()
			r.Bind("x", weights)
		}()
	}
}
