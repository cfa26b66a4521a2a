package graph

import (
	"fmt"
	"math"
	"slices"

	"gorae/tensor"
)

// Reshape is the same elements, in row-major order, under another shape.
type Reshape struct{ Shape tensor.Shape }

func (o Reshape) String() string { return fmt.Sprintf("reshape%v", o.Shape) }

// Infer checks that the sizes agree.
func (o Reshape) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	if err := checkShape(o.Shape); err != nil {
		return nil, err
	}
	if o.Shape.Size() != x[0].Shape.Size() {
		return nil, fmt.Errorf("%v has %d elements, %v has %d", x[0].Shape, x[0].Shape.Size(), o.Shape, o.Shape.Size())
	}
	return []Type{{x[0].DType, o.Shape}}, nil
}

// Grad reshapes back.
func (o Reshape) Grad(y, dy []*Node) []*Node {
	return []*Node{dy[0].Reshape(y[0].Call.In[0].Shape...)}
}

// Eval copies.
func (o Reshape) Eval(e *Eval) { copy(e.Out[0].V, e.In[0].V) }

// Reshape gives x another shape of the same size. One extent may be −1: it
// becomes what the others leave.
func (x *Node) Reshape(shape ...int) *Node {
	s := tensor.Shape(slices.Clone(shape))
	if s == nil {
		s = tensor.Shape{}
	}
	if i := slices.Index(s, -1); i >= 0 {
		s[i] = 1
		if n := s.Size(); checkShape(s) != nil || n == 0 || x.Shape.Size()%n != 0 {
			s[i] = -1
			x.Graph().Fail("reshape", "%v does not fill %v", x.Shape, s)
		}
		s[i] = x.Shape.Size() / s.Size()
	}
	if s.Equal(x.Shape) {
		return x
	}
	return x.Graph().apply1(Reshape{s}, x)
}

// Transpose reorders axes: axis i of the result is axis Perm[i] of x.
type Transpose struct{ Perm []int }

func (o Transpose) String() string { return fmt.Sprintf("transpose%v", o.Perm) }

// Infer reorders the extents.
func (o Transpose) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	s := make(tensor.Shape, len(o.Perm))
	seen := make([]bool, len(o.Perm))
	for i, p := range o.Perm {
		if len(o.Perm) != len(x[0].Shape) || p < 0 || p >= len(s) || seen[p] {
			return nil, fmt.Errorf("%v is no order of the axes of %v", o.Perm, x[0].Shape)
		}
		seen[p] = true
		s[i] = x[0].Shape[p]
	}
	return []Type{{x[0].DType, s}}, nil
}

// Grad reorders back.
func (o Transpose) Grad(y, dy []*Node) []*Node {
	back := make([]int, len(o.Perm))
	for i, p := range o.Perm {
		back[p] = i
	}
	return []*Node{dy[0].Transpose(back...)}
}

// Eval moves each element.
func (o Transpose) Eval(e *Eval) {
	st := strides(e.In[0].Shape)
	each(e.Out[0].Shape, func(pos int, idx []int) {
		p := 0
		for i, k := range idx {
			p += k * st[o.Perm[i]]
		}
		e.Out[0].V[pos] = e.In[0].V[p]
	})
}

// Transpose reorders the axes of x; without an order it reverses them.
func (x *Node) Transpose(perm ...int) *Node {
	if len(perm) == 0 {
		for i := range x.Shape {
			perm = append(perm, len(x.Shape)-1-i)
		}
	}
	same := len(perm) == len(x.Shape)
	for i := 0; same && i < len(perm); i++ {
		same = perm[i] == i
	}
	if same {
		return x
	}
	return x.Graph().apply1(Transpose{slices.Clone(perm)}, x)
}

// Broadcast repeats x to a shape by NumPy's rules.
type Broadcast struct{ Shape tensor.Shape }

func (o Broadcast) String() string { return fmt.Sprintf("broadcast%v", o.Shape) }

// Infer checks that x repeats to the shape.
func (o Broadcast) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	s, err := BroadcastShapes(x[0].Shape, o.Shape)
	if err != nil {
		return nil, err
	}
	if !s.Equal(o.Shape) {
		return nil, fmt.Errorf("%v does not repeat to %v", x[0].Shape, o.Shape)
	}
	return []Type{{x[0].DType, o.Shape}}, nil
}

// Grad sums over the repeated axes.
func (o Broadcast) Grad(y, dy []*Node) []*Node {
	return []*Node{sumTo(dy[0], y[0].Call.In[0].Shape)}
}

// Eval repeats.
func (o Broadcast) Eval(e *Eval) {
	each(e.Out[0].Shape, func(pos int, idx []int) { e.Out[0].V[pos] = e.In[0].V[at(e.In[0].Shape, idx)] })
}

