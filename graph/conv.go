package graph

import (
	"fmt"

	"gorae/tensor"
)

// Conv is the cross-correlation that networks call convolution, over n = 1 to 3 spatial axes:
// x [N, in…, C] and w [kernel…, C/Groups, F] give y [N, out…, F],
//
//	y[s, o, f] = Σ_{k, c} x[s, o·Stride + k·Dilation − PadLo, g·C/Groups + c] · w[k, c, f]
//
// where f lies in group g = ⌊f/(F/Groups)⌋ and x is 0 outside of its extents. PadLo and PadHi
// are zeros before and after each axis, out = ⌊(in + PadLo + PadHi − (kernel − 1)·Dilation − 1)/Stride⌋ + 1.
// With Groups = C it is depthwise: w [kernel…, 1, C·m] makes m channels of each.
//
// Conv is linear in x and in w. With its two transposes [ConvInputGrad] and [ConvWeightGrad]
// it is closed under differentiation.
type Conv struct {
	Stride, Dilation, PadLo, PadHi []int
	Groups                         int
}

// ConvInputGrad is the transpose of [Conv] in x: dy [N, out…, F] and w give dx [N, In…, C].
// As a layer of its own it is the transposed convolution ("deconvolution").
type ConvInputGrad struct {
	Conv
	In []int
}

// ConvWeightGrad is the transpose of [Conv] in w: x and dy give dw [Kernel…, C/Groups, F].
type ConvWeightGrad struct {
	Conv
	Kernel []int
}

func (o Conv) attr() string {
	return fmt.Sprintf("stride=%v dilation=%v pad=%v:%v groups=%d)", o.Stride, o.Dilation, o.PadLo, o.PadHi, o.Groups)
}

func (o Conv) String() string { return fmt.Sprintf("conv%dd(%s", len(o.Stride), o.attr()) }

func (o ConvInputGrad) String() string {
	return fmt.Sprintf("conv%dd_input_grad(in=%v %s", len(o.Stride), o.In, o.attr())
}

func (o ConvWeightGrad) String() string {
	return fmt.Sprintf("conv%dd_weight_grad(kernel=%v %s", len(o.Stride), o.Kernel, o.attr())
}

// check tests the attributes for a value with spatial axes.
func (o Conv) check(x Type) error {
	_, err := spatialAxes(x, o.Stride, o.Dilation, o.PadLo, o.PadHi)
	for _, l := range []struct {
		what string
		list []int
		min  int
	}{{"stride", o.Stride, 1}, {"dilation", o.Dilation, 1}, {"pad", o.PadLo, 0}, {"pad", o.PadHi, 0}} {
		if err == nil {
			err = atLeast(l.what, l.list, l.min)
		}
	}
	if err == nil && o.Groups < 1 {
		err = fmt.Errorf("%d is no number of groups; give 1 or more", o.Groups)
	}
	return err
}

// out returns the extents of y.
func (o Conv) out(in, kernel []int) ([]int, error) {
	out := make([]int, len(in))
	for a := range in {
		if kernel[a] < 1 {
			return nil, fmt.Errorf("kernel %s has no extent", Times(kernel))
		}
		if out[a] = slide(in[a]+o.PadLo[a]+o.PadHi[a], (kernel[a]-1)*o.Dilation[a]+1, o.Stride[a]); out[a] == 0 {
			spread := ""
			for _, d := range o.Dilation {
				if d > 1 {
					spread = fmt.Sprintf(" with dilation %s", Times(o.Dilation))
					break
				}
			}
			return nil, fmt.Errorf("kernel %s%s exceeds input %s; use padding same", Times(kernel), spread, Times(in))
		}
	}
	return out, nil
}

// channels tests that values of c channels and a kernel of shape [kernel…, cw, f] fit.
func (o Conv) channels(c, cw, f int) error {
	if c%o.Groups != 0 || f%o.Groups != 0 {
		return fmt.Errorf("%d channels and %d filters do not divide into %d groups", c, f, o.Groups)
	}
	if cw != c/o.Groups {
		return fmt.Errorf("the kernel is for %d channels, the input has %d in %d groups", cw, c, o.Groups)
	}
	return nil
}

