package onnx

import (
	"fmt"
	"slices"

	"gorae/graph"
	"gorae/model"
	"gorae/tensor"
)

func lowerBatchNorm(l *lowering, n *node) {
	rank := len(l.shape(n, 0))
	axes := plain(rank)
	if rank > 2 {
		axes = channelsLast(rank)
	}
	ws := []*tensor.Tensor{l.floats(n, 1), l.floats(n, 2), l.floats(n, 3), l.floats(n, 4)}
	y := l.layer(n, "BatchNormalization", map[string]any{"epsilon": n.float("epsilon", 1e-5),
		"momentum": n.float("momentum", .9)}, ws...)
	l.give(n, model.Apply(y, l.want(n, 0, axes)), axes)
}

func lowerLayerNorm(l *lowering, n *node) {
	rank := len(l.shape(n, 0))
	if a := n.int("axis", -1); a != -1 && a != rank-1 {
		l.no(n, "it works along several axes")
	}
	for i, name := range n.outputs {
		if i > 0 && name != "" {
			l.no(n, "it gives means")
		}
	}
	ws := []*tensor.Tensor{l.floats(n, 1)}
	b := l.floats(n, 2)
	if b != nil {
		ws = append(ws, b)
	}
	y := l.layer(n, "LayerNormalization", map[string]any{"epsilon": n.float("epsilon", 1e-5), "center": b != nil},
		ws...)
	l.give(n, model.Apply(y, l.want(n, 0, plain(rank))), plain(rank))
}

// padding is Keras's word for the margins of a window over extents; "" where it has none.
func (l *lowering) padding(extents, kernel, stride, dilation, pads []int) string {
	n := len(kernel)
	if !slices.ContainsFunc(pads, func(p int) bool { return p != 0 }) {
		return "valid"
	}
	for a := range n {
		if l.open && stride[a] != 1 { // it depends on the extent
			return ""
		}
		lo, hi := graph.SamePadding(extents[a], kernel[a], stride[a], dilation[a])
		if lo != pads[a] || hi != pads[n+a] {
			return ""
		}
	}
	return "same"
}

// window reads the attributes of a node with a window over x.
func (l *lowering) window(n *node, kernel []int) (stride, dilation, pads []int) {
	k := len(kernel)
	ones := slices.Repeat([]int{1}, k)
	stride, dilation = n.ints("strides", ones), n.ints("dilations", ones)
	pads = n.ints("pads", make([]int, 2*k))
	extents := l.shape(n, 0)[2:]
	if len(stride) != k || len(dilation) != k || len(pads) != 2*k || len(extents) != k {
		l.no(n, "its window has other axes")
	}
	switch auto := n.attribute("auto_pad"); {
	case auto == nil || auto.S == "NOTSET" || auto.S == "":
	case auto.S == "VALID":
		pads = make([]int, 2*k)
	case auto.S == "SAME_UPPER":
		pads = make([]int, 2*k)
		for a := range k {
			pads[a], pads[k+a] = graph.SamePadding(extents[a], kernel[a], stride[a], dilation[a])
		}
		if l.open {
			l.no(n, "its margins depend on open extents")
		}
	default:
		l.no(n, "its auto_pad is %s", auto.S)
	}
	return stride, dilation, pads
}

// padded puts zeros around x, which has its channels last.
func (l *lowering) padded(n *node, x *model.Value, pads []int) *model.Value {
	k := len(pads) / 2
	var list []any
	for a := range k {
		list = append(list, ints([]int{pads[a], pads[k+a]}))
	}
	var arg any = list
	if k == 1 {
		arg = list[0]
	}
	n = &node{op: n.op, name: n.name}
	return model.Apply(l.layer(n, fmt.Sprintf("ZeroPadding%dD", k), map[string]any{"padding": arg}), x)
}

