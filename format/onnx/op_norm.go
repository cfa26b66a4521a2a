package onnx

import (
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	o := add(batchNorm, "BatchNormalization")
	o.weights, o.states = []int{1, 2}, []int{3, 4}
	add(layerNorm, "LayerNormalization").weights = []int{1, 2}
	add(func(c *call) []*value {
		x := c.x(0)
		a := c.axis(c.int("axis", -1), len(x.Shape))
		var axes []int
		for ; a < len(x.Shape); a++ {
			axes = append(axes, a)
		}
		ms := x.KeepDims(x.Square().Mean(axes...), axes...)
		return c.like(0, x.Div(ms.AddC(c.float("epsilon", 1e-5)).Sqrt()).Mul(c.x(1)))
	}, "RMSNormalization").weights = []int{1}
	add(func(c *call) []*value {
		x := c.x(0)
		return c.like(0, groupNorm(c, x, x.Shape[1], false))
	}, "InstanceNormalization").weights = []int{1, 2}
	add(func(c *call) []*value {
		x := c.x(0)
		return c.like(0, groupNorm(c, x, c.int("num_groups", 1), c.node.opset < 21))
	}, "GroupNormalization").weights = []int{1, 2}
	add(localResponse, "LRN")
}

// batchNorm is γ·(x − μ)/√(σ² + ε) + β of each channel, by the means and variances of the file; in a training by those
// of the batch, which move them.
func batchNorm(c *call) []*value {
	if c.int("training_mode", 0) == 1 {
		c.fail("is in training mode; export the model for inference")
	}
	if c.int("spatial", 1) == 0 {
		c.fail("has a mean for each place (spatial is 0), which gorae does not compute")
	}
	v := c.value(0)
	var x *graph.Node
	spatial := len(v.shape()) > 2
	if spatial {
		x = v.channelsLast().AsFloat()
	} else {
		x = v.node().AsFloat()
	}
	gamma, beta, mean, variance := c.x(1), c.x(2), c.x(3), c.x(4)
	eps := c.float("epsilon", 1e-5)
	var y *graph.Node
	state := func(name string) bool {
		k := c.constants[name]
		return k != nil && k.role == stateRole
	}
	if c.scope.Training && state(c.node.inputs[3]) && state(c.node.inputs[4]) && len(x.Shape) > 1 {
		momentum := c.float("momentum", .9)
		var m, s *graph.Node
		y, m, s = x.BatchNorm(gamma, beta, eps)
		n := float64(x.Shape.Size() / max(1, x.Shape[len(x.Shape)-1]))
		c.scope.Update(mean, mean.MulC(momentum).Add(m.MulC(1-momentum)))
		c.scope.Update(variance, variance.MulC(momentum).Add(s.MulC((1-momentum)*n/max(1, n-1))))
	} else {
		scale := gamma.Div(variance.AddC(eps).Sqrt())
		y = x.Mul(scale).Add(beta.Sub(mean.Mul(scale)))
	}
	if spatial {
		return []*value{{last: y, elem: v.elem}}
	}
	return c.like(0, y)
}

// layerNorm is taken over the axes from the given one on.
func layerNorm(c *call) []*value {
	x := c.x(0)
	a := c.axis(c.int("axis", -1), len(x.Shape))
	eps := c.float("epsilon", 1e-5)
	more := false
	for i, name := range c.node.outputs {
		more = more || i > 0 && name != ""
	}
	if a == len(x.Shape)-1 && !more {
		n := x.Shape[a]
		gamma := c.x(1).Broadcast(n)
		beta := c.graph.Scalar(0).Broadcast(n)
		if c.has(2) {
			beta = c.x(2).Broadcast(n)
		}
		return c.like(0, x.LayerNorm(gamma, beta, eps, -1))
	}
	var axes []int
	for b := a; b < len(x.Shape); b++ {
		axes = append(axes, b)
	}
	mean := x.KeepDims(x.Mean(axes...), axes...)
	inv := x.KeepDims(x.Variance(axes...), axes...).AddC(eps).Sqrt().Recip()
	y := x.Sub(mean).Mul(inv).Mul(c.x(1))
	if c.has(2) {
		y = y.Add(c.x(2))
	}
	return []*value{c.like(0, y)[0], c.like(0, mean)[0], c.like(0, inv)[0]}
}

// groupNorm takes mean and variance of each group of channels of a sample.
func groupNorm(c *call, x *graph.Node, groups int, perGroup bool) *graph.Node {
	n, ch := x.Shape[0], x.Shape[1]
	if groups < 1 || ch%groups != 0 {
		c.fail("has %d groups of %d channels", groups, ch)
	}
	g := x.Reshape(n, groups, x.Shape.Size()/max(1, n*groups))
	mean, variance := g.KeepDims(g.Mean(-1), -1), g.KeepDims(g.Variance(-1), -1)
	y := g.Sub(mean).Div(variance.AddC(c.float("epsilon", 1e-5)).Sqrt())
	channel := make(tensor.Shape, len(x.Shape)-1)
	for i := range channel {
		channel[i] = 1
	}
	gamma, beta := c.x(1), c.x(2)
	if perGroup && gamma.Shape.Size() == groups && groups != ch { // until version 20 one number for each group
		spread := func(v *graph.Node) *graph.Node {
			return v.Reshape(groups, 1).Broadcast(groups, ch/groups).Reshape(ch)
		}
		gamma, beta = spread(gamma), spread(beta)
	}
	channel[0] = ch
	return y.Reshape(x.Shape...).Mul(gamma.Reshape(channel...)).Add(beta.Reshape(channel...))
}

// localResponse divides by a power of the squares of the channels around.
func localResponse(c *call) []*value {
	x := c.x(0)
	size := c.int("size", 1)
	if size < 1 || size > mostParts || len(x.Shape) < 2 {
		c.fail("has a size of %d for %v", size, x.Shape)
	}
	lo, hi := make([]int, len(x.Shape)), make([]int, len(x.Shape))
	lo[1], hi[1] = (size-1)/2, size/2
	sq := x.Square().Pad(lo, hi, 0)
	sum := sq.Narrow(1, 0, x.Shape[1])
	for i := 1; i < size; i++ {
		sum = sum.Add(sq.Narrow(1, i, i+x.Shape[1]))
	}
	base := sum.MulC(c.float("alpha", 1e-4) / float64(size)).AddC(c.float("bias", 1))
	return c.like(0, x.Div(base.Pow(c.graph.Scalar(c.float("beta", .75)))))
}
