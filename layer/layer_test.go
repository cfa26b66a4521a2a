package layer

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// TestM3Activations compares with PyTorch and Keras, and the ranges with the chapter's: testdata/activation.py and
// testdata/activation_keras.py.
func TestM3Activations(t *testing.T) {
	var ref struct {
		X []float64
		Y map[string][]float64
	}
	for _, name := range []string{"testdata/activation.json", "testdata/activation_keras.json"} {
		text, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(text, &ref) // the second adds to the functions of the first; x is the same
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	ranges := map[string][2]float64{"relu": {0, math.Inf(1)}, "sigmoid": {0, 1}, "tanh": {-1, 1}, "softmax": {0, 1}}
	for _, name := range Activations() {
		want := ref.Y[name]
		if name == "sparsemax" { // Keras computes it otherwise; TestSparsemax has rows counted by hand
			continue
		}
		if want == nil {
			t.Errorf("%s is not compared", name)
			continue
		}
		g := graph.New()
		y := Activation(name).Apply(g.Input("x", graph.F32(1, len(ref.X))))
		for _, single := range []bool{false, true} {
			e := &graph.Evaluator{Single: single, Leaves: map[string]*graph.Array{"x": {Type: graph.F32(1, len(ref.X)),
				V: ref.X}}}
			got, err := e.Value(y)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range want {
				if d := math.Abs(got.V[i] - w); !(d <= 1e-6*(1+math.Abs(w))) &&
					!(single && math.IsInf(got.V[i], 1) && w > 3e38) {
					t.Errorf("%s(%v) is %v, want %v", name, ref.X[i], got.V[i], w)
				}
				if r, ok := ranges[name]; ok && (got.V[i] < r[0] || got.V[i] > r[1]) {
					t.Errorf("%s(%v) = %v is out of its range %v", name, ref.X[i], got.V[i], r)
				}
			}
		}
	}
}

// call traces a layer on inputs of these shapes.
func call(l Layer, training bool, shapes ...[]int) (t *Trace, y []*graph.Node, store *weight.Store, err error) {
	t, store = NewTrace(training), weight.NewStore()
	err = graph.Catch(func() {
		var x []*graph.Node
		for i, s := range shapes {
			x = append(x, t.Graph.Input(fmt.Sprint("x", i), graph.F32(s...)))
		}
		y = NewScope(t, store, true).Child("l", l, x...)
	})
	return t, y, store, Cause(err)
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		layer  Layer
		shapes [][]int
		says   string
	}{
		{Dense{}, [][]int{{2, 3}}, `dense "l": units: 0 is not a number of nodes; give 1 or more`},
		{Dense{Units: -2}, [][]int{{2, 3}}, `dense "l": units: -2 is not a number of nodes`},
		{Dense{Units: 2, Activation: "rellu"}, [][]int{{2, 3}},
			`dense "l": activation: unknown activation "rellu"; did you mean "relu"?`},
		{Dense{Units: 2000000000}, [][]int{{2, 1000000}},
			`dense "l": kernel (1000000, 2000000000) holds 2e+15 numbers: 8 PB of memory are needed and this process may `},
		{Dense{Units: 2}, [][]int{{2}}, `dense "l": needs features, got samples of shape (None,)`},
		{Dense{Units: 2}, [][]int{{2, 3}, {2, 3}}, `dense "l": takes one input, got 2`},
		{Dense{Units: 2}, nil, `dense "l": has no input`},
		{Dropout{Rate: 1.5}, [][]int{{2, 3}},
			`dropout "l": rate: 1.5 is not a share of elements to drop; give a number from 0 and up to 1`},
		{Dropout{Rate: 0.5, NoiseShape: []int{1}}, [][]int{{2, 3}}, `noise_shape (1,) does not fit (None, 3)`},
		{Reshape{Target: []int{4, -1}}, [][]int{{2, 6}},
			`reshape "l": (6,) has 6 elements and does not fill target_shape (4, -1)`},
		{Reshape{Target: []int{-1, -1}}, [][]int{{2, 6}}, `more than one -1`},
		{Permute{Dims: []int{1, 1}}, [][]int{{2, 6, 3}},
			`permute "l": dims [1 1] are no order of the axes 1 to 2 of (None, 6, 3)`},
		{BatchNormalization{Axis: new(0)}, [][]int{{2, 6}},
			`batch_normalization "l": there is no feature axis 0 in (None, 6)`},
		{BatchNormalization{Epsilon: -1}, [][]int{{2, 6}}, `epsilon: -1 is not allowed; give a positive number`},
		{Add{}, [][]int{{2, 6}}, `add "l": joins two inputs or more, got 1`},
		{Add{}, [][]int{{2, 6}, {2, 5}}, `add "l": add: shapes (2, 6) and (2, 5) do not broadcast`},
		{Concatenate{}, [][]int{{2, 6, 3}, {2, 5, 3}}, `concatenate "l": concat: operand 1`},
		{Dot{Axes: []int{1}}, [][]int{{2, 6}, {2, 5}}, `dot "l": axis 1 of (None, 6) and axis 1 of (None, 5) differ`},
		{RepeatVector{N: 2}, [][]int{{2, 6, 3}}, `repeat_vector "l": needs vectors, got (None, 6, 3)`},
		{LSTM{}, [][]int{{2, 3, 4}}, `lstm "l": units: 0 is not a number of nodes; give 1 or more`},
		{LSTM{Units: 2}, [][]int{{2, 3}},
			`lstm "l": needs sequences [steps, features], got samples of shape (None, 3)`},
		{LSTM{Units: 2}, [][]int{{2, 3, 4, 5}},
			`lstm "l": needs sequences [steps, features], got samples of shape (None, 3, 4, 5)`},
		{LSTM{Units: 2}, [][]int{{2, 0, 4}}, `lstm "l": needs at least one step, got samples of shape (None, 0, 4)`},
		{LSTM{Units: 2}, [][]int{{2, 3, 4}, {2, 2}}, `lstm "l": takes a sequence and, to start from, 2 states; got 1`},
		{LSTM{Units: 2}, [][]int{{2, 3, 4}, {2, 2}, {2, 3}}, `lstm "l": initial state 1 is (None, 3), want (None, 2)`},
		{GRU{Units: 2, CellOptions: CellOptions{Dropout: 1}}, [][]int{{2, 3, 4}},
			`gru "l": dropout: 1 is not a share of inputs to drop; give a number from 0 and below 1`},
		{GRU{Units: 2, RecurrentActivation: "sigmoyd"}, [][]int{{2, 3, 4}},
			`gru "l": recurrent_activation: unknown activation "sigmoyd"; did you mean "sigmoid"?`},
		{RNN{}, [][]int{{2, 3, 4}}, `rnn "l": cell: is missing; give one, as LSTMCell`},
		{RNN{Cell: GRUCell{}}, [][]int{{2, 3, 4}}, `rnn "l": cell: units: 0 is not a number of nodes; give 1 or more`},
		{RNN{Cell: StackedRNNCells{}}, [][]int{{2, 3, 4}}, `rnn "l": cell: cells: there is none; give one or more`},
		{RNN{Cell: StackedRNNCells{Cells: []Cell{LSTMCell{Units: 2}, GRUCell{Units: -1}}}}, [][]int{{2, 3, 4}},
			`rnn "l": cell: cells[1].units: -1 is not a number of nodes; give 1 or more`},
		{RNN{Cell: badCell{}}, [][]int{{2, 3, 4}}, `rnn "l": bad_cell: Step gives 0 states, States says 1`},
		{RNN{Cell: badCell{state: true}}, [][]int{{2, 3, 4}},
			`has a state "n" inside of a recurrent cell; what changes from step to step is one of the cell's States`},
		{Bidirectional{}, [][]int{{2, 3, 4}}, `bidirectional "l": layer: is no recurrent layer; give one, as LSTM`},
		{Bidirectional{Layer: Dense{Units: 2}}, [][]int{{2, 3, 4}},
			`bidirectional "l": layer: is no recurrent layer; give one, as LSTM`},
		{Bidirectional{Layer: LSTM{Units: 2}, Backward: LSTM{Units: 2}}, [][]int{{2, 3, 4}},
			`bidirectional "l": backward_layer: runs the same way as layer; give one of them go_backwards`},
		{Bidirectional{Layer: LSTM{Units: 2}, Backward: GRU{Units: 2, ReturnState: true,
			RNNOptions: RNNOptions{GoBackwards: true}}}, [][]int{{2, 3, 4}},
			`backward_layer: differs from layer in return_sequences, return_state or stateful`},
		{Bidirectional{Layer: LSTM{Units: 2}, MergeMode: "add"}, [][]int{{2, 3, 4}},
			`bidirectional "l": merge_mode: "add" is unknown`},
		{Bidirectional{Layer: LSTM{Units: 2}}, [][]int{{2, 3, 4}, {2, 2}},
			`bidirectional "l": takes a sequence and states to start from for both directions; got 1`},
		{TimeDistributed{}, [][]int{{2, 3, 4}}, `time_distributed "l": layer: is missing; give one, as Dense`},
		{TimeDistributed{Layer: MultiHeadAttention{NumHeads: 1, KeyDim: 2}}, [][]int{{2, 3, 4, 5}},
			`time_distributed "l": layer: multi_head_attention takes query, value, key as inputs, and ` +
				"time_distributed hands on one input; apply it without time_distributed; the attention_axes of " +
				"multi_head_attention make other axes than its own samples"},
		{TimeDistributed{Layer: Dense{Units: 2}}, [][]int{{2, 3}},
			`time_distributed "l": needs sequences [steps, …], got samples of shape (None, 3)`},
		{TimeDistributed{Layer: Dense{}}, [][]int{{2, 3, 4}}, `dense "l/layer": units: 0 is not a number of nodes`},
		{Masking{}, [][]int{{2}}, `masking "l": needs sequences [steps, features], got samples of shape (None,)`},
		{Embedding{InputDim: 3}, [][]int{{2, 3}},
			`embedding "l": output_dim: 0 is not a number of features; give 1 or more`},
		{Embedding{InputDim: 3, OutputDim: 2, MaskZero: true}, [][]int{{2}},
			`embedding "l": mask_zero needs sequences of ids [steps], got samples of shape (None,)`},
		{CategoryEncoding{NumTokens: 3}, [][]int{{2}},
			`category_encoding "l": output_mode multi_hot needs a list of ids for each sample, got samples of shape (None,)`},
		{Discretization{NumBins: 3}, [][]int{{2, 4}}, `discretization "l": bin_boundaries: there are none`},
		{IntegerLookup{}, [][]int{{2, 4}}, `integer_lookup "l": vocabulary: there is none`},
		{ConvLSTM2D{Filters: 1, KernelSize: []int{4, 1}}, [][]int{{2, 2, 3, 3, 1}},
			`conv_lstm2d "l": kernel 4×1 exceeds input 3×3; use padding same`},
		{ConvLSTM2D{Filters: 1, KernelSize: []int{2}}, [][]int{{2, 2, 3, 1}},
			`conv_lstm2d "l": needs sequences (steps, rows, columns, channels), got steps of shape (3, 1)`},
		{broken{}, [][]int{{2, 6}}, `broken "l": panicked: a mistake of the layer's author`},
	} {
		_, _, _, err := call(c.layer, true, c.shapes...)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%T: error %v, want …%s", c.layer, err, c.says)
		}
	}
}

