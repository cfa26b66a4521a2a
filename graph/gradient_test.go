package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/tensor"
)

// opCase is one use of an operation: the types of its operands and the call. Integer operands
// get ids 0 to 2.
type opCase struct {
	name string
	in   []Type
	f    func(x []*Node) *Node
	pos  bool // operands are positive
	// flat: the second derivative does not exist as a number (or is not to be had), so only the first is checked.
	flat bool
}

// shapes that broadcast, most of them awkward.
var pairs = [][2][]int{
	{{}, {}}, {{3}, {}}, {{}, {2, 2}}, {{1}, {3}}, {{2, 1}, {1, 3}}, {{2, 3}, {3}},
	{{1, 1, 2}, {2, 3, 1}}, {{2, 1, 2, 1, 2}, {2, 1, 1}}, {{0, 2}, {2}}, {{1, 2}, {0, 2}}, {{2, 0}, {1}},
}

func opCases() []opCase {
	var cs []opCase
	add := func(name string, in []Type, f func(x []*Node) *Node) *opCase {
		cs = append(cs, opCase{name: name, in: in, f: f})
		return &cs[len(cs)-1]
	}
	domain := map[Kind]bool{Log: true, Log1p: true, Sqrt: true, Rsqrt: true, Pow: true}
	for _, k := range Kinds() {
		switch k.Arity() {
		case 1:
			for _, s := range [][]int{{}, {1}, {3}, {2, 0}, {2, 1, 1, 2, 1}} {
				add(fmt.Sprint(k, s), []Type{F32(s...)}, func(x []*Node) *Node { return x[0].Elem(k) }).pos = domain[k]
			}
		case 2:
			for _, p := range pairs {
				add(fmt.Sprint(k, p), []Type{F32(p[0]...), F32(p[1]...)},
					func(x []*Node) *Node { return x[0].Elem(k, x[1]) }).pos = domain[k]
			}
		}
	}
	for _, p := range pairs {
		add(fmt.Sprint("where", p), []Type{F32(p[0]...), F32(p[1]...), F32(1)}, func(x []*Node) *Node {
			return x[0].Relu().Where(x[1], x[2])
		})
	}
	for _, e := range []float64{-1, 0, 0.5, 1, 2, 3} {
		add(fmt.Sprint("pow const ", e), []Type{F32(2, 3)},
			func(x []*Node) *Node { return x[0].Pow(x[0].Graph().Scalar(e)) }).pos = true
	}
	for _, k := range []Reduction{ReduceSum, ReduceMax, ReduceMin} {
		for _, c := range []struct{ shape, axes []int }{
			{[]int{}, nil}, {[]int{3}, nil}, {[]int{2, 3}, []int{0}}, {[]int{2, 3}, []int{-1}},
			{[]int{2, 3, 2}, []int{1}},
			{[]int{2, 3, 2}, []int{0, 2}}, {[]int{2, 1, 2, 1, 2}, []int{0, 3, 4}}, {[]int{0, 2}, []int{1}},
			{[]int{2, 0}, []int{1}},
		} {
			if k != ReduceSum && slices.Equal(c.shape, []int{2, 0}) {
				continue
			}
			add(fmt.Sprint(k, c.shape, c.axes), []Type{F32(c.shape...)}, func(x []*Node) *Node {
				return x[0].reduce(k, c.axes)
			})
		}
	}
	for _, axes := range [][]int{nil, {1}, {0, 2}, {-1}} {
		one := []Type{F32(2, 3, 2)}
		add(fmt.Sprint("mean", axes), one, func(x []*Node) *Node { return x[0].Mean(axes...) })
		add(fmt.Sprint("variance", axes), one, func(x []*Node) *Node { return x[0].Variance(axes...) })
		add(fmt.Sprint("logsumexp", axes), one, func(x []*Node) *Node { return x[0].LogSumExp(axes...) })
		add(fmt.Sprint("keepdims", axes), one, func(x []*Node) *Node {
			return x[0].KeepDims(x[0].Sum(axes...), axes...).Mul(x[0])
		})
	}
	cs = append(cs, scanCases()...)
	cs = append(cs, cellCases()...)
	add("mean of nothing", []Type{F32(0, 3)}, func(x []*Node) *Node { return x[0].Mean(0) })
	add("logsumexp scalar", []Type{F32()}, func(x []*Node) *Node { return x[0].LogSumExp() })
	add("logsumexp rank 5", []Type{F32(2, 1, 2, 1, 2)}, func(x []*Node) *Node { return x[0].LogSumExp(0, 2, 3) })
	for i := range 4 {
		ta, tb := i&1 != 0, i&2 != 0
		for _, c := range []struct {
			a, b    []int // leading axes
			m, n, k int
		}{
			{nil, nil, 2, 3, 4}, {nil, nil, 1, 1, 1}, {nil, nil, 2, 3, 0}, {nil, nil, 0, 2, 3},
			{[]int{2}, nil, 2, 3, 2}, {nil, []int{2}, 1, 2, 3},
			{[]int{2, 1}, []int{3}, 2, 1, 2}, {[]int{1, 2}, []int{2, 1}, 1, 2, 2},
			{[]int{2, 1, 2}, []int{2, 1, 1}, 2, 1, 2}, {[]int{0}, []int{1}, 2, 2, 2},
		} {
			a, b := []int{c.m, c.k}, []int{c.k, c.n}
			if ta {
				slices.Reverse(a)
			}
			if tb {
				slices.Reverse(b)
			}
			a, b = slices.Concat(c.a, a), slices.Concat(c.b, b)
			add(fmt.Sprint("matmul", ta, tb, a, b), []Type{F32(a...), F32(b...)}, func(x []*Node) *Node {
				return x[0].MatMulT(x[1], ta, tb)
			})
		}
	}
	add("matmul of rows", []Type{F32(2, 1, 3, 2), F32(2, 2)}, func(x []*Node) *Node { return x[0].MatMul(x[1]) })
	add("matmul of no rows", []Type{F32(2, 0, 2), F32(2, 3)}, func(x []*Node) *Node { return x[0].MatMul(x[1]) })
	m := []Type{F32(2, 3)}
	add("reshape", m, func(x []*Node) *Node { return x[0].Reshape(3, -1, 1) })
	add("reshape empty", []Type{F32(0, 3)}, func(x []*Node) *Node { return x[0].Reshape(5, 0) })
	add("transpose", []Type{F32(2, 1, 3, 1, 2)}, func(x []*Node) *Node { return x[0].Transpose(4, 2, 0, 1, 3) })
	add("transpose reversed", m, func(x []*Node) *Node { return x[0].Transpose() })
	add("broadcast", []Type{F32(1, 3)}, func(x []*Node) *Node { return x[0].Broadcast(2, 2, 3) })
	add("broadcast to nothing", []Type{F32(1, 3)}, func(x []*Node) *Node { return x[0].Broadcast(0, 3) })
	add("broadcast scalar", []Type{F32()}, func(x []*Node) *Node { return x[0].Broadcast(2, 1, 2) })
	add("tile", m, func(x []*Node) *Node { return x[0].Tile(3, 2) })
	add("tile away", m, func(x []*Node) *Node { return x[0].Tile(0, 2) })
	add("concat", []Type{F32(2, 1), F32(2, 3), F32(2, 0)}, func(x []*Node) *Node { return Concatenate(-1, x...) })
	add("concat itself", []Type{F32(2, 2)}, func(x []*Node) *Node { return Concatenate(0, x[0], x[0].Square(), x[0]) })
	add("slice", []Type{F32(5, 4)}, func(x []*Node) *Node { return x[0].Slice([]int{1, 0}, []int{5, 4}, []int{2, 3}) })
	add("slice short", []Type{F32(7)}, func(x []*Node) *Node { return x[0].Slice([]int{1}, []int{6}, []int{3}) })
	add("slice nothing", []Type{F32(5, 2)}, func(x []*Node) *Node {
		return x[0].Slice([]int{2, 0}, []int{2, 2}, []int{3, 1})
	})
	add("narrow", m, func(x []*Node) *Node { return x[0].Narrow(-1, 1, 3) })
	add("split", []Type{F32(2, 5)}, func(x []*Node) *Node {
		p := x[0].Split(1, 2, 0, 3)
		return p[0].Sum(1).Mul(p[2].Sum(1)).Add(p[1].Sum(1))
	})
	add("pad", m, func(x []*Node) *Node { return x[0].Pad([]int{1, 0}, []int{0, 2}, 7) })
	pad := func(x []*Node) *Node {
		return x[0].Graph().apply1(Pad{Lo: []int{1, 0}, Hi: []int{0, 2}, Inner: []int{2, 1}, Value: -1}, x[0])
	}
	add("pad inner", m, pad)
	add("pad inner of nothing", []Type{F32(0, 3)}, pad)
	add("gather", []Type{F32(3, 2), I32(2, 2)}, func(x []*Node) *Node { return x[0].Gather(x[1]) })
	add("gather scalar id", []Type{F32(3), I32()}, func(x []*Node) *Node { return x[0].Gather(x[1]) })
	add("gather no id", []Type{F32(3, 2), I32(0)}, func(x []*Node) *Node { return x[0].Gather(x[1]) })
	add("scatter_add", []Type{F32(2, 3, 2), I32(2, 3)}, func(x []*Node) *Node { return x[0].ScatterAdd(x[1], 4) })
	add("scatter_add out of range", []Type{F32(4, 2), I32(4)}, func(x []*Node) *Node {
		return x[0].ScatterAdd(x[1], 1)
	})
	add("scatter_add scalar id", []Type{F32(2), I32()}, func(x []*Node) *Node { return x[0].ScatterAdd(x[1], 3) })
	add("one_hot", []Type{F32(2, 4), I32(2)}, func(x []*Node) *Node { return x[1].OneHot(4).Mul(x[0]) })
	add("pick", []Type{F32(2, 2, 3), I32(2, 2)}, func(x []*Node) *Node { return x[0].Pick(x[1]) })
	add("pick vector", []Type{F32(3), I32()}, func(x []*Node) *Node { return x[0].Pick(x[1]) })
	add("argmax", []Type{F32(2, 3)}, func(x []*Node) *Node { return x[0].ArgMax().AsFloat().Mul(x[0].Sum(1)) })
	add("cast", m, func(x []*Node) *Node { return x[0].Cast(tensor.Int32).AsFloat().Mul(x[0]) }).flat = true
	add("stop_gradient", m, func(x []*Node) *Node { return x[0].Relu().Add(x[0].Sign().StopGradient()) })
	key := I32(4)
	add("dropout", []Type{F32(3, 4), key}, func(x []*Node) *Node { return x[0].Dropout(x[1], 0.4, 3) })
	add("random", []Type{F32(3), key}, func(x []*Node) *Node {
		return x[0].Mul(RandomNormal(x[1], 1, 2, 3)).Sub(RandomUniform(x[1], 2, 3))
	})
	for _, s := range [][]int{{4}, {2, 3}, {2, 1, 3}, {3, 1}, {0, 2}, {1, 2, 1, 2, 3}} {
		x1, d := []Type{F32(s...)}, len(s)-1
		add(fmt.Sprint("softmax", s), x1, func(x []*Node) *Node { return x[0].Softmax(-1) })
		add(fmt.Sprint("softmax first", s), []Type{F32(append([]int{2}, s...)...)}, func(x []*Node) *Node {
			return x[0].Softmax(0)
		})
		add(fmt.Sprint("log_softmax", s), x1, func(x []*Node) *Node { return x[0].LogSoftmax(d) })
		add(fmt.Sprint("log_softmax first", s), []Type{F32(append([]int{2}, s...)...)}, func(x []*Node) *Node {
			return x[0].LogSoftmax(0)
		})
		add(fmt.Sprint("cross_entropy", s), []Type{F32(s...), F32(s...)}, func(x []*Node) *Node {
			return x[0].CrossEntropy(x[1].Softmax(-1))
		})
		add(fmt.Sprint("binary_cross_entropy", s), []Type{F32(s...), F32(s...)}, func(x []*Node) *Node {
			return x[0].BinaryCrossEntropy(x[1].Sigmoid())
		})
		if s[d] == 3 {
			add(fmt.Sprint("sparse_cross_entropy", s), []Type{F32(s...), I32(s[:d]...)}, func(x []*Node) *Node {
				return x[0].SparseCrossEntropy(x[1])
			})
		}
		in := []Type{F32(s...), F32(s[d]), F32(s[d])}
		add(fmt.Sprint("layer_norm", s), in, func(x []*Node) *Node { return x[0].LayerNorm(x[1], x[2], 1e-3) })
		add(fmt.Sprint("layer_norm of all axes", s), []Type{F32(s...), F32(s...)}, func(x []*Node) *Node {
			axes := make([]int, len(s))
			for a := range axes {
				axes[a] = a
			}
			return x[0].LayerNorm(x[1], nil, 1e-3, axes...)
		})
		if d > 0 {
			add(fmt.Sprint("layer_norm of the first axis", s), []Type{F32(s...), F32(s[0])}, func(x []*Node) *Node {
				return x[0].LayerNorm(nil, x[1], 1e-3, 0)
			})
			for i := range 3 {
				add(fmt.Sprint("batch_norm ", i, s), in, func(x []*Node) *Node {
					y, mean, variance := x[0].BatchNorm(x[1], x[2], 1e-3)
					return []*Node{y, mean.Mul(variance), y.Mul(variance).Add(mean)}[i]
				})
			}
		}
	}
	for i, f := range []func(x *Node) *Node{
		func(x *Node) *Node { return x.Gelu(false) }, func(x *Node) *Node { return x.Gelu(true) },
		func(x *Node) *Node { return x.Elu(0.7) }, func(x *Node) *Node { return x.LeakyRelu(0.2) },
		func(x *Node) *Node { return x.Clip(-0.8, 0.9) }, func(x *Node) *Node { return x.Named("tap").Mul(x) },
		func(x *Node) *Node { return x.AddC(2).MulC(3).DivC(4) }, func(x *Node) *Node {
			return x.Mul(x.Tanh()).Add(x.Sin())
		},
	} {
		add(fmt.Sprint([]string{"gelu", "gelu tanh", "elu", "leaky_relu", "clip", "named", "const", "shared"}[i]), m,
			func(x []*Node) *Node {
				return f(x[0])
			})
	}
	cs = append(cs, spatialCases()...)
	cs = append(cs, warpCases()...)
	nested := &Composite{Name: "outer", Body: func(x []*Node) []*Node {
		inner := &Composite{Name: "inner",
			Body: func(x []*Node) []*Node { return []*Node{x[0].Mul(x[1]), x[0].Softmax(-1)} }}
		y := Compose(inner, x[0], x[0])
		return []*Node{y[0].Sum(-1), y[1].Mul(x[1]), x[1]}
	}}
	for i := range 3 {
		add(fmt.Sprint("nested composite ", i), []Type{F32(2, 3), F32(3)}, func(x []*Node) *Node {
			return Compose(nested, x[0], x[1])[i].Square()
		})
	}
	add("map", []Type{F32(2, 4), I32(2, 4)}, func(x []*Node) *Node {
		return x[1].Map(rounding{}).AsFloat().Mul(x[0])
	})
	return cs
}

