package model

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
	"gorae/weight"
)

// Stream reads sequences piece by piece with a network that is not stateful itself and keeps the states of its
// recurrent layers between pieces: the outputs for a step are those for the same step of the whole sequence. It uses
// the network's weights, also while they are trained, and has states of its own; it belongs to one goroutine.
type Stream struct {
	// X are the inputs of the next piece, [batch, steps, …], Y the outputs of the last one.
	X, Y []*tensor.Tensor

	execution *Execution
	memory    *weight.Store
}

// Stream returns a stream of batch sequences side by side, each read in pieces of so many steps. A network with a layer
// that looks along the sequence (a Bidirectional, a convolution, a pooling) has none: the error names the layer.
func (m *Model) Stream(batch, steps int) (*Stream, error) {
	if !m.built {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	if batch < 1 || steps < 1 {
		return nil, fmt.Errorf("stream: %d sequences, %d steps; give 1 or more of each", batch, steps)
	}
	if err := m.stepwise(false); err != nil {
		return nil, err
	}
	s := &Stream{memory: weight.NewStore()}
	for _, v := range m.inputs {
		piece := v.from.inst.Layer.(layer.Input).Sample(batch)
		if len(piece.Shape) < 2 {
			return nil, fmt.Errorf("stream: input %q has no steps", m.valueName(v))
		}
		piece.Shape = piece.Shape.Clone()
		piece.Shape[1] = steps
		s.X = append(s.X, tensor.New(piece.DType, piece.Shape...))
	}
	p := NewProgram(func(t *Trace, in []*graph.Node) Traced {
		t.Memory = s.memory
		return Traced{Outputs: m.Trace(t, in...)}
	}, ProgramConfig{Models: []*Model{m}, Inputs: m.leafNames()})
	var err error
	if s.execution, err = p.Borrow(s.X...); err != nil {
		return nil, err
	}
	s.Y = make([]*tensor.Tensor, len(m.outputs))
	return s, nil
}

// stepwise finds the layer that keeps a network from being read piece by piece, or where steps are remembered one step
// at a time.
func (m *Model) stepwise(remembered bool) error {
	for _, c := range m.calls {
		if sub, ok := c.inst.Layer.(*Model); ok {
			if err := sub.stepwise(remembered); err != nil {
				return err
			}
			continue
		}
		if remembered && looksBack(c.layer()) && len(c.named) == 0 {
			continue
		}
		if !layer.Stepwise(c.inst.Layer, len(c.in)) {
			return fmt.Errorf("stream: %s %q looks along the whole sequence; only recurrent layers that run forward "+
				"remember what was before", layer.Layers.Word(c.inst.Layer), m.names[c.inst])
		}
	}
	return nil
}

// anyLayer reports whether something holds for a layer, or for one within a model.
func anyLayer(l layer.Layer, is func(layer.Layer) bool) bool {
	if m, ok := l.(*Model); ok {
		return slices.ContainsFunc(m.calls, func(c *call) bool { return anyLayer(c.layer(), is) })
	}
	return is(l)
}

// looksBack reports whether a layer can keep the steps before the one that is read.
func looksBack(l layer.Layer) bool { return layer.TraitsOf(l).Remembers }

// Causal reports whether no step of the outputs depends on a later step of the inputs, so that a window may be filled
// up behind its last step with anything.
func (m *Model) Causal() bool {
	for _, c := range m.calls {
		if sub, ok := c.inst.Layer.(*Model); ok {
			if !sub.Causal() {
				return false
			}
			continue
		}
		if layer.TraitsOf(c.layer()).Steps != layer.CausalSteps && !layer.Stepwise(c.inst.Layer, len(c.in)) {
			return false
		}
	}
	return true
}

// Next reads the piece in X. It allocates nothing.
func (s *Stream) Next() error {
	if err := s.execution.Run(); err != nil {
		return err
	}
	for i := range s.Y {
		s.Y[i] = s.execution.Output(i)
	}
	return nil
}

// Reset forgets what was read.
func (s *Stream) Reset() { s.memory.ResetSessions() }
