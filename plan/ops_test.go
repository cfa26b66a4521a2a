package plan

import (
	"fmt"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/tensor"
)

// Every operation, alone and in company, in plan and evaluator. Shapes are awkward:
// around the pieces of an elementwise program, with axes of 1, repeated in every way.
func TestOperations(t *testing.T) {
	one := func(f func(g *graph.Graph) *graph.Node) func(g *graph.Graph) []*graph.Node {
		return func(g *graph.Graph) []*graph.Node { return []*graph.Node{f(g)} }
	}
	cases := map[string]func(g *graph.Graph) []*graph.Node{}
	shapes := [][2][]int{
		{{3}, {3}}, {{5, 1}, {1, 7}}, {{1030}, {}}, {{2, 3, 4}, {4}}, {{2, 3, 4}, {3, 1}},
		{{3, 1, 5, 1, 2}, {4, 1, 7, 1}},
		{{1}, {1, 1}}, {{17, 1025}, {1025}}, {{1025, 3}, {1025, 1}}, {{40000}, {40000}}, {{}, {}},
	}
	for _, k := range graph.Kinds() {
		for i, s := range shapes {
			name := fmt.Sprint(k, i)
			switch k.Arity() {
			case 1:
				cases[name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a+", s[0]...).AddC(0.1).Elem(k)
				})
			case 2:
				cases[name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a+", s[0]...).Elem(k, weight(g, "b", s[1]...))
				})
				cases[name+"r"] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a+", s[1]...).Elem(k, weight(g, "b", s[0]...))
				})
				cases[name+"c"] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a+", s[0]...).Elem(k, g.Scalar(1.5))
				})
				cases[name+"cr"] = one(func(g *graph.Graph) *graph.Node {
					return g.Scalar(1.5).Elem(k, weight(g, "a+", s[0]...))
				})
				cases[name+"self"] = one(func(g *graph.Graph) *graph.Node {
					x := weight(g, "a+", s[0]...)
					return x.Elem(k, x)
				})
			case 3:
				cases[name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a", s[0]...).Gt(g.Scalar(0)).Elem(k, weight(g, "b", s[1]...), weight(g, "c"))
				})
				cases[name+"c"] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a", s[0]...).Gt(g.Scalar(0)).Elem(k, g.Scalar(2), g.Scalar(3))
				})
			}
		}
	}
	for _, s := range [][]int{{7}, {4, 5}, {3, 1030}, {1030, 3}, {2, 3, 4, 5}, {1, 6, 1, 2}, {70000}, {3, 0, 2},
		{2, 40, 50, 30}} {
		for mask := 1; mask < 1<<len(s); mask++ {
			var axes []int
			for a := range s {
				if mask>>a&1 == 1 {
					axes = append(axes, a)
				}
			}
			name := fmt.Sprint(s, axes)
			cases["sum"+name] = one(func(g *graph.Graph) *graph.Node { return weight(g, "a", s...).Sum(axes...) })
			if tensor.Shape(s).Size() > 0 {
				cases["max"+name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a", s...).ReduceMax(axes...)
				})
				cases["min"+name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a", s...).ReduceMin(axes...)
				})
				cases["lse"+name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a", s...).LogSumExp(axes...)
				})
				cases["var"+name] = one(func(g *graph.Graph) *graph.Node {
					return weight(g, "a", s...).Variance(axes...)
				})
			}
		}
	}
	for tr := range 4 {
		ta, tb := tr&1 == 1, tr&2 == 2
		for _, s := range []struct {
			la, lb  []int
			m, n, k int
		}{{nil, nil, 5, 6, 7}, {[]int{3}, []int{3}, 2, 3, 4}, {[]int{2, 1}, []int{3}, 4, 5, 6},
			{nil, []int{2}, 3, 1, 2}, {[]int{4}, nil, 64, 10, 33}, {nil, nil, 1, 50, 20}, {nil, nil, 3, 4, 0}} {
			shape := func(lead []int, r, c int, swap bool) []int {
				if swap {
					r, c = c, r
				}
				return append(append([]int{}, lead...), r, c)
			}
			name := fmt.Sprint("matmul", tr, s)
			product := func(g *graph.Graph) *graph.Node {
				return weight(g, "a",
					shape(s.la, s.m, s.k, ta)...).MatMulT(weight(g, "b", shape(s.lb, s.k, s.n, tb)...), ta, tb)
			}
			cases[name] = one(product)
			cases[name+"bias relu"] = one(func(g *graph.Graph) *graph.Node {
				return product(g).Add(weight(g, "bias", s.n)).Relu()
			})
			cases[name+"elementwise"] = one(func(g *graph.Graph) *graph.Node {
				return product(g).Add(weight(g, "bias", s.n)).Tanh().MulC(2).Add(weight(g, "c", s.m, 1))
			})
			cases[name+"twice"] = func(g *graph.Graph) []*graph.Node {
				p := product(g)
				return []*graph.Node{p.Relu(), p.Sigmoid().Mul(p), p.Sum(-1)}
			}
			cases[name+"mask"] = one(func(g *graph.Graph) *graph.Node {
				p := product(g)
				return p.Elem(graph.ReluGrad, weight(g, "y", p.Shape...))
			})
			cases[name+"residual"] = one(func(g *graph.Graph) *graph.Node {
				p := product(g)
				return p.Relu().Add(weight(g, "y", p.Shape...).Exp())
			})
		}
	}
	// A product whose operand is also added to it: no block may write where another reads.
	cases["highway"] = func(g *graph.Graph) []*graph.Node {
		h := weight(g, "x", 300, 300).MulC(0.1).Tanh()
		for i := range 3 {
			h = h.MatMul(weight(g, fmt.Sprint("w", i), 300, 300).MulC(0.05)).Sigmoid().Mul(h.Exp())
		}
		return []*graph.Node{h}
	}
	x3 := func(g *graph.Graph) *graph.Node { return weight(g, "x", 4, 5, 6) }
	for name, f := range map[string]func(g *graph.Graph) *graph.Node{
		"transpose":    func(g *graph.Graph) *graph.Node { return x3(g).Transpose() },
		"transpose021": func(g *graph.Graph) *graph.Node { return x3(g).Transpose(0, 2, 1) },
		"transpose102": func(g *graph.Graph) *graph.Node { return x3(g).Transpose(1, 0, 2) },
		"transpose2d":  func(g *graph.Graph) *graph.Node { return weight(g, "m", 65, 33).Transpose() },
		"slice": func(g *graph.Graph) *graph.Node {
			return x3(g).Slice([]int{1, 0, 2}, []int{3, 5, 6}, []int{1, 2, 3})
		},
		"slice empty": func(g *graph.Graph) *graph.Node { return x3(g).Slice([]int{1, 0, 2}, []int{1, 5, 6}, nil) },
		"narrow":      func(g *graph.Graph) *graph.Node { return x3(g).Narrow(-2, 1, 4).Exp() },
		"pad":         func(g *graph.Graph) *graph.Node { return x3(g).Pad([]int{1, 0, 2}, []int{0, 3, 1}, -2) },
		"concat": func(g *graph.Graph) *graph.Node {
			return graph.Concatenate(1, x3(g), x3(g).Neg(), weight(g, "y", 4, 1, 6))
		},
		"tile": func(g *graph.Graph) *graph.Node { return x3(g).Tile(2, 1, 3) },
		"gather": func(g *graph.Graph) *graph.Node {
			return weight(g, "table", 5, 3).Gather(g.Input("ids", graph.I32(2, 7)))
		},
		"scatter": func(g *graph.Graph) *graph.Node { return x3(g).ScatterAdd(g.Input("ids", graph.I32(4)), 5) },
		"bag": func(g *graph.Graph) *graph.Node {
			return g.Input("ids", graph.I32(2, 3)).Bag(graph.BagAttr{Depth: 4})
		},
		"bag once": func(g *graph.Graph) *graph.Node {
			return g.Input("ids", graph.I32(2, 3)).Bag(graph.BagAttr{Depth: 4, Once: true})
		},
		"one-hot": func(g *graph.Graph) *graph.Node { return g.Input("ids", graph.I32(2, 3)).OneHot(4) },
		"pick":    func(g *graph.Graph) *graph.Node { return x3(g).Pick(g.Input("ids", graph.I32(4, 5))) },
		"warp": func(g *graph.Graph) *graph.Node {
			return weight(g, "p", 3, 4, 5, 2).Warp(weight(g, "m", 3, 6), graph.Warp{Rows: 3, Columns: 6})
		},
		"warp constant": func(g *graph.Graph) *graph.Node {
			return weight(g, "p", 2, 7, 5, 1).Warp(weight(g, "m", 2, 6),
				graph.Warp{Rows: 7, Columns: 5, Border: graph.BorderConstant, Fill: 0.5})
		},
		"warp back": func(g *graph.Graph) *graph.Node {
			return g.Apply(graph.WarpGrad{Warp: graph.Warp{Rows: 3, Columns: 6, Border: graph.BorderWrap}, OldRows: 4,
				OldColumns: 5}, weight(g, "p", 3, 3, 6, 2), weight(g, "m", 3, 6))[0]
		},
		"argmax": func(g *graph.Graph) *graph.Node { return x3(g).ArgMax() },
		"cast": func(g *graph.Graph) *graph.Node {
			return g.Input("pixels", graph.Type{DType: tensor.Uint8, Shape: []int{3, 700}}).AsFloat().DivC(255)
		},
		"cast ids":  func(g *graph.Graph) *graph.Node { return g.Input("ids", graph.I32(9)).AsFloat().Square() },
		"cast down": func(g *graph.Graph) *graph.Node { return x3(g).MulC(3).Cast(tensor.Int32) },
		"cast up":   func(g *graph.Graph) *graph.Node { return x3(g).MulC(3).Cast(tensor.Int32).AsFloat().Exp() },
		"pixels moved": func(g *graph.Graph) *graph.Node {
			return g.Input("pixels", graph.Type{DType: tensor.Uint8, Shape: []int{3, 7}}).Transpose().Pad([]int{1, 0},
				[]int{0, 2}, 9)
		},
		"ids moved": func(g *graph.Graph) *graph.Node {
			return g.Input("ids", graph.I32(3, 7)).Transpose().Pad([]int{1, 0}, []int{0, 2}, 9)
		},
		"ids repeated":  func(g *graph.Graph) *graph.Node { return g.Input("ids", graph.I32(1, 7)).Broadcast(3, 7) },
		"softmax":       func(g *graph.Graph) *graph.Node { return x3(g).Softmax(-1) },
		"softmax wide":  func(g *graph.Graph) *graph.Node { return weight(g, "x", 3, 5000).Softmax(-1) },
		"softmax axis":  func(g *graph.Graph) *graph.Node { return x3(g).Softmax(1).Exp() },
		"log softmax":   func(g *graph.Graph) *graph.Node { return x3(g).LogSoftmax(-1) },
		"cross entropy": func(g *graph.Graph) *graph.Node { return x3(g).CrossEntropy(weight(g, "t+", 4, 5, 6)) },
		"sparse": func(g *graph.Graph) *graph.Node {
			return x3(g).SparseCrossEntropy(g.Input("y", graph.I32(4, 5)))
		},
		"binary": func(g *graph.Graph) *graph.Node { return x3(g).BinaryCrossEntropy(weight(g, "t+", 6)) },
		"dropout": func(g *graph.Graph) *graph.Node {
			return weight(g, "x", 5, 1111).Exp().Dropout(g.Input("key", graph.KeyType), 0.4, 3)
		},
		"uniform": func(g *graph.Graph) *graph.Node {
			return graph.RandomUniform(g.Input("key", graph.KeyType), 3, 5, 1111)
		},
		"normal": func(g *graph.Graph) *graph.Node {
			return graph.RandomNormal(g.Input("key", graph.KeyType), 3, 17001)
		},
		"elu":   func(g *graph.Graph) *graph.Node { return x3(g).Elu(1.2) },
		"leaky": func(g *graph.Graph) *graph.Node { return x3(g).LeakyRelu(0.2) },
		"gelu":  func(g *graph.Graph) *graph.Node { return x3(g).Gelu(false).Add(x3(g).Gelu(true)) },
		"views": func(g *graph.Graph) *graph.Node {
			return x3(g).Exp().Reshape(20, 6).Add(weight(g, "b", 6)).Reshape(4, 30).Relu()
		},
		"normalised": func(g *graph.Graph) *graph.Node {
			y := g.Input("pixels", graph.F32(2, 9, 8, 5)).Conv(weight(g, "w", 3, 3, 5, 7),
				graph.Conv{}).Add(weight(g, "b", 7))
			y = y.Mul(weight(g, "s", 7)).Add(weight(g, "t", 7)).Relu()
			y = y.Conv(weight(g, "v", 2, 2, 1, 7), graph.Conv{Groups: 7}).Mul(weight(g, "s", 7)).Add(weight(g, "t", 7))
			return y.Reshape(2, 6*5*7).MatMul(weight(g, "m", 210, 7)).Mul(weight(g, "s", 7)).Tanh()
		},
		"repeat": func(g *graph.Graph) *graph.Node { return weight(g, "x", 2, 3, 4, 5).Exp().Repeat(2, 3).Relu() },
		"resize wide": func(g *graph.Graph) *graph.Node {
			return weight(g, "x", 2, 5, 530, 3).Resize(graph.Bilinear, 8, 530)
		},
		"resize smooth": func(g *graph.Graph) *graph.Node {
			return weight(g, "x", 2, 31, 7, 3).ResizeSmooth(graph.Bicubic, 5, 9)
		},
		"resize narrow": func(g *graph.Graph) *graph.Node { return weight(g, "x", 3, 9, 1).Resize(graph.Lanczos5, 25) },
		"resize volume": func(g *graph.Graph) *graph.Node {
			return weight(g, "x", 2, 3, 4, 2, 17).Resize(graph.Bicubic, 2, 9, 5)
		},
		"long chain": func(g *graph.Graph) *graph.Node {
			x := x3(g)
			for i := range 130 {
				x = x.MulC(0.9).Add(weight(g, fmt.Sprint("w", i%3), 6))
			}
			return x
		},
	} {
		cases[name] = func(g *graph.Graph) []*graph.Node {
			y := f(g)
			out := []*graph.Node{y}
			if y.DType == tensor.Float32 {
				var ws []*graph.Node
				for _, l := range g.Leaves() {
					if l.DType == tensor.Float32 {
						ws = append(ws, l)
					}
				}
				loss := y.Mul(weight(g, "project", y.Shape...)).Sum()
				for _, d := range graph.Gradients([]*graph.Node{loss}, nil, ws) {
					if d != nil {
						out = append(out, d)
					}
				}
			}
			return out
		}
	}
	for i, c := range []struct {
		in, kernel []int
		n, c, f    int
		o          graph.Conv
	}{
		{[]int{9, 8}, []int{3, 3}, 2, 3, 5,
			graph.Conv{Stride: []int{1, 1}, Dilation: []int{1, 1}, PadLo: []int{1, 1}, PadHi: []int{1, 1}, Groups: 1}},
		{[]int{11, 7}, []int{3, 2}, 3, 4, 6,
			graph.Conv{Stride: []int{2, 1}, Dilation: []int{1, 2}, PadLo: []int{1, 0}, PadHi: []int{0, 2}, Groups: 2}},
		{[]int{20}, []int{3}, 4, 3, 8,
			graph.Conv{Stride: []int{1}, Dilation: []int{1}, PadLo: []int{2}, PadHi: []int{0}, Groups: 1}},
		{[]int{5, 6, 4}, []int{2, 3, 2}, 2, 2, 3,
			graph.Conv{Stride: []int{1, 2, 1}, Dilation: []int{1, 1, 1}, PadLo: []int{0, 1, 0}, PadHi: []int{0, 1, 1},
				Groups: 1}},
	} {
		cases[fmt.Sprint("conv", i)] = func(g *graph.Graph) []*graph.Node {
			x := weight(g, "x", append(append([]int{c.n}, c.in...), c.c)...)
			w := weight(g, "w", append(append([]int{}, c.kernel...), c.c/c.o.Groups, c.f)...)
			b := weight(g, "b", c.f)
			y := g.Apply(c.o, x, w)[0].Add(b).Relu()
			z := g.Apply(c.o, x, w)[0].Tanh().MulC(2).Add(b)
			loss := y.Mul(weight(g, "p", y.Shape...)).Sum().Add(z.Sum())
			return append([]*graph.Node{y, z}, graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{x, w, b})...)
		}
	}
	for i, o := range []graph.Pool{
		{Window: []int{2, 2}, Stride: []int{2, 2}, PadLo: []int{0, 0}, PadHi: []int{0, 0}},
		{Window: []int{3, 2}, Stride: []int{1, 2}, PadLo: []int{1, 0}, PadHi: []int{1, 1}},
		{Bins: []int{3, 4}},
	} {
		cases[fmt.Sprint("pool", i)] = func(g *graph.Graph) []*graph.Node {
			x := weight(g, "x", 2, 7, 9, 5)
			a, b := g.Apply(graph.MaxPool{Pool: o}, x)[0], g.Apply(graph.AvgPool{Pool: o}, x)[0]
			loss := a.Square().Sum().Add(b.Exp().Sum())
			return append([]*graph.Node{a, b}, graph.Gradients([]*graph.Node{loss}, nil, []*graph.Node{x})...)
		}
	}
	// The gradient of a relu's maxima is masked where they are, with and without a convolution before it.
	for name, pool := range map[string]func(x *graph.Node) *graph.Node{
		"apart": func(x *graph.Node) *graph.Node { return x.MaxPool(graph.Pool{Window: []int{2, 2}}) },
		"overlap": func(x *graph.Node) *graph.Node {
			return x.MaxPool(graph.Pool{Window: []int{3, 3}, Stride: []int{1, 2}})
		},
		"all":  func(x *graph.Node) *graph.Node { return x.ReduceMax(1, 2) },
		"some": func(x *graph.Node) *graph.Node { return x.ReduceMin(0, 1) },
		"last": func(x *graph.Node) *graph.Node { return x.ReduceMax(3) },
		"apart twice": func(x *graph.Node) *graph.Node {
			return x.ReduceMax(0, 2).Add(x.ReduceMin(1, 3).Sum())
		},
	} {
		cases["masked "+name] = func(g *graph.Graph) []*graph.Node {
			w, v := weight(g, "w", 3, 3, 2, 5), weight(g, "v", 5, 4)
			x := weight(g, "x", 2, 9, 8, 2).Conv(w, graph.Conv{}).Relu()
			y := pool(x)
			z := y.Reshape(-1, y.Shape[len(y.Shape)-1])
			if y.Shape[len(y.Shape)-1] == 5 {
				z = z.MatMul(v)
			}
			return append([]*graph.Node{y},
				graph.Gradients([]*graph.Node{z.Square().Sum()}, nil,
					[]*graph.Node{w, g.Leaf(graph.Weight, "x", graph.F32(2, 9, 8, 2))})...)
		}
	}
	// Pooling on the blocks of a convolution, where they hold whole windows, and where they do not.
	tails := map[string]bool{}
	for i, c := range []struct {
		in, kernel []int
		f          int
		pool       graph.Pool
		tail       bool
	}{
		{[]int{1, 50, 21, 3}, []int{3, 3}, 8, graph.Pool{Window: []int{2, 2}}, true},
		{[]int{5, 14, 13, 16}, []int{3, 3}, 17, graph.Pool{Window: []int{2, 2}}, true},
		{[]int{1, 30, 30, 16}, []int{3, 3}, 18, graph.Pool{Window: []int{2, 3}}, true},
		{[]int{40, 9, 9, 3}, []int{3, 3}, 20, graph.Pool{Window: []int{3, 3}, Stride: []int{2, 2}}, true},
		{[]int{1, 50, 21, 3}, []int{3, 3}, 8, graph.Pool{Window: []int{3, 3}, Stride: []int{2, 2}}, false},
		{[]int{1, 300, 34}, []int{3}, 33, graph.Pool{Window: []int{2}}, true},
		{[]int{1, 300, 34}, []int{3}, 33, graph.Pool{Window: []int{7}}, false},
		{[]int{1, 40, 9, 8, 5}, []int{3, 3, 3}, 7, graph.Pool{Window: []int{2, 2, 2}}, true},
	} {
		for _, avg := range []bool{false, true} {
			name := fmt.Sprint("conv pool ", i, avg)
			tails[name] = c.tail
			pool := func(x *graph.Node) *graph.Node {
				if avg {
					return x.AvgPool(c.pool)
				}
				return x.MaxPool(c.pool)
			}
			trace := func(g *graph.Graph) (x, w, y *graph.Node) {
				x = weight(g, "x", c.in...)
				w = weight(g, "w", append(append([]int{}, c.kernel...), c.in[len(c.in)-1], c.f)...)
				return x, w, pool(x.Conv(w, graph.Conv{}).Add(weight(g, "b", c.f)).Relu())
			}
			cases[name] = func(g *graph.Graph) []*graph.Node {
				_, _, y := trace(g)
				return []*graph.Node{y}
			}
			cases[name+" learning"] = func(g *graph.Graph) []*graph.Node {
				x, w, y := trace(g)
				return append(graph.Gradients([]*graph.Node{y.Mul(weight(g, "p", y.Shape...)).Sum()}, nil,
					[]*graph.Node{x, w, g.Leaf(graph.Weight, "b", graph.F32(c.f))}), y)
			}
		}
	}
	for i, shape := range [][]int{{1, 5}, {7, 3}, {2, 50, 41, 33}, {70000, 2}, {3, 4, 5, 6}} {
		c := shape[len(shape)-1]
		cases[fmt.Sprint("batch norm ", i)] = func(g *graph.Graph) []*graph.Node {
			x, gamma, beta := weight(g, "x", shape...), weight(g, "gamma+", c), weight(g, "beta", c)
			y, mean, variance := x.Exp().BatchNorm(gamma, beta, 1e-3)
			z := y.Relu().Mul(weight(g, "s", c)).Add(x)
			d := graph.Gradients([]*graph.Node{z.Mul(weight(g, "p", shape...)).Mean()}, nil,
				[]*graph.Node{x, gamma, beta})
			return append(d, z, mean.MulC(0.9).Add(variance), y.Sub(mean))
		}
		cases[fmt.Sprint("batch norm alone ", i)] = func(g *graph.Graph) []*graph.Node {
			y, _, _ := weight(g, "x", shape...).BatchNorm(weight(g, "gamma+", c), weight(g, "beta", c), 1e-3)
			return []*graph.Node{y}
		}
		cases[fmt.Sprint("batch norm moments ", i)] = func(g *graph.Graph) []*graph.Node {
			y, mean, variance := weight(g, "x", shape...).BatchNorm(weight(g, "gamma+", c), weight(g, "beta", c), 1e-3)
			return []*graph.Node{y.Tanh(), y.Mul(mean).Add(variance), mean}
		}
	}
	for i, shape := range [][]int{{1, 5}, {7, 3}, {4, 1}, {2, 50, 41, 33}, {90, 200}, {3, 9000}, {3, 4, 5, 6}} {
		n := shape[len(shape)-1]
		cases[fmt.Sprint("layer norm ", i)] = func(g *graph.Graph) []*graph.Node {
			x, gamma, beta := weight(g, "x", shape...), weight(g, "gamma+", n), weight(g, "beta", n)
			z := x.Exp().LayerNorm(gamma, beta, 1e-3).Tanh().Add(x)
			d := graph.Gradients([]*graph.Node{z.Mul(weight(g, "p", shape...)).Mean()}, nil,
				[]*graph.Node{x, gamma, beta})
			return append(d, z, x.LayerNorm(nil, nil, 1e-3, 0, -1))
		}
	}
	cell := &graph.Composite{Name: "cell", Body: func(v []*graph.Node) []*graph.Node {
		h := v[2].MatMul(v[3]).Add(v[0].MatMul(v[4])).Add(v[5]).Tanh()
		c := v[1].Mul(h.Sigmoid()).Add(h)
		return []*graph.Node{h, c, h.Mul(c)}
	}}
	for i := range 4 {
		cases[fmt.Sprint("scan", i)] = func(g *graph.Graph) []*graph.Node {
			const batch, steps, in, units = 3, 7, 5, 20
			var ws []*graph.Node
			for k, s := range [][]int{{batch, units}, {batch, units}, {batch, steps, in}, {in, units}, {units, units},
				{units}} {
				ws = append(ws, weight(g, fmt.Sprint("w", k), s...))
			}
			var mask *graph.Node
			if i&1 == 1 {
				mask = weight(g, "m", batch, steps).Gt(g.Scalar(0))
			}
			y := graph.ScanOver(cell, ws[:2], ws[2:3], mask, ws[3:], i&2 != 0)
			loss := y[0].Square().Sum().Add(y[2].Sum())
			return append(y, graph.Gradients([]*graph.Node{loss}, nil, ws)...)
		}
	}
	for m := graph.Bilinear; m.Valid(); m++ {
		for _, e := range [][]int{{1, 1}, {3, 20}, {13, 2}} {
			cases[fmt.Sprint("resize", m, e)] = func(g *graph.Graph) []*graph.Node {
				x := weight(g, "x", 2, 6, 5, 3)
				y := x.Resize(m, e...)
				return append([]*graph.Node{y},
					graph.Gradients([]*graph.Node{y.Square().Sum()}, nil, []*graph.Node{x})...)
			}
		}
	}
	tanh, sigmoid := (*graph.Node).Tanh, (*graph.Node).Sigmoid
	for i := range 16 {
		masked, reverse, dropped, last := i&1 != 0, i&2 != 0, i&4 != 0, i&8 != 0
		a := graph.CellAttr{Activation: "tanh", Recurrent: "sigmoid", Dropped: dropped}
		after := a
		after.ResetAfter, after.RecurrentBias = true, true
		for _, c := range []struct {
			cell   *graph.Composite
			blocks int
			states int
			bias   bool
		}{
			{graph.SimpleRNNCell(a, tanh), 1, 1, false}, {graph.LSTMCell(a, tanh, sigmoid), 4, 2, false},
			{graph.GRUCell(a, tanh, sigmoid), 3, 1, false}, {graph.GRUCell(after, tanh, sigmoid), 3, 1, true},
			{graph.UGRNNCell(a, tanh, sigmoid), 2, 1, false},
		} {
			for _, s := range []struct{ batch, steps, units int }{{3, 7, 20}, {1, 1, 5}, {33, 2, 1}} {
				cases[fmt.Sprint(c.cell.Name, c.bias, i, s)] = func(g *graph.Graph) []*graph.Node {
					var states []*graph.Node
					for k := range c.states {
						h := g.Scalar(0).Broadcast(s.batch, s.units)
						if !masked {
							h = weight(g, fmt.Sprint("h", k), s.batch, s.units)
						}
						states = append(states, h)
					}
					x := weight(g, "x", s.batch, s.steps, c.blocks*s.units)
					ws := []*graph.Node{weight(g, "u", s.units, c.blocks*s.units).MulC(0.3)}
					wrt := append([]*graph.Node{x}, ws...)
					if c.bias {
						ws = append(ws, weight(g, "b", 3*s.units))
						wrt = append(wrt, ws[1])
					}
					if dropped {
						ws = append(ws, weight(g, "drop", s.batch, s.units))
					}
					if !masked {
						wrt = append(wrt, states...)
					}
					var mask *graph.Node
					if masked {
						mask = weight(g, "m", s.batch, s.steps).Gt(g.Scalar(0))
					}
					y := graph.ScanOver(c.cell, states, []*graph.Node{x}, mask, ws, reverse)
					h := y[0]
					if last {
						h = h.Narrow(1, s.steps-1, s.steps)
					}
					loss := h.Mul(weight(g, "p", h.Shape...)).Sum()
					return append([]*graph.Node{h}, graph.Gradients([]*graph.Node{loss}, nil, wrt)...)
				}
			}
		}
	}
	for name, f := range cases {
		if testing.Short() && len(name)%3 != 0 {
			continue // a third of the cases
		}
		t.Run(name, func(t *testing.T) {
			g := graph.New()
			p := compare(t, g, f(g), 1e-4, 1)
			if want, ok := tails[name]; ok && want != strings.Contains(p.String(), "relu | ") {
				t.Errorf("the pooling is part of the convolution's step: %v, want %v\n%v", !want, want, p)
			}
			if strings.Contains(name, "_cell") && !strings.Contains(p.String(), "rnn ") {
				t.Errorf("the fused kernel did not take it:\n%v", p)
			}
		})
	}
}
