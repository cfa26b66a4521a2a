//go:build judge

package judge

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gorae/format/keras"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// choices are layers that go on samples of so many axes, as Keras writes them. A function draws what may vary.
var choices = map[int][]func(t *rapid.T) (class string, cfg map[string]any){
	1: {
		func(t *rapid.T) (string, map[string]any) {
			return "Dense", map[string]any{"units": width(t), "activation": activation(t)}
		},
		func(t *rapid.T) (string, map[string]any) { return "BatchNormalization", map[string]any{} },
		func(t *rapid.T) (string, map[string]any) { return "LayerNormalization", map[string]any{} },
		func(t *rapid.T) (string, map[string]any) { return "PReLU", map[string]any{} },
		func(t *rapid.T) (string, map[string]any) {
			return "LeakyReLU", map[string]any{"negative_slope": rapid.Float64Range(0, 1).Draw(t, "slope")}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "ReLU", map[string]any{"max_value": 0.75, "threshold": 0.125}
		},
		func(t *rapid.T) (string, map[string]any) { return "RepeatVector", map[string]any{"n": 3} },
		func(t *rapid.T) (string, map[string]any) { return "Dropout", map[string]any{"rate": 0.25} },
	},
	2: {
		func(t *rapid.T) (string, map[string]any) {
			return rapid.SampledFrom([]string{"LSTM", "GRU", "SimpleRNN"}).Draw(t, "cell"), recurrent(t)
		},
		func(t *rapid.T) (string, map[string]any) {
			inner := recurrent(t)
			delete(inner, "go_backwards")
			return "Bidirectional", map[string]any{
				"merge_mode": rapid.SampledFrom([]any{"concat", "sum", "mul", "ave"}).Draw(t, "merge"),
				"layer": map[string]any{"class_name": rapid.SampledFrom([]string{"LSTM", "GRU"}).Draw(t, "cell"),
					"config": inner}}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "Conv1D", map[string]any{"filters": width(t), "kernel_size": 2, "activation": activation(t),
				"padding":       rapid.SampledFrom([]string{"valid", "same", "causal"}).Draw(t, "padding"),
				"dilation_rate": rapid.IntRange(1, 2).Draw(t, "dilation")}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "SeparableConv1D", map[string]any{"filters": width(t), "kernel_size": 2, "padding": "same"}
		},
		func(t *rapid.T) (string, map[string]any) {
			return rapid.SampledFrom([]string{"MaxPooling1D", "AveragePooling1D"}).Draw(t, "pool"),
				map[string]any{"pool_size": 2, "padding": "same"}
		},
		func(t *rapid.T) (string, map[string]any) {
			ends := []string{"GlobalMaxPooling1D", "GlobalAveragePooling1D", "Flatten"}
			return rapid.SampledFrom(ends).Draw(t, "end"), map[string]any{}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "TimeDistributed", map[string]any{"layer": map[string]any{"class_name": "Dense",
				"config": map[string]any{"units": width(t), "activation": activation(t)}}}
		},
		func(t *rapid.T) (string, map[string]any) { return "UpSampling1D", map[string]any{"size": 2} },
		func(t *rapid.T) (string, map[string]any) {
			return "ZeroPadding1D", map[string]any{"padding": []any{1, 2}}
		},
		func(t *rapid.T) (string, map[string]any) { return "Permute", map[string]any{"dims": []any{2, 1}} },
		func(t *rapid.T) (string, map[string]any) { return "LayerNormalization", map[string]any{} },
	},
	4: {
		func(t *rapid.T) (string, map[string]any) {
			return "Conv3D", map[string]any{"filters": width(t), "kernel_size": []any{2, 2, 1}, "padding": "same",
				"activation": activation(t)}
		},
		func(t *rapid.T) (string, map[string]any) {
			return rapid.SampledFrom([]string{"MaxPooling3D", "AveragePooling3D"}).Draw(t, "pool"),
				map[string]any{"pool_size": 2, "padding": "same"}
		},
		func(t *rapid.T) (string, map[string]any) { return "BatchNormalization", map[string]any{} },
		func(t *rapid.T) (string, map[string]any) {
			ends := []string{"GlobalMaxPooling3D", "GlobalAveragePooling3D", "Flatten"}
			return rapid.SampledFrom(ends).Draw(t, "end"), map[string]any{}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "ConvLSTM2D", map[string]any{"filters": width(t), "kernel_size": 2, "padding": "same",
				"return_sequences": rapid.Bool().Draw(t, "sequences")}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "TimeDistributed", map[string]any{"layer": map[string]any{"class_name": "Conv2D",
				"config": map[string]any{"filters": width(t), "kernel_size": 2, "padding": "same"}}}
		},
	},
	3: {
		func(t *rapid.T) (string, map[string]any) {
			return "Conv2D", map[string]any{"filters": width(t), "kernel_size": []any{2, 3}, "padding": "same",
				"activation": activation(t), "strides": rapid.IntRange(1, 2).Draw(t, "strides")}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "Conv2DTranspose", map[string]any{"filters": width(t), "kernel_size": 2, "strides": 2,
				"padding": rapid.SampledFrom([]string{"valid", "same"}).Draw(t, "padding")}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "DepthwiseConv2D", map[string]any{"kernel_size": 2, "padding": "same",
				"depth_multiplier": rapid.IntRange(1, 2).Draw(t, "multiplier")}
		},
		func(t *rapid.T) (string, map[string]any) {
			return "SeparableConv2D", map[string]any{"filters": width(t), "kernel_size": 2, "padding": "same"}
		},
		func(t *rapid.T) (string, map[string]any) {
			return rapid.SampledFrom([]string{"MaxPooling2D", "AveragePooling2D"}).Draw(t, "pool"),
				map[string]any{"pool_size": 2, "padding": "same"}
		},
		func(t *rapid.T) (string, map[string]any) { return "BatchNormalization", map[string]any{} },
		func(t *rapid.T) (string, map[string]any) {
			return "UpSampling2D", map[string]any{"size": 2,
				"interpolation": rapid.SampledFrom([]string{"nearest", "bilinear"}).Draw(t, "interpolation")}
		},
		func(t *rapid.T) (string, map[string]any) { return "ZeroPadding2D", map[string]any{"padding": 1} },
		func(t *rapid.T) (string, map[string]any) {
			ends := []string{"GlobalMaxPooling2D", "GlobalAveragePooling2D", "Flatten"}
			return rapid.SampledFrom(ends).Draw(t, "end"), map[string]any{}
		},
		func(t *rapid.T) (string, map[string]any) { return "SpatialDropout2D", map[string]any{"rate": 0.25} },
	},
}

