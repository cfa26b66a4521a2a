package ops

import (
	"fmt"
	"math"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/layer"
	"gorae/tensor"
)

// call is one call of an operation while it is traced.
type call struct {
	*layer.Scope
	op *Operation
	x  []*graph.Node
}

// arg is the argument of a parameter, or its default.
func (c *call) arg(name string) any {
	if v, given := c.op.args[name]; given {
		return v
	}
	return c.op.function.param(name).def
}

// node is an argument that is a tensor, or a number or array in its place.
func (c *call) node(name string) *graph.Node {
	n, err := c.asNode(c.arg(name))
	if err != nil {
		c.Fail("%s: %v", name, err)
	}
	return n
}

// float is node as float32.
func (c *call) float(name string) *graph.Node { return c.node(name).AsFloat() }

// nodes are the tensors of a list.
func (c *call) nodes(name string) []*graph.Node {
	switch v := c.arg(name).(type) {
	case all:
		return c.x
	case []any:
		var ns []*graph.Node
		for _, e := range v {
			n, err := c.asNode(e)
			if err != nil {
				c.Fail("%s: %v", name, err)
			}
			ns = append(ns, n)
		}
		if len(ns) > 0 {
			return ns
		}
	}
	c.Fail("%s is no list of tensors", name)
	return nil
}

// asNode makes a node of a value.
func (c *call) asNode(v any) (*graph.Node, error) {
	if k, is := v.(Operand); is {
		if int(k) >= len(c.x) {
			return nil, fmt.Errorf("there are %d inputs; it takes another one", len(c.x))
		}
		return c.x[k], nil
	}
	t, err := array(v)
	if err != nil {
		return nil, err
	}
	if len(t.Shape) == 0 {
		return c.Graph.Scalar(t.Float(0)), nil
	}
	return c.Graph.Const(t), nil
}

// array is a number, or a list of lists of numbers, as a tensor: of int32 where all are whole numbers in a list, of
// float32 otherwise. Keras's {class_name: __numpy__ or __tensor__, config: {value, dtype}} is its value.
func array(v any) (*tensor.Tensor, error) {
	if m, ok := v.(map[string]any); ok {
		if c, ok := m["config"].(map[string]any); ok && (m["class_name"] == "__numpy__" ||
			m["class_name"] == "__tensor__") {
			v = c["value"]
		}
	}
	var flat []float64
	shape, err := flatten(v, &flat, 0)
	if err != nil {
		return nil, err
	}
	whole := len(shape) > 0
	for _, f := range flat {
		whole = whole && f == math.Trunc(f) && math.Abs(f) <= math.MaxInt32
	}
	if whole {
		t := tensor.New(tensor.Int32, shape...)
		for i, f := range flat {
			t.I32[i] = int32(f)
		}
		return t, nil
	}
	t := tensor.New(tensor.Float32, shape...)
	for i, f := range flat {
		t.F32[i] = float32(f)
	}
	return t, nil
}

// flatten appends the numbers of v to flat and gives its shape.
func flatten(v any, flat *[]float64, depth int) (tensor.Shape, error) {
	if b, ok := v.(bool); ok {
		v = map[bool]float64{true: 1}[b]
	}
	if f, ok := number(v); ok {
		*flat = append(*flat, f)
		return tensor.Shape{}, nil
	}
	list, ok := asList(v)
	if !ok || depth > 8 {
		return nil, fmt.Errorf("%v is neither a tensor nor numbers", v)
	}
	var inner tensor.Shape
	for i, e := range list {
		s, err := flatten(e, flat, depth+1)
		if err != nil {
			return nil, err
		}
		if i > 0 && !s.Equal(inner) {
			return nil, fmt.Errorf("rows of an array differ: %v and %v", inner, s)
		}
		inner = s
	}
	return append(tensor.Shape{len(list)}, inner...), nil
}

// asList is v as a list, where it is one.
func asList(v any) ([]any, bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case []int:
		var l []any
		for _, i := range v {
			l = append(l, i)
		}
		return l, true
	case []float64:
		var l []any
		for _, f := range v {
			l = append(l, f)
		}
		return l, true
	}
	return nil, false
}

