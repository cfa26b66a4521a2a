package onnx

import (
	"math"
	"slices"

	"gorae/model"
	"gorae/ops"
	"gorae/tensor"
)

// at is the axis of a part that stands for an axis of the file alone; 0 where none does, or it is that of the samples.
func (p part) at(axis int) int {
	return max(0, slices.IndexFunc(p.axes, func(b []int) bool { return slices.Equal(b, []int{axis}) }))
}

// lowerSlice takes parts along axes.
func lowerSlice(l *lowering, n *node) {
	x, rank := l.in(n, 0), len(l.shape(n, 0))
	starts, ends := l.list(n, "starts", 1), l.list(n, "ends", 2)
	axes, steps := l.list(n, "axes", 3), l.list(n, "steps", 4)
	if axes == nil {
		for i := range starts {
			axes = append(axes, i)
		}
	}
	key := make([]any, len(x.axes))
	for i := range key {
		key[i] = ops.Span(nil, nil)
	}
	for i, a := range axes {
		if a < 0 {
			a += rank
		}
		at := x.at(a)
		step := 1
		if steps != nil {
			step = steps[i]
		}
		whole := starts[i] == 0 && ends[i] == math.MaxInt32 && step == 1
		if at == 0 && !whole || step < 1 {
			l.no(n, "it takes samples, or goes backwards")
		}
		if whole {
			continue
		}
		var start, stop any = float64(starts[i]), float64(ends[i])
		if starts[i] == 0 {
			start = nil
		}
		if ends[i] == math.MaxInt32 {
			stop = nil
		}
		key[at] = ops.SpanBy(start, stop, float64(step))
	}
	l.give(n, model.Apply(l.op(n, "get_item", ops.Args{"key": key}), x.v), x.axes)
}

// lowerPad puts zeros around pictures or sequences, which have their channels last in the file's axis 1.
func lowerPad(l *lowering, n *node) {
	rank := len(l.shape(n, 0))
	pads := l.list(n, "pads", 1)
	value := n.float("value", 0)
	if t := l.constant(n, 2); t != nil && t.Shape.Size() == 1 {
		value = t.Float(0)
	}
	axes := l.list(n, "axes", 3)
	if mode := n.text("mode"); mode != "" && mode != "constant" || value != 0 || axes != nil || len(pads) != 2*rank ||
		rank < 3 || rank > 5 || slices.Min(pads) < 0 {
		l.no(n, "its margins are those of no layer")
	}
	x := l.in(n, 0)
	if len(x.axes) != rank || x.at(x.axes[0][0]) != 0 {
		l.no(n, "some of its axes have the extent 1")
	}
	var spatial []int
	for i, a := range x.axes {
		if len(a) != 1 || (i == 0 || i == rank-1) && pads[a[0]]+pads[rank+a[0]] > 0 {
			l.no(n, "it puts margins around channels or samples")
		}
		if i > 0 && i < rank-1 {
			spatial = append(spatial, a[0])
		}
	}
	margins := make([]int, 2*len(spatial))
	for i, a := range spatial {
		margins[i], margins[len(spatial)+i] = pads[a], pads[rank+a]
	}
	l.give(n, l.padded(n, x.v, margins), x.axes)
}

// lowerResize enlarges pictures by whole factors.
func lowerResize(l *lowering, n *node) {
	from, to := l.shape(n, 0), l.result(n)
	if len(from) != 4 || from[1] != to[1] || to[2]%from[2] != 0 || to[3]%from[3] != 0 {
		l.no(n, "it enlarges by no whole factor")
	}
	mode, transform := n.text("mode"), n.text("coordinate_transformation_mode")
	how := "nearest"
	switch {
	case (mode == "" || mode == "nearest") && (transform == "asymmetric" && n.text("nearest_mode") == "floor" ||
		transform == "half_pixel" || transform == ""):
	case mode == "linear" && (transform == "" || transform == "half_pixel" || transform == "pytorch_half_pixel"):
		how = "bilinear"
	default:
		l.no(n, "its rule is that of no layer")
	}
	y := l.layer(&node{op: n.op}, "UpSampling2D", map[string]any{"size": ints([]int{to[2] / from[2], to[3] / from[3]}),
		"interpolation": how})
	l.give(n, model.Apply(y, l.want(n, 0, channelsLast(4))), channelsLast(4))
}

// lowerPRelu has a slope for each channel.
func lowerPRelu(l *lowering, n *node) {
	slope, rank := l.floats(n, 1), len(l.shape(n, 0))
	channels := l.shape(n, 0)[1]
	if slope.Shape.Size() == 1 && channels > 1 {
		v := slope.F32[0]
		slope = tensor.New(tensor.Float32, channels)
		for i := range slope.F32 {
			slope.F32[i] = v
		}
	}
	if slope.Shape.Size() != channels || len(slope.Shape) < rank-1 && rank > 2 && channels > 1 && len(slope.Shape) > 1 {
		l.no(n, "its slopes are %v", slope.Shape)
	}
	axes := plain(rank)
	args := map[string]any{}
	if rank > 2 {
		axes = channelsLast(rank)
		var shared []int
		for a := 1; a < rank-1; a++ {
			shared = append(shared, a)
		}
		args["shared_axes"] = ints(shared)
	}
	l.give(n, model.Apply(l.layer(n, "PReLU", args, slope), l.want(n, 0, axes)), axes)
}
