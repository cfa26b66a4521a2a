package graph

import (
	"fmt"

	"gorae/tensor"
)

// The composites that networks are made of. Kernels know them by their names; each body is
// the definition.

// last makes axis the last one of x, and gives the way back.
func (x *Node) last(op string, axis int) (y *Node, back func(*Node) *Node) {
	n := len(x.Shape)
	axis = x.axes(op, []int{axis})[0]
	if axis == n-1 {
		return x, func(y *Node) *Node { return y }
	}
	perm := make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	perm[axis], perm[n-1] = n-1, axis
	return x.Transpose(perm...), func(y *Node) *Node { return y.Transpose(perm...) }
}

func (x *Node) keepLast(op func(x *Node) *Node) *Node {
	y := op(x)
	return y.Reshape(append(y.Shape.Clone(), 1)...)
}

func sumLast(x *Node) *Node { return x.keepLast(func(x *Node) *Node { return x.Sum(-1) }) }
func maxLast(x *Node) *Node {
	return x.keepLast(func(x *Node) *Node { return x.ReduceMax(-1) }).StopGradient()
}

var softmax = &Composite{
	Name: "softmax",
	Body: func(x []*Node) []*Node {
		e := x[0].Sub(maxLast(x[0])).Exp()
		return []*Node{e.Div(sumLast(e))}
	},
	Backward: func(y, dy []*Node) []*Node { return Compose(softmaxGrad, dy[0], y[0]) },
}

var softmaxGrad = &Composite{
	Name: "softmax_grad",
	Body: func(x []*Node) []*Node {
		dy, y := x[0], x[1]
		return []*Node{dy.Sub(sumLast(dy.Mul(y))).Mul(y)}
	},
}

// Softmax returns eˣ/Σeˣ along the axis: positive numbers whose sum is 1.
func (x *Node) Softmax(axis int) *Node {
	y, back := x.last("softmax", axis)
	return back(Compose(softmax, y)[0])
}

// SoftmaxLogits gives z if x is the softmax of z along the last axis: losses work
// with z, which keeps digits that x has lost.
func (x *Node) SoftmaxLogits() (*Node, bool) {
	if x = x.unnamed(); x.Call.Op == softmax {
		return x.Call.In[0], true
	}
	return nil, false
}

// SigmoidLogits gives z if x is the sigmoid of z.
func (x *Node) SigmoidLogits() (*Node, bool) {
	x = x.unnamed()
	if o, ok := x.Call.Op.(Elem); ok && o.Kind == Sigmoid {
		return x.Call.In[0], true
	}
	return nil, false
}

// unnamed returns x without the names put on it.
func (x *Node) unnamed() *Node {
	for {
		if _, ok := x.Call.Op.(identity); !ok {
			return x
		}
		x = x.Call.In[0]
	}
}

var logSumExp = &Composite{
	Name: "logsumexp",
	Body: func(x []*Node) []*Node {
		m := maxLast(x[0])
		s := x[0].Sub(m).Exp().Sum(-1)
		return []*Node{s.Log().Add(m.Reshape(s.Shape...))}
	},
	Backward: func(y, dy []*Node) []*Node {
		x := y[0].Call.In[0]
		col := append(dy[0].Shape.Clone(), 1)
		return []*Node{Compose(softmax, x)[0].Mul(dy[0].Reshape(col...))}
	},
}

// LogSumExp returns ln Σeˣ over the axes, over all without any, without overflow.
func (x *Node) LogSumExp(axes ...int) *Node {
	axes = x.axes("logsumexp", axes)
	var order, shape []int
	n := 1
	for a, d := range x.Shape {
		if len(axes) > 0 && contains(axes, a) {
			n *= d
			continue
		}
		order, shape = append(order, a), append(shape, d)
	}
	y := x.Transpose(append(order, axes...)...)
	return Compose(logSumExp, y.Reshape(append(shape, n)...))[0]
}

func contains(s []int, v int) bool {
	for _, x := range s {
		if x == v {
			return true
		}
	}
	return false
}

var logSoftmax = &Composite{
	Name: "log_softmax",
	Body: func(x []*Node) []*Node {
		d := x[0].Sub(maxLast(x[0]))
		return []*Node{d.Sub(sumLast(d.Exp()).Log())}
	},
	Backward: func(y, dy []*Node) []*Node { return []*Node{dy[0].Sub(y[0].Exp().Mul(sumLast(dy[0])))} },
}

// LogSoftmax returns ln softmax(x) along the axis.
func (x *Node) LogSoftmax(axis int) *Node {
	y, back := x.last("log_softmax", axis)
	return back(Compose(logSoftmax, y)[0])
}

var sparseCrossEntropy = &Composite{
	Name: "sparse_cross_entropy",
	Body: func(x []*Node) []*Node {
		return []*Node{Compose(logSumExp, x[0])[0].Sub(x[0].Pick(x[1]))}
	},
	Backward: func(y, dy []*Node) []*Node {
		x := y[0].Call.In
		return []*Node{Compose(sparseCrossEntropyGrad, x[0], x[1], dy[0])[0], nil}
	},
}

