package onnx

import (
	"fmt"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

func init() {
	add(recurrent, "RNN", "GRU", "LSTM").weights = []int{1, 2, 3}
}

// function is an activation of recurrent cells with its parameters, those that are not given.
type function struct {
	of          func(x *graph.Node, alpha, beta float64) *graph.Node
	takes       int // parameters: none, alpha, or both
	alpha, beta float64
}

// plainly is a function without parameters.
func plainly(f graph.Func) function {
	return function{of: func(x *graph.Node, _, _ float64) *graph.Node { return f(x) }}
}

// functions are the activations of recurrent cells by their names in lower case.
var functions = map[string]function{
	"tanh":     plainly((*graph.Node).Tanh),
	"sigmoid":  plainly((*graph.Node).Sigmoid),
	"relu":     plainly((*graph.Node).Relu),
	"softplus": plainly((*graph.Node).Softplus),
	"softsign": plainly(func(x *graph.Node) *graph.Node { return x.Div(x.Abs().AddC(1)) }),
	"hardsigmoid": {func(x *graph.Node, a, b float64) *graph.Node { return x.MulC(a).AddC(b).Clip(0, 1) }, 2, .2,
		.5},
	"affine":     {func(x *graph.Node, a, b float64) *graph.Node { return x.MulC(a).AddC(b) }, 2, 1, 0},
	"scaledtanh": {func(x *graph.Node, a, b float64) *graph.Node { return x.MulC(b).Tanh().MulC(a) }, 2, 1, 1},
	"elu":        {func(x *graph.Node, a, _ float64) *graph.Node { return x.Elu(a) }, 1, 1, 0},
	"leakyrelu": {func(x *graph.Node, a, _ float64) *graph.Node {
		return x.MaxC(0).Add(x.MinC(0).MulC(a))
	}, 1, .01, 0},
	"thresholdedrelu": {func(x *graph.Node, a, _ float64) *graph.Node {
		return x.Gt(x.Graph().Scalar(a)).Where(x, x.Graph().Scalar(0))
	}, 1, 1, 0},
}

// activations are the functions of the cells of one direction, with names that say their parameters too. The lists of
// parameters have those of the functions that take some, over all directions.
func (c *call) activations(direction, perCell int, def ...string) (names []string, fs []graph.Func) {
	given := slices.Repeat(def, direction+1)
	if a := c.attribute("activations"); a != nil && len(a.Strings) > 0 {
		if given = a.Strings; len(given) < (direction+1)*perCell {
			c.fail("has %d activations", len(given))
		}
	}
	alphas, betas := c.floats("activation_alpha"), c.floats("activation_beta")
	next := func(list *[]float64, def float64) float64 {
		if len(*list) == 0 {
			return def
		}
		v := (*list)[0]
		*list = (*list)[1:]
		return v
	}
	for i, n := range given[:(direction+1)*perCell] {
		name := strings.ToLower(n)
		f, ok := functions[name]
		if !ok {
			c.fail("its activation %s is none that gorae computes", n)
		}
		alpha, beta := f.alpha, f.beta
		if f.takes > 0 {
			alpha = next(&alphas, alpha)
		}
		if f.takes > 1 {
			beta = next(&betas, beta)
		}
		if alpha != f.alpha || beta != f.beta {
			name = fmt.Sprintf("%s %v %v", name, alpha, beta)
		}
		if i >= direction*perCell {
			names = append(names, name)
			fs = append(fs, func(x *graph.Node) *graph.Node { return f.of(x, alpha, beta) })
		}
	}
	return names, fs
}

// reordered puts the blocks of the first axis of w, of k rows each, into another order.
func reordered(w *graph.Node, k int, order ...int) *graph.Node {
	parts := make([]*graph.Node, len(order))
	for i, b := range order {
		parts[i] = w.Narrow(0, b*k, (b+1)*k)
	}
	return graph.Concatenate(0, parts...)
}

// gates is how many blocks the weights of an operator have, in which order a cell of gorae has them, and the default
// activations.
var gates = map[string]struct {
	order []int
	names []string
}{
	"RNN":  {[]int{0}, []string{"Tanh"}},
	"GRU":  {[]int{0, 1, 2}, []string{"Sigmoid", "Tanh"}},            // z, r, h
	"LSTM": {[]int{0, 2, 3, 1}, []string{"Sigmoid", "Tanh", "Tanh"}}, // i, o, f, c in the file
}

// recurrent runs a cell over the steps in one direction or both.
func recurrent(c *call) []*value {
	x := c.x(0) // [steps, batch, features]
	k := c.int("hidden_size", 0)
	batchFirst := c.int("layout", 0) == 1
	if !batchFirst {
		x = swap(x)
	}
	kind := gates[c.node.op]
	blocks := len(kind.order)
	w, r := c.x(1), c.x(2)
	switch {
	case len(w.Shape) != 3 || len(r.Shape) != 3 || len(x.Shape) != 3 || k < 1 || w.Shape[1] != blocks*k:
		c.fail("has the weights %v and %v for %v, with a hidden_size of %d", w.Shape, r.Shape, x.Shape, k)
	case c.float("clip", 0) != 0:
		c.fail("clips its gates, which gorae does not compute")
	case c.int("input_forget", 0) == 1:
		c.fail("couples its input and forget gates, which gorae does not compute")
	}
	if c.has(7) {
		if p, ok := c.known(c.value(7)); !ok || slices.ContainsFunc(p.V, func(v float64) bool { return v != 0 }) {
			c.fail("has peepholes, which gorae does not compute")
		}
	}
	batch, steps := x.Shape[0], x.Shape[1]
	var mask *graph.Node
	if c.has(4) {
		mask = c.lengthMask(c.x(4), steps)
	}
	directions := w.Shape[0]
	direction := c.text("direction", "forward")
	if directions != map[string]int{"forward": 1, "reverse": 1, "bidirectional": 2}[direction] {
		c.fail("its direction is %q with %d sets of weights", direction, directions)
	}
	state := func(i, d int) *graph.Node {
		if !c.has(i) {
			return c.graph.Scalar(0).Broadcast(batch, k)
		}
		h := c.x(i)
		if batchFirst {
			h = swap(h)
		}
		return h.Narrow(0, d, d+1).Reshape(batch, k)
	}
	var all, last, memory []*graph.Node
	for d := range directions {
		names, fs := c.activations(d, len(kind.names), kind.names...)
		part := func(n *graph.Node) *graph.Node {
			return n.Narrow(0, d, d+1).Reshape(n.Shape[1:]...)
		}
		wi, ri := reordered(part(w), k, kind.order...), reordered(part(r), k, kind.order...)
		var bw, br *graph.Node
		if c.has(3) {
			b := part(c.x(3))
			bw = reordered(b.Narrow(0, 0, blocks*k), k, kind.order...)
			br = reordered(b.Narrow(0, blocks*k, 2*blocks*k), k, kind.order...)
		}
		states := []*graph.Node{state(5, d)}
		var cell *graph.Composite
		fixed := []*graph.Node{ri.Transpose(1, 0)}
		bias := bw
		switch c.node.op {
		case "RNN":
			cell = graph.SimpleRNNCell(graph.CellAttr{Activation: strings.ToLower(names[0])}, fs[0])
		case "GRU":
			a := graph.CellAttr{Activation: strings.ToLower(names[1]), Recurrent: strings.ToLower(names[0]),
				ResetAfter: c.int("linear_before_reset", 0) != 0}
			if a.ResetAfter && br != nil {
				a.RecurrentBias = true
				fixed = append(fixed, br)
			}
			cell = graph.GRUCell(a, fs[1], fs[0])
			if a.RecurrentBias {
				br = nil
			}
		case "LSTM":
			if !strings.EqualFold(names[1], names[2]) {
				c.fail("has the activations %s and %s of the candidate and the output; gorae takes one for both",
					names[1], names[2])
			}
			cell = graph.LSTMCell(graph.CellAttr{Activation: strings.ToLower(names[1]),
				Recurrent: strings.ToLower(names[0])}, fs[1], fs[0])
			states = append(states, state(6, d))
		}
		if bias != nil && br != nil {
			bias = bias.Add(br)
		}
		projected := x.MatMul(wi.Transpose(1, 0))
		if bias != nil {
			projected = projected.Add(bias)
		}
		reverse := direction == "reverse" || d == 1
		ys := graph.ScanOver(cell, states, []*graph.Node{projected}, mask, fixed, reverse)
		end := steps - 1
		if reverse {
			end = 0
		}
		at := func(y *graph.Node) *graph.Node { return y.Narrow(1, end, end+1).Reshape(batch, k) }
		h := ys[0]
		last = append(last, at(h).Reshape(1, batch, k))
		if len(states) > 1 {
			memory = append(memory, at(ys[1]).Reshape(1, batch, k))
		}
		if mask != nil {
			h = h.Mul(mask.Reshape(batch, steps, 1))
		}
		all = append(all, h.Reshape(batch, steps, 1, k))
	}
	y := graph.Concatenate(2, all...) // [batch, steps, directions, k]
	h := graph.Concatenate(0, last...)
	if batchFirst {
		h = swap(h)
	} else {
		y = y.Transpose(1, 2, 0, 3)
	}
	out := []*value{c.like(0, y)[0], c.like(0, h)[0]}
	if memory != nil {
		m := graph.Concatenate(0, memory...)
		if batchFirst {
			m = swap(m)
		}
		out = append(out, c.like(0, m)[0])
	}
	return out
}

// lengthMask is 1 for the steps before the length of each sequence.
func (c *call) lengthMask(lengths *graph.Node, steps int) *graph.Node {
	at := tensor.New(tensor.Float32, 1, steps)
	for i := range steps {
		at.F32[i] = float32(i)
	}
	return c.graph.Const(at).Lt(lengths.Reshape(lengths.Shape.Size(), 1))
}
