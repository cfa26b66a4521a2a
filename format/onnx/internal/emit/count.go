package emit

import (
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
	"gorae/tensor"
)

// counting lowers a constant that grows with an extent: one that counts along its only axis, from + step·i, where from
// is the same in all traces, or stands at the same distance to the extent (from n − 1 down to 0). It reports whether
// the constant is one.
func (l *lowering) counting(n *graph.Node) bool {
	s, at := l.shape(n), -1
	for a, e := range s {
		switch {
		case e.fixed() && e[0] == 1:
		case at >= 0 || e.fixed():
			return false
		default:
			at = a
		}
	}
	if at < 0 {
		return false
	}
	var from, behind, step float64
	same, moved := true, true
	for k, extent := range s[at] {
		f, d, ok := arithmetic(l.twin(n, k).Call.Op.(graph.Const).Value)
		if !ok {
			return false
		}
		if k == 0 {
			from, behind, step = f, f-float64(extent), d
		}
		same, moved = same && f == from, moved && f-float64(extent) == behind
		if d != step {
			return false
		}
	}
	count, ok := l.dim(s[at])
	if !ok || !same && !moved {
		return false
	}
	f, label := l.f, n.Call.Label
	count = f.Squeeze(label, count, 0)
	y := f.One(label, "Range", []string{f.Ints("zero", nil, 0), count, f.Ints("one", nil, 1)})
	y = f.Cast(label, y, pb.F32)
	if step != 1 {
		y = f.One(label, "Mul", []string{y, f.Scalar(step)})
	}
	if !same {
		from = behind
		y = f.One(label, "Add", []string{y, f.Cast(label, count, pb.F32)})
	}
	if from != 0 {
		y = f.One(label, "Add", []string{y, f.Scalar(from)})
	}
	shape := make([]int, len(s))
	for a := range shape {
		shape[a] = 1
	}
	shape[at] = -1
	y = f.One(label, "Reshape", []string{y, f.List("shape", shape...)})
	if e := natural(n); e != pb.F32 {
		y = f.Cast(label, y, e)
	}
	l.put(n, y, natural(n), nil)
	return true
}

// arithmetic are the first number and the difference of a sequence whose differences are all alike.
func arithmetic(t *tensor.Tensor) (from, step float64, ok bool) {
	n := t.Len()
	if n < 2 {
		return 0, 0, false
	}
	from, step = t.Float(0), t.Float(1)-t.Float(0)
	for i := range n {
		if t.Float(i) != from+float64(i)*step {
			return 0, 0, false
		}
	}
	return from, step, true
}
