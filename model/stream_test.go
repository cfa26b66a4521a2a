package model_test

import (
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// A sequence that is read piece by piece gives what the whole of it gives, step for step, for every
// recurrent layer and whatever works step by step beside it; two streams of one model have memories
// of their own, and Reset forgets.
func TestStream(t *testing.T) {
	const n, steps, m = 2, 6, 3
	x := random(7, n, steps, m)
	for name, ls := range map[string][]layer.Layer{
		"simple rnn": {layer.SimpleRNN{Units: 4, ReturnSequences: true}},
		"lstm": {layer.LSTM{Units: 4, ReturnSequences: true}, layer.Dropout{Rate: 0.5},
			layer.LSTM{Units: 2, ReturnSequences: true}},
		"gru": {layer.TimeDistributed{Layer: layer.Dense{Units: 2}}, layer.GRU{Units: 4, ReturnSequences: true},
			layer.LayerNormalization{}},
		"ugrnn": {layer.UGRNN{Units: 4, ReturnSequences: true}, layer.BatchNormalization{},
			layer.Dense{Units: 3, Activation: "softmax"}},
		"own": {layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.LSTMCell{Units: 2},
			memory{Units: 2, Keep: 0.5}}}, ReturnSequences: true}},
		"masked": {layer.Masking{}, layer.LSTM{Units: 4, ReturnSequences: true}},
	} {
		net := built(t, 1, append([]layer.Layer{layer.Input{Shape: []int{steps, m}}}, ls...)...)
		want := predict(t, net, x)
		for _, piece := range []int{1, 2, 3} {
			s, err := net.Stream(n, piece)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			other, err := net.Stream(n, piece)
			if err != nil {
				t.Fatal(err)
			}
			for round := range 2 {
				got := tensor.New(tensor.Float32, want.Shape...)
				k := want.Shape[2]
				for at := 0; at < steps; at += piece {
					for b := range n {
						copy(s.X[0].F32[b*piece*m:(b+1)*piece*m], x.F32[(b*steps+at)*m:])
					}
					if err := s.Next(); err != nil {
						t.Fatal(err)
					}
					if err := other.Next(); err != nil { // of zeros, in between
						t.Fatal(err)
					}
					for b := range n {
						copy(got.F32[(b*steps+at)*k:], s.Y[0].F32[b*piece*k:(b+1)*piece*k])
					}
				}
				equal(t, name, got, want, 1e-6)
				if s.Reset(); round == 0 && t.Failed() {
					break
				}
			}
		}
	}
	for word, l := range map[string]layer.Layer{
		"bidirectional": layer.Bidirectional{Layer: layer.LSTM{Units: 2, ReturnSequences: true}},
		"conv1d":        layer.Conv1D{Filters: 2, KernelSize: []int{3}},
		"flatten":       layer.Flatten{}, "lstm": layer.LSTM{Units: 2, RNNOptions: layer.RNNOptions{GoBackwards: true}},
	} {
		_, err := built(t, 1, layer.Input{Shape: []int{steps, m}}, l).Stream(1, 1)
		if err == nil || !strings.Contains(err.Error(),
			"stream: "+word+" \""+word+"\" looks along the whole sequence") {
			t.Errorf("%s: error %v", word, err)
		}
	}
}

// TestStreamTwice: each place of a layer that stands in several has a memory of its own: a layer called twice, on its
// own output or beside it, and a model called twice. A stateful layer is refused, as its second call would have to know
// where the whole sequence of the first ends.
func TestStreamTwice(t *testing.T) {
	const n, steps, m = 2, 6, 3
	in := func() *model.Value { return model.Apply(layer.Input{Shape: []int{steps, m}}) }
	gru := func() *model.Instance { return model.Share(layer.GRU{Units: m, ReturnSequences: true}) }
	x, again := in(), gru()
	chain := model.New([]*model.Value{x}, []*model.Value{again.Apply(again.Apply(x))})
	x, again = in(), gru()
	negative := model.Apply(layer.Rescaling{Scale: layer.Number(-1.0)}, x)
	siamese := model.New([]*model.Value{x}, []*model.Value{model.Apply(layer.Subtract{}, again.Apply(x),
		again.Apply(negative))})
	x = in()
	within := model.Share(model.New([]*model.Value{x}, []*model.Value{model.Apply(layer.LSTM{Units: m,
		ReturnSequences: true}, x)}))
	x = in()
	nested := model.New([]*model.Value{x}, []*model.Value{within.Apply(model.Apply(layer.Add{},
		within.Apply(x), x))})
	for name, net := range map[string]*model.Model{"chain": chain, "siamese": siamese, "nested": nested} {
		if err := net.Build(4); err != nil {
			t.Fatal(err)
		}
		seq := random(7, n, steps, m)
		want := predict(t, net, seq)
		s, err := net.Stream(n, 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			got := tensor.New(tensor.Float32, n, steps, m)
			for at := range steps {
				for b := range n {
					copy(s.X[0].F32[b*m:(b+1)*m], seq.F32[(b*steps+at)*m:])
				}
				if err := s.Next(); err != nil {
					t.Fatal(err)
				}
				for b := range n {
					copy(got.F32[(b*steps+at)*m:], s.Y[0].F32[b*m:(b+1)*m])
				}
			}
			equal(t, name, got, want, 1e-6)
			s.Reset()
		}
	}
	x = in()
	stateful := model.Share(layer.GRU{Units: m, ReturnSequences: true, RNNOptions: layer.RNNOptions{Stateful: true}})
	net := model.New([]*model.Value{x}, []*model.Value{stateful.Apply(stateful.Apply(x))})
	if err := net.Build(4); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Stream(n, 1); err == nil || !strings.Contains(err.Error(), "is stateful and called twice") {
		t.Errorf("a stateful layer in two places: %v", err)
	}
}

// Reading step by step allocates nothing, and follows the weights.
func TestStreamFollows(t *testing.T) {
	net := built(t, 1, layer.Input{Shape: []int{5}, DType: "int32"}, layer.Embedding{InputDim: 7, OutputDim: 3},
		layer.LSTM{Units: 4}, layer.Dense{Units: 7})
	s, err := net.Stream(1, 1)
	if err != nil {
		t.Fatal(err)
	}
	s.X[0].I32[0] = 3
	if err := s.Next(); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() { _ = s.Next() }); n != 0 {
		t.Errorf("%v allocations a step", n)
	}
	s.Reset()
	if err := s.Next(); err != nil {
		t.Fatal(err)
	}
	before := s.Y[0].F32[0]
	bias := net.Store().Var("dense/bias")
	moved := bias.Value.Clone()
	moved.F32[0] += 5
	if err := net.Store().Set("dense/bias", moved); err != nil {
		t.Fatal(err)
	}
	s.Reset()
	if err := s.Next(); err != nil {
		t.Fatal(err)
	}
	if got := s.Y[0].F32[0] - before; got < 4.999 || got > 5.001 {
		t.Errorf("the output moved by %v with its bias, want 5", got)
	}
}
