package golden

import (
	"maps"
	"math"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/plan"
	"gorae/tensor"
)

// leaves are the values of leaves, by name.
type leaves map[string]*graph.Array

// computed is what one run of a computation came to.
type computed struct {
	outs []*graph.Array
	next leaves // the assigned states
}

// computer is one way to compute nodes.
type computer struct {
	name    string
	single  bool
	compute func(values leaves, outs []*graph.Node, assigns []graph.Assign) (computed, error)
}

// computers are the definitions in float64 and the kernels in float32.
var computers = []computer{{"float64", false, evaluate}, {"float32", true, kernels}}

// evaluate computes by the definitions of the operations, in float64.
func evaluate(values leaves, outs []*graph.Node, assigns []graph.Assign) (computed, error) {
	return evaluation(&graph.Evaluator{Leaves: values}, outs, assigns)
}

// rounding computes by the definitions of the operations, with each result rounded to float32.
func rounding(values leaves, outs []*graph.Node, assigns []graph.Assign) (computed, error) {
	return evaluation(&graph.Evaluator{Leaves: values, Single: true}, outs, assigns)
}

func evaluation(e *graph.Evaluator, outs []*graph.Node, assigns []graph.Assign) (computed, error) {
	c := computed{next: leaves{}}
	for _, n := range outs {
		a, err := e.Value(n)
		if err != nil {
			return c, err
		}
		c.outs = append(c.outs, a)
	}
	for _, a := range assigns {
		v, err := e.Value(a.Value)
		if err != nil {
			return c, err
		}
		c.next[leafName(a.State)] = v
	}
	return c, nil
}

func leafName(n *graph.Node) string { return n.Call.Op.(graph.Leaf).Name }

// pool has the threads of all runs of kernels.
var pool = par.New(2)

// kernels computes with the compiled plan that programs use.
func kernels(values leaves, outs []*graph.Node, assigns []graph.Assign) (computed, error) {
	c := computed{next: leaves{}}
	p, err := plan.CPU{Pool: pool}.Compile(outs, nil, assigns)
	if err != nil {
		return c, err
	}
	run := p.NewExecution()
	bound := map[string]*tensor.Tensor{}
	for name, a := range maps.All(values) {
		bound[name] = a.Tensor()
		run.Bind(name, bound[name])
	}
	if err := run.Compute(); err != nil {
		return c, err
	}
	for i := range outs {
		c.outs = append(c.outs, graph.ArrayOf(run.Output(i)))
	}
	run.Commit()
	for _, a := range assigns {
		c.next[leafName(a.State)] = graph.ArrayOf(bound[leafName(a.State)])
	}
	return c, nil
}

// within are bounds: |got − want| ≤ abs + rel·|want|, or rel·(the largest |want| of the array) where of says so.
type within struct {
	abs, rel float64
	largest  bool
}

// compare fails where an array differs from the wanted one.
func (w within) compare(t *testing.T, what string, got *graph.Array, want *array) {
	t.Helper()
	if !got.Shape.Equal(want.Shape) {
		t.Fatalf("%s: shape %v, Keras has %v", what, got.Shape, want.Shape)
	}
	i := w.differs(got, want)
	if d := departureOf(t.Name(), what); d != nil {
		if i >= 0 {
			d.differ++
			t.Logf("%s: departs from Keras", what)
		}
		if d.want == nil {
			return
		}
		want = &array{Shape: want.Shape, DType: want.DType, V: d.want(want)}
		i = w.differs(got, want)
	}
	if i >= 0 {
		t.Errorf("%s: element %d of %v is %.17g, Keras has %.17g", what, i, want.Shape, got.V[i], want.V[i])
	}
}

// differs is the first element that differs, -1 if none.
func (w within) differs(got *graph.Array, want *array) int {
	most := 0.0
	for _, v := range want.V {
		if !math.IsInf(v, 0) && !math.IsNaN(v) {
			most = max(most, math.Abs(v))
		}
	}
	for i, v := range want.V {
		size := math.Abs(v)
		if w.largest {
			size = most
		}
		if !w.near(got.V[i], v, size) {
			return i
		}
	}
	return -1
}

func (w within) near(got, want, size float64) bool {
	if math.IsNaN(want) || math.IsInf(want, 0) {
		return math.IsNaN(want) && math.IsNaN(got) || got == want
	}
	return math.Abs(got-want) <= w.abs+w.rel*size
}
