package graph

import (
	"fmt"
	"strconv"

	"gorae/tensor"
)

// Scan runs a cell over the steps of sequences: a loop as one operation, whatever
// the number of steps. Operands are, in this order,
//
//	States   values [batch, …]: the state before the first step
//	Inputs   sequences [batch, steps, …]: the cell sees one step, [batch, …]
//	         a mask [batch, steps] if Masked: where it is 0 the state stays as it is
//	         anything else, the same at each step: weights
//
// The cell takes states, the step's inputs and weights, and returns the next states and then residuals, which are kept
// for the backward pass. Results are the states after each step and the residuals of each step, [batch, steps, …].
// With Reverse the last step is computed first; the results of a step still lie at the step's position.
type Scan struct {
	Cell            *Composite
	States, Inputs  int
	Masked, Reverse bool
	// Recompute makes the loop keep little for its gradient and repeat steps on the way back: less memory, more time,
	// the same numbers.
	Recompute bool
}

func (o Scan) String() string {
	s := fmt.Sprintf("scan(%v states=%d inputs=%d", o.Cell, o.States, o.Inputs)
	if o.Masked {
		s += " masked"
	}
	if o.Reverse {
		s += " reverse"
	}
	if o.Recompute {
		s += " recompute"
	}
	return s + ")"
}

// sequences returns how many operands after the states have a time axis.
func (o Scan) sequences() int {
	if o.Masked {
		return o.Inputs + 1
	}
	return o.Inputs
}

// stepTypes returns the operands of one step: sequences without their time axis.
func (o Scan) stepTypes(x []Type) (types []Type, batch, steps int, err error) {
	n := o.States + o.sequences()
	if o.States < 1 || o.Inputs < 1 || len(x) < n {
		return nil, 0, 0, fmt.Errorf("needs at least %d operands, one of them a state and one a sequence, got %d",
			n, len(x))
	}
	seq := x[o.States].Shape
	if len(seq) < 2 {
		return nil, 0, 0, fmt.Errorf("a sequence is [batch, steps, …], got %v", seq)
	}
	batch, steps = seq[0], seq[1]
	for i, t := range x {
		switch {
		case i < o.States:
			if len(t.Shape) == 0 || t.Shape[0] != batch {
				return nil, 0, 0, fmt.Errorf("state %d is %v, the batch has %d samples", i, t, batch)
			}
		case i < n:
			if len(t.Shape) < 2 || t.Shape[0] != batch || t.Shape[1] != steps {
				return nil, 0, 0, fmt.Errorf("operand %d is %v, the sequences are %d samples of %d steps",
					i, t, batch, steps)
			}
			if i == n-1 && o.Masked && (len(t.Shape) != 2 || t.DType != tensor.Float32) {
				return nil, 0, 0, fmt.Errorf("the mask is %v, want %v", t, F32(batch, steps))
			}
			t.Shape = append(tensor.Shape{batch}, t.Shape[2:]...)
		}
		types = append(types, t)
	}
	return types, batch, steps, nil
}

// Step traces one step into a graph of its own: a leaf for each operand, named by its number, and the step's results.
func (o Scan) Step(x []Type) (in, out []*Node, err error) {
	types, _, _, err := o.stepTypes(x)
	if err != nil {
		return nil, nil, err
	}
	g := New()
	err = Catch(func() {
		for i, t := range types {
			in = append(in, g.Input(strconv.Itoa(i), t))
		}
		out = o.step(in)
	})
	return in, out, err
}

func (o Scan) step(in []*Node) []*Node {
	g := in[0].Graph()
	n := o.States + o.Inputs
	args := append([]*Node{}, in[:n]...)
	if o.Masked {
		n++
	}
	out := append([]*Node{}, Compose(o.Cell, append(args, in[n:]...)...)...)
	if len(out) < o.States {
		g.Fail("scan", "the cell has %d states and gives %d values", o.States, len(out))
	}
	for i, s := range in[:o.States] {
		if !out[i].Type.Equal(s.Type) {
			g.Fail("scan", "state %d is %v and becomes %v", i, s.Type, out[i].Type)
		}
		if o.Masked {
			column := make(tensor.Shape, len(s.Shape))
			for a := range column {
				column[a] = 1
			}
			column[0] = s.Shape[0]
			out[i] = in[n-1].Reshape(column...).Where(out[i], s)
		}
	}
	return out
}

