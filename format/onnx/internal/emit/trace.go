package emit

import (
	"fmt"
	"reflect"
	"slices"

	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/weight"
)

// extent is the extent of an axis in each of the traces.
type extent []int

// fixed reports whether the extent is the same in all traces, and so in every use of the file.
func (e extent) fixed() bool {
	for _, v := range e {
		if v != e[0] {
			return false
		}
	}
	return true
}

// shape is the extents of a value.
type shape []extent

func (s shape) fixed() bool {
	return !slices.ContainsFunc(s, func(e extent) bool { return !e.fixed() })
}

// symbol is an extent that the file leaves open.
type symbol struct {
	name  string
	input int // of the model; −1 for the samples
	axis  int // of the input, that of the samples counted
}

// traced is a model's graphs.
type traced struct {
	opset   int
	graphs  []*graph.Graph // with the same calls
	inputs  []*graph.Node  // the leaves of the first graph
	outs    [][]*graph.Node
	states  []graph.Assign // sessions of the first graph with their next values
	leaves  map[string]*weight.Var
	symbols []symbol
	extents []extent // of the symbols
}

// The extents that are traced: small numbers of samples, and lengths that are not mistaken for extents of layers. The
// first of the lengths is the one that models with open extents are built with; a second one that is odd tells padding
// "same" from none, and one that many powers of 2 divide serves networks that halve and double their extents.
var (
	samples = []int{2, 3}
	lengths = [][]int{{256, 331}, {256, 320}}
)

// trace traces a built model for all extents.
func trace(m *model.Model, opset int) (*traced, error) {
	t := &traced{opset: opset, symbols: []symbol{{"batch", -1, 0}}}
	open := m.OpenExtents()
	for i, axes := range open {
		for _, a := range axes {
			t.symbols = append(t.symbols, symbol{openName(m, open, i, a), i, a + 1})
		}
	}
	if len(t.symbols) == 1 {
		return t, t.all(m, func(k, s int) int { return samples[k] }, 2)
	}
	var err error
	for _, l := range lengths {
		// Each extent by itself; where they must agree, all at once.
		for _, alone := range []bool{true, false} {
			n := 3
			if alone {
				n = len(t.symbols) + 1
			}
			if err = t.all(m, func(k, s int) int {
				switch {
				case s == 0:
					return samples[btoi(k == 1)]
				case alone:
					return l[btoi(k == s+1)]
				}
				return l[btoi(k == 2)]
			}, n); err == nil {
				return t, nil
			}
		}
	}
	return nil, err
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// openName is the name of an open extent: steps of a sequence, else that of the input with the number of the axis.
func openName(m *model.Model, open [][]int, input, axis int) string {
	word := "steps"
	if rank := len(m.InputTypes(1)[input].Shape); rank > 3 {
		word = fmt.Sprintf("axis_%d", axis+1)
	}
	others := 0
	for _, axes := range open {
		others += len(axes)
	}
	if len(open) == 1 && (others == 1 || word != "steps") {
		return word
	}
	return m.InputNames()[input] + "_" + word
}

// all makes n traces; of says the extent of a symbol in a trace.
func (t *traced) all(m *model.Model, of func(trace, symbol int) int, n int) error {
	t.graphs, t.outs, t.extents = nil, nil, make([]extent, len(t.symbols))
	for k := range n {
		types := m.InputTypes(of(k, 0))
		for s, sym := range t.symbols {
			t.extents[s] = append(t.extents[s], of(k, s))
			if sym.input >= 0 {
				types[sym.input].Shape = types[sym.input].Shape.Clone()
				types[sym.input].Shape[sym.axis] = of(k, s)
			}
		}
		tr := layer.NewTrace(false)
		var outs []*graph.Node
		if err := graph.Catch(func() {
			var x []*graph.Node
			for i, typ := range types {
				x = append(x, tr.Graph.Input(fmt.Sprint("input ", i), typ))
			}
			outs = m.Trace(tr, x...)
		}); err != nil {
			return layer.Cause(err)
		}
		roots := slices.Clone(outs)
		var states []graph.Assign
		for _, a := range tr.Graph.Assigns {
			if a.State.Call.Op.(graph.Leaf).Kind == graph.Session {
				states = append(states, a)
				roots = append(roots, a.State, a.Value)
			}
		}
		_, roots = graph.Simplify(roots, t.claims)
		_, roots = graph.Simplify(graph.Fold(roots), t.claims)
		for i := range states {
			states[i] = graph.Assign{State: roots[len(outs)+2*i], Value: roots[len(outs)+2*i+1]}
		}
		g := roots[0].Graph()
		if k == 0 {
			t.leaves, t.states, t.inputs = tr.Leaves, states, make([]*graph.Node, len(types))
			for _, l := range g.Leaves() {
				var i int
				if _, err := fmt.Sscanf(l.Call.Op.(graph.Leaf).Name, "input %d", &i); err == nil {
					t.inputs[i] = l
				}
			}
		}
		t.graphs, t.outs = append(t.graphs, g), append(t.outs, roots[:len(outs)])
		if err := alike(t.graphs[0], g); err != nil {
			return err
		}
	}
	return nil
}

// alike returns an error unless two graphs have the same calls.
func alike(a, b *graph.Graph) error {
	differ := func(c *graph.Call) error {
		return fmt.Errorf("layer %q computes in another way for other extents (%v), which ONNX cannot say", c.Label,
			c.Op)
	}
	for i, c := range a.Calls {
		if i >= len(b.Calls) {
			return differ(c)
		}
		d := b.Calls[i]
		if reflect.TypeOf(c.Op) != reflect.TypeOf(d.Op) || len(c.In) != len(d.In) || len(c.Out) != len(d.Out) {
			return differ(c)
		}
		for k, x := range c.In {
			if y := d.In[k]; x.Call.ID != y.Call.ID || x.Index != y.Index {
				return differ(c)
			}
		}
		for k, x := range c.Out {
			if x.DType != d.Out[k].DType || len(x.Shape) != len(d.Out[k].Shape) {
				return differ(c)
			}
		}
	}
	if len(b.Calls) > len(a.Calls) {
		return differ(b.Calls[len(a.Calls)])
	}
	return nil
}

// claims says which composites stay whole: those that are operators of ONNX, or that are lowered as a whole.
func (t *traced) claims(c *graph.Call) bool {
	o, ok := c.Op.(*graph.Composite)
	if !ok {
		return true
	}
	switch o.Name {
	case "softmax", "log_softmax", "logsumexp", "attention":
		return true
	case "layer_norm":
		return t.opset >= 17
	}
	return false
}
