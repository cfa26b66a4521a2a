package model

import (
	"context"
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
)

// Sensitivity returns the output of a layer for samples x, and the derivative of the model's output number k with
// respect to it, summed over the samples (each depends on its own part only). Of a softmax or sigmoid the value
// before it is differentiated, which does not vanish where the model is sure. The model has one output
// [samples, outputs] and is in inference mode.
func (m *Model) Sensitivity(ctx context.Context, name string, k int, x ...*tensor.Tensor) (
	value, gradient *tensor.Tensor, err error) {
	n, err := m.samples(x)
	if err != nil {
		return nil, nil, err
	}
	if out := m.OutputTypes(max(n, 1)); len(out) != 1 || len(out[0].Shape) != 2 || k < 0 || k >= out[0].Shape[1] ||
		n == 0 {
		return nil, nil, fmt.Errorf("model %q: output %d of %d samples: one output (samples, outputs) with that "+
			"number is needed", m.Name, k, n)
	}
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	x = m.converted(x)
	p := NewProgram(func(t *Trace, in []*graph.Node) Traced {
		return Traced{Outputs: m.sensitivity(t, in, name, k)}
	}, ProgramConfig{Models: []*Model{m}, Inputs: m.leafNames(), ReadOnly: true})
	outs, err := p.Run(x...)
	if err != nil {
		return nil, nil, err
	}
	return outs[0].Clone(), outs[1].Clone(), nil
}

// sensitivity traces the output of the layer of that name and the gradient with respect to it.
func (m *Model) sensitivity(t *Trace, in []*graph.Node, name string, k int) []*graph.Node {
	var at *graph.Node
	var names []string
	y := m.trace(layer.NewScope(t, m.store, false), in, func(v *Value, n *graph.Node) {
		if names = append(names, m.valueName(v)); m.valueName(v) == name {
			at = n
		}
	})[0]
	if at == nil {
		t.Graph.Fail("call", "model %q has no layer %q%s", m.Name, name, config.DidYouMean(name, names))
	}
	if z, ok := y.SoftmaxLogits(); ok {
		y = z
	} else if z, ok := y.SigmoidLogits(); ok {
		y = z
	}
	d := graph.Gradients([]*graph.Node{y.Narrow(1, k, k+1).Sum()}, nil, []*graph.Node{at})[0]
	if d == nil {
		d = t.Graph.Scalar(0).Broadcast(at.Shape...)
	}
	return []*graph.Node{at, d}
}
