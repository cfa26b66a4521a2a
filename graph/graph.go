package graph

import (
	bits "encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"strings"

	"gorae/tensor"
)

// Type is the element type and the shape of a value.
type Type struct {
	DType tensor.DType
	Shape tensor.Shape
}

// F32 returns the type of a float32 value of the given shape.
func F32(shape ...int) Type { return Type{tensor.Float32, shape} }

// I32 returns the type of an int32 value of the given shape.
func I32(shape ...int) Type { return Type{tensor.Int32, shape} }

// Equal reports whether both types are the same.
func (t Type) Equal(u Type) bool { return t.DType == u.DType && t.Shape.Equal(u.Shape) }

// String prints a type as float32(2, 3).
func (t Type) String() string {
	s := t.Shape.String()
	if len(t.Shape) == 1 {
		s = strings.Replace(s, ",)", ")", 1)
	}
	return t.DType.String() + s
}

// Op is one kind of computation with its attributes. String is its name and every
// attribute: two calls with equal strings and equal operands are the same
// computation, and the plan makes one of them.
type Op interface {
	fmt.Stringer
	// Infer is the type of each result, or an error that names what does not fit.
	Infer(x []Type) ([]Type, error)
	// Grad is the gradient with respect to each operand of the call that made y,
	// given dy, the gradient with respect to each result (nil where none flows).
	Grad(y, dy []*Node) []*Node
	// Eval computes the results naively. It is the definition of the operation.
	Eval(e *Eval)
}

// Call is one use of an operation.
type Call struct {
	Graph *Graph
	Op    Op
	In    []*Node
	Out   []*Node
	Label string // the scope it was traced in: "dense_1"
	ID    int    // position in the graph; operands come before
}

// Node is one result of a call: a value.
type Node struct {
	Call  *Call
	Index int
	Type
}

// Assign is the assignment of a value to a state leaf at the end of a run.
type Assign struct {
	State, Value *Node
}

// Graph is a list of calls in an order in which they can be computed.
type Graph struct {
	Calls   []*Call
	Assigns []Assign
	// Recompute is values, such as a loss. A plan may compute again what leads to them, for calls that come later, the
	// gradients, in place of keeping it in memory.
	Recompute []*Node
	leaves    map[string]*Node
	label     string
}

// New returns an empty graph.
func New() *Graph { return &Graph{leaves: map[string]*Node{}} }

// Error is a mistake found while tracing.
type Error struct {
	Label, Op string
	Err       error
}

func (e *Error) Error() string {
	if e.Label == "" {
		return e.Op + ": " + e.Err.Error()
	}
	return e.Label + ": " + e.Op + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fail stops the tracing with an error that Catch returns.
func (g *Graph) Fail(op, format string, args ...any) {
	panic(&Error{g.label, op, fmt.Errorf(format, args...)})
}

// Catch runs a trace and returns the *Error that stopped it, if one did.
func Catch(trace func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			err = r
		default:
			panic(r)
		}
	}()
	trace()
	return nil
}

// Scope runs f with name added to the label of the calls traced in it.
func (g *Graph) Scope(name string, f func()) {
	old := g.label
	defer func() { g.label = old }()
	if g.label = name; old != "" {
		g.label = old + "/" + name
	}
	f()
}

// Apply adds a call of op and gives its results.
func (g *Graph) Apply(op Op, in ...*Node) []*Node {
	types := make([]Type, len(in))
	for i, x := range in {
		if x == nil {
			g.Fail(op.String(), "operand %d is nil; a gradient that does not flow is no value", i)
		}
		if x.Call.Graph != g {
			g.Fail(op.String(), "operand %d belongs to another graph", i)
		}
		types[i] = x.Type
	}
	out, err := op.Infer(types)
	for i := 0; err == nil && i < len(out); i++ {
		err = checkShape(out[i].Shape)
	}
	if err != nil {
		name := op.String()
		if i := strings.IndexAny(name, "(["); i > 0 {
			name = name[:i]
		}
		panic(&Error{g.label, name, err})
	}
	c := &Call{Graph: g, Op: op, In: in, Label: g.label, ID: len(g.Calls)}
	for i, t := range out {
		c.Out = append(c.Out, &Node{c, i, t})
	}
	g.Calls = append(g.Calls, c)
	return c.Out
}

