package train

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/plan"
	"gorae/tensor"
)

// program is a computation compiled for inputs of some types, with its weights bound to where they live.
type program struct {
	types  []graph.Type
	names  []string // of the inputs' leaves
	trace  *layer.Trace
	plan   *plan.Plan
	runner *plan.Runner
	outs   []*tensor.Tensor // of the last run; valid until the next one
}

// compile traces a computation over inputs of the types of in. build gives its outputs, those of them and of other nodes that must be
// finite, and nodes; assigns says whether the trace's assignments belong to it.
func compile(t *layer.Trace, in []*tensor.Tensor, assigns bool,
	build func(nodes []*graph.Node) (outs, check []*graph.Node)) (*program, error) {
	p := &program{trace: t}
	var outs, check []*graph.Node
	if err := graph.Catch(func() {
		var nodes []*graph.Node
		for i, x := range in {
			p.names = append(p.names, fmt.Sprintf("in/%d", i))
			p.types = append(p.types, graph.Type{DType: x.DType(), Shape: x.Shape.Clone()})
			nodes = append(nodes, t.Graph.Input(p.names[i], p.types[i]))
		}
		outs, check = build(nodes)
	}); err != nil {
		return nil, layer.Cause(err)
	}
	as := t.Graph.Assigns
	if !assigns {
		as = nil
	}
	var err error
	p.plan, err = plan.Compile(outs, check, as)
	p.outs = make([]*tensor.Tensor, len(outs))
	return p, err
}

// start makes the program ready to run.
func (p *program) start() {
	p.runner = p.plan.Runner(par.Default())
	for name, v := range p.trace.Leaves {
		p.runner.Bind(name, v.Value)
	}
}

// bind gives the inputs their values.
func (p *program) bind(in []*tensor.Tensor) {
	for i, t := range in {
		p.runner.Bind(p.names[i], t)
	}
}

// results are the outputs of the last run.
func (p *program) results() []*tensor.Tensor {
	for i := range p.outs {
		p.outs[i] = p.runner.Output(i)
	}
	return p.outs
}

// programs are those compiled so far, the oldest first. They are found by the types of their inputs.
type programs []*program

func (ps programs) find(in []*tensor.Tensor) *program {
	for _, p := range ps {
		if p.takes(in) {
			return p
		}
	}
	return nil
}

// takes reports whether the program was compiled for inputs of these types.
func (p *program) takes(in []*tensor.Tensor) bool {
	if len(p.types) != len(in) {
		return false
	}
	for i, x := range in {
		if p.types[i].DType != x.DType() || !p.types[i].Shape.Equal(x.Shape) {
			return false
		}
	}
	return true
}

// add keeps at most so many programs: the oldest goes first.
func (ps *programs) add(p *program, most int) {
	if len(*ps) == most {
		*ps = slices.Delete(*ps, 0, 1)
	}
	*ps = append(*ps, p)
}
