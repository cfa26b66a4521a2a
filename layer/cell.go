package layer

import (
	"fmt"
	"slices"
	"strconv"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// Cell is one step of a recurrent layer; [RNN] runs it over a sequence. Its exported fields are its whole
// configuration, as a layer's are.
//
// A cell of one's own is a struct with these two methods, and Cells.RegisterOwn for its name in files. Its Step is
// traced once, differentiated by the engine, and run as one loop whatever the number of steps. It
// may use layers through Scope.Child and random numbers, which are the same at each step of a run; it
// has no Scope.State, because what changes from step to step is one of its states.
type Cell interface {
	// States are the shapes of its states, without the sample axis, where a step of the
	// sequence has the given shape.
	States(step tensor.Shape) []tensor.Shape
	// Step makes, of a step x [batch, …] and the states before it, the output and the states after it.
	Step(s *Scope, x *graph.Node, states []*graph.Node) (y *graph.Node, next []*graph.Node)
}

// Cells are those that a configuration can name.
var Cells = config.NewRegistry[Cell]("cell", "keras.layers")

// walkerOf runs a cell in the best way there is.
func walkerOf(c Cell) walker {
	switch c := config.Filled(c).(type) {
	case interface{ gates() gates }:
		return c.gates()
	case walker:
		return c
	}
	return own{c}
}

// own runs any cell.
type own struct{ Cell }

func (c own) states(s *Scope, step tensor.Shape) []tensor.Shape { return c.States(step) }

func (c own) words(step tensor.Shape) (string, int) { return "", 0 }

// body is the context of a cell's Step while it is traced: its weights, by path, and the key of randomness. In the
// first trace uses lists them, in later ones they are operands of the loop.
type body struct {
	found map[string]*graph.Node
	uses  []use
	keyed bool
}

type use struct {
	path  string
	shape []int
	init  weight.Initializer
	reg   weight.Regularizer
	bound weight.Constraint
}

func (b *body) weight(s *Scope, u use) *graph.Node {
	if n := b.found[u.path]; n != nil {
		return n
	}
	n := s.Graph.Input(u.path, graph.F32(u.shape...))
	b.found[u.path] = n
	b.uses = append(b.uses, u)
	return n
}

func (b *body) random(s *Scope) *graph.Node {
	if s.trace.Key == nil {
		s.Fail("needs randomness, and the trace has no key")
	}
	b.keyed = true
	return s.trace.Key
}

// trace traces one step into g, with random numbers counted from stream. The paths of weights begin at the cell.
func (c own) trace(g *graph.Graph, label string, training bool, stream uint32, key *graph.Node, b *body, x *graph.Node,
	states []*graph.Node) (y *graph.Node, next []*graph.Node, last uint32) {
	t := &Trace{Graph: g, Training: training, Key: key, stream: stream}
	t.init()
	s := &Scope{Graph: g, Training: training, trace: t, body: b}
	y, next = c.Step(s, x, states)
	if y == nil || len(next) != len(states) {
		s.Fail("%s: Step gives %d states, States says %d", label, len(next), len(states))
	}
	return y, next, t.stream
}

func (c own) walk(s *Scope, x, mask *graph.Node, init []*graph.Node, reverse bool) (*graph.Node, []*graph.Node) {
	word := Cells.Word(c.Cell)
	batch := x.Shape[0]
	shapes := c.States(x.Shape[2:])
	if len(shapes) == 0 {
		s.Fail("%s has no state, so a loop over the steps would do nothing; use TimeDistributed", word)
	}
	if init == nil {
		init = zeros(s.Graph, batch, shapes)
	}
	// The first trace finds out which weights there are, and what comes out.
	g := graph.New()
	first := &body{found: map[string]*graph.Node{}}
	var key *graph.Node
	if s.trace.Key != nil {
		key = g.Input("key", graph.KeyType)
	}
	var in []*graph.Node
	for i, n := range init {
		in = append(in, g.Input("state "+strconv.Itoa(i), n.Type))
	}
	out, _, last := c.trace(g, word, s.Training, s.trace.stream, key, first, g.Input("step", stepType(x)), in)
	var fixed []*graph.Node
	for _, u := range first.uses {
		fixed = append(fixed, s.Weight(u.path, u.shape, u.init, u.reg, u.bound))
	}
	if first.keyed {
		fixed = append(fixed, s.Key())
	}
	stream := s.trace.stream
	s.trace.stream = last

	// Where a mask repeats the output, the output is a state that the cell does not look at.
	repeat := mask != nil
	n := len(init)
	if repeat {
		init = append(slices.Clone(init), s.Graph.Scalar(0).Broadcast(out.Shape...))
	}
	cell := &graph.Composite{
		Name: word,
		Attr: fmt.Sprintf("%v training=%v stream=%d repeat=%v", config.Text(c.Cell), s.Training, stream, repeat),
		Body: func(v []*graph.Node) []*graph.Node {
			states, v := v[:n], v[n:]
			if repeat {
				v = v[1:]
			}
			x, v := v[0], v[1:]
			b := &body{found: map[string]*graph.Node{}}
			for i, u := range first.uses {
				b.found[u.path] = v[i]
			}
			var key *graph.Node
			if first.keyed {
				key = v[len(first.uses)]
			}
			y, next, _ := c.trace(x.Graph(), word, s.Training, stream, key, b, x, states)
			if len(b.uses) > 0 {
				x.Graph().Fail(word, "Step uses weight %q at one trace and not at another", b.uses[0].path)
			}
			return append(slices.Clone(next), y)
		},
	}
	all := s.scan(cell, n, init, []*graph.Node{x}, mask, fixed, reverse)
	return all[n], slices.Clone(all[:n])
}

// stepType returns the type of one step of a sequence.
func stepType(x *graph.Node) graph.Type {
	return graph.Type{DType: x.DType, Shape: append(tensor.Shape{x.Shape[0]}, x.Shape[2:]...)}
}
