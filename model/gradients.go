package model

import (
	"context"
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
	"gorae/weight"
)

// Gradient is the derivative of a loss with respect to everything that it depends on.
type Gradient struct {
	Loss    float64                   // the mean over the samples
	Weights map[string]*tensor.Tensor // by path; a weight that the loss does not depend on has zeros
	Inputs  []*tensor.Tensor          // by input; nil for integers
}

// Gradients differentiates the mean of a loss over samples x with targets y with
// respect to every weight and input. The model is in inference mode, penalties are left
// out. For several outputs, or another mode, use Trace and graph.Gradients.
func (m *Model) Gradients(ctx context.Context, l loss.Loss, y *tensor.Tensor, x ...*tensor.Tensor) (*Gradient, error) {
	n, err := m.samples(x)
	if err != nil {
		return nil, err
	}
	if len(m.outputs) != 1 {
		return nil, fmt.Errorf("model %q has %d outputs; take Upto one of them", m.Name, len(m.outputs))
	}
	if len(y.Shape) == 0 || y.Shape[0] != n || n == 0 {
		return nil, fmt.Errorf("model %q: %d samples need as many targets, the targets are %v", m.Name, n, y.Shape)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	x = m.converted(x)
	var weights []*weight.Var
	for _, v := range m.store.Vars() {
		if v.Kind == weight.Weight {
			weights = append(weights, v)
		}
	}
	p := NewProgram(func(t *Trace, in []*graph.Node) Traced {
		return Traced{Outputs: m.gradients(t, l, weights, in)}
	}, ProgramConfig{Models: []*Model{m}, Inputs: append(m.leafNames(), "target"), ReadOnly: true})
	outs, err := p.Run(append(slices.Clone(x), y)...)
	if err != nil {
		return nil, err
	}
	g := &Gradient{Loss: outs[0].Float(0), Weights: map[string]*tensor.Tensor{}, Inputs: make([]*tensor.Tensor, len(x))}
	outs = outs[1:]
	for i, v := range weights {
		g.Weights[v.Path] = outs[i].Clone()
	}
	outs = outs[len(weights):]
	for i, t := range x {
		if t.DType() == tensor.Float32 {
			g.Inputs[i], outs = outs[0].Clone(), outs[1:]
		}
	}
	return g, nil
}

// gradients traces the mean of a loss and its derivatives with respect to weights and to the inputs of float32. The
// last node of in is the target.
func (m *Model) gradients(t *Trace, l loss.Loss, weights []*weight.Var, in []*graph.Node) []*graph.Node {
	in, target := in[:len(in)-1], in[len(in)-1]
	value := loss.Reduce(config.Filled(l).Value(target, m.Trace(t, in...)[0]), nil)
	var wanted []*graph.Node
	for _, v := range weights {
		wanted = append(wanted, t.Leaf(v))
	}
	for _, x := range in {
		if x.DType == tensor.Float32 {
			wanted = append(wanted, x)
		}
	}
	ds := graph.Gradients([]*graph.Node{value}, nil, wanted)
	for i, d := range ds {
		if d == nil {
			ds[i] = t.Graph.Scalar(0).Broadcast(wanted[i].Shape...)
		}
	}
	return append([]*graph.Node{value}, ds...)
}
