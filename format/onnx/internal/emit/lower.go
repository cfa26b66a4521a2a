package emit

import (
	"fmt"
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// lowering makes nodes of the calls of graphs that are alike. Calls are lowered where somebody reads them, so that who
// reads may take several calls for one node.
//
// The order of a tensor's axes is chosen late: a value may lie in the file in another order than in the graph (perm),
// and stays so as long as those who read it can do with any order. Images, channels last in the graph, are thereby
// transposed once before the first convolution and once behind the last.
type lowering struct {
	f       *File
	graphs  []*graph.Graph
	calls   int // of a graph, without those that were added for constants
	values  map[*graph.Node]*value
	order   []*graph.Node // those that have been lowered
	given   []givenShape  // tensors whose extents are known though nobody reads them
	uses    map[*graph.Node]int
	static  map[*graph.Node]bool
	sources map[string]string // extents at run time, by extents in the traces

	leaf  func(l graph.Leaf, n *graph.Node) bool // gives a leaf that is no weight its value
	outer *lowering                              // around the body of a loop
	lift  map[*graph.Node]*graph.Node            // leaves of the body → values around it
	root  *lowering
	model *model.Model // of the root
	vars  map[string]*weight.Var
}

// value is a tensor in the file that stands for a node.
type value struct {
	perm  []int // axis i of the tensor is axis perm[i] of the node; nil: the same order
	elem  pb.Elem
	name  string
	forms map[string]string // further forms by order and type
}

func newLowering(f *File, graphs []*graph.Graph, outs []*graph.Node) *lowering {
	l := &lowering{f: f, graphs: graphs, calls: len(graphs[0].Calls), values: map[*graph.Node]*value{},
		uses: map[*graph.Node]int{}, static: map[*graph.Node]bool{}, sources: map[string]string{}}
	l.root = l
	seen := map[*graph.Call]bool{}
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if l.uses[n]++; seen[n.Call] {
			return
		}
		seen[n.Call] = true
		for _, x := range n.Call.In {
			visit(x)
		}
	}
	for _, n := range outs {
		visit(n)
	}
	return l
}

// twin is the node of trace k that stands for n.
func (l *lowering) twin(n *graph.Node, k int) *graph.Node {
	if n.Call.ID >= l.calls { // made for a constant
		return n
	}
	return l.graphs[k].Calls[n.Call.ID].Out[n.Index]
}

// shape is that of a node in all traces.
func (l *lowering) shape(n *graph.Node) shape {
	s := make(shape, len(n.Shape))
	for a := range s {
		for k := range l.graphs {
			s[a] = append(s[a], l.twin(n, k).Shape[a])
		}
	}
	return s
}

// ops are the operation of a call in each trace.
func ops[T graph.Op](l *lowering, c *graph.Call) []T {
	list := make([]T, len(l.graphs))
	for k, g := range l.graphs {
		list[k] = g.Calls[c.ID].Op.(T)
	}
	return list
}

// isStatic reports whether a node depends on weights and constants alone, in all traces alike.
func (l *lowering) isStatic(n *graph.Node) bool {
	if s, ok := l.static[n]; ok {
		return s
	}
	ok := l.shape(n).fixed()
	switch op := n.Call.Op.(type) {
	case graph.Leaf:
		if l.outer != nil {
			ok = ok && l.lift[n] != nil && l.outer.isStatic(l.lift[n])
		} else {
			ok = ok && (op.Kind == graph.Weight || op.Kind == graph.State)
		}
	case graph.Const:
		for k := range l.graphs {
			ok = ok && l.twin(n, k).Call.Op.String() == op.String()
		}
	case graph.Scan:
		ok = false
	default:
		for k := range l.graphs {
			ok = ok && (n.Call.ID >= l.calls || attributesAlike(l.twin(n, k).Call.Op, op))
		}
		ok = ok && len(n.Call.In) > 0
		for _, x := range n.Call.In {
			ok = ok && l.isStatic(x)
		}
	}
	l.static[n] = ok
	return ok
}

func attributesAlike(a, b graph.Op) bool { return a == nil || a.String() == b.String() }

