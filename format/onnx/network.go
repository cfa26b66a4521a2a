package onnx

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// Network is a graph of ONNX operators as one layer: its inputs are those of the graph, its weights the initializers
// that the operators take as such, by their names in the file. It is traced for the shapes at hand, so that what the
// file computes from shapes is computed while it is traced. Axis 0 of inputs and outputs is that of the samples,
// wherever the file has it.
type Network struct {
	layer.Base
	// Why is the reason for which the graph is no model of Keras's layers.
	Why     error `keras:"-"`
	program *program
	model   *model.Model    // that it is the layer of
	extent  int             // of open axes while it was built
	see     map[string]seen // if not nil, is told what a trace finds of the values of the graph
}

// ClassName is the class in summaries.
func (*Network) ClassName() string { return "ONNX" }

// Config implements the way in which Keras's files hold a layer: they hold none that is a graph of operators, and the
// error says which of them no layer computes.
func (n *Network) Config() (config.Map, error) {
	return nil, fmt.Errorf("the ONNX file is no network of Keras's layers: %w", n.Why)
}

// Traits implements layer.Described.
func (*Network) Traits() layer.Traits {
	return layer.Traits{Mask: layer.DropsMask, Steps: layer.AcrossSteps}
}

// Call implements layer.Layer.
func (n *Network) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
	p := n.program
	if len(x) != len(p.inputs) {
		s.Fail("has %d inputs, got %d", len(p.inputs), len(x))
	}
	in := make([]*value, len(x))
	for i, v := range p.inputs {
		in[i] = &value{n: fromFirst(x[i], v.samples), elem: v.elem}
	}
	t := &tracer{program: p, scope: s, graph: s.Graph, numbers: &graph.Evaluator{}, see: n.see}
	var out []*graph.Node
	for i, y := range t.run(in) {
		out = append(out, toFirst(y.node(), p.outputs[i].samples))
	}
	return out
}

// toFirst puts axis a of x in front.
func toFirst(x *graph.Node, a int) *graph.Node {
	if a == 0 || a >= len(x.Shape) {
		return x
	}
	perm := []int{a}
	for i := range x.Shape {
		if i != a {
			perm = append(perm, i)
		}
	}
	return x.Transpose(perm...)
}

// fromFirst puts axis 0 of x behind a others: the inverse of toFirst.
func fromFirst(x *graph.Node, a int) *graph.Node {
	if a == 0 {
		return x
	}
	var perm []int
	for i := range x.Shape {
		switch {
		case i < a:
			perm = append(perm, i+1)
		case i == a:
			perm = append(perm, 0)
		default:
			perm = append(perm, i)
		}
	}
	return x.Transpose(perm...)
}

// value is a value of the graph while it is traced.
type value struct {
	n    *graph.Node // with the axes of the file; nil until node is called where last is there
	last *graph.Node // the same with the channels, axis 1 of the file, behind the others
	elem pb.Elem     // the type in the file
}

// node is the value with the axes of the file.
func (v *value) node() *graph.Node {
	if v.n == nil {
		perm := []int{0, len(v.last.Shape) - 1}
		for i := 1; i < len(v.last.Shape)-1; i++ {
			perm = append(perm, i)
		}
		v.n = v.last.Transpose(perm...)
	}
	return v.n
}

// channelsLast is the value with its channels last.
func (v *value) channelsLast() *graph.Node {
	if v.last == nil {
		x := v.n
		perm := []int{0}
		for i := 2; i < len(x.Shape); i++ {
			perm = append(perm, i)
		}
		v.last = x.Transpose(append(perm, 1)...)
	}
	return v.last
}

// shape is that in the file.
func (v *value) shape() tensor.Shape { return v.node().Shape }

// tracer runs a program with nodes as values.
type tracer struct {
	*program
	scope   *layer.Scope
	graph   *graph.Graph
	numbers *graph.Evaluator // of constants
	scopes  []map[string]*value
	see     map[string]seen
	nodes   int
	fix     []bool // of each call of the graph, whether it depends on constants alone
}

// mostNodes bounds the nodes of a trace: loops are unrolled.
const mostNodes = 1 << 16

// mostElements bounds the elements of a value: a file must not ask for one of 2⁶³ numbers.
const mostElements = 1 << 31

// size is the number of elements of a shape, or one more than mostElements where there are more.
func size(s tensor.Shape) int {
	n := 1
	for _, d := range s {
		if d > 0 && n > mostElements/d {
			return mostElements + 1
		}
		n *= d
	}
	return n
}

