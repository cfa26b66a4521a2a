package weight

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

// Constraint brings a weight back into a set of allowed values after each step of training, within the same compiled
// step. One of a user's own is a struct with this method, and Constraints.RegisterOwn for its name in files.
type Constraint interface {
	// Project is the allowed weight next to w, of the same shape.
	Project(w *graph.Node) *graph.Node
}

// Constraints are those that a configuration can name.
var Constraints = config.NewRegistry[Constraint]("constraint", "keras.constraints")

func init() {
	Constraints.Register(MaxNorm{}, "max_norm")
	Constraints.Register(MinMaxNorm{}, "min_max_norm")
	Constraints.Register(NonNeg{}, "non_neg")
	Constraints.Register(UnitNorm{}, "unit_norm")
}

// kerasEpsilon is Keras's backend.epsilon.
const kerasEpsilon = 1e-7

// norms returns the Euclidean length of w along axes, which are kept with extent 1. Negative axes count from the end.
func norms(w *graph.Node, axes []int) *graph.Node {
	at := make([]int, len(axes))
	for i, a := range axes {
		if at[i] = a; a < 0 {
			at[i] += len(w.Shape)
		}
		if at[i] < 0 || at[i] >= len(w.Shape) {
			w.Graph().Fail("constraint", "there is no axis %d in a weight of shape %v", a, w.Shape)
		}
	}
	return w.KeepDims(w.Square().Sum(at...), at...).Sqrt()
}

// MaxNorm brings each vector along Axis that is longer than MaxValue to this length. Axis 0 of a Dense kernel [in, out]
// are the weights of a node; those of a filter of a Conv2D lie along 0, 1, 2.
type MaxNorm struct {
	MaxValue *float64 `keras:"max_value,main,default=2,min=0"`
	Axis     []int    `keras:"axis,default=0,lone"`
}

// Project implements Constraint: w·min(|w|, MaxValue)/(10⁻⁷ + |w|).
func (c MaxNorm) Project(w *graph.Node) *graph.Node {
	c = config.Filled(c)
	n := norms(w, c.Axis)
	return w.Mul(n.Clip(0, *c.MaxValue).Div(n.AddC(kerasEpsilon)))
}

// MinMaxNorm brings the length of each vector along Axis between MinValue and MaxValue, by the share Rate of the way.
type MinMaxNorm struct {
	MinValue float64  `keras:"min_value,min=0"`
	MaxValue *float64 `keras:"max_value,main,default=1,min=0"`
	Rate     *float64 `keras:"rate,default=1,min=0,max=1"`
	Axis     []int    `keras:"axis,default=0,lone"`
}

// Project implements Constraint: w·(Rate·clip(|w|) + (1 − Rate)·|w|)/(10⁻⁷ + |w|).
func (c MinMaxNorm) Project(w *graph.Node) *graph.Node {
	c = config.Filled(c)
	n := norms(w, c.Axis)
	wanted := n.Clip(c.MinValue, *c.MaxValue).MulC(*c.Rate).Add(n.MulC(1 - *c.Rate))
	return w.Mul(wanted.Div(n.AddC(kerasEpsilon)))
}

// NonNeg sets negative weights to 0.
type NonNeg struct{}

// Project implements Constraint.
func (NonNeg) Project(w *graph.Node) *graph.Node { return w.MaxC(0) }

// UnitNorm brings each vector along Axis to length 1.
type UnitNorm struct {
	Axis []int `keras:"axis,main,default=0,lone"`
}

// Project implements Constraint: w/(10⁻⁷ + |w|).
func (c UnitNorm) Project(w *graph.Node) *graph.Node {
	c = config.Filled(c)
	return w.Div(norms(w, c.Axis).AddC(kerasEpsilon))
}

// offDiagonal returns a matrix of ones with zeros on its diagonal.
func offDiagonal(g *graph.Graph, n int) *graph.Node {
	t := tensor.New(tensor.Float32, n, n)
	for i := range t.F32 {
		if i/n != i%n {
			t.F32[i] = 1
		}
	}
	return g.Const(t)
}