func lowerConv(l *lowering, n *node) {
	w, b := l.floats(n, 1), l.floats(n, 2)
	kernel := []int(w.Shape[2:])
	k := len(kernel)
	if k < 1 || k > 3 {
		l.no(n, "it has %d axes", k)
	}
	stride, dilation, pads := l.window(n, kernel)
	rank := k + 2
	x := l.want(n, 0, channelsLast(rank))
	padding := l.padding(l.shape(n, 0)[2:], kernel, stride, dilation, pads)
	if padding == "" {
		x, padding = l.padded(n, x, pads), "valid"
	}
	perm := []int{}
	for a := range k {
		perm = append(perm, a+2)
	}
	args := map[string]any{"kernel_size": ints(kernel), "strides": ints(stride), "dilation_rate": ints(dilation),
		"padding": padding, "use_bias": b != nil}
	class := fmt.Sprintf("Conv%dD", k)
	groups := n.int("group", 1)
	in := l.shape(n, 0)[1]
	var kw *tensor.Tensor
	if groups == in && groups > 1 && w.Shape[0]%in == 0 && k < 3 {
		class = "Depthwise" + class
		args["depth_multiplier"] = float64(w.Shape[0] / in)
		kw = permuted(w, append(perm, 1, 0)...) // [kernel…, 1, in·multiplier], which is [kernel…, in, multiplier]
	} else {
		args["filters"], args["groups"] = float64(w.Shape[0]), float64(groups)
		kw = permuted(w, append(perm, 1, 0)...)
	}
	ws := []*tensor.Tensor{kw}
	if b != nil {
		ws = append(ws, b)
	}
	l.give(n, model.Apply(l.layer(n, class, args, ws...), x), channelsLast(rank))
}

func lowerConvTranspose(l *lowering, n *node) {
	w, b := l.floats(n, 1), l.floats(n, 2)
	kernel := []int(w.Shape[2:])
	k := len(kernel)
	stride, dilation, pads := l.window(n, kernel)
	extra := n.ints("output_padding", make([]int, k))
	if k > 3 || n.int("group", 1) != 1 || n.attribute("output_shape") != nil ||
		!slices.Contains([]string{"", "NOTSET"}, n.text("auto_pad")) || slices.Max(dilation) > 1 || len(extra) != k {
		l.no(n, "its windows are those of no layer")
	}
	var crop []any
	cut := false
	for a := range k {
		hi := pads[k+a] - extra[a]
		if kernel[a] < stride[a] || hi < 0 || pads[a] < 0 {
			l.no(n, "its windows are those of no layer")
		}
		cut = cut || pads[a] > 0 || hi > 0
		crop = append(crop, ints([]int{pads[a], hi}))
	}
	perm := []int{}
	for a := range k {
		perm = append(perm, a+2)
	}
	rank := k + 2
	ws := []*tensor.Tensor{permuted(w, append(perm, 1, 0)...)}
	if b != nil {
		ws = append(ws, b)
	}
	y := model.Apply(l.layer(n, fmt.Sprintf("Conv%dDTranspose", k), map[string]any{"filters": float64(w.Shape[1]),
		"kernel_size": ints(kernel), "strides": ints(stride), "use_bias": b != nil}, ws...),
		l.want(n, 0, channelsLast(rank)))
	if cut {
		var arg any = crop
		if k == 1 {
			arg = crop[0]
		}
		y = model.Apply(l.layer(&node{op: n.op}, fmt.Sprintf("Cropping%dD", k), map[string]any{"cropping": arg}), y)
	}
	l.give(n, y, channelsLast(rank))
}

func (l *lowering) pool(n *node, class string) {
	kernel := n.ints("kernel_shape", nil)
	k := len(kernel)
	if k < 1 || k > 3 || len(n.outputs) > 1 && n.outputs[1] != "" {
		l.no(n, "it has %d axes", k)
	}
	stride, dilation, pads := l.window(n, kernel)
	extents := l.shape(n, 0)[2:]
	if slices.Max(dilation) > 1 {
		l.no(n, "its windows have gaps")
	}
	if n.int("ceil_mode", 0) == 1 {
		for a := range k {
			if l.open || (extents[a]+pads[a]+pads[k+a]-kernel[a])%stride[a] != 0 {
				l.no(n, "its last windows end outside")
			}
		}
	}
	x := l.want(n, 0, channelsLast(k+2))
	padding := l.padding(extents, kernel, stride, dilation, pads)
	if padding == "same" && class == "AveragePooling" && n.int("count_include_pad", 0) == 1 {
		padding = ""
	}
	if padding == "" {
		if class != "AveragePooling" || n.int("count_include_pad", 0) == 0 {
			l.no(n, "its margins are those of no layer")
		}
		x, padding = l.padded(n, x, pads), "valid"
	}
	y := l.layer(n, fmt.Sprintf("%s%dD", class, k), map[string]any{"pool_size": ints(kernel), "strides": ints(stride),
		"padding": padding})
	l.give(n, model.Apply(y, x), channelsLast(k+2))
}
