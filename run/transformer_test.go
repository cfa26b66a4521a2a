package run_test

import (
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"gorae/generate"
	"gorae/task/language"
)

// echoes is a text of n lines: four letters, drawn at random among eight, and the same four again.
func echoes(n int) string {
	rng := rand.New(rand.NewPCG(7, 8))
	var b strings.Builder
	for range n {
		word := make([]byte, 4)
		for i := range word {
			word[i] = byte('a' + rng.IntN(8))
		}
		b.Write(word)
		b.WriteByte('-')
		b.Write(word)
		b.WriteByte('\n')
	}
	return b.String()
}

// A small transformer (examples/transformer, with one block) learns to repeat what stood five characters before, which
// no n-gram can: of ten characters of a line four are drawn, with ln 8 = 2.08 nats, and six follow, so that 0.83 nats a
// character are the least. Evaluation, prediction and generation take it as any language model.
func TestTransformer(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "echo.txt"), echoes(1500))
	r := open(t, `
data: {source: `+source+`, text: {unit: character, window: 20}}
split: {validation: 0.1, test: 0.1}
model:
  layers:
    - {name: x, token_and_position_embedding: {vocabulary_size: vocabulary, sequence_length: 20, embedding_dim: 16}}
    - {layer_normalization: {}, inputs: x}
    - {name: seen, multi_head_attention: {num_heads: 2, key_dim: 8, use_causal_mask: true}}
    - {name: y, add: {}, inputs: [x, seen]}
    - {layer_normalization: {}, inputs: y}
    - dense: {units: 32, activation: relu}
    - {name: made, dense: {units: 16}}
    - {name: z, add: {}, inputs: [y, made]}
    - dense: {units: vocabulary, activation: softmax}
train: {epochs: 30, batch_size: 32, optimizer: {adam: {learning_rate: 0.01}}}
seed: 1
`)
	result, p := fit(t, r, filepath.Join(dir, "run"))
	if loss := result.Report.Test.Of("loss"); loss > 1 {
		t.Errorf("%v nats a character on unseen lines", loss)
	}
	f := p.Fitted.(*language.Fitted)
	right, all := 0, 0
	for line := range strings.Lines(echoes(20)) {
		w, err := generate.NewWriter(p.Model, f.Vocabulary, false, 1)
		if err != nil {
			t.Fatal(err)
		}
		w.Temperature = 0
		if _, err := w.Prompt("hgab-hgab\n" + line[:5]); err != nil {
			t.Fatal(err)
		}
		for i := 5; i < len(line); i++ {
			c, err := w.Next()
			if err != nil {
				t.Fatal(err)
			}
			if all++; c == line[i:i+1] {
				right++
			}
		}
	}
	if right < all*3/4 { // one in eight is right by chance
		t.Errorf("%d of %d characters are the ones of five places before", right, all)
	}
}