var sparseCrossEntropyGrad = &Composite{
	Name: "sparse_cross_entropy_grad",
	Body: func(x []*Node) []*Node {
		logits, ids, d := x[0], x[1], x[2]
		n := logits.Shape[len(logits.Shape)-1]
		col := append(d.Shape.Clone(), 1)
		return []*Node{Compose(softmax, logits)[0].Sub(ids.OneHot(n)).Mul(d.Reshape(col...))}
	},
}

// SparseCrossEntropy returns −ln softmax(x)[id] for each row of logits x [..., n] and id of ids [...]. An id outside of
// 0..n−1 gives NaN.
func (x *Node) SparseCrossEntropy(ids *Node) *Node {
	return Compose(sparseCrossEntropy, x, ids)[0]
}

// CrossEntropy returns −Σ t·ln softmax(x) for each row of logits x [..., n] and of probabilities t [..., n].
func (x *Node) CrossEntropy(t *Node) *Node {
	return x.LogSoftmax(-1).Mul(t).Sum(-1).Neg()
}

// BinaryCrossEntropy returns −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) for each element, as max(x, 0) − x·t + ln(1 + e^−|x|),
// which does not overflow.
func (x *Node) BinaryCrossEntropy(t *Node) *Node {
	return x.Softplus().Sub(x.Mul(t))
}

// BatchNormAttr holds the constant of a batch normalisation.
type BatchNormAttr struct{ Epsilon float64 }

func batchNorm(eps float64) *Composite {
	return &Composite{
		Name: "batch_norm", Attr: BatchNormAttr{eps},
		Body: func(x []*Node) []*Node {
			rows := make([]int, len(x[0].Shape)-1)
			for i := range rows {
				rows[i] = i
			}
			mean := x[0].Mean(rows...)
			d := x[0].Sub(mean)
			variance := d.Square().Mean(rows...)
			return []*Node{d.Mul(variance.AddC(eps).Rsqrt().Mul(x[1])).Add(x[2]), mean, variance}
		},
		Backward: func(y, dy []*Node) []*Node {
			if dy[0] == nil || dy[1] != nil || dy[2] != nil {
				return nil // the moments are used too: differentiate the body
			}
			x := y[0].Call.In
			return Compose(batchNormGrad(eps), dy[0], x[0], x[1], y[1], y[2])
		},
	}
}

func batchNormGrad(eps float64) *Composite {
	return &Composite{
		Name: "batch_norm_grad", Attr: BatchNormAttr{eps},
		Body: func(v []*Node) []*Node {
			dy, x, gamma, mean, variance := v[0], v[1], v[2], v[3], v[4]
			rows := make([]int, len(x.Shape)-1)
			n := 1
			for i := range rows {
				rows[i] = i
				n *= x.Shape[i]
			}
			inv := variance.AddC(eps).Rsqrt()
			xhat := x.Sub(mean).Mul(inv)
			dbeta := dy.Sum(rows...)
			dgamma := dy.Mul(xhat).Sum(rows...)
			k := float64(max(n, 1))
			dx := dy.Sub(dbeta.DivC(k)).Sub(xhat.Mul(dgamma.DivC(k))).Mul(inv.Mul(gamma))
			return []*Node{dx, dgamma, dbeta}
		},
	}
}

// BatchNorm returns γ·(x − mean)/√(var + ε) + β, where mean and (biased) variance of each channel (the last axis) are
// taken over the batch. It returns the mean and the variance too.
func (x *Node) BatchNorm(gamma, beta *Node, epsilon float64) (y, mean, variance *Node) {
	if len(x.Shape) < 2 {
		x.Graph().Fail("batch_norm", "needs a batch of features, got %v", x.Type)
	}
	gamma.Check("batch_norm: gamma", x.Shape[len(x.Shape)-1])
	beta.Check("batch_norm: beta", x.Shape[len(x.Shape)-1])
	out := Compose(batchNorm(epsilon), x, gamma, beta)
	return out[0], out[1], out[2]
}

// LayerNormAttr holds the constant of a layer normalisation.
type LayerNormAttr struct{ Epsilon float64 }

// layerNorm takes x [..., n], gamma and beta [n]; it returns y, and the mean and 1/√(variance + ε) of each row [...].
func layerNorm(eps float64) *Composite {
	return &Composite{
		Name: "layer_norm", Attr: LayerNormAttr{eps},
		Body: func(x []*Node) []*Node {
			mean := x[0].Mean(-1)
			d := x[0].Sub(mean.Reshape(append(mean.Shape.Clone(), 1)...))
			inv := d.Square().Mean(-1).AddC(eps).Rsqrt()
			return []*Node{d.Mul(inv.Reshape(append(inv.Shape.Clone(), 1)...)).Mul(x[1]).Add(x[2]), mean, inv}
		},
		Backward: func(y, dy []*Node) []*Node {
			if dy[0] == nil || dy[1] != nil || dy[2] != nil {
				return nil // the moments are used too: differentiate the body
			}
			x := y[0].Call.In
			return Compose(layerNormGrad, dy[0], x[0], x[1], y[1], y[2])
		},
	}
}