// run gives the outputs of the program for inputs.
func (t *tracer) run(in []*value) []*value {
	env := map[string]*value{}
	for i, v := range t.inputs {
		env[v.name] = in[i]
		t.saw(v.name, in[i])
	}
	return t.block(t.body, env)
}

// block computes a graph whose inputs are in env. A graph within another one sees the values around it.
func (t *tracer) block(b *block, env map[string]*value) []*value {
	t.scopes = append(t.scopes, env)
	defer func() { t.scopes = t.scopes[:len(t.scopes)-1] }()
	for _, n := range b.nodes {
		t.step(n, env)
	}
	var out []*value
	for _, name := range b.outputs {
		out = append(out, t.lookup(name, b.name))
	}
	return out
}

// step computes a node.
func (t *tracer) step(n *node, env map[string]*value) {
	if t.nodes++; t.nodes > mostNodes {
		t.scope.Fail("%s: the graph has more than %d nodes after its loops are unrolled", n.label(), mostNodes)
	}
	t.graph.Scope(n.scope(), func() {
		defer func() {
			if e, ok := recover().(error); ok && e != nil {
				panic(&graph.Error{Op: n.label(), Err: inner(e)})
			} else if e != nil {
				panic(e)
			}
		}()
		c := &call{tracer: t, node: n}
		for _, name := range n.inputs {
			if name == "" {
				c.in = append(c.in, nil)
				continue
			}
			c.in = append(c.in, t.lookup(name, n.label()))
		}
		out := n.operator.trace(c)
		for i, name := range n.outputs {
			if name == "" {
				continue
			}
			if i >= len(out) || out[i] == nil {
				c.fail("its output %d, %q, is not computed", i, name)
			}
			if s := out[i].shape(); size(s) > mostElements {
				c.fail("its result has the shape %v", s)
			}
			env[name] = out[i]
			if len(t.scopes) == 1 {
				t.saw(name, out[i])
			}
		}
	})
}

// saw notes what is known of a value.
func (t *tracer) saw(name string, v *value) {
	if t.see == nil {
		return
	}
	found := seen{shape: v.shape(), fixed: t.fixed(v.node())}
	if found.fixed {
		found.value, _ = t.known(v)
	}
	t.see[name] = found
}

// inner is the cause of an error of the graph.
func inner(err error) error {
	if e, ok := err.(*graph.Error); ok {
		if e.Op == "" {
			return e.Err
		}
		return fmt.Errorf("%s: %w", e.Op, e.Err)
	}
	return err
}

// lookup finds a value by name: of the graphs around, the innermost, or an initializer.
func (t *tracer) lookup(name, who string) *value {
	for i := len(t.scopes) - 1; i >= 0; i-- {
		if v := t.scopes[i][name]; v != nil {
			return v
		}
	}
	k := t.constants[name]
	if k == nil {
		t.scope.Fail("%s: nothing gives the value %q before it is used", who, name)
	}
	v := t.constant(name, k)
	t.scopes[0][name] = v
	t.saw(name, v)
	return v
}

// constant is an initializer as a value: a weight, a state, or numbers.
func (t *tracer) constant(name string, k *constant) *value {
	v := &value{elem: k.tensor.Elem}
	shape := k.shape()
	switch {
	case k.tensor.Elem == pb.Text:
		v.n = t.graph.Const(t.codesOf(k.tensor.Texts, shape))
	case k.role == weightRole:
		v.n = t.scope.Weight(name, shape, nil, nil)
	case k.role == stateRole:
		v.n = t.scope.State(name, shape, nil)
	default:
		x, err := k.read()
		if err != nil {
			t.scope.Fail("%v", err)
		}
		v.n = t.graph.Const(x)
	}
	return v
}

// call is a node while it is traced.
type call struct {
	*tracer
	node *node
	in   []*value
}

func (c *call) fail(format string, args ...any) {
	panic(&graph.Error{Err: fmt.Errorf(format, args...)})
}

// has reports whether input i is given.
func (c *call) has(i int) bool { return i < len(c.in) && c.in[i] != nil }

// value is input i, which has to be there.
func (c *call) value(i int) *value {
	if !c.has(i) {
		c.fail("its input %d is missing", i)
	}
	return c.in[i]
}

// x is input i as floats.
func (c *call) x(i int) *graph.Node { return c.value(i).node().AsFloat() }