// trace makes inputs x0, x1, … and values for them.
func (c opCase) trace(t *testing.T, r *rand.Rand) (g *Graph, x []*Node, y *Node, leaves map[string]*Array) {
	g, leaves = New(), map[string]*Array{}
	for i, typ := range c.in {
		name := fmt.Sprint("x", i)
		x = append(x, g.Input(name, typ))
		if leaves[name] = fill(r, typ); c.pos {
			positive(leaves[name])
		}
	}
	if err := Catch(func() { y = c.f(x) }); err != nil {
		t.Fatal(err)
	}
	return
}

// weigh is Σ y·w with fixed weights, so that every element of y has its own share.
func weigh(r *rand.Rand, y *Node) *Node {
	w := tensor.New(tensor.Float32, y.Shape...)
	for i := range w.F32 {
		w.F32[i] = float32(0.5 + r.Float64())
	}
	return y.Mul(y.Graph().Const(w)).Sum()
}

// checkGrad compares the gradients of the scalar s with central differences. Richardson's
// extrapolation of two steps leaves an error of h⁴.
func checkGrad(t *testing.T, what string, s *Node, x, dx []*Node, leaves map[string]*Array) {
	t.Helper()
	for i, n := range x {
		if n.DType != tensor.Float32 {
			if dx[i] != nil {
				t.Errorf("%s: operand %d is %v and has a gradient", what, i, n.Type)
			}
			continue
		}
		a := leaves[n.Call.Op.(Leaf).Name]
		got := NewArray(n.Type) // nil: nothing flows
		if dx[i] != nil {
			if !dx[i].Type.Equal(n.Type) {
				t.Fatalf("%s: gradient of %v is %v", what, n.Type, dx[i].Type)
			}
			got = value(t, dx[i], leaves, false)
		}
		for j := range a.V {
			at := a.V[j]
			diff := func(h float64) float64 {
				a.V[j] = at + h
				hi := value(t, s, leaves, false).V[0]
				a.V[j] = at - h
				lo := value(t, s, leaves, false).V[0]
				a.V[j] = at
				return (hi - lo) / (2 * h)
			}
			const h = 1e-3
			want := (4*diff(h/2) - diff(h)) / 3
			if !near(got.V[j], want, 1e-6) {
				t.Errorf("%s: gradient of operand %d, element %d, is %v, the difference %v", what, i, j, got.V[j], want)
				return
			}
		}
	}
}

