package model_test

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// The chapter's convolutional network, id by id, with its numbers.

// network is built from layers over samples of a shape.
func network(t *testing.T, sample []int, layers ...layer.Layer) *model.Model {
	t.Helper()
	m := model.Sequential(append([]layer.Layer{layer.Input{Shape: sample}}, layers...)...)
	if err := m.Build(3); err != nil {
		t.Fatal(err)
	}
	return m
}

// shows tests the shape that a layer alone makes of a sample, its parameters, and how they are counted.
func shows(t *testing.T, sample []int, l layer.Layer, shape []int, params int, formula string) {
	t.Helper()
	m := network(t, sample, l)
	if got := m.OutputTypes(1)[0].Shape[1:]; !got.Equal(shape) {
		t.Errorf("%s of %v makes %v, the chapter has %v", layer.TypeName(l), sample, got, shape)
	}
	r := m.Summary().Rows[1]
	if r.Params != params {
		t.Errorf("%s of %v has %d parameters, the chapter has %d", layer.TypeName(l), sample, r.Params, params)
	}
	if formula != "" && r.Formula != formula {
		t.Errorf("%s of %v: formula %q, want %q", layer.TypeName(l), sample, r.Formula, formula)
	}
}

// six moves a kernel of three over six values: x[i−1] + 2x[i] + 3x[i+1].
func six(t *testing.T, c layer.Conv1D, want ...float32) {
	t.Helper()
	c.Filters, c.KernelSize, c.NoBias = 1, []int{3}, true
	shows(t, []int{6, 1}, c, []int{len(want), 1}, 3, "3 × 1 = 3")
	m := network(t, []int{6, 1}, c)
	set(t, m, "conv1d/kernel", []float32{1, 2, 3}, 3, 1, 1)
	if got := predict(t, m, tensor.Of([]float32{1, 2, 3, 4, 5, 6}, 1, 6, 1)).F32; !slices.Equal(got, want) {
		t.Errorf("%v, by hand %v", got, want)
	}
}

// TestC1: six values under a kernel of three: 3 parameters instead of 6, and 4 values come out.
func TestC1(t *testing.T) {
	six(t, layer.Conv1D{}, 14, 20, 26, 32)
	shows(t, []int{6}, layer.Dense{Units: 1, NoBias: true}, []int{1}, 6, "6 × 1 = 6")
}

// TestC2: the same with a 0 at both ends gives 6.
func TestC2(t *testing.T) { six(t, layer.Conv1D{Padding: "same"}, 8, 14, 20, 26, 32, 17) }

// TestC3: the same moving by 3 gives 2.
func TestC3(t *testing.T) { six(t, layer.Conv1D{Strides: []int{3}}, 14, 32) }

// TestC4: a perceptron is a convolution whose kernel spans the input: the same weights give the same numbers.
func TestC4(t *testing.T) {
	const steps, features, nodes = 6, 3, 4
	conv := network(t, []int{steps, features}, layer.Conv1D{Filters: nodes, KernelSize: []int{steps},
		Activation: "tanh"}, layer.Flatten{})
	mlp := network(t, []int{steps, features}, layer.Flatten{}, layer.Dense{Units: nodes, Activation: "tanh"})
	w := conv.Store().Var("conv1d/kernel").Value.F32
	set(t, mlp, "dense/kernel", w, steps*features, nodes)
	if a, b := conv.Summary().Total, mlp.Summary().Total; a != b {
		t.Errorf("%d and %d parameters", a, b)
	}
	x := tensor.New(tensor.Float32, 5, steps, features)
	r := weight.NewRand(1, "x")
	for i := range x.F32 {
		x.F32[i] = float32(r.Normal())
	}
	a, b := predict(t, conv, x).F32, predict(t, mlp, x).F32
	for i := range a {
		if math.Abs(float64(a[i]-b[i])) > 1e-6 {
			t.Errorf("element %d: %v and %v", i, a[i], b[i])
		}
	}
}

// TestC5: 3 features in 5 steps. A filter of 3 steps sees all features: 9 weights where a node of a perceptron has 15.
func TestC5(t *testing.T) {
	shows(t, []int{5, 3}, layer.Conv1D{Filters: 10, KernelSize: []int{3}}, []int{3, 10}, 100, "(9 + 1) × 10 = 100")
	mlp := network(t, []int{5, 3}, layer.Flatten{}, layer.Dense{Units: 10})
	if got := mlp.Summary().Rows[2].Formula; got != "(15 + 1) × 10 = 160" {
		t.Errorf("the perceptron: %s", got)
	}
}

