package onnx

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/onnx/internal/emit"
	"gorae/format/onnx/internal/pb"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// written is what Write makes of a chain of layers, read again.
func written(t *testing.T, o Options, layers ...layer.Layer) *pb.Model {
	t.Helper()
	b := bytesOf(t, o, layers...)
	msg, err := pb.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return msg
}

func bytesOf(t *testing.T, o Options, layers ...layer.Layer) []byte {
	t.Helper()
	m := model.Sequential(layers...)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func nodesOf(g *pb.Graph) (names []string) {
	for _, n := range g.Nodes {
		names = append(names, n.Op)
	}
	return names
}

// TestWriteOperators: layers become the operators of their kind: a batch normalisation is part of the convolution
// before it, images are transposed once at the begin and once before the first layer that sees their places, recurrent
// layers hand on what they give without transposing it.
func TestWriteOperators(t *testing.T) {
	relu := layer.Apply{Activation: "relu"}
	for name, c := range map[string]struct {
		layers []layer.Layer
		want   string
	}{
		"mlp": {[]layer.Layer{layer.Input{Shape: []int{4}}, layer.Dense{Units: 3, Activation: "relu"},
			layer.BatchNormalization{}, layer.Dropout{Rate: 0.5}, layer.Dense{Units: 2, Activation: "softmax"}},
			"Gemm Relu Mul Add Gemm Softmax"},
		"normalised": {[]layer.Layer{layer.Input{Shape: []int{4}}, layer.Dense{Units: 3, NoBias: true},
			layer.BatchNormalization{}, layer.Apply{Activation: "elu"}}, "Gemm Elu"},
		"cnn": {[]layer.Layer{layer.Input{Shape: []int{8, 8, 3}}, layer.Conv2D{Filters: 4, KernelSize: []int{3}},
			layer.BatchNormalization{}, relu, layer.MaxPooling2D{},
			layer.Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same"}, layer.LeakyReLU{},
			layer.GlobalAveragePooling2D{}, layer.Dense{Units: 2}},
			"Transpose Conv Relu MaxPool Conv LeakyRelu ReduceMean Gemm"},
		"flattened": {[]layer.Layer{layer.Input{Shape: []int{8, 8, 3}}, layer.DepthwiseConv2D{KernelSize: []int{3}},
			layer.AveragePooling2D{}, layer.Flatten{}, layer.Dense{Units: 2}},
			"Transpose Conv AveragePool Transpose Reshape Gemm"},
		"up": {[]layer.Layer{layer.Input{Shape: []int{4, 4, 1}}, layer.Conv2DTranspose{Filters: 2, KernelSize: []int{2},
			Strides: []int{2}}, layer.UpSampling2D{}, layer.Conv2D{Filters: 1, KernelSize: []int{1}}},
			"Transpose ConvTranspose Resize Conv Transpose"},
		"recurrent": {[]layer.Layer{layer.Input{Shape: []int{5, 2}}, layer.LSTM{Units: 3, ReturnSequences: true},
			layer.GRU{Units: 2, ReturnSequences: true}, layer.SimpleRNN{Units: 2}, layer.Dense{Units: 1}},
			"Transpose LSTM Squeeze GRU Squeeze RNN Squeeze Gemm"},
		"normalised rows": {[]layer.Layer{layer.Input{Shape: []int{5, 2}}, layer.LayerNormalization{},
			layer.Dense{Units: 3, Activation: "log_softmax"}}, "LayerNormalization MatMul Add LogSoftmax"},
		"loop": {[]layer.Layer{layer.Input{Shape: []int{5, 2}}, layer.UGRNN{Units: 3}},
			"Shape Gather Concat Expand MatMul Add Scan Slice Reshape"},
	} {
		t.Run(name, func(t *testing.T) {
			g := written(t, Options{}, c.layers...).Graph
			if got := strings.Join(nodesOf(g), " "); got != c.want {
				t.Errorf("the nodes are\n%s, want\n%s", got, c.want)
			}
		})
	}
}

// TestWriteNames: nodes and initializers have the names of their layers, the axes that are open names of their own.
func TestWriteNames(t *testing.T) {
	msg := written(t, Options{}, layer.Input{Base: layer.Base{Name: "x"}, Batch: []int{0, 0, 2}},
		layer.LSTM{Base: layer.Base{Name: "reader"}, Units: 3}, layer.Dense{Base: layer.Base{Name: "y"}, Units: 1})
	g := msg.Graph
	if n := g.Nodes[1].Name; n != "reader/LSTM" {
		t.Errorf("the loop is named %q", n)
	}
	for i, want := range []string{"reader/cell/bias", "reader/cell/kernel", "reader/cell/recurrent_kernel"} {
		if !slices.ContainsFunc(g.Initializers, func(x *pb.Tensor) bool { return x.Name == want }) {
			t.Errorf("initializer %d is not named %q", i, want)
		}
	}
	in, out := g.Inputs[0], g.Outputs[0]
	if d := in.Type.Dims; in.Name != "x" || d[0].Name != "batch" || d[1].Name != "steps" || d[2].Value != 2 {
		t.Errorf("the input is %+v", in.Type)
	}
	if out.Name != "y" || out.Type.Dims[0].Name != "batch" || out.Type.Dims[1].Value != 1 {
		t.Errorf("the output is %q %+v", out.Name, out.Type)
	}
	if msg.IR != 8 || msg.Opsets[0].Version != 17 || len(msg.Opsets) != 1 {
		t.Errorf("IR %d, opsets %v", msg.IR, msg.Opsets)
	}
}

// TestWriteGates: an LSTM's gates i, f, c, o become ONNX's i, o, f, c, a column of the kernel a row.
func TestWriteGates(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{5, 1}}, layer.LSTM{Base: layer.Base{Name: "l"}, Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	copy(m.Store().Var("l/cell/kernel").Value.F32, []float32{1, 2, 3, 4})
	copy(m.Store().Var("l/cell/bias").Value.F32, []float32{5, 6, 7, 8})
	var b bytes.Buffer
	if err := Write(&b, m, Options{}); err != nil {
		t.Fatal(err)
	}
	msg, err := pb.Read(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]float32{"l/cell/kernel": {1, 4, 2, 3},
		"l/cell/bias": {5, 8, 6, 7, 0, 0, 0, 0}} {
		for _, x := range msg.Graph.Initializers {
			got := make([]float32, len(want))
			if x.Name != name {
				continue
			}
			if err := x.Floats(got); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s is %v, want %v (%v)", name, got, want, err)
			}
		}
	}
}

