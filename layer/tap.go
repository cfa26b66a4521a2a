package layer

import (
	"slices"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

// Tap is a recurrent layer's loop in a trace that has Tapping set. Steps is zeros that are added to h_t, the
// first state and the output of each step, before anything sees it, so that the gradient of a loss with respect to
// Steps is the total derivative dL/dh_t, step by step: what the layers after it send back, and what
// comes through the later steps.
type Tap struct {
	Layer   string      // the layer's path in its model: "lstm", "bidirectional/forward_layer"
	Steps   *graph.Node // [batch, steps, …], the shape of h at each step
	Mask    *graph.Node // [batch, steps]; nil: all steps count
	Reverse bool        // the loop begins with the last step
}

// scan runs a cell over sequences as graph.ScanOver does. The first state is h; result number out is what
// the layer gives at each step. Where loops are tapped, the cell is one with a tap.
func (s *Scope) scan(cell *graph.Composite, out int, init, sequences []*graph.Node, mask *graph.Node,
	fixed []*graph.Node, reverse bool) []*graph.Node {
	if !s.trace.Tapping {
		return graph.Scan{Cell: cell, Reverse: reverse, Recompute: s.trace.Recompute}.Over(init, sequences, mask, fixed)
	}
	x, at := sequences[0], len(init)+len(sequences)
	shape := append(tensor.Shape{x.Shape[0], x.Shape[1]}, init[0].Shape[1:]...)
	zeros := s.Graph.Scalar(0).Broadcast(shape...)
	s.trace.Taps = append(s.trace.Taps, Tap{strings.TrimSuffix(s.path, "/cell"), zeros, mask, reverse})
	tapped := &graph.Composite{
		Name: "tapped",
		Attr: cell.String(),
		Body: func(v []*graph.Node) []*graph.Node {
			e := v[at]
			y := slices.Clone(cell.Body(slices.Delete(slices.Clone(v), at, at+1)))
			if out != 0 && y[out].Type.Equal(e.Type) {
				y[out] = y[out].Add(e)
			}
			y[0] = y[0].Add(e)
			return y
		},
	}
	return graph.ScanOver(tapped, init, append(slices.Clone(sequences), zeros), mask, fixed, reverse)
}
