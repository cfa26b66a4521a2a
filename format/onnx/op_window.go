package onnx

import (
	"math"
	"slices"

	"gorae/graph"
	"gorae/tensor"
)

func sqrt(v float64) float64 { return math.Sqrt(v) }

// lower is a matrix of ones on and below its diagonal.
func lower(g *graph.Graph, rows, cols int) *graph.Node {
	keep := tensor.New(tensor.Float32, rows, cols)
	for i := range rows {
		for j := range min(i+1, cols) {
			keep.F32[i*cols+j] = 1
		}
	}
	return g.Const(keep)
}

func init() {
	add(conv, "Conv").weights = []int{1, 2}
	add(convTranspose, "ConvTranspose").weights = []int{1, 2}
	add(func(c *call) []*value { return pooled(c, (*graph.Node).MaxPool) }, "MaxPool")
	add(averagePool, "AveragePool")
	global := func(name string, f func(x *graph.Node, axes ...int) *graph.Node) {
		add(func(c *call) []*value {
			x := c.spatial(0)
			var axes []int
			for a := 1; a < len(x.Shape)-1; a++ {
				axes = append(axes, a)
			}
			y := f(x, axes...)
			s := append(tensor.Shape{x.Shape[0]}, make([]int, len(axes))...)
			for i := range axes {
				s[i+1] = 1
			}
			return []*value{{last: y.Reshape(append(s, y.Shape[1])...), elem: c.in[0].elem}}
		}, name)
	}
	global("GlobalAveragePool", (*graph.Node).Mean)
	global("GlobalMaxPool", (*graph.Node).ReduceMax)
	add(resize, "Resize", "Upsample")
}

// spatial is input i with its channels last.
func (c *call) spatial(i int) *graph.Node {
	v := c.value(i)
	if len(v.shape()) < 3 {
		c.fail("takes samples with channels and places, got %v", v.shape())
	}
	return v.channelsLast().AsFloat()
}

// window is the attributes that convolutions and pools share.
type window struct{ kernel, stride, dilation, lo, hi []int }

// windowOf reads them for x with its channels last.
func (c *call) windowOf(x *graph.Node, kernel []int) window {
	n := len(x.Shape) - 2
	w := window{kernel: kernel, stride: c.ints("strides"), dilation: c.ints("dilations")}
	ones := func(l []int) []int {
		if l == nil {
			l = make([]int, n)
			for i := range l {
				l[i] = 1
			}
		}
		return l
	}
	w.stride, w.dilation = ones(w.stride), ones(w.dilation)
	pads := c.ints("pads")
	if pads == nil {
		pads = make([]int, 2*n)
	}
	if len(w.kernel) != n || len(w.stride) != n || len(w.dilation) != n || len(pads) != 2*n {
		c.fail("has kernel %v, strides %v, dilations %v and pads %v for %d axes", w.kernel, w.stride, w.dilation, pads,
			n)
	}
	w.lo, w.hi = slices.Clone(pads[:n]), slices.Clone(pads[n:])
	for a := range n {
		if w.stride[a] < 1 || w.dilation[a] < 1 || w.kernel[a] < 1 || w.lo[a] < 0 || w.hi[a] < 0 {
			c.fail("has kernel %v, strides %v, dilations %v and pads %v", w.kernel, w.stride, w.dilation, pads)
		}
	}
	switch auto := c.text("auto_pad", "NOTSET"); auto {
	case "NOTSET", "":
	case "VALID":
		w.lo, w.hi = make([]int, n), make([]int, n)
	case "SAME_UPPER", "SAME_LOWER":
		for a := range n {
			w.lo[a], w.hi[a] = graph.SamePadding(x.Shape[a+1], w.kernel[a], w.stride[a], w.dilation[a])
			if auto == "SAME_LOWER" {
				w.lo[a], w.hi[a] = w.hi[a], w.lo[a]
			}
		}
	default:
		c.fail("its auto_pad is %q", auto)
	}
	return w
}