// TestC6: a picture (5, 5) under a kernel (3, 3).
func TestC6(t *testing.T) {
	grey, c := []int{5, 5, 1}, layer.Conv2D{Filters: 1, KernelSize: []int{3, 3}}
	shows(t, grey, c, []int{3, 3, 1}, 10, "(9 + 1) × 1 = 10")
	c.Padding = "same"
	shows(t, grey, c, []int{5, 5, 1}, 10, "")
	c.Padding, c.Strides = "valid", []int{2}
	shows(t, grey, c, []int{2, 2, 1}, 10, "")
}

// TestC7: ten such filters.
func TestC7(t *testing.T) {
	shows(t, []int{5, 5, 1}, layer.Conv2D{Filters: 10, KernelSize: []int{3}}, []int{3, 3, 10}, 100,
		"(9 + 1) × 10 = 100")
}

// TestC8: a colour picture: 28 parameters a filter.
func TestC8(t *testing.T) {
	colour := []int{5, 5, 3}
	shows(t, colour, layer.Conv2D{Filters: 1, KernelSize: []int{3}}, []int{3, 3, 1}, 28, "(3·3·3 + 1) × 1 = 28")
	shows(t, colour, layer.Conv2D{Filters: 10, KernelSize: []int{3}}, []int{3, 3, 10}, 280, "(3·3·3 + 1) × 10 = 280")
}

// TestC9: a volume (5, 5, 5) under a kernel (2, 2, 2).
func TestC9(t *testing.T) {
	shows(t, []int{5, 5, 5, 1}, layer.Conv3D{Filters: 1, KernelSize: []int{2}}, []int{4, 4, 4, 1}, 9,
		"(2·2·2 + 1) × 1 = 9")
}

// TestC10: a stride of m divides each side by m.
func TestC10(t *testing.T) {
	for m := 1; m <= 4; m++ {
		k, s := []int{m}, []int{m}
		shows(t, []int{12, 1}, layer.Conv1D{Filters: 1, KernelSize: k, Strides: s}, []int{12 / m, 1}, m+1, "")
		shows(t, []int{12, 24, 1}, layer.Conv2D{Filters: 2, KernelSize: []int{3}, Strides: s, Padding: "same"},
			[]int{12 / m, 24 / m, 2}, 20, "")
		shows(t, []int{12, 12, 24, 1}, layer.Conv3D{Filters: 1, KernelSize: []int{1}, Strides: s},
			[]int{12 / m, 12 / m, 24 / m, 1}, 2, "")
	}
}

// TestC11: max pooling (2, 2) of the chapter's picture.
func TestC11(t *testing.T) {
	shows(t, []int{4, 4, 1}, layer.MaxPooling2D{}, []int{2, 2, 1}, 0, "none: the greatest of each 2×2")
	m := network(t, []int{4, 4, 1}, layer.MaxPooling2D{PoolSize: []int{2, 2}, Strides: []int{2, 2}})
	x := tensor.Of([]float32{2, 5, 7, 8, 8, 3, 10, 2, 4, 5, 1, 2, 7, 2, 3, 4}, 1, 4, 4, 1)
	if got := predict(t, m, x).F32; !slices.Equal(got, []float32{8, 10, 7, 4}) {
		t.Errorf("%v, the chapter has [[8, 10], [7, 4]]", got)
	}
}

// TestC12: pooling by 2 halves each side, by 3 thirds it; and a network that must find a mark wherever it lies
// does better with it than without.
func TestC12(t *testing.T) {
	for _, k := range []int{2, 3} {
		p := []int{k}
		shows(t, []int{12, 4}, layer.MaxPooling1D{PoolSize: p}, []int{12 / k, 4}, 0, "")
		shows(t, []int{12, 24, 4}, layer.MaxPooling2D{PoolSize: p}, []int{12 / k, 24 / k, 4}, 0, "")
		shows(t, []int{12, 12, 24, 4}, layer.AveragePooling3D{PoolSize: p}, []int{12 / k, 12 / k, 24 / k, 4}, 0, "")
	}
	with, without := 0.0, 0.0
	for seed := uint64(1); seed <= 3; seed++ {
		with += marks(t, seed, layer.MaxPooling2D{PoolSize: []int{3}}) / 3
		without += marks(t, seed) / 3
	}
	t.Logf("right with pooling: %.3f, without: %.3f", with, without)
	if with < without+0.03 {
		t.Errorf("right with pooling: %.3f, without: %.3f", with, without)
	}
}