// Broadcast repeats x to shape.
func (x *Node) Broadcast(shape ...int) *Node {
	if x.Shape.Equal(shape) {
		return x
	}
	return x.Graph().apply1(Broadcast{slices.Clone(shape)}, x)
}

// Tile repeats x n[i] times along axis i.
func (x *Node) Tile(n ...int) *Node {
	if len(n) != len(x.Shape) {
		x.Graph().Fail("tile", "%v needs %d counts, got %v", x.Shape, len(x.Shape), n)
	}
	var one, many, final []int
	for i, d := range x.Shape {
		if n[i] < 0 {
			x.Graph().Fail("tile", "axis %d repeats %d times", i, n[i])
		}
		one, many, final = append(one, 1, d), append(many, n[i], d), append(final, n[i]*d)
	}
	return x.Reshape(one...).Broadcast(many...).Reshape(final...)
}

// Concat joins values along an axis.
type Concat struct{ Axis int }

func (o Concat) String() string { return fmt.Sprintf("concat(axis=%d)", o.Axis) }

// Infer adds the extents along the axis.
func (o Concat) Infer(x []Type) ([]Type, error) {
	if len(x) == 0 {
		return nil, fmt.Errorf("needs a value")
	}
	s := x[0].Shape.Clone()
	if o.Axis < 0 || o.Axis >= len(s) {
		return nil, fmt.Errorf("shape %v has no axis %d", s, o.Axis)
	}
	for i, t := range x[1:] {
		ok := t.DType == x[0].DType && len(t.Shape) == len(s)
		for a := 0; ok && a < len(s); a++ {
			ok = a == o.Axis || s[a] == t.Shape[a]
		}
		if !ok {
			return nil, fmt.Errorf("operand %d is %v, operand 0 is %v: they differ beside axis %d",
				i+1, t, x[0], o.Axis)
		}
		s[o.Axis] += t.Shape[o.Axis]
	}
	return []Type{{x[0].DType, s}}, nil
}

// Grad cuts.
func (o Concat) Grad(y, dy []*Node) []*Node {
	var ds []*Node
	at := 0
	for _, x := range y[0].Call.In {
		if x.DType != tensor.Float32 {
			ds = append(ds, nil)
			continue
		}
		ds = append(ds, dy[0].Narrow(o.Axis, at, at+x.Shape[o.Axis]))
		at += x.Shape[o.Axis]
	}
	return ds
}

// Eval copies.
func (o Concat) Eval(e *Eval) {
	start := 0
	st := strides(e.Out[0].Shape)
	for _, x := range e.In {
		each(x.Shape, func(pos int, idx []int) {
			p := start * st[o.Axis]
			for a, i := range idx {
				p += i * st[a]
			}
			e.Out[0].V[p] = x.V[pos]
		})
		start += x.Shape[o.Axis]
	}
}

// Concatenate joins xs along axis, counted from the end where negative.
func Concatenate(axis int, xs ...*Node) *Node {
	if len(xs) == 0 {
		panic(&Error{Op: "concat", Err: fmt.Errorf("needs a value")})
	}
	axis = xs[0].axes("concat", []int{axis})[0]
	if len(xs) == 1 {
		return xs[0]
	}
	return xs[0].Graph().apply1(Concat{axis}, xs...)
}

// Slice takes, along each axis, the elements from Start up to but without Stop,
// every Step-th of them.
type Slice struct{ Start, Stop, Step []int }

func (o Slice) String() string { return fmt.Sprintf("slice(%v:%v:%v)", o.Start, o.Stop, o.Step) }

// Infer counts.
func (o Slice) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	n := len(x[0].Shape)
	if len(o.Start) != n || len(o.Stop) != n || len(o.Step) != n {
		return nil, fmt.Errorf("shape %v needs %d bounds", x[0].Shape, n)
	}
	s := make(tensor.Shape, n)
	for a, d := range x[0].Shape {
		if o.Start[a] < 0 || o.Stop[a] > d || o.Start[a] > o.Stop[a] || o.Step[a] < 1 {
			return nil, fmt.Errorf("%d:%d:%d is outside of axis %d of %v",
				o.Start[a], o.Stop[a], o.Step[a], a, x[0].Shape)
		}
		s[a] = (o.Stop[a] - o.Start[a] + o.Step[a] - 1) / o.Step[a]
	}
	return []Type{{x[0].DType, s}}, nil
}