// TestRecurrentWords: recurrent layers as people write them in experiment files, and as Keras writes them.
func TestRecurrentWords(t *testing.T) {
	object := func(class string, config map[string]any) map[string]any {
		return map[string]any{"module": "keras.layers", "class_name": class, "config": config, "registered_name": nil}
	}
	for _, c := range []struct {
		word string
		cfg  any
		want Layer
	}{
		{"lstm", 32, LSTM{Units: 32}},
		{"gru", map[string]any{"units": 8, "reset_after": false, "return_sequences": true},
			GRU{Units: 8, ResetBefore: true, ReturnSequences: true}},
		{"LSTM", map[string]any{"units": 8, "unit_forget_bias": false, "time_major": false, "implementation": 1,
			"unroll": true}, LSTM{Units: 8, NoForgetBias: true}},
		{"bidirectional", map[string]any{"layer": map[string]any{"lstm": 8}, "merge_mode": nil},
			Bidirectional{Layer: LSTM{Units: 8}, MergeMode: "none"}},
		{"bidirectional", map[string]any{"layer": map[string]any{"simple_rnn": 8}, "merge_mode": "sum"},
			Bidirectional{Layer: SimpleRNN{Units: 8}, MergeMode: "sum"}},
		{"time_distributed", map[string]any{"dense": 3}, nil},
		{"time_distributed", map[string]any{"layer": map[string]any{"dense": 3}},
			TimeDistributed{Layer: Dense{Units: 3}}},
		{"rnn", map[string]any{"cell": map[string]any{"ugrnn_cell": 3}}, RNN{Cell: UGRNNCell{Units: 3}}},
		{"RNN", map[string]any{"cell": object("StackedRNNCells",
			map[string]any{"cells": []any{object("LSTMCell", map[string]any{"units": 2}),
				object("GRUCell", map[string]any{"units": 3})}})},
			RNN{Cell: StackedRNNCells{Cells: []Cell{LSTMCell{Units: 2}, GRUCell{Units: 3}}}}},
		{"embedding", map[string]any{"input_dim": 5, "output_dim": 2, "input_length": 7,
			"embeddings_initializer": "uniform"},
			Embedding{InputDim: 5, OutputDim: 2, Embeddings: weight.RandomUniform{}}},
		{"masking", -1.5, Masking{Value: -1.5}},
		{"category_encoding", map[string]any{"num_tokens": 5, "output_mode": "one_hot"},
			CategoryEncoding{NumTokens: 5, Output: "one_hot"}},
		{"conv_lstm2d", map[string]any{"filters": 3, "kernel_size": []any{3, 3}},
			ConvLSTM2D{Filters: 3, KernelSize: []int{3, 3}}},
	} {
		l, err := Layers.New(c.word, c.cfg)
		if (err != nil) != (c.want == nil) || err == nil && !reflect.DeepEqual(l, c.want) {
			t.Errorf("%s: %v is %+v, %v", c.word, c.cfg, l, err)
		}
	}
	// None is null in Keras's files, and unlike a word that is left out.
	if v := Layers.Encode(Bidirectional{Layer: LSTM{Units: 1}, MergeMode: "none"}).
		Get("config").(config.Map).Get("merge_mode"); v != nil {
		t.Errorf("no merging is written as %v", v)
	}
	if v := Layers.Encode(Bidirectional{Layer: LSTM{Units: 1}}).
		Get("config").(config.Map).Get("merge_mode"); v != "concat" {
		t.Errorf("the default is written as %v", v)
	}
}

