package generate_test

import (
	"math"
	"testing"

	"gorae/generate"
	"gorae/layer"
	"gorae/model"
	"gorae/prep/text"
	"gorae/tensor"
)

// transformer is a causal network of one attention, with a window of 8 ids.
func transformer(t *testing.T, ids int) *model.Model {
	t.Helper()
	x := model.Apply(layer.Input{Shape: []int{8}, DType: "int32"})
	h := model.Apply(layer.TokenAndPositionEmbedding{VocabularySize: ids, SequenceLength: 8, EmbeddingDim: 6}, x)
	a := model.Apply(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3,
		AttentionOptions: layer.AttentionOptions{CallOptions: layer.CallOptions{UseCausalMask: true}}}, h)
	y := model.Apply(layer.Dense{Units: ids, Activation: "softmax"}, model.Apply(layer.Add{}, h, a))
	m := model.New([]*model.Value{x}, []*model.Value{y})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	for _, v := range m.Store().Vars() { // far from alike
		for i := range v.Value.F32 {
			v.Value.F32[i] *= 8
		}
	}
	return m
}

// after is what the network says follows ids, of which it sees the last that its window holds.
func after(t *testing.T, m *model.Model, ids []int32) []float32 {
	t.Helper()
	ids = ids[max(0, len(ids)-8):]
	x := tensor.New(tensor.Int32, 1, 8)
	copy(x.I32, ids)
	y, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	n := y[0].Shape[2]
	return y[0].F32[(len(ids)-1)*n:][:n]
}

// TestWindows: a causal network is evaluated in windows that overlap by half, where each token has the tokens of its
// window before it, and writes what its window foretells.
func TestWindows(t *testing.T) {
	v := vocabulary(t, "to be or not to be, that is the question", text.Spec{Unit: "character"})
	m := transformer(t, v.Size())
	if !m.Causal() || !generate.Windowed(m) {
		t.Fatalf("causal %v, windowed %v", m.Causal(), generate.Windowed(m))
	}
	for _, s := range []string{"to be or not to be, that is the question", "that is", "to be or ", "to"} {
		ids := v.EncodeLong(s)
		got, err := generate.Evaluate(t.Context(), m, ids, false)
		if err != nil {
			t.Fatal(err)
		}
		// The windows begin at 0, 4, 8, … but for the last, which ends where the text does.
		total, sum, start, end := len(ids)-1, 0.0, 0, 0
		for i := range total {
			for end <= i {
				start = max(0, min(end-4, total-8))
				end = min(total, start+8)
			}
			sum -= math.Log(math.Max(float64(after(t, m, ids[start:i+1])[ids[i+1]]), 1e-7))
		}
		if want := sum / float64(total); got.Tokens != total || math.Abs(got.Nats-want) > 1e-5 {
			t.Errorf("%q: %d tokens, %v nats; want %d and %v", s, got.Tokens, got.Nats, total, want)
		}
	}
	w, err := generate.NewWriter(m, v, false, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.Temperature = 0
	if _, err := w.Prompt("to be"); err != nil {
		t.Fatal(err)
	}
	text := write(t, w, 12)
	ids := v.EncodeLong("to be")
	var want []int32
	for range 12 {
		best := likeliest(after(t, m, ids))
		ids, want = append(ids, best), append(want, best)
	}
	if got := v.EncodeLong(text); len(got) != 12 {
		t.Errorf("%q is written", text)
	} else {
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("token %d is %d, want %d", i, got[i], want[i])
			}
		}
	}
	// A network that looks ahead is none.
	x := model.Apply(layer.Input{Shape: []int{8}, DType: "int32"})
	h := model.Apply(layer.Embedding{InputDim: 9, OutputDim: 4}, x)
	ahead := model.New([]*model.Value{x}, []*model.Value{model.Apply(layer.Dense{Units: 9, Activation: "softmax"},
		model.Apply(layer.MultiHeadAttention{NumHeads: 1, KeyDim: 2}, h))})
	if err := ahead.Build(1); err != nil {
		t.Fatal(err)
	}
	if ahead.Causal() || generate.Windowed(ahead) {
		t.Error("a network that looks ahead is said to be causal")
	}
	if _, err := generate.Evaluate(t.Context(), ahead, v.EncodeLong("to be or not"), false); err == nil {
		t.Error("it is evaluated")
	}
}

// likeliest is the likeliest id that stands for text.
func likeliest(p []float32) int32 {
	best := int32(2)
	for i := range p {
		if int32(i) > best && p[i] > p[best] {
			best = int32(i)
		}
	}
	return best
}
