package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Pool says which elements along each spatial axis belong to one element of the result. Either a window of
// Window elements moves by Stride, with PadLo and PadHi positions before and after that hold nothing:
// ⌊(in + PadLo + PadHi − Window)/Stride⌋ + 1 positions; or, where Bins is set (adaptive pooling),
// position i of m = Bins covers the elements from ⌊i·in/m⌋ to ⌈(i + 1)·in/m⌉ − 1, as in PyTorch.
type Pool struct {
	Window, Stride, PadLo, PadHi []int
	Bins                         []int
}

func (o Pool) attr() string {
	if o.Bins != nil {
		return fmt.Sprintf("bins=%v)", o.Bins)
	}
	return fmt.Sprintf("window=%v stride=%v pad=%v:%v)", o.Window, o.Stride, o.PadLo, o.PadHi)
}

func (o Pool) axes() int { return max(len(o.Window), len(o.Bins)) }

// spatialAxes returns the spatial axes of x.
func (o Pool) spatialAxes() (axes []int) {
	for a := range o.axes() {
		axes = append(axes, a+1)
	}
	return axes
}

// out returns the extents of the result for x.
func (o Pool) out(x Type) ([]int, error) {
	if o.Bins != nil {
		n, err := spatialAxes(x, o.Bins)
		if err == nil {
			err = atLeast("output size", o.Bins, 1)
		}
		for a := 0; err == nil && a < n; a++ {
			if x.Shape[a+1] < 1 {
				err = fmt.Errorf("no elements along axis %d of %v", a+1, x)
			}
		}
		return o.Bins, err
	}
	n, err := spatialAxes(x, o.Window, o.Stride, o.PadLo, o.PadHi)
	if err == nil {
		err = atLeast("window", o.Window, 1)
	}
	if err == nil {
		err = atLeast("stride", o.Stride, 1)
	}
	out := make([]int, n)
	for a := 0; err == nil && a < n; a++ {
		lo, hi, k, d := o.PadLo[a], o.PadHi[a], o.Window[a], x.Shape[a+1]
		switch {
		case lo < 0 || hi < 0 || lo >= k || hi >= k:
			err = fmt.Errorf("padding %v:%v does not fit window %s; a window must meet an element", o.PadLo, o.PadHi,
				Times(o.Window))
		case d < 1 || d+lo+hi < k:
			err = fmt.Errorf("window %s exceeds input %s; use padding same", Times(o.Window), Times(x.Shape[1:n+1]))
		default:
			out[a] = slide(d+lo+hi, k, o.Stride[a])
		}
	}
	return out, err
}

// span returns the elements of axis a, of extent n, that belong to position i.
func (o Pool) span(a, n, i int) (lo, hi int) {
	if o.Bins != nil {
		m := o.Bins[a]
		return i * n / m, ((i+1)*n + m - 1) / m
	}
	lo = i*o.Stride[a] - o.PadLo[a]
	return max(lo, 0), min(lo+o.Window[a], n)
}

// windows calls f with each position of y [N, out…, C] and the positions of its elements in x [N, in…, C], in row-major
// order.
func (o Pool) windows(x, y tensor.Shape, f func(py int, px []int)) {
	n, c := o.axes(), x[len(x)-1]
	var px []int
	each(y[:n+1], func(position int, at []int) {
		px = append(px[:0], at[0])
		for a := range n {
			lo, hi := o.span(a, x[a+1], at[a+1])
			var next []int
			for _, p := range px {
				for i := lo; i < hi; i++ {
					next = append(next, p*x[a+1]+i)
				}
			}
			px = next
		}
		at0 := make([]int, len(px))
		for ch := range c {
			for i, p := range px {
				at0[i] = p*c + ch
			}
			f(position*c+ch, at0)
		}
	})
}

// MaxPool is the greatest element of each window and channel: x [N, in…, C] → [N, out…, C]. NaN counts as the greatest.
// Of equal elements the first in row-major order is the maximum and alone receives the gradient, as in Keras and
// PyTorch.
type MaxPool struct{ Pool }

// MaxPoolGrad moves dy [N, out…, C] to the positions of the maxima of x [N, in…, C]: operands
// dy and x give dx. Where windows overlap, their parts are added.
type MaxPoolGrad struct{ Pool }

// MaxPoolAt takes the elements of v [N, in…, C] at the positions of the maxima of x, of the same
// shape: operands v and x. It is the transpose of [MaxPoolGrad].
type MaxPoolAt struct{ Pool }

// AvgPool is the mean of each window and channel; padding is not counted, as in Keras.
type AvgPool struct{ Pool }

// AvgPoolGrad is the transpose of [AvgPool]: dy [N, out…, C] gives dx [N, In…, C].
type AvgPoolGrad struct {
	Pool
	In []int
}

func (o MaxPool) String() string { return fmt.Sprintf("max_pool%dd(%s", o.axes(), o.attr()) }
func (o MaxPoolGrad) String() string {
	return fmt.Sprintf("max_pool%dd_grad(%s", o.axes(), o.attr())
}
func (o MaxPoolAt) String() string { return fmt.Sprintf("max_pool%dd_at(%s", o.axes(), o.attr()) }
func (o AvgPool) String() string   { return fmt.Sprintf("avg_pool%dd(%s", o.axes(), o.attr()) }
func (o AvgPoolGrad) String() string {
	return fmt.Sprintf("avg_pool%dd_grad(in=%v %s", o.axes(), o.In, o.attr())
}

func (o Pool) infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	out, err := o.out(x[0])
	if err != nil {
		return nil, err
	}
	return []Type{F32(channelsLast(x[0].Shape[0], out, x[0].Shape[len(out)+1])...)}, nil
}

