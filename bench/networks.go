package main

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/tensor"
)

// network is a workload: a model without its last activation, the loss that has it, and what a
// batch looks like.
type network struct {
	model   *model.Model
	loss    loss.Loss
	ids     int // inputs are ids below this, not numbers
	classes int // targets are classes, or numbers where 0
	zipf    bool
}

// networks are the workloads by name, as peer.py has them.
var networks = map[string]func() network{
	"mlp": func() network {
		return classifier(10, layer.Input{Shape: []int{784}}, relu(512), relu(512), layer.Dense{Units: 10})
	},
	"one": func() network {
		return network{model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1}), loss.MeanSquaredError{},
			0, 0, false}
	},
	"cnn": func() network {
		return classifier(10, layer.Input{Shape: []int{28, 28, 1}}, conv2(32, "valid"), layer.MaxPooling2D{},
			conv2(64, "valid"), layer.MaxPooling2D{},
			layer.Flatten{}, layer.Dense{Units: 10})
	},
	"cifar":    func() network { return cifar(false) },
	"cifar-bn": func() network { return cifar(true) },
	"lstm":     func() network { return series(390, layer.LSTM{Units: 64}) },
	"gru":      func() network { return series(390, layer.GRU{Units: 64}) },
	"rnn":      func() network { return series(390, layer.SimpleRNN{Units: 64}) },
	"text":     text,
	"words": func() network {
		n := text()
		n.zipf = true
		return n
	},
	"conv1d": func() network {
		c := layer.Conv1D{Filters: 64, KernelSize: []int{3}, Activation: "relu"}
		return network{model.Sequential(layer.Input{Shape: []int{390, 3}}, c, c, layer.GlobalMaxPooling1D{},
			layer.Dense{Units: 1}), loss.MeanSquaredError{}, 0, 0, false}
	},
	"conv3d": func() network {
		c := func(n int) layer.Layer {
			return layer.Conv3D{Filters: n, KernelSize: []int{3}, Activation: "relu"}
		}
		return classifier(10, layer.Input{Shape: []int{16, 16, 16, 1}}, c(16), layer.MaxPooling3D{}, c(32),
			layer.Flatten{}, layer.Dense{Units: 10})
	},
	"seq2seq": seq2seq,
	"lstm512": func() network {
		return network{model.Sequential(layer.Input{Shape: []int{100, 512}}, layer.LSTM{Units: 512},
			layer.Dense{Units: 1}), loss.MeanSquaredError{}, 0, 0, false}
	},
}

// text is two LSTMs over an embedding.
func text() network {
	return network{model.Sequential(layer.Input{Shape: []int{200}, DType: "int32"},
		layer.Embedding{InputDim: 20000, OutputDim: 128},
		layer.LSTM{Units: 64, ReturnSequences: true}, layer.LSTM{Units: 64}, layer.Dense{Units: 1}),
		loss.BinaryCrossentropy{FromLogits: true}, 20000, 0, false}
}

// vocabulary and sentence are the number of ids and of steps of either side of seq2seq.
const vocabulary, sentence = 8000, 20

// seq2seq reads one sentence and writes another: an encoder and a decoder of 256 gated recurrent units, with attention
// between them (Luong et al. 2015).
func seq2seq() network {
	base := func(name string) layer.Base { return layer.Base{Name: name} }
	side := func(name string) (in, embedded *model.Value) {
		in = model.Apply(layer.Input{Base: base(name), Shape: []int{sentence}, DType: "int32"})
		table := layer.Embedding{Base: base(name + "_embedding"), InputDim: vocabulary, OutputDim: 256}
		return in, model.Apply(table, in)
	}
	source, x := side("source")
	target, y := side("target")
	encoder := model.ApplyN(layer.GRU{Base: base("encoder"), Units: 256, ReturnSequences: true, ReturnState: true}, 2,
		x)
	decoder := model.Apply(layer.GRU{Base: base("decoder"), Units: 256, ReturnSequences: true}, y, encoder[1])
	context := model.Apply(layer.Attention{}, decoder, encoder[0])
	both := model.Apply(layer.Dense{Base: base("both"), Units: 256, Activation: "tanh"},
		model.Apply(layer.Concatenate{}, context, decoder))
	next := model.Apply(layer.Dense{Base: base("next"), Units: vocabulary}, both)
	return network{model.New([]*model.Value{source, target}, []*model.Value{next}),
		loss.SparseCategoricalCrossentropy{FromLogits: true}, vocabulary, vocabulary, false}
}

