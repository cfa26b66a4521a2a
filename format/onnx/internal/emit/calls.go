package emit

import (
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// lower adds the nodes of a node's call.
func (l *lowering) lower(n *graph.Node) {
	c := n.Call
	switch o := c.Op.(type) {
	case graph.Leaf:
		if l.leaf == nil || !l.leaf(o, n) {
			l.refuse(c)
		}
	case graph.Const:
		if !l.counting(n) {
			l.refuse(c)
		}
	case graph.Elem:
		l.elementwise(n, o.Kind)
	case graph.MatMul:
		l.matMul(n)
	case graph.Conv:
		l.conv(n, c, nil)
	case graph.ConvInputGrad:
		l.convTranspose(n, c, nil)
	case graph.MaxPool:
		l.pool(n, poolsOf(l, c, func(o graph.MaxPool) graph.Pool { return o.Pool }), "MaxPool", "ReduceMax")
	case graph.AvgPool:
		l.pool(n, poolsOf(l, c, func(o graph.AvgPool) graph.Pool { return o.Pool }), "AveragePool", "ReduceMean",
			Int("count_include_pad", 0))
	case graph.Reduce:
		l.mean(n, false)
	case graph.ArgMax:
		x := c.In[0]
		name := l.f.One(c.Label, "ArgMax", []string{l.in(x, nil, pb.F32)}, Int("axis", -1), Int("keepdims", 0))
		l.put(n, name, pb.I64, nil)
	case graph.Gather:
		l.gather(n)
	case graph.OneHot:
		l.oneHot(n, o)
	case graph.Pick:
		ids := l.f.Unsqueeze(c.Label, l.in(c.In[1], nil, pb.I64), len(c.In[1].Shape))
		y := l.f.One(c.Label, "GatherElements", []string{l.in(c.In[0], nil, pb.F32), ids}, Int("axis", -1))
		l.put(n, l.f.Squeeze(c.Label, y, len(c.In[1].Shape)), pb.F32, nil)
	case graph.Map:
		l.table(n, o.Table)
	case graph.Reshape:
		l.reshape(n)
	case graph.Transpose:
		l.transpose(n)
	case graph.Broadcast:
		l.broadcast(n)
	case graph.Concat:
		l.concat(n)
	case graph.Slice:
		l.slice(n)
	case graph.Pad:
		l.pad(n)
	case graph.Cast:
		l.cast(n)
	case graph.Resize:
		l.resize(n)
	case graph.Scan:
		l.scan(n, o)
	case *graph.Composite:
		l.composite(n, o)
	default:
		l.refuse(c)
	}
}

func poolsOf[T graph.Op](l *lowering, c *graph.Call, of func(T) graph.Pool) (list []graph.Pool) {
	for _, o := range ops[T](l, c) {
		list = append(list, of(o))
	}
	return list
}

// composite lowers those that stay whole.
func (l *lowering) composite(n *graph.Node, o *graph.Composite) {
	c := n.Call
	switch a := o.Attr.(type) {
	case graph.AttentionAttr:
		l.attention(n, a)
		return
	case graph.LayerNormAttr:
		if n.Index > 0 {
			l.refuse(c)
			return
		}
		l.one(n, nil, "LayerNormalization", []string{l.in(c.In[0], nil, pb.F32), l.in(c.In[1], nil, pb.F32),
			l.in(c.In[2], nil, pb.F32)}, Int("axis", -1), Number("epsilon", a.Epsilon))
		return
	}
	switch o.Name {
	case "softmax":
		l.lastAxis(n, "Softmax")
	case "log_softmax":
		l.lastAxis(n, "LogSoftmax")
	case "logsumexp":
		name, perm := l.reduced(c, c.In[0], "ReduceLogSumExp", []int{len(c.In[0].Shape) - 1}, false)
		l.put(n, name, pb.F32, perm)
	default:
		l.refuse(c)
	}
}

// gather lowers a Gather.
func (l *lowering) gather(n *graph.Node) {
	c, x, ids := n.Call, n.Call.In[0], n.Call.In[1]
	if l.countsDown(ids) && slices.Equal(l.shape(x)[0], l.shape(ids)[0]) { // the order of the rows is turned round
		v := l.value(x)
		l.put(n, l.f.Slice(c.Label, v.name, []int{-1}, []int{toBegin}, []int{axisIn(v.perm, 0)}, []int{-1}), v.elem,
			v.perm)
		return
	}
	index := l.in(ids, nil, natural(ids))
	if v := l.value(ids); v.elem == pb.I64 {
		index = v.name
		if v.perm != nil {
			index = l.in(ids, nil, pb.I64)
		}
	}
	l.one(n, nil, "Gather", []string{l.in(x, nil, pb.F32), index}, Int("axis", 0))
}

// oneHot lowers a OneHot as a comparison: an id outside is all zeros, where ONNX's operator counts from the end.
func (l *lowering) oneHot(n *graph.Node, o graph.OneHot) {
	c, ids := n.Call, n.Call.In[0]
	all := l.f.List("ids", identity(o.Depth)...)
	x := l.f.Unsqueeze(c.Label, l.in(ids, nil, pb.I64), len(ids.Shape))
	l.put(n, l.f.One(c.Label, "Equal", []string{x, all}), pb.Bool, nil)
}

// Stepped is a table that counts the edges that are not above a number.
type Stepped interface{ Edges() []float64 }

// Listed is a table of some whole numbers; all others become other.
type Listed interface {
	Entries() (keys, values []int32, other int32, ok bool)
}

// table lowers a Map.
func (l *lowering) table(n *graph.Node, t graph.Table) {
	c, x := n.Call, n.Call.In[0]
	if s, ok := t.(Stepped); ok && s.Edges() != nil {
		var edges []float32
		for _, e := range s.Edges() {
			edges = append(edges, float32(e))
		}
		if len(edges) == 0 {
			l.refuse(c)
			return
		}
		v := l.f.Unsqueeze(c.Label, l.in(x, nil, pb.F32), len(x.Shape))
		over := l.f.One(c.Label, "GreaterOrEqual", []string{v, l.f.Floats("edges", []int64{int64(len(edges))},
			edges...)})
		count := l.f.Reduce(c.Label, "ReduceSum", l.f.Cast(c.Label, over, pb.I64), []int{len(x.Shape)}, false)
		l.put(n, count, pb.I64, nil)
		return
	}
	if s, ok := t.(Listed); ok && x.DType == tensor.Int32 {
		if keys, values, other, ok := s.Entries(); ok {
			wide := func(v []int32) []int64 {
				out := make([]int64, len(v))
				for i := range v {
					out[i] = int64(v[i])
				}
				return out
			}
			name := l.f.MLNode(c.Label, "LabelEncoder", []string{l.in(x, nil, pb.I64)}, 1,
				&pb.Attribute{Name: "keys_int64s", Type: pb.Ints, Ints: wide(keys)},
				&pb.Attribute{Name: "values_int64s", Type: pb.Ints, Ints: wide(values)},
				Int("default_int64", int(other)))
			l.put(n, name[0], pb.I64, nil)
			return
		}
	}
	l.refuse(c)
}
