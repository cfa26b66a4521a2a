package model_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// masked is a network whose attention layers are given every argument: two results, masks by name and as a list, the
// same layer called twice with other options, and a softmax with a mask.
func masked(t *testing.T) *model.Model {
	t.Helper()
	q, v := model.Input("q", 4, 3), model.Input("v", 5, 3)
	steps, pairs := model.Input("steps", 5), model.Input("pairs", 4, 5)
	both := model.ApplyWithN(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 2, AttentionOptions: layer.AttentionOptions{
		CallOptions: layer.CallOptions{UseCausalMask: true, ReturnAttentionScores: true}}}, 2,
		map[string]*model.Value{"attention_mask": pairs, "value_mask": steps}, q, v, v)
	a := model.ApplyWith(layer.Attention{UseScale: true}, map[string]*model.Value{"value_mask": steps}, q, v)
	s := model.ApplyWith(layer.Softmax{}, map[string]*model.Value{"mask": pairs}, model.Apply(layer.Permute{
		Dims: []int{2, 1}}, model.Apply(layer.Permute{Dims: []int{2, 1}}, pairs)))
	m := model.New([]*model.Value{q, v, steps, pairs}, []*model.Value{both[0], both[1], a, s})
	if err := m.Build(3); err != nil {
		t.Fatal(err)
	}
	return m
}

// inputs are those of masked: steps 3 and 4 of the value do not count, nor do some pairs.
func inputs() []*tensor.Tensor {
	q, v := tensor.New(tensor.Float32, 2, 4, 3), tensor.New(tensor.Float32, 2, 5, 3)
	for i := range q.F32 {
		q.F32[i] = float32(i%7) - 3
	}
	for i := range v.F32 {
		v.F32[i] = float32(i%5) - 2
	}
	steps, pairs := tensor.New(tensor.Float32, 2, 5), tensor.New(tensor.Float32, 2, 4, 5)
	for i := range steps.F32 {
		steps.F32[i] = map[bool]float32{true: 1}[i%5 < 3]
	}
	for i := range pairs.F32 {
		pairs.F32[i] = map[bool]float32{true: 1}[i%3 > 0]
	}
	return []*tensor.Tensor{q, v, steps, pairs}
}

// TestArguments: arguments of a call reach the layer, and survive the way to Keras's configuration and back.
func TestArguments(t *testing.T) {
	m := masked(t)
	c, err := m.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"use_causal_mask":true`, `"return_attention_scores":true`, `"attention_mask":{`,
		`"mask":[null,{`, `"mask":{`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("the configuration lacks %s: %s", part, text)
		}
	}
	var back map[string]any
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	n, err := model.FromConfig(back)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Build(3); err != nil {
		t.Fatal(err)
	}
	x := inputs()
	y, err := m.Predict(t.Context(), x...)
	if err != nil {
		t.Fatal(err)
	}
	z, err := n.Predict(t.Context(), x...)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(y, z) {
		t.Error("the network that was read gives other numbers")
	}
	for i := range x[1].F32 { // what the masks leave out
		if i/3%5 >= 3 {
			x[1].F32[i] += 100
		}
	}
	if z, err = m.Predict(t.Context(), x...); err != nil {
		t.Fatal(err)
	}
	for _, k := range []int{1, 2} { // the weights, and attention without projections
		if !reflect.DeepEqual(y[k], z[k]) {
			t.Errorf("output %d depends on steps that the mask leaves out", k)
		}
	}
	_, err = model.FromConfig(mustJSON(t, strings.Replace(string(text), `"attention_mask":{`, `"bias":{`, 1)))
	if err == nil || !strings.Contains(err.Error(), "the argument bias is not known") {
		t.Errorf("an unknown argument: %v", err)
	}
	in := model.Input("x", 4, 3)
	wrong := model.New([]*model.Value{in}, []*model.Value{model.ApplyWith(layer.MultiHeadAttention{NumHeads: 1,
		KeyDim: 1}, map[string]*model.Value{"atention_mask": in}, in)})
	if err := wrong.Build(1); err == nil || !strings.Contains(err.Error(), "attention_mask") {
		t.Errorf("a misspelt argument: %v", err)
	}
}

func mustJSON(t *testing.T, text string) (c map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestCallOptions: a layer that is called twice, with and without a causal mask, is one layer with two calls.
func TestCallOptions(t *testing.T) {
	text := `{"class_name": "Functional", "config": {"name": "m", "layers": [
		{"class_name": "InputLayer", "name": "x", "config": {"batch_shape": [null, 3, 2], "name": "x"}, "inbound_nodes": []},
		{"class_name": "MultiHeadAttention", "name": "a", "config": {"name": "a", "num_heads": 1, "key_dim": 2},
		 "inbound_nodes": [{"args": [T, T], "kwargs": {"use_causal_mask": true}}, {"args": [T, T], "kwargs": {}}]}],
		"input_layers": [["x", 0, 0]], "output_layers": [["a", 0, 0], ["a", 1, 0]]}}`
	tensorOf := `{"class_name": "__keras_tensor__", "config": {"shape": [null, 3, 2], "keras_history": ["x", 0, 0]}}`
	m, err := model.FromConfig(mustJSON(t, strings.ReplaceAll(text, "[T, T]",
		"["+tensorOf+", "+tensorOf+"]")))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Build(2); err != nil {
		t.Fatal(err)
	}
	y, err := m.Predict(t.Context(), tensor.Of([]float32{1, 2, -1, 3, 2, -2}, 1, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	if y[0].F32[0] == y[1].F32[0] || y[0].F32[4] != y[1].F32[4] {
		t.Errorf("causal %v, and not %v: the first step differs, the last does not", y[0].F32, y[1].F32)
	}
	c, err := m.Config()
	if err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(out), `"use_causal_mask":true`); n != 1 {
		t.Errorf("%d calls are causal, want 1: %s", n, out)
	}
}