// marks trains a small network to tell lying from standing bars somewhere in a noisy picture, and gives the share of
// new pictures that it gets right.
func marks(t *testing.T, seed uint64, pool ...layer.Layer) float64 {
	t.Helper()
	const side, learn, test = 8, 64, 200
	r := weight.NewRand(seed, "marks")
	draw := func(n int) (x, y *tensor.Tensor) {
		x, y = tensor.New(tensor.Float32, n, side, side, 1), tensor.New(tensor.Int32, n)
		for i := range n {
			p := x.F32[i*side*side:][:side*side]
			for j := range p {
				p[j] = float32(0.2 * r.Normal())
			}
			y.I32[i] = int32(i % 2)
			row, col := int(r.Uniform()*(side-2)), int(r.Uniform()*(side-2))
			for j := range 3 {
				if y.I32[i] == 0 {
					p[(row+1)*side+col+j]++
				} else {
					p[(row+j)*side+col+1]++
				}
			}
		}
		return x, y
	}
	layers := append([]layer.Layer{layer.Input{Shape: []int{side, side, 1}},
		layer.Conv2D{Filters: 4, KernelSize: []int{3}, Activation: "relu"}}, pool...)
	m := model.Sequential(append(layers, layer.Flatten{}, layer.Dense{Units: 2, Activation: "softmax"})...)
	if err := m.Build(seed); err != nil {
		t.Fatal(err)
	}
	tr, err := newTrainer(m, optim.Adam{LearningRate: 0.01}, loss.SparseCategoricalCrossentropy{}, learn,
		graph.I32(learn))
	if err != nil {
		t.Fatal(err)
	}
	x, y := draw(learn)
	for range 100 {
		if _, err := tr.batch(x, y); err != nil {
			t.Fatal(err)
		}
	}
	x, y = draw(test)
	p := predict(t, m, x).F32
	right := 0
	for i, c := range y.I32 {
		if p[2*i+int(c)] > 0.5 {
			right++
		}
	}
	return float64(right) / test
}