// kernel tests that w is a kernel over n axes, and gives its extents.
func kernel(w Type, n int) ([]int, error) {
	if w.DType != tensor.Float32 || len(w.Shape) != n+2 {
		return nil, fmt.Errorf("the kernel of %d spatial axes is float32(%d extents, channels, filters), got %v",
			n, n, w)
	}
	return w.Shape[:n], nil
}

// Infer gives [N, out…, F].
func (o Conv) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	if err := o.check(x[0]); err != nil {
		return nil, err
	}
	n := len(o.Stride)
	k, err := kernel(x[1], n)
	if err != nil {
		return nil, err
	}
	if err := o.channels(x[0].Shape[n+1], x[1].Shape[n], x[1].Shape[n+1]); err != nil {
		return nil, err
	}
	out, err := o.out(x[0].Shape[1:n+1], k)
	if err != nil {
		return nil, err
	}
	return []Type{F32(channelsLast(x[0].Shape[0], out, x[1].Shape[n+1])...)}, nil
}

// channelsLast returns the shape [n, spatial…, c].
func channelsLast(n int, spatial []int, c int) []int {
	return append(append([]int{n}, spatial...), c)
}

// Infer gives [N, In…, C].
func (o ConvInputGrad) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	if err := o.check(x[0]); err != nil {
		return nil, err
	}
	n := len(o.Stride)
	k, err := kernel(x[1], n)
	if err != nil {
		return nil, err
	}
	c := x[1].Shape[n]
	if c > maxSize/o.Groups {
		return nil, fmt.Errorf("%d channels in each of %d groups are too many", c, o.Groups)
	}
	if c *= o.Groups; x[0].Shape[n+1] != x[1].Shape[n+1] {
		return nil, fmt.Errorf("the kernel has %d filters, the values have %d channels",
			x[1].Shape[n+1], x[0].Shape[n+1])
	}
	if err := o.channels(c, x[1].Shape[n], x[1].Shape[n+1]); err != nil {
		return nil, err
	}
	if err := o.fits(o.In, k, x[0]); err != nil {
		return nil, err
	}
	return []Type{F32(channelsLast(x[0].Shape[0], o.In, c)...)}, nil
}

// fits tests that a convolution of extents in by kernel gives the spatial extents of y.
func (o Conv) fits(in, kernel []int, y Type) error {
	n := len(o.Stride)
	if len(in) != n || len(kernel) != n {
		return fmt.Errorf("%d spatial axes, but extents %v and kernel %v", n, in, kernel)
	}
	if err := atLeast("extents", in, 0); err != nil {
		return err
	}
	if err := atLeast("kernel", kernel, 1); err != nil {
		return err
	}
	out, err := o.out(in, kernel)
	if err != nil {
		return err
	}
	for a, d := range out {
		if y.Shape[1+a] != d {
			return fmt.Errorf("input %s and kernel %s give the extents %s, not %s", Times(in), Times(kernel),
				Times(out),
				Times(y.Shape[1:n+1]))
		}
	}
	return nil
}

// Infer gives [Kernel…, C/Groups, F].
func (o ConvWeightGrad) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	for _, t := range x {
		if err := o.check(t); err != nil {
			return nil, err
		}
	}
	n := len(o.Stride)
	if x[0].Shape[0] != x[1].Shape[0] {
		return nil, fmt.Errorf("%d and %d samples", x[0].Shape[0], x[1].Shape[0])
	}
	c, f := x[0].Shape[n+1], x[1].Shape[n+1]
	if err := o.channels(c, c/o.Groups, f); err != nil {
		return nil, err
	}
	if err := o.fits(x[0].Shape[1:n+1], o.Kernel, x[1]); err != nil {
		return nil, err
	}
	return []Type{F32(append(append([]int{}, o.Kernel...), c/o.Groups, f)...)}, nil
}

// Grad: both derivatives of a bilinear function are its transposes.
func (o Conv) Grad(y, dy []*Node) []*Node {
	x, w := y[0].Call.In[0], y[0].Call.In[1]
	n := len(o.Stride)
	g := x.Graph()
	return []*Node{
		g.apply1(ConvInputGrad{o, x.Shape[1 : n+1]}, dy[0], w),
		g.apply1(ConvWeightGrad{o, w.Shape[:n]}, x, dy[0]),
	}
}

