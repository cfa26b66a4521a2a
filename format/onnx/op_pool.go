package onnx

import (
	"math"
	"slices"

	"gorae/graph"
)

// ceiling adds what a window that may end outside needs behind each axis.
func (c *call) ceiling(x *graph.Node, w *window) {
	if c.int("ceil_mode", 0) == 0 {
		return
	}
	for a, k := range w.kernel {
		reach := (k-1)*w.dilation[a] + 1
		n := x.Shape[a+1] + w.lo[a] + w.hi[a]
		over := (n - reach) % w.stride[a]
		if n < reach || over == 0 {
			continue
		}
		last := ((n-reach)/w.stride[a] + 1) * w.stride[a]
		if last < x.Shape[a+1]+w.lo[a] { // a window has to begin within the data or the margin before them
			w.hi[a] += w.stride[a] - over
		}
	}
}

func pooled(c *call, pool func(x *graph.Node, o graph.Pool) *graph.Node) []*value {
	x := c.spatial(0)
	w := c.windowOf(x, c.ints("kernel_shape"))
	c.ceiling(x, &w)
	if len(c.node.outputs) > 1 && c.node.outputs[1] != "" {
		c.fail("gives the places of the greatest, which gorae does not compute")
	}
	if slices.Max(w.dilation) > 1 {
		return []*value{{last: spread(c, x, w, true), elem: c.in[0].elem}}
	}
	for a := range w.kernel {
		if w.lo[a] >= w.kernel[a] || w.hi[a] >= w.kernel[a] {
			return []*value{{last: spread(c, x, w, true), elem: c.in[0].elem}}
		}
	}
	y := pool(x, graph.Pool{Window: w.kernel, Stride: w.stride, PadLo: w.lo, PadHi: w.hi})
	return []*value{{last: y, elem: c.in[0].elem}}
}

// averagePool is the mean of the elements of a window, or with count_include_pad that of its places.
func averagePool(c *call) []*value {
	x := c.spatial(0)
	w := c.windowOf(x, c.ints("kernel_shape"))
	lo, hi := slices.Clone(w.lo), slices.Clone(w.hi) // before the ceiling
	c.ceiling(x, &w)
	plain := slices.Max(w.dilation) == 1
	for a := range w.kernel {
		plain = plain && w.lo[a] < w.kernel[a] && w.hi[a] < w.kernel[a]
	}
	if c.int("count_include_pad", 0) == 0 {
		if plain {
			y := x.AvgPool(graph.Pool{Window: w.kernel, Stride: w.stride, PadLo: w.lo, PadHi: w.hi})
			return []*value{{last: y, elem: c.in[0].elem}}
		}
		ones := c.graph.Scalar(1).Broadcast(append(append([]int{1}, x.Shape[1:len(x.Shape)-1]...), 1)...)
		y := spread(c, x, w, false).Div(spread(c, ones, w, false))
		return []*value{{last: y, elem: c.in[0].elem}}
	}
	// The margins count, what the ceiling adds behind them does not.
	x = x.Pad(slices.Concat([]int{0}, lo, []int{0}), slices.Concat([]int{0}, hi, []int{0}), 0)
	for a := range w.kernel {
		w.hi[a] -= hi[a]
		w.lo[a] = 0
	}
	if plain {
		y := x.AvgPool(graph.Pool{Window: w.kernel, Stride: w.stride, PadLo: w.lo, PadHi: w.hi})
		return []*value{{last: y, elem: c.in[0].elem}}
	}
	ones := c.graph.Scalar(1).Broadcast(append(append([]int{1}, x.Shape[1:len(x.Shape)-1]...), 1)...)
	y := spread(c, x, w, false).Div(spread(c, ones, w, false))
	return []*value{{last: y, elem: c.in[0].elem}}
}

// spread is the greatest, or the sum, of the elements of windows with gaps: one part of x for each place of the
// window.
func spread(c *call, x *graph.Node, w window, greatest bool) *graph.Node {
	n := len(w.kernel)
	if size(w.kernel) > mostParts {
		c.fail("has a window of %v in %v", w.kernel, x.Shape)
	}
	margin := func(l []int) []int { return slices.Concat([]int{0}, l, []int{0}) }
	none := 0.0
	if greatest {
		none = math.Inf(-1)
	}
	x = x.Pad(margin(w.lo), margin(w.hi), none)
	out := make([]int, n)
	for a := range n {
		out[a] = (x.Shape[a+1]-(w.kernel[a]-1)*w.dilation[a]-1)/w.stride[a] + 1
		if out[a] < 1 {
			c.fail("has a window of %v in %v", w.kernel, x.Shape)
		}
	}
	var y *graph.Node
	at := make([]int, n)
	for {
		from, to, by := make([]int, n+2), x.Shape.Clone(), make([]int, n+2)
		by[0], by[n+1] = 1, 1
		for a := range n {
			from[a+1], by[a+1] = at[a]*w.dilation[a], w.stride[a]
			to[a+1] = from[a+1] + (out[a]-1)*w.stride[a] + 1
		}
		part := x.Slice(from, to, by)
		switch {
		case y == nil:
			y = part
		case greatest:
			y = y.Max(part)
		default:
			y = y.Add(part)
		}
		a := n - 1
		for ; a >= 0; a-- {
			if at[a]++; at[a] < w.kernel[a] {
				break
			}
			at[a] = 0
		}
		if a < 0 {
			return y
		}
	}
}
