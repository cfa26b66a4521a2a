package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// walker runs a cell over the steps of x [batch, steps, …].
type walker interface {
	// states are the shapes of the cell's states without the sample axis, for steps of a shape.
	states(s *Scope, step tensor.Shape) []tensor.Shape
	// walk starts from the states init, or from zeros if it is nil, and gives what
	// comes out at each step and the states after it, at the step's own place.
	// A step that the mask leaves out keeps the states and repeats the output, zeros at first.
	walk(s *Scope, x, mask *graph.Node, init []*graph.Node, reverse bool) (y *graph.Node, states []*graph.Node)
	// words counts the parameters for a step of a shape: "4 × (3 + 2 + 1) × 2", 48.
	words(step tensor.Shape) (string, int)
}

// loop is the arguments of recurrent layers around a cell, under Keras's names.
type loop struct {
	sequences, state, backwards, stateful, zeroMasked bool
	active                                            weight.Regularizer // of the outputs
	cell                                              walker
}

// looped returns the loop of a layer with these options around a cell.
func (o RNNOptions) looped(sequences, state bool, active weight.Regularizer, cell walker) loop {
	return loop{sequences, state, o.GoBackwards, o.Stateful, o.ZeroOutput, active, cell}
}

// recurrent is a layer that Bidirectional can take.
type recurrent interface {
	Layer
	loop() loop
}

// Recurrent reports whether a layer's further inputs are states to start from: Keras has them
// under the name initial_state.
func Recurrent(l Layer) bool {
	_, both := l.(Bidirectional)
	_, one := l.(recurrent)
	return both || one
}

// traits returns those of a recurrent layer that ends with an activation.
func (o loop) traits(a Activation) Traits {
	t := featurewise(a)
	t.Mask, t.Activation = HandlesMask, a
	if o.backwards {
		t.Steps = AcrossSteps
	}
	return t
}

// RecurrentKind returns the class of a recurrent layer, as LSTM; "" where a cell decides (RNN) or the layer is not
// recurrent.
func RecurrentKind(l Layer) string {
	if _, ok := l.(recurrent); !ok {
		return ""
	}
	if _, any := l.(interface{ anyCell() }); any {
		return ""
	}
	return TypeName(l)
}

// call returns the layer: x is a sequence and, if given, the states to start from.
func (o loop) call(s *Scope, x []*graph.Node) []*graph.Node {
	y, states := o.run(s, x)
	if o.sequences && o.backwards {
		y = flip(y)
	}
	o.passMask(s, x[0], y, states)
	if !o.state {
		return []*graph.Node{y}
	}
	return append([]*graph.Node{y}, states...)
}

// passMask gives the mask of x to a sequence, and to nothing else.
func (o loop) passMask(s *Scope, x, y *graph.Node, states []*graph.Node) {
	for _, n := range append([]*graph.Node{y}, states...) {
		s.SetMask(n, nil)
	}
	if o.sequences {
		s.SetMask(y, s.Mask(x))
	}
}

// run gives the outputs in their places, or the last one, and the last states.
func (o loop) run(s *Scope, x []*graph.Node) (y *graph.Node, last []*graph.Node) {
	in := float(x[0])
	if o.stateful && s.trace.Memory != nil && s.turn != "" {
		s.Fail("is stateful and called twice: the second call goes on where the whole sequence of the first ends, " +
			"which is not known while it is read piece by piece")
	}
	o.stateful = o.stateful || s.trace.Memory != nil
	if len(in.Shape) < 3 {
		s.Fail("needs sequences [steps, features], got samples of shape %v", Features(in.Shape))
	}
	batch, steps := in.Shape[0], in.Shape[1]
	if steps < 1 {
		s.Fail("needs at least one step, got samples of shape %v", Features(in.Shape))
	}
	mask := s.Mask(x[0])
	if mask != nil && !mask.Shape.Equal(tensor.Shape{batch, steps}) {
		s.Fail("the mask %v does not fit sequences of shape %v", mask.Shape, Features(in.Shape))
	}
	if len(x) > 1 && !s.trace.given[x[0]] {
		mask = nil // Keras 3 hands a layer that is called with initial_state no mask of x; the output still has it
	}
	cell := s.Within("cell")
	shapes := o.cell.states(cell, in.Shape[2:])
	init := o.start(s, x[1:], batch, shapes)
	y, states := o.cell.walk(cell, in, mask, init, o.backwards)
	at := steps - 1
	if o.backwards {
		at = 0
	}
	for i, n := range states {
		final := n.Narrow(1, at, at+1).Reshape(append(tensor.Shape{batch}, shapes[i]...)...)
		last = append(last, final)
		if o.stateful || s.trace.Carry {
			s.Keep(o.memory(s, i, append([]int{batch}, shapes[i]...)), final)
		}
	}
	if o.zeroMasked && mask != nil {
		y = y.Mul(spread(mask, len(y.Shape)))
	}
	switch {
	case o.sequences:
	case y == states[0]: // one node, so that its gradient is that of one state
		y = last[0]
	default:
		y = y.Narrow(1, at, at+1).Reshape(append(tensor.Shape{batch}, y.Shape[2:]...)...)
	}
	return y, last
}