// TestC13: the chapter's network, counted.
func TestC13(t *testing.T) {
	m := network(t, []int{28, 28, 3},
		layer.Conv2D{Filters: 32, KernelSize: []int{3, 3}, Padding: "same", Activation: "relu"},
		layer.MaxPooling2D{},
		layer.Conv2D{Filters: 12, KernelSize: []int{3, 3}, Activation: "relu"},
		layer.Conv2D{Filters: 1, KernelSize: []int{3, 1}})
	var got []string
	for _, r := range m.Summary().Rows[1:] {
		got = append(got, fmt.Sprintf("%s %s", r.Shape, r.Formula))
	}
	want := []string{
		"(None, 28, 28, 32) (3·3·3 + 1) × 32 = 896",
		"(None, 14, 14, 32) none: the greatest of each 2×2",
		"(None, 12, 12, 12) (3·3·32 + 1) × 12 = 3,468",
		"(None, 10, 12, 1) (3·12 + 1) × 1 = 37",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	shows(t, []int{14, 14, 32}, layer.Conv2D{Filters: 1, KernelSize: []int{3}}, []int{12, 12, 1}, 289,
		"(3·3·32 + 1) × 1 = 289")
}

// TestFormulas: how the other layers' parameters are counted.
func TestFormulas(t *testing.T) {
	shows(t, []int{5, 5, 4}, layer.Conv2D{Filters: 6, KernelSize: []int{3, 2}, Groups: 2}, []int{3, 4, 6}, 78,
		"(3·2·2 + 1) × 6 = 78")
	shows(t, []int{4, 5, 5}, layer.Conv2D{Filters: 6, KernelSize: []int{3}, DataFormat: "channels_first"},
		[]int{6, 3, 3}, 222, "(3·3·4 + 1) × 6 = 222")
	shows(t, []int{5, 5, 4}, layer.Conv2D{Filters: 6, KernelSize: []int{1}, NoBias: true}, []int{5, 5, 6}, 24,
		"4 × 6 = 24")
	shows(t, []int{5, 5, 4}, layer.DepthwiseConv2D{KernelSize: []int{3}, DepthMultiplier: 2}, []int{3, 3, 8}, 80,
		"(9 + 1) × 8 = 80")
	shows(t, []int{5, 5, 4}, layer.SeparableConv2D{Filters: 6, KernelSize: []int{3}}, []int{3, 3, 6}, 66,
		"9 × 4 + (4 + 1) × 6 = 66")
	shows(t, []int{5, 5, 4}, layer.SeparableConv2D{Filters: 6, KernelSize: []int{3, 2}, NoBias: true}, []int{3, 4, 6},
		48, "3·2 × 4 + 4 × 6 = 48")
	shows(t, []int{5, 5, 4}, layer.Conv2DTranspose{Filters: 6, KernelSize: []int{3}, Strides: []int{2}},
		[]int{11, 11, 6}, 222, "(3·3·4 + 1) × 6 = 222")
}

// TestS3: the summary says that windows take 3D and give 3D, and that places get fewer and channels more.
func TestS3(t *testing.T) {
	words := func(sample []int, layers ...layer.Layer) string {
		var b bytes.Buffer
		if err := network(t, sample, layers...).Summary().Write(&b, true); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	conv := layer.Conv2D{Filters: 32, KernelSize: []int{3, 3}, Padding: "same"}
	for _, c := range []struct{ got, want string }{
		{words([]int{28, 28, 3}, conv, layer.MaxPooling2D{}, layer.Flatten{}, layer.Dense{Units: 10}),
			"conv2d makes 32 new features at each of 784 places.\ndense makes 10 new features.\n" +
				"Windows take 3D and give 3D: 28×28 places of 3 channels became 14×14 places of 32 channels: fewer " +
				"places, more channels.\n"},
		{words([]int{3, 3, 1}, layer.Conv2D{Filters: 1, KernelSize: []int{3}}),
			"conv2d makes 1 new feature at each of 1 place.\n"},
		{words([]int{8, 1}, layer.MaxPooling1D{}),
			"Windows take 2D and give 2D: 8 places of 1 channel became 4 places of 1 channel; where places get " +
				"fewer, channels usually get more.\n"},
		{words([]int{3, 6, 6}, layer.Conv2D{Filters: 5, KernelSize: []int{3}, DataFormat: "channels_first"}),
			"conv2d makes 5 new features at each of 16 places.\nWindows take 3D and give 3D: 6×6 places of 3 " +
				"channels became 4×4 places of 5 channels: fewer places, more channels.\n"},
		{words([]int{6, 6, 3}, conv), "6×6 places of 3 channels became 6×6 places of 32 channels.\n"},
	} {
		if !strings.Contains(c.got, c.want) {
			t.Errorf("%s\nlacks %s", c.got, c.want)
		}
	}
}

// TestD8: pictures with channels first give the numbers of the same pictures with channels last, and only the
// first and the last transposition are left of a network of such layers.
func TestD8(t *testing.T) {
	net := func(format string, shape ...int) *model.Model {
		n := []int{3}
		return network(t, shape,
			layer.Conv2D{Filters: 4, KernelSize: n, Padding: "same", DataFormat: format},
			layer.BatchNormalization{Axis: new(map[string]int{"channels_last": 3, "channels_first": 1}[format])},
			layer.Apply{Activation: "relu"},
			layer.MaxPooling2D{DataFormat: format},
			layer.DepthwiseConv2D{KernelSize: n, Padding: "same", DataFormat: format},
			layer.SeparableConv2D{Filters: 3, KernelSize: []int{2}, Activation: "tanh", DataFormat: format},
			layer.UpSampling2D{Interpolation: "bilinear", DataFormat: format},
			layer.Conv2DTranspose{Filters: 2, KernelSize: []int{2}, Strides: []int{2}, DataFormat: format},
			layer.AveragePooling2D{DataFormat: format},
			layer.AdaptiveMaxPooling2D{OutputSize: []int{4, 3}, DataFormat: format},
			layer.Flatten{DataFormat: format})
	}
	last, first := net("channels_last", 8, 6, 2), net("channels_first", 2, 8, 6)
	if err := first.Store().CopyFrom(last.Store()); err != nil {
		t.Fatal(err)
	}
	const n = 3
	x, z := tensor.New(tensor.Float32, n, 8, 6, 2), tensor.New(tensor.Float32, n, 2, 8, 6)
	r := weight.NewRand(2, "x")
	for i := range x.F32 {
		x.F32[i] = float32(r.Normal())
		c, place, sample := i%2, i/2%48, i/96
		z.F32[(sample*2+c)*48+place] = x.F32[i]
	}
	if a, b := predict(t, last, x).F32, predict(t, first, z).F32; !slices.Equal(a, b) {
		t.Errorf("channels last %v\nchannels first %v", a, b)
	}
	tr := layer.NewTrace(false)
	y := first.Trace(tr, tr.Graph.Input("x", first.InputTypes(n)[0]))
	g, _ := graph.Simplify(y, func(*graph.Call) bool { return true })
	moves := 0
	for _, c := range g.Calls {
		if _, ok := c.Op.(graph.Transpose); ok {
			moves++
		}
	}
	if moves != 1 { // the input's; Flatten wants channels last
		t.Errorf("%d transpositions\n%v", moves, g)
	}
}