// maxSize is the largest value, in elements, that a graph may hold: positions fit an int
// on every machine, and the size of a shape cannot overflow unseen.
const maxSize = 1<<31 - 1

// checkShape returns an error for shapes that no memory can hold.
func checkShape(s tensor.Shape) error {
	size := 1
	for a, d := range s {
		if d < 0 {
			return fmt.Errorf("axis %d of %v has the negative extent %d", a, s, d)
		}
		if d > 0 && size > maxSize/d {
			return fmt.Errorf("%v has more than %d elements; make it smaller", s, maxSize)
		}
		size *= max(d, 1)
	}
	return nil
}

// operands returns an error unless an operation got as many operands as it takes.
func operands(x []Type, n int) error {
	if len(x) != n {
		return fmt.Errorf("takes %d operands, got %d", n, len(x))
	}
	return nil
}

func (g *Graph) apply1(op Op, in ...*Node) *Node { return g.Apply(op, in...)[0] }

// LeafKind is the source of a leaf's value.
type LeafKind uint8

// Inputs are given for each run, weights are moved by an optimiser, states by
// assignments: those of the model (moving averages) and of the run (optimiser
// slots, step counters) differ only in who keeps them. A session's (a stateful network's memory)
// are assigned at predictions too: what depends on them is computed at each run.
const (
	Input LeafKind = iota
	Weight
	State
	Session
)

// Leaf is a value from outside of the graph, known by its name.
type Leaf struct {
	Kind LeafKind
	Name string
	Type Type
}

func (l Leaf) String() string {
	return [...]string{"input", "weight", "state", "session"}[l.Kind] + "(" + l.Name + ")"
}

// Infer gives the leaf's own type.
func (l Leaf) Infer([]Type) ([]Type, error) { return []Type{l.Type}, nil }

// Grad returns nothing: a leaf has no operands.
func (l Leaf) Grad(y, dy []*Node) []*Node { return nil }

// Eval does nothing: the evaluator is handed the values of leaves.
func (l Leaf) Eval(*Eval) {}

// Leaf returns the leaf of that kind and name, made at its first use. A second use with another
// type or kind is an error.
func (g *Graph) Leaf(kind LeafKind, name string, t Type) *Node {
	if n, ok := g.leaves[name]; ok {
		l := n.Call.Op.(Leaf)
		if l.Kind != kind || !l.Type.Equal(t) {
			g.Fail("leaf", "%q is used as %v %v and as %v %v", name, l, l.Type, Leaf{kind, name, t}, t)
		}
		return n
	}
	n := g.apply1(Leaf{kind, name, t})
	g.leaves[name] = n
	return n
}

// Input returns the leaf of a value given for each run.
func (g *Graph) Input(name string, t Type) *Node { return g.Leaf(Input, name, t) }

// Leaves lists the leaves in the order of their first use.
func (g *Graph) Leaves() []*Node {
	var ls []*Node
	for _, c := range g.Calls {
		if _, ok := c.Op.(Leaf); ok {
			ls = append(ls, c.Out[0])
		}
	}
	return ls
}

// Assigned is the value that a state or weight is assigned so far; without one it is the leaf itself.
func (g *Graph) Assigned(state *Node) *Node {
	for _, a := range g.Assigns {
		if a.State == state {
			return a.Value
		}
	}
	return state
}