// Grad puts zeros where nothing was taken.
func (o Slice) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[0]
	if x.DType != tensor.Float32 {
		return []*Node{nil}
	}
	p := Pad{Lo: slices.Clone(o.Start), Hi: make([]int, len(o.Start)), Inner: make([]int, len(o.Start))}
	for a, d := range x.Shape {
		p.Inner[a] = o.Step[a] - 1
		k := y[0].Shape[a]
		if k == 0 {
			p.Lo[a], p.Hi[a] = 0, d
			continue
		}
		p.Hi[a] = d - o.Start[a] - (k-1)*o.Step[a] - 1
	}
	return []*Node{x.Graph().apply1(p, dy[0])}
}

// Eval copies.
func (o Slice) Eval(e *Eval) {
	st := strides(e.In[0].Shape)
	each(e.Out[0].Shape, func(pos int, idx []int) {
		p := 0
		for a, i := range idx {
			p += (o.Start[a] + i*o.Step[a]) * st[a]
		}
		e.Out[0].V[pos] = e.In[0].V[p]
	})
}

// Slice takes elements start[a] to stop[a] along each axis a, every step[a]-th;
// a nil step is 1 everywhere.
func (x *Node) Slice(start, stop, step []int) *Node {
	if step == nil {
		step = make([]int, len(start))
		for i := range step {
			step[i] = 1
		}
	}
	return x.Graph().apply1(Slice{slices.Clone(start), slices.Clone(stop), slices.Clone(step)}, x)
}

// Narrow takes elements start to stop along one axis, counted from the end where negative.
func (x *Node) Narrow(axis, start, stop int) *Node {
	axis = x.axes("narrow", []int{axis})[0]
	if start == 0 && stop == x.Shape[axis] {
		return x
	}
	lo, hi := make([]int, len(x.Shape)), x.Shape.Clone()
	lo[axis], hi[axis] = start, stop
	return x.Slice(lo, hi, nil)
}

// Split cuts x along axis into parts of the given extents.
func (x *Node) Split(axis int, parts ...int) []*Node {
	axis = x.axes("split", []int{axis})[0]
	var out []*Node
	at := 0
	for _, n := range parts {
		out = append(out, x.Narrow(axis, at, at+n))
		at += n
	}
	if at != x.Shape[axis] {
		x.Graph().Fail("split", "parts %v do not fill axis %d of %v", parts, axis, x.Shape)
	}
	return out
}

// Pad puts Lo[a] values before, Hi[a] after, and Inner[a] between neighbours along axis a.
type Pad struct {
	Lo, Hi, Inner []int
	Value         float32
}

func (o Pad) String() string {
	return fmt.Sprintf("pad(lo=%v hi=%v inner=%v value=%v)", o.Lo, o.Hi, o.Inner, o.Value)
}

// Infer counts.
func (o Pad) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	n := len(x[0].Shape)
	if len(o.Lo) != n || len(o.Hi) != n || len(o.Inner) != n {
		return nil, fmt.Errorf("shape %v needs %d margins", x[0].Shape, n)
	}
	s := make(tensor.Shape, n)
	for a, d := range x[0].Shape {
		if v := float64(o.Value); x[0].DType != tensor.Float32 && (v != math.Trunc(v) || v < 0 || v > math.MaxUint8) {
			return nil, fmt.Errorf("the value %v does not fit %v", o.Value, x[0].DType)
		}
		if o.Lo[a] < 0 || o.Hi[a] < 0 || o.Inner[a] < 0 {
			return nil, fmt.Errorf("margins of axis %d are negative: %v", a, o)
		}
		s[a] = o.Lo[a] + d + max(d-1, 0)*o.Inner[a] + o.Hi[a]
	}
	return []Type{{x[0].DType, s}}, nil
}

// Grad cuts the margins off.
func (o Pad) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[0]
	if x.DType != tensor.Float32 {
		return []*Node{nil}
	}
	stop, step := make([]int, len(o.Lo)), make([]int, len(o.Lo))
	for a, d := range x.Shape {
		step[a] = o.Inner[a] + 1
		stop[a] = o.Lo[a]
		if d > 0 {
			stop[a] += (d-1)*step[a] + 1
		}
	}
	return []*Node{dy[0].Slice(o.Lo, stop, step)}
}

// Eval fills and copies.
func (o Pad) Eval(e *Eval) {
	y := e.Out[0]
	for i := range y.V {
		y.V[i] = float64(o.Value)
	}
	st := strides(y.Shape)
	each(e.In[0].Shape, func(pos int, idx []int) {
		p := 0
		for a, i := range idx {
			p += (o.Lo[a] + i*(o.Inner[a]+1)) * st[a]
		}
		y.V[p] = e.In[0].V[pos]
	})
}

// Pad puts lo[a] values before and hi[a] after the elements along each axis a.
func (x *Node) Pad(lo, hi []int, value float64) *Node {
	return x.Graph().apply1(Pad{slices.Clone(lo), slices.Clone(hi), make([]int, len(lo)), float32(value)}, x)
}