// raw is input i with the type it has.
func (c *call) raw(i int) *graph.Node { return c.value(i).node() }

// attribute is an attribute of a name, nil where it is not given.
func (c *call) attribute(name string) *pb.Attribute {
	for _, a := range c.node.attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (c *call) int(name string, def int) int {
	a := c.attribute(name)
	if a == nil {
		return def
	}
	if int64(int32(a.I)) != a.I {
		c.fail("its attribute %s is %d", name, a.I)
	}
	return int(a.I)
}

func (c *call) float(name string, def float64) float64 {
	if a := c.attribute(name); a != nil {
		return float64(a.F)
	}
	return def
}

func (c *call) text(name, def string) string {
	if a := c.attribute(name); a != nil {
		return a.S
	}
	return def
}

// ints is a list of whole numbers; nil where it is not given.
func (c *call) ints(name string) []int {
	a := c.attribute(name)
	if a == nil {
		return nil
	}
	out := make([]int, 0, len(a.Ints))
	for _, v := range a.Ints {
		out = append(out, clamp(v))
	}
	return out
}

// clamp is a number as int32: ends of slices are written as the largest int64.
func clamp(v int64) int { return int(min(max(v, -1<<31), 1<<31-1)) }

// constants are the numbers of input i, and whether they are known while the graph is traced.
func (t *tracer) known(v *value) (*graph.Array, bool) {
	n := v.node()
	if !t.fixed(n) {
		return nil, false
	}
	a, err := t.numbers.Value(n)
	return a, err == nil
}

// mostKnown is how many elements a value that is computed while the graph is traced may have.
const mostKnown = 1 << 22

// fixed reports whether a node depends on constants alone, and on none of very many elements.
func (t *tracer) fixed(n *graph.Node) bool {
	for id := len(t.fix); id <= n.Call.ID; id++ { // operands come before
		c := t.graph.Calls[id]
		_, leaf := c.Op.(graph.Leaf)
		is := !leaf
		for _, y := range c.Out {
			is = is && size(y.Shape) <= mostKnown
		}
		for _, x := range c.In {
			is = is && t.fix[x.Call.ID]
		}
		t.fix = append(t.fix, is)
	}
	return t.fix[n.Call.ID]
}

// array is input i as numbers, which have to be known.
func (c *call) array(i int, what string) *graph.Array {
	a, ok := c.known(c.value(i))
	if !ok {
		c.fail("its %s depends on the data; gorae takes one that is known from the shapes", what)
	}
	return a
}

// list is an attribute of older versions, or input i of later ones; nil where neither is given.
func (c *call) list(name string, i int) []int {
	if l := c.ints(name); l != nil || !c.has(i) {
		return l
	}
	a := c.array(i, name)
	out := make([]int, len(a.V))
	for k, v := range a.V {
		out[k] = clamp(int64(v))
	}
	return out
}

// number is an attribute of older versions, or input i of later ones.
func (c *call) number(name string, i int, def float64) float64 {
	if a := c.attribute(name); a != nil {
		return float64(a.F)
	}
	if !c.has(i) {
		return def
	}
	a := c.array(i, name)
	if len(a.V) != 1 {
		c.fail("its %s is %d numbers; it takes one", name, len(a.V))
	}
	return a.V[0]
}

// axis counts an axis from the start.
func (c *call) axis(a, rank int) int {
	k := a
	if k < 0 {
		k += rank
	}
	if k < 0 || k >= rank {
		c.fail("there is no axis %d among %d", a, rank)
	}
	return k
}

// axes counts several axes from the start, sorted; those of none are all.
func (c *call) axes(list []int, rank int) []int {
	var out []int
	for _, a := range list {
		out = append(out, c.axis(a, rank))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// give is a result of a type.
func give(elem pb.Elem, n *graph.Node) []*value { return []*value{{n: n, elem: elem}} }

// most fails where a file asks for more of something than mostKnown: lists of places, weights, parts.
func (c *call) most(counts ...int) {
	if n := size(counts); n < 0 || n > mostKnown {
		c.fail("asks for %v places", counts)
	}
}

// like is a result with the type of input i.
func (c *call) like(i int, n *graph.Node) []*value { return give(c.in[i].elem, n) }

// vector is a constant of whole numbers.
func (c *call) vector(shape tensor.Shape, vs ...int) *graph.Node {
	t := tensor.New(tensor.Int32, shape...)
	for i, v := range vs {
		t.I32[i] = int32(v)
	}
	return c.graph.Const(t)
}