// Assign makes state take value when a run is over: every operation of the run
// sees the old value.
func (g *Graph) Assign(state, value *Node) {
	if l, ok := state.Call.Op.(Leaf); !ok || l.Kind == Input {
		g.Fail("assign", "%v is no state or weight", state.Call.Op)
	}
	if state.Call.Graph != g || value.Call.Graph != g {
		g.Fail("assign", "%v or its value belongs to another graph", state.Call.Op)
	}
	if !state.Type.Equal(value.Type) {
		g.Fail("assign", "%v holds %v and cannot take %v", state.Call.Op, state.Type, value.Type)
	}
	for i, a := range g.Assigns {
		if a.State == state { // the later one counts, as in a program
			g.Assigns[i].Value = value
			return
		}
	}
	g.Assigns = append(g.Assigns, Assign{state, value})
}

// Const is a value known while tracing. Number is what the one element of a scalar was rounded from, for those who
// compute in float64; it is not used where it does not round to Value.
type Const struct {
	Value  *tensor.Tensor
	Number float64
}

// String shows one number as it is, several by a fingerprint of their bits, so that
// equal constants are one and the same trace prints the same at every run. 0 and −0 differ.
func (c Const) String() string {
	t := Type{c.Value.DType(), c.Value.Shape}
	if c.Value.Len() == 1 {
		return fmt.Sprintf("const(%v %v)", t, c.Value.Float(0))
	}
	h := fnv.New128a()
	var b [8]byte
	for i := range c.Value.Len() {
		bits.LittleEndian.PutUint64(b[:], math.Float64bits(c.Value.Float(i)))
		h.Write(b[:])
	}
	return fmt.Sprintf("const(%v #%x)", t, h.Sum(nil)[:12])
}

// Infer gives the type of the value.
func (c Const) Infer([]Type) ([]Type, error) {
	return []Type{{c.Value.DType(), c.Value.Shape}}, nil
}

// Grad returns nothing: a constant has no operands.
func (c Const) Grad(y, dy []*Node) []*Node { return nil }

// Eval copies the value, of a scalar the number before it was rounded.
func (c Const) Eval(e *Eval) {
	if len(c.Value.F32) == 1 && math.Float32bits(float32(c.Number)) == math.Float32bits(c.Value.F32[0]) {
		e.Out[0].V[0] = c.Number
		return
	}
	for i := range e.Out[0].V {
		e.Out[0].V[i] = c.Value.Float(i)
	}
}

// Const returns a constant of the graph.
func (g *Graph) Const(t *tensor.Tensor) *Node { return g.apply1(Const{Value: t}) }

// Scalar returns a constant float32 without axes; it broadcasts to any shape.
func (g *Graph) Scalar(v float64) *Node {
	return g.apply1(Const{&tensor.Tensor{Shape: tensor.Shape{}, F32: []float32{float32(v)}}, v})
}

// scalar reports whether n is a constant of one element, and which.
func scalar(n *Node) (float64, bool) {
	if c, ok := n.Call.Op.(Const); ok && c.Value.Len() == 1 {
		return c.Value.Float(0), true
	}
	return 0, false
}

// Graph returns the graph the node belongs to.
func (n *Node) Graph() *Graph { return n.Call.Graph }

// String returns the node's name in printed graphs: %7, or %7.1 for a second result.
func (n *Node) String() string {
	if len(n.Call.Out) > 1 {
		return fmt.Sprintf("%%%d.%d", n.Call.ID, n.Index)
	}
	return fmt.Sprintf("%%%d", n.Call.ID)
}

// String prints the graph, a call a line.
func (g *Graph) String() string {
	var b strings.Builder
	for _, c := range g.Calls {
		for i, o := range c.Out {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%v %v", o, o.Type)
		}
		fmt.Fprintf(&b, " = %v", c.Op)
		for _, x := range c.In {
			fmt.Fprintf(&b, " %v", x)
		}
		if c.Label != "" {
			fmt.Fprintf(&b, "  # %s", c.Label)
		}
		b.WriteByte('\n')
	}
	for _, a := range g.Assigns {
		fmt.Fprintf(&b, "%v <- %v\n", a.State.Call.Op, a.Value)
	}
	return b.String()
}
