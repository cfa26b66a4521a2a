package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gorae/tensor"
)

func always(*Call) bool { return true }
func never(*Call) bool  { return false }

// grower grows a random graph out of a few leaves and constants that rules like to touch.
type grower struct {
	*rand.Rand
	g      *Graph
	nodes  []*Node
	leaves map[string]*Array
}

func (r *grower) shape() tensor.Shape {
	s := tensor.Shape{}
	for range r.IntN(4) {
		s = append(s, []int{0, 1, 1, 2, 3}[r.IntN(5)])
	}
	return s
}

func (r *grower) constant(s tensor.Shape) *Node {
	c := tensor.New(tensor.Float32, s...)
	for i := range c.F32 {
		c.F32[i] = []float32{0, 1, 1, 0.5, -2, 3, float32(math.Copysign(0, -1))}[r.IntN(7)]
	}
	return r.g.Const(c)
}

// step tries one operation; what does not fit is left out.
func (r *grower) step() {
	x, y := r.nodes[r.IntN(len(r.nodes))], r.nodes[r.IntN(len(r.nodes))]
	axis := func() int { return r.IntN(max(len(x.Shape), 1)) }
	_ = Catch(func() {
		var out []*Node
		switch r.IntN(22) {
		case 0, 1, 2:
			out = []*Node{x.Elem([]Kind{Add, Sub, Mul, Max, Ge, Where}[r.IntN(5)], y)}
		case 3:
			out = []*Node{x.Mul(r.constant([]tensor.Shape{{}, {1}, {1, 1}, x.Shape}[r.IntN(4)]))}
		case 4:
			out = []*Node{r.constant(tensor.Shape{}).Elem([]Kind{Add, Mul, Sub}[r.IntN(3)], x)}
		case 5:
			out = []*Node{x.Elem([]Kind{Neg, Tanh, Sigmoid, Relu, Abs, Sin}[r.IntN(6)])}
		case 6:
			out = []*Node{x.Broadcast(append(tensor.Shape{r.IntN(3)}, x.Shape...)...)}
		case 7:
			s := x.Shape.Clone()
			for i, d := range s {
				if d == 1 {
					s[i] = r.IntN(4)
				}
			}
			out = []*Node{x.Broadcast(s...)}
		case 8:
			out = []*Node{x.Reshape(append([]int{1}, x.Shape...)...)}
		case 9:
			out = []*Node{x.Reshape(-1)}
		case 10, 11:
			out = []*Node{x.Transpose(r.Perm(len(x.Shape))...)}
		case 12:
			out = []*Node{x.reduce([]Reduction{ReduceSum, ReduceMax, ReduceMin}[r.IntN(3)], []int{axis()})}
		case 13:
			out = []*Node{x.Mean()}
		case 14:
			out = []*Node{x.Named("n"), x.StopGradient()}
		case 15:
			out = []*Node{x.Softmax(axis())}
		case 16:
			out = []*Node{x.LogSumExp(axis()), x.Sigmoid().Square()}
		case 17:
			x = x.Reshape(append([]int{1}, x.Shape...)...)
			n := x.Shape[len(x.Shape)-1]
			a, b, c := x.BatchNorm(r.constant(tensor.Shape{n}), r.g.Scalar(0).Broadcast(n), 1e-3)
			out = []*Node{a, b, c}[r.IntN(3):]
		case 18:
			out = []*Node{x.MatMul(y), x.MatMulT(y, true, false), x.MatMul(x.Transpose())}
		case 19:
			ids := x.Abs().MinC(1).Cast(tensor.Int32)
			out = []*Node{ids.AsFloat(), ids.OneHot(2), ids.Reshape(-1).Transpose().AsFloat()}
		case 20:
			out = []*Node{Concatenate(axis(), x, y, x), x.Narrow(axis(), 0, 1)}
		case 21:
			z := Compose(bundle, x, y)
			out = []*Node{z[r.IntN(3)]}
		}
		for _, n := range out {
			if n.Shape.Size() < 200 && len(n.Shape) < 6 {
				r.nodes = append(r.nodes, n)
			}
		}
	})
}