// lifted is a static node of the body of a loop in the graph around all loops.
func (l *lowering) lifted(n *graph.Node) *graph.Node {
	if l.outer == nil {
		return n
	}
	if x := l.lift[n]; x != nil {
		return l.outer.lifted(x)
	}
	in := make([]*graph.Node, len(n.Call.In))
	for i, x := range n.Call.In {
		in[i] = l.lifted(x)
	}
	y := l.root.graphs[0].Apply(n.Call.Op, in...)[n.Index]
	l.lift[n] = y
	l.root.static[y] = true
	return l.outer.lifted(y)
}

// constant is the initializer of a static node.
func (l *lowering) constant(n *graph.Node, elem pb.Elem) string {
	n = l.lifted(n)
	l.root.static[n] = true
	key := fmt.Sprint("node ", n.Call.ID, " ", n.Index, elem)
	if c, ok := n.Call.Op.(graph.Const); ok {
		if c.Value.Len() <= 1 && elem == pb.F32 {
			t := c.Value
			return l.f.Floats("number", dims(t.Shape), float32(t.Float(0)))
		}
		key = c.String() + elem.String()
	}
	return l.f.constant(key, l.nameOf(n), constant{elem: elem, dims: dims(n.Shape), fill: func() ([]byte, error) {
		t, err := l.root.evaluate(n)
		if err != nil {
			return nil, err
		}
		if elem == pb.F32 {
			return pb.OfFloats("", nil, t.Floats().F32).Raw, nil
		}
		return rawInts(t, elem), nil
	}})
}

// rawInts are the elements of a tensor as those of an integer type, or as truth values.
func rawInts(t *tensor.Tensor, elem pb.Elem) []byte {
	b := make([]byte, 0, t.Len()*int(elem.Bytes()))
	for i := range t.Len() {
		v := uint64(int64(t.Float(i)))
		if elem == pb.Bool && t.Float(i) != 0 {
			v = 1
		}
		for k := range int(elem.Bytes()) {
			b = append(b, byte(v>>(8*k)))
		}
	}
	return b
}

func dims(s tensor.Shape) []int64 { return int64s(s) }

// nameOf is that of the weight from which a static node is made.
func (l *lowering) nameOf(n *graph.Node) string {
	name, size := "", -1
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if op, ok := n.Call.Op.(graph.Leaf); ok {
			if n.Shape.Size() > size {
				name, size = op.Name, n.Shape.Size()
			}
		}
		for _, x := range n.Call.In {
			visit(x)
		}
	}
	if visit(n); name == "" {
		if name = "constant"; n.Call.Label != "" {
			name = n.Call.Label + "/constant"
		}
	}
	return name
}