// kernelFirst turns weights [a, b, kernel…] into [kernel…, b, a] or [kernel…, a, b].
func kernelFirst(w *graph.Node, swapped bool) *graph.Node {
	var perm []int
	for a := 2; a < len(w.Shape); a++ {
		perm = append(perm, a)
	}
	if swapped {
		return w.Transpose(append(perm, 1, 0)...)
	}
	return w.Transpose(append(perm, 0, 1)...)
}

func conv(c *call) []*value {
	x, w := c.spatial(0), c.x(1)
	if len(w.Shape) != len(x.Shape) {
		c.fail("has weights %v for %v", w.Shape, x.Shape)
	}
	o := c.windowOf(x, w.Shape[2:])
	y := x.Conv(kernelFirst(w, true), graph.Conv{Stride: o.stride, Dilation: o.dilation, PadLo: o.lo, PadHi: o.hi,
		Groups: c.int("group", 1)})
	if c.has(2) {
		y = y.Add(c.x(2))
	}
	return []*value{{last: y, elem: c.in[0].elem}}
}

// convTranspose is the transpose of a convolution of stride s: out = s·(in − 1) + output_padding + reach − pads.
func convTranspose(c *call) []*value {
	x, w := c.spatial(0), c.x(1) // [in, out/groups, kernel…]
	n := len(x.Shape) - 2
	if len(w.Shape) != len(x.Shape) {
		c.fail("has weights %v for %v", w.Shape, x.Shape)
	}
	kernel := w.Shape[2:]
	auto := c.text("auto_pad", "NOTSET")
	o := c.windowOf(x, kernel)
	extra, want := c.ints("output_padding"), c.ints("output_shape")
	if extra == nil {
		extra = make([]int, n)
	}
	if len(want) == n+2 {
		want = want[2:]
	}
	if len(extra) != n || want != nil && len(want) != n {
		c.fail("has an output padding %v and an output shape %v for %d axes", extra, want, n)
	}
	out := make([]int, n)
	for a := range n {
		reach := (kernel[a]-1)*o.dilation[a] + 1
		full := o.stride[a]*(x.Shape[a+1]-1) + extra[a] + reach
		same := auto == "SAME_UPPER" || auto == "SAME_LOWER"
		switch {
		case want == nil && !same:
			out[a] = full - o.lo[a] - o.hi[a]
			continue
		case want != nil:
			out[a] = want[a]
		default:
			out[a] = x.Shape[a+1] * o.stride[a]
		}
		total := max(full-out[a], 0)
		if o.lo[a], o.hi[a] = total/2, total-total/2; auto == "SAME_LOWER" || !same {
			o.lo[a], o.hi[a] = total-total/2, total/2
		}
	}
	groups := c.int("group", 1)
	// The whole transpose is computed, and what lies in the margins is cut off.
	whole := make([]int, n)
	for a := range n {
		whole[a] = o.stride[a]*(x.Shape[a+1]-1) + (kernel[a]-1)*o.dilation[a] + 1
	}
	if groups < 1 || w.Shape[0]%groups != 0 {
		c.fail("has %d groups of %d channels", groups, w.Shape[0])
	}
	// graph.Conv has [kernel…, C/groups, F] with C those of the result here and F those of x: group g's filters are
	// in[g].
	k := kernelFirst(w, true) // [kernel…, out/groups, in]
	zeros := make([]int, n)
	y := x.ConvTranspose(k, graph.Conv{Stride: o.stride, Dilation: o.dilation, PadLo: zeros, PadHi: zeros,
		Groups: groups}, whole...)
	lo, hi := make([]int, n+2), y.Shape.Clone()
	pad := make([]int, n+2)
	for a := range n {
		lo[a+1] = min(o.lo[a], y.Shape[a+1])
		hi[a+1] = min(lo[a+1]+out[a], y.Shape[a+1])
		pad[a+1] = lo[a+1] + out[a] - hi[a+1]
	}
	y = y.Slice(lo, hi, nil)
	if slices.Max(pad) > 0 {
		y = y.Pad(make([]int, n+2), pad, 0)
	}
	if c.has(2) {
		y = y.Add(c.x(2))
	}
	return []*value{{last: y, elem: c.in[0].elem}}
}