func width(t *rapid.T) int { return rapid.IntRange(1, 5).Draw(t, "width") }

// activation is one of Keras's; those with kinks are left out where gradients are compared elsewhere.
func activation(t *rapid.T) string {
	var names []string
	for _, a := range layer.Activations() {
		// glu needs an even width, and the rows of Keras 3.15's sparsemax do not add up to 1.
		if !layer.Activation(a).Own() && a != "glu" && a != "sparsemax" {
			names = append(names, a)
		}
	}
	return rapid.SampledFrom(names).Draw(t, "activation")
}

func recurrent(t *rapid.T) map[string]any {
	return map[string]any{"units": width(t), "return_sequences": rapid.Bool().Draw(t, "sequences"),
		"go_backwards": rapid.Bool().Draw(t, "backwards")}
}

// chain is an input and the layers on it. Each call of values makes them anew.
type chain []layer.Layer

func (c chain) values() (in, out *model.Value) {
	in = model.Apply(c[0])
	out = in
	for _, l := range c[1:] {
		out = model.Apply(l, out)
	}
	return in, out
}

// and is the chain with one more layer that goes on it.
func (c chain) and(t *rapid.T) chain {
	class, cfg := rapid.SampledFrom(choices[len(c.shape(t))]).Draw(t, "layer")(t)
	return append(slices.Clone(c), made(t, class, cfg))
}

// shape is that of a sample of the last layer's output.
func (c chain) shape(t *rapid.T) tensor.Shape {
	in, out := c.values()
	m := model.New([]*model.Value{in}, []*model.Value{out})
	if err := m.Build(1); err != nil {
		t.Fatalf("%v", err)
	}
	return m.OutputTypes(1)[0].Shape[1:]
}

// begin draws an input with what must stand on it.
func begin(t *rapid.T, name string) chain {
	input := func(dtype string, shape ...int) layer.Layer {
		return layer.Input{Base: layer.Base{Name: name}, Shape: shape, DType: dtype}
	}
	switch rapid.IntRange(0, 5).Draw(t, "input") {
	case 0:
		return chain{input("float32", 5)}
	case 1:
		return chain{input("float32", 6, 3)}
	case 2:
		return chain{input("float32", 5, 4, 2)}
	case 3:
		return chain{input("float32", 3, 4, 3, 2)}
	case 4: // samples has steps that are padding
		return chain{input("float32", 6, 3), made(t, "Masking", map[string]any{"mask_value": padding})}
	}
	return chain{input("int32", 6), made(t, "Embedding", map[string]any{"input_dim": 7, "output_dim": 3,
		"mask_zero": rapid.Bool().Draw(t, "mask")})}
}