// badCell does not keep to its word.
type badCell struct{ state bool }

func (badCell) States(tensor.Shape) []tensor.Shape { return []tensor.Shape{{1}} }

func (c badCell) Step(s *Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	if c.state {
		s.State("n", nil, nil)
	}
	return x, nil
}

type broken struct{}

func (broken) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	panic("a mistake of the layer's author")
}

// TestP9Penalties: the penalty of a weight counts once, also where a layer is used twice.
func TestP9Penalties(t *testing.T) {
	tr, store := NewTrace(false), weight.NewStore()
	l := Dense{Units: 2, KernelRegularizer: weight.L1L2{L1: 0.1, L2: 0.2}, BiasRegularizer: weight.L2{}}
	if err := graph.Catch(func() {
		s := NewScope(tr, store, true)
		x := tr.Graph.Input("x", graph.F32(4, 2))
		s.Child("d", l, s.Child("d", l, x)...)
	}); err != nil {
		t.Fatal(err)
	}
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{
		"d/kernel": {Type: graph.F32(2, 2), V: []float64{1, -2, 3, 0}}, "d/bias": {Type: graph.F32(2),
			V: []float64{1, 2}}}}
	got, err := e.Value(tr.Penalty())
	if want := 0.1*6 + 0.2*14 + 0.01*5; err != nil || math.Abs(got.V[0]-want) > 1e-6 {
		t.Errorf("the penalty is %v, %v; want %v", got, err, want)
	}
}

