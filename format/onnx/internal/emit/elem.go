package emit

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// operators are the elementwise functions that ONNX has under a name.
var operators = map[graph.Kind]string{
	graph.Neg: "Neg", graph.Abs: "Abs", graph.Sign: "Sign", graph.Exp: "Exp", graph.Log: "Log", graph.Sqrt: "Sqrt",
	graph.Recip: "Reciprocal", graph.Tanh: "Tanh", graph.Sigmoid: "Sigmoid", graph.Erf: "Erf", graph.Relu: "Relu",
	graph.Floor: "Floor", graph.Ceil: "Ceil", graph.Round: "Round", graph.Sin: "Sin", graph.Cos: "Cos",
	graph.Softplus: "Softplus", graph.Add: "Add", graph.Sub: "Sub", graph.Mul: "Mul", graph.Div: "Div",
	graph.Pow: "Pow", graph.Max: "Max", graph.Min: "Min",
}

// comparisons give truth values.
var comparisons = map[graph.Kind]string{graph.Eq: "Equal", graph.Ne: "Equal", graph.Lt: "Less",
	graph.Le: "LessOrEqual", graph.Gt: "Greater", graph.Ge: "GreaterOrEqual"}

// elementwise lowers an Elem.
func (l *lowering) elementwise(n *graph.Node, kind graph.Kind) {
	c := n.Call
	if kind == graph.Div && l.mean(n, false) || kind == graph.Add && l.biased(n) || l.activation(n, kind) {
		return
	}
	rank := len(n.Shape)
	perm := l.common(c.In, rank)
	arg := func(i int, elem pb.Elem) string { return l.operand(c.In[i], perm, rank, elem) }
	float := func(i int) string { return arg(i, pb.F32) }
	one := func(op string, in ...string) string { return l.f.One(c.Label, op, in) }
	put := func(name string) { l.put(n, name, pb.F32, perm) }
	truth := func(name string) { l.put(n, name, pb.Bool, perm) }
	if op := operators[kind]; op != "" {
		var in []string
		for i := range c.In {
			in = append(in, float(i))
		}
		put(one(op, in...))
		return
	}
	if op := comparisons[kind]; op != "" {
		y := one(op, float(0), float(1))
		if kind == graph.Ne {
			y = one("Not", y)
		}
		truth(y)
		return
	}
	switch kind {
	case graph.Not:
		truth(one("Not", arg(0, pb.Bool)))
	case graph.And:
		truth(one("And", arg(0, pb.Bool), arg(1, pb.Bool)))
	case graph.Or:
		truth(one("Or", arg(0, pb.Bool), arg(1, pb.Bool)))
	case graph.Where:
		put(one("Where", arg(0, pb.Bool), float(1), float(2)))
	case graph.Expm1:
		put(one("Sub", one("Exp", float(0)), l.f.Scalar(1)))
	case graph.Log1p:
		put(one("Log", one("Add", float(0), l.f.Scalar(1))))
	case graph.Rsqrt:
		put(one("Reciprocal", one("Sqrt", float(0))))
	case graph.Square:
		x := float(0)
		put(one("Mul", x, x))
	case graph.ReluGrad:
		put(one("Where", one("Greater", float(1), l.f.Scalar(0)), float(0), l.f.Scalar(0)))
	default:
		l.refuse(c)
	}
}

// number is the one element of a constant in all traces.
func (l *lowering) number(n *graph.Node) (float64, bool) {
	c, ok := n.Call.Op.(graph.Const)
	if !ok || c.Value.Len() != 1 || !l.isStatic(n) {
		return 0, false
	}
	return c.Value.Float(0), true
}

func elemOf(n *graph.Node, kind graph.Kind) bool {
	o, ok := n.Call.Op.(graph.Elem)
	return ok && o.Kind == kind
}