// Grad of y = convᵀ(x; w): dy takes the role of a convolution's input.
func (o ConvInputGrad) Grad(y, dy []*Node) []*Node {
	x, w := y[0].Call.In[0], y[0].Call.In[1]
	g := x.Graph()
	return []*Node{
		g.apply1(o.Conv, dy[0], w),
		g.apply1(ConvWeightGrad{o.Conv, w.Shape[:len(o.Stride)]}, dy[0], x),
	}
}

// Grad of dw: the gradient takes the role of a convolution's kernel.
func (o ConvWeightGrad) Grad(y, dy []*Node) []*Node {
	x, d := y[0].Call.In[0], y[0].Call.In[1]
	g := x.Graph()
	return []*Node{
		g.apply1(ConvInputGrad{o.Conv, x.Shape[1 : 1+len(o.Stride)]}, d, dy[0]),
		g.apply1(o.Conv, x, dy[0]),
	}
}

// triples calls f with the positions in x, w and y of each product that a convolution adds up.
func (o Conv) triples(x, w, y tensor.Shape, f func(px, pw, py int)) {
	n := len(o.Stride)
	c, cg, filters := x[n+1], w[n], w[n+1]
	first, meet := make([]int, n), make([]int, n) // the first tap of each axis that meets an element of x, and how many
	each(y[:n+1], func(out int, at []int) {
		for a := range n {
			lo := at[a+1]*o.Stride[a] - o.PadLo[a]
			first[a] = (max(-lo, 0) + o.Dilation[a] - 1) / o.Dilation[a]
			end := (x[a+1] - lo + o.Dilation[a] - 1) / o.Dilation[a]
			meet[a] = max(min(end, w[a])-first[a], 0)
		}
		each(meet, func(_ int, off []int) {
			px, tap := at[0], 0
			for a := range n {
				t := first[a] + off[a]
				px = px*x[a+1] + at[a+1]*o.Stride[a] + t*o.Dilation[a] - o.PadLo[a]
				tap = tap*w[a] + t
			}
			for j := range filters {
				group := j / (filters / o.Groups) * cg
				for i := range cg {
					f(px*c+group+i, (tap*cg+i)*filters+j, out*filters+j)
				}
			}
		})
	})
}

// Eval adds the products up where y is.
func (o Conv) Eval(e *Eval) {
	x, w, y := e.In[0], e.In[1], e.Out[0]
	o.triples(x.Shape, w.Shape, y.Shape, func(px, pw, py int) { y.V[py] += x.V[px] * w.V[pw] })
}

// Eval adds the products up where x is.
func (o ConvInputGrad) Eval(e *Eval) {
	y, w, x := e.In[0], e.In[1], e.Out[0]
	o.triples(x.Shape, w.Shape, y.Shape, func(px, pw, py int) { x.V[px] += y.V[py] * w.V[pw] })
}

// Eval adds the products up where w is.
func (o ConvWeightGrad) Eval(e *Eval) {
	x, y, w := e.In[0], e.In[1], e.Out[0]
	o.triples(x.Shape, w.Shape, y.Shape, func(px, pw, py int) { w.V[pw] += x.V[px] * y.V[py] })
}

// filled returns o with the defaults filled in: strides, dilations and groups of 1, no padding.
func (o Conv) filled(n int) Conv {
	n = max(n, 0)
	return Conv{orFill(o.Stride, n, 1), orFill(o.Dilation, n, 1), orFill(o.PadLo, n, 0), orFill(o.PadHi, n, 0),
		max(o.Groups, 1)}
}

// Conv convolves x [N, in…, C] with w [kernel…, C/Groups, F]; fields of o that are nil or 0 mean a
// stride, dilation and group of 1 and no padding.
func (x *Node) Conv(w *Node, o Conv) *Node {
	return x.Graph().apply1(o.filled(len(x.Shape)-2), x, w)
}

// ConvTranspose returns the transpose of [Node.Conv]: from x [N, out…, F] and w [kernel…, C/Groups, F]
// it makes [N, in…, C], where in are the extents that such a convolution turns into those of x.
func (x *Node) ConvTranspose(w *Node, o Conv, in ...int) *Node {
	return x.Graph().apply1(ConvInputGrad{o.filled(len(x.Shape) - 2), in}, x, w)
}