// bundle is a composite of composites, of which a caller mostly uses one result; one of its results is
// an operand, one a constant.
var bundle = &Composite{Name: "bundle", Body: func(x []*Node) []*Node {
	inner := Compose(&Composite{Name: "pair", Body: func(x []*Node) []*Node {
		return []*Node{x[0].Mul(x[1]).AddC(0), Compose(softmax, x[0].Reshape(1, -1))[0]}
	}}, x[0], x[1])
	return []*Node{inner[0].Tanh(), x[1], x[0].Graph().Scalar(2).MulC(3)}
}}

// work is how many elements the calls of a graph compute, a reduction as many as it reads; what only
// names elements anew (leaves, constants, reshapes, repetitions) is none.
func work(g *Graph) (elements int) {
	for _, c := range g.Calls {
		switch c.Op.(type) {
		case Leaf, Const, Reshape, Broadcast:
			continue
		}
		for _, y := range c.Out {
			elements += y.Shape.Size()
		}
		if _, ok := c.Op.(Reduce); ok {
			elements += c.In[0].Shape.Size()
		}
	}
	return
}

// TestSimplifyEqual: over random graphs and their gradients, with every choice of claims, Simplify keeps
// the values and the types, never makes more work, and has nothing left to do when done.
func TestSimplifyEqual(t *testing.T) {
	seeds := uint64(4000)
	if testing.Short() {
		seeds = 500
	}
	for seed := range seeds {
		r := &grower{Rand: rand.New(rand.NewPCG(seed, 2)), g: New(), leaves: map[string]*Array{}}
		for i := range 3 {
			name := fmt.Sprint("x", i)
			n := r.g.Input(name, Type{tensor.Float32, r.shape()})
			r.leaves[name] = fill(r.Rand, n.Type)
			r.nodes = append(r.nodes, n)
		}
		r.nodes = append(r.nodes, r.constant(tensor.Shape{}), r.constant(tensor.Shape{1, 2}))
		for range 4 + r.IntN(20) {
			r.step()
		}
		var roots []*Node
		for range 1 + r.IntN(4) {
			roots = append(roots, r.nodes[r.IntN(len(r.nodes))])
		}
		if r.IntN(2) == 0 && roots[0].DType == tensor.Float32 {
			for _, d := range Gradients(roots[:1], nil, r.nodes[:3]) {
				if d != nil {
					roots = append(roots, d)
				}
			}
		}
		pick := rand.New(rand.NewPCG(seed, 3))
		chosen := map[string]bool{} // a claim is a matter of the operation, as with kernels
		for name, claim := range map[string]func(*Call) bool{"all": always, "none": never, "some": func(c *Call) bool {
			k := c.Op.String()
			if _, ok := chosen[k]; !ok {
				chosen[k] = pick.IntN(2) == 0
			}
			return chosen[k]
		}} {
			g, out := Simplify(roots, claim)
			for i, n := range out {
				if n.Graph() != g || !n.Type.Equal(roots[i].Type) {
					t.Fatalf("seed %d, claim %s: root %d is %v, was %v", seed, name, i, n.Type, roots[i].Type)
				}
				want, got := value(t, roots[i], r.leaves, false), value(t, n, r.leaves, false)
				for j := range want.V {
					// Constants are folded in float32, and a batch normalisation magnifies their rounding.
					if !near(want.V[j], got.V[j], 2e-5) {
						t.Fatalf("seed %d, claim %s: root %d is %v, was %v\n%v\n%v", seed, name, i, got.V, want.V, r.g,
							g)
					}
				}
			}
			for id, c := range g.Calls {
				if c.ID != id || c.Graph != g {
					t.Fatalf("seed %d, claim %s: call %d has number %d", seed, name, id, c.ID)
				}
				for _, x := range c.In {
					if x.Call.ID >= id || g.Calls[x.Call.ID] != x.Call {
						t.Fatalf("seed %d, claim %s: an operand of %%%d is not before it", seed, name, id)
					}
				}
				if _, ok := c.Op.(*Composite); ok && name == "none" {
					t.Fatalf("seed %d: %v is still there", seed, c.Op)
				}
			}
			if name == "all" {
				before := &Graph{Calls: reach(roots)}
				e0 := work(before)
				if e1 := work(g); e1 > e0 {
					t.Errorf("seed %d: %d elements became %d\n%v\n%v", seed, e0, e1, before, g)
				}
			}
			if g2, _ := Simplify(out, claim); g2.String() != g.String() {
				t.Errorf("seed %d, claim %s: not done the first time:\n%v\n%v", seed, name, g, g2)
			}
		}
		if t.Failed() {
			return
		}
	}
}

