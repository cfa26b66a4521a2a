package emit

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

// element writes what gives an element of a node, and returns the expression for it.
func (s *scope) element(n *graph.Node, idx []string) string {
	if s.isStatic(n) && n.Shape.Size() == 1 {
		return literal(n.DType, s.known(n).V[0])
	}
	if s.isVirtual(n) {
		return s.compute(n, idx)
	}
	if _, ok := n.Call.Op.(graph.Broadcast); ok {
		return s.element(n.Call.In[0], aligned(n.Call.In[0].Shape, idx))
	}
	return s.p.read(s.view(n), idx)
}

// value is an element that may be used several times in an expression.
func (s *scope) value(n *graph.Node, idx []string) string {
	e := s.element(n, idx)
	if !strings.ContainsAny(e, " (") || !s.isVirtual(n) && !s.isStatic(n) {
		return e
	}
	v := s.p.fresh()
	s.p.line("const %s %s = %s;", typeIn(n.DType), v, e)
	return v
}

// aligned are the indices of an operand that repeats to the shape of the result.
func aligned(x tensor.Shape, idx []string) []string {
	out := slices.Clone(idx[len(idx)-len(x):])
	for a, d := range x {
		if d == 1 {
			out[a] = "0"
		}
	}
	return out
}

// compute writes the operation of a node for one element.
func (s *scope) compute(n *graph.Node, idx []string) string {
	c, p := n.Call, s.p
	switch o := c.Op.(type) {
	case graph.Elem:
		var x []string
		for _, in := range c.In {
			x = append(x, s.value(in, aligned(in.Shape, idx)))
		}
		return p.function(c, o.Kind, x)
	case graph.Cast:
		return p.cast(s.value(c.In[0], idx), c.In[0].DType, o.To)
	case graph.Reshape:
		x := c.In[0].Shape
		in := make([]string, len(x))
		for a, b := range squeezed(x, o.Shape) {
			if in[a] = "0"; b >= 0 {
				in[a] = idx[b]
			}
		}
		return s.element(c.In[0], in)
	case graph.Transpose:
		in := make([]string, len(idx))
		for i, a := range o.Perm {
			in[a] = idx[i]
		}
		return s.element(c.In[0], in)
	case graph.Pad:
		return s.pad(c, o, idx)
	case graph.Reduce:
		return s.reduce(c, o, idx)
	case graph.MatMul:
		return s.matMul(c, o, idx)
	case graph.Conv:
		return s.conv(c, o, idx)
	case graph.ConvInputGrad:
		return s.convTranspose(c, o, idx)
	case graph.MaxPool:
		return s.pool(c, o.Pool, true, idx)
	case graph.AvgPool:
		return s.pool(c, o.Pool, false, idx)
	case graph.ArgMax:
		return s.argMax(c, idx)
	case graph.Gather, graph.Pick:
		return s.gather(c, idx)
	case graph.OneHot:
		id := p.read(s.view(c.In[0]), idx[:len(idx)-1])
		return fmt.Sprintf("%s == %s ? 1.0f : 0.0f", id, idx[len(idx)-1])
	case graph.Map:
		return s.table(c, o.Table, idx)
	case graph.Resize:
		return s.resize(c, o, idx)
	}
	return p.refuse(c)
}

// literal is a number that reads as the same number.
func literal(d tensor.DType, v float64) string {
	switch {
	case d != tensor.Float32 && v == math.MinInt32:
		return "(-2147483647 - 1)"
	case d != tensor.Float32:
		return strconv.FormatInt(int64(v), 10)
	case math.IsNaN(v):
		return "NAN"
	case math.IsInf(v, 1):
		return "INFINITY"
	case math.IsInf(v, -1):
		return "-INFINITY"
	}
	t := strconv.FormatFloat(v, 'g', -1, 32)
	if !strings.ContainsAny(t, ".e") {
		t += ".0"
	}
	return t + "f"
}

// cast changes the type of an element.
func (p *program) cast(x string, from, to tensor.DType) string {
	switch {
	case from == to, from == tensor.Uint8 && to == tensor.Int32:
		return x
	case to == tensor.Float32:
		return "(float)" + x
	case from == tensor.Float32 && to == tensor.Int32:
		return p.help("to_int") + "(" + x + ")"
	case from == tensor.Float32:
		return p.help("to_byte") + "(" + x + ")"
	}
	return fmt.Sprintf("%s < 0 ? 0 : %s > 255 ? 255 : %s", x, x, x)
}

