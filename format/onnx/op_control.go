package onnx

import (
	"gorae/format/onnx/internal/pb"
	"gorae/graph"
)

func init() {
	add(branch, "If")
	add(loop, "Loop")
	add(scan, "Scan")
}

// body is the graph of an attribute.
func (c *call) body(name string) *block {
	b := c.node.bodies[name]
	if b == nil {
		c.fail("lacks the graph %s", name)
	}
	return b
}

// branch computes one of two graphs, where the condition is known from the shapes.
func branch(c *call) []*value {
	name := "else_branch"
	if c.array(0, "condition").V[0] != 0 {
		name = "then_branch"
	}
	return c.block(c.body(name), map[string]*value{})
}

// mostRounds bounds the rounds of a loop.
const mostRounds = 1 << 14

// loop repeats a graph as long as its condition holds, which has to be known from the shapes: the rounds are laid out
// one behind the other, as those of a recurrent layer.
func loop(c *call) []*value {
	b := c.body("body")
	rounds := mostRounds + 1
	if c.has(0) {
		rounds = int(c.array(0, "number of rounds").V[0])
	}
	on := true
	if c.has(1) {
		on = c.array(1, "condition").V[0] != 0
	}
	carried := make([]*value, max(0, len(c.in)-2))
	copy(carried, c.in[min(2, len(c.in)):])
	if len(b.inputs) != len(carried)+2 || len(b.outputs) < len(carried)+1 {
		c.fail("its body has %d inputs and %d outputs for %d values", len(b.inputs), len(b.outputs), len(carried))
	}
	scanned := make([][]*graph.Node, len(b.outputs)-1-len(carried))
	elems := make([]pb.Elem, len(scanned))
	for i := 0; on && i < rounds; i++ {
		if i == mostRounds {
			c.fail("has more than %d rounds", mostRounds)
		}
		env := map[string]*value{
			b.inputs[0]: {n: c.vector(nil, i), elem: pb.I64},
			b.inputs[1]: {n: c.graph.Scalar(1), elem: pb.Bool},
		}
		for k, v := range carried {
			env[b.inputs[2+k]] = v
		}
		out := c.block(b, env)
		going, ok := c.known(out[0])
		if !ok {
			c.fail("ends by a condition that depends on the data; gorae takes one that is known from the shapes")
		}
		on = going.V[0] != 0
		carried = out[1 : 1+len(carried)]
		for k, v := range out[1+len(carried):] {
			scanned[k], elems[k] = append(scanned[k], v.node()), v.elem
		}
	}
	out := carried
	for k, steps := range scanned {
		if len(steps) == 0 {
			c.fail("has no round, and so no steps for its output %d", len(carried)+k)
		}
		out = append(out, give(elems[k], stacked(steps, 0))...)
	}
	return out
}

// stacked joins nodes along a new axis.
func stacked(xs []*graph.Node, a int) *graph.Node {
	parts := make([]*graph.Node, len(xs))
	for i, x := range same(xs) {
		s := append([]int{}, x.Shape[:a]...)
		parts[i] = x.Reshape(append(append(s, 1), x.Shape[a:]...)...)
	}
	return graph.Concatenate(a, parts...)
}

// scan runs a graph over the steps of sequences.
func scan(c *call) []*value {
	b := c.body("body")
	n := c.int("num_scan_inputs", 0)
	states := len(c.in) - n
	if n < 1 || states < 0 || len(b.inputs) != len(c.in) || len(b.outputs) < states || c.node.opset < 9 {
		c.fail("has %d inputs, %d of them sequences, and a body of %d", len(c.in), n, len(b.inputs))
	}
	at := func(list []int, i int) int {
		if i < len(list) {
			return list[i]
		}
		return 0
	}
	axes, ways := c.ints("scan_input_axes"), c.ints("scan_input_directions")
	steps := -1
	for i := range n {
		x := c.raw(states + i)
		a := c.axis(at(axes, i), len(x.Shape))
		if steps >= 0 && x.Shape[a] != steps {
			c.fail("has sequences of %d and %d steps", steps, x.Shape[a])
		}
		steps = x.Shape[a]
	}
	if steps > mostRounds {
		c.fail("has more than %d rounds", mostRounds)
	}
	carried := append([]*value{}, c.in[:states]...)
	scanned := make([][]*graph.Node, len(b.outputs)-states)
	elems := make([]pb.Elem, len(scanned))
	for t := range steps {
		env := map[string]*value{}
		for k, v := range carried {
			env[b.inputs[k]] = v
		}
		for i := range n {
			x := c.raw(states + i)
			a := c.axis(at(axes, i), len(x.Shape))
			k := t
			if at(ways, i) == 1 {
				k = steps - 1 - t
			}
			s := append(append([]int{}, x.Shape[:a]...), x.Shape[a+1:]...)
			env[b.inputs[states+i]] = c.like(states+i, x.Narrow(a, k, k+1).Reshape(s...))[0]
		}
		out := c.block(b, env)
		carried = out[:states]
		for k, v := range out[states:] {
			scanned[k], elems[k] = append(scanned[k], v.node()), v.elem
		}
	}
	outAxes, outWays := c.ints("scan_output_axes"), c.ints("scan_output_directions")
	out := carried
	for k, xs := range scanned {
		if len(xs) == 0 {
			c.fail("has no steps")
		}
		if at(outWays, k) == 1 {
			for i, j := 0, len(xs)-1; i < j; i, j = i+1, j-1 {
				xs[i], xs[j] = xs[j], xs[i]
			}
		}
		out = append(out, give(elems[k], stacked(xs, c.axis(at(outAxes, k), len(xs[0].Shape)+1)))...)
	}
	return out
}