// TestSimplifyPrints: small graphs before and after, by hand.
func TestSimplifyPrints(t *testing.T) {
	for _, c := range []struct {
		name  string
		trace func(g *Graph) []*Node
		claim func(*Call) bool
		want  string
	}{
		{"a softmax that nobody claims", func(g *Graph) []*Node {
			return []*Node{g.Input("x", F32(2, 3)).Softmax(-1)}
		}, never, `
%0 float32(2, 3) = input(x)
%1 float32(2) = reduce_max(axes=[1]) %0
%2 float32(2, 1) = reshape(2, 1) %1
%3 float32(2, 3) = sub %0 %2
%4 float32(2, 3) = exp %3
%5 float32(2) = sum(axes=[1]) %4
%6 float32(2, 1) = reshape(2, 1) %5
%7 float32(2, 3) = div %4 %6
`},
		{"common calls are one, in bodies too; what nobody needs goes", func(g *Graph) []*Node {
			x := g.Input("x", F32(3))
			x.Tanh()
			y, z := x.LogSumExp(), x.LogSumExp(0)
			return []*Node{y.Add(z), x.ReduceMax()}
		}, never, `
%0 float32(3) = input(x)
%1 float32() = reduce_max(axes=[0]) %0
%2 float32(1) = reshape(1,) %1
%3 float32(3) = sub %0 %2
%4 float32(3) = exp %3
%5 float32() = sum(axes=[0]) %4
%6 float32() = log %5
%7 float32() = add %6 %1
%8 float32() = add %7 %7
`},
		{"constants are folded and stand right", func(g *Graph) []*Node {
			x, two := g.Input("x", F32(4)), g.Scalar(2)
			return []*Node{two.Mul(two).AddC(1).Mul(x).MulC(0.5)}
		}, always, `
%0 float32(4) = input(x)
%1 float32() = const(float32() 2.5)
%2 float32(4) = mul %0 %1
`},
		{"the gradient of a mean is one number", func(g *Graph) []*Node {
			x := g.Input("x", F32(4, 5))
			return Gradients([]*Node{x.Relu().Mean()}, nil, []*Node{x})
		}, always, `
%0 float32(4, 5) = input(x)
%1 float32(4, 5) = relu %0
%2 float32(1, 1) = const(float32(1, 1) 0.05000000074505806)
%3 float32(4, 5) = relu_grad %2 %1
`},
		{"the mask of a relu goes before the gradient of a maximum", func(g *Graph) []*Node {
			x, z := g.Input("x", F32(1, 4, 3)), g.Input("z", F32(4, 3))
			y := x.Relu().MaxPool(Pool{Window: []int{2}}).Exp().Sum().Add(z.Relu().ReduceMax(0).Exp().Sum())
			return Gradients([]*Node{y}, nil, []*Node{x, z})
		}, always, `
%0 float32(1, 4, 3) = input(x)
%1 float32(4, 3) = input(z)
%2 float32(1, 4, 3) = relu %0
%3 float32(1, 2, 3) = max_pool1d(window=[2] stride=[2] pad=[0]:[0]) %2
%4 float32(1, 2, 3) = exp %3
%5 float32(4, 3) = relu %1
%6 float32(3) = reduce_max(axes=[0]) %5
%7 float32(3) = exp %6
%8 float32(3) = relu_grad %7 %6
%9 float32(4, 3) = extreme_grad([0]) %8 %5 %6
%10 float32(1, 2, 3) = relu_grad %4 %3
%11 float32(1, 4, 3) = max_pool1d_grad(window=[2] stride=[2] pad=[0]:[0]) %10 %2
`},
		{"the sum of the gradient of a maximum is that of what it shares out, where no part is cut",
			func(g *Graph) []*Node {
				b, c := g.Input("b", F32(3)), g.Input("c", F32(3))
				x := g.Input("x", F32(2, 4, 3))
				y := x.Add(b).MaxPool(Pool{Window: []int{3},
					Stride: []int{1}}).Exp().Sum().Add(x.Mul(x.Add(c).ReduceMax(1).expand([]int{1})).Sum())
				return append(Gradients([]*Node{y}, nil, []*Node{b, c}),
					Compose(extremeGrad([]int{1}), x.Sum(1), x, x.ReduceMax(1))[0].Sum(0))
			}, always, `
%0 float32(3) = input(b)
%1 float32(2, 4, 3) = input(x)
%2 float32(2, 4, 3) = add %1 %0
%3 float32(2, 2, 3) = max_pool1d(window=[3] stride=[1] pad=[0]:[0]) %2
%4 float32(2, 2, 3) = exp %3
%5 float32(2, 3) = sum(axes=[1]) %1
%6 float32(3) = sum(axes=[0]) %5
%7 float32(3) = sum(axes=[0 1]) %4
%8 float32(2, 3) = reduce_max(axes=[1]) %1
%9 float32(2, 4, 3) = extreme_grad([1]) %5 %1 %8
%10 float32(4, 3) = sum(axes=[0]) %9
`},
		{"moves that undo each other", func(g *Graph) []*Node {
			x := g.Input("x", F32(2, 3, 4))
			return []*Node{x.Transpose(2, 0, 1).Transpose(1, 2, 0).Reshape(24).Reshape(4, 6).Named("n").Broadcast(1, 4,
				6).Broadcast(5, 4, 6)}
		}, always, `
%0 float32(2, 3, 4) = input(x)
%1 float32(4, 6) = reshape(4, 6) %0
%2 float32(5, 4, 6) = broadcast(5, 4, 6) %1
`},
		{"a product transposes for itself, unless more than the last axes move", func(g *Graph) []*Node {
			x, y := g.Input("x", F32(2, 3, 4)), g.Input("y", F32(2, 5, 3))
			return []*Node{x.Transpose(0, 2, 1).MatMul(y.Transpose(0, 2, 1)),
				x.Transpose(1, 0, 2).MatMulT(x.Transpose(1, 0, 2), false, true)}
		}, always, `
%0 float32(2, 3, 4) = input(x)
%1 float32(2, 5, 3) = input(y)
%2 float32(2, 4, 5) = matmul(aᵀ, bᵀ) %0 %1
%3 float32(3, 2, 4) = transpose[1 0 2] %0
%4 float32(3, 2, 2) = matmul(a, bᵀ) %3 %3
`},
		{"integers stay integers", func(g *Graph) []*Node {
			ids := g.Const(tensor.Of([]int32{2, -7, 1 << 30}, 3))
			return []*Node{ids.Reshape(3, 1).Reshape(3), ids.AsFloat(),
				g.Input("x", F32(3)).Cast(tensor.Int32).Transpose()}
		}, always, `
%0 int32(3) = const(int32(3) #9f83d7b609beb9111108dc0c)
%1 float32(3) = const(float32(3) #9f83d7b609beb9111108dc0c)
%2 float32(3) = input(x)
%3 int32(3) = cast(int32) %2
`},
	} {
		g := New()
		s, _ := Simplify(c.trace(g), c.claim)
		if got := "\n" + s.String(); got != c.want {
			t.Errorf("%s:\ngot%s\nwant%s", c.name, got, c.want)
		}
	}
}

