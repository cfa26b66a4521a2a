package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(Normalization{}) }

// Normalization is y = (x − μ)/max(σ, 10⁻⁷), by means μ and variances σ² that were found before the training: given as
// Mean and Variance, which [Normalization.Adapted] computes, or states of the layer, as a file of Keras's has them
// after adapt. Axis are the axes with a mean for each place, null a single mean of all numbers. Invert is the way back,
// μ + x·max(σ, 10⁻⁷), which brings outputs into the units of a target. In an experiment file the features of data are
// scaled by the keys below data, without a layer.
type Normalization struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Axis []int    `keras:"axis,default=-1"`
	// Mean are the means: one number, or one for each place along Axis.
	Mean Numbers `keras:"mean"`
	// Variance are the squared standard deviations, as many as there are means.
	Variance Numbers `keras:"variance"`
	// Invert takes the numbers back to where they came from.
	Invert bool `keras:"invert"`
}

// Check tests that means and variances go together.
func (l Normalization) Check() error {
	if m, v := l.Mean, l.Variance; m.IsZero() != v.IsZero() || !m.Shape.Equal(v.Shape) {
		return config.Errorf("variance", "there are %d means and %d variances", len(m.Values), len(v.Values)).
			Fix("give as many, or none of both").Coded(config.Conflict)
	}
	return nil
}

// kept lists the axes with a mean for each place, sorted, and the extents of x there and 1 elsewhere.
func (l Normalization) kept(s *Scope, x tensor.Shape) (axes []int, spread tensor.Shape) {
	spread = make(tensor.Shape, len(x))
	for i := range spread {
		spread[i] = 1
	}
	if l.Axis == nil {
		l = config.Filled(l)
	}
	for _, a := range l.Axis {
		if a < 0 {
			a += len(x)
		}
		if a < 1 || a >= len(x) {
			s.Fail("axis: there is no axis %d in %v; the sample axis is 0", a, Features(x))
		}
		if !slices.Contains(axes, a) {
			axes, spread[a] = append(axes, a), x[a]
		}
	}
	slices.Sort(axes)
	return axes, spread
}

// Call implements Layer.
func (l Normalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	axes, spread := l.kept(s, in.Shape)
	var mean, variance *graph.Node
	if l.Mean.IsZero() {
		shape := make([]int, len(axes))
		for i, a := range axes {
			shape[i] = in.Shape[a]
		}
		mean = s.State("mean", shape, weight.Zeros{}).Reshape(spread...)
		variance = s.State("variance", shape, weight.Ones{}).Reshape(spread...)
		s.State("count", []int{}, weight.Zeros{})
	} else {
		mean, variance = l.Mean.along(s, "mean", axes, in.Shape), l.Variance.along(s, "variance", axes, in.Shape)
	}
	deviation := variance.Sqrt().MaxC(kerasEpsilon)
	if l.Invert {
		return []*graph.Node{in.Mul(deviation).Add(mean)}
	}
	return []*graph.Node{in.Sub(mean).Div(deviation)}
}

// along is the numbers as a constant with the axes of x, the last of them along the last of axes.
func (n Numbers) along(s *Scope, key string, axes []int, x tensor.Shape) *graph.Node {
	own := n.Shape
	for len(own) > len(axes) && own[0] == 1 { // Keras 2 wrote the axis of the samples too
		own = own[1:]
	}
	if len(own) > len(axes) {
		s.Fail("%s: an array of shape %v is given for %d axes", key, n.Shape, len(axes))
	}
	shape := make(tensor.Shape, len(x))
	for i := range shape {
		shape[i] = 1
	}
	for i, d := range own {
		a := axes[len(axes)-len(own)+i]
		if d != 1 && d != x[a] {
			s.Fail("%s: %d numbers are given for the %d places along axis %d", key, d, x[a], a)
		}
		shape[a] = d
	}
	t := tensor.New(tensor.Float32, shape...)
	for i, v := range n.Values {
		t.F32[i] = float32(v)
	}
	return s.Graph.Const(t)
}

// Adapted is the layer with the means and variances of x [samples, …].
func (l Normalization) Adapted(x *tensor.Tensor) (Normalization, error) {
	var axes []int
	var spread tensor.Shape
	if err := graph.Catch(func() {
		axes, spread = l.kept(NewScope(NewTrace(false), weight.NewStore(), true), x.Shape)
	}); err != nil {
		return l, Cause(err)
	}
	values := graph.ArrayOf(x).V
	if len(values) == 0 {
		return l, fmt.Errorf("there are no samples to adapt to")
	}
	n := spread.Size()
	mean, square := make([]float64, n), make([]float64, n)
	per := float64(len(values) / n)
	place := places(x.Shape, spread)
	for i, v := range values {
		mean[place(i)] += v / per
	}
	for i, v := range values {
		d := v - mean[place(i)]
		square[place(i)] += d * d / per
	}
	shape := tensor.Shape{}
	for _, a := range axes {
		shape = append(shape, x.Shape[a])
	}
	l.Mean, l.Variance = Numbers{shape, mean}, Numbers{shape, square}
	return l, nil
}

// places returns where element i of an array lies in one with the extent 1 along some of its axes.
func places(shape, spread tensor.Shape) func(i int) int {
	return func(i int) int {
		at, step := 0, 1
		for a := len(shape) - 1; a >= 0; a-- {
			if spread[a] > 1 {
				at += i % shape[a] * step
				step *= spread[a]
			}
			i /= shape[a]
		}
		return at
	}
}

// Traits implements Described.
func (l Normalization) Traits() Traits {
	t := Elementwise()
	t.Steps = along(config.Filled(l).Axis...)
	return t
}
