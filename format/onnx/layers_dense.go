package onnx

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/ops"
	"gorae/tensor"
	"gorae/weight"
)

// bias is what an Add adds to the product m, which nothing else reads; nil where it is no bias of a Dense.
func (l *lowering) bias(add *node, i int, m *node) *tensor.Tensor {
	if !l.isConstant(m, 1) || !l.isConstant(add, i) || len(l.uses[m.outputs[0]])+l.ends(m.outputs[0]) != 1 {
		return nil
	}
	w, t := l.floats(m, 1), l.floats(add, i)
	units := w.Shape[len(w.Shape)-1]
	if s := t.Shape; s.Size() != units || len(s) == 0 || s[len(s)-1] != units {
		return nil
	}
	return t
}

func lowerMatMul(l *lowering, n *node) { lowerMatMulBias(l, n, n, nil) }

// lowerMatMulBias is a product whose bias an Add has, which gives the result.
func lowerMatMulBias(l *lowering, n, last *node, b *tensor.Tensor) {
	rank := len(l.shape(n, 0))
	if !l.isConstant(n, 1) {
		if l.isConstant(n, 0) || len(l.shape(n, 1)) != rank {
			l.no(n, "it is no layer")
		}
		x, y := l.want(n, 0, plain(rank)), l.want(n, 1, plain(rank))
		l.give(n, model.Apply(l.op(n, "matmul", nil), x, y), plain(rank))
		return
	}
	w := l.floats(n, 1)
	if len(w.Shape) != 2 || rank < 2 {
		l.no(n, "its weights are %v", w.Shape)
	}
	x := l.in(n, 0)
	axes := x.axes
	if last := axes[len(axes)-1]; len(axes) < 2 || !slices.Equal(last, []int{rank - 1}) {
		axes = plain(rank)
	}
	l.dense(n, last, l.want(n, 0, axes), w, axes, b)
}

// dense is a Dense layer, which gives the result of the node last.
func (l *lowering) dense(n, last *node, x *model.Value, w *tensor.Tensor, axes [][]int, b *tensor.Tensor) {
	args := map[string]any{"units": float64(w.Shape[1]), "use_bias": b != nil}
	ws := []*tensor.Tensor{w}
	if b != nil {
		ws = append(ws, b)
	}
	l.give(last, model.Apply(l.layer(n, "Dense", args, ws...), x), axes)
}

func lowerGemm(l *lowering, n *node) {
	if n.float("alpha", 1) != 1 || n.float("beta", 1) != 1 || n.int("transA", 0) != 0 || !l.isConstant(n, 1) {
		l.no(n, "it is no Dense")
	}
	w := l.floats(n, 1)
	if n.int("transB", 0) == 1 {
		w = permuted(w, 1, 0)
	}
	b := l.floats(n, 2)
	if b != nil && b.Shape.Size() == 1 {
		v := b.F32[0]
		b = tensor.New(tensor.Float32, w.Shape[1])
		for i := range b.F32 {
			b.F32[i] = v
		}
	}
	if b != nil && b.Shape.Size() != w.Shape[1] {
		l.no(n, "its bias is %v", b.Shape)
	}
	l.dense(n, n, l.want(n, 0, plain(2)), w, plain(2), b)
}

func lowerGather(l *lowering, n *node) {
	a := n.int("axis", 0)
	if l.isConstant(n, 0) && a == 0 && len(l.shape(n, 0)) == 2 {
		table, ids := l.floats(n, 0), l.ids(n)
		args := map[string]any{"input_dim": float64(table.Shape[0]), "output_dim": float64(table.Shape[1])}
		axes := append(slices.Clone(ids.axes), []int{len(l.shape(n, 1))})
		n = &node{op: n.op, name: n.name, inputs: []string{n.inputs[1], n.inputs[0]}, outputs: n.outputs}
		l.give(n, model.Apply(l.layer(n, "Embedding", args, table), ids.v), axes)
		return
	}
	if !l.isConstant(n, 1) {
		l.no(n, "it takes places that depend on the data")
	}
	at := l.constant(n, 1)
	x, rank := l.in(n, 0), len(l.shape(n, 0))
	if a < 0 {
		a += rank
	}
	i := slices.IndexFunc(x.axes, func(b []int) bool { return slices.Equal(b, []int{a}) })
	if at.Shape.Size() != 1 || len(at.Shape) != 0 || i < 1 {
		l.no(n, "it takes several places, or along an axis that is none of the layer's")
	}
	var key []any
	for k := range x.axes {
		if k == i {
			key = append(key, at.Float(0))
			break
		}
		key = append(key, ops.Span(nil, nil))
	}
	var left [][]int
	for k, b := range x.axes {
		if k != i {
			left = append(left, l.less(b, []int{a}, false))
		}
	}
	l.give(n, model.Apply(l.op(n, "get_item", ops.Args{"key": key}), x.v), left)
}

// ids are the places that a Gather takes from a table. Exporters write more than that, as what counts negative places
// from the end: where it leaves the places of the table as they are, it is passed over.
func (l *lowering) ids(n *node) part {
	name := n.inputs[1]
	var steps []*node
	leaf := name
	for open := []string{name}; len(open) > 0; {
		at := open[0]
		open = open[1:]
		by := l.from[at]
		switch {
		case l.seen[at].fixed || slices.Contains(steps, by) && by != nil:
		case by != nil && slices.Contains(elementwise, by.op) && by.domain == "":
			steps = append(steps, by)
			open = append(open, by.inputs...)
		case leaf != name && leaf != at:
			l.no(n, "the places in its table are made of several values")
		default:
			leaf = at
		}
	}
	if len(steps) > 0 && !l.keeps(leaf, name, steps, l.shape(n, 0)[0]) {
		l.no(n, "the places in its table are computed")
	}
	if p, ok := l.part(leaf); ok {
		return p
	}
	l.no(n, "it takes places that are known")
	return part{}
}

// elementwise are operators on whole numbers.
var elementwise = []string{"Add", "Sub", "Mul", "Cast", "Where", "Less", "Not", "GreaterOrEqual", "Identity"}

// keeps reports whether nodes between two values leave the numbers from 0 to n − 1 as they are.
func (l *lowering) keeps(from, to string, steps []*node, n int) bool {
	places := make([]int, n)
	for i := range places {
		places[i] = i
	}
	trace := layer.NewTrace(false)
	t := &tracer{program: l.program, scope: layer.NewScope(trace, weight.NewStore(), true), graph: trace.Graph,
		numbers: &graph.Evaluator{}}
	c := &call{tracer: t}
	env := map[string]*value{from: {n: c.vector(tensor.Shape{n}, places...), elem: pb.I64}}
	t.scopes = append(t.scopes, env)
	same := false
	err := graph.Catch(func() {
		for _, s := range l.body.nodes {
			for _, name := range s.inputs { // what is known has the one number that the file's shapes give
				if v := l.seen[name].value; v != nil && env[name] == nil && len(v.V) == 1 {
					env[name] = &value{n: t.graph.Scalar(v.V[0]), elem: pb.I64}
				}
			}
			if slices.Contains(steps, s) {
				t.step(s, env)
			}
		}
		a, known := t.known(env[to])
		same = known && len(a.V) == n
		for i := range places {
			same = same && a.V[i] == float64(i)
		}
	})
	return err == nil && same
}
