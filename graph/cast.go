package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Cast changes the type of the elements. To an integer it truncates towards 0, takes what
// is beyond the type's range to its end, and NaN to 0.
type Cast struct{ To tensor.DType }

func (o Cast) String() string { return "cast(" + o.To.String() + ")" }

// Infer keeps the shape.
func (o Cast) Infer(x []Type) ([]Type, error) {
	if o.To > tensor.Uint8 {
		return nil, fmt.Errorf("%v is no type", o.To)
	}
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	return []Type{{o.To, x[0].Shape}}, nil
}

// Grad flows between floats only.
func (o Cast) Grad(y, dy []*Node) []*Node {
	if y[0].Call.In[0].DType != tensor.Float32 || o.To != tensor.Float32 {
		return []*Node{nil}
	}
	return dy
}

// Eval truncates for integers.
func (o Cast) Eval(e *Eval) {
	for i, v := range e.In[0].V {
		if o.To != tensor.Float32 {
			lo, hi := 0.0, float64(math.MaxUint8)
			if o.To == tensor.Int32 {
				lo, hi = math.MinInt32, math.MaxInt32
			}
			if v = min(max(math.Trunc(v), lo), hi); math.IsNaN(v) {
				v = 0
			}
		}
		e.Out[0].V[i] = v
	}
}

// Cast returns x with elements of type to.
func (x *Node) Cast(to tensor.DType) *Node {
	if x.DType == to {
		return x
	}
	return x.Graph().apply1(Cast{to}, x)
}

// StopGradient returns x, through which no gradient flows.
type StopGradient struct{}

func (StopGradient) String() string { return "stop_gradient" }

// Infer keeps the type.
func (StopGradient) Infer(x []Type) ([]Type, error) { return x, operands(x, 1) }

// Grad returns no gradients.
func (StopGradient) Grad(y, dy []*Node) []*Node { return []*Node{nil} }

// Eval copies.
func (StopGradient) Eval(e *Eval) { copy(e.Out[0].V, e.In[0].V) }

// StopGradient is x, through which no gradient flows.
func (x *Node) StopGradient() *Node { return x.Graph().apply1(StopGradient{}, x) }
