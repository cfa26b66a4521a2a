package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(Add{})
	Layers.Register(Subtract{})
	Layers.Register(Multiply{})
	Layers.Register(Average{})
	Layers.Register(Maximum{})
	Layers.Register(Minimum{})
	Layers.Register(Concatenate{})
	Layers.Register(Dot{})
}

// fold joins two or more inputs, from the first on; axes of extent 1 repeat.
func fold(s *Scope, x []*graph.Node, join func(a, b *graph.Node) *graph.Node) *graph.Node {
	if len(x) < 2 {
		s.Fail("joins two inputs or more, got %d", len(x))
	}
	y := float(x[0])
	for _, b := range x[1:] {
		b = float(b)
		y, b = sameRank(y, b)
		y = join(y, b)
	}
	return y
}

// masked gives the result y of joining x element by element its mask.
func masked(s *Scope, y *graph.Node, x []*graph.Node) []*graph.Node {
	s.SetMask(y, s.either(y, x))
	return []*graph.Node{y}
}

// wide returns the mask of x with an axis of extent 1 for each further axis, nil where x has none.
func (s *Scope) wide(x *graph.Node) *graph.Node {
	if m := s.Mask(x); m != nil {
		return spread(m, len(x.Shape))
	}
	return nil
}

// extreme returns the greatest or least of the inputs, of which those count that the mask lets through; where it lets
// none through, it is that of the last one, as in Keras.
func extreme(s *Scope, x []*graph.Node, join func(a, b *graph.Node) *graph.Node) []*graph.Node {
	if len(x) < 2 {
		s.Fail("joins two inputs or more, got %d", len(x))
	}
	y, counts := float(x[0]), s.wide(x[0])
	for _, in := range x[1:] {
		m := s.wide(in)
		b := float(in)
		y, b = sameRank(y, b)
		if m != nil {
			b = m.Where(b, y)
		}
		if counts != nil {
			y = counts.Where(y, b)
		}
		switch {
		case m == nil || counts == nil:
			counts = nil
		case m != counts:
			counts = counts.Max(m)
		}
		y = join(y, b)
	}
	return masked(s, y, x)
}

// either returns the mask of what joins x element by element: a step counts where it does in any of them. An
// input without a mask counts everywhere.
func (s *Scope) either(y *graph.Node, x []*graph.Node) *graph.Node {
	var mask *graph.Node
	for _, n := range x {
		m := s.Mask(n)
		if m == nil || len(y.Shape) < len(m.Shape) || !m.Shape.Equal(y.Shape[:len(m.Shape)]) {
			return nil
		}
		switch {
		case mask == nil:
			mask = m
		case !m.Shape.Equal(mask.Shape):
			return nil
		case m != mask:
			mask = mask.Max(m)
		}
	}
	return mask
}

// maskRank is the number of axes of the masks of inputs: 0 where none has one, -1 where they differ.
func (s *Scope) maskRank(x []*graph.Node) (rank int) {
	for _, n := range x {
		switch m := s.Mask(n); {
		case m == nil:
		case rank == 0:
			rank = len(m.Shape)
		case len(m.Shape) != rank:
			return -1
		}
	}
	return rank
}

// joined returns the mask of inputs one behind the other along an axis of their masks, which have rank axes.
func (s *Scope) joined(x []*graph.Node, a, rank int) *graph.Node {
	var parts []*graph.Node
	for _, n := range x {
		m := s.Mask(n)
		if m == nil {
			m = s.Graph.Scalar(1).Broadcast(n.Shape[:rank]...)
		}
		parts = append(parts, m)
	}
	return graph.Concatenate(a, parts...)
}

// sameRank puts axes of extent 1 behind the sample axis of the input that has fewer, as Keras does.
func sameRank(a, b *graph.Node) (*graph.Node, *graph.Node) {
	widen := func(x *graph.Node, rank int) *graph.Node {
		s := tensor.Shape{x.Shape[0]}
		for range rank - len(x.Shape) {
			s = append(s, 1)
		}
		return x.Reshape(append(s, x.Shape[1:]...)...)
	}
	switch {
	case len(a.Shape) < len(b.Shape):
		a = widen(a, len(b.Shape))
	case len(b.Shape) < len(a.Shape):
		b = widen(b, len(a.Shape))
	}
	return a, b
}

// Add is x₁ + x₂ + ….
type Add struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Add) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return masked(s, fold(s, x, (*graph.Node).Add), x)
}

// Traits implements Described.
func (Add) Traits() Traits { return merging() }

// Subtract is x₁ − x₂.
type Subtract struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Subtract) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	if len(x) != 2 {
		s.Fail("takes two inputs, got %d", len(x))
	}
	return masked(s, fold(s, x, (*graph.Node).Sub), x)
}

// Traits implements Described.
func (Subtract) Traits() Traits { return merging() }