// TestGradients: every operation's gradient equals central differences in float64, its
// second derivative those of the gradient, and float32 agrees with float64.
func TestGradients(t *testing.T) {
	used := map[string]bool{}
	for i, c := range opCases() {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		g, x, y, leaves := c.trace(t, r)
		s := weigh(r, y)
		var dx []*Node
		if err := Catch(func() { dx = Gradients([]*Node{s}, nil, x) }); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		checkGrad(t, c.name, s, x, dx, leaves)
		for _, n := range append([]*Node{y}, dx...) {
			if n == nil {
				continue
			}
			wide, single := value(t, n, leaves, false), value(t, n, leaves, true)
			for j := range wide.V {
				if !near(wide.V[j], single.V[j], 2e-5) {
					t.Errorf("%s: float64 gives %v, float32 %v", c.name, wide.V[j], single.V[j])
					break
				}
			}
		}
		if !c.flat && (!testing.Short() || i%4 == 0) {
			var second *Node
			for _, d := range dx {
				if d == nil {
					continue
				}
				if w := weigh(r, d); second == nil {
					second = w
				} else {
					second = second.Add(w)
				}
			}
			if second != nil {
				if err := Catch(func() { dx = Gradients([]*Node{second}, nil, x) }); err != nil {
					t.Fatalf("%s, second: %v", c.name, err)
				}
				checkGrad(t, c.name+", second", second, x, dx, leaves)
			}
		}
		for _, call := range g.Calls {
			used[fmt.Sprintf("%T", call.Op)] = true
		}
	}
	for _, op := range allOps() {
		if !used[fmt.Sprintf("%T", op)] {
			t.Errorf("%T has no case", op)
		}
	}
}

