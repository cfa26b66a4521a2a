package onnx

import (
	"math"
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/tensor"
)

// resize gives axes other extents: the nearest element, or between neighbours. Each axis is a product with a matrix
// of weights.
func resize(c *call) []*value {
	x := c.raw(0)
	rank := len(x.Shape)
	mode := c.text("mode", "nearest")
	axes := c.ints("axes")
	if axes == nil {
		for a := range rank {
			axes = append(axes, a)
		}
	}
	axes = c.axesInOrder(axes, rank)
	scalesAt, sizesAt := 2, 3
	if c.node.op == "Upsample" || c.node.opset < 11 && c.node.opset > 0 {
		scalesAt, sizesAt = 1, -1
	}
	var sizes []int
	scales := make([]float64, len(axes))
	if sizesAt > 0 && c.has(sizesAt) && c.value(sizesAt).shape().Size() > 0 {
		for _, v := range c.array(sizesAt, "sizes").V {
			sizes = append(sizes, int(v))
		}
		if len(sizes) != len(axes) {
			c.fail("has %d sizes for %d axes", len(sizes), len(axes))
		}
		for i, a := range axes {
			scales[i] = float64(sizes[i]) / float64(x.Shape[a])
		}
		if policy := c.text("keep_aspect_ratio_policy", "stretch"); policy != "stretch" {
			one := slices.Min(scales)
			if policy == "not_smaller" {
				one = slices.Max(scales)
			}
			for i, a := range axes {
				scales[i], sizes[i] = one, int(math.Floor(one*float64(x.Shape[a])+.5))
			}
		}
	} else {
		var given []float64
		if a := c.attribute("scales"); a != nil {
			for _, f := range a.Floats {
				given = append(given, float64(f))
			}
		} else {
			given = c.array(scalesAt, "scales").V
		}
		if len(given) != len(axes) {
			c.fail("has %d scales for %d axes", len(given), len(axes))
		}
		copy(scales, given)
		for i, a := range axes {
			sizes = append(sizes, int(math.Floor(float64(x.Shape[a])*scales[i])))
		}
	}
	y := x.AsFloat()
	for i, a := range axes {
		if sizes[i] < 1 || sizes[i] > 1<<24 {
			c.fail("makes %d elements along axis %d", sizes[i], a)
		}
		if scales[i] == 1 && sizes[i] == x.Shape[a] {
			continue
		}
		c.most(x.Shape[a], sizes[i])
		m := c.resampling(mode, x.Shape[a], sizes[i], scales[i])
		if mode == "nearest" {
			ids := make([]int, sizes[i])
			for o := range ids {
				ids[o] = m[o][0].from
			}
			y = take(y, a, c.vector(tensor.Shape{len(ids)}, ids...))
			continue
		}
		w := tensor.New(tensor.Float32, x.Shape[a], sizes[i])
		for o, taps := range m {
			for _, t := range taps {
				w.F32[t.from*sizes[i]+o] += float32(t.weight)
			}
		}
		y = inFront(behind(y, a).MatMul(c.graph.Const(w)), a)
	}
	return give(pb.F32, y)
}

// axesInOrder counts axes from the start and keeps their order.
func (c *call) axesInOrder(list []int, rank int) []int {
	out := make([]int, len(list))
	for i, a := range list {
		out[i] = c.axis(a, rank)
	}
	return out
}

// tap is a share of an element.
type tap struct {
	from   int
	weight float64
}

// resampling gives for each of out elements those of in that it is made of.
func (c *call) resampling(mode string, in, out int, scale float64) [][]tap {
	transform := c.text("coordinate_transformation_mode", "half_pixel")
	if c.node.op == "Upsample" || c.node.opset < 11 && c.node.opset > 0 {
		transform = "asymmetric"
	}
	taps := make([][]tap, out)
	for o := range taps {
		x := float64(o)
		switch transform {
		case "half_pixel":
			x = (x+.5)/scale - .5
		case "half_pixel_symmetric":
			adjust := float64(out) / (scale * float64(in))
			center := float64(in) / 2
			x = center*(1-adjust) + (x+.5)/scale - .5
		case "pytorch_half_pixel":
			if out > 1 {
				x = (x+.5)/scale - .5
			} else {
				x = 0
			}
		case "asymmetric":
			x /= scale
		case "align_corners":
			if whole := scale * float64(in); whole > 1 { // the extent before it is rounded
				x = x * float64(in-1) / (whole - 1)
			} else {
				x = 0
			}
		default:
			c.fail("its coordinate_transformation_mode is %q", transform)
		}
		clip := func(i int) int { return min(max(i, 0), in-1) }
		switch mode {
		case "nearest":
			def := "round_prefer_floor"
			if c.node.op == "Upsample" || c.node.opset < 11 && c.node.opset > 0 {
				def = "floor"
			}
			var i float64
			switch round := c.text("nearest_mode", def); round {
			case "round_prefer_floor":
				i = math.Ceil(x - .5)
			case "round_prefer_ceil":
				i = math.Floor(x + .5)
			case "floor":
				i = math.Floor(x)
			case "ceil":
				i = math.Ceil(x)
			default:
				c.fail("its nearest_mode is %q", round)
			}
			taps[o] = []tap{{clip(int(i)), 1}}
		case "linear", "bilinear", "cubic":
			taps[o] = c.neighbours(mode == "cubic", x, in, scale)
		default:
			c.fail("its mode is %q", mode)
		}
	}
	return taps
}

// neighbours are the elements around place x and their weights: two, or four for a cubic; where they are to be smoothed
// and the axis shrinks, as many more.
func (c *call) neighbours(cubic bool, x float64, in int, scale float64) []tap {
	if c.int("antialias", 0) == 0 {
		scale = 1
	}
	scale = min(scale, 1)
	kernel, radius := func(d float64) float64 { return max(0, 1-d) }, 1.0
	if cubic {
		a := c.float("cubic_coeff_a", -.75)
		radius, kernel = 2, func(d float64) float64 { // Keys, 1981
			switch {
			case d <= 1:
				return ((a+2)*d-(a+3))*d*d + 1
			case d < 2:
				return ((a*d-5*a)*d+8*a)*d - 4*a
			}
			return 0
		}
	}
	var taps []tap
	sum := 0.0
	for i := int(math.Floor(x - radius/scale)); i <= int(math.Ceil(x+radius/scale)); i++ {
		w := kernel(math.Abs(float64(i)-x) * scale)
		if w == 0 || c.int("exclude_outside", 0) == 1 && (i < 0 || i >= in) {
			continue
		}
		sum += w
		taps = append(taps, tap{min(max(i, 0), in-1), w})
	}
	for k := range taps {
		taps[k].weight /= sum
	}
	return taps
}