// TestStates: moving averages take the batch only in training, one after the other where a layer is used twice.
func TestStates(t *testing.T) {
	l := BatchNormalization{Momentum: new(0.5)}
	for _, training := range []bool{false, true} {
		tr, store := NewTrace(training), weight.NewStore()
		if err := graph.Catch(func() {
			s := NewScope(tr, store, true)
			x := tr.Graph.Input("x", graph.F32(2, 1))
			s.Child("bn", l, x)
			s.Child("bn", l, x.AddC(4))
		}); err != nil {
			t.Fatal(err)
		}
		if !training {
			if len(tr.Graph.Assigns) != 0 {
				t.Error("prediction changes states")
			}
			continue
		}
		e := &graph.Evaluator{Leaves: map[string]*graph.Array{"x": {Type: graph.F32(2, 1), V: []float64{1, 3}}}}
		for name, v := range map[string]float64{"gamma": 1, "beta": 0, "moving_mean": 0, "moving_variance": 1} {
			e.Leaves["bn/"+name] = &graph.Array{Type: graph.F32(1), V: []float64{v}}
		}
		m, err := e.Assigned(tr.Graph)
		// By hand: means 2 and 6 give 0.5·(0.5·0 + 0.5·2) + 0.5·6; the variance is 1 throughout.
		if err != nil || m["bn/moving_mean"].V[0] != 3.5 || m["bn/moving_variance"].V[0] != 1 {
			t.Errorf("the averages are %v, %v", m, err)
		}
	}
}