// start returns the states before the first step, nil for zeros.
func (o loop) start(s *Scope, given []*graph.Node, batch int, shapes []tensor.Shape) []*graph.Node {
	switch {
	case s.trace.Carry && (len(given) > 0 || o.backwards):
		s.Fail("cannot be trained in chunks of steps: it %s; leave out truncate",
			map[bool]string{true: "goes backwards", false: "starts from given states"}[o.backwards])
	case len(given) == len(shapes):
		var init []*graph.Node
		for i, n := range given {
			n = float(n)
			if want := append(tensor.Shape{batch}, shapes[i]...); !n.Shape.Equal(want) {
				s.Fail("initial state %d is %v, want %v", i, Features(n.Shape), Features(want))
			}
			init = append(init, n)
		}
		if s.trace.Memory != nil {
			return o.recalled(s, given, batch, shapes)
		}
		return init
	case len(given) > 0:
		s.Fail("takes a sequence and, to start from, %d states; got %d", len(shapes), len(given))
	case o.stateful || s.trace.Carry:
		return o.recalled(s, nil, batch, shapes)
	}
	return nil
}

// recalled returns the states that are remembered; given are those that the memory begins with, nil for zeros.
func (o loop) recalled(s *Scope, given []*graph.Node, batch int, shapes []tensor.Shape) (init []*graph.Node) {
	for i, shape := range shapes {
		shape := append([]int{batch}, shape...)
		state := o.memory(s, i, shape)
		if s.trace.Recall != nil {
			state = s.trace.Recall(state)
		}
		if given != nil {
			s.trace.Given = append(s.trace.Given, Given{s.sessionVar(stateName(i), shape), given[i]})
		}
		init = append(init, state)
	}
	return init
}

// memory returns the variable that keeps state i: of a stateful layer from batch to batch, of others from chunk to
// chunk of the same sequences.
func (o loop) memory(s *Scope, i int, shape []int) *graph.Node {
	if o.stateful {
		return s.Session(stateName(i), shape)
	}
	return s.carried(stateName(i), shape)
}

// carried returns a Session that remembers states from chunk to chunk (Trace.Carry), one for each call of the layer.
func (s *Scope) carried(name string, shape []int) *graph.Node {
	name = "chunk_" + name + s.turn
	n := s.Session(name, shape)
	if v := s.store.Session(s.join(name), shape); !slices.Contains(s.trace.Carried, v) {
		s.trace.Carried = append(s.trace.Carried, v)
	}
	return n
}

// stateName returns the name of state i in a session.
func stateName(i int) string { return fmt.Sprintf("state_%d", i) }

// spread gives a mask [batch, steps] axes of extent 1 up to a rank.
func spread(mask *graph.Node, rank int) *graph.Node {
	shape := mask.Shape.Clone()
	for len(shape) < rank {
		shape = append(shape, 1)
	}
	return mask.Reshape(shape...)
}

// flip turns the order of the steps round.
func flip(x *graph.Node) *graph.Node {
	n := x.Shape[1]
	ids := tensor.New(tensor.Int32, n)
	for i := range ids.I32 {
		ids.I32[i] = int32(n - 1 - i)
	}
	perm := []int{1, 0}
	for a := 2; a < len(x.Shape); a++ {
		perm = append(perm, a)
	}
	return x.Transpose(perm...).Gather(x.Graph().Const(ids)).Transpose(perm...)
}

// seenCell tells at each step whether the mask has let one through so far.
var seenCell = &graph.Composite{Name: "seen", Body: func(v []*graph.Node) []*graph.Node {
	return []*graph.Node{v[0].Max(v[1])}
}}

// seen returns 1 from the first step that the mask keeps, before it 0: [batch, steps, 1].
func seen(mask *graph.Node, reverse bool) *graph.Node {
	zero := mask.Graph().Scalar(0).Broadcast(mask.Shape[0], 1)
	return graph.ScanOver(seenCell, []*graph.Node{zero}, []*graph.Node{spread(mask, 3)}, nil, nil, reverse)[0]
}

// zeros returns initial states of zeros.
func zeros(g *graph.Graph, batch int, shapes []tensor.Shape) []*graph.Node {
	var init []*graph.Node
	for _, shape := range shapes {
		init = append(init, g.Scalar(0).Broadcast(append([]int{batch}, shape...)...))
	}
	return init
}

// checked fails where a layer or cell within this one is not configured well.
func checked(s *Scope, what string, l any) {
	if err := config.Check(l); err != nil {
		s.Fail("%s: %v", what, err)
	}
}