// reduce writes a sum, maximum or minimum.
func (s *scope) reduce(c *graph.Call, o graph.Reduce, idx []string) string {
	x, p := c.In[0], s.p
	v := p.fresh()
	p.line("float %s = %s;", v, [...]string{"0.0f", "-INFINITY", "INFINITY"}[o.Kind])
	in, rest := make([]string, len(x.Shape)), idx
	var axis func(a int)
	axis = func(a int) {
		switch {
		case a == len(in):
			e := s.value(x, in)
			switch o.Kind {
			case graph.ReduceSum:
				p.line("%s += %s;", v, e)
			case graph.ReduceMax:
				p.line("%s = %s(%s, %s);", v, p.help("max"), v, e)
			default:
				p.line("%s = %s(%s, %s);", v, p.help("min"), v, e)
			}
		case slices.Contains(o.Axes, a):
			p.loop(x.Shape[a], func(i string) {
				in[a] = i
				axis(a + 1)
			})
		default:
			in[a], rest = rest[0], rest[1:]
			axis(a + 1)
		}
	}
	axis(0)
	return v
}

// matMul writes the sum of products of a row and a column.
func (s *scope) matMul(c *graph.Call, o graph.MatMul, idx []string) string {
	p, a, b := s.p, c.In[0], c.In[1]
	_, _, k, _ := o.Extents(a.Shape, b.Shape)
	x, w := s.view(a), s.weights(b, innerLast(b.Shape, o.TransB))
	lead, i, j := idx[:len(idx)-2], idx[len(idx)-2], idx[len(idx)-1]
	v := p.fresh()
	p.line("float %s = 0.0f;", v)
	p.loop(k, func(k string) {
		order := func(s tensor.Shape, m, n string, transposed bool) []string {
			if transposed {
				m, n = n, m
			}
			return append(aligned(s[:len(s)-2], lead), m, n)
		}
		p.line("%s += %s * %s;", v, p.read(x, order(a.Shape, i, k, o.TransA)),
			p.read(w, order(b.Shape, k, j, o.TransB)))
	})
	return v
}

// innerLast is the order of a constant's axes in which the axis that a product adds over is the last.
func innerLast(s tensor.Shape, last bool) []int {
	perm := make([]int, len(s))
	for a := range perm {
		perm[a] = a
	}
	if n := len(s); !last {
		perm[n-1], perm[n-2] = n-2, n-1
	}
	return perm
}

// pad writes the choice between an element and the value around.
func (s *scope) pad(c *graph.Call, o graph.Pad, idx []string) string {
	x, in := c.In[0], slices.Clone(idx)
	var within []string
	for a, d := range x.Shape {
		lo, step := o.Lo[a], o.Inner[a]+1
		if lo > 0 {
			within = append(within, fmt.Sprintf("%s >= %d", idx[a], lo))
			in[a] = fmt.Sprintf("%s - %d", idx[a], lo)
		}
		if o.Hi[a] > 0 {
			within = append(within, fmt.Sprintf("%s < %d", idx[a], lo+(d-1)*step+1))
		}
		if step > 1 {
			if lo > 0 {
				in[a] = "(" + in[a] + ")"
			}
			within = append(within, fmt.Sprintf("%s %% %d == 0", in[a], step))
			in[a] += fmt.Sprintf(" / %d", step)
		}
	}
	e := s.p.read(s.view(x), in)
	if len(within) == 0 {
		return e
	}
	return fmt.Sprintf("%s ? %s : %s", strings.Join(within, " && "), e, literal(x.DType, float64(o.Value)))
}

// argMax writes the search for the first greatest element.
func (s *scope) argMax(c *graph.Call, idx []string) string {
	p, x := s.p, s.view(c.In[0])
	v := p.fresh()
	p.line("int32_t %s = 0;", v)
	at := func(i string) string { return p.read(x, append(slices.Clone(idx), i)) }
	n := c.In[0].Shape[len(idx)]
	p.between("1", strconv.Itoa(n), func(i string) { p.line("if (%s > %s) %s = %s;", at(i), at(v), v, i) })
	return v
}