// activation lowers those functions of one value that ONNX has as operators: LeakyRelu and Elu.
func (l *lowering) activation(n *graph.Node, kind graph.Kind) bool {
	if kind != graph.Where {
		return false
	}
	cond, x, y := n.Call.In[0], n.Call.In[1], n.Call.In[2]
	if !elemOf(cond, graph.Gt) || cond.Call.In[0] != x || !n.Shape.Equal(x.Shape) {
		return false
	}
	if at, ok := l.number(cond.Call.In[1]); !ok || at != 0 {
		return false
	}
	scaled := func(n *graph.Node) (of *graph.Node, by float64, ok bool) {
		if elemOf(n, graph.Mul) {
			by, ok = l.number(n.Call.In[1])
			return n.Call.In[0], by, ok
		}
		return n, 1, true
	}
	of, by, ok := scaled(y)
	if !ok {
		return false
	}
	v := func() (string, []int) { p := l.common([]*graph.Node{x}, len(x.Shape)); return l.in(x, p, pb.F32), p }
	if of == x {
		name, perm := v()
		l.one(n, perm, "LeakyRelu", []string{name}, Number("alpha", by))
		return true
	}
	if elemOf(of, graph.Expm1) {
		w := of.Call.In[0]
		if elemOf(w, graph.Where) && w.Call.In[0] == cond && w.Call.In[2] == x {
			name, perm := v()
			l.one(n, perm, "Elu", []string{name}, Number("alpha", by))
			return true
		}
	}
	return false
}

// reduction says what n reduces: a Reduce, or a sum divided by how many elements there are.
func (l *lowering) reduction(n *graph.Node) (x *graph.Node, op string, axes []int, ok bool) {
	if o, is := n.Call.Op.(graph.Reduce); is {
		return n.Call.In[0], [...]string{"ReduceSum", "ReduceMax", "ReduceMin"}[o.Kind], o.Axes, true
	}
	if !elemOf(n, graph.Div) {
		return nil, "", nil, false
	}
	sum := n.Call.In[0]
	o, is := sum.Call.Op.(graph.Reduce)
	if !is || o.Kind != graph.ReduceSum {
		return nil, "", nil, false
	}
	for k := range l.graphs {
		c, is := l.twin(n.Call.In[1], k).Call.Op.(graph.Const)
		if !is || c.Value.Len() != 1 {
			return nil, "", nil, false
		}
		count := 1
		for _, a := range o.Axes {
			count *= l.twin(sum.Call.In[0], k).Shape[a]
		}
		if c.Value.Float(0) != float64(float32(count)) || count == 0 {
			return nil, "", nil, false
		}
	}
	return sum.Call.In[0], "ReduceMean", o.Axes, true
}

// reduced adds the node of a reduction. With keep the axes stay, with extent 1, in the order of the operand's tensor.
func (l *lowering) reduced(c *graph.Call, x *graph.Node, op string, axes []int, keep bool) (name string, perm []int) {
	v := l.value(x)
	var at []int
	for _, a := range axes {
		at = append(at, axisIn(v.perm, a))
	}
	slices.Sort(at)
	name = l.f.Reduce(c.Label, op, l.in(x, v.perm, pb.F32), at, keep)
	if keep || v.perm == nil {
		return name, v.perm
	}
	for _, a := range v.perm { // the axes that are left, counted anew
		if !slices.Contains(axes, a) {
			before := 0
			for _, b := range axes {
				if b < a {
					before++
				}
			}
			perm = append(perm, a-before)
		}
	}
	return name, perm
}

// mean lowers a mean.
func (l *lowering) mean(n *graph.Node, keep bool) bool {
	x, op, axes, ok := l.reduction(n)
	if ok {
		name, perm := l.reduced(n.Call, x, op, axes, keep)
		l.put(n, name, pb.F32, perm)
	}
	return ok
}

// kept lowers the Reshape that gives a reduction its axes back.
func (l *lowering) kept(n *graph.Node) bool {
	y := n.Call.In[0]
	x, op, axes, ok := l.reduction(y)
	if !ok || l.uses[y] > 1 {
		return false
	}
	want := l.shape(x)
	for _, a := range axes {
		want[a] = slices.Repeat(extent{1}, len(l.graphs))
	}
	have := l.shape(n)
	if !slices.EqualFunc(want, have, func(a, b extent) bool { return slices.Equal(a, b) }) {
		return false
	}
	name, perm := l.reduced(n.Call, x, op, axes, true)
	l.put(n, name, pb.F32, perm)
	return true
}

// lastAxis lowers an operation along the last axis.
func (l *lowering) lastAxis(n *graph.Node, op string) {
	x := n.Call.In[0]
	v := l.value(x)
	l.one(n, v.perm, op, []string{l.in(x, v.perm, pb.F32)}, Int("axis", axisIn(v.perm, len(x.Shape)-1)))
}

// cast lowers a Cast.
func (l *lowering) cast(n *graph.Node) {
	x := n.Call.In[0]
	v := l.value(x)
	name := v.name
	if v.elem == pb.Bool && n.DType == tensor.Float32 {
		l.put(n, name, v.elem, v.perm)
		return
	}
	l.one(n, v.perm, "Cast", []string{name}, Int("to", int(natural(n))))
}