// TestWriteSame: the same model gives the same bytes.
func TestWriteSame(t *testing.T) {
	layers := []layer.Layer{layer.Input{Shape: []int{6}, DType: "int32"},
		layer.Embedding{InputDim: 9, OutputDim: 3, MaskZero: true}, layer.Bidirectional{Layer: layer.GRU{Units: 2,
			ReturnSequences: true}}, layer.UGRNN{Units: 2}, layer.Dense{Units: 3, Activation: "softmax"}}
	want := bytesOf(t, Options{}, layers...)
	for range 3 {
		if !bytes.Equal(bytesOf(t, Options{}, layers...), want) {
			t.Fatal("the bytes differ")
		}
	}
}

// TestWriteRefused: what ONNX cannot say is named all at once, with its layers.
func TestWriteRefused(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{3}, DType: "int32"},
		layer.Hashing{Base: layer.Base{Name: "first"}, NumBins: 7}, layer.Hashing{Base: layer.Base{Name: "second"},
			NumBins: 5, Output: "multi_hot"}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	err := Write(io.Discard, m, Options{})
	if err == nil || !strings.HasSuffix(err.Error(), ": second (hash), first (hash)") {
		t.Errorf("the error is %v", err)
	}
	for _, opset := range []int{12, 99, -1} {
		err := Write(io.Discard, m, Options{Opset: opset})
		if err == nil || !strings.Contains(err.Error(), "13 to 25") {
			t.Errorf("opset %d: the error is %v", opset, err)
		}
	}
}

// TestWriteBeside: weights that a file cannot hold lie in a file of their own, each at a page's begin.
func TestWriteBeside(t *testing.T) {
	defer func(n int64) { emit.Largest = n }(emit.Largest)
	m := model.Sequential(layer.Input{Shape: []int{64}}, layer.Dense{Units: 33}, layer.Dense{Units: 20})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	emit.Largest = 4096
	if err := Write(io.Discard, m, Options{}); err == nil || !strings.Contains(err.Error(), "2 GiB") {
		t.Errorf("without a path the error is %v", err)
	}
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := WriteFile(path, m, Options{}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path + ".data")
	if err != nil {
		t.Fatal(err)
	}
	msg, err := pb.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, x := range msg.Graph.Initializers {
		if len(x.External) == 0 {
			continue
		}
		found++
		if x.External[0].Value != "m.onnx.data" || !slices.Contains([]string{"0", "12288"}, x.External[1].Value) {
			t.Errorf("%s lies at %v", x.Name, x.External)
		}
	}
	if want := 12288 + 4*33*20; found != 2 || len(data) != want {
		t.Errorf("%d tensors lie outside, in %d bytes; want 2 in %d", found, len(data), want)
	}
}

// TestWriteRead: what was written is read again, with the predictions that the model had.
func TestWriteRead(t *testing.T) {
	for name, layers := range map[string][]layer.Layer{
		"mlp": {layer.Input{Shape: []int{4}}, layer.Dense{Units: 3, Activation: "relu"}, layer.BatchNormalization{},
			layer.Dense{Units: 2, Activation: "softmax"}},
		"cnn": {layer.Input{Shape: []int{8, 8, 3}}, layer.Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same"},
			layer.MaxPooling2D{}, layer.Flatten{}, layer.Dense{Units: 2}},
		"lstm": {layer.Input{Shape: []int{5, 2}}, layer.LSTM{Units: 3, ReturnSequences: true}, layer.GRU{Units: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			m := model.Sequential(layers...)
			if err := m.Build(1); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "m.onnx")
			if err := format.Save(path, &format.File{Model: m}); err != nil {
				t.Fatal(err)
			}
			f, err := format.Load(path)
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.New(tensor.Float32, append([]int{3}, m.InputTypes(1)[0].Shape[1:]...)...)
			for i := range x.F32 {
				x.F32[i] = float32(i*i%7)/3 - 1
			}
			want, err := m.Predict(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.Model.Predict(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range want[0].F32 {
				if g := got[0].F32[i]; math.Abs(float64(g-v)) > 1e-6 {
					t.Errorf("output %d is %v, was %v", i, g, v)
				}
			}
		})
	}
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	f := &format.File{Model: m, Members: []format.Member{{Name: "a", Data: []byte("b")}}}
	if err := format.Save(filepath.Join(t.TempDir(), "m.onnx"), f); err == nil {
		t.Error("a member is written without a word")
	}
}