func relu(units int) layer.Layer { return layer.Dense{Units: units, Activation: "relu"} }

func conv2(filters int, padding string) layer.Layer {
	return layer.Conv2D{Filters: filters, KernelSize: []int{3}, Padding: padding, Activation: "relu"}
}

func classifier(classes int, layers ...layer.Layer) network {
	return network{model.Sequential(layers...), loss.SparseCategoricalCrossentropy{FromLogits: true}, 0, classes, false}
}

func series(steps int, l layer.Layer) network {
	return network{model.Sequential(layer.Input{Shape: []int{steps, 3}}, l, layer.Dense{Units: 1}),
		loss.MeanSquaredError{}, 0, 0, false}
}

// cifar is the network of six 3×3 convolutions, with batch normalisation before each relu if asked.
func cifar(norm bool) network {
	ls := []layer.Layer{layer.Input{Shape: []int{32, 32, 3}}}
	for _, f := range []int{32, 64, 128} {
		for range 2 {
			if norm {
				ls = append(ls, layer.Conv2D{Filters: f, KernelSize: []int{3}, Padding: "same"},
					layer.BatchNormalization{}, layer.ReLU{})
			} else {
				ls = append(ls, conv2(f, "same"))
			}
		}
		ls = append(ls, layer.MaxPooling2D{})
	}
	return classifier(10, append(ls, layer.Flatten{}, relu(128), layer.Dense{Units: 10})...)
}

// batch draws the inputs and, behind them, the target: a class or a number for each sample, or a class for each step of
// the output. The ids of words come as a text has them: id k in proportion to (k + 2.7)^−1.1, after Zipf and
// Mandelbrot.
func (n network) batch(rng *rand.Rand, size int) ([]*tensor.Tensor, error) {
	if err := n.model.Build(1); err != nil {
		return nil, err
	}
	draw := func() uint64 { return uint64(rng.IntN(n.ids)) }
	if n.zipf {
		draw = rand.NewZipf(rng, 1.1, 2.7, uint64(n.ids-1)).Uint64
	}
	var in []*tensor.Tensor
	for _, t := range n.model.InputTypes(size) {
		x := tensor.New(t.DType, t.Shape...)
		for i := range x.F32 {
			x.F32[i] = float32(rng.NormFloat64())
		}
		for i := range x.I32 {
			x.I32[i] = int32(draw())
		}
		in = append(in, x)
	}
	if n.classes > 0 {
		out := n.model.OutputTypes(size)[0].Shape
		y := tensor.New(tensor.Int32, out[:len(out)-1]...)
		for i := range y.I32 {
			y.I32[i] = int32(rng.IntN(n.classes))
		}
		return append(in, y), nil
	}
	y := tensor.New(tensor.Float32, size, 1)
	for i := range y.F32 {
		y.F32[i] = float32(rng.IntN(2))
	}
	return append(in, y), nil
}

// trace is the loss of a batch.
func (n network) trace(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
	last := len(in) - 1
	return loss.Reduce(n.loss.Value(in[last], n.model.Trace(t, in[:last]...)[0]), nil), nil
}

// find is a network by name; lstm-1000 is lstm over 1000 steps.
func find(name string) (network, error) {
	if steps, ok := strings.CutPrefix(name, "lstm-"); ok {
		return series(atoi(steps), layer.LSTM{Units: 64}), nil
	}
	f := networks[name]
	if f == nil {
		return network{}, fmt.Errorf("no network %q", name)
	}
	return f(), nil
}