// rounding is the table of the greatest even number that is not above x.
type rounding struct{}

func (rounding) Of(x float64) int32 { return int32(2 * math.Floor(x/2)) }

func (rounding) String() string { return "rounding" }

// allOps is one of each kind of operation.
func allOps() []Op {
	return append(spatialOps(), []Op{
		Leaf{}, Const{Value: tensor.New(tensor.Float32)}, Elem{Add}, Elem{Exp}, Elem{Where}, Cast{tensor.Float32},
		Cast{tensor.Uint8}, StopGradient{}, identity{},
		Reduce{ReduceSum, []int{0}}, Reduce{ReduceMax, []int{0, 1}}, ArgMax{}, MatMul{}, MatMul{true, false},
		MatMul{true, true},
		Reshape{tensor.Shape{6}}, Transpose{[]int{1, 0}}, Broadcast{tensor.Shape{2, 3}}, Concat{1},
		Slice{[]int{0, 1}, []int{2, 2}, []int{1, 2}},
		Pad{Lo: []int{1, 0}, Hi: []int{0, 1}, Inner: []int{0, 2}}, Gather{}, ScatterAdd{3}, OneHot{3}, Pick{},
		Map{rounding{}},
		Dropout{0.5, 1}, Random{true, 1, tensor.Shape{2, 3}}, softmax, softmaxGrad, logSumExp, logSoftmax,
		sparseCrossEntropy, sparseCrossEntropyGrad,
		batchNorm(1e-3), batchNormGrad(1e-3),
		Scan{Cell: testCell, States: 2, Inputs: 1},
		ScanGrad{Scan: Scan{Cell: testCell, States: 2, Inputs: 1}, Operands: 6, Results: 3,
			Flows: []bool{true, true, true}},
	}...)
}

