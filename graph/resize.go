package graph

import (
	"fmt"

	"gorae/internal/resample"
	"gorae/tensor"
)

// Interpolation is the rule by which an axis is resampled to another extent. Element i of m stands for the position p =
// (i + ½)·n/m − ½ among n elements: half-pixel centres, as in Keras 3 and TensorFlow 2.
type Interpolation = resample.Filter

// The interpolations. The weights of element i are k(p − j) for each element j within the radius of k, divided by
// their sum; elements outside of the axis do not count.
const (
	Bilinear = resample.Bilinear // k(d) = 1 − |d|, radius 1
	Nearest  = resample.Nearest  // the element ⌊(i + ½)·n/m⌋
	Bicubic  = resample.Bicubic  // Keys's cubic with a = −½, radius 2 (Keys, 1981)
	Area     = resample.Area     // the share of each element that lies within i·n/m to (i + 1)·n/m
	Lanczos3 = resample.Lanczos3 // sinc(d)·sinc(d/3), radius 3
	Lanczos5 = resample.Lanczos5 // sinc(d)·sinc(d/5), radius 5
)

// Resize gives axis Axis of x, of extent In, the extent Out: each element of the result is a weighted
// sum of a few of x's. It is linear; with Back it is the transposed map, from extent Out to In. With Antialias a
// kernel that shrinks is widened by In/Out, so that every element counts.
type Resize struct {
	Axis      int
	Method    Interpolation
	In, Out   int
	Antialias bool
	Back      bool
}

func (o Resize) String() string {
	back := ""
	if o.Back {
		back = "_grad"
	}
	wide := ""
	if o.Antialias {
		wide = " antialias"
	}
	return fmt.Sprintf("resize%s(axis=%d %v %d→%d%s)", back, o.Axis, o.Method, o.In, o.Out, wide)
}

// Infer exchanges the extent.
func (o Resize) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	if x[0].DType != tensor.Float32 {
		return nil, fmt.Errorf("needs float32, got %v; use Cast", x[0])
	}
	from, to := o.In, o.Out
	if o.Back {
		from, to = to, from
	}
	s := x[0].Shape.Clone()
	if o.Axis < 0 || o.Axis >= len(s) || s[o.Axis] != from {
		return nil, fmt.Errorf("%v has no axis %d of extent %d", x[0], o.Axis, from)
	}
	if !o.Method.Valid() || from < 1 || to < 1 || from > maxSize || to > maxSize {
		return nil, fmt.Errorf("cannot bring %d elements to %d by %v; give 1 or more", from, to, o.Method)
	}
	s[o.Axis] = to
	return []Type{F32(s...)}, nil
}

// Grad returns the transposed map.
func (o Resize) Grad(y, dy []*Node) []*Node {
	o.Back = !o.Back
	return []*Node{dy[0].Graph().apply1(o, dy[0])}
}

// Tap is one element, From, with its weight.
type Tap struct {
	From   int
	Weight float32
}

// Taps lists, for each element of the result along the axis, the elements of which it is the weighted sum.
func (o Resize) Taps() [][]Tap {
	t := resample.Of(o.Method, o.In, o.Out, o.Antialias)
	taps, back := make([][]Tap, o.Out), make([][]Tap, o.In)
	for i, start := range t.Start {
		for k, w := range t.Weights[i*t.Width:][:t.Width] {
			if w != 0 { // the list of an element at an end is filled up
				taps[i] = append(taps[i], Tap{start + k, w})
				back[start+k] = append(back[start+k], Tap{i, w})
			}
		}
	}
	if o.Back {
		return back
	}
	return taps
}

// Eval adds the shares.
func (o Resize) Eval(e *Eval) {
	x, y := e.In[0], e.Out[0]
	taps := o.Taps()
	inner := tensor.Shape(x.Shape[o.Axis+1:]).Size()
	from, to := x.Shape[o.Axis], y.Shape[o.Axis]
	for p := range y.V {
		line, i, rest := p/(to*inner), p/inner%to, p%inner
		for _, t := range taps[i] {
			y.V[p] += float64(t.Weight) * x.V[(line*from+t.From)*inner+rest]
		}
	}
}

// Resize gives the spatial axes of x [N, in…, C] other extents, one after the other, from the nearest elements only.
func (x *Node) Resize(m Interpolation, extents ...int) *Node { return x.resize(m, false, extents) }

// ResizeSmooth resizes as [Node.Resize] does, with antialiasing: where an axis shrinks, every element has a weight.
func (x *Node) ResizeSmooth(m Interpolation, extents ...int) *Node { return x.resize(m, true, extents) }

func (x *Node) resize(m Interpolation, antialias bool, extents []int) *Node {
	if _, err := spatialAxes(x.Type, extents); err != nil {
		x.Graph().Fail("resize", "%v", err)
	}
	for a, d := range extents {
		if d != x.Shape[a+1] {
			x = x.Graph().apply1(Resize{Axis: a + 1, Method: m, In: x.Shape[a+1], Out: d,
				Antialias: antialias && d < x.Shape[a+1]}, x)
		}
	}
	return x
}

// Repeat repeats each position of x [N, in…, C] times[a] times along spatial axis a: enlarging by
// [Nearest], made of repetitions that join the operations around them.
func (x *Node) Repeat(times ...int) *Node {
	n, err := spatialAxes(x.Type, times)
	if err == nil {
		err = atLeast("times", times, 1)
	}
	if err != nil {
		x.Graph().Fail("repeat", "%v", err)
	}
	one, many, final := []int{x.Shape[0]}, []int{x.Shape[0]}, []int{x.Shape[0]}
	for a, k := range times {
		d := x.Shape[a+1]
		if one, many, final = append(one, d), append(many, d), append(final, d*k); k > 1 {
			one, many = append(one, 1), append(many, k)
		}
	}
	c := x.Shape[n+1]
	return x.Reshape(append(one, c)...).Broadcast(append(many, c)...).Reshape(append(final, c)...)
}
