package tensorboard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/graph"
	"gorae/model"
	"gorae/tensor"
)

// graphDef is the bytes of a GraphDef of the operations of a model's prediction, each below the name of its layer, with
// the types and shapes of its results; an extent that goes with the number of samples is unknown.
func graphDef(m *model.Model) (g []byte, err error) {
	defer func() {
		if r := recover(); r != nil { // tracing fails by panics
			err = fmt.Errorf("the graph of the model: %v", r)
		}
	}()
	small, large := traced(m, 2), traced(m, 3)
	names := nodeNames(small)
	for i, c := range small.Calls {
		var other []*graph.Node
		if len(large.Calls) == len(small.Calls) {
			other = large.Calls[i].Out
		}
		g = message(g).bytes(1, node(c, names, other))
	}
	const producer = 22 // of the graphs whose attributes these are
	return message(g).bytes(4, message{}.number(1, producer)), nil
}

// traced is the graph of a prediction for so many samples.
func traced(m *model.Model, samples int) *graph.Graph {
	t := model.NewTrace(false)
	var x []*graph.Node
	for i, typ := range m.InputTypes(samples) {
		x = append(x, t.Graph.Input(m.InputNames()[i], typ))
	}
	m.Trace(t, x...)
	return t.Graph
}

// nodeNames are the names of the calls: of leaves their own, of others LAYER/OPERATION, numbered where there are
// several.
func nodeNames(g *graph.Graph) []string {
	names := make([]string, len(g.Calls))
	count := map[string]int{}
	for i, c := range g.Calls {
		name := opName(c)
		if l, ok := c.Op.(graph.Leaf); ok {
			name = legal(l.Name)
		} else if c.Label != "" {
			name = legal(c.Label) + "/" + name
		}
		names[i] = name
		if n := count[name]; n > 0 {
			names[i] = name + "_" + strconv.Itoa(n)
		}
		count[name]++
	}
	return names
}

// opName is the word of an operation: add, matmul; of a leaf its kind.
func opName(c *graph.Call) string {
	switch op := c.Op.(type) {
	case graph.Leaf:
		return map[bool]string{true: "Input", false: "Variable"}[op.Kind == graph.Input]
	case fmt.Stringer:
		return legal(firstWord(op.String()))
	}
	_, name, _ := strings.Cut(fmt.Sprintf("%T", c.Op), ".")
	return legal(name)
}

func firstWord(s string) string {
	if i := strings.IndexFunc(s, func(r rune) bool { return r == '(' || r == '{' || r == '[' || r == ' ' }); i > 0 {
		return s[:i]
	}
	return s
}

// legal replaces what a node's name cannot have.
func legal(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', strings.ContainsRune("_./-", r):
			return r
		}
		return '_'
	}, name)
}

// node is a NodeDef.
func node(c *graph.Call, names []string, other []*graph.Node) message {
	n := message{}.text(1, names[c.ID]).text(2, opName(c))
	for _, in := range c.In {
		name := names[in.Call.ID]
		if in.Index > 0 {
			name += ":" + strconv.Itoa(in.Index)
		}
		n = n.text(3, name)
	}
	var shapes message
	for i, out := range c.Out {
		extents := make([]int64, len(out.Shape))
		for k, d := range out.Shape {
			if extents[k] = int64(d); other != nil && other[i].Shape[k] != d {
				extents[k] = -1
			}
		}
		shapes = shapes.bytes(7, shapeProto(extents...))
	}
	if len(c.Out) == 0 {
		return n
	}
	attr := func(n message, key string, v message) message {
		return n.bytes(5, message{}.text(1, key).bytes(2, v))
	}
	types := []tensor.DType{tensor.Float32, tensor.Int32, tensor.Uint8}
	dt := []int64{dtFloat, dtInt32, dtUint8}[slices.Index(types, c.Out[0].DType)]
	n = attr(n, "T", message{}.number(6, dt))
	return attr(n, "_output_shapes", message{}.bytes(1, shapes))
}