// TestSimplifyLimits: rules do not touch what they would make wrong.
func TestSimplifyLimits(t *testing.T) {
	g := New()
	x := g.Input("x", F32(2))
	inf, nan := g.Scalar(math.Inf(1)), g.Scalar(math.NaN())
	zero, minus := g.Scalar(0), g.Scalar(math.Copysign(0, -1))
	for _, c := range []struct {
		name string
		y    *Node
		want float64
	}{
		{"(x·10³⁰)·10³⁰ with x = 10⁻³⁰", x.MulC(1e-30).MulC(1e30).MulC(1e30).DivC(1e30), 1},
		{"(x·10⁻³⁰)·10⁻³⁰·10³⁰·10³⁰", x.MulC(1e-30).MulC(1e30).MulC(1e-30).MulC(1e30), 1},
		{"a sum of no infinities", inf.Broadcast(2, 0).Sum(1).Add(x), 1},
		{"0·∞", x.Mul(zero).Mul(inf), math.NaN()},
		{"1/0", x.Div(zero), math.Inf(1)},
		{"1/−0", x.Div(minus), math.Inf(-1)},
		{"NaN is not NaN", nan.Eq(nan).Add(x), 1},
		{"NaN stays", x.Add(nan), math.NaN()},
		{"a relu of NaN", nan.Relu().Add(x), math.NaN()},
	} {
		_, out := Simplify([]*Node{c.y}, never)
		for _, n := range []*Node{c.y, out[0]} {
			if got := value(t, n, map[string]*Array{"x": array([]float64{1, 1}, 2)}, false).V[0]; !near(got, c.want,
				1e-6) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
			}
		}
	}
	if zero.Call.Op.String() == minus.Call.Op.String() {
		t.Error("0 and −0 are one constant")
	}
	a, b := tensor.Of([]float32{1, 0}, 2), tensor.Of([]float32{1, float32(math.Copysign(0, -1))}, 2)
	if (Const{Value: a}).String() == (Const{Value: b}).String() {
		t.Error("[1 0] and [1 −0] are one constant")
	}
	if (Const{Value: a}).String() != (Const{Value: a.Clone()}).String() {
		t.Error("equal constants are two")
	}
	if (Const{Value: tensor.New(tensor.Float32, 2)}).String() == (Const{Value: tensor.New(tensor.Int32, 2)}).String() {
		t.Error("constants of two types are one")
	}
	// A composite may bear the name of a primitive.
	add := &Composite{Name: "add", Body: func(x []*Node) []*Node { return []*Node{x[0].Mul(x[1])} }}
	s, _ := Simplify([]*Node{x.Add(x), Compose(add, x, x)[0]}, always)
	if len(s.Calls) != 3 {
		t.Errorf("two operations of one name were mixed up:\n%v", s)
	}
	// Large constants are not made.
	s, _ = Simplify([]*Node{g.Scalar(2).Broadcast(100, 100)}, always)
	if len(s.Calls) != 2 {
		t.Errorf("a repetition was folded:\n%v", s)
	}
}

// TestSimplifyAgain: the new graph can be traced on: its leaves are found under their names.
func TestSimplifyAgain(t *testing.T) {
	g := New()
	x, gone := g.Input("x", F32(2)), g.Input("gone", F32(2))
	s, out := Simplify([]*Node{x.Exp().Add(gone.Sub(gone).MulC(1).Named("n"))}, always)
	if s.Input("x", F32(2)) != s.Leaves()[0] {
		t.Error("x is there twice")
	}
	y := out[0].Add(s.Input("new", F32(2)))
	if y.Call.ID != len(s.Calls)-1 {
		t.Errorf("call %d of %d", y.Call.ID, len(s.Calls))
	}
	if g, out := Simplify(nil, always); len(g.Calls) != 0 || out != nil {
		t.Errorf("nothing became %v", g)
	}
}
