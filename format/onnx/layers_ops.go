package onnx

import (
	"fmt"
	"math"
	"slices"

	"gorae/format/onnx/internal/pb"
	"gorae/layer"
	"gorae/model"
	"gorae/ops"
	"gorae/tensor"
)

// lowerings are the operators that layers and operations of Keras's compute.
var lowerings map[string]func(l *lowering, n *node)

func init() {
	lowerings = map[string]func(l *lowering, n *node){
		"Gemm": lowerGemm, "MatMul": lowerMatMul, "Conv": lowerConv, "ConvTranspose": lowerConvTranspose,
		"BatchNormalization": lowerBatchNorm, "LayerNormalization": lowerLayerNorm, "Gather": lowerGather,
		"Flatten": lowerFlatten, "Reshape": lowerReshape, "Transpose": lowerTranspose, "Squeeze": lowerSqueeze,
		"Unsqueeze": lowerUnsqueeze, "Concat": lowerConcat, "Softmax": lowerSoftmax, "Cast": lowerCast,
		"Identity": same1, "Dropout": same1, "Clip": lowerClip,
		"LSTM": lowerRecurrent, "GRU": lowerRecurrent, "RNN": lowerRecurrent,
	}
	for op, word := range map[string]string{"Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh",
		"Softplus": "softplus", "Softsign": "softsign", "Mish": "mish", "Exp": "exponential",
		"HardSwish": "hard_silu"} {
		lowerings[op] = func(l *lowering, n *node) {
			l.each(n, l.layer(n, "Activation", map[string]any{"activation": word}))
		}
	}
	for op, name := range map[string]string{"Abs": "absolute", "Sqrt": "sqrt", "Log": "log", "Neg": "negative",
		"Floor": "floor", "Ceil": "ceil", "Sin": "sin", "Cos": "cos", "Erf": "erf", "Reciprocal": "reciprocal",
		"Round": "round", "Sign": "sign"} {
		lowerings[op] = func(l *lowering, n *node) { l.each(n, l.op(n, name, nil)) }
	}
	lowerings["LogSoftmax"] = func(l *lowering, n *node) {
		x := l.in(n, 0)
		if a := n.int("axis", -1); !slices.Equal(x.axes[len(x.axes)-1], []int{len(l.shape(n, 0)) - 1}) ||
			a != -1 && a != len(l.shape(n, 0))-1 {
			l.no(n, "its axis is not the last")
		}
		l.each(n, l.layer(n, "Activation", map[string]any{"activation": "log_softmax"}))
	}
	lowerings["Scaler"] = func(l *lowering, n *node) {
		x := l.want(n, 0, plain(2))
		for _, step := range []struct{ key, op string }{{"offset", "subtract"}, {"scale", "multiply"}} {
			if a := n.attribute(step.key); a != nil {
				by := tensor.Tensor{Shape: tensor.Shape{len(a.Floats)}, F32: a.Floats}
				x = model.Apply(l.op(n, step.op, ops.Args{"x2": numbersIn(&by)}), x)
			}
		}
		l.give(n, x, plain(2))
	}
	lowerings["Slice"] = lowerSlice
	lowerings["Pad"] = lowerPad
	lowerings["Resize"] = lowerResize
	lowerings["PRelu"] = lowerPRelu
	lowerings["Elu"] = func(l *lowering, n *node) {
		l.each(n, l.layer(n, "ELU", map[string]any{"alpha": n.float("alpha", 1)}))
	}
	lowerings["Selu"] = func(l *lowering, n *node) {
		if n.attribute("alpha") != nil || n.attribute("gamma") != nil {
			l.no(n, "its constants are its own")
		}
		l.each(n, l.layer(n, "Activation", map[string]any{"activation": "selu"}))
	}
	lowerings["LeakyRelu"] = func(l *lowering, n *node) {
		l.each(n, l.layer(n, "LeakyReLU", map[string]any{"negative_slope": n.float("alpha", .01)}))
	}
	lowerings["Gelu"] = func(l *lowering, n *node) {
		a := n.attribute("approximate")
		l.each(n, l.op(n, "gelu", ops.Args{"approximate": a != nil && a.S == "tanh"}))
	}
	lowerings["HardSigmoid"] = func(l *lowering, n *node) {
		if math.Abs(n.float("alpha", .2)-1./6) > 1e-6 || n.float("beta", .5) != .5 {
			l.no(n, "its slope is not 1/6")
		}
		l.each(n, l.layer(n, "Activation", map[string]any{"activation": "hard_sigmoid"}))
	}
	for op, name := range map[string]string{"Add": "add", "Sub": "subtract", "Mul": "multiply", "Div": "divide",
		"Max": "maximum", "Min": "minimum", "Pow": "power"} {
		lowerings[op] = func(l *lowering, n *node) { l.pair(n, name) }
	}
	for op, name := range map[string]string{"ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "max",
		"ReduceMin": "min"} {
		lowerings[op] = func(l *lowering, n *node) { l.reduce(n, name) }
	}
	for op, class := range map[string]string{"MaxPool": "MaxPooling", "AveragePool": "AveragePooling"} {
		lowerings[op] = func(l *lowering, n *node) { l.pool(n, class) }
	}
	for op, class := range map[string]string{"GlobalMaxPool": "GlobalMaxPooling",
		"GlobalAveragePool": "GlobalAveragePooling"} {
		lowerings[op] = func(l *lowering, n *node) {
			rank := len(l.shape(n, 0))
			x := l.want(n, 0, channelsLast(rank))
			l.give(n, model.Apply(l.layer(n, fmt.Sprintf("%s%dD", class, rank-2), nil), x), [][]int{{0}, {1}})
		}
	}
}