// layerNormGrad returns dx, dgamma and dbeta. With x̂ = (x − mean)·inv and g = dy·gamma, dx is
// inv·(g − mean(g) − x̂·mean(g·x̂)) in each row.
var layerNormGrad = &Composite{
	Name: "layer_norm_grad",
	Body: func(v []*Node) []*Node {
		dy, x, gamma := v[0], v[1], v[2]
		rows := make([]int, len(x.Shape)-1)
		for i := range rows {
			rows[i] = i
		}
		col := append(v[3].Shape.Clone(), 1)
		mean, inv := v[3].Reshape(col...), v[4].Reshape(col...)
		each := func(x *Node) *Node { return x.Mean(-1).Reshape(col...) }
		xhat, g := x.Sub(mean).Mul(inv), dy.Mul(gamma)
		dx := g.Sub(each(g)).Sub(xhat.Mul(each(g.Mul(xhat)))).Mul(inv)
		over := func(x *Node) *Node {
			if len(rows) == 0 {
				return x
			}
			return x.Sum(rows...)
		}
		return []*Node{dx, over(dy.Mul(xhat)), over(dy)}
	},
}

// LayerNorm returns γ·(x − mean)/√(variance + ε) + β, where mean and (biased) variance of each sample are taken over
// the axes, the last one without any. γ and β have a number for each element of those axes, in order; nil is 1 and 0.
func (x *Node) LayerNorm(gamma, beta *Node, epsilon float64, axes ...int) *Node {
	if len(axes) == 0 {
		axes = []int{-1}
	}
	axes = x.axes("layer_norm", axes)
	n := 1
	var order, shape []int
	for a, d := range x.Shape {
		if contains(axes, a) {
			n *= d
			continue
		}
		order, shape = append(order, a), append(shape, d)
	}
	row := func(name string, of *Node, without float64) *Node {
		if of == nil {
			return x.Graph().Scalar(without).Broadcast(n)
		}
		if of.Shape.Size() != n {
			x.Graph().Fail("layer_norm", "%s of %v does not fill the axes %v of %v", name, of.Shape, axes, x.Shape)
		}
		return of.Reshape(n)
	}
	order = append(order, axes...)
	y := x.Transpose(order...)
	moved := y.Shape
	y = Compose(layerNorm(epsilon), y.Reshape(append(shape, n)...), row("gamma", gamma, 1), row("beta", beta, 0))[0]
	back := make([]int, len(order))
	for i, a := range order {
		back[a] = i
	}
	return y.Reshape(moved...).Transpose(back...)
}

// Gelu returns x·Φ(x), Φ the standard normal distribution function; approximate by 0.5x(1 + tanh(√(2/π)(x +
// 0.044715x³))) if asked (Hendrycks and Gimpel, 2016).
func (x *Node) Gelu(approximate bool) *Node {
	if approximate {
		t := x.Add(x.Mul(x.Square()).MulC(0.044715)).MulC(0.7978845608028654).Tanh()
		return x.MulC(0.5).Mul(t.AddC(1))
	}
	return x.MulC(0.5).Mul(x.MulC(0.7071067811865476).Erf().AddC(1))
}

// Elu returns x where x > 0, else alpha·(eˣ − 1).
func (x *Node) Elu(alpha float64) *Node {
	// The branch not taken is e⁰ − 1: a large x must not overflow there, and at 0 the slope is alpha, where that of a
	// minimum would be half of it.
	zero := x.Graph().Scalar(0)
	pos := x.Gt(zero)
	return pos.Where(x, pos.Where(zero, x).Expm1().MulC(alpha))
}

// LeakyRelu returns x where x > 0, else slope·x; at 0 its gradient is slope, as in Keras and PyTorch.
func (x *Node) LeakyRelu(slope float64) *Node {
	return x.Gt(x.Graph().Scalar(0)).Where(x, x.MulC(slope))
}

// AsFloat returns x as float32: class ids and masks become numbers.
func (x *Node) AsFloat() *Node { return x.Cast(tensor.Float32) }

// Check fails the trace when x is not of the shape; −1 matches any extent.
func (x *Node) Check(what string, shape ...int) {
	ok := len(shape) == len(x.Shape)
	for i := 0; ok && i < len(shape); i++ {
		ok = shape[i] < 0 || shape[i] == x.Shape[i]
	}
	if !ok {
		x.Graph().Fail(what, "got shape %v, want %v", x.Shape, fmt.Sprint(shape))
	}
}