// padding is the value of all features of a step that is padding.
const padding = -2

// network draws a network: an input, up to five layers, and perhaps two branches that are joined; or a network of
// several inputs and outputs.
func network(t *rapid.T) *model.Model {
	if rapid.IntRange(0, 2).Draw(t, "several") == 0 {
		return several(t)
	}
	c := begin(t, "x")
	for range rapid.IntRange(1, 5).Draw(t, "layers") {
		c = c.and(t)
	}
	in, v := c.values()
	if rapid.Bool().Draw(t, "branches") {
		one, two := c.and(t), c.and(t)
		a, b := one.shape(t), two.shape(t)
		joins := []string{"Concatenate"}
		if a.Equal(b) {
			joins = []string{"Add", "Multiply", "Maximum", "Average", "Subtract", "Concatenate"}
		}
		if len(a) == len(b) && a[:len(a)-1].Equal(b[:len(b)-1]) {
			v = model.Apply(made(t, rapid.SampledFrom(joins).Draw(t, "join"), map[string]any{}),
				model.Apply(one[len(one)-1], v), model.Apply(two[len(two)-1], v))
		}
	}
	return filled(t, model.New([]*model.Value{in}, []*model.Value{v}))
}

// several draws a network of two inputs and two or three outputs, in which one layer is applied to both branches.
func several(t *rapid.T) *model.Model {
	var ins, flat []*model.Value
	for i := range 2 {
		c := begin(t, fmt.Sprint("x", i))
		for range rapid.IntRange(0, 2).Draw(t, "layers") {
			c = c.and(t)
		}
		in, v := c.values()
		if n := len(c.shape(t)); n > 1 {
			v = model.Apply(made(t, fmt.Sprintf("Global%sPooling%dD", rapid.SampledFrom([]string{"Max", "Average"}).
				Draw(t, "pool"), n-1), map[string]any{}), v)
		}
		ins, flat = append(ins, in), append(flat, model.Apply(layer.Dense{Units: 3, Activation: "tanh"}, v))
	}
	shared := model.Share(layer.Dense{Units: width(t), Activation: "elu"})
	a, b := shared.Apply(flat[0]), shared.Apply(flat[1])
	join := rapid.SampledFrom([]string{"Add", "Multiply", "Maximum", "Minimum", "Average", "Subtract", "Concatenate"})
	outs := []*model.Value{model.Apply(made(t, join.Draw(t, "join"), map[string]any{}), a, b),
		model.Apply(made(t, join.Draw(t, "join"), map[string]any{}), flat[0], flat[1])}
	if rapid.Bool().Draw(t, "third output") {
		outs = append(outs, a)
	}
	return filled(t, model.New(ins, outs))
}

// filled builds a model with weights that are all away from their first values.
func filled(t *rapid.T, m *model.Model) *model.Model {
	if err := m.Build(uint64(rapid.IntRange(0, 99).Draw(t, "seed"))); err != nil {
		t.Fatalf("%v", err)
	}
	for _, v := range m.Store().Vars() { // biases, scales and statistics too
		r := weight.NewRand(7, v.Path)
		for i := range v.Value.F32 {
			v.Value.F32[i] += float32(0.3 * r.Uniform())
		}
	}
	return m
}

func made(t *rapid.T, class string, cfg map[string]any) layer.Layer {
	l, err := layer.Layers.New(class, cfg)
	if err != nil {
		t.Fatalf("%s %v: %v", class, cfg, err)
	}
	return l
}

// samples are n samples for each input.
func samples(m *model.Model, n, ids int) (xs []*tensor.Tensor) {
	for i, in := range m.InputTypes(n) {
		x := tensor.New(in.DType, in.Shape...)
		r := weight.NewRand(uint64(n), fmt.Sprint("x", i))
		for j := range x.F32 {
			x.F32[j] = float32(2*r.Uniform() - 1)
		}
		if s := in.Shape; len(s) == 3 && in.DType == tensor.Float32 { // padding at the end, for layers with a mask
			for k := range n {
				steps := x.F32[k*s[1]*s[2] : (k+1)*s[1]*s[2]]
				for j := (s[1] - min(k%3, s[1]-1)) * s[2]; j < len(steps); j++ {
					steps[j] = padding
				}
			}
		}
		for j := range x.I32 {
			x.I32[j] = int32(float64(ids) * r.Uniform())
		}
		xs = append(xs, x)
	}
	return xs
}