// Infer adds the time axis to the cell's results.
func (o Scan) Infer(x []Type) ([]Type, error) {
	_, out, err := o.Step(x)
	if err != nil {
		return nil, err
	}
	steps := x[o.States].Shape[1]
	var types []Type
	for i, n := range out {
		if len(n.Shape) == 0 || n.Shape[0] != x[0].Shape[0] || n.DType != tensor.Float32 {
			return nil, fmt.Errorf("value %d of the cell is %v, want float32 for each of %d samples",
				i, n.Type, x[0].Shape[0])
		}
		types = append(types, Type{n.DType, append(tensor.Shape{n.Shape[0], steps}, n.Shape[1:]...)})
	}
	return types, nil
}

// order lists the steps as the loop visits them.
func (o Scan) order(steps int) func(i int) int {
	if o.Reverse {
		return func(i int) int { return steps - 1 - i }
	}
	return func(i int) int { return i }
}

// Eval evaluates step after step.
func (o Scan) Eval(e *Eval) {
	var types []Type
	for _, a := range e.In {
		types = append(types, a.Type)
	}
	in, out, err := o.Step(types)
	if err != nil {
		panic(err) // Infer has traced the same
	}
	steps := types[o.States].Shape[1]
	at := o.order(steps)
	state := append([]*Array{}, e.In[:o.States]...)
	for i := range steps {
		t := at(i)
		ev := &Evaluator{Single: e.Single, Leaves: map[string]*Array{}}
		for k := range in {
			ev.Leaves[strconv.Itoa(k)] = o.operand(k, state, e.In, t)
		}
		next := make([]*Array, o.States)
		for k, n := range out {
			a, err := ev.Value(n)
			if err != nil {
				panic(err)
			}
			setStep(e.Out[k], a, t)
			if k < o.States {
				next[k] = a
			}
		}
		state = next
	}
}

// operand returns operand k of the cell at step t.
func (o Scan) operand(k int, state, in []*Array, t int) *Array {
	switch {
	case k < o.States:
		return state[k]
	case k < o.States+o.sequences():
		return stepOf(in[k], t)
	}
	return in[k]
}

// stepOf returns step t of a sequence.
func stepOf(a *Array, t int) *Array {
	batch, steps := a.Shape[0], a.Shape[1]
	s := NewArray(Type{a.DType, append(tensor.Shape{batch}, a.Shape[2:]...)})
	row := len(s.V) / max(1, batch)
	for b := range batch {
		copy(s.V[b*row:(b+1)*row], a.V[(b*steps+t)*row:])
	}
	return s
}

// setStep writes step t of a sequence.
func setStep(a, s *Array, t int) {
	batch, steps := a.Shape[0], a.Shape[1]
	row := len(s.V) / max(1, batch)
	for b := range batch {
		copy(a.V[(b*steps+t)*row:(b*steps+t+1)*row], s.V[b*row:])
	}
}

// Grad runs the loop backwards: a ScanGrad.
func (o Scan) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In
	g := ScanGrad{Scan: o, Operands: len(x), Results: len(y)}
	in := append(append([]*Node{}, x...), y...)
	for _, d := range dy {
		g.Flows = append(g.Flows, d != nil)
		if d != nil {
			in = append(in, d)
		}
	}
	ds := make([]*Node, len(x))
	out := x[0].Graph().Apply(g, in...)
	for k, i := range g.Wanted(types(x)) {
		ds[i] = out[k]
	}
	return ds
}

func types(x []*Node) []Type {
	ts := make([]Type, len(x))
	for i, n := range x {
		ts[i] = n.Type
	}
	return ts
}

// ScanGrad is the gradient of a Scan. Operands are those of the scan, its results, and the
// gradients with respect to those of its results that Flows marks; results are the
// gradients with respect to the scan's operands of type float32, without the mask.
type ScanGrad struct {
	Scan              Scan
	Operands, Results int
	Flows             []bool
}

func (o ScanGrad) String() string { return fmt.Sprintf("scan_grad(%v flows=%v)", o.Scan, o.Flows) }

// Wanted lists the operands of the scan that get a gradient.
func (o ScanGrad) Wanted(x []Type) []int {
	var w []int
	for i, t := range x[:o.Operands] {
		mask := o.Scan.Masked && i == o.Scan.States+o.Scan.Inputs
		if t.DType == tensor.Float32 && !mask {
			w = append(w, i)
		}
	}
	return w
}

