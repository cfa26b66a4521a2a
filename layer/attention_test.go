package layer

import (
	"math"
	"testing"

	"gorae/graph"
	"gorae/weight"
)

// traced evaluates what a layer makes of inputs of a shape [batch, steps, features], in float64.
func traced(t *testing.T, l Layer, values map[string]*graph.Array, inputs []string,
	arguments ...string) []*graph.Array {
	t.Helper()
	tr, store := NewTrace(false), weight.NewStore()
	var outs []*graph.Node
	if err := graph.Catch(func() {
		s := NewScope(tr, store, true)
		given := Arguments{}
		for _, name := range arguments {
			given[name] = tr.Graph.Input(name, values[name].Type)
		}
		var x []*graph.Node
		for _, name := range inputs {
			x = append(x, tr.Graph.Input(name, values[name].Type))
		}
		outs = s.ChildWith("l", l, given, x...)
	}); err != nil {
		t.Fatal(err)
	}
	for _, v := range store.Vars() {
		if values[v.Path] == nil {
			t.Fatalf("no value of %s %v", v.Path, v.Shape)
		}
	}
	e := &graph.Evaluator{Leaves: values}
	var arrays []*graph.Array
	for _, n := range outs {
		a, err := e.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		arrays = append(arrays, a)
	}
	return arrays
}

func array(v []float64, shape ...int) *graph.Array {
	return &graph.Array{Type: graph.F32(shape...), V: v}
}

func closeTo(t *testing.T, what string, got *graph.Array, want ...float64) {
	t.Helper()
	if len(got.V) != len(want) {
		t.Fatalf("%s has %d numbers, want %d", what, len(got.V), len(want))
	}
	for i, w := range want {
		if math.Abs(got.V[i]-w) > 1e-6 {
			t.Errorf("%s: number %d is %v, want %v", what, i, got.V[i], w)
		}
	}
}

// TestAttentionByHand: one query that scores 0 and ln 3 with two keys has the weights 1/4 and 3/4; a causal query sees
// the first key alone; masked queries give 0; where all keys are masked, equal scores give the mean of the values.
func TestAttentionByHand(t *testing.T) {
	v := map[string]*graph.Array{"q": array([]float64{1, 1}, 1, 2, 1), "k": array([]float64{0, math.Log(3)}, 1, 2, 1),
		"v": array([]float64{8, 4}, 1, 2, 1), "same": array([]float64{2, 2}, 1, 2, 1),
		"query_mask": array([]float64{1, 0}, 1, 2), "value_mask": array([]float64{0, 0}, 1, 2)}
	all := traced(t, Attention{scored: scored{CallOptions: CallOptions{ReturnAttentionScores: true}}}, v,
		[]string{"q", "v", "k"})
	closeTo(t, "y", all[0], 5, 5) // 8/4 + 4·3/4
	closeTo(t, "weights", all[1], 0.25, 0.75, 0.25, 0.75)
	closeTo(t, "causal y", traced(t, Attention{scored: scored{CallOptions: CallOptions{UseCausalMask: true}}}, v,
		[]string{"q", "v", "k"})[0], 8, 5)
	closeTo(t, "masked query", traced(t, Attention{}, v, []string{"q", "v", "k"}, "query_mask")[0], 5, 0)
	closeTo(t, "masked value", traced(t, Attention{}, v, []string{"q", "v", "same"}, "value_mask")[0], 6, 6)
	v["l/scale"] = array([]float64{2}, 1)
	// 2·tanh(1 + 0) and 2·tanh(1 + ln 3): tanh x = (e²ˣ − 1)/(e²ˣ + 1).
	a, b := 2*math.Tanh(1), 2*math.Tanh(1+math.Log(3))
	w := math.Exp(a) / (math.Exp(a) + math.Exp(b))
	closeTo(t, "additive", traced(t, AdditiveAttention{}, v, []string{"q", "v", "k"})[0], 8*w+4*(1-w), 8*w+4*(1-w))
}

// TestMultiHeadByHand: one head of one feature with kernels of 1 is Attention; the query of a masked key gathers what
// is left.
func TestMultiHeadByHand(t *testing.T) {
	one := func() *graph.Array { return array([]float64{1}, 1, 1, 1) }
	v := map[string]*graph.Array{"q": array([]float64{1, 1}, 1, 2, 1), "k": array([]float64{0, math.Log(3)}, 1, 2, 1),
		"v": array([]float64{8, 4}, 1, 2, 1), "value_mask": array([]float64{0, 1}, 1, 2),
		"attention_mask": array([]float64{1, 0, 0, 1}, 1, 2, 2), "l/query_dense/kernel": one(),
		"l/key_dense/kernel": one(), "l/value_dense/kernel": one(), "l/output_dense/kernel": one()}
	l := MultiHeadAttention{NumHeads: 1, KeyDim: 1, AttentionOptions: AttentionOptions{NoBias: true}}
	in := []string{"q", "v", "k"}
	closeTo(t, "y", traced(t, l, v, in)[0], 5, 5)
	closeTo(t, "masked value", traced(t, l, v, in, "value_mask")[0], 4, 4)
	closeTo(t, "attention mask", traced(t, l, v, in, "attention_mask")[0], 8, 4)
	l.SlidingWindow = 1
	closeTo(t, "window", traced(t, l, v, in)[0], 8, 4)
	l.SlidingWindow, l.UseCausalMask, l.ReturnAttentionScores = 0, true, true
	both := traced(t, l, v, in)
	closeTo(t, "causal", both[0], 8, 5)
	closeTo(t, "causal weights", both[1], 1, 0, 0.25, 0.75)
}

// TestPositions: the encodings of Vaswani et al. (2017), section 3.5, and rows that are the same for each sample.
func TestPositions(t *testing.T) {
	v := map[string]*graph.Array{"x": array(make([]float64, 12), 1, 3, 4),
		"l/embeddings":          array([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 4, 4),
		"ids":                   {Type: graph.I32(2, 2), V: []float64{1, 0, 3, 3}},
		"l/position_embeddings": array([]float64{100, 0, 0, 0, 0, 200, 0, 0}, 2, 4)}
	closeTo(t, "sine", traced(t, SinePositionEncoding{MaxWavelength: 100}, v, []string{"x"})[0],
		0, 1, 0, 1, math.Sin(1), math.Cos(1), math.Sin(0.1), math.Cos(0.1),
		math.Sin(2), math.Cos(2), math.Sin(0.2), math.Cos(0.2))
	closeTo(t, "learnt", traced(t, PositionEmbedding{SequenceLength: 4}, v, []string{"x"})[0],
		1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	both := TokenAndPositionEmbedding{VocabularySize: 4, SequenceLength: 2, EmbeddingDim: 4}
	closeTo(t, "with tokens", traced(t, both, v, []string{"ids"})[0],
		105, 6, 7, 8, 1, 202, 3, 4, 113, 14, 15, 16, 13, 214, 15, 16)
	tr, store := NewTrace(false), weight.NewStore()
	if err := graph.Catch(func() {
		x := tr.Graph.Input("x", graph.F32(1, 3, 4))
		NewScope(tr, store, true).Child("p", PositionEmbedding{SequenceLength: 2}, x)
	}); err == nil || Cause(err).Error() !=
		`position_embedding "p": sequence_length: 2 is shorter than the 3 steps; give 3 or more` {
		t.Errorf("too many steps: %v", err)
	}
}
