//go:build judge

package judge

import (
	"context"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gorae/format/onnx"
	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/tensor"
	"gorae/weight"
)

// inRuntime writes a model as ONNX and holds what ONNX Runtime computes from the file against the model's own outputs,
// for several numbers of samples. Every rule of check_writer.py must hold, and its advice is followed.
func inRuntime(t interface {
	Helper()
	Fatalf(string, ...any)
	Errorf(string, ...any)
}, p *python, m *model.Model, path string, ids int, o onnx.Options) {
	t.Helper()
	if err := onnx.WriteFile(path, m, o); err != nil {
		t.Fatalf("%v", err)
	}
	q := question{Do: "onnx", Path: path}
	var want []*tensor.Tensor
	for _, n := range []int{1, 2, 7} {
		xs := samples(m, n, ids)
		y, err := m.Predict(context.Background(), xs...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		want = append(want, y...)
		q.Sets = append(q.Sets, packedAll(xs))
	}
	a := p.ask(t, q)
	for _, s := range a.Texts {
		t.Errorf("%s", s)
	}
	for _, s := range a.Words {
		if !strings.HasPrefix(s, "S3") || o.Opset < 22 { // a newer opset than old runtimes read was asked for
			t.Errorf("advice: %s", s)
		}
	}
	for i, y := range want {
		if s := within(a.Outputs[i].tensor(), y); s != "" {
			t.Errorf("output %d: %s", i, s)
		}
	}
}

// within is empty where all elements agree within 1e-5 + 1e-4·|want|.
func within(got, want *tensor.Tensor) string {
	if !got.Shape.Equal(want.Shape) {
		return fmt.Sprintf("the shape is %v, gorae has %v", got.Shape, want.Shape)
	}
	for i := range want.Len() {
		g, w := got.Float(i), want.Float(i)
		if !(math.Abs(g-w) <= 1e-5+1e-4*math.Abs(w)) && !(math.IsNaN(g) && math.IsNaN(w)) && g != w {
			return fmt.Sprintf("element %d is %v, gorae has %v", i, g, w)
		}
	}
	return ""
}

// notInONNX are layers that ONNX cannot say.
var notInONNX = map[string]string{
	"hashing one_hot":   "hashing (hash)",
	"hashing multi_hot": "hashing (hash)",
	"hashing count":     "hashing (hash)",
}

// TestONNXLayers: every layer, in its varieties, is written as ONNX and computes the same in ONNX Runtime.
func TestONNXLayers(t *testing.T) {
	p := judge(t)
	cases := modeltest.Cases()
	dir := t.TempDir()
	if d := os.Getenv("ONNX_KEEP"); d != "" {
		dir = d
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		t.Run(name, func(t *testing.T) {
			var in []*model.Value
			dtype := "float32"
			if c.Ids > 0 {
				dtype = "int32"
			}
			for i, s := range c.Inputs {
				in = append(in, model.Apply(layer.Input{Base: layer.Base{Name: string(rune('a' + i))}, Shape: s,
					DType: dtype}))
			}
			m := model.New(in, []*model.Value{model.Apply(c.Layer, in...)})
			if err := m.Build(7); err != nil {
				t.Fatal(err)
			}
			for _, v := range m.Store().Vars() {
				r := weight.NewRand(11, v.Path)
				for i := range v.Value.F32 {
					v.Value.F32[i] += float32(0.3 * r.Uniform())
				}
			}
			if why := notInONNX[name]; why != "" {
				err := onnx.Write(io.Discard, m, onnx.Options{})
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Errorf("the error is %v, want one that names %s", err, why)
				}
				return
			}
			inRuntime(t, p, m, filepath.Join(dir, strings.ReplaceAll(name, " ", "_")+".onnx"), c.Ids, onnx.Options{})
		})
	}
}

// TestONNXNetworks: random networks compute the same in ONNX Runtime.
func TestONNXNetworks(t *testing.T) {
	p := judge(t)
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		m := network(t)
		opset := rapid.IntRange(13, 25).Draw(t, "opset")
		inRuntime(t, p, m, filepath.Join(dir, "m.onnx"), 7, onnx.Options{Opset: opset})
		if t.Failed() {
			t.Logf("%v", m.Summary())
		}
	})
}

