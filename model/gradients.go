package model

import (
	"context"
	"fmt"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/plan"
	"gorae/tensor"
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
	t := layer.NewTrace(false)
	var xs, outs, ds []*graph.Node
	var paths []string
	var wanted []*graph.Node
	if err := graph.Catch(func() {
		xs = m.inputNodes(t.Graph, n)
		pred := m.Trace(t, xs...)[0]
		target := t.Graph.Input("target", graph.Type{DType: y.DType(), Shape: y.Shape})
		value := loss.Reduce(l.Value(target, pred), nil)
		outs = []*graph.Node{value}
		for _, v := range m.store.Vars() {
			if v.Kind == 0 {
				paths = append(paths, v.Path)
				wanted = append(wanted, t.Leaf(v))
			}
		}
		for _, x := range xs {
			if x.DType == tensor.Float32 {
				wanted = append(wanted, x)
			}
		}
		ds = graph.Gradients(outs, nil, wanted)
		for i, d := range ds {
			if d == nil {
				ds[i] = t.Graph.Scalar(0).Broadcast(wanted[i].Shape...)
			}
		}
		outs = append(outs, ds...)
	}); err != nil {
		return nil, layer.Cause(err)
	}
	p, err := plan.Compile(outs, nil, nil)
	if err != nil {
		return nil, err
	}
	r := p.Runner(par.Default())
	for name, v := range t.Leaves {
		r.Bind(name, v.Value)
	}
	for i, in := range xs {
		r.Bind(in.Call.Op.(graph.Leaf).Name, x[i])
	}
	r.Bind("target", y)
	m.store.RLock()
	err = r.Compute()
	m.store.RUnlock()
	if err != nil {
		return nil, err
	}
	g := &Gradient{Loss: r.Output(0).Float(0), Weights: map[string]*tensor.Tensor{}, Inputs: make([]*tensor.Tensor, len(xs))}
	for i, path := range paths {
		g.Weights[path] = r.Output(1 + i).Clone()
	}
	k := 1 + len(paths)
	for i, in := range xs {
		if in.DType == tensor.Float32 {
			g.Inputs[i] = r.Output(k).Clone()
			k++
		}
	}
	return g, nil
}
