package plan

import (
	"fmt"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/tensor"
)

// Compile makes a plan that computes outs, checks that the values of check are
// finite, and carries out assigns.
func Compile(outs, check []*graph.Node, assigns []graph.Assign) (*Plan, error) {
	if len(outs)+len(assigns) == 0 {
		return nil, fmt.Errorf("plan: nothing to compute")
	}
	return &Plan{outs, check, assigns}, nil
}

// Plan is a compiled computation. It is immutable and may be shared.
type Plan struct {
	outs, check []*graph.Node
	assigns     []graph.Assign
}

// Runner runs a plan: it owns the memory of one run. A goroutine borrows it.
type Runner struct {
	plan   *Plan
	leaves map[string]*tensor.Tensor
	outs   []*tensor.Tensor
	commit map[string]*graph.Array
}

// Runner makes a runner. Its blocks are spread over the pool.
func (p *Plan) Runner(pool *par.Pool) *Runner {
	return &Runner{plan: p, leaves: map[string]*tensor.Tensor{}}
}

// Bind gives a leaf its storage, which the runner reads (and, for an assigned
// leaf, writes) in place at every run. A name that the plan does not use is ignored.
func (r *Runner) Bind(name string, t *tensor.Tensor) { r.leaves[name] = t }

// Compute runs everything but the assignments. A *NonFinite error says that a checked
// value holds NaN or infinity; Commit must not be called then.
func (r *Runner) Compute() error {
	e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{}}
	for n, t := range r.leaves {
		e.Leaves[n] = graph.ArrayOf(t)
	}
	r.outs = nil
	for _, o := range r.plan.outs {
		a, err := e.Value(o)
		if err != nil {
			return err
		}
		r.outs = append(r.outs, a.Tensor())
	}
	for _, o := range r.plan.check {
		a, err := e.Value(o)
		if err != nil {
			return err
		}
		if !a.Finite() {
			return &NonFinite{}
		}
	}
	r.commit = map[string]*graph.Array{}
	for _, as := range r.plan.assigns {
		a, err := e.Value(as.Value)
		if err != nil {
			return err
		}
		r.commit[as.State.Call.Op.(graph.Leaf).Name] = a
	}
	return nil
}

// Commit carries out the assignments of the last Compute.
func (r *Runner) Commit() {
	for n, a := range r.commit {
		t := a.Tensor()
		copy(r.leaves[n].F32, t.F32)
		copy(r.leaves[n].I32, t.I32)
	}
}

// Output is output i of the last Compute; it is valid until the next.
func (r *Runner) Output(i int) *tensor.Tensor { return r.outs[i] }

// NonFinite is the error of a run in which NaN or infinity arose: the first
// operation whose operands were finite and whose result is not.
type NonFinite struct {
	Label string // the layer
	What  string // the operation, or the leaf
	Value float64
}

func (e *NonFinite) Error() string {
	return fmt.Sprintf("%s: %s gave %v", e.Label, e.What, e.Value)
}
