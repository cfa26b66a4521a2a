package graph

import (
	"fmt"
	"math"

	"gorae/tensor"
)

// Kind names an elementwise function.
type Kind uint8

// The elementwise functions. Comparisons and logic give the float32 1 or 0, so
// that a mask multiplies and sums without a cast.
const (
	Neg Kind = iota
	Abs
	Sign
	Exp
	Expm1
	Log
	Log1p
	Sqrt
	Rsqrt
	Recip
	Square
	Tanh
	Sigmoid
	Erf
	Relu
	Floor
	Ceil
	Round
	Sin
	Cos
	Softplus
	Not
	Add
	Sub
	Mul
	Div
	Pow
	Max
	Min
	Eq
	Ne
	Lt
	Le
	Gt
	Ge
	And
	Or
	ReluGrad    // (dy, y): dy where y > 0, else 0
	SigmoidGrad // (dy, y): dy·y·(1 − y)
	TanhGrad    // (dy, y): dy·(1 − y²)
	Where       // (c, a, b): a where c is not 0, else b
	kinds
)

// kind describes a function: its name, number of operands, value, and gradient
// with respect to each operand.
type kind struct {
	name  string
	arity int
	f     func(x []float64) float64
	grad  func(x []*Node, y, dy *Node) []*Node
}