// TestGradientAtEdges: the slopes at the places where a function has none, and where a
// formula used blindly gives NaN.
func TestGradientAtEdges(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		f    func(x *Node) *Node
		x    float64
		want float64
	}{
		{"relu", (*Node).Relu, 0, 0},
		{"elu", func(x *Node) *Node { return x.Elu(1) }, 0, 1}, // PyTorch: 1
		{"elu, great", func(x *Node) *Node { return x.Elu(1) }, 1000, 1},
		{"leaky_relu", func(x *Node) *Node { return x.LeakyRelu(0.25) }, 0, 0.25}, // PyTorch, Keras: the slope
		{"abs", (*Node).Abs, 0, 0},
		{"max", func(x *Node) *Node { return x.MaxC(0) }, 0, 1}, // Keras on TensorFlow: the first operand has it all
		{"x⁰", func(x *Node) *Node { return x.Pow(x.Graph().Scalar(0)) }, 0, 0},
		{"x²", func(x *Node) *Node { return x.Pow(x.Graph().Scalar(2)) }, 0, 0},
		{"√x", (*Node).Sqrt, 0, inf},
		{"sigmoid", (*Node).Sigmoid, -800, 0},
		{"softplus", (*Node).Softplus, 800, 1},
		{"binary cross-entropy", func(x *Node) *Node { return x.BinaryCrossEntropy(x.Graph().Scalar(1)) }, -800, -1},
	} {
		g := New()
		x := g.Input("x", F32())
		d := Gradients([]*Node{c.f(x)}, nil, []*Node{x})[0]
		if got := value(t, d, map[string]*Array{"x": array([]float64{c.x})}, false).V[0]; got != c.want {
			t.Errorf("%s at %v: slope %v, want %v", c.name, c.x, got, c.want)
		}
	}
}

