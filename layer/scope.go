package layer

import (
	"fmt"
	"runtime/debug"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/internal/ram"
	"gorae/tensor"
	"gorae/weight"
)

// Trace is one tracing of one or several models into a graph. After it the trace knows
// which leaf is which variable, and what else a step must compute.
type Trace struct {
	Graph    *graph.Graph
	Training bool
	// Key seeds randomness, of graph.KeyType; nil makes layers that need it fail.
	Key *graph.Node
	// Leaves finds the variable behind each weight or state leaf, by the leaf's name.
	Leaves map[string]*weight.Var
	// Stateful says that the trace has assignments that are to be made after each run, in
	// prediction too.
	Stateful bool
	// Tapping gives each recurrent layer's loop a tap, listed in Taps. The numbers stay the same; kernels
	// made for whole loops do not know them so.
	Tapping bool
	Taps    []Tap
	// Shorter says that sequences may have fewer steps than the model's inputs say: batches of
	// like lengths. A layer whose weights depend on the number of steps fails then.
	Shorter bool
	// Memory, if not nil, makes every recurrent layer stateful and holds what they remember,
	// apart from what the model's own stateful layers do: a sequence is read piece by piece.
	Memory *weight.Store
	// Recall, if not nil, is what becomes of each state in Memory before the first step: which sequence goes on from
	// which. Given lists the states that recurrent layers were given to start from; they are to be put into Memory.
	Recall func(state *graph.Node) *graph.Node
	Given  []Given
	// Reach, if not 0, is the number of steps of the sequences that are read one step at a time into Memory: a layer
	// that looks back (Traits.Remembers) keeps there what it needs of the steps before.
	Reach int
	// Recompute asks loops over time to keep little for their gradients and do steps again going back:
	// less memory for more time, the same numbers.
	Recompute bool
	// Carry says that long sequences come in chunks, one trace a chunk: recurrent layers go on where the
	// chunk before ended, and gradients end at a chunk's first step. Carried is what remembers it: zeros are
	// put there where sequences begin.
	Carry   bool
	Carried []*weight.Var
	// Targets are what layers do to the targets of the batch's samples in training, one after the other: who mixes
	// samples mixes their targets too. Whoever compares outputs with targets applies them first.
	Targets []func(y *graph.Node) *graph.Node
	// Unmasked are the paths of layers that were given a mask and do not know masks (DropsMask): the layers after
	// them take padding for data.
	Unmasked []string
	// Outputs, if not nil, is shown the results of every layer in the order of computation, with the store of the
	// layer's model and the layer's path in it; what is computed within a loop over steps is left out.
	Outputs func(store *weight.Store, path string, y []*graph.Node)
	// Penalties are scalars to be added to the loss: those of regularisers.
	Penalties []*graph.Node

	names   map[*weight.Variable]string
	updates map[*graph.Node]*graph.Node // state leaf → its latest value
	state   map[*graph.Node]*graph.Node // latest value → state leaf
	masks   map[*graph.Node]*graph.Node
	given   map[*graph.Node]bool // whose mask is an argument
	stream  uint32
	known   map[*weight.Variable]bool // whose penalty is counted
	place   *graph.Node               // the number of the step that is read, with Reach
	calls   map[string]int            // how often a layer was called, by its path and that of the call around it
}

// NewTrace returns a trace into an empty graph. In training, leaf "key" seeds randomness.
func NewTrace(training bool) *Trace {
	t := &Trace{Graph: graph.New(), Training: training}
	if training {
		t.Key = t.Graph.Input("key", graph.KeyType)
	}
	t.init()
	return t
}

func (t *Trace) init() {
	if t.Leaves == nil {
		t.Leaves = map[string]*weight.Var{}
		t.names = map[*weight.Variable]string{}
		t.updates = map[*graph.Node]*graph.Node{}
		t.state = map[*graph.Node]*graph.Node{}
		t.masks = map[*graph.Node]*graph.Node{}
		t.given = map[*graph.Node]bool{}
		t.known = map[*weight.Variable]bool{}
		t.calls = map[string]int{}
	}
}

// Leaf returns the leaf of a variable, one also where several models share it. It is named by the variable's path in
// the model that is traced first; where several variables have the same path, the later ones get a number.
func (t *Trace) Leaf(v *weight.Var) *graph.Node {
	t.init()
	kind := map[weight.Kind]graph.LeafKind{weight.Weight: graph.Weight, weight.State: graph.State,
		weight.Session: graph.Session}[v.Kind]
	name, ok := t.names[v.Variable]
	if !ok {
		name = v.Path
		for i := 2; t.Leaves[name] != nil; i++ {
			name = fmt.Sprintf("%s#%d", v.Path, i)
		}
		t.names[v.Variable], t.Leaves[name] = name, v
	}
	return t.Graph.Leaf(kind, name, graph.F32(v.Shape...))
}

