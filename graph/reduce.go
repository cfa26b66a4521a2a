package graph

import (
	"fmt"
	"math"
	"slices"

	"gorae/tensor"
)

// Reduction names a way to make one element of many.
type Reduction uint8

// The reductions. A mean is a sum divided by the count, so it needs no entry.
const (
	ReduceSum Reduction = iota
	ReduceMax
	ReduceMin
)

// String returns the reduction's name.
func (r Reduction) String() string {
	if r > ReduceMin {
		return fmt.Sprintf("reduction(%d)", uint8(r))
	}
	return [...]string{"sum", "reduce_max", "reduce_min"}[r]
}

// Reduce reduces over the axes, which disappear. Axes are sorted and not negative.
type Reduce struct {
	Kind Reduction
	Axes []int
}

func (o Reduce) String() string { return fmt.Sprintf("%v(axes=%v)", o.Kind, o.Axes) }

// Infer removes the axes.
func (o Reduce) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	if x[0].DType != tensor.Float32 {
		return nil, fmt.Errorf("needs float32, got %v; use Cast", x[0])
	}
	for i, a := range o.Axes {
		if a < 0 || a >= len(x[0].Shape) || (i > 0 && a <= o.Axes[i-1]) {
			return nil, fmt.Errorf("%v are no axes of %v in order", o.Axes, x[0].Shape)
		}
	}
	if o.Kind > ReduceMin {
		return nil, fmt.Errorf("no such reduction")
	}
	s := tensor.Shape{}
	n := 1
	for i, d := range x[0].Shape {
		if slices.Contains(o.Axes, i) {
			n *= d
		} else {
			s = append(s, d)
		}
	}
	if n == 0 && o.Kind != ReduceSum {
		return nil, fmt.Errorf("no elements along axes %v of %v", o.Axes, x[0].Shape)
	}
	return []Type{{tensor.Float32, s}}, nil
}

// Grad repeats the gradient of a sum; that of a maximum goes to the elements
// that reach it, in equal parts.
func (o Reduce) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In[0]
	if o.Kind == ReduceSum {
		return []*Node{dy[0].expand(o.Axes).Broadcast(x.Shape...)}
	}
	return Compose(extremeGrad(o.Axes), dy[0], x, y[0])
}

// extremeGrad returns the gradient of a maximum or minimum y of x over axes: operands dy, x and y.
func extremeGrad(axes []int) *Composite {
	return &Composite{
		Name: "extreme_grad", Attr: axes,
		Body: func(v []*Node) []*Node {
			dy, x, y := v[0], v[1], v[2]
			hit := x.Eq(y.expand(axes))
			return []*Node{hit.Mul(dy.Div(hit.Sum(axes...)).expand(axes))}
		},
	}
}

// Eval accumulates in float64.
func (o Reduce) Eval(e *Eval) {
	x, y := e.In[0], e.Out[0]
	for i := range y.V {
		switch o.Kind {
		case ReduceMax:
			y.V[i] = math.Inf(-1)
		case ReduceMin:
			y.V[i] = math.Inf(1)
		}
	}
	st := strides(y.Shape)
	each(x.Shape, func(pos int, idx []int) {
		p, k := 0, 0
		for a, i := range idx {
			if !slices.Contains(o.Axes, a) {
				p += i * st[k]
				k++
			}
		}
		switch o.Kind {
		case ReduceSum:
			y.V[p] += x.V[pos]
		case ReduceMax:
			y.V[p] = nanMax(y.V[p], x.V[pos])
		case ReduceMin:
			y.V[p] = -nanMax(-y.V[p], -x.V[pos])
		}
	})
}

// axes makes axes of a value of x's rank: counted from the end where negative,
// sorted, once each; none means all.
func (x *Node) axes(op string, axes []int) []int {
	var out []int
	for _, a := range axes {
		if a < -len(x.Shape) || a >= len(x.Shape) {
			x.Graph().Fail(op, "shape %v has no axis %d", x.Shape, a)
		}
		if a < 0 {
			a += len(x.Shape)
		}
		out = append(out, a)
	}
	if len(axes) == 0 {
		for a := range x.Shape {
			out = append(out, a)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// expand puts an axis of extent 1 at each of axes of the result.
func (x *Node) expand(axes []int) *Node {
	s := x.Shape.Clone()
	for _, a := range axes {
		s = slices.Insert(s, a, 1)
	}
	return x.Reshape(s...)
}

func (x *Node) reduce(k Reduction, axes []int) *Node {
	axes = x.axes(k.String(), axes)
	if len(axes) == 0 {
		return x
	}
	return x.Graph().apply1(Reduce{k, axes}, x)
}

// Sum adds over the axes, over all without any.
func (x *Node) Sum(axes ...int) *Node { return x.reduce(ReduceSum, axes) }

// ReduceMax returns the greatest element over the axes, over all without any.
func (x *Node) ReduceMax(axes ...int) *Node { return x.reduce(ReduceMax, axes) }

// ReduceMin returns the least element over the axes, over all without any.
func (x *Node) ReduceMin(axes ...int) *Node { return x.reduce(ReduceMin, axes) }

// Mean returns the arithmetic mean over the axes, over all without any; that of nothing is 0.
func (x *Node) Mean(axes ...int) *Node {
	// Divided by n, which float32 holds exactly, and not multiplied by 1/n, which it mostly does not.
	s := x.Sum(axes...)
	return s.DivC(float64(max(1, x.Shape.Size()/max(1, s.Shape.Size()))))
}

// Variance returns the mean squared distance from the mean (divided by n, as in Keras).
func (x *Node) Variance(axes ...int) *Node {
	axes = x.axes("variance", axes)
	return x.Sub(x.Mean(axes...).expand(axes)).Square().Mean(axes...)
}

// KeepDims undoes the loss of axes: the reduction y of x over axes gets them back
// with extent 1.
func (x *Node) KeepDims(y *Node, axes ...int) *Node { return y.expand(x.axes("keepdims", axes)) }

// ArgMax is the position of the greatest element along the last axis, as int32;
// the first of equals.
type ArgMax struct{}

func (ArgMax) String() string { return "argmax" }

// Infer removes the last axis.
func (ArgMax) Infer(x []Type) ([]Type, error) {
	if err := operands(x, 1); err != nil {
		return nil, err
	}
	s := x[0].Shape
	if len(s) == 0 || s[len(s)-1] == 0 {
		return nil, fmt.Errorf("no elements along a last axis of %v", x[0])
	}
	return []Type{{tensor.Int32, s[:len(s)-1].Clone()}}, nil
}

// Grad returns no gradients.
func (ArgMax) Grad(y, dy []*Node) []*Node { return []*Node{nil} }

// Eval compares.
func (ArgMax) Eval(e *Eval) {
	n := e.In[0].Shape[len(e.In[0].Shape)-1]
	for i := range e.Out[0].V {
		row := e.In[0].V[i*n : (i+1)*n]
		best := 0
		for j, v := range row {
			if v > row[best] {
				best = j
			}
		}
		e.Out[0].V[i] = float64(best)
	}
}

// ArgMax returns the position of the greatest element along the last axis.
func (x *Node) ArgMax() *Node { return x.Graph().apply1(ArgMax{}, x) }