// TestDropout: the share dropped is the rate, the rest is scaled, two layers differ.
func TestDropout(t *testing.T) {
	tr, store := NewTrace(true), weight.NewStore()
	var a, b *graph.Node
	if err := graph.Catch(func() {
		s := NewScope(tr, store, true)
		x := tr.Graph.Const(tensorOfOnes(100, 100))
		a, b = s.Child("a", Dropout{Rate: 0.3}, x)[0], s.Child("b", Dropout{Rate: 0.3}, x)[0]
	}); err != nil {
		t.Fatal(err)
	}
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{"key": graph.ArrayOf(&tensor.Tensor{Shape: tensor.Shape{4},
		I32: graph.Key(1, 1)})}}
	va, err := e.Value(a)
	if err != nil {
		t.Fatal(err)
	}
	vb, err := e.Value(b)
	if err != nil {
		t.Fatal(err)
	}
	zeros, same := 0, 0
	for i, v := range va.V {
		switch {
		case v == 0:
			zeros++
		case math.Abs(v-1/0.7) > 1e-6:
			t.Fatalf("an element that stays is %v", v)
		}
		if v == vb.V[i] {
			same++
		}
	}
	if math.Abs(float64(zeros)-3000) > 5*math.Sqrt(10000*0.3*0.7) || same > 7000 {
		t.Errorf("%d of 10000 are dropped, %d are the same in another layer", zeros, same)
	}
}

func tensorOfOnes(shape ...int) *tensor.Tensor {
	x := tensor.New(tensor.Float32, shape...)
	for i := range x.F32 {
		x.F32[i] = 1
	}
	return x
}

