package golden

import (
	"gorae/graph"
	"gorae/plan"
	"gorae/tensor"
)

// double is an executor that computes in float64 by the definitions, and keeps what it assigns in float64 beside the
// float32 storage of programs, so that a whole training is one in float64.
type double struct {
	exact   map[*float32][]float64 // the numbers of a storage, as long as they round to it
	numbers map[string]float64     // of leaves that are scalars, in place of their float32
	adjust  func(g *graph.Graph)   // makes Keras's roundings
}

func newDouble() *double {
	return &double{exact: map[*float32][]float64{}, numbers: map[string]float64{}}
}

// Compile implements plan.Executor.
func (d *double) Compile(outs, check []*graph.Node, assigns []graph.Assign) (plan.Program, error) {
	p, err := plan.Naive{Double: true}.Compile(outs, check, assigns)
	if err != nil {
		return nil, err
	}
	if d.adjust != nil {
		for _, n := range outs {
			d.adjust(n.Graph())
			break
		}
	}
	return &doubleProgram{p, d, outs, assigns}, nil
}

type doubleProgram struct {
	plan.Program // lists the leaves
	double       *double
	outs         []*graph.Node
	assigns      []graph.Assign
}

// NewExecution implements plan.Program.
func (p *doubleProgram) NewExecution() plan.Execution {
	e := &doubleExecution{Execution: p.Program.NewExecution(), program: p, bound: map[string]*tensor.Tensor{}}
	for _, n := range p.outs {
		e.outs = append(e.outs, tensor.New(n.DType, n.Shape...))
	}
	return e
}

type doubleExecution struct {
	plan.Execution // is asked for no numbers
	program        *doubleProgram
	bound          map[string]*tensor.Tensor
	outs           []*tensor.Tensor
	next           map[string]*graph.Array
}

// Bind implements plan.Execution.
func (e *doubleExecution) Bind(name string, t *tensor.Tensor) { e.bound[name] = t }

// Compute implements plan.Execution.
func (e *doubleExecution) Compute() error {
	values := leaves{}
	for _, l := range e.program.Leaves() {
		t := e.bound[l.Name]
		if t == nil {
			return &plan.Unbound{Leaf: l}
		}
		values[l.Name] = e.program.double.read(l, t)
	}
	got, err := evaluate(values, e.program.outs, e.program.assigns)
	if err != nil {
		return err
	}
	e.next = got.next
	for i, a := range got.outs {
		t := a.Tensor()
		copy(e.outs[i].F32, t.F32)
		copy(e.outs[i].I32, t.I32)
		copy(e.outs[i].U8, t.U8)
	}
	return nil
}

// ComputeAt implements plan.Execution.
func (e *doubleExecution) ComputeAt(uint64) error { return e.Compute() }

// Commit implements plan.Execution.
func (e *doubleExecution) Commit() {
	for name, a := range e.next {
		t := e.bound[name]
		copy(t.F32, a.Tensor().F32)
		if len(t.F32) > 0 {
			e.program.double.exact[&t.F32[0]] = a.V
		}
	}
}

// Output implements plan.Execution.
func (e *doubleExecution) Output(i int) *tensor.Tensor { return e.outs[i] }

// read is what a storage holds, in float64 where that is known.
func (d *double) read(l graph.Leaf, t *tensor.Tensor) *graph.Array {
	a := &graph.Array{Type: l.Type, V: graph.ArrayOf(t).V}
	if v, ok := d.numbers[l.Name]; ok && len(a.V) == 1 {
		a.V[0] = v
	}
	if len(t.F32) > 0 {
		for i, v := range d.exact[&t.F32[0]] {
			if i < len(a.V) && float32(v) == t.F32[i] {
				a.V[i] = v
			}
		}
	}
	return a
}
