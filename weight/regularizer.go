package weight

import (
	"gorae/config"
	"gorae/graph"
)

// Regularizer keeps weights, or the outputs of a layer, small: its penalty is added to the loss.
// One of a user's own is a struct with this method, and Regularizers.RegisterOwn for its name in files.
type Regularizer interface {
	// Penalty is a scalar made of a weight, or of the outputs of a layer.
	Penalty(w *graph.Node) *graph.Node
}

// Regularizers are those that a configuration can name.
var Regularizers = config.NewRegistry[Regularizer]("regularizer", "keras.regularizers")

func init() {
	Regularizers.Register(L1{}, "l1")
	Regularizers.Register(L2{}, "l2")
	Regularizers.RegisterAs("L1L2", L1L2{}, "l1_l2")
	Regularizers.Register(OrthogonalRegularizer{}, "orthogonal_regularizer", "orthogonal")
}

// L1 adds Rate·Σ|w|.
type L1 struct {
	Rate *float64 `keras:"l1,main,default=0.01,min=0"`
}

// Penalty implements Regularizer.
func (r L1) Penalty(w *graph.Node) *graph.Node {
	return L1L2{L1: *config.Filled(r).Rate}.Penalty(w)
}

// L2 adds Rate·Σw².
type L2 struct {
	Rate *float64 `keras:"l2,main,default=0.01,min=0"`
}

// Penalty implements Regularizer.
func (r L2) Penalty(w *graph.Node) *graph.Node {
	return L1L2{L2: *config.Filled(r).Rate}.Penalty(w)
}

// L1L2 adds L1·Σ|w| + L2·Σw².
type L1L2 struct {
	L1 float64 `keras:"l1,min=0"`
	L2 float64 `keras:"l2,min=0"`
}

// Penalty implements Regularizer.
func (r L1L2) Penalty(w *graph.Node) *graph.Node {
	switch {
	case r.L1 == 0 && r.L2 == 0:
		return w.Graph().Scalar(0)
	case r.L1 == 0:
		return w.Square().Sum().MulC(r.L2)
	case r.L2 == 0:
		return w.Abs().Sum().MulC(r.L1)
	}
	return w.Abs().Sum().MulC(r.L1).Add(w.Square().Sum().MulC(r.L2))
}

// OrthogonalRegularizer keeps the rows of a matrix, or with Mode columns its columns, at right angles: Factor times the
// mean of |cos| of the angles between any two of them.
type OrthogonalRegularizer struct {
	Factor *float64 `keras:"factor,main,default=0.01,min=0"`
	Mode   string   `keras:"mode,default=rows,oneof=rows|columns"`
}

// Penalty implements Regularizer.
func (r OrthogonalRegularizer) Penalty(w *graph.Node) *graph.Node {
	r = config.Filled(r)
	if len(w.Shape) != 2 {
		w.Graph().Fail("orthogonal_regularizer",
			"the rows or columns of a matrix are kept orthogonal; the weight has shape %v", w.Shape)
	}
	if r.Mode == "columns" {
		w = w.Transpose(1, 0)
	}
	n := w.Shape[0]
	if n < 2 {
		w.Graph().Fail("orthogonal_regularizer",
			"a single one of the %s has no angle to another; the weight has shape %v", r.Mode, w.Shape)
	}
	w = w.Mul(w.KeepDims(w.Square().Sum(1).MaxC(1e-24).Rsqrt(), 1))
	cosines := w.MatMulT(w, false, true).Mul(offDiagonal(w.Graph(), n))
	return cosines.Abs().Sum().MulC(*r.Factor / float64(n*(n-1)))
}
