package graph

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorae/tensor"
)

// Convolutions, poolings and resizings: their cases for the tests of every operation.

func convOf(c Conv) func(x []*Node) *Node {
	return func(x []*Node) *Node { return x[0].Conv(x[1], c) }
}

func transposed(c Conv, in ...int) func(x []*Node) *Node {
	return func(x []*Node) *Node { return x[0].ConvTranspose(x[1], c, in...) }
}

func maxPool(p Pool) func(x []*Node) *Node { return func(x []*Node) *Node { return x[0].MaxPool(p) } }
func avgPool(p Pool) func(x []*Node) *Node { return func(x []*Node) *Node { return x[0].AvgPool(p) } }

func resize(m Interpolation, extents ...int) func(x []*Node) *Node {
	return func(x []*Node) *Node { return x[0].Resize(m, extents...) }
}

func smooth(m Interpolation, extents ...int) func(x []*Node) *Node {
	return func(x []*Node) *Node { return x[0].ResizeSmooth(m, extents...) }
}

func ints(v ...int) []int { return v }

// spatialCases are awkward extents: 1, one more and one less than the stride fits, nothing.
func spatialCases() []opCase {
	var cs []opCase
	add := func(name string, f func(x []*Node) *Node, in ...[]int) *opCase {
		c := opCase{name: name, f: f}
		for _, s := range in {
			c.in = append(c.in, F32(s...))
		}
		cs = append(cs, c)
		return &cs[len(cs)-1]
	}
	for _, n := range []int{0, 1, 2} {
		add(fmt.Sprint("conv1d of ", n), convOf(Conv{}), ints(n, 4, 2), ints(3, 2, 2))
	}
	add("conv1d, one step", convOf(Conv{}), ints(2, 1, 1), ints(1, 1, 1))
	add("conv1d, no channels", convOf(Conv{}), ints(1, 3, 0), ints(2, 0, 2))
	add("conv1d, no filters", convOf(Conv{}), ints(1, 3, 2), ints(2, 2, 0))
	add("conv1d, only padding", convOf(Conv{PadLo: ints(2), PadHi: ints(1)}), ints(1, 0, 2), ints(2, 2, 1))
	add("conv1d, causal", convOf(Conv{Dilation: ints(2), PadLo: ints(4)}), ints(1, 5, 2), ints(3, 2, 1))
	for stride := 1; stride <= 3; stride++ {
		for hi := range 3 {
			add(fmt.Sprint("conv1d, stride and rest", stride, hi),
				convOf(Conv{Stride: ints(stride), PadLo: ints(1), PadHi: ints(hi)}), ints(1, 5, 1), ints(2, 1, 2))
		}
	}
	add("conv2d", convOf(Conv{Stride: ints(2, 1), Dilation: ints(1, 2), PadLo: ints(1, 0), PadHi: ints(0, 1)}),
		ints(2, 4, 3, 2), ints(2, 2, 2, 2))
	add("conv2d, groups", convOf(Conv{Groups: 2}), ints(1, 3, 2, 4), ints(2, 2, 2, 6))
	add("conv2d, depthwise", convOf(Conv{Groups: 3, Stride: ints(1, 2)}), ints(1, 2, 3, 3), ints(2, 1, 1, 6))
	add("conv3d", convOf(Conv{Stride: ints(1, 2, 1), PadHi: ints(1, 0, 0)}), ints(1, 2, 3, 2, 2), ints(2, 1, 2, 2, 1))
	add("conv1d, transposed", transposed(Conv{Stride: ints(2), PadLo: ints(1), PadHi: ints(1)}, 6), ints(2, 3, 2),
		ints(3, 2, 2))
	add("conv1d, transposed, kernel below stride", transposed(Conv{Stride: ints(3)}, 6), ints(1, 2, 2), ints(2, 1, 2))
	add("conv2d, transposed, groups", transposed(Conv{Groups: 2}, 3, 2), ints(1, 2, 2, 4), ints(2, 1, 1, 4))
	add("conv, square", func(x []*Node) *Node { return x[0].Conv(x[1], Conv{}).Conv(x[1], Conv{}) }, ints(1, 4, 2),
		ints(2, 2, 2))

	add("max_pool1d", maxPool(Pool{Window: ints(2)}), ints(2, 5, 2))
	add("max_pool1d of nothing", maxPool(Pool{Window: ints(2)}), ints(0, 5, 2))
	add("max_pool1d, overlapping", maxPool(Pool{Window: ints(3), Stride: ints(1), PadLo: ints(1), PadHi: ints(2)}),
		ints(1, 4, 2))
	add("max_pool2d", maxPool(Pool{Window: ints(2, 3), Stride: ints(2, 1), PadLo: ints(1, 0), PadHi: ints(0, 1)}),
		ints(1, 3, 4, 2))
	add("max_pool3d", maxPool(Pool{Window: ints(2, 1, 2)}), ints(1, 2, 2, 3, 1))
	add("max_pool2d, bins", maxPool(Pool{Bins: ints(2, 4)}), ints(1, 5, 3, 1))
	add("max_pool2d, bins that divide", maxPool(Pool{Bins: ints(2, 1)}), ints(1, 4, 3, 1))
	add("avg_pool1d", avgPool(Pool{Window: ints(2)}), ints(2, 5, 2))
	add("avg_pool1d, overlapping", avgPool(Pool{Window: ints(3), Stride: ints(1), PadLo: ints(1), PadHi: ints(2)}),
		ints(1, 4, 2))
	add("avg_pool2d", avgPool(Pool{Window: ints(2, 3), Stride: ints(2, 1), PadLo: ints(1, 0), PadHi: ints(0, 1)}),
		ints(1, 3, 4, 2))
	add("avg_pool3d", avgPool(Pool{Window: ints(2, 1, 2)}), ints(1, 2, 2, 3, 1))
	add("avg_pool2d, bins", avgPool(Pool{Bins: ints(2, 4)}), ints(1, 5, 3, 1))
	for m := Bilinear; m.Valid(); m++ {
		for _, e := range [][]int{{1, 1}, {2, 5}, {6, 3}, {3, 4}} {
			add(fmt.Sprint(m, e), resize(m, e...), ints(1, 3, 4, 2))
			add(fmt.Sprint("smooth ", m, e), smooth(m, e...), ints(1, 3, 4, 2))
		}
		add(fmt.Sprint(m, " of one"), resize(m, 3), ints(1, 1, 1))
	}
	add("repeat", func(x []*Node) *Node { return x[0].Repeat(2, 1, 3) }, ints(1, 2, 2, 1, 2))
	add("repeat once", func(x []*Node) *Node { return x[0].Repeat(1) }, ints(1, 2, 2))
	return cs
}