// evaluate computes a static node.
func (l *lowering) evaluate(n *graph.Node) (*tensor.Tensor, error) {
	switch op := n.Call.Op.(type) {
	case graph.Leaf:
		l.model.Store().RLock()
		defer l.model.Store().RUnlock()
		return l.vars[op.Name].Value.Clone(), nil
	case graph.Const:
		return op.Value, nil
	}
	out, err := model.NewProgram(func(t *model.Trace, _ []*graph.Node) model.Traced {
		seen := map[*graph.Node]*graph.Node{}
		var copied func(n *graph.Node) *graph.Node
		copied = func(n *graph.Node) *graph.Node {
			if seen[n] != nil {
				return seen[n]
			}
			if op, ok := n.Call.Op.(graph.Leaf); ok {
				seen[n] = t.Leaf(l.vars[op.Name])
				return seen[n]
			}
			var in []*graph.Node
			for _, x := range n.Call.In {
				in = append(in, copied(x))
			}
			for i, y := range t.Graph.Apply(n.Call.Op, in...) {
				seen[n.Call.Out[i]] = y
			}
			return seen[n]
		}
		return model.Traced{Outputs: []*graph.Node{copied(n)}}
	}, model.ProgramConfig{Models: []*model.Model{l.model}, ReadOnly: true}).Run()
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// put says that a tensor stands for a node.
func (l *lowering) put(n *graph.Node, name string, elem pb.Elem, perm []int) {
	if isIdentity(perm) {
		perm = nil
	}
	l.values[n] = &value{perm: perm, elem: elem, name: name, forms: map[string]string{}}
	l.order = append(l.order, n)
}

// natural is the type in which a value of the graph lies in the file.
func natural(n *graph.Node) pb.Elem { return ElemOf(n.DType) }

// ElemOf is the type of a tensor's elements in the file.
func ElemOf(d tensor.DType) pb.Elem {
	switch d {
	case tensor.Int32:
		return pb.I32
	case tensor.Uint8:
		return pb.Uint8
	}
	return pb.F32
}

// value lowers a node.
func (l *lowering) value(n *graph.Node) *value {
	if v := l.values[n]; v != nil {
		return v
	}
	if l.isStatic(n) {
		l.values[n] = &value{elem: natural(n), name: l.constant(n, natural(n)), forms: map[string]string{}}
		return l.values[n]
	}
	l.lower(n)
	if l.values[n] == nil { // it is refused; what reads it is lowered all the same
		l.put(n, "refused", natural(n), nil)
	}
	return l.values[n]
}

// in is the name of a tensor that has a node's elements in an order of the axes and of a type.
func (l *lowering) in(n *graph.Node, perm []int, elem pb.Elem) string {
	if isIdentity(perm) {
		perm = nil
	}
	if l.isStatic(n) {
		x := n
		if perm != nil {
			x = l.root.graphs[0].Apply(graph.Transpose{Perm: perm}, l.lifted(n))[0]
			l.root.static[x] = true
			return l.root.constant(x, elem)
		}
		return l.constant(x, elem)
	}
	v := l.value(n)
	if elem == v.elem && slices.Equal(perm, v.perm) {
		return v.name
	}
	key := fmt.Sprint(elem, perm)
	if have := v.forms[key]; have != "" {
		return have
	}
	name := v.name
	if elem != v.elem {
		if name = v.forms[fmt.Sprint(elem, v.perm)]; name == "" {
			name = l.f.Cast(n.Call.Label, v.name, elem)
			v.forms[fmt.Sprint(elem, v.perm)] = name
		}
	}
	if !slices.Equal(perm, v.perm) {
		// Axis i of the tensor that is wanted is axis perm[i] of the node, which lies at its place in v.perm.
		order := make([]int, len(n.Shape))
		for i := range order {
			a := i
			if perm != nil {
				a = perm[i]
			}
			if v.perm != nil {
				a = slices.Index(v.perm, a)
			}
			order[i] = a
		}
		name = l.f.One(n.Call.Label, "Transpose", []string{name}, Ints("perm", order...))
	}
	v.forms[key] = name
	return name
}

// plain is a tensor in the node's own order and type.
func (l *lowering) plain(n *graph.Node) string { return l.in(n, nil, natural(n)) }

func isIdentity(perm []int) bool {
	for i, p := range perm {
		if i != p {
			return false
		}
	}
	return true
}

// identity is the order of n axes as they are.
func identity(n int) []int {
	perm := make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	return perm
}

// axisIn is where an axis of a node lies in a tensor of an order.
func axisIn(perm []int, axis int) int {
	if perm == nil {
		return axis
	}
	return slices.Index(perm, axis)
}

// one adds a node for a call and lets its result stand for the call's.
func (l *lowering) one(n *graph.Node, perm []int, op string, in []string, attributes ...*pb.Attribute) {
	l.put(n, l.f.One(n.Call.Label, op, in, attributes...), natural(n), perm)
}

// common is the order in which values are read together: that of the first of rank n that is computed and lies in
// another order than its own.
func (l *lowering) common(xs []*graph.Node, rank int) []int {
	for _, x := range xs {
		if len(x.Shape) == rank && !l.isStatic(x) {
			if v := l.value(x); v.perm != nil {
				return v.perm
			}
		}
	}
	return nil
}

// operand is x for an elementwise call of that rank whose result lies in an order.
func (l *lowering) operand(x *graph.Node, perm []int, rank int, elem pb.Elem) string {
	if perm == nil || len(x.Shape) == 0 {
		return l.in(x, nil, elem)
	}
	if len(x.Shape) == rank {
		return l.in(x, perm, elem)
	}
	if l.isStatic(x) {
		s := append(slices.Repeat([]int{1}, rank-len(x.Shape)), x.Shape...)
		g := l.root.graphs[0]
		y := g.Apply(graph.Reshape{Shape: s}, l.lifted(x))[0]
		y = g.Apply(graph.Transpose{Perm: perm}, y)[0]
		return l.root.constant(y, elem)
	}
	name := l.f.Unsqueeze(x.Call.Label, l.in(x, nil, elem), identity(rank-len(x.Shape))...)
	return l.f.One(x.Call.Label, "Transpose", []string{name}, Ints("perm", perm...))
}