// openNetworks are networks whose inputs leave extents open.
func openNetworks() map[string]*model.Model {
	sequence := func(features int) layer.Layer { return layer.Input{Batch: []int{0, 0, features}} }
	picture := layer.Input{Batch: []int{0, 0, 0, 2}}
	ids := layer.Input{Batch: []int{0, 0}, DType: "int32"}
	conv := func(filters int, strides ...int) layer.Layer {
		return layer.Conv2D{Filters: filters, KernelSize: []int{3}, Padding: "same", Strides: strides,
			Activation: "relu"}
	}
	in := model.Apply(picture)
	down := model.Apply(conv(3), in)
	deep := model.Apply(conv(4), model.Apply(layer.MaxPooling2D{}, down))
	up := model.Apply(layer.Conv2DTranspose{Filters: 3, KernelSize: []int{2}, Strides: []int{2}}, deep)
	unet := model.Apply(layer.Conv2D{Filters: 1, KernelSize: []int{1}, Activation: "sigmoid"},
		model.Apply(layer.Concatenate{}, down, up))
	return map[string]*model.Model{
		"lstm": model.Sequential(sequence(3), layer.LSTM{Units: 4, ReturnSequences: true}, layer.GRU{Units: 3},
			layer.Dense{Units: 2}),
		"bidirectional": model.Sequential(sequence(3), layer.Bidirectional{Layer: layer.LSTM{Units: 2,
			ReturnSequences: true}}, layer.Dense{Units: 2, Activation: "softmax"}),
		"backwards": model.Sequential(sequence(3), layer.SimpleRNN{Units: 4, ReturnSequences: true,
			RNNOptions: layer.RNNOptions{GoBackwards: true}}, layer.Dense{Units: 2, Activation: "softmax"}),
		"masked": model.Sequential(ids, layer.Embedding{InputDim: 7, OutputDim: 3, MaskZero: true},
			layer.Bidirectional{Layer: layer.GRU{Units: 2, ReturnSequences: true}}, layer.LSTM{Units: 3},
			layer.Dense{Units: 2}),
		"ugrnn": model.Sequential(ids, layer.Embedding{InputDim: 7, OutputDim: 3, MaskZero: true},
			layer.UGRNN{Units: 2, ReturnSequences: true}, layer.Dense{Units: 2}),
		"mean": model.Sequential(sequence(3), layer.Conv1D{Filters: 3, KernelSize: []int{3}, Padding: "causal"},
			layer.GlobalAveragePooling1D{}, layer.Dense{Units: 2}),
		"masked mean": model.Sequential(ids, layer.Embedding{InputDim: 7, OutputDim: 3, MaskZero: true},
			layer.GlobalAveragePooling1D{}, layer.Dense{Units: 2}),
		"attention": model.Sequential(sequence(4), layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3,
			AttentionOptions: layer.AttentionOptions{CallOptions: layer.CallOptions{UseCausalMask: true}}},
			layer.LayerNormalization{}, layer.TimeDistributed{Layer: layer.Dense{Units: 3, Activation: "gelu"}}),
		"strided": model.Sequential(picture, conv(3, 2), layer.BatchNormalization{}, conv(3, 2),
			layer.AveragePooling2D{Padding: "same"}, layer.GlobalMaxPooling2D{}, layer.Dense{Units: 2}),
		"unet":     model.New([]*model.Value{in}, []*model.Value{unet}),
		"upsample": model.Sequential(picture, conv(2), layer.UpSampling2D{Size: []int{2}}, conv(1)),
		"bilinear": model.Sequential(picture, conv(2), layer.UpSampling2D{Size: []int{2}, Interpolation: "bilinear"},
			conv(1)),
		"separable": model.Sequential(sequence(3), layer.SeparableConv1D{Filters: 4, KernelSize: []int{3},
			Padding: "same", Strides: []int{2}}, layer.Permute{Dims: []int{2, 1}}),
	}
}

// TestONNXOpen: networks that leave extents open take any in ONNX Runtime.
func TestONNXOpen(t *testing.T) {
	p := judge(t)
	dir := t.TempDir()
	for name, m := range openNetworks() {
		t.Run(name, func(t *testing.T) {
			if err := m.Build(3); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "m.onnx")
			if err := onnx.WriteFile(path, m, onnx.Options{}); err != nil {
				t.Fatal(err)
			}
			q := question{Do: "onnx", Path: path}
			var want []*tensor.Tensor
			for i, n := range []int{1, 3, 2} {
				in := m.InputTypes(n)[0]
				for _, a := range m.OpenExtents()[0] {
					in.Shape[a+1] = []int{8, 5, 14}[i]
					if name == "unet" {
						in.Shape[a+1] = []int{8, 4, 14}[i]
					}
				}
				x := tensor.New(in.DType, in.Shape...)
				r := weight.NewRand(9, name)
				for j := range x.F32 {
					x.F32[j] = float32(2*r.Uniform() - 1)
				}
				for j := range x.I32 {
					x.I32[j] = int32(7 * r.Uniform())
				}
				y, err := m.Predict(t.Context(), x)
				if err != nil {
					t.Fatal(err)
				}
				want, q.Sets = append(want, y...), append(q.Sets, []array{packed(x)})
			}
			a := p.ask(t, q)
			if len(a.Texts)+len(a.Words) > 0 {
				t.Error(a.Texts, a.Words)
			}
			for i, y := range want {
				if s := within(a.Outputs[i].tensor(), y); s != "" {
					t.Errorf("output %d: %s", i, s)
				}
			}
		})
	}
}