// Multiply is x₁·x₂·…, element by element. A step that an input's mask leaves out is a factor of 1.
type Multiply struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Multiply) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := make([]*graph.Node, len(x))
	all := len(x) > 0
	for i, n := range x {
		in[i] = n
		if m := s.wide(n); m != nil {
			in[i] = m.Where(float(n), s.Graph.Scalar(1))
		} else {
			all = false
		}
	}
	y := fold(s, in, (*graph.Node).Mul)
	if mask := s.either(y, x); all && mask != nil {
		y = spread(mask, len(y.Shape)).Where(y, s.Graph.Scalar(0))
	}
	return masked(s, y, x)
}

// Traits implements Described.
func (Multiply) Traits() Traits { return merging() }

// Average is (x₁ + … + xₙ)/n.
type Average struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Average) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return masked(s, fold(s, x, (*graph.Node).Add).DivC(float64(len(x))), x)
}

// Traits implements Described.
func (Average) Traits() Traits { return merging() }

// Maximum is the greatest of the inputs, element by element. A step that an input's mask leaves out does not count.
type Maximum struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Maximum) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return extreme(s, x, (*graph.Node).Max)
}

// Traits implements Described.
func (Maximum) Traits() Traits { return merging() }

// Minimum is the least of the inputs, element by element. A step that an input's mask leaves out does not count.
type Minimum struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Minimum) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return extreme(s, x, (*graph.Node).Min)
}

// Traits implements Described.
func (Minimum) Traits() Traits { return merging() }

// Concatenate joins inputs along Axis.
type Concatenate struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Axis *int     `keras:"axis,main,default=-1"`
}

// Call implements Layer.
func (l Concatenate) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	if len(x) < 1 {
		s.Fail("joins one input or more, got %d", len(x))
	}
	a := axis(s, x[0], *config.Filled(l).Axis)
	y := graph.Concatenate(a, x...)
	switch rank := s.maskRank(x); {
	case len(x) == 1 || rank == 0:
	case a > 0 && a < rank:
		s.SetMask(y, s.joined(x, a, rank))
	default:
		s.SetMask(y, s.either(y, x))
	}
	return []*graph.Node{y}
}

// Traits implements Described.
func (l Concatenate) Traits() Traits {
	t := merging()
	t.Steps = along(*config.Filled(l).Axis)
	return t
}

// Dot is the sum of x₁·x₂ over axis Axes of both (one number for both, or one for
// each), sample by sample. Normalize brings both to length 1 along it: cosine similarity.
type Dot struct {
	Base
	_         struct{} `keras:"dtype~float32"`
	Axes      []int    `keras:"axes,main,required,lone"`
	Normalize bool     `keras:"normalize"`
}

// Call implements Layer.
func (l Dot) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	if len(x) != 2 || len(l.Axes) < 1 || len(l.Axes) > 2 {
		s.Fail("takes two inputs and one or two axes, got %d and %d", len(x), len(l.Axes))
	}
	a, b := float(x[0]), float(x[1])
	i, j := axis(s, a, l.Axes[0]), axis(s, b, l.Axes[len(l.Axes)-1])
	if a.Shape[i] != b.Shape[j] {
		s.Fail("axis %d of %v and axis %d of %v differ", i, Features(a.Shape), j, Features(b.Shape))
	}
	if l.Normalize {
		a, b = unit(a, i), unit(b, j)
	}
	a, restA := rows(a, i)
	b, restB := rows(b, j)
	y := a.MatMulT(b, false, true) // [batch, rest of a, rest of b]
	shape := append(append(tensor.Shape{x[0].Shape[0]}, restA...), restB...)
	if len(shape) == 1 {
		shape = append(shape, 1)
	}
	return []*graph.Node{y.Reshape(shape...)}
}

// Traits implements Described.
func (l Dot) Traits() Traits {
	t := rearranging(AnyFormat)
	t.Mask = HandlesMask
	if len(l.Axes) > 0 && (l.Axes[0] == -1 || l.Axes[0] >= 2) {
		t.Steps = ByFirstInput // the steps of the first input are not added up
	}
	return t
}

// unit divides x by its length along an axis; lengths below 10⁻⁶ count as such.
func unit(x *graph.Node, a int) *graph.Node {
	return x.Mul(x.KeepDims(x.Square().Sum(a).MaxC(1e-12), a).Rsqrt())
}

// rows makes x [batch, rest, extent of a], and gives the extents of the rest.
func rows(x *graph.Node, a int) (*graph.Node, tensor.Shape) {
	perm := []int{0}
	var rest tensor.Shape
	for i := 1; i < len(x.Shape); i++ {
		if i != a {
			perm, rest = append(perm, i), append(rest, x.Shape[i])
		}
	}
	k := x.Shape[a]
	return x.Transpose(append(perm, a)...).Reshape(x.Shape[0], rest.Size(), k), rest
}
