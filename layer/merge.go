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
	s.SetMask(y, s.either(y, x))
	return y
}

// either is the mask of what joins x element by element: a step counts where it does in any of them. An
// input without a mask counts everywhere.
func (s *Scope) either(y *graph.Node, x []*graph.Node) *graph.Node {
	var mask *graph.Node
	for _, n := range x {
		m := s.Mask(n)
		if m == nil || len(y.Shape) < 2 || !m.Shape.Equal(y.Shape[:2]) {
			return nil
		}
		if mask == nil {
			mask = m
		} else if m != mask {
			mask = mask.Max(m)
		}
	}
	return mask
}

// joined is the mask of inputs one behind the other along the axis of the steps.
func (s *Scope) joined(x []*graph.Node) *graph.Node {
	var parts []*graph.Node
	any := false
	for _, n := range x {
		m := s.Mask(n)
		any = any || m != nil
		if m == nil {
			m = s.Graph.Scalar(1).Broadcast(n.Shape[:2]...)
		}
		parts = append(parts, m)
	}
	if !any {
		return nil
	}
	return graph.Concatenate(1, parts...)
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
	return []*graph.Node{fold(s, x, (*graph.Node).Add)}
}

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
	return []*graph.Node{fold(s, x, (*graph.Node).Sub)}
}

// Multiply is x₁·x₂·…, element by element.
type Multiply struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Multiply) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{fold(s, x, (*graph.Node).Mul)}
}

// Average is (x₁ + … + xₙ)/n.
type Average struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Average) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{fold(s, x, (*graph.Node).Add).DivC(float64(len(x)))}
}

// Maximum is the greatest of the inputs, element by element.
type Maximum struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Maximum) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{fold(s, x, (*graph.Node).Max)}
}

// Minimum is the least of the inputs, element by element.
type Minimum struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Minimum) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{fold(s, x, (*graph.Node).Min)}
}

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
	switch {
	case len(x) == 1:
	case a == 1:
		s.SetMask(y, s.joined(x))
	default:
		s.SetMask(y, s.either(y, x))
	}
	return []*graph.Node{y}
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
