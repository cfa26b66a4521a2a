package plan

import (
	"slices"

	"gorae/graph"
	"gorae/internal/kernel/rnn"
)

// recurrentFusion computes a loop over time (graph.Scan) whose cell the fused kernel knows, and the loop's gradient if
// there is one: both or neither, because what the backward pass needs lies in a buffer of the kernel's own. The kernel
// also does what surrounds the loop in the graph where it can (recurrent_match.go).
type recurrentFusion struct{}

// recurrence is such a loop. It is the pattern of two steps, the loop and its gradient.
type recurrence struct {
	scan     *graph.Call
	grad     *graph.Call // nil in inference
	shape    rnn.Shape
	residual *Value          // what the forward pass leaves to the backward pass
	lists    *Value          // which rows of a looked-up weight occur
	check    bool            // whether the gradients of those rows are finite
	sparse   *sparseGradient // the gradient of the looked-up weight, where the kernel makes its rows
	stacked  bool            // the states are read by a loop above alone, from residual
	// Operands of the scan by their part; −1 for those that are not there.
	h0, c0, x, mask, u, bias, drop int
	surroundings
}

// surroundings are the calls next to a loop that the loop's kernel computes. What is not there is nil.
//
//   - The projection x·weights + addend, whose result would be written and read again by the longest values of the
//     network, and its gradients.
//   - The gather, where x is rows of a weight that ids choose (an embedding): a row is projected once, however often
//     it occurs.
//   - The slice that takes the last state, and the padding with which such a slice's gradient becomes a sequence.
type surroundings struct {
	input, weights, addend    *graph.Node // input is the weight whose rows are looked up if there are ids
	ids                       *graph.Node
	gather                    *graph.Call // looks the rows up
	below                     *recurrence // the loop whose states the input is, read where its kernel keeps them
	dInput, dWeights, dAddend *graph.Node
	last                      [2]*graph.Node // of h and c
	flow                      [2]flow        // of h and c
}

// flow is the gradient of a state: of all steps, and of the last step alone.
type flow struct{ all, last *graph.Node }

// recurrentActs are the kernel's activations by the names that cells give them.
var recurrentActs = map[string]rnn.Act{
	"tanh": rnn.Tanh, "sigmoid": rnn.Sigmoid, "linear": rnn.Linear, "relu": rnn.Relu, "relu6": rnn.Relu6,
	"hard_sigmoid": rnn.HardSigmoid, "legacy_hard_sigmoid": rnn.HardSigmoid2, "softsign": rnn.Softsign,
}

// match takes a scan that the kernel knows.
func (recurrentFusion) match(b *builder, c *graph.Call) pattern {
	if _, ok := c.Op.(graph.Scan); !ok {
		return nil
	}
	r := b.recurrence(c)
	if r == nil || !b.readable(r) {
		return nil
	}
	b.surround(r)
	if r.grad == nil {
		return r
	}
	b.stepOf[r.grad].pattern = r
	r.residual = b.newBuffer(rnn.New(r.shape, false).Residual())
	switch {
	case r.ids != nil:
		r.lists = b.newInts(rnn.New(r.shape, false).Lists())
	case r.input != nil && !r.shape.Recompute:
		b.stack(r)
	}
	return r
}

// loop returns the recurrence that a step computes, nil for other steps and for none.
func (b *builder) loop(s *step) *recurrence {
	if s == nil {
		return nil
	}
	r, _ := s.pattern.(*recurrence)
	return r
}

// recurrence describes a scan to the kernel, nil if the kernel does not know it.
func (b *builder) recurrence(c *graph.Call) *recurrence {
	op := c.Op.(graph.Scan)
	a, ok := op.Cell.Attr.(graph.CellAttr)
	cell, known := map[string]rnn.Cell{"simple_rnn_cell": rnn.Simple, "lstm_cell": rnn.LSTM, "gru_cell": rnn.GRU,
		"ugrnn_cell": rnn.UGRNN}[op.Cell.Name]
	act, okAct := recurrentActs[a.Activation]
	rec, okRec := recurrentActs[a.Recurrent]
	if !ok || !known || !okAct || !(okRec || cell == rnn.Simple) {
		return nil
	}
	r := &recurrence{scan: c, h0: 0, c0: -1, mask: -1, bias: -1, drop: -1}
	next := 1
	take := func() int { next++; return next - 1 }
	if cell == rnn.LSTM {
		r.c0 = take()
	}
	r.x = take()
	if op.Masked {
		r.mask = take()
	}
	r.u = take()
	if a.RecurrentBias {
		r.bias = take()
	}
	if a.Dropped {
		r.drop = take()
	}
	h, x := c.In[0].Shape, c.In[r.x].Shape
	r.shape = rnn.Shape{
		Cell: cell, Batch: h[0], Steps: x[1], In: x[2], Units: h[1], Activation: act, Recurrent: rec,
		ResetAfter: a.ResetAfter,
		Projected:  true, Reverse: op.Reverse, InTime: true, Sequences: true, Hold: true, Recompute: op.Recompute,
	}
	if next != len(c.In) || h[0] < 1 || x[1] < 1 || x[2] != cell.Blocks()*h[1] {
		return nil
	}
	return r
}

// states returns the number of states: h, and c for LSTM. The scan's results after them are residuals.
func (r *recurrence) states() int {
	if r.c0 >= 0 {
		return 2
	}
	return 1
}

// outside reports whether a value is read outside of the steps, as an output or a checked value.
func (b *builder) outside(n *graph.Node) bool { return b.keep[b.value[n]] || b.check[b.value[n]] }

// readers lists the calls that read result i of a call.
func (b *builder) readers(c *graph.Call, i int) (list []*graph.Call) {
	for _, u := range b.users[c] {
		for _, x := range u.In {
			if b.value[x] == b.value[c.Out[i]] {
				list = append(list, u)
				break
			}
		}
	}
	return list
}

// readable finds the scan's gradient, and reports whether only results that the kernel writes are read: neither
// residuals nor the gradient of the dropout's factors.
func (b *builder) readable(r *recurrence) bool {
	for _, u := range b.readers(r.scan, 0) {
		g, ok := u.Op.(graph.ScanGrad)
		if !ok || b.value[u.In[g.Operands]] != b.value[r.scan.Out[0]] {
			continue
		}
		if r.grad != nil || slices.Contains(g.Flows[r.states():], true) {
			return false
		}
		r.grad = u
	}
	for i := r.states(); i < len(r.scan.Out); i++ {
		if b.outside(r.scan.Out[i]) {
			return false
		}
		for _, u := range b.readers(r.scan, i) {
			if u != r.grad {
				return false
			}
		}
	}
	if k := r.result(r.drop); k >= 0 {
		return !b.outside(r.grad.Out[k]) && len(b.readers(r.grad, k)) == 0
	}
	return true
}

// result returns the index of the gradient's result for operand i of the scan, −1 for none.
func (r *recurrence) result(i int) int {
	if r.grad == nil || i < 0 {
		return -1
	}
	return slices.Index(r.grad.Op.(graph.ScanGrad).Wanted(typesOf(r.grad.In)), i)
}

// isZero reports whether a node is zeros known at compile time.
func isZero(n *graph.Node) bool {
	for {
		switch op := n.Call.Op.(type) {
		case graph.Broadcast, graph.Reshape:
			n = n.Call.In[0]
			continue
		case graph.Const:
			for i := range op.Value.Len() {
				if op.Value.Float(i) != 0 {
					return false
				}
			}
			return true
		}
		return false
	}
}
