package layer

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// TestPlaceErrors: mistakes are said in one line with the layer, the extents and what to do.
func TestPlaceErrors(t *testing.T) {
	n := func(v ...int) []int { return v }
	for _, c := range []struct {
		l     Layer
		shape []int
		want  string
	}{
		{Conv2D{Filters: 4, KernelSize: n(5, 5)}, n(1, 3, 3, 2),
			`conv2d "l": kernel 5×5 exceeds input 3×3; use padding same`},
		{Conv1D{Filters: 4, KernelSize: n(3), Dilation: n(2)}, n(1, 4, 2),
			`conv1d "l": kernel 3 with dilation 2 exceeds input 4; use padding same`},
		{Conv2D{Filters: 4, KernelSize: n(3)}, n(1, 28, 28),
			`conv2d "l": needs samples (rows, columns, channels), got (None, 28, 28); a reshape adds the axis that is missing`},
		{Conv3D{Filters: 4, KernelSize: n(3), DataFormat: "channels_first"}, n(1, 2),
			`conv3d "l": needs samples (channels, planes, rows, columns), got (None, 2)`},
		{Conv2D{Filters: 4, KernelSize: n(3, 3, 3)}, n(1, 5, 5, 2),
			`conv2d "l": kernel_size: [3 3 3] has 3 elements; give 1 or 2`},
		{Conv2D{Filters: 4}, n(1, 5, 5, 2), `conv2d "l": kernel_size: [] has 0 elements; give 1 or 2`},
		{Conv2D{Filters: 4, KernelSize: n(3, 0)}, n(1, 5, 5, 2),
			`conv2d "l": kernel_size: 0 is not a size; give 1 or more`},
		{Conv2D{KernelSize: n(3)}, n(1, 5, 5, 2), `conv2d "l": filters: 0 is not a number of filters; give 1 or more`},
		{Conv2D{Filters: 4, KernelSize: n(3), Padding: "causal"}, n(1, 5, 5, 2),
			`conv2d "l": padding: "causal" is unknown`},
		{Conv2D{Filters: 4, KernelSize: n(3), Groups: 3}, n(1, 5, 5, 3),
			`conv2d "l": groups: 4 filters do not divide into 3 groups`},
		{Conv2D{Filters: 4, KernelSize: n(3), Groups: 2}, n(1, 5, 5, 3),
			`conv2d "l": 3 channels do not divide into 2 groups`},
		{Conv2D{Filters: 4, KernelSize: n(3), Strides: n(2), Dilation: n(2)}, n(1, 9, 9, 3),
			`conv2d "l": dilation_rate: [2] with strides [2] is not possible, as in Keras; set one of them to 1`},
		{Conv2DTranspose{Filters: 4, KernelSize: n(3), Strides: n(2), OutputPadding: n(2)}, n(1, 5, 5, 3),
			`conv2d_transpose "l": output_padding: 2 is not below the stride 2; give less`},
		{Conv2DTranspose{Filters: 4, KernelSize: n(2), OutputPadding: n(0), Padding: "same"}, n(1, 1, 1, 3),
			`conv2d_transpose "l": kernel 2×2 makes nothing of 1×1; give output_padding or a greater input`},
		{DepthwiseConv2D{KernelSize: n(4)}, n(1, 5, 3, 2),
			`depthwise_conv2d "l": kernel 4×4 exceeds input 5×3; use padding same`},
		{MaxPooling2D{}, n(1, 1, 5, 2), `max_pooling2d "l": pool 2×2 exceeds input 1×5; use padding same`},
		{AveragePooling1D{PoolSize: n(0)}, n(1, 5, 2),
			`average_pooling1d "l": pool_size: 0 is not a size; give 1 or more`},
		{AdaptiveMaxPooling1D{}, n(1, 5, 2), `adaptive_max_pooling1d "l": output_size: [] has 0 elements; give 1`},
		{UpSampling2D{Interpolation: "cubic"}, n(1, 5, 5, 2),
			`up_sampling2d "l": interpolation: "cubic" is unknown; there are bicubic, bilinear`},
		{Cropping2D{Cropping: [][]int{{3, 2}, {0}}}, n(1, 5, 5, 2),
			`cropping2d "l": cropping [[3 2] [0 0]] leaves nothing of (None, 5, 5, 2)`},
		{ZeroPadding2D{Padding: [][]int{{-1}}}, n(1, 5, 5, 2),
			`zero_padding2d "l": padding: -1 is not a number of positions; give 0 or more`},
		{SpatialDropout2D{Rate: 0.5}, n(1, 5, 5),
			`spatial_dropout2d "l": needs samples (rows, columns, channels), got (None, 5, 5); a reshape adds the axis that is missing`},
	} {
		_, _, _, err := call(c.l, true, c.shape)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// TestConvTrace: a convolution with a bias and an activation is three operations in a row, so that the last two
// can ride with the first.
func TestConvTrace(t *testing.T) {
	for format, want := range map[string]string{
		"channels_last":  "input weight conv2d weight add relu",
		"channels_first": "input transpose weight conv2d weight add relu transpose",
	} {
		tr, _, _, err := call(Conv2D{Filters: 4, KernelSize: []int{3}, Activation: "relu", DataFormat: format}, false,
			[]int{2, 5, 5, 5})
		if err != nil {
			t.Fatal(err)
		}
		var ops []string
		for _, c := range tr.Graph.Calls {
			name, _, _ := strings.Cut(c.Op.String(), "(")
			name, _, _ = strings.Cut(name, "[")
			ops = append(ops, name)
		}
		if got := strings.Join(ops, " "); got != want {
			t.Errorf("%s: %s", format, got)
		}
	}
}

// TestEnlarge: a transposed convolution has the places that Keras's rules give, and is the transpose of the convolution
// with padding same where that one leads back.
func TestEnlarge(t *testing.T) {
	for _, c := range []struct {
		d, k, stride, extra, valid,
		same int
	}{ // after compute_conv_transpose_output_length of Keras 3
		{4, 3, 1, -1, 6, 4}, {4, 3, 2, -1, 9, 8}, {4, 2, 3, -1, 12, 12}, {4, 5, 3, -1, 14, 12}, {1, 1, 1, -1, 1, 1},
		{4, 3, 2, 0, 9, 7}, {4, 3, 2, 1, 10, 8}, {4, 4, 2, 1, 11, 7}, {4, 2, 2, 0, 8, 6}, {3, 5, 3, 2, 13, 9},
	} {
		if got, lo := enlarge(c.d, c.k, c.stride, c.extra, false); got != c.valid || lo != 0 {
			t.Errorf("%+v: valid gives %d after %d", c, got, lo)
		}
		if got, _ := enlarge(c.d, c.k, c.stride, c.extra, true); got != c.same {
			t.Errorf("%+v: same gives %d", c, got)
		}
	}
	checked := 0
	for k := 1; k <= 7; k++ {
		for stride := 1; stride <= 4; stride++ {
			for extra := -1; extra < stride; extra++ {
				for d := 1; d <= 5; d++ {
					out, lo := enlarge(d, k, stride, extra, true)
					if (out+stride-1)/stride != d {
						continue // an even kernel without output padding: no convolution with padding same leads back
					}
					checked++
					if want, _ := graph.SamePadding(out, k, stride, 1); want != lo {
						t.Errorf("%d places, kernel %d, stride %d, output padding %d: %d lie before, TensorFlow has %d",
							d, k, stride, extra, lo, want)
					}
				}
			}
		}
	}
	if checked < 300 {
		t.Errorf("only %d cases", checked)
	}
}

// TestMaskedAverage: steps that a mask leaves out do not count, whichever axis they are; the mean over none is 0.
func TestMaskedAverage(t *testing.T) {
	x := tensor.Of([]float32{1, 10, 3, 30, 100, 100, 4, 40, 100, 100, 6, 60, 7, 7, 7, 7, 7, 7}, 3, 3, 2)
	mask := tensor.Of([]float32{1, 1, 0, 1, 0, 1, 0, 0, 0}, 3, 3)
	for _, l := range []GlobalAveragePooling1D{{}, {KeepDims: true}, {DataFormat: "channels_first"}} {
		tr := NewTrace(false)
		var y, in *graph.Node
		if err := graph.Catch(func() {
			in = tr.Graph.Const(x)
			if l.DataFormat != "" {
				in = in.Transpose(0, 2, 1)
			}
			s := NewScope(tr, weight.NewStore(), true)
			s.SetMask(in, tr.Graph.Const(mask))
			y = s.Child("mean", l, in)[0]
		}); err != nil {
			t.Fatal(err)
		}
		v, err := (&graph.Evaluator{}).Value(y)
		if err != nil || !slices.Equal(v.V, []float64{2, 20, 5, 50, 0, 0}) ||
			len(y.Shape) == 3 != l.KeepDims {
			t.Errorf("%+v: %v of %v, %v; by hand 2, 20, 5, 50, 0, 0", l, v, y.Type, err)
		}
		// The derivative of the sum of all means is one over the number of steps that count, and 0 for the others.
		var d *graph.Node
		if err := graph.Catch(func() {
			d = graph.Gradients([]*graph.Node{y.Sum()}, nil, []*graph.Node{in})[0]
		}); err != nil {
			t.Fatal(err)
		}
		want := []float64{.5, .5, .5, .5, 0, 0, .5, .5, 0, 0, .5, .5, 0, 0, 0, 0, 0, 0}
		if l.DataFormat != "" {
			want = []float64{.5, .5, 0, .5, .5, 0, .5, 0, .5, .5, 0, .5, 0, 0, 0, 0, 0, 0}
		}
		if g, err := (&graph.Evaluator{}).Value(d); err != nil || !slices.Equal(g.V, want) {
			t.Errorf("%+v: the gradient is %v, %v; by hand %v", l, g, err, want)
		}
	}
}

// TestSpatialDropout: a channel of a sample is dropped everywhere or nowhere.
func TestSpatialDropout(t *testing.T) {
	for _, l := range []SpatialDropout2D{{Rate: 0.4}, {Rate: 0.4, DataFormat: "channels_first"}} {
		shape := []int{20, 4, 3, 30}
		if l.DataFormat != "" {
			shape = []int{20, 30, 4, 3}
		}
		tr, y, _, err := call(l, true, shape)
		if err != nil {
			t.Fatal(err)
		}
		v, err := (&graph.Evaluator{Leaves: map[string]*graph.Array{
			"x0": graph.ArrayOf(tensorOfOnes(shape...)), "key": graph.ArrayOf(&tensor.Tensor{Shape: tensor.Shape{4},
				I32: graph.Key(1, 1)})}}).Value(y[0])
		if err != nil {
			t.Fatal(err)
		}
		if l.DataFormat == "" { // bring channels before places
			if v, err = (&graph.Evaluator{}).Value(tr.Graph.Const(v.Tensor()).Transpose(0, 3, 1, 2)); err != nil {
				t.Fatal(err)
			}
		}
		dropped := 0
		for c := 0; c < len(v.V); c += 12 {
			for _, e := range v.V[c : c+12] {
				if e != v.V[c] || e != 0 && math.Abs(e-1/0.6) > 1e-6 {
					t.Fatalf("a channel is %v", v.V[c:c+12])
				}
			}
			if v.V[c] == 0 {
				dropped++
			}
		}
		if math.Abs(float64(dropped)-240) > 5*math.Sqrt(600*0.4*0.6) {
			t.Errorf("%d of 600 channels are dropped, 240 expected", dropped)
		}
	}
}

// TestKernelStart: first weights lie in Glorot's limits, for a node with as many inputs and outputs as its window
// meets; and Keras's names and shapes of weights.
func TestKernelStart(t *testing.T) {
	n := []int{3, 5}
	for _, c := range []struct {
		l     Layer
		path  string
		shape []int
		limit float64 // √(6/(in + out)), in and out times the window
	}{
		{Conv2D{Filters: 32, KernelSize: n}, "l/kernel", []int{3, 5, 8, 32}, math.Sqrt(6.0 / (15 * (8 + 32)))},
		{Conv2D{Filters: 32, KernelSize: n, Groups: 4}, "l/kernel", []int{3, 5, 2, 32},
			math.Sqrt(6.0 / (15 * (2 + 32)))},
		{Conv2DTranspose{Filters: 32, KernelSize: n}, "l/kernel", []int{3, 5, 32, 8}, math.Sqrt(6.0 / (15 * (8 + 32)))},
		{DepthwiseConv2D{KernelSize: n, DepthMultiplier: 7}, "l/kernel", []int{3, 5, 8, 7},
			math.Sqrt(6.0 / (15 * (8 + 7)))},
		{SeparableConv2D{Filters: 32, KernelSize: n, DepthMultiplier: 7}, "l/depthwise_kernel", []int{3, 5, 8, 7},
			math.Sqrt(6.0 / (15 * (8 + 7)))},
		{SeparableConv2D{Filters: 32, KernelSize: n, DepthMultiplier: 7}, "l/pointwise_kernel", []int{1, 1, 56, 32},
			math.Sqrt(6.0 / (56 + 32))},
	} {
		_, _, store, err := call(c.l, false, []int{1, 6, 6, 8})
		if err != nil {
			t.Fatal(err)
		}
		v := store.Var(c.path)
		if v == nil || !v.Shape.Equal(c.shape) {
			t.Errorf("%s of %s is %v, want %v", c.path, TypeName(c.l), v, c.shape)
			continue
		}
		if err := store.Init(1); err != nil {
			t.Fatal(err)
		}
		greatest := 0.0
		for _, w := range v.Value.F32 {
			greatest = max(greatest, math.Abs(float64(w)))
		}
		if greatest > c.limit || greatest < 0.97*c.limit {
			t.Errorf("%s of %s reaches %.4f, the limit is %.4f", c.path, TypeName(c.l), greatest, c.limit)
		}
	}
}