// Infer gives [N, out…, C].
func (o MaxPool) Infer(x []Type) ([]Type, error) { return o.infer(x) }

// Infer gives [N, out…, C].
func (o AvgPool) Infer(x []Type) ([]Type, error) { return o.infer(x) }

// Infer gives the type of x.
func (o MaxPoolGrad) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	y, err := o.infer(x[1:])
	if err != nil {
		return nil, err
	}
	if !y[0].Equal(x[0]) {
		return nil, fmt.Errorf("the windows of %v make %v, not %v", x[1], y[0], x[0])
	}
	return x[1:], nil
}

// Infer gives [N, out…, C].
func (o MaxPoolAt) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 2); err != nil {
		return nil, err
	}
	if !x[0].Equal(x[1]) {
		return nil, fmt.Errorf("%v has no element for each of %v", x[0], x[1])
	}
	return o.infer(x[1:])
}

// Infer gives [N, In…, C].
func (o AvgPoolGrad) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	n, err := spatialAxes(x[0], o.In)
	if err != nil {
		return nil, err
	}
	if err := atLeast("extents", o.In, 1); err != nil {
		return nil, err
	}
	dx := F32(channelsLast(x[0].Shape[0], o.In, x[0].Shape[n+1])...)
	y, err := o.infer([]Type{dx})
	if err != nil {
		return nil, err
	}
	if !y[0].Equal(x[0]) {
		return nil, fmt.Errorf("the windows of %v make %v, not %v", dx, y[0], x[0])
	}
	return []Type{dx}, nil
}

// Grad goes to the maxima.
func (o MaxPool) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[0]
	return []*Node{x.Graph().apply1(MaxPoolGrad(o), dy[0], x)}
}

// Grad takes from the maxima; the positions of the maxima do not move.
func (o MaxPoolGrad) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[1]
	return []*Node{x.Graph().apply1(MaxPoolAt(o), dy[0], x), nil}
}

// Grad goes to the maxima.
func (o MaxPoolAt) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[1]
	return []*Node{x.Graph().apply1(MaxPoolGrad(o), dy[0], x), nil}
}

// Grad shares out.
func (o AvgPool) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[0]
	return []*Node{x.Graph().apply1(AvgPoolGrad{o.Pool, x.Shape[1 : 1+o.axes()]}, dy[0])}
}

// Grad takes means.
func (o AvgPoolGrad) Grad(y, dy []*Node) []*Node {
	return []*Node{dy[0].Graph().apply1(AvgPool{o.Pool}, dy[0])}
}

// first returns the position among px at which v is greatest, the first of equals.
func first(v []float64, px []int) int {
	best := px[0]
	for _, p := range px[1:] {
		if v[p] > v[best] || math.IsNaN(v[p]) && !math.IsNaN(v[best]) {
			best = p
		}
	}
	return best
}

// Eval compares.
func (o MaxPool) Eval(e *Eval) {
	x, y := e.In[0], e.Out[0]
	o.windows(x.Shape, y.Shape, func(py int, px []int) { y.V[py] = x.V[first(x.V, px)] })
}

// Eval compares and adds.
func (o MaxPoolGrad) Eval(e *Eval) {
	dy, x, dx := e.In[0], e.In[1], e.Out[0]
	o.windows(x.Shape, dy.Shape, func(py int, px []int) { dx.V[first(x.V, px)] += dy.V[py] })
}

// Eval compares and takes.
func (o MaxPoolAt) Eval(e *Eval) {
	v, x, y := e.In[0], e.In[1], e.Out[0]
	o.windows(x.Shape, y.Shape, func(py int, px []int) { y.V[py] = v.V[first(x.V, px)] })
}

// Eval adds and divides.
func (o AvgPool) Eval(e *Eval) {
	x, y := e.In[0], e.Out[0]
	o.windows(x.Shape, y.Shape, func(py int, px []int) {
		sum := 0.0
		for _, p := range px {
			sum += x.V[p]
		}
		y.V[py] = sum / float64(len(px))
	})
}

// Eval divides and adds.
func (o AvgPoolGrad) Eval(e *Eval) {
	dy, dx := e.In[0], e.Out[0]
	o.windows(dx.Shape, dy.Shape, func(py int, px []int) {
		for _, p := range px {
			dx.V[p] += dy.V[py] / float64(len(px))
		}
	})
}

// filled returns o with the defaults filled in: the window as stride, no padding. Bins that divide the extents of x
// become windows.
func (o Pool) filled(x *Node) Pool {
	if o.Bins == nil {
		n := len(o.Window)
		if o.Stride == nil {
			o.Stride = o.Window
		}
		return Pool{Window: o.Window, Stride: o.Stride, PadLo: orFill(o.PadLo, n, 0), PadHi: orFill(o.PadHi, n, 0)}
	}
	window := make([]int, len(o.Bins))
	for a, m := range o.Bins {
		if len(x.Shape) != len(o.Bins)+2 || m < 1 || x.Shape[a+1]%m != 0 {
			return Pool{Bins: o.Bins}
		}
		window[a] = x.Shape[a+1] / m
	}
	return Pool{Window: window}.filled(x)
}

// MaxPool returns the greatest element of each window of x [N, in…, C]. A nil Stride is the window, nil
// padding none; or Bins says how many positions the result has.
func (x *Node) MaxPool(o Pool) *Node { return x.Graph().apply1(MaxPool{o.filled(x)}, x) }

// AvgPool returns the mean of each window, like [Node.MaxPool].
func (x *Node) AvgPool(o Pool) *Node { return x.Graph().apply1(AvgPool{o.filled(x)}, x) }