// TestGradientsMany: several values with weights, a node as its own result, and no influence.
func TestGradientsMany(t *testing.T) {
	g := New()
	x, z := g.Input("x", F32(2)), g.Input("z", F32(2))
	y := x.Square()
	d := Gradients([]*Node{y, x}, []*Node{g.Scalar(3).Broadcast(2), nil}, []*Node{x, y, z})
	leaves := map[string]*Array{"x": array([]float64{1, 2}, 2), "z": array([]float64{0, 0}, 2)}
	if got := value(t, d[0], leaves, false).V; !slices.Equal(got, []float64{6, 12}) {
		t.Errorf("x: %v", got)
	}
	if got := value(t, d[1], leaves, false).V; !slices.Equal(got, []float64{3, 3}) {
		t.Errorf("y: %v", got)
	}
	if d[2] != nil {
		t.Errorf("z does not influence and has %v", d[2])
	}
	if got := Gradients(nil, nil, []*Node{x}); len(got) != 1 || got[0] != nil {
		t.Errorf("no values: %v", got)
	}
}

// TestGradientDeep: the gradient of a long chain of composites takes time in proportion to it.
func TestGradientDeep(t *testing.T) {
	double := &Composite{Name: "double", Body: func(x []*Node) []*Node { return []*Node{x[0].Add(x[0])} }}
	g := New()
	x := g.Input("x", F32())
	y := x
	const n = 4000
	for range n {
		y = Compose(double, y)[0].MulC(0.5)
	}
	d := Gradients([]*Node{y}, nil, []*Node{x})[0]
	if got := value(t, d, map[string]*Array{"x": array([]float64{1})}, false).V[0]; got != 1 {
		t.Errorf("slope %v, want 1", got)
	}
	if len(g.Calls) > 20*n {
		t.Errorf("%d calls for %d composites", len(g.Calls), n)
	}
}

// TestLeavesUntouched: rounding in Single mode stays within the evaluator.
func TestLeavesUntouched(t *testing.T) {
	g := New()
	x := array([]float64{0.1})
	value(t, g.Input("x", F32()).Exp(), map[string]*Array{"x": x}, true)
	if x.V[0] != 0.1 {
		t.Errorf("the evaluator changed its leaf to %v", x.V[0])
	}
}

// TestD4: where an input is 0, the gradient of the weights that it meets is 0; so 0 is a
// safe mark for a missing value: it moves nothing.
func TestD4(t *testing.T) {
	g := New()
	x, w, b, target := g.Input("x", F32(1, 3)), g.Leaf(Weight, "w", F32(3, 4)), g.Leaf(Weight, "b", F32(4)),
		g.Input("t", F32(1, 4))
	loss := x.MatMul(w).Add(b).Tanh().Sub(target).Square().Mean()
	d := Gradients([]*Node{loss}, nil, []*Node{w, b})
	r := rand.New(rand.NewPCG(4, 4))
	leaves := map[string]*Array{"x": array([]float64{0.7, 0, -1.2}, 1, 3), "w": fill(r, w.Type), "b": fill(r, b.Type),
		"t": fill(r, target.Type)}
	dw := value(t, d[0], leaves, true).V
	for i := range 3 {
		for j := range 4 {
			if zero := dw[i*4+j] == 0; zero != (i == 1) {
				t.Errorf("∂loss/∂w[%d,%d] = %v with input %v", i, j, dw[i*4+j], leaves["x"].V[i])
			}
		}
	}
	for j, v := range value(t, d[1], leaves, true).V {
		if v == 0 {
			t.Errorf("bias %d stands still; only the weights of the missing input should", j)
		}
	}
}
