package emit

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// recurrence is a Scan that is one of ONNX's recurrent operators.
type recurrence struct {
	l       *lowering
	c       *graph.Call
	o       graph.Scan
	op      string
	order   []int // ONNX's order of the gates, by gorae's
	attr    graph.CellAttr
	funcs   []activationOf
	p       operands
	x, w, b *graph.Node // the projection x·w + b; w is nil where it is something else
	index   string      // of a masked sequence: how the steps that count lie before the others
	last    []string    // the last states, [1, batch, units]
}

// activationOf is an activation as recurrent operators have it.
type activationOf struct {
	name        string
	alpha, beta float64
}

// activations are those that the recurrent operators know, by Keras's names.
var activations = map[string]activationOf{
	"tanh": {name: "Tanh"}, "sigmoid": {name: "Sigmoid"}, "relu": {name: "Relu"}, "softsign": {name: "Softsign"},
	"softplus": {name: "Softplus"}, "linear": {"Affine", 1, 0}, "elu": {"Elu", 1, 0},
	"hard_sigmoid": {"HardSigmoid", 1.0 / 6, 0.5}, "leaky_relu": {"LeakyRelu", 0.2, 0},
	"legacy_hard_sigmoid": {"HardSigmoid", 0.2, 0.5},
}

// recurrence tells whether a Scan is a recurrent operator with what is read of it.
func (l *lowering) recurrence(c *graph.Call, o graph.Scan) (*recurrence, bool) {
	r := &recurrence{l: l, c: c, o: o, p: operandsOf(c, o)}
	a, ok := o.Cell.Attr.(graph.CellAttr)
	if !ok || a.Dropped || o.Inputs != 1 {
		return nil, false
	}
	r.attr = a
	act, ok := activations[a.Activation]
	rec, ok2 := activations[a.Recurrent]
	switch o.Cell.Name {
	case "simple_rnn_cell":
		r.op, r.order, r.funcs, ok2 = "RNN", []int{0}, []activationOf{act}, true
	case "lstm_cell": // i, f, g, o here; there i, o, f, g
		r.op, r.order, r.funcs = "LSTM", []int{0, 3, 1, 2}, []activationOf{rec, act, act}
	case "gru_cell":
		r.op, r.order, r.funcs = "GRU", []int{0, 1, 2}, []activationOf{rec, act}
	default:
		return nil, false
	}
	if !ok || !ok2 {
		return nil, false
	}
	for _, w := range r.p.fixed {
		if !l.isStatic(w) {
			return nil, false
		}
	}
	// Of an LSTM's memory there is the last state alone, and of what is kept for the gradient nothing.
	for i, n := range c.Out[1:] {
		if l.uses[n] > 0 && (i > 0 || o.States < 2 || !l.onlyLast(n, o.Reverse)) {
			return nil, false
		}
	}
	return r, true
}

// onlyLast reports whether all that reads a sequence of states takes the last state of it.
func (l *lowering) onlyLast(n *graph.Node, reverse bool) bool {
	lasts := 0
	for _, c := range l.graphs[0].Calls[:l.calls] {
		if len(c.In) == 1 && c.In[0] == n && l.uses[c.Out[0]] > 0 && l.takesLast(c.Out[0], reverse) {
			lasts++
		}
	}
	return lasts == l.uses[n] // an output of the network reads all of it
}

// takesLast reports whether n is the part of a sequence of states that the loop made last.
func (l *lowering) takesLast(n *graph.Node, reverse bool) bool {
	o, ok := n.Call.Op.(graph.Slice)
	if !ok || o.Step[1] != 1 {
		return false
	}
	for k := range l.graphs {
		s := l.twin(n, k).Call.Op.(graph.Slice)
		steps := l.twin(n.Call.In[0], k).Shape[1]
		at := steps - 1
		if reverse {
			at = 0
		}
		for a, d := range l.twin(n.Call.In[0], k).Shape {
			lo, hi := 0, d
			if a == 1 {
				lo, hi = at, at+1
			}
			if s.Start[a] != lo || s.Stop[a] != hi {
				return false
			}
		}
	}
	return true
}

// lastState is the tensor [1, batch, units] of the last state that n, a part of a sequence of states, takes; "" where
// it takes something else, or the loop is no recurrent operator.
func (l *lowering) lastState(n *graph.Node) string {
	y := n.Call.In[0]
	o, ok := y.Call.Op.(graph.Scan)
	if !ok || y.Index >= o.States || !l.takesLast(n, o.Reverse) {
		return ""
	}
	if l.values[y] == nil {
		l.lower(y)
	}
	if v := l.values[y]; v != nil {
		return v.forms["last"]
	}
	return ""
}

// last lowers a Reshape of the last state to [batch, units].
func (l *lowering) last(n *graph.Node) bool {
	s := n.Call.In[0]
	if _, ok := s.Call.Op.(graph.Slice); !ok || len(n.Shape) != 2 || len(s.Shape) != 3 || !n.Shape.Equal(
		tensor.Shape{s.Shape[0], s.Shape[2]}) {
		return false
	}
	name := l.lastState(s)
	if name != "" {
		l.put(n, l.f.Squeeze(s.Call.In[0].Call.Label, name, 0), pb.F32, nil)
	}
	return name != ""
}