// Mask returns the mask of an output, [batch, steps, …]: 1 for samples and steps that count, else 0; nil means all.
// It has more than two axes behind a Masking or an Embedding of several.
func (t *Trace) Mask(x *graph.Node) *graph.Node { return t.masks[x] }

// Penalty returns the sum of all penalties, nil if there are none.
func (t *Trace) Penalty() *graph.Node {
	var sum *graph.Node
	for _, p := range t.Penalties {
		if sum == nil {
			sum = p
		} else {
			sum = sum.Add(p)
		}
	}
	return sum
}

// Scope is the context of a layer while it is traced.
type Scope struct {
	Graph    *graph.Graph
	Training bool
	trace    *Trace
	store    *weight.Store
	define   bool // variables are declared, not looked up
	path     string
	turn     string // "" in the first call of a layer in the trace, then #2, #3, …
	frozen   bool
	body     *body // of a cell of one's own, nil elsewhere

	revise func(name string, w *graph.Node) *graph.Node // what the layer takes for a weight; nil: the weight

	given     Arguments // of the next child
	arguments Arguments // of the layer itself
}

// NewScope returns the outermost scope of a model whose variables are in store. With define,
// variables that are not there yet are declared.
func NewScope(t *Trace, store *weight.Store, define bool) *Scope {
	t.init()
	return &Scope{Graph: t.Graph, Training: t.Training, trace: t, store: store, define: define}
}

// Trace returns the trace that the scope belongs to.
func (s *Scope) Trace() *Trace { return s.trace }

// Fail stops the trace with an error.
func (s *Scope) Fail(format string, args ...any) {
	panic(&graph.Error{Label: s.path, Op: "call", Err: fmt.Errorf(format, args...)})
}

// Weight returns a weight of the layer, made at the first trace. init nil means glorot_uniform, or zeros for a bias;
// reg may be nil. A constraint is applied to the weight after each step of training.
func (s *Scope) Weight(name string, shape []int, init weight.Initializer, reg weight.Regularizer,
	constraint ...weight.Constraint) *graph.Node {
	var c weight.Constraint
	switch len(constraint) {
	case 0:
	case 1:
		c = config.Filled(constraint[0])
	default:
		s.Fail("%s has %d constraints; give one", name, len(constraint))
	}
	reg = config.Filled(reg)
	if s.body != nil {
		return s.body.weight(s, use{s.join(name), slices.Clone(shape), init, reg, c})
	}
	v := s.variable(name, shape, init, weight.Weight)
	if s.define { // later traces may run beside each other, and change nothing
		v.Regularizer, v.Constraint = reg, c
	}
	n := s.trace.Leaf(v)
	if reg != nil && !s.frozen && !s.trace.known[v.Variable] { // Keras: a frozen weight adds none
		s.trace.known[v.Variable] = true
		s.Penalty(reg.Penalty(n))
	}
	if s.revise != nil {
		return s.revise(name, n)
	}
	return n
}

// State returns a variable that the layer records and no optimiser moves. After an
// Update in the same trace it is the new value.
func (s *Scope) State(name string, shape []int, init weight.Initializer) *graph.Node {
	if s.body != nil {
		s.Fail("has a state %q inside of a recurrent cell; what changes from step to step is one of the cell's States",
			name)
	}
	n := s.trace.Leaf(s.variable(name, shape, init, weight.State))
	if u := s.trace.updates[n]; u != nil {
		return u
	}
	return n
}

func (s *Scope) variable(name string, shape []int, init weight.Initializer, kind weight.Kind) *weight.Var {
	path := s.join(name)
	if v := s.store.Var(path); v != nil {
		if !v.Shape.Equal(shape) {
			s.Fail("%s has shape %v and is used as %v", name, v.Shape, tensor.Shape(shape))
		}
		return v
	}
	if !s.define {
		s.Fail("has no weight %q; the model was built without it", path)
	}
	before, size := 0.0, 4.0
	for _, v := range s.store.Vars() {
		before += 4 * float64(v.Shape.Size())
	}
	for _, d := range shape {
		size *= float64(d)
	}
	if err := ram.Fits(before + size); err != nil {
		s.Fail("%s %v holds %.3g numbers: %v; make this layer or those before it smaller", name, tensor.Shape(shape),
			size/4, err)
	}
	v, err := s.store.Add(path, weight.Variable{Shape: shape, Trainable: kind == weight.Weight && !s.frozen, Kind: kind,
		Init: init})
	if err != nil {
		s.Fail("%v", err)
	}
	return v
}

