//go:build judge

package judge

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gorae/format/csource"
	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/tensor"
	"gorae/weight"
)

// compiler is how the written files are compiled: no warning is allowed.
var compiler = strings.Fields("gcc -std=c99 -Wall -Wextra -Werror -pedantic -DGORAE_MAIN")

// inC writes a model as C, compiles it, and holds what the program prints against the model's own outputs of one sample
// after the other.
func inC(t interface {
	Helper()
	Fatalf(string, ...any)
	Errorf(string, ...any)
}, m *model.Model, dir string, ids int, flags ...string) {
	t.Helper()
	path, program := filepath.Join(dir, "m.c"), filepath.Join(dir, "m")
	if _, err := csource.WriteFile(path, m, csource.Options{Name: "net"}); err != nil {
		t.Fatalf("%v", err)
	}
	args := slices.Concat(compiler[1:], flags, []string{"-o", program, path, "-lm"})
	if out, err := exec.Command(compiler[0], args...).CombinedOutput(); err != nil {
		text, _ := os.ReadFile(path)
		t.Fatalf("%s\n%.4000s", out, text[bytes.Index(text, []byte("#include")):])
	}
	const n = 3
	xs := samples(m, n, ids)
	if xs[0].Shape[0] == 1 { // of a network with one sample in each batch
		xs[0] = tensor.New(tensor.Float32, append([]int{n}, xs[0].Shape[1:]...)...)
		for i := range xs[0].F32 {
			xs[0].F32[i] = float32(math.Sin(float64(i)))
		}
	}
	var in strings.Builder
	var want [][]*tensor.Tensor // by samples, one after the other: stateful layers remember
	for k := range n {
		var sample []*tensor.Tensor
		for _, x := range xs {
			sample = append(sample, x.Rows(k, k+1))
			for i := range sample[len(sample)-1].Len() {
				fmt.Fprintln(&in, sample[len(sample)-1].Float(i))
			}
		}
		y, err := m.Predict(context.Background(), sample...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		want = append(want, y)
	}
	run := exec.Command(program)
	run.Stdin = strings.NewReader(in.String())
	out, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	numbers := strings.Fields(string(out))
	for k, sample := range want {
		for i, y := range sample {
			got := tensor.New(tensor.Float32, y.Shape...)
			for j := range got.F32 {
				if len(numbers) == 0 {
					t.Fatalf("the program printed too few numbers: %s", out)
				}
				v, err := strconv.ParseFloat(strings.TrimPrefix(numbers[0], "-nan"), 32)
				if numbers[0] == "-nan" {
					v, err = math.NaN(), nil
				}
				if err != nil {
					t.Fatalf("%v", err)
				}
				got.F32[j], numbers = float32(v), numbers[1:]
			}
			if s := within(got, y); s != "" {
				t.Errorf("sample %d, output %d: %s", k, i, s)
			}
		}
	}
}

// TestCLayers: every layer, in its varieties, computes the same in C. A run in CI takes every tenth.
func TestCLayers(t *testing.T) {
	cases := modeltest.Cases()
	dir := t.TempDir()
	for k, name := range slices.Sorted(maps.Keys(cases)) {
		if os.Getenv("GORAE_LONG") == "" && k%10 != 0 {
			continue
		}
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
			if strings.HasPrefix(name, "hashing") {
				_, err := csource.Write(&bytes.Buffer{}, m, csource.Options{})
				if err == nil || !strings.Contains(err.Error(), "hashing (hash)") {
					t.Errorf("the error is %v, want one that names hashing (hash)", err)
				}
				return
			}
			inC(t, m, dir, c.Ids, "-O1")
		})
	}
}

// TestCNetworks: random networks compute the same in C.
func TestCNetworks(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		m := network(t)
		inC(t, m, dir, 7, "-O2")
		if t.Failed() {
			t.Logf("%v", m.Summary())
		}
	})
}

// TestCKinds: networks of the kinds that the examples train compute the same in C.
func TestCKinds(t *testing.T) {
	dir := t.TempDir()
	ids := layer.Input{Shape: []int{6}, DType: "int32"}
	picture := layer.Input{Shape: []int{9, 8, 2}}
	series := layer.Input{Shape: []int{7, 3}}
	for name, layers := range map[string][]layer.Layer{
		"mlp": {layer.Input{Shape: []int{5}}, layer.Dense{Units: 8, Activation: "relu"}, layer.Dropout{Rate: 0.5},
			layer.Dense{Units: 3, Activation: "softmax"}},
		"cnn": {picture, layer.Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same"}, layer.BatchNormalization{},
			layer.ReLU{}, layer.MaxPooling2D{}, layer.DepthwiseConv2D{KernelSize: []int{2}},
			layer.GlobalAveragePooling2D{}, layer.Dense{Units: 2, Activation: "softmax"}},
		"repeated": {layer.Input{Shape: []int{5}}, layer.Dense{Units: 2}, layer.RepeatVector{N: 3},
			layer.Conv1D{Filters: 4, KernelSize: []int{2}, Dilation: []int{2}}},
		"lstm": {series, layer.LSTM{Units: 5, ReturnSequences: true}, layer.LSTM{Units: 4}, layer.Dense{Units: 1}},
		"gru": {ids, layer.Embedding{InputDim: 7, OutputDim: 3, MaskZero: true},
			layer.Bidirectional{Layer: layer.GRU{Units: 3, ReturnSequences: true}}, layer.GRU{Units: 2},
			layer.Dense{Units: 1, Activation: "sigmoid"}},
		"transformer": {ids, layer.TokenAndPositionEmbedding{VocabularySize: 7, SequenceLength: 6, EmbeddingDim: 4},
			layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionOptions: layer.AttentionOptions{
				CallOptions: layer.CallOptions{UseCausalMask: true}}}, layer.LayerNormalization{},
			layer.Dense{Units: 7, Activation: "gelu"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := model.Sequential(layers...)
			if err := m.Build(7); err != nil {
				t.Fatal(err)
			}
			inC(t, m, dir, 7, "-O2")
		})
	}
}

// TestCStates: a layer that remembers its states goes on from call to call in C too.
func TestCStates(t *testing.T) {
	m := model.Sequential(layer.Input{Batch: []int{1, 2, 3}}, layer.LSTM{Units: 4,
		RNNOptions: layer.RNNOptions{Stateful: true}}, layer.Dense{Units: 2})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	inC(t, m, t.TempDir(), 0, "-O2")
}