// gates is a matrix [rows, gates·units] as ONNX has it, [1, gates·units, rows] with the gates in its order.
func (r *recurrence) gates(w *graph.Node) *graph.Node {
	g := r.l.root.graphs[0]
	w = r.l.lifted(w)
	units := r.c.In[0].Shape[1]
	var parts []*graph.Node
	for _, k := range r.order {
		parts = append(parts, w.Narrow(1, k*units, (k+1)*units))
	}
	y := graph.Concatenate(1, parts...).Transpose(1, 0)
	y = g.Apply(graph.Reshape{Shape: append([]int{1}, y.Shape...)}, y)[0]
	return y
}

// bias is the biases [gates·units] of the inputs and of the states, nil for zeros, as [1, 2·gates·units].
func (r *recurrence) bias(b, inner *graph.Node) *graph.Node {
	g := r.l.root.graphs[0]
	units := r.c.In[0].Shape[1]
	var parts []*graph.Node
	for _, v := range []*graph.Node{b, inner} {
		if v == nil {
			v = g.Scalar(0).Broadcast(len(r.order) * units)
		} else {
			v = r.l.lifted(v)
		}
		for _, k := range r.order {
			parts = append(parts, v.Narrow(0, k*units, (k+1)*units))
		}
	}
	return graph.Concatenate(0, parts...).Reshape(1, -1)
}

// initializer is a new static node of the graph around all loops.
func (r *recurrence) initializer(n *graph.Node) string { return r.l.root.constant(n, pb.F32) }

// project finds x, w and b of the projection of the steps.
func (r *recurrence) project() {
	l, p := r.l, r.p.inputs[0]
	m, outer := p, (*graph.Node)(nil)
	if elemOf(p, graph.Add) && l.uses[p] == 1 && l.isStatic(p.Call.In[1]) && len(p.Call.In[1].Shape) == 1 {
		m, outer = p.Call.In[0], p.Call.In[1]
	}
	if _, ok := m.Call.Op.(graph.Reshape); !ok || l.uses[m] != 1 || l.isStatic(m) {
		return
	}
	x, w, b, o, ok := l.rows(m)
	if !ok || o.TransB || !l.isStatic(w) || len(x.Shape) != 3 || outer != nil && b != nil {
		return
	}
	if outer != nil {
		b = outer
	}
	r.x, r.w, r.b = x, w, b
}

func (r *recurrence) one(op string, in []string, attributes ...*pb.Attribute) string {
	return r.l.f.One(r.c.Label, op, in, attributes...)
}

// lower adds the operator.
func (r *recurrence) lower(n *graph.Node) {
	l, f, c := r.l, r.l.f, r.c
	units := c.In[0].Shape[1]
	g := l.root.graphs[0]
	r.project()
	x := r.x
	w := r.w
	if w == nil { // the gates as they come
		x = r.p.inputs[0]
		w = g.Const(eye(len(r.order) * units))
	}
	var inner *graph.Node
	if len(r.p.fixed) > 1 {
		inner = r.p.fixed[1]
	}
	lens := ""
	steps := ""
	if r.p.mask == nil {
		steps = l.in(x, []int{1, 0, 2}, pb.F32)
	} else {
		lens = r.compact()
		steps = r.one("Transpose", []string{r.at(l.in(x, nil, pb.F32), r.index)}, Ints("perm", 1, 0, 2))
	}
	in := []string{steps, r.initializer(r.gates(w)), r.initializer(r.gates(r.p.fixed[0])), "", lens}
	if r.b != nil || inner != nil {
		in[3] = r.initializer(r.bias(r.b, inner))
	}
	for _, s := range r.p.states {
		in = append(in, r.initial(s))
	}
	if in[5] == "" && (len(in) < 7 || in[6] == "") {
		in = in[:5]
	} else if len(in) == 7 {
		for i, s := range r.p.states {
			if in[5+i] == "" {
				in[5+i] = f.Unsqueeze(c.Label, l.in(s, nil, pb.F32), 0)
			}
		}
	}
	for in[len(in)-1] == "" {
		in = in[:len(in)-1]
	}
	attributes := []*pb.Attribute{Int("hidden_size", units)}
	if r.o.Reverse {
		attributes = append(attributes, Text("direction", "reverse"))
	}
	var names []string
	var alphas, betas []float32
	plain := true
	for _, a := range r.funcs {
		names = append(names, a.name)
		if plain = plain && a.alpha == 0 && a.beta == 0; a.alpha != 0 || a.beta != 0 {
			alphas, betas = append(alphas, float32(a.alpha)), append(betas, float32(a.beta))
		}
	}
	defaults := map[string][]string{"RNN": {"Tanh"}, "LSTM": {"Sigmoid", "Tanh", "Tanh"}, "GRU": {"Sigmoid", "Tanh"}}
	if !slices.Equal(names, defaults[r.op]) {
		attributes = append(attributes, Texts("activations", names...))
	}
	if !plain {
		attributes = append(attributes, Numbers("activation_alpha", alphas...), Numbers("activation_beta", betas...))
	}
	if r.op == "GRU" {
		attributes = append(attributes, Int("linear_before_reset", btoi(r.attr.ResetAfter)))
	}
	out := f.Node(c.Label, r.op, in, 1+r.o.States, attributes...)
	r.last = out[1:]
	r.results(out[0])
}

// initial is the first state as the operator takes it, "" for zeros.
func (r *recurrence) initial(s *graph.Node) string {
	if b, ok := s.Call.Op.(graph.Broadcast); ok && len(b.Shape) == 2 {
		if v, ok := r.l.number(s.Call.In[0]); ok && v == 0 {
			return ""
		}
	}
	return r.l.f.Unsqueeze(r.c.Label, r.l.in(s, nil, pb.F32), 0)
}