func (s *Scope) join(name string) string {
	if s.path == "" {
		return name
	}
	return s.path + "/" + name
}

// Update gives a state its next value, when the layer is traced for training.
func (s *Scope) Update(state, value *graph.Node) {
	if s.Training {
		s.update(state, value)
	}
}

func (s *Scope) update(state, value *graph.Node) {
	leaf := state
	if l := s.trace.state[state]; l != nil {
		leaf = l
	}
	value = value.StopGradient()
	s.Graph.Assign(leaf, value)
	s.trace.updates[leaf], s.trace.state[value] = value, leaf
}

// Session returns a value that a stateful layer keeps from one batch to the next, in training
// and in prediction alike: zeros until the first Keep. It belongs to the model as long as it is in memory; files do not
// hold it, and batches of another size have another one. After a Keep in the same
// trace it is the new value.
func (s *Scope) Session(name string, shape []int) *graph.Node {
	if s.body != nil {
		s.Fail("has a session %q inside of a recurrent cell; give the layer around it Stateful", name)
	}
	n := s.trace.Leaf(s.sessionVar(name, shape))
	if u := s.trace.updates[n]; u != nil {
		return u
	}
	return n
}

// sessionVar returns the variable behind a Session. In a stream each call of a layer has one of its own; calls of a
// stateful layer share it, as in Keras.
func (s *Scope) sessionVar(name string, shape []int) *weight.Var {
	if s.trace.Memory != nil {
		return s.trace.Memory.Session(s.join(name)+s.turn, shape)
	}
	return s.store.Session(s.join(name), shape)
}

// Keep gives a Session its next value.
func (s *Scope) Keep(session, value *graph.Node) {
	s.trace.Stateful = true
	s.update(session, value)
}

// Penalty adds a scalar to the loss.
func (s *Scope) Penalty(p *graph.Node) {
	if s.body != nil {
		s.Fail("adds a penalty inside of a recurrent cell; regularise the cell's weights instead")
	}
	s.trace.Penalties = append(s.trace.Penalties, p)
}

// Key returns the value that seeds randomness.
func (s *Scope) Key() *graph.Node {
	if s.body != nil {
		return s.body.random(s)
	}
	if s.trace.Key == nil {
		s.Fail("needs randomness, and the trace has no key")
	}
	return s.trace.Key
}

// Stream numbers a place that draws random numbers: another one at each call, the same
// in each trace of the same models.
func (s *Scope) Stream() uint32 {
	s.trace.stream++
	return s.trace.stream
}

// Mask returns the mask of x, [batch, steps, …]: 1 for samples and steps that count, else 0; nil means all.
func (s *Scope) Mask(x *graph.Node) *graph.Node { return s.trace.masks[x] }

// SetMask sets the mask of x (see Mask). A nil mask means that all steps count, and that the mask of the layer's input
// does not pass to x.
func (s *Scope) SetMask(x, mask *graph.Node) { s.trace.masks[x] = mask }

// GiveMask sets the mask of x as SetMask does, for a mask that is an argument of the layer that x goes to. A recurrent
// layer that starts from given states uses such a mask alone.
func (s *Scope) GiveMask(x, mask *graph.Node) {
	s.SetMask(x, mask)
	s.trace.given[x] = true
}

// Within returns the scope of a part of the layer, with names under a name of its own.
func (s *Scope) Within(name string) *Scope {
	c := *s
	c.path = s.join(name)
	return &c
}

// Frozen returns the scope of a part of which no weight is moved: its weights are declared so and add no penalty, and a
// batch normalization in it computes as in prediction.
func (s *Scope) Frozen() *Scope {
	c := *s
	c.frozen = true
	return &c
}

// Inference is the scope of a part that computes as in prediction, in training too: nothing is dropped, and a batch
// normalization goes by its averages and leaves them as they are. Its weights are moved.
func (s *Scope) Inference() *Scope {
	c := *s
	c.Training = false
	return &c
}

// enter is the scope of another layer within this one.
func (s *Scope) enter(name string, l Layer) *Scope {
	c := s.Within(name)
	c.frozen = s.frozen || common(l).Frozen
	return c
}

// Child traces another layer within this one, under a name of its own. Its
// configuration is checked first. What becomes of the mask of the first input is said by the layer's
// Traits.
func (s *Scope) Child(name string, l Layer, x ...*graph.Node) []*graph.Node {
	y := s.child(name, l, x)
	s.activity(l, y)
	return y
}