// spatialOps is one of each kind of operation of this family, for values that the test of Infer makes.
func spatialOps() []Op {
	c := Conv{Stride: ints(1), Dilation: ints(1), PadLo: ints(0), PadHi: ints(1), Groups: 1}
	p := Pool{Window: ints(2), Stride: ints(1), PadLo: ints(0), PadHi: ints(1)}
	return []Op{
		c, ConvInputGrad{c, ints(3)}, ConvWeightGrad{c, ints(2)}, Conv{Stride: ints(1, 2), Groups: 0},
		ConvWeightGrad{c, ints(-1)}, ConvInputGrad{c, nil},
		MaxPool{p}, MaxPoolGrad{p}, MaxPoolAt{p}, AvgPool{p}, AvgPoolGrad{p, ints(3)}, MaxPool{Pool{Bins: ints(2)}},
		AvgPool{Pool{}}, AvgPoolGrad{p, nil},
		Resize{1, Bilinear, 3, 4, false, false}, Resize{1, Area, 4, 3, true, true},
		Resize{0, Interpolation(99), 3, 2, true, false},
	}
}

// spatialCalls are the calls behind the names in testdata/conv.json.
var spatialCalls = map[string]func(x []*Node) *Node{
	"conv1d":        convOf(Conv{}),
	"conv1d_causal": convOf(Conv{Dilation: ints(2), PadLo: ints(4)}),
	"conv1d_stride": convOf(Conv{Stride: ints(3)}),
	"conv2d":        convOf(Conv{}),
	"conv2d_same":   convOf(Conv{PadLo: ints(1, 1), PadHi: ints(1, 1)}),
	"conv2d_odd": convOf(Conv{Stride: ints(2, 3), Dilation: ints(2, 1), PadLo: ints(0, 2),
		PadHi: ints(1, 1)}),
	"conv2d_groups":           convOf(Conv{Groups: 2}),
	"conv2d_depthwise":        convOf(Conv{Groups: 3}),
	"conv3d":                  convOf(Conv{}),
	"conv3d_same":             convOf(Conv{Stride: ints(2, 1, 1), PadLo: ints(1, 0, 0), PadHi: ints(1, 1, 1)}),
	"conv1d_transpose":        transposed(Conv{Stride: ints(2), PadLo: ints(1), PadHi: ints(1)}, 6),
	"conv2d_transpose":        transposed(Conv{Stride: ints(2, 3), PadLo: ints(1, 0), PadHi: ints(1, 0)}, 4, 10),
	"conv2d_transpose_groups": transposed(Conv{Dilation: ints(1, 2), Groups: 2}, 4, 4),
	"conv3d_transpose":        transposed(Conv{Stride: ints(2, 1, 1)}, 4, 2, 3),
	"max_pool1d":              maxPool(Pool{Window: ints(2)}),
	"max_pool2d":              maxPool(Pool{Window: ints(2, 3), Stride: ints(2, 1)}),
	"max_pool2d_pad": maxPool(Pool{Window: ints(3, 3), Stride: ints(2, 2), PadLo: ints(1, 1),
		PadHi: ints(1, 1)}),
	"max_pool2d_ties": maxPool(Pool{Window: ints(2, 3), Stride: ints(1, 1)}),
	"max_pool3d":      maxPool(Pool{Window: ints(2, 2, 2), Stride: ints(1, 2, 2)}),
	"avg_pool1d":      avgPool(Pool{Window: ints(3), Stride: ints(2)}),
	"avg_pool2d_pad": avgPool(Pool{Window: ints(3, 2), Stride: ints(2, 2), PadLo: ints(1, 1),
		PadHi: ints(1, 1)}),
	"avg_pool3d":         avgPool(Pool{Window: ints(2, 1, 2), Stride: ints(1, 1, 2)}),
	"adaptive_max1d":     maxPool(Pool{Bins: ints(3)}),
	"adaptive_max2d":     maxPool(Pool{Bins: ints(3, 2)}),
	"adaptive_max2d_up":  maxPool(Pool{Bins: ints(4, 5)}),
	"adaptive_max3d":     maxPool(Pool{Bins: ints(2, 1, 3)}),
	"adaptive_avg1d":     avgPool(Pool{Bins: ints(3)}),
	"adaptive_avg2d":     avgPool(Pool{Bins: ints(3, 2)}),
	"adaptive_avg2d_up":  avgPool(Pool{Bins: ints(4, 5)}),
	"adaptive_avg3d":     avgPool(Pool{Bins: ints(2, 1, 3)}),
	"nearest":            resize(Nearest, 5, 2),
	"repeat":             func(x []*Node) *Node { return x[0].Repeat(3, 2) },
	"bilinear":           resize(Bilinear, 6, 9),
	"bilinear_odd":       resize(Bilinear, 5, 3),
	"linear":             resize(Bilinear, 5),
	"trilinear":          resize(Bilinear, 4, 3, 2),
	"bicubic":            resize(Bicubic, 6, 7),
	"lanczos3":           resize(Lanczos3, 8, 5),
	"lanczos5":           resize(Lanczos5, 8, 5),
	"bilinear_antialias": smooth(Bilinear, 3, 9),
	"bicubic_antialias":  smooth(Bicubic, 3, 9),
}