// TestMask: a mask of steps passes through layers that keep the steps.
func TestMask(t *testing.T) {
	tr, store := NewTrace(false), weight.NewStore()
	if err := graph.Catch(func() {
		s := NewScope(tr, store, true)
		x, mask := tr.Graph.Input("x", graph.F32(2, 5, 3)), tr.Graph.Input("mask", graph.F32(2, 5))
		s.SetMask(x, mask)
		y := s.Child("dense", Dense{Units: 4}, x)[0]
		if s.Mask(y) != mask {
			t.Error("the mask does not pass through a dense layer")
		}
		if z := s.Child("flat", Flatten{}, y)[0]; s.Mask(z) != nil {
			t.Error("the mask passes where the steps are gone")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// TestKeras2Keys: keys of older Keras are read.
func TestKeras2Keys(t *testing.T) {
	for class, cfg := range map[string]map[string]any{
		"RandomBrightness":   {"factor": 0.1, "data_format": "channels_last"}, // of Keras 3.15
		"RandomContrast":     {"factor": 0.1, "data_format": "channels_last"},
		"LeakyReLU":          {"alpha": 0.1, "name": "l", "trainable": true, "dtype": "float32"},
		"BatchNormalization": {"axis": []any{3.0}, "momentum": 0.9, "epsilon": 1e-5},
		"Dense": {"units": 3.0, "activation": "relu", "batch_input_shape": []any{nil, 4.0},
			"kernel_initializer": map[string]any{"class_name": "VarianceScaling",
				"config": map[string]any{"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": nil}}},
		"InputLayer": {"batch_shape": []any{nil, 28.0, 28.0}, "dtype": "float32", "sparse": false,
			"ragged": false, "optional": false, "name": "x"},
	} {
		if _, err := Layers.New(class, cfg); err != nil {
			t.Error(err)
		}
	}
}

func ExampleDense() {
	t, y, store, err := call(Dense{Units: 64, Activation: "relu"}, false, []int{32, 2352})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range store.Vars() {
		fmt.Println(v.Path, v.Shape)
	}
	fmt.Println(y[0].Shape, len(t.Leaves))
	fmt.Println(Dense{Units: 64}.Formula([]tensor.Shape{{2352}}, nil))
	// Output:
	// l/kernel (2352, 64)
	// l/bias (64,)
	// (32, 64) 2
	// (2352 + 1) × 64 = 150,592
}

// TestAlphaDropout: of x with mean 0 and variance 1 each element is a·x + b or a·(−αλ) + b, with the a and b of Keras's
// formula at the rate 0.25 (keras/src/layers/regularization/alpha_dropout.py, worked out in Python: αλ = 1.7580993,
// a = 0.8672579, b = 0.3811814); mean and variance stay; in prediction nothing happens.
func TestAlphaDropout(t *testing.T) {
	const n, a, b, floor = 40000, 0.8672579, 0.3811814, -1.7580993
	x := graph.NewArray(graph.F32(1, n))
	r := weight.NewRand(5, "x")
	for i := 0; i < n; i += 2 { // Box and Muller
		radius, angle := math.Sqrt(-2*math.Log(1-r.Uniform())), 2*math.Pi*r.Uniform()
		x.V[i], x.V[i+1] = radius*math.Cos(angle), radius*math.Sin(angle)
	}
	key := graph.ArrayOf(&tensor.Tensor{Shape: tensor.Shape{4}, I32: graph.Key(3, 1)})
	for _, training := range []bool{true, false} {
		_, y, _, err := call(AlphaDropout{Rate: 0.25}, training, []int{1, n})
		if err != nil {
			t.Fatal(err)
		}
		e := &graph.Evaluator{Leaves: map[string]*graph.Array{"x0": x, "key": key}}
		got, err := e.Value(y[0])
		if err != nil {
			t.Fatal(err)
		}
		dropped, sum, square := 0, 0.0, 0.0
		for i, v := range got.V {
			sum, square = sum+v, square+v*v
			switch {
			case !training && v == x.V[i], training && math.Abs(v-(a*x.V[i]+b)) < 1e-5:
			case training && math.Abs(v-(a*floor+b)) < 1e-5:
				dropped++
			default:
				t.Fatalf("training %v: element %d is %v, x is %v", training, i, v, x.V[i])
			}
		}
		mean := sum / n
		if share := float64(dropped) / n; training && math.Abs(share-0.25) > 0.01 {
			t.Errorf("%v of the elements are dropped, want 0.25", share)
		}
		if variance := square/n - mean*mean; math.Abs(mean) > 0.02 || math.Abs(variance-1) > 0.03 {
			t.Errorf("training %v: the mean is %v and the variance %v, want 0 and 1", training, mean, variance)
		}
	}
	if _, _, _, err := call(AlphaDropout{Rate: 0.25, NoiseShape: []int{0, 2}}, true, []int{1, 3}); err == nil ||
		!strings.Contains(err.Error(), "noise_shape") {
		t.Errorf("a noise shape that does not fit gives %v", err)
	}
	if _, _, _, err := call(Apply{Activation: "glu"}, true, []int{2, 3}); err == nil ||
		!strings.Contains(err.Error(), "3 is odd") {
		t.Errorf("glu of three features gives %v", err)
	}
}