// gather writes the row of an id, or the element of a row: NaN for an id outside.
func (s *scope) gather(c *graph.Call, idx []string) string {
	p, x, ids := s.p, c.In[0], c.In[1]
	w, n := s.view(x), len(ids.Shape)
	id := p.fresh()
	p.line("const int32_t %s = %s;", id, p.read(s.view(ids), idx[:n]))
	in, rows := append([]string{id}, idx[n:]...), x.Shape[0]
	if _, ok := c.Op.(graph.Pick); ok {
		in, rows = append(slices.Clone(idx), id), x.Shape[n]
	}
	return fmt.Sprintf("%s >= 0 && %s < %d ? %s : NAN", id, id, rows, p.read(w, in))
}

// stepped is a table that counts the edges that are not above a number.
type stepped interface{ Edges() []float64 }

// listed is a table of some whole numbers; all others become other.
type listed interface {
	Entries() (keys, values []int32, other int32, ok bool)
}

// table writes the search in a table.
func (s *scope) table(c *graph.Call, t graph.Table, idx []string) string {
	p, x := s.p, c.In[0]
	numbers := func(name string, d tensor.DType, v []float64) string {
		b := p.constantArray(c.Label+"_"+name, &graph.Array{Type: graph.Type{DType: d, Shape: tensor.Shape{len(v)}},
			V: v}, nil)
		b.used = true
		return b.name
	}
	if l, ok := t.(stepped); ok && len(l.Edges()) > 0 {
		e, v := s.value(x, idx), p.fresh()
		p.line("int32_t %s = 0;", v)
		edges := numbers("edges", tensor.Float32, l.Edges())
		p.loop(len(l.Edges()), func(i string) { p.line("if (%s >= %s[%s]) %s++;", floated(x, e), edges, i, v) })
		return v
	}
	if l, ok := t.(listed); ok && x.DType == tensor.Int32 {
		if keys, values, other, ok := l.Entries(); ok {
			e, v := s.value(x, idx), p.fresh()
			p.line("int32_t %s = %d;", v, other)
			if len(keys) > 0 {
				k, to := numbers("keys", tensor.Int32, wide(keys)), numbers("values", tensor.Int32, wide(values))
				p.loop(len(keys), func(i string) { p.line("if (%s == %s[%s]) %s = %s[%s];", e, k, i, v, to, i) })
			}
			return v
		}
	}
	return p.refuse(c)
}

func floated(x *graph.Node, e string) string {
	if x.DType == tensor.Float32 {
		return e
	}
	return "(float)" + e
}

func wide(v []int32) []float64 {
	out := make([]float64, len(v))
	for i := range v {
		out[i] = float64(v[i])
	}
	return out
}

// resize writes the weighted sum of a few elements of an axis.
func (s *scope) resize(c *graph.Call, o graph.Resize, idx []string) string {
	p, x := s.p, s.view(c.In[0])
	var first, from, weights []float64
	for _, taps := range o.Taps() {
		first = append(first, float64(len(from)))
		for _, t := range taps {
			from, weights = append(from, float64(t.From)), append(weights, float64(t.Weight))
		}
	}
	first = append(first, float64(len(from)))
	array := func(name string, d tensor.DType, v []float64) string {
		b := p.constantArray(fmt.Sprintf("%s_%s_%d", c.Label, name, o.Axis), &graph.Array{
			Type: graph.Type{DType: d, Shape: tensor.Shape{len(v)}}, V: v}, nil)
		b.used = true
		return b.name
	}
	f, at, w := array("first", tensor.Int32, first), array("from", tensor.Int32, from),
		array("share", tensor.Float32, weights)
	v := p.fresh()
	p.line("float %s = 0.0f;", v)
	i := idx[o.Axis]
	p.between(fmt.Sprintf("%s[%s]", f, i), fmt.Sprintf("%s[%s + 1]", f, i), func(k string) {
		in := slices.Clone(idx)
		in[o.Axis] = fmt.Sprintf("%s[%s]", at, k)
		p.line("%s += %s[%s] * %s;", v, w, k, p.read(x, in))
	})
	return v
}