// number is v as a number.
func number(v any) (float64, bool) {
	if isOperand(v) {
		return 0, false
	}
	return config.Number(v)
}

// whole is v as a whole number.
func whole(v any) (int, bool) {
	f, ok := number(v)
	return int(f), ok && f == math.Trunc(f) && math.Abs(f) < 1<<31
}

// int is an argument that is a whole number.
func (c *call) int(name string) int {
	k, ok := whole(c.arg(name))
	if !ok {
		c.Fail("%s is %v; give a whole number", name, c.arg(name))
	}
	return k
}

// ints is an argument that is a whole number or a list of such; lone says that it was one number.
func (c *call) ints(name string) (list []int, lone bool) {
	v := c.arg(name)
	if k, ok := whole(v); ok {
		return []int{k}, true
	}
	l, ok := asList(v)
	for _, e := range l {
		k, isWhole := whole(e)
		if e == nil { // an extent that is open
			k, isWhole = -1, true
		}
		ok = ok && isWhole
		list = append(list, k)
	}
	if !ok {
		c.Fail("%s is %v; give a whole number or a list of them", name, v)
	}
	return list, false
}

// number is an argument that is a number.
func (c *call) number(name string) float64 {
	f, ok := number(c.arg(name))
	if !ok {
		c.Fail("%s is %v; give a number", name, c.arg(name))
	}
	return f
}

// bool is an argument that is true or false.
func (c *call) bool(name string) bool {
	b, ok := c.arg(name).(bool)
	if !ok {
		c.Fail("%s is %v; give true or false", name, c.arg(name))
	}
	return b
}

// only fails where an argument is another one than those that gorae computes.
func (c *call) only(name string, values ...any) {
	if v := c.arg(name); !slices.ContainsFunc(values, func(w any) bool { return fmt.Sprint(v) == fmt.Sprint(w) }) {
		c.Fail("%s is %v, and gorae computes it for %v alone", name, v, values)
	}
}

// position counts an axis of rank axes from the start. That of the samples is refused, since what works along
// it mixes samples.
func (c *call) position(axis, rank int) int {
	a := axis
	if a < 0 {
		a += rank
	}
	switch {
	case a < 0 || a >= rank:
		c.Fail("there is no axis %d among %d; they count from 0 or, from the end, from -1", axis, rank)
	case a == 0:
		c.Fail("works along axis 0, that of the samples: a prediction would depend on the others; give " +
			"another axis")
	}
	return a
}

// axis is the argument axis as a position in x.
func (c *call) axis(x *graph.Node) int { return c.position(c.int("axis"), len(x.Shape)) }

// axes are those of the argument axis: one or several. None means all, and so those of the samples too.
func (c *call) axes(x *graph.Node) []int {
	if c.arg("axis") == nil {
		if len(x.Shape) == 1 {
			c.position(0, 1)
		}
		c.Fail("axis is None: the result is one number for all samples, which would make the prediction for a sample " +
			"depend on the others; give the axes behind that of the samples")
	}
	list, _ := c.ints("axis")
	for i, a := range list {
		list[i] = c.position(a, len(x.Shape))
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// one is a result alone.
func one(y *graph.Node) []*graph.Node { return []*graph.Node{y} }

// like is y with the type of whole numbers where all of x and all numbers in the place of tensors are such.
func (c *call) like(y *graph.Node, x ...*graph.Node) *graph.Node {
	for _, n := range x {
		if n.DType == tensor.Float32 && !isWhole(n) {
			return y
		}
	}
	if slices.ContainsFunc(x, func(n *graph.Node) bool { return n.DType != tensor.Float32 }) {
		return y.Cast(tensor.Int32)
	}
	return y
}

// isWhole reports whether n is a constant number without fraction.
func isWhole(n *graph.Node) bool {
	k, ok := n.Call.Op.(graph.Const)
	return ok && len(n.Shape) == 0 && k.Value.Float(0) == math.Trunc(k.Value.Float(0))
}