// String returns the function's name.
func (k Kind) String() string {
	if k >= kinds {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return kindTable[k].name
}

// Arity returns the number of operands.
func (k Kind) Arity() int { return kindTable[k].arity }

// Kinds lists the elementwise functions.
func Kinds() []Kind {
	ks := make([]Kind, kinds)
	for i := range ks {
		ks[i] = Kind(i)
	}
	return ks
}

func unary(name string, f func(x float64) float64, grad func(x, y, dy *Node) *Node) kind {
	return kind{name, 1, func(x []float64) float64 { return f(x[0]) }, func(x []*Node, y, dy *Node) []*Node {
		if grad == nil {
			return []*Node{nil}
		}
		return []*Node{grad(x[0], y, dy)}
	}}
}

func binary(name string, f func(a, b float64) float64, grad func(a, b, y, dy *Node) (da, db *Node)) kind {
	return kind{name, 2, func(x []float64) float64 { return f(x[0], x[1]) }, func(x []*Node, y, dy *Node) []*Node {
		if grad == nil {
			return []*Node{nil, nil}
		}
		da, db := grad(x[0], x[1], y, dy)
		return []*Node{da, db}
	}}
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// nanMax returns the larger of two numbers, NaN where one is NaN, as IEEE 754-2019's maximum.
func nanMax(a, b float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return math.Max(a, b)
}

func relu(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x
}

func sigmoid(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}

func softplus(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) }

var kindTable [kinds]kind

// The table is filled here and not in its declaration because gradients are
// written with the functions of the table.
func init() {
	kindTable = [kinds]kind{
		Neg: unary("neg", func(x float64) float64 { return -x }, func(x, y, dy *Node) *Node { return dy.Neg() }),
		Abs: unary("abs", math.Abs, func(x, y, dy *Node) *Node { return dy.Mul(x.Sign()) }),
		Sign: unary("sign", func(x float64) float64 {
			switch {
			case x > 0:
				return 1
			case x < 0:
				return -1
			}
			return x
		}, nil),
		Exp:   unary("exp", math.Exp, func(x, y, dy *Node) *Node { return dy.Mul(y) }),
		Expm1: unary("expm1", math.Expm1, func(x, y, dy *Node) *Node { return dy.Mul(y.AddC(1)) }),
		Log:   unary("log", math.Log, func(x, y, dy *Node) *Node { return dy.Div(x) }),
		Log1p: unary("log1p", math.Log1p, func(x, y, dy *Node) *Node { return dy.Div(x.AddC(1)) }),
		Sqrt:  unary("sqrt", math.Sqrt, func(x, y, dy *Node) *Node { return dy.MulC(0.5).Div(y) }),
		Rsqrt: unary("rsqrt", func(x float64) float64 { return 1 / math.Sqrt(x) }, func(x, y, dy *Node) *Node {
			return dy.MulC(-0.5).Mul(y.Mul(y.Square()))
		}),
		Recip: unary("recip", func(x float64) float64 { return 1 / x }, func(x, y, dy *Node) *Node {
			return dy.Mul(y.Square()).Neg()
		}),
		Square: unary("square", func(x float64) float64 { return x * x }, func(x, y, dy *Node) *Node {
			return dy.Mul(x.MulC(2))
		}),
		Tanh:    unary("tanh", math.Tanh, func(x, y, dy *Node) *Node { return elem(TanhGrad, dy, y) }),
		Sigmoid: unary("sigmoid", sigmoid, func(x, y, dy *Node) *Node { return elem(SigmoidGrad, dy, y) }),
		Erf: unary("erf", math.Erf, func(x, y, dy *Node) *Node {
			return dy.Mul(x.Square().Neg().Exp().MulC(2 / math.SqrtPi))
		}),
		Relu:  unary("relu", relu, func(x, y, dy *Node) *Node { return elem(ReluGrad, dy, y) }),
		Floor: unary("floor", math.Floor, nil),
		Ceil:  unary("ceil", math.Ceil, nil),
		Round: unary("round", math.RoundToEven, nil),
		Sin:   unary("sin", math.Sin, func(x, y, dy *Node) *Node { return dy.Mul(x.Cos()) }),
		Cos:   unary("cos", math.Cos, func(x, y, dy *Node) *Node { return dy.Mul(x.Sin()).Neg() }),
		Softplus: unary("softplus", softplus,
			func(x, y, dy *Node) *Node { return dy.Mul(x.Sigmoid()) }),
		Not: unary("not", func(x float64) float64 { return truth(x == 0) }, nil),

		Add: binary("add", func(a, b float64) float64 { return a + b }, func(a, b, y, dy *Node) (*Node, *Node) {
			return dy, dy
		}),
		Sub: binary("sub", func(a, b float64) float64 { return a - b }, func(a, b, y, dy *Node) (*Node, *Node) {
			return dy, dy.Neg()
		}),
		Mul: binary("mul", func(a, b float64) float64 { return a * b }, func(a, b, y, dy *Node) (*Node, *Node) {
			return dy.Mul(b), dy.Mul(a)
		}),
		Div: binary("div", func(a, b float64) float64 { return a / b }, func(a, b, y, dy *Node) (*Node, *Node) {
			return dy.Div(b), dy.Mul(y).Div(b).Neg()
		}),
		Pow: binary("pow", math.Pow, powGrad),
		Max: binary("max", nanMax, func(a, b, y, dy *Node) (*Node, *Node) { return share(a.Ge(b), dy) }),
		Min: binary("min", func(a, b float64) float64 { return -nanMax(-a, -b) },
			func(a, b, y, dy *Node) (*Node, *Node) { return share(a.Le(b), dy) }),
		Eq:  binary("eq", func(a, b float64) float64 { return truth(a == b) }, nil),
		Ne:  binary("ne", func(a, b float64) float64 { return truth(a != b) }, nil),
		Lt:  binary("lt", func(a, b float64) float64 { return truth(a < b) }, nil),
		Le:  binary("le", func(a, b float64) float64 { return truth(a <= b) }, nil),
		Gt:  binary("gt", func(a, b float64) float64 { return truth(a > b) }, nil),
		Ge:  binary("ge", func(a, b float64) float64 { return truth(a >= b) }, nil),
		And: binary("and", func(a, b float64) float64 { return truth(a != 0 && b != 0) }, nil),
		Or:  binary("or", func(a, b float64) float64 { return truth(a != 0 || b != 0) }, nil),
		ReluGrad: binary("relu_grad", func(dy, y float64) float64 {
			if y > 0 {
				return dy
			}
			return 0
		}, func(dy, y, _, d *Node) (*Node, *Node) { return elem(ReluGrad, d, y), nil }),
		SigmoidGrad: binary("sigmoid_grad", func(dy, y float64) float64 { return dy * y * (1 - y) },
			func(dy, y, _, d *Node) (*Node, *Node) {
				return elem(SigmoidGrad, d, y), d.Mul(dy).Mul(y.MulC(-2).AddC(1))
			}),
		TanhGrad: binary("tanh_grad", func(dy, y float64) float64 { return dy * (1 - y*y) },
			func(dy, y, _, d *Node) (*Node, *Node) { return elem(TanhGrad, d, y), d.Mul(dy).Mul(y).MulC(-2) }),
		Where: {"where", 3, func(x []float64) float64 {
			if x[0] != 0 {
				return x[1]
			}
			return x[2]
		}, func(x []*Node, y, dy *Node) []*Node {
			zero := dy.Graph().Scalar(0)
			return []*Node{nil, x[0].Where(dy, zero), x[0].Where(zero, dy)}
		}},
	}
}

// share gives dy to the winner of a maximum or minimum; of equals the first operand has it all, as in Keras on
// TensorFlow.
func share(first, dy *Node) (*Node, *Node) {
	da := dy.Mul(first)
	return da, dy.Sub(da)
}

// powGrad: ∂a^b = b·a^(b−1) and a^b·ln a, the latter 0 where a is 0, as in PyTorch.
func powGrad(a, b, y, dy *Node) (*Node, *Node) {
	if e, ok := scalar(b); ok {
		switch e {
		case 0:
			return dy.MulC(0), nil // also where a is 0 and a⁻¹ infinite
		case 1:
			return dy, nil
		case 2:
			return dy.Mul(a.MulC(2)), nil
		}
		return dy.Mul(a.Pow(b.Graph().Scalar(e - 1)).MulC(e)), nil
	}
	zero := dy.Graph().Scalar(0)
	da := b.Eq(zero).Where(zero, dy.Mul(b).Mul(a.Pow(b.AddC(-1))))
	db := a.Eq(zero).Where(zero, dy.Mul(y).Mul(a.Log()))
	return da, db
}

// Elem is an elementwise function of one to three operands, which broadcast
// against each other by NumPy's rules.
type Elem struct{ Kind Kind }

func (o Elem) String() string { return o.Kind.String() }

// Infer broadcasts the operands' shapes.
func (o Elem) Infer(x []Type) ([]Type, error) {
	if o.Kind >= kinds {
		return nil, fmt.Errorf("no such function")
	}
	if err := operands(x, o.Kind.Arity()); err != nil {
		return nil, err
	}
	var s tensor.Shape
	for _, t := range x {
		if t.DType != tensor.Float32 {
			return nil, fmt.Errorf("needs float32, got %v; use Cast", t)
		}
		var err error
		if s, err = BroadcastShapes(s, t.Shape); err != nil {
			return nil, err
		}
	}
	return []Type{{tensor.Float32, s}}, nil
}

// Grad follows the table and sums over broadcast axes.
func (o Elem) Grad(y, dy []*Node) []*Node {
	x := y[0].Call.In
	ds := kindTable[o.Kind].grad(x, y[0], dy[0])
	for i, d := range ds {
		if d != nil {
			ds[i] = sumTo(d.Broadcast(y[0].Shape...), x[i].Shape)
		}
	}
	return ds
}

// Eval applies the function to each element.
func (o Elem) Eval(e *Eval) {
	f := kindTable[o.Kind].f
	x := make([]float64, len(e.In))
	each(e.Out[0].Shape, func(pos int, idx []int) {
		for i, in := range e.In {
			x[i] = in.V[at(in.Shape, idx)]
		}
		e.Out[0].V[pos] = f(x)
	})
}

// BroadcastShapes returns the shape that both shapes repeat to: axes are matched from
// the last, and an axis of extent 1, or one that is not there, repeats.
func BroadcastShapes(a, b tensor.Shape) (tensor.Shape, error) {
	if len(a) < len(b) {
		a, b = b, a
	}
	s := a.Clone()
	if s == nil {
		s = tensor.Shape{}
	}
	for i := range b {
		j := len(a) - len(b) + i
		switch {
		case a[j] == b[i] || b[i] == 1:
		case a[j] == 1:
			s[j] = b[i]
		default:
			return nil, fmt.Errorf("shapes %v and %v do not broadcast: axis %d has %d and %d", a, b, j, a[j], b[i])
		}
	}
	return s, nil
}

func elem(k Kind, x ...*Node) *Node { return x[0].Graph().apply1(Elem{k}, x...) }

// Elem applies an elementwise function to x and the further operands.
func (x *Node) Elem(k Kind, more ...*Node) *Node { return elem(k, append([]*Node{x}, more...)...) }

// The chain of elementwise functions. Each broadcasts.

// Neg returns −x.
func (x *Node) Neg() *Node { return elem(Neg, x) }

// Abs returns |x|.
func (x *Node) Abs() *Node { return elem(Abs, x) }

// Sign returns −1, 0 or 1.
func (x *Node) Sign() *Node { return elem(Sign, x) }

// Exp returns eˣ.
func (x *Node) Exp() *Node { return elem(Exp, x) }

// Expm1 returns eˣ − 1, exact near 0.
func (x *Node) Expm1() *Node { return elem(Expm1, x) }

// Log returns the natural logarithm.
func (x *Node) Log() *Node { return elem(Log, x) }

// Log1p returns ln(1 + x), exact near 0.
func (x *Node) Log1p() *Node { return elem(Log1p, x) }

// Sqrt returns √x.
func (x *Node) Sqrt() *Node { return elem(Sqrt, x) }

// Rsqrt returns 1/√x.
func (x *Node) Rsqrt() *Node { return elem(Rsqrt, x) }

// Recip returns 1/x.
func (x *Node) Recip() *Node { return elem(Recip, x) }

// Square returns x².
func (x *Node) Square() *Node { return elem(Square, x) }

// Tanh returns the hyperbolic tangent.
func (x *Node) Tanh() *Node { return elem(Tanh, x) }

// Sigmoid returns 1/(1 + e⁻ˣ).
func (x *Node) Sigmoid() *Node { return elem(Sigmoid, x) }

// Erf returns the error function.
func (x *Node) Erf() *Node { return elem(Erf, x) }

// Relu returns max(x, 0).
func (x *Node) Relu() *Node { return elem(Relu, x) }

// Floor rounds down.
func (x *Node) Floor() *Node { return elem(Floor, x) }

// Sin returns the sine of x radians.
func (x *Node) Sin() *Node { return elem(Sin, x) }

// Cos returns the cosine of x radians.
func (x *Node) Cos() *Node { return elem(Cos, x) }

// Softplus returns ln(1 + eˣ).
func (x *Node) Softplus() *Node { return elem(Softplus, x) }

// Not returns 1 where x is 0, else 0.
func (x *Node) Not() *Node { return elem(Not, x) }

// Add returns x + b.
func (x *Node) Add(b *Node) *Node { return elem(Add, x, b) }

// Sub returns x − b.
func (x *Node) Sub(b *Node) *Node { return elem(Sub, x, b) }

// Mul returns x·b, element by element.
func (x *Node) Mul(b *Node) *Node { return elem(Mul, x, b) }

// Div returns x/b.
func (x *Node) Div(b *Node) *Node { return elem(Div, x, b) }

// Pow returns x to the power b.
func (x *Node) Pow(b *Node) *Node { return elem(Pow, x, b) }

// Max returns the greater of x and b; NaN if either is.
func (x *Node) Max(b *Node) *Node { return elem(Max, x, b) }

// Min returns the lesser of x and b; NaN if either is.
func (x *Node) Min(b *Node) *Node { return elem(Min, x, b) }

// Eq returns 1 where x = b, else 0.
func (x *Node) Eq(b *Node) *Node { return elem(Eq, x, b) }

// Ne returns 1 where x ≠ b, else 0.
func (x *Node) Ne(b *Node) *Node { return elem(Ne, x, b) }

// Lt returns 1 where x < b, else 0.
func (x *Node) Lt(b *Node) *Node { return elem(Lt, x, b) }

// Le returns 1 where x ≤ b, else 0.
func (x *Node) Le(b *Node) *Node { return elem(Le, x, b) }

// Gt returns 1 where x > b, else 0.
func (x *Node) Gt(b *Node) *Node { return elem(Gt, x, b) }

// Ge returns 1 where x ≥ b, else 0.
func (x *Node) Ge(b *Node) *Node { return elem(Ge, x, b) }

// And returns 1 where both are not 0.
func (x *Node) And(b *Node) *Node { return elem(And, x, b) }

// Or returns 1 where one is not 0.
func (x *Node) Or(b *Node) *Node { return elem(Or, x, b) }

// Where returns a where x is not 0, else b.
func (x *Node) Where(a, b *Node) *Node { return elem(Where, x, a, b) }

// AddC returns x + c.
func (x *Node) AddC(c float64) *Node { return x.Add(x.Graph().Scalar(c)) }

// MulC returns x·c.
func (x *Node) MulC(c float64) *Node { return x.Mul(x.Graph().Scalar(c)) }

// DivC returns x/c.
func (x *Node) DivC(c float64) *Node { return x.Div(x.Graph().Scalar(c)) }

// MaxC returns the greater of x and c.
func (x *Node) MaxC(c float64) *Node { return x.Max(x.Graph().Scalar(c)) }

// MinC returns the lesser of x and c.
func (x *Node) MinC(c float64) *Node { return x.Min(x.Graph().Scalar(c)) }

// Clip returns x brought between lo and hi.
func (x *Node) Clip(lo, hi float64) *Node { return x.MaxC(lo).MinC(hi) }
