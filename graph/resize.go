package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Interpolation is how a picture gets another size. Element i of m stands for the place
// p = (i + ½)·n/m − ½ among n elements: half-pixel centres, as in Keras 3 and TensorFlow 2.
type Interpolation uint8

// The interpolations. The weights of those from Bilinear to Lanczos5 are k(p − j) for each element j
// within the radius of k, divided by their sum; elements outside of the picture do not count:
//
//	Nearest   the element ⌊(i + ½)·n/m⌋
//	Bilinear  k(d) = 1 − |d|, radius 1
//	Bicubic   Keys's cubic with a = −½, radius 2 (Keys, 1981)
//	Lanczos3  sinc(d)·sinc(d/3), radius 3
//	Lanczos5  sinc(d)·sinc(d/5), radius 5
//	Area      the mean of elements ⌊i·n/m⌋ up to without ⌈(i + 1)·n/m⌉: adaptive average pooling
const (
	Nearest Interpolation = iota
	Bilinear
	Bicubic
	Lanczos3
	Lanczos5
	Area
	interpolations
)

// String is the interpolation's name.
func (m Interpolation) String() string {
	if m >= interpolations {
		return fmt.Sprintf("interpolation(%d)", uint8(m))
	}
	return [...]string{"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5", "area"}[m]
}

// Resize gives axis Axis of x, of extent In, the extent Out: each element of the result is a weighted
// sum of a few of x's. It is linear; with Back it is the transposed map, from extent Out to In.
type Resize struct {
	Axis    int
	Method  Interpolation
	In, Out int
	Back    bool
}

func (o Resize) String() string {
	back := ""
	if o.Back {
		back = "_grad"
	}
	return fmt.Sprintf("resize%s(axis=%d %v %d→%d)", back, o.Axis, o.Method, o.In, o.Out)
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
	if o.Method >= interpolations || from < 1 || to < 1 || from > maxSize || to > maxSize {
		return nil, fmt.Errorf("cannot bring %d elements to %d by %v; give 1 or more", from, to, o.Method)
	}
	s[o.Axis] = to
	return []Type{F32(s...)}, nil
}

// Grad is the transposed map.
func (o Resize) Grad(y, dy []*Node) []*Node {
	o.Back = !o.Back
	return []*Node{dy[0].Graph().apply1(o, dy[0])}
}

// Tap is a share of element From.
type Tap struct {
	From   int
	Weight float64
}

// Taps lists, for each element of the result along the axis, what it is made of.
func (o Resize) Taps() [][]Tap {
	taps := make([][]Tap, o.Out)
	for i := range taps {
		taps[i] = o.taps(i)
	}
	if !o.Back {
		return taps
	}
	back := make([][]Tap, o.In)
	for i, ts := range taps {
		for _, t := range ts {
			back[t.From] = append(back[t.From], Tap{i, t.Weight})
		}
	}
	return back
}

// taps is what element i of Out is made of.
func (o Resize) taps(i int) []Tap {
	n, m := o.In, o.Out
	switch o.Method {
	case Nearest:
		return []Tap{{min((2*i+1)*n/(2*m), n-1), 1}}
	case Area:
		lo, hi := i*n/m, ((i+1)*n+m-1)/m
		ts := make([]Tap, hi-lo)
		for j := range ts {
			ts[j] = Tap{lo + j, 1 / float64(hi-lo)}
		}
		return ts
	}
	k, radius := o.Method.kernel()
	p := (float64(i)+0.5)*float64(n)/float64(m) - 0.5
	var ts []Tap
	sum := 0.0
	for j := max(0, int(math.Ceil(p-radius))); j <= min(n-1, int(math.Floor(p+radius))); j++ {
		if w := k(math.Abs(p - float64(j))); w != 0 {
			ts = append(ts, Tap{j, w})
			sum += w
		}
	}
	for j := range ts {
		ts[j].Weight /= sum
	}
	return ts
}

// kernel is the weight at a distance, and the distance from which on it is 0.
func (m Interpolation) kernel() (k func(d float64) float64, radius float64) {
	sinc := func(x float64) float64 {
		if x == 0 {
			return 1
		}
		return math.Sin(math.Pi*x) / (math.Pi * x)
	}
	switch m {
	case Bilinear:
		return func(d float64) float64 { return max(0, 1-d) }, 1
	case Bicubic:
		return func(d float64) float64 {
			switch {
			case d < 1:
				return (1.5*d-2.5)*d*d + 1
			case d < 2:
				return ((-0.5*d+2.5)*d-4)*d + 2
			}
			return 0
		}, 2
	}
	radius = 3
	if m == Lanczos5 {
		radius = 5
	}
	return func(d float64) float64 {
		if d >= radius {
			return 0
		}
		return sinc(d) * sinc(d/radius)
	}, radius
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
			y.V[p] += t.Weight * x.V[(line*from+t.From)*inner+rest]
		}
	}
}

// Resize gives the places of x [N, in…, C] other extents, axis by axis.
func (x *Node) Resize(m Interpolation, extents ...int) *Node {
	if _, err := places(x.Type, extents); err != nil {
		x.Graph().Fail("resize", "%v", err)
	}
	for a, d := range extents {
		if d != x.Shape[a+1] {
			x = x.Graph().apply1(Resize{Axis: a + 1, Method: m, In: x.Shape[a+1], Out: d}, x)
		}
	}
	return x
}

// Repeat repeats each place of x [N, in…, C] times[a] times along axis a of places: enlarging by
// [Nearest], made of repetitions that join the operations around them.
func (x *Node) Repeat(times ...int) *Node {
	n, err := places(x.Type, times)
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
