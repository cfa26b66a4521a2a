package decode

import (
	"context"
	"fmt"

	"gorae/model"
	"gorae/tensor"
)

// Steps are sequences side by side, one in each row, that grow by one id at a time.
type Steps interface {
	// Step lets row r go on from what row from[r] was before (nil: each from itself), by the id ids[r]. The result is
	// the scores of what comes next, row by row, a number for each id; it is valid until the next Step.
	Step(ids, from []int32) ([]float32, error)
}

// Network is a model that decodes. It belongs to one goroutine.
type Network struct {
	// Compiled says that a step costs the same however long the sequence is; otherwise Reason is the error that says
	// which layer asks for the whole sequence, and each step computes all of it.
	Compiled bool
	Reason   error

	model   *model.Model
	target  int
	decoder *model.Decoder
	ids     int
}

// New returns the network of a built model of which input number target is the sequence that is written, and whose
// first output [batch, steps, ids] is the scores of what follows each step.
func New(m *model.Model, target int) (*Network, error) {
	if m.Store() == nil {
		return nil, fmt.Errorf("decode: model %q is not built; call Build first", m.Name)
	}
	in := m.InputTypes(1)
	if target < 0 || target >= len(in) {
		return nil, fmt.Errorf("decode: no input %d; model %q has %d", target, m.Name, len(in))
	}
	out := m.OutputTypes(1)[0].Shape
	if len(in[target].Shape) != 2 || len(out) != 3 || out[1] != in[target].Shape[1] {
		return nil, fmt.Errorf("decode: model %q gives %v for a sequence %v; it must give scores of all ids for each "+
			"step", m.Name, out[1:], in[target].Shape[1:])
	}
	n := &Network{model: m, target: target, ids: out[2]}
	n.decoder, n.Reason = m.Decoder(target)
	n.Compiled = n.Reason == nil
	return n, nil
}

// IDs returns the number of ids that have a score.
func (n *Network) IDs() int { return n.ids }

// Begin returns empty sequences: times rows for each sample of the other inputs x, those of the first sample first.
// Without other inputs times is the number of rows. It ends the Steps of an earlier Begin.
func (n *Network) Begin(times int, x ...*tensor.Tensor) (Steps, error) {
	if n.Compiled {
		if err := n.decoder.Begin(times, x...); err != nil {
			return nil, err
		}
		return compiled{n.decoder}, nil
	}
	return n.Whole(times, x...)
}

// compiled reads through a model.Decoder.
type compiled struct{ *model.Decoder }

// Step implements Steps.
func (c compiled) Step(ids, from []int32) ([]float32, error) {
	if len(ids) != len(c.From) {
		return nil, fmt.Errorf("decode: %d ids for %d rows", len(ids), len(c.From))
	}
	set(c.IDs, 0, ids)
	if from != nil {
		copy(c.From, from)
	}
	if err := c.Next(); err != nil {
		return nil, err
	}
	return c.Y[0].F32, nil
}

// set writes ids into a tensor of any type, from an element on.
func set(t *tensor.Tensor, at int, ids []int32) {
	for i, id := range ids {
		if t.I32 != nil {
			t.I32[at+i] = id
		} else {
			t.F32[at+i] = float32(id)
		}
	}
}

// Whole is Begin for any network: each step computes the whole sequence anew, which may not become longer than the
// input. It is what Begin returns where the network is not compiled.
func (n *Network) Whole(times int, x ...*tensor.Tensor) (Steps, error) {
	types := n.model.InputTypes(1)
	if len(x) != len(types)-1 {
		return nil, fmt.Errorf("decode: model %q takes %d inputs beside the sequence, got %d", n.model.Name,
			len(types)-1, len(x))
	}
	rows := times
	if len(x) > 0 {
		rows *= x[0].Shape[0]
	}
	if rows < 1 {
		return nil, fmt.Errorf("decode: %d rows; give 1 or more", rows)
	}
	w := &whole{model: n.model, scores: make([]float32, rows*n.ids)}
	for i, k := 0, 0; i < len(types); i++ {
		if i == n.target {
			w.prefix = tensor.New(types[i].DType, rows, types[i].Shape[1])
			w.x = append(w.x, w.prefix)
			continue
		}
		w.x, k = append(w.x, model.Repeated(model.Convert(x[k], types[i].DType), times)), k+1
	}
	for _, t := range n.model.OutputTypes(rows) {
		w.y = append(w.y, tensor.New(t.DType, t.Shape...))
	}
	return w, nil
}

// whole computes the whole sequence for each step.
type whole struct {
	model  *model.Model
	x, y   []*tensor.Tensor
	prefix *tensor.Tensor
	at     int
	scores []float32
}

// Step implements Steps.
func (w *whole) Step(ids, from []int32) ([]float32, error) {
	rows, steps := w.prefix.Shape[0], w.prefix.Shape[1]
	switch {
	case len(ids) != rows:
		return nil, fmt.Errorf("decode: %d ids for %d rows", len(ids), rows)
	case w.at == steps:
		return nil, fmt.Errorf("decode: the network reads sequences of %d at most", steps)
	}
	if from != nil {
		was := w.prefix.Clone()
		for r, f := range from {
			copy(part(w.prefix.I32, r*steps, steps), part(was.I32, int(f)*steps, steps))
			copy(part(w.prefix.F32, r*steps, steps), part(was.F32, int(f)*steps, steps))
		}
	}
	for r := range rows {
		set(w.prefix, r*steps+w.at, ids[r:r+1])
	}
	if err := w.model.PredictInto(context.Background(), w.y, w.x...); err != nil {
		return nil, err
	}
	k := len(w.scores) / rows
	for r := range rows {
		copy(w.scores[r*k:(r+1)*k], w.y[0].F32[(r*steps+w.at)*k:])
	}
	w.at++
	return w.scores, nil
}

// part returns n elements of s from one on; nil stays nil.
func part[T any](s []T, at, n int) []T {
	if s == nil {
		return nil
	}
	return s[at : at+n]
}
