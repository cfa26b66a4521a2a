package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.RegisterAs("Activation", Apply{}, "activation")
	Layers.Register(ReLU{})
	Layers.Register(LeakyReLU{})
	Layers.Register(ELU{})
	Layers.Register(PReLU{})
	Layers.Register(Softmax{})
	for _, name := range Activations() {
		if !Layers.Has(name) {
			Layers.Short(name, Apply{Activation: Activation(name)})
		}
	}
}

// Apply is Keras's layer Activation: it applies a function to each element. In an
// experiment file the function's name alone is enough: `- tanh`.
type Apply struct {
	Base
	_          struct{}   `keras:"dtype~float32"`
	Activation Activation `keras:"activation,main,required"`
}

// Call implements Layer.
func (l Apply) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{l.Activation.Apply(float(one(s, x)))}
}

// Traits implements Described.
func (l Apply) Traits() Traits {
	t := Elementwise()
	t.Activation = Activation(l.Activation.word())
	return t
}

// ReLU is min(x, MaxValue) where x > Threshold, else NegativeSlope·(x − Threshold).
type ReLU struct {
	Base
	_             struct{} `keras:"dtype~float32"`
	MaxValue      *float64 `keras:"max_value,min=0"`
	NegativeSlope float64  `keras:"negative_slope,min=0"`
	Threshold     float64  `keras:"threshold,min=0"`
}

// Call implements Layer.
func (l ReLU) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	y := in.Relu()
	if l.NegativeSlope != 0 || l.Threshold != 0 {
		below := in.Graph().Scalar(0)
		switch {
		case l.NegativeSlope != 0 && l.Threshold == 0:
			below = in.MulC(l.NegativeSlope)
		case l.NegativeSlope != 0: // the gradient at the threshold is 0, as in Keras
			below = in.Neg().AddC(l.Threshold).Relu().MulC(-l.NegativeSlope)
		}
		y = in.Gt(in.Graph().Scalar(l.Threshold)).Where(in, below)
	}
	if l.MaxValue != nil {
		y = y.MinC(*l.MaxValue)
	}
	return []*graph.Node{y}
}

// Traits implements Described.
func (ReLU) Traits() Traits { return Elementwise() }

// LeakyReLU is x where x ≥ 0, else NegativeSlope·x.
type LeakyReLU struct {
	Base
	_             struct{} `keras:"dtype~float32"`
	NegativeSlope *float64 `keras:"negative_slope,main,default=0.3,older=alpha"` // alpha: Keras 1 and 2
}

// Call implements Layer.
func (l LeakyReLU) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{float(one(s, x)).LeakyRelu(*config.Filled(l).NegativeSlope)}
}

// Traits implements Described.
func (LeakyReLU) Traits() Traits { return Elementwise() }

// ELU is x where x > 0, else Alpha·(eˣ − 1).
type ELU struct {
	Base
	_     struct{} `keras:"dtype~float32"`
	Alpha *float64 `keras:"alpha,main,default=1"`
}

// Call implements Layer.
func (l ELU) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{float(one(s, x)).Elu(*config.Filled(l).Alpha)}
}

// Traits implements Described.
func (ELU) Traits() Traits { return Elementwise() }

// PReLU is x where x > 0, else α·x with a weight α for each feature, or one for
// all along the SharedAxes (He, Zhang, Ren and Sun, 2015).
type PReLU struct {
	Base
	_                struct{}           `keras:"dtype~float32"`
	Alpha            weight.Initializer `keras:"alpha_initializer,default=zeros"`
	AlphaRegularizer weight.Regularizer `keras:"alpha_regularizer"`
	AlphaConstraint  weight.Constraint  `keras:"alpha_constraint"`
	SharedAxes       []int              `keras:"shared_axes,min=1,what=feature axis"`
}

// shape returns the shape of α for samples of the given shape.
func (l PReLU) shape(s *Scope, in *graph.Node) []int {
	shape := tensor.Shape(in.Shape[1:]).Clone()
	for _, a := range l.SharedAxes {
		shape[axis(s, in, a)-1] = 1
	}
	return shape
}

// Call implements Layer.
func (l PReLU) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	alpha := s.Weight("alpha", l.shape(s, in), initial(l.Alpha, weight.Zeros{}), l.AlphaRegularizer, l.AlphaConstraint)
	return []*graph.Node{in.Relu().Sub(in.Neg().Relu().Mul(alpha))}
}

// Traits implements Described.
func (l PReLU) Traits() Traits {
	t := Elementwise()
	if !slices.Contains(l.SharedAxes, 1) { // each step has slopes of its own
		t.Steps = AcrossSteps
	}
	return t
}

// Formula implements Formulator.
func (l PReLU) Formula(in, out []tensor.Shape) string {
	s := in[0].Clone()
	for _, a := range l.SharedAxes {
		if a >= 1 && a <= len(s) {
			s[a-1] = 1
		}
	}
	return fmt.Sprintf("one slope for each of %s = %s", s, Thousands(s.Size()))
}

// Softmax is eˣ/Σeˣ along Axis, or over several axes. With the argument mask, which repeats to x's shape, elements
// where the mask is 0 (0.5 or less) do not count and become 0.
type Softmax struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Axis []int    `keras:"axis,main,default=-1,lone"`
}

// Signature implements Called.
func (Softmax) Signature() Signature {
	return Signature{Inputs: []string{"inputs"}, Named: []string{"mask"}}
}

// Call implements Layer.
func (l Softmax) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	var axes []int
	for _, a := range config.Filled(l).Axis {
		axes = append(axes, axis(s, in, a))
	}
	mask := s.Argument("mask")
	if mask != nil {
		full, err := graph.BroadcastShapes(mask.Shape, in.Shape)
		if err != nil || !full.Equal(in.Shape) {
			s.Fail("the mask %v does not repeat to %v", mask.Shape, in.Shape)
		}
		mask = float(mask).Gt(s.Graph.Scalar(0.5)).StopGradient()
		in = mask.Where(in, s.Graph.Scalar(-1e9))
	}
	y := softmaxOver(in, axes)
	if mask != nil {
		y = mask.Where(y, s.Graph.Scalar(0))
		s.SetMask(y, mask)
	}
	return []*graph.Node{y}
}

// softmaxOver returns the softmax over axes, as over one axis behind the others.
func softmaxOver(x *graph.Node, axes []int) *graph.Node {
	if len(axes) == 1 {
		return x.Softmax(axes[0])
	}
	var perm []int
	for a := range x.Shape {
		if !slices.Contains(axes, a) {
			perm = append(perm, a)
		}
	}
	rest := len(perm)
	perm = append(perm, axes...)
	back := make([]int, len(perm))
	for i, p := range perm {
		back[p] = i
	}
	y := x.Transpose(perm...)
	return y.Reshape(append(y.Shape[:rest].Clone(), -1)...).Softmax(-1).Reshape(y.Shape...).Transpose(back...)
}

// Traits implements Described.
func (l Softmax) Traits() Traits {
	t := Elementwise()
	t.Steps, t.Activation = along(config.Filled(l).Axis...), "softmax"
	return t
}