// TestGoldenPlaces: values and gradients are PyTorch's (testdata/conv.py).
func TestGoldenPlaces(t *testing.T) {
	if n := golden(t, "testdata/conv.json", spatialCalls); n != len(spatialCalls) {
		t.Errorf("%d cases for %d calls", n, len(spatialCalls))
	}
}

// TestConvByHand: the chapter's six values under a kernel of three, plain, padded and with a stride of three.
func TestConvByHand(t *testing.T) {
	for _, c := range []struct {
		o    Conv
		want []float64
	}{
		{Conv{}, []float64{1*1 - 4, 2*1 - 7, 4 - 11, 7 - 16}},
		{Conv{PadLo: ints(1), PadHi: ints(1)}, []float64{-2, -3, -5, -7, -9, 11}},
		{Conv{Stride: ints(3)}, []float64{-3, -9}},
	} {
		g := New()
		y := g.Input("x", F32(1, 6, 1)).Conv(g.Input("w", F32(3, 1, 1)), c.o)
		leaves := map[string]*Array{"x": array([]float64{1, 2, 4, 7, 11, 16}, 1, 6, 1),
			"w": array([]float64{1, 0, -1}, 3, 1, 1)}
		if got := value(t, y, leaves, true).V; !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", y.Call.Op, got, c.want)
		}
	}
}

