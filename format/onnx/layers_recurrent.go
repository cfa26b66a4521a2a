package onnx

import (
	"slices"
	"strings"

	"gorae/model"
	"gorae/tensor"
)

// lowerRecurrent: an LSTM, GRU or SimpleRNN that begins with zeros.
func lowerRecurrent(l *lowering, n *node) {
	k := n.int("hidden_size", 0)
	kind := gates[n.op]
	blocks := len(kind.order)
	w, r, b := l.floats(n, 1), l.floats(n, 2), l.floats(n, 3)
	if len(w.Shape) != 3 || len(r.Shape) != 3 || k < 1 || w.Shape[1] != blocks*k {
		l.no(n, "its weights are %v and %v", w.Shape, r.Shape)
	}
	for i, name := range n.inputs {
		if i >= 5 && i <= 6 && name != "" && !l.zero(name) || i == 4 && name != "" || i == 7 && name != "" {
			l.no(n, "it begins with other states than zeros, has lengths or peepholes")
		}
	}
	if n.attribute("clip") != nil || n.int("input_forget", 0) != 0 || n.attribute("activation_alpha") != nil ||
		n.attribute("activation_beta") != nil {
		l.no(n, "its cell is that of no layer")
	}
	names := slices.Clone(kind.names)
	if a := n.attribute("activations"); a != nil && len(a.Strings) >= len(names) {
		names = a.Strings
	}
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = strings.ToLower(name)
		if !slices.Contains([]string{"tanh", "sigmoid", "relu", "softplus", "softsign"}, words[i]) {
			l.no(n, "its activation is %s", name)
		}
	}
	batch, time := 1, 0
	if n.int("layout", 0) == 1 {
		batch, time = 0, 1
	}
	used := func(i int) bool {
		return i < len(n.outputs) && n.outputs[i] != "" && len(l.uses[n.outputs[i]])+l.ends(n.outputs[i]) > 0
	}
	direction := "forward"
	if a := n.attribute("direction"); a != nil {
		direction = a.S
	}
	all, last, memory := used(0), used(1), used(2)
	if direction != "forward" && (all && (last || memory) || memory) || direction == "reverse" && all {
		l.no(n, "it gives its steps and its last states in the direction %s", direction)
	}
	class := map[string]string{"LSTM": "LSTM", "GRU": "GRU", "RNN": "SimpleRNN"}[n.op]
	args := map[string]any{"units": float64(k), "return_sequences": all, "return_state": last && all || memory,
		"use_bias": b != nil, "go_backwards": direction == "reverse"}
	reset := n.int("linear_before_reset", 0) != 0
	switch n.op {
	case "GRU":
		args["recurrent_activation"], args["activation"], args["reset_after"] = words[0], words[1], reset
	case "LSTM":
		if words[1] != words[2] {
			l.no(n, "its candidate and its output have different activations")
		}
		args["recurrent_activation"], args["activation"] = words[0], words[1]
	default:
		args["activation"] = words[0]
	}
	var ws []*tensor.Tensor
	for d := range w.Shape[0] {
		ws = append(ws, l.cellWeights(n, w, d, k), l.cellWeights(n, r, d, k))
		if b != nil {
			ws = append(ws, cellBias(b, d, k, kind.order, n.op == "GRU" && reset))
		}
	}
	x := l.want(n, 0, [][]int{{batch}, {time}, {2}})
	if direction == "bidirectional" {
		inner := map[string]any{"class_name": class, "config": args}
		y := model.Apply(l.layer(n, "Bidirectional", map[string]any{"layer": inner}, ws...), x)
		switch {
		case all && batch == 1: // [steps, directions, batch, units]
			l.give(n, y, [][]int{{2}, {0}, {1, 3}})
		case all:
			l.give(n, y, [][]int{{0}, {1}, {2, 3}})
		case batch == 1:
			l.parts[n.outputs[1]] = part{y, [][]int{{1}, {0, 2}}}
		default:
			l.parts[n.outputs[1]] = part{y, [][]int{{0}, {1, 2}}}
		}
		return
	}
	count := 1
	if args["return_state"] == true {
		count = 2
		if n.op == "LSTM" {
			count = 3
		}
	}
	ys := model.ApplyN(l.layer(n, class, args, ws...), count, x)
	state, steps := [][]int{{1}, {2}}, [][]int{{2}, {0}, {3}}
	if batch == 0 {
		state, steps = [][]int{{0}, {2}}, [][]int{{0}, {1}, {3}}
	}
	if all {
		l.give(n, ys[0], steps)
	} else {
		l.parts[n.outputs[1]] = part{ys[0], state}
	}
	if count > 1 {
		for i := 1; i < min(len(n.outputs), count); i++ {
			if n.outputs[i] != "" {
				l.parts[n.outputs[i]] = part{ys[i], state}
			}
		}
	}
}

// zero reports whether a value is 0 throughout.
func (l *lowering) zero(name string) bool {
	v := l.seen[name].value
	return v != nil && !slices.ContainsFunc(v.V, func(x float64) bool { return x != 0 })
}

// ends counts the outputs of the graph that a value is.
func (l *lowering) ends(name string) (count int) {
	for _, o := range l.body.outputs {
		if o == name {
			count++
		}
	}
	return count
}

// cellWeights is [gates·units, features] of a direction as Keras has them: [features, gates·units], in its order.
func (l *lowering) cellWeights(n *node, w *tensor.Tensor, d, k int) *tensor.Tensor {
	rows, cols := w.Shape[1], w.Shape[2]
	t := tensor.New(tensor.Float32, cols, rows)
	for to, from := range gates[n.op].order {
		for i := range k {
			for j := range cols {
				t.F32[j*rows+to*k+i] = w.F32[(d*rows+from*k+i)*cols+j]
			}
		}
	}
	return t
}

// cellBias is the sum of both biases of a direction, or both, where the recurrent one stays apart.
func cellBias(b *tensor.Tensor, d, k int, order []int, apart bool) *tensor.Tensor {
	n := len(order) * k
	t := tensor.New(tensor.Float32, 2, n)
	for side := range 2 {
		for to, from := range order {
			copy(t.F32[side*n+to*k:][:k], b.F32[d*2*n+side*n+from*k:])
		}
	}
	if apart {
		return t
	}
	sum := tensor.New(tensor.Float32, n)
	for i := range sum.F32 {
		sum.F32[i] = t.F32[i] + t.F32[n+i]
	}
	return sum
}
