package plan

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorae/graph"
	"gorae/tensor"
)

// Naive is the executor that evaluates every operation by its definition, one after the other, without fusion and
// on one core. It is slow, and other executors are checked against it.
type Naive struct {
	// Double computes in float64 from leaf to result; otherwise each operation's result is rounded to float32.
	// Leaves and outputs are tensors of float32 in both cases.
	Double bool
}

// Compile lists the leaves; there is nothing else to prepare.
func (n Naive) Compile(outs, check []*graph.Node, assigns []graph.Assign) (Program, error) {
	if len(outs)+len(assigns) == 0 {
		return nil, errNothing
	}
	p := &naiveProgram{double: n.Double, outs: outs, check: check, assigns: assigns}
	for _, a := range assigns {
		p.values = append(p.values, a.Value)
	}
	p.find()
	return p, nil
}

var errNothing = errors.New("plan: nothing to compute")

// naiveProgram is the requested nodes and all nodes that they depend on.
type naiveProgram struct {
	double      bool
	outs, check []*graph.Node
	assigns     []graph.Assign
	values      []*graph.Node // of assigns
	leaves      []graph.Leaf
	calls       int // that the results depend on
	bytes       int
}

// find lists the leaves that results depend on or that are assigned, and adds up the size of all values.
func (p *naiveProgram) find() {
	needed := map[*graph.Call]bool{}
	pending := p.results()
	for _, a := range p.assigns {
		pending = append(pending, a.State)
	}
	for len(pending) > 0 {
		c := pending[len(pending)-1].Call
		pending = pending[:len(pending)-1]
		if !needed[c] {
			needed[c] = true
			pending = append(pending, c.In...)
		}
	}
	calls := slices.SortedFunc(maps.Keys(needed), func(a, b *graph.Call) int { return a.ID - b.ID })
	p.calls = len(calls)
	for _, c := range calls {
		if l, ok := c.Op.(graph.Leaf); ok {
			p.leaves = append(p.leaves, l)
		}
		for _, o := range c.Out {
			p.bytes += 8 * o.Shape.Size()
		}
	}
}

// results lists the nodes that a run computes.
func (p *naiveProgram) results() []*graph.Node { return slices.Concat(p.outs, p.check, p.values) }

func (p *naiveProgram) Leaves() []graph.Leaf { return p.leaves }

// Bytes returns the size of all values as float64: none is given back before the run ends.
func (p *naiveProgram) Bytes() int { return p.bytes }

// String prints the graph.
func (p *naiveProgram) String() string {
	return fmt.Sprintf("naive evaluation of %d calls\n%v", p.calls, p.results()[0].Graph())
}

func (p *naiveProgram) NewExecution() Execution {
	e := &naiveExecution{program: p, bound: map[string]*tensor.Tensor{}}
	for _, n := range p.outs {
		e.outs = append(e.outs, tensor.New(n.DType, n.Shape...))
	}
	return e
}

// naiveExecution has the storage of the leaves and the results of the last run.
type naiveExecution struct {
	program *naiveProgram
	bound   map[string]*tensor.Tensor
	outs    []*tensor.Tensor
	next    []*graph.Array // the assigned values
	profile bool
	runs    int
	time    time.Duration
}

func (e *naiveExecution) Bind(name string, t *tensor.Tensor) {
	for _, l := range e.program.leaves {
		if l.Name == name {
			mustFit(l, t)
			e.bound[name] = t
		}
	}
}

// ComputeAt does the same as Compute: nothing is kept from run to run.
func (e *naiveExecution) ComputeAt(uint64) error { return e.Compute() }

func (e *naiveExecution) Compute() error {
	start := time.Now()
	p := e.program
	leaves := map[string]*graph.Array{}
	for _, l := range p.leaves {
		t := e.bound[l.Name]
		if t == nil {
			return &Unbound{l}
		}
		leaves[l.Name] = arrayOf(l, t)
	}
	ev := &graph.Evaluator{Single: !p.double, Leaves: leaves}
	for i, n := range p.outs {
		a, err := ev.Value(n)
		if err != nil {
			return err
		}
		copyTensor(e.outs[i], a.Tensor())
	}
	e.next = e.next[:0]
	for _, n := range p.values {
		a, err := ev.Value(n)
		if err != nil {
			return err
		}
		e.next = append(e.next, a)
	}
	for _, n := range p.check {
		a, err := ev.Value(n)
		if err != nil {
			return err
		}
		if !a.Finite() {
			return firstNonFinite(p.results(), leaves, !p.double)
		}
	}
	if e.profile {
		e.runs, e.time = e.runs+1, e.time+time.Since(start)
	}
	return nil
}

func (e *naiveExecution) Commit() {
	for i, a := range e.program.assigns {
		copyTensor(e.bound[a.State.Call.Op.(graph.Leaf).Name], e.next[i].Tensor())
	}
}

func (e *naiveExecution) Output(i int) *tensor.Tensor { return e.outs[i] }

func (e *naiveExecution) Profile(on bool) { e.profile, e.runs, e.time = on, 0, 0 }

func (e *naiveExecution) Runs() int { return e.runs }

// Times returns one step: the evaluation as a whole.
func (e *naiveExecution) Times() []StepTime {
	return []StepTime{{Name: "naive evaluation", Seconds: e.time.Seconds() / float64(max(1, e.runs)), Share: 1,
		Blocks: 1}}
}

// mustFit panics unless a tensor has the element type and the size of a leaf.
func mustFit(l graph.Leaf, t *tensor.Tensor) {
	if t.DType() != l.Type.DType || t.Len() != l.Type.Shape.Size() {
		given := graph.Type{DType: t.DType(), Shape: t.Shape}
		panic(fmt.Sprintf("plan: %v is %v and was bound to %v", l, l.Type, given))
	}
}

// arrayOf returns the storage of a leaf as an array of the leaf's shape.
func arrayOf(l graph.Leaf, t *tensor.Tensor) *graph.Array {
	return graph.ArrayOf(&tensor.Tensor{Shape: l.Type.Shape, F32: t.F32, I32: t.I32, U8: t.U8})
}

func copyTensor(dst, src *tensor.Tensor) {
	copy(dst.F32, src.F32)
	copy(dst.I32, src.I32)
	copy(dst.U8, src.U8)
}