// derivatives are the outputs of a model, and the gradients of Σ output·cotangent with respect to its inputs and to its
// trainable weights.
type derivatives struct {
	outputs, inputs []*tensor.Tensor
	weights         map[string][]*tensor.Tensor // by layer, in their order
}

func derive(t interface{ Fatalf(string, ...any) }, m *model.Model, cotangents, xs []*tensor.Tensor) *derivatives {
	moved := m.TrainableWeights()
	p := model.NewProgram(func(tr *model.Trace, in []*graph.Node) model.Traced {
		y := m.Trace(tr, in[:len(xs)]...)
		var wanted []*graph.Node
		for _, x := range in[:len(xs)] {
			if x.DType == tensor.Float32 {
				wanted = append(wanted, x)
			}
		}
		for _, v := range moved {
			wanted = append(wanted, tr.Leaf(v))
		}
		ds := graph.Gradients(y, in[len(xs):], wanted)
		for i, d := range ds {
			if d == nil {
				ds[i] = tr.Graph.Scalar(0).Broadcast(wanted[i].Shape...)
			}
		}
		return model.Traced{Outputs: append(y, ds...)}
	}, model.ProgramConfig{Models: []*model.Model{m}, ReadOnly: true})
	outs, err := p.Run(append(append([]*tensor.Tensor{}, xs...), cotangents...)...)
	if err != nil {
		t.Fatalf("%v", err)
	}
	d := &derivatives{weights: map[string][]*tensor.Tensor{}}
	d.outputs, outs = outs[:len(cotangents)], outs[len(cotangents):]
	for _, x := range xs {
		if x.DType() == tensor.Float32 {
			d.inputs, outs = append(d.inputs, outs[0]), outs[1:]
		}
	}
	for i, v := range moved {
		name, _, _ := strings.Cut(v.Path, "/")
		d.weights[name] = append(d.weights[name], outs[i])
	}
	return d
}

// outputTolerance allows for the normalisation of few features, which multiplies the rounding of their differences by
// up to 1/√ε = 32.
const outputTolerance = 5e-5

// TestNetworks: random networks that gorae saves open in Keras with the same outputs and gradients, and as Keras saves
// them they open in gorae with the same outputs.
func TestNetworks(t *testing.T) {
	p := judge(t)
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		m := network(t)
		xs := samples(m, 3, 7)
		var cotangents []*tensor.Tensor
		for _, out := range m.OutputTypes(3) {
			d := tensor.New(tensor.Float32, out.Shape...)
			r := weight.NewRand(5, "cotangent")
			for i := range d.F32 {
				d.F32[i] = float32(2*r.Uniform() - 1)
			}
			cotangents = append(cotangents, d)
		}
		path, again := filepath.Join(dir, "gorae.keras"), filepath.Join(dir, "keras.keras")
		if err := keras.SaveFile(path, m); err != nil {
			t.Fatalf("%v", err)
		}
		a := p.ask(t, question{Do: "gradients", Path: path, Copy: again, Inputs: packedAll(xs),
			Cotangents: packedAll(cotangents)})
		d := derive(t, m, cotangents, xs)
		for i, y := range d.outputs {
			if s := near(y, a.Outputs[i].tensor(), outputTolerance); s != "" {
				t.Errorf("output %d: %s", i, s)
			}
		}
		for i, x := range d.inputs {
			if s := near(x, a.Inputs[i].tensor(), 1e-4); s != "" {
				t.Errorf("gradient of input %d: %s", i, s)
			}
		}
		for _, w := range a.Weights {
			name, _, _ := strings.Cut(w.Path, "/")
			list := d.weights[name]
			if len(list) == 0 {
				t.Fatalf("Keras has %s, and gorae no weight of it", w.Path)
			}
			if s := near(list[0], w.Value.tensor(), 1e-4); s != "" {
				t.Errorf("gradient of %s: %s", w.Path, s)
			}
			d.weights[name] = list[1:]
		}
		n, _, err := keras.LoadFile(again)
		if err != nil && strings.Contains(err.Error(), "the operation NotEqual of a tensor") {
			return // Keras makes an operation of a functional network's mask; gorae has no operations as layers yet
		}
		if err != nil {
			t.Fatalf("as Keras saves it: %v", err)
		}
		y, err := n.Predict(t.Context(), xs...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		for i := range y {
			if s := near(y[i], a.Outputs[i].tensor(), outputTolerance); s != "" {
				t.Errorf("as Keras saves it: output %d: %s", i, s)
			}
		}
		if t.Failed() {
			if text, err := os.ReadFile(path); err == nil {
				t.Logf("a file of %d bytes; %v", len(text), m.Summary())
			}
		}
	})
}