// Infer gives each gradient the type of its operand.
func (o ScanGrad) Infer(x []Type) ([]Type, error) {
	flows := 0
	for _, f := range o.Flows {
		if f {
			flows++
		}
	}
	if len(x) != o.Operands+o.Results+flows {
		return nil, fmt.Errorf("takes %d operands, got %d", o.Operands+o.Results+flows, len(x))
	}
	if _, _, _, err := o.Scan.stepTypes(x[:o.Operands]); err != nil {
		return nil, err
	}
	var out []Type
	for _, i := range o.Wanted(x) {
		out = append(out, x[i])
	}
	return out, nil
}

// Grad fails: a loop is differentiated once.
func (o ScanGrad) Grad(y, dy []*Node) []*Node {
	y[0].Graph().Fail("scan_grad", "second derivatives of a recurrent layer are not supported; take the steps apart")
	return nil
}

// Step traces the gradient of one step into a graph of its own: the leaves of the scan's step, leaves d0, d1, … for
// the gradients with respect to the step's results, and the gradients with respect to the wanted operands, nil where
// none flows.
func (o ScanGrad) Step(x []Type) (in, dout, din []*Node, err error) {
	in, out, err := o.Scan.Step(x[:o.Operands])
	if err != nil {
		return nil, nil, nil, err
	}
	g := in[0].Graph()
	err = Catch(func() {
		for i, n := range out {
			dout = append(dout, g.Input("d"+strconv.Itoa(i), n.Type))
		}
		var want []*Node
		for _, i := range o.Wanted(x) {
			want = append(want, in[i])
		}
		din = Gradients(out, dout, want)
	})
	return in, dout, din, err
}

// Eval goes from the loop's last step to its first. The gradient of a state is the sum of the gradient of its own
// result and of the gradient from the step after.
func (o ScanGrad) Eval(e *Eval) {
	var ts []Type
	for _, a := range e.In {
		ts = append(ts, a.Type)
	}
	in, dout, din, err := o.Step(ts)
	if err != nil {
		panic(err)
	}
	s := o.Scan
	x, y, dy := e.In[:o.Operands], e.In[o.Operands:o.Operands+o.Results], e.In[o.Operands+o.Results:]
	steps := ts[s.States].Shape[1]
	at := s.order(steps)
	carry := make([]*Array, s.States) // gradient of the state after the step
	for i := steps - 1; i >= 0; i-- {
		t := at(i)
		before := append([]*Array{}, x[:s.States]...)
		if i > 0 {
			for k := range before {
				before[k] = stepOf(y[k], at(i-1))
			}
		}
		ev := &Evaluator{Single: e.Single, Leaves: map[string]*Array{}}
		for k := range in {
			ev.Leaves[strconv.Itoa(k)] = s.operand(k, before, x, t)
		}
		flow := 0
		for k, n := range dout {
			d := NewArray(n.Type)
			if o.Flows[k] {
				copy(d.V, stepOf(dy[flow], t).V)
				flow++
			}
			if k < s.States && carry[k] != nil {
				for j, v := range carry[k].V {
					d.V[j] += v
				}
			}
			ev.Leaves["d"+strconv.Itoa(k)] = d
		}
		carry = make([]*Array, s.States)
		for k, w := range o.Wanted(ts) {
			if din[k] == nil {
				continue
			}
			a, err := ev.Value(din[k])
			if err != nil {
				panic(err)
			}
			switch {
			case w < s.States:
				if carry[w] = a; i == 0 {
					copy(e.Out[k].V, a.V)
				}
			case w < s.States+s.Inputs:
				setStep(e.Out[k], a, t)
			default:
				for j, v := range a.V {
					e.Out[k].V[j] += v
				}
			}
		}
	}
}

// ScanOver runs the cell over sequences: states before the first step, sequences [batch, steps, …],
// a mask [batch, steps] or nil, and weights. It gives the states after each step, and the cell's residuals.
func ScanOver(cell *Composite, states, sequences []*Node, mask *Node, weights []*Node, reverse bool) []*Node {
	return Scan{Cell: cell, Reverse: reverse}.Over(states, sequences, mask, weights)
}

// Over returns ScanOver with the options of o, in which it sets the counts of operands.
func (o Scan) Over(states, sequences []*Node, mask *Node, weights []*Node) []*Node {
	o.States, o.Inputs, o.Masked = len(states), len(sequences), mask != nil
	in := append(append([]*Node{}, states...), sequences...)
	if mask != nil {
		in = append(in, mask)
	}
	in = append(in, weights...)
	return in[0].Graph().Apply(o, in...)
}