// TestPoolEdges: NaN is kept, infinities are compared, and the first of equals gets the gradient.
func TestPoolEdges(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ x, y, dx []float64 }{
		{[]float64{1, nan, 3, 3}, []float64{nan, 3}, []float64{0, 1, 2, 0}},
		{[]float64{nan, inf, -inf, -inf}, []float64{nan, -inf}, []float64{1, 0, 2, 0}},
		{[]float64{0, 0, -1, inf}, []float64{0, inf}, []float64{1, 0, 0, 2}},
	} {
		g := New()
		x := g.Input("x", F32(1, 4, 1))
		y := x.MaxPool(Pool{Window: ints(2)})
		d := Gradients([]*Node{y}, []*Node{g.Const(tensor.Of([]float32{1, 2}, 1, 2, 1))}, []*Node{x})[0]
		leaves := map[string]*Array{"x": array(c.x, 1, 4, 1)}
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if got := value(t, y, leaves, true).V; !slices.EqualFunc(got, c.y, same) {
			t.Errorf("max of %v is %v, want %v", c.x, got, c.y)
		}
		if got := value(t, d, leaves, true).V; !slices.Equal(got, c.dx) {
			t.Errorf("gradient at %v is %v, want %v", c.x, got, c.dx)
		}
	}
}

// TestSamePadding: extents, and the odd rest behind, as TensorFlow has them.
func TestSamePadding(t *testing.T) {
	for _, c := range [][6]int{ // n, k, stride, dilation, lo, hi
		{5, 3, 1, 1, 1, 1}, {5, 3, 2, 1, 1, 1}, {4, 3, 2, 1, 0, 1}, {6, 2, 1, 1, 0, 1}, {7, 3, 3, 1, 1, 1},
		{6, 3, 3, 1, 0, 0}, {8, 4, 1, 2, 3, 3}, {3, 1, 2, 1, 0, 0}, {1, 5, 1, 1, 2, 2},
	} {
		lo, hi := SamePadding(c[0], c[1], c[2], c[3])
		if lo != c[4] || hi != c[5] {
			t.Errorf("%v: %d and %d", c, lo, hi)
		}
		if out := slide(c[0]+lo+hi, (c[1]-1)*c[3]+1, c[2]); out != (c[0]+c[2]-1)/c[2] {
			t.Errorf("%v: %d positions", c, out)
		}
	}
}

// TestResizeWeights: the shares of each element add up to 1, so that an even picture stays even.
func TestResizeWeights(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 300 {
		o := Resize{Axis: 0, Method: Interpolation(r.IntN(1 + int(Lanczos5))), Antialias: r.IntN(2) == 0,
			In: 1 + r.IntN(9), Out: 1 + r.IntN(20)}
		back := make([]float32, o.In)
		for i, ts := range o.Taps() {
			sum := float32(0)
			for _, s := range ts {
				sum += s.Weight
				back[s.From] += s.Weight
			}
			if math.Abs(float64(sum)-1) > 1e-6 {
				t.Errorf("%v: element %d is made of %v", o, i, ts)
			}
		}
		o.Back = true
		for j, ts := range o.Taps() {
			for _, s := range ts {
				back[j] -= s.Weight
			}
			if math.Abs(float64(back[j])) > 1e-5 {
				t.Errorf("%v: element %d gets %v", o, j, ts)
			}
		}
	}
}