// child calls a layer as Child does, without the penalty of the layer's outputs.
func (s *Scope) child(name string, l Layer, x []*graph.Node) []*graph.Node {
	c := *s.enter(name, l)
	c.given, c.arguments, c.turn = nil, s.given, s.turn
	s.trace.calls[c.path+s.turn]++
	if n := s.trace.calls[c.path+s.turn]; n > 1 {
		c.turn = fmt.Sprintf("%s#%d", s.turn, n)
	}
	label := fmt.Sprintf("%s %q", Layers.Word(l), c.path)
	var y []*graph.Node
	s.Graph.Scope(name, func() {
		defer named(label, c.path)
		if err := config.Check(l); err != nil {
			panic(&graph.Error{Label: label, Op: "config", Err: err})
		}
		if len(x) == 0 {
			panic(&graph.Error{Label: label, Op: "call", Err: fmt.Errorf("has no input")})
		}
		y = config.Filled(l).Call(&c, x...)
	})
	c.passMask(l, x[0], y)
	if see := s.trace.Outputs; see != nil && s.body == nil {
		see(s.store, c.path, y)
	}
	return y
}

// Active is a layer whose outputs are regularized.
type Active interface {
	// Activity is the regularizer of the outputs, nil if there is none.
	Activity() weight.Regularizer
}

// activity adds the penalties of a layer's outputs to the loss.
func (s *Scope) activity(l Layer, y []*graph.Node) {
	if a, ok := l.(Active); ok {
		s.penalise(a.Activity(), y)
	}
}

// penalise adds the penalties of outputs to the loss, divided by the number of samples, as Keras does.
func (s *Scope) penalise(reg weight.Regularizer, y []*graph.Node) {
	if reg == nil {
		return
	}
	reg = config.Filled(reg)
	for _, n := range y {
		p := reg.Penalty(float(n))
		if len(n.Shape) > 0 {
			p = p.DivC(float64(max(n.Shape[0], 1)))
		}
		s.Penalty(p)
	}
}

// passMask gives the outputs of a layer their masks, as the layer's MaskRule says.
func (s *Scope) passMask(l Layer, x *graph.Node, y []*graph.Node) {
	m := s.Mask(x)
	if m == nil {
		return
	}
	switch TraitsOf(l).Mask {
	case HandlesMask:
	case PassesMask:
		for _, n := range y {
			if _, set := s.trace.masks[n]; !set && len(n.Shape) >= len(m.Shape) &&
				m.Shape.Equal(n.Shape[:len(m.Shape)]) {
				s.SetMask(n, m)
			}
		}
	default:
		if !slices.Contains(s.trace.Unmasked, s.path) {
			s.trace.Unmasked = append(s.trace.Unmasked, s.path)
		}
		for i, n := range y {
			if n == x { // the input keeps its mask for others who read it
				y[i] = n.Named("unmasked")
			}
		}
	}
}

// CallError is a mistake found in a layer while tracing: dense "d1": units: 0 is ….
type CallError struct {
	Layer string // dense "d1"
	Path  string // of its name within the model: d1, or those of the layers around it too, block/d1
	Err   error
	Stack []byte // where, if the layer's own code panicked
}

func (e *CallError) Error() string { return e.Layer + ": " + e.Err.Error() }

// Unwrap gives the cause.
func (e *CallError) Unwrap() error { return e.Err }

// named makes any panic of a layer one that Catch returns and that names the layer.
func named(label, path string) {
	r := recover()
	if r == nil {
		return
	}
	e, ok := r.(*graph.Error)
	if !ok {
		panic(&graph.Error{Op: "call", Err: &CallError{label, path, fmt.Errorf("panicked: %v", r), debug.Stack()}})
	}
	if c, ok := e.Err.(*CallError); ok { // an inner layer has its name on it
		panic(&graph.Error{Op: e.Op, Err: c})
	}
	cause := e.Err
	if e.Op != "call" && e.Op != "config" {
		cause = fmt.Errorf("%s: %w", e.Op, e.Err)
	}
	panic(&graph.Error{Op: "call", Err: &CallError{Layer: label, Path: path, Err: cause}})
}

// Cause returns the error of a trace as users read it.
func Cause(err error) error {
	if e, ok := err.(*graph.Error); ok {
		if c, ok := e.Err.(*CallError); ok {
			return c
		}
		if e.Label == "" && e.Op == "call" {
			return e.Err
		}
	}
	return err
}
