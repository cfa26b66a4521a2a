//go:build judge

package judge

import (
	"path/filepath"
	"testing"

	"gorae/layer"
	"gorae/model"
)

// TestAttentionArguments: a network whose attention layers are given masks, a causal mask and return their scores opens
// in Keras, which gives the same numbers.
func TestAttentionArguments(t *testing.T) {
	p := judge(t)
	q, v := model.Input("q", 4, 3), model.Input("v", 5, 3)
	on := layer.CallOptions{UseCausalMask: true, ReturnAttentionScores: true}
	both := model.ApplyWithN(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 2,
		AttentionOptions: layer.AttentionOptions{CallOptions: on}}, 2,
		map[string]*model.Value{"attention_mask": model.Apply(layer.Dot{Axes: []int{2}}, q, v)}, q, v, v)
	steps := model.Apply(layer.Dense{Units: 4, Activation: "relu"}, q)
	grouped := model.ApplyWith(layer.GroupedQueryAttention{HeadDim: 2, NumQueryHeads: 4, NumKeyValueHeads: 2,
		AttentionOptions: layer.AttentionOptions{SlidingWindow: 2}}, map[string]*model.Value{"attention_mask": steps},
		q, q)
	soft := model.ApplyWith(layer.Softmax{}, map[string]*model.Value{"mask": steps},
		model.Apply(layer.Dense{Units: 4}, q))
	self := model.Apply(layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionOptions: layer.AttentionOptions{
		CallOptions: layer.CallOptions{UseCausalMask: true}}}, v)
	m := model.New([]*model.Value{q, v}, []*model.Value{both[0], both[1], grouped, soft, self})
	if err := m.Build(7); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "m.keras")
	sameInKeras(t, p, m, path, 0)
}
