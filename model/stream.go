package model

import (
	"fmt"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// Stream reads sequences piece by piece with a network that is not stateful itself, and remembers in
// between what its recurrent layers remember: what it gives for a step is what the network gives
// for it in the whole sequence. It has the network's weights, also as they are trained on, and a memory
// of its own; it belongs to one goroutine.
type Stream struct {
	// X are the inputs of the next piece, [batch, steps, …], Y the outputs of the last one.
	X, Y []*tensor.Tensor

	model  *Model
	runner *plan.Runner
	memory *weight.Store
}

// Stream is a stream of so many sequences side by side, each read so many steps at a time. A
// network with a layer that looks along the sequence (a Bidirectional, a convolution, a pooling)
// has none: the error names the layer.
func (m *Model) Stream(batch, steps int) (*Stream, error) {
	if !m.built {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	if batch < 1 || steps < 1 {
		return nil, fmt.Errorf("stream: %d sequences, %d steps; give 1 or more of each", batch, steps)
	}
	if err := m.stepwise(); err != nil {
		return nil, err
	}
	s := &Stream{model: m, memory: weight.NewStore()}
	t := layer.NewTrace(false)
	t.Memory = s.memory
	var out []*graph.Node
	var names []string
	if err := graph.Catch(func() {
		var xs []*graph.Node
		for _, v := range m.inputs {
			in := v.from.inst.Layer.(layer.Input)
			piece := in.Sample(batch)
			if len(piece.Shape) < 2 {
				t.Graph.Fail("stream", "input %q has no steps", v.from.inst.name)
			}
			piece.Shape = piece.Shape.Clone()
			piece.Shape[1] = steps
			name := "input/" + v.from.inst.name
			xs = append(xs, t.Graph.Input(name, piece))
			s.X, names = append(s.X, tensor.New(piece.DType, piece.Shape...)), append(names, name)
		}
		out = m.Trace(t, xs...)
	}); err != nil {
		return nil, layer.Cause(err)
	}
	p, err := plan.Compile(out, nil, t.Graph.Assigns)
	if err != nil {
		return nil, err
	}
	s.runner = p.Runner(par.Default())
	for name, v := range t.Leaves {
		s.runner.Bind(name, v.Value)
	}
	for i, name := range names {
		s.runner.Bind(name, s.X[i])
	}
	s.Y = make([]*tensor.Tensor, len(out))
	return s, nil
}

// stepwise finds the layer that keeps a network from being read piece by piece.
func (m *Model) stepwise() error {
	for _, c := range m.calls {
		if sub, ok := c.inst.Layer.(*Model); ok {
			if err := sub.stepwise(); err != nil {
				return err
			}
			continue
		}
		if !layer.Steps(c.inst.Layer, len(c.in)) {
			return fmt.Errorf("stream: %s %q looks along the whole sequence; only recurrent layers that run forward remember what was before",
				layer.Layers.Word(c.inst.Layer), c.inst.name)
		}
	}
	return nil
}

// Next reads the piece in X. It allocates nothing.
func (s *Stream) Next() error {
	st := s.model.store
	st.RLock()
	err := s.runner.ComputeAt(st.Version())
	st.RUnlock()
	if err != nil {
		return err
	}
	s.runner.Commit()
	for i := range s.Y {
		s.Y[i] = s.runner.Output(i)
	}
	return nil
}

// Reset forgets what was read.
func (s *Stream) Reset() { s.memory.ResetSessions() }