// TestPlaceErrors: what does not fit is said in one line with its extents.
func TestPlaceErrors(t *testing.T) {
	for _, c := range []struct {
		f    func(x, w *Node)
		want string
	}{
		{func(x, w *Node) { x.Conv(x.Graph().Input("k", F32(5, 5, 2, 4)), Conv{}) },
			"conv2d: kernel 5×5 exceeds input 3×3; use padding same"},
		{func(x, w *Node) { x.Conv(w, Conv{Dilation: ints(1, 3)}) },
			"conv2d: kernel 2×2 with dilation 1×3 exceeds input 3×3; use padding same"},
		{func(x, w *Node) { x.Conv(w, Conv{Stride: ints(1)}) },
			"conv1d: float32(2, 3, 3, 2) has 2 spatial axes, [1] gives 1 numbers"},
		{func(x, w *Node) { x.Conv(w, Conv{Stride: ints(1, 0)}) },
			"conv2d: stride [1 0]: 0 is not allowed; give 1 or more"},
		{func(x, w *Node) { x.Conv(w, Conv{PadLo: ints(-1, 0)}) },
			"conv2d: pad [-1 0]: -1 is not allowed; give 0 or more"},
		{func(x, w *Node) { x.Conv(w, Conv{Groups: 3}) },
			"conv2d: 2 channels and 4 filters do not divide into 3 groups"},
		{func(x, w *Node) { x.Conv(w, Conv{Groups: 2}) },
			"conv2d: the kernel is for 2 channels, the input has 2 in 2 groups"},
		{func(x, w *Node) { x.Conv(x.Reshape(9, 4), Conv{}) },
			"conv2d: the kernel of 2 spatial axes is float32(2 extents, channels, filters), got float32(9, 4)"},
		{func(x, w *Node) { x.Reshape(9, 4).Conv(w, Conv{}) },
			"conv0d: needs [samples, 1 to 3 spatial axes, channels], got float32(9, 4)"},
		{func(x, w *Node) { x.Cast(tensor.Int32).Conv(w, Conv{}) },
			"conv2d: needs float32, got int32(2, 3, 3, 2); use Cast"},
		{func(x, w *Node) { x.ConvTranspose(w, Conv{}, 4, 4) },
			"conv2d_input_grad: the kernel has 4 filters, the values have 2 channels"},
		{func(x, w *Node) { x.Conv(w, Conv{}).ConvTranspose(w, Conv{}, 4, 3) },
			"conv2d_input_grad: input 4×3 and kernel 2×2 give the extents 3×2, not 2×2"},
		{func(x, w *Node) { x.Conv(w, Conv{}).ConvTranspose(w, Conv{}, 3) },
			"conv2d_input_grad: 2 spatial axes, but extents [3] and kernel [2 2]"},
		{func(x, w *Node) { x.MaxPool(Pool{Window: ints(4, 4)}) },
			"max_pool2d: window 4×4 exceeds input 3×3; use padding same"},
		{func(x, w *Node) { x.AvgPool(Pool{Window: ints(2, 2), PadLo: ints(2, 0)}) },
			"avg_pool2d: padding [2 0]:[0 0] does not fit window 2×2; a window must meet an element"},
		{func(x, w *Node) { x.MaxPool(Pool{Window: ints(2)}) },
			"max_pool1d: float32(2, 3, 3, 2) has 2 spatial axes, [2] gives 1 numbers"},
		{func(x, w *Node) { x.MaxPool(Pool{Bins: ints(0, 1)}) },
			"max_pool2d: output size [0 1]: 0 is not allowed; give 1 or more"},
		{func(x, w *Node) { x.Resize(Bilinear, 2) },
			"resize: float32(2, 3, 3, 2) has 2 spatial axes, [2] gives 1 numbers"},
		{func(x, w *Node) { x.Resize(Bilinear, 2, 0) },
			"resize: cannot bring 3 elements to 0 by bilinear; give 1 or more"},
		{func(x, w *Node) { x.Resize(Interpolation(9), 2, 2) },
			"resize: cannot bring 3 elements to 2 by filter(9); give 1 or more"},
		{func(x, w *Node) { x.Repeat(2, 0) }, "repeat: times [2 0]: 0 is not allowed; give 1 or more"},
	} {
		g := New()
		err := Catch(func() { c.f(g.Input("x", F32(2, 3, 3, 2)), g.Input("w", F32(2, 2, 2, 4))) })
		if err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}
