package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
)

// Activation is the name of a function that is applied to each element (softmax:
// to each row); "" is linear.
//
//	linear            x
//	relu              max(x, 0)
//	relu6             min(max(x, 0), 6)
//	sigmoid           1/(1 + e⁻ˣ), the logistic function, 0 to 1
//	tanh              −1 to 1
//	softmax           eˣ/Σeˣ over the last axis
//	log_softmax       ln softmax(x)
//	softplus          ln(1 + eˣ)
//	softsign          x/(1 + |x|)
//	elu               x, or eˣ − 1 below 0
//	selu              1.0507·elu with α = 1.6733
//	gelu              x·Φ(x)
//	silu, swish       x·sigmoid(x)
//	mish              x·tanh(softplus(x))
//	leaky_relu        x, or 0.2x below 0
//	exponential       eˣ
//	hard_sigmoid      min(max(x/6 + 1/2, 0), 1)
//	legacy_hard_sigmoid  min(max(0.2x + 1/2, 0), 1), what Keras 1 and 2 called hard_sigmoid
//	hard_silu, hard_swish  x·hard_sigmoid(x)
//	hard_tanh         min(max(x, −1), 1)
//	log_sigmoid       ln sigmoid(x)
//	tanh_shrink       x − tanh(x)
//	hard_shrink       x, or 0 where |x| ≤ 1/2
//	soft_shrink       x moved by 1/2 towards 0, or 0 where |x| ≤ 1/2
//	celu              x, or eˣ − 1 below 0
//	squareplus        (x + √(x² + 4))/2
//	sparse_plus       0 below −1, (x + 1)²/4 up to 1, then x
//	sparse_sigmoid    min(max((x + 1)/2, 0), 1)
//	glu               a·sigmoid(b), where a and b are the halves of the last axis
//	sparsemax         the point of {p: p ≥ 0, Σp = 1} that is nearest to the row
//
// sparsemax is max(x − τ, 0), where τ makes the sum of a row 1 (Martins and Astudillo, "From softmax to sparsemax",
// 2016). Keras 3.15 computes τ of the sum of all cumulative sums of the greatest elements, where the formula has the
// last one, so that its rows do not add up to 1 wherever more than one element is not 0; gorae follows the formula.
type Activation string

// activations are the functions by their names.
var activations = map[Activation]func(x *graph.Node) *graph.Node{
	"":                    func(x *graph.Node) *graph.Node { return x },
	"linear":              func(x *graph.Node) *graph.Node { return x },
	"relu":                (*graph.Node).Relu,
	"relu6":               func(x *graph.Node) *graph.Node { return within(x, 0, 6) },
	"sigmoid":             (*graph.Node).Sigmoid,
	"tanh":                (*graph.Node).Tanh,
	"softmax":             func(x *graph.Node) *graph.Node { return x.Softmax(-1) },
	"log_softmax":         func(x *graph.Node) *graph.Node { return x.LogSoftmax(-1) },
	"softplus":            (*graph.Node).Softplus,
	"softsign":            func(x *graph.Node) *graph.Node { return x.Div(x.Abs().AddC(1)) },
	"elu":                 func(x *graph.Node) *graph.Node { return x.Elu(1) },
	"selu":                selu,
	"gelu":                func(x *graph.Node) *graph.Node { return x.Gelu(false) },
	"silu":                silu,
	"swish":               silu,
	"mish":                func(x *graph.Node) *graph.Node { return x.Mul(x.Softplus().Tanh()) },
	"leaky_relu":          func(x *graph.Node) *graph.Node { return x.LeakyRelu(0.2) },
	"exponential":         (*graph.Node).Exp,
	"hard_sigmoid":        hardSigmoid,
	"legacy_hard_sigmoid": func(x *graph.Node) *graph.Node { return x.MulC(0.2).AddC(0.5).Clip(0, 1) },
	"hard_silu":           func(x *graph.Node) *graph.Node { return x.Mul(hardSigmoid(x)) },
	"hard_swish":          func(x *graph.Node) *graph.Node { return x.Mul(hardSigmoid(x)) },
	"hard_tanh":           func(x *graph.Node) *graph.Node { return x.Clip(-1, 1) },
	"log_sigmoid":         func(x *graph.Node) *graph.Node { return x.Neg().Softplus().Neg() },
	"tanh_shrink":         func(x *graph.Node) *graph.Node { return x.Sub(x.Tanh()) },
	"hard_shrink":         hardShrink,
	"soft_shrink":         softShrink,
	"celu":                func(x *graph.Node) *graph.Node { return x.Elu(1) },
	"squareplus":          func(x *graph.Node) *graph.Node { return x.Add(x.Square().AddC(4).Sqrt()).MulC(0.5) },
	"sparse_plus":         sparsePlus,
	"sparse_sigmoid":      func(x *graph.Node) *graph.Node { return x.AddC(1).MulC(0.5).Clip(0, 1) },
	"glu":                 glu,
	"sparsemax":           sparsemax,
}

// Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks", 2017.
const (
	seluAlpha = 1.6732632423543772848170429916717
	seluScale = 1.0507009873554804934193349852946
)

func hardShrink(x *graph.Node) *graph.Node {
	return x.Abs().Le(x.Graph().Scalar(0.5)).Where(x.Graph().Scalar(0), x)
}

func softShrink(x *graph.Node) *graph.Node { return x.AddC(-0.5).Relu().Sub(x.Neg().AddC(-0.5).Relu()) }

func sparsePlus(x *graph.Node) *graph.Node {
	g := x.Graph()
	middle := x.AddC(1).Relu().Square().MulC(0.25)
	return x.Lt(g.Scalar(1)).Where(middle, x)
}

// glu needs an even number of features.
func glu(x *graph.Node) *graph.Node {
	last := len(x.Shape) - 1
	n := x.Shape[last]
	if n%2 != 0 {
		x.Graph().Fail("activation", "glu halves the features, and %d is odd; give an even number", n)
	}
	halves := x.Split(last, n/2, n/2)
	return halves[0].Mul(halves[1].Sigmoid())
}

// sparsemax is the projection of each row onto the simplex. An element z is above τ where 1 + k·z > Σ, with the number
// k and the sum Σ of the elements that are not smaller; τ = (Σ − 1)/k of those above it. No row is sorted: each element
// is compared with each.
func sparsemax(x *graph.Node) *graph.Node {
	g, last := x.Graph(), len(x.Shape)-1
	n := x.Shape[last]
	column := x.Reshape(append(x.Shape.Clone(), 1)...)
	row := x.Reshape(append(x.Shape[:last].Clone(), 1, n)...)
	larger := row.Ge(column)
	sums, counts := larger.Where(row, g.Scalar(0)).Sum(-1), larger.Sum(-1)
	above := x.Mul(counts).AddC(1).Gt(sums)
	k := above.Sum(-1)
	tau := above.Where(x, g.Scalar(0)).Sum(-1).AddC(-1).Div(k)
	return x.Sub(x.KeepDims(tau, -1)).Relu()
}

func silu(x *graph.Node) *graph.Node        { return x.Mul(x.Sigmoid()) }
func hardSigmoid(x *graph.Node) *graph.Node { return within(x.DivC(6).AddC(0.5), 0, 1) }

// within is x clipped to lo and hi. Its gradient at lo and at hi is 0, as that of Keras's relu6 and hard_sigmoid; that
// of [graph.Node.Clip] is 1 there.
func within(x *graph.Node, lo, hi float64) *graph.Node {
	low, high := x.Graph().Scalar(lo), x.Graph().Scalar(hi)
	return x.Le(low).Where(low, x.Ge(high).Where(high, x))
}

// selu returns 1.0507·x where x ≥ 0, else 1.0507·1.6733·(eˣ − 1). Its gradient at 0 is 1.0507, as in Keras.
func selu(x *graph.Node) *graph.Node {
	zero := x.Graph().Scalar(0)
	above := x.Ge(zero)
	return above.Where(x, above.Where(zero, x).Expm1().MulC(seluAlpha)).MulC(seluScale)
}

// Activations lists the names.
func Activations() []string {
	var ns []string
	for a := range activations {
		if a != "" {
			ns = append(ns, string(a))
		}
	}
	slices.Sort(ns)
	return ns
}

// ownActivations are the names of functions that programs have registered.
var ownActivations = map[Activation]bool{}

// RegisterActivation adds a function of a program's own under a name. It is for init functions, and panics where the
// name is taken.
func RegisterActivation(name string, f func(x *graph.Node) *graph.Node) {
	a := Activation(name)
	if activations[a] != nil {
		panic(fmt.Sprintf("layer: the activation %q is there already", name))
	}
	activations[a], ownActivations[a] = f, true
}

// Own reports whether Keras lacks the function under any name.
func (a Activation) Own() bool { return a == "legacy_hard_sigmoid" || ownActivations[a] }

// Check tests the name.
func (a Activation) Check() error {
	if activations[a] == nil {
		return fmt.Errorf("unknown activation %q%s", string(a), config.DidYouMean(string(a), Activations()))
	}
	return nil
}

// Apply applies the function.
func (a Activation) Apply(x *graph.Node) *graph.Node {
	if err := a.Check(); err != nil {
		x.Graph().Fail("activation", "%v", err)
	}
	return activations[a](x)
}