func (n *node) attribute(name string) *pb.Attribute {
	for _, a := range n.attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (n *node) float(name string, def float64) float64 {
	if a := n.attribute(name); a != nil {
		return float64(a.F)
	}
	return def
}

func (n *node) text(name string) string {
	if a := n.attribute(name); a != nil {
		return a.S
	}
	return ""
}

func (n *node) int(name string, def int) int {
	if a := n.attribute(name); a != nil {
		return clamp(a.I)
	}
	return def
}

func (n *node) ints(name string, def []int) []int {
	a := n.attribute(name)
	if a == nil {
		return def
	}
	var out []int
	for _, v := range a.Ints {
		out = append(out, clamp(v))
	}
	return out
}

// list is an attribute, or input i.
func (l *lowering) list(n *node, name string, i int) []int {
	if v := n.ints(name, nil); v != nil || i >= len(n.inputs) || n.inputs[i] == "" {
		return v
	}
	t := l.constant(n, i)
	out := make([]int, t.Shape.Size())
	for k := range out {
		out[k] = int(t.Float(k))
	}
	return out
}

// each puts a layer that works on each element on input 0.
func (l *lowering) each(n *node, y layer.Layer) {
	x := l.in(n, 0)
	l.give(n, model.Apply(y, x.v), x.axes)
}

// same1 passes input 0 on.
func same1(l *lowering, n *node) { l.parts[n.outputs[0]] = l.in(n, 0) }

// lowerCast: floats are floats of any width, and ids stay such.
func lowerCast(l *lowering, n *node) {
	to := pb.Elem(n.int("to", int(pb.F32)))
	if to == pb.Bool || to == pb.Text {
		l.no(n, "it makes truth values or texts")
	}
	if from, ok := l.inputElem(n.inputs[0]); !isFloat(to) && (!ok || isFloat(from)) {
		l.no(n, "it makes whole numbers")
	}
	same1(l, n)
}

// inputElem is the type of an input of the graph.
func (l *lowering) inputElem(name string) (pb.Elem, bool) {
	for _, e := range l.inputs {
		if e.name == name {
			return e.elem, true
		}
	}
	return 0, false
}

func lowerClip(l *lowering, n *node) {
	bound := func(name string, i int, def float64) float64 {
		if a := n.attribute(name); a != nil {
			return float64(a.F)
		}
		if t := l.constant(n, i); t != nil && t.Shape.Size() == 1 {
			return t.Float(0)
		}
		return def
	}
	lo, hi := bound("min", 1, math.Inf(-1)), bound("max", 2, math.Inf(1))
	switch {
	case lo == 0 && math.IsInf(hi, 1):
		l.each(n, l.layer(n, "ReLU", nil))
	case lo == 0 && hi > 0:
		l.each(n, l.layer(n, "ReLU", map[string]any{"max_value": hi}))
	case !math.IsInf(lo, 0) && !math.IsInf(hi, 0):
		l.each(n, l.op(n, "clip", ops.Args{"x_min": lo, "x_max": hi}))
	default:
		l.no(n, "it has one bound")
	}
}

func lowerSoftmax(l *lowering, n *node) {
	x := l.in(n, 0)
	rank := len(l.shape(n, 0))
	def := -1
	if n.opset > 0 && n.opset < 13 {
		def = 1
	}
	a := n.int("axis", def)
	if a < 0 {
		a += rank
	}
	at := slices.IndexFunc(x.axes, func(b []int) bool { return slices.Equal(b, []int{a}) })
	if at < 1 || def == 1 && a != rank-1 {
		l.no(n, "its axis is none of the layer's")
	}
	if at == len(x.axes)-1 {
		l.each(n, l.layer(n, "Activation", map[string]any{"activation": "softmax"}))
		return
	}
	l.each(n, l.layer(n, "Softmax", map[string]any{"axis": float64(at)}))
}

// pair is a function of two values, or of one and numbers of the file.
func (l *lowering) pair(n *node, name string) {
	if len(n.inputs) != 2 {
		l.no(n, "it has %d operands", len(n.inputs))
	}
	a, b := !l.seen[n.inputs[0]].fixed && !l.isConstant(n, 0), !l.seen[n.inputs[1]].fixed && !l.isConstant(n, 1)
	rank := len(l.result(n))
	switch {
	case a && b:
		if len(l.shape(n, 0)) != rank || len(l.shape(n, 1)) != rank {
			l.no(n, "its operands have not the same number of axes")
		}
		p, q := l.in(n, 0), l.in(n, 1)
		axes := p.axes
		if len(q.axes) > len(axes) {
			axes = q.axes
		}
		if !sameAxes(p.axes, q.axes) && l.shape(n, 0).Size() != l.shape(n, 1).Size() && len(axes) < rank {
			axes = plain(rank)
		}
		x, y := l.want(n, 0, axes), l.want(n, 1, axes)
		if class := map[string]string{"add": "Add", "subtract": "Subtract", "multiply": "Multiply",
			"maximum": "Maximum", "minimum": "Minimum"}[name]; class != "" {
			l.give(n, model.Apply(l.layer(n, class, nil), x, y), axes)
			return
		}
		l.give(n, model.Apply(l.op(n, name, nil), x, y), axes)
	case !a && !b:
		l.no(n, "its operands do not depend on the inputs")
	default:
		at, side := 0, "x2"
		if b {
			at, side = 1, "x1"
		}
		if m := l.from[n.inputs[at]]; name == "add" && m != nil && m.op == "MatMul" && m.domain == "" {
			if b := l.bias(n, 1-at, m); b != nil {
				lowerMatMulBias(l, m, n, b)
				return
			}
		}
		p, k := l.in(n, at), l.floats(n, 1-at)
		if len(l.shape(n, at)) != rank || l.shape(n, at).Size() != l.result(n).Size() {
			l.no(n, "numbers of the file widen it")
		}
		var arg any = k.Float(0)
		if k.Shape.Size() > 1 {
			s := k.Shape.Clone()
			for len(s) < rank {
				s = slices.Insert(s, 0, 1)
			}
			var perm []int
			for _, axis := range p.axes {
				if len(axis) != 1 {
					l.no(n, "numbers of the file along joined axes")
				}
				perm = append(perm, axis[0])
			}
			wide := perm
			for axis := range rank {
				if !slices.Contains(perm, axis) {
					wide = append(wide, axis)
				}
			}
			t := permuted(&tensor.Tensor{Shape: s, F32: k.F32}, wide...)
			t.Shape = t.Shape[:len(perm)]
			if t.Shape.Size() != len(t.F32) {
				l.no(n, "numbers of the file along a dropped axis")
			}
			arg = numbersIn(t)
		}
		l.give(n, model.Apply(l.op(n, name, ops.Args{side: arg}), p.v), p.axes)
	}
}

// reduce joins the numbers along axes.
func (l *lowering) reduce(n *node, name string) {
	x := l.in(n, 0)
	rank := len(l.shape(n, 0))
	axes := l.list(n, "axes", 1)
	keep := n.int("keepdims", 1) == 1
	if len(axes) == 0 {
		l.no(n, "it joins all axes")
	}
	var at, gone []int
	for _, a := range axes {
		if a < 0 {
			a += rank
		}
		gone = append(gone, a)
		i := slices.IndexFunc(x.axes, func(b []int) bool { return slices.Equal(b, []int{a}) })
		if i < 1 {
			l.no(n, "its axis %d is none of the layer's", a)
		}
		at = append(at, i)
	}
	slices.Sort(at)
	y := model.Apply(l.op(n, name, ops.Args{"axis": ints(at), "keepdims": false}), x.v)
	var left [][]int
	for i, a := range x.axes {
		if !slices.Contains(at, i) {
			left = append(left, l.less(a, gone, keep))
		}
	}
	l.give(n, y, left)
}

// less is axes of the file after some are gone.
func (l *lowering) less(a, gone []int, keep bool) []int {
	out := slices.Clone(a)
	if keep {
		return out
	}
	for i := range out {
		for _, g := range gone {
			if g < a[i] {
				out[i]--
			}
		}
	}
	return out
}
