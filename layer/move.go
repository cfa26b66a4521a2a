package layer

import (
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(Flatten{})
	Layers.Register(Reshape{})
	Layers.Register(Permute{})
	Layers.Register(RepeatVector{})
}

// Flatten lays each sample flat: [batch, a, b, ...] → [batch, a·b·…]
// With channels_first the channel axis is moved last before, so that both
// orders of a picture give the same row.
type Flatten struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l Flatten) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	if n := len(in.Shape); l.DataFormat == "channels_first" && n > 2 {
		perm := []int{0}
		for a := 2; a < n; a++ {
			perm = append(perm, a)
		}
		in = in.Transpose(append(perm, 1)...)
	}
	return []*graph.Node{in.Reshape(in.Shape[0], tensor.Shape(in.Shape[1:]).Size())}
}

// Traits implements Described.
func (Flatten) Traits() Traits { return displacing(AnyFormat) }

// Formula implements Formulator.
func (Flatten) Formula(in, out []tensor.Shape) string { return moves }

// moves is the formula of layers that only move numbers.
const moves = "none: it only moves features"

// Reshape gives each sample another shape with as many elements; one extent may be −1.
type Reshape struct {
	Base
	_      struct{} `keras:"dtype~float32"`
	Target []int    `keras:"target_shape,main,required,min=-1,what=extent"`
}

// Call implements Layer.
func (l Reshape) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	size, known, hole := tensor.Shape(in.Shape[1:]).Size(), 1, -1
	target := append([]int{in.Shape[0]}, l.Target...)
	for i, d := range l.Target {
		switch {
		case d >= 0:
			known *= d
		case hole >= 0:
			s.Fail("target_shape %v has more than one -1", tensor.Shape(l.Target))
		default:
			hole = i + 1
		}
	}
	if hole > 0 && known > 0 && size%known == 0 {
		target[hole] = size / known
		known = size
	}
	if known != size {
		s.Fail("%v has %d elements and does not fill target_shape %v", tensor.Shape(in.Shape[1:]), size,
			tensor.Shape(l.Target))
	}
	return []*graph.Node{in.Reshape(target...)}
}

// Traits implements Described.
func (Reshape) Traits() Traits { return displacing(AnyFormat) }

// Formula implements Formulator.
func (Reshape) Formula(in, out []tensor.Shape) string { return moves }

// Permute reorders the axes of each sample: axis i of the result is axis Dims[i]
// of x, counted from 1.
type Permute struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Dims []int    `keras:"dims,main,required,min=1,what=feature axis"`
}

// Call implements Layer.
func (l Permute) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	n := len(in.Shape) - 1
	seen := make([]bool, n+1)
	ok := len(l.Dims) == n
	for _, d := range l.Dims {
		ok = ok && d >= 1 && d <= n && !seen[d]
		if ok {
			seen[d] = true
		}
	}
	if !ok {
		s.Fail("dims %v are no order of the axes 1 to %d of %v", l.Dims, n, Features(in.Shape))
	}
	return []*graph.Node{in.Transpose(append([]int{0}, l.Dims...)...)}
}

// Traits implements Described.
func (Permute) Traits() Traits { return displacing(ReordersAxes) }

// Formula implements Formulator.
func (Permute) Formula(in, out []tensor.Shape) string { return moves }

// RepeatVector repeats each sample N times: [batch, m] → [batch, N, m].
type RepeatVector struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	N int      `keras:"n,main,required,min=1,what=number of repetitions"`
}

// Call implements Layer.
func (l RepeatVector) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	if len(in.Shape) != 2 {
		s.Fail("needs vectors, got %v", Features(in.Shape))
	}
	b, m := in.Shape[0], in.Shape[1]
	return []*graph.Node{in.Reshape(b, 1, m).Broadcast(b, l.N, m)}
}

// Traits implements Described.
func (RepeatVector) Traits() Traits { return displacing(AnyFormat) }

// Formula implements Formulator.
func (RepeatVector) Formula(in, out []tensor.Shape) string { return moves }
