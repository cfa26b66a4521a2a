package main

import (
	"strings"
	"testing"
)

// TestShownMistakes: wrong words for the commands that show small examples are answered in one line.
func TestShownMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "iris.yaml", "data: {source: embed:iris}\n")
	put(t, "agent.yaml", "data: {environment: cartpole}\ntrain: {dqn: {}}\n")
	put(t, "words.csv", "a,b\n")
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"apply", "max_poling2d", "--input", "[[1]]"}, 2, `did you mean "max_pooling2d"?`},
		{[]string{"apply", "max_pooling2d", "--input", "[[1,2],[3]]"}, 2, "--input: element (1,) has the shape (1,)"},
		{[]string{"apply", "max_pooling2d", "--input", "[[1]]"}, 2, "pool 2×2 exceeds input 1×1"},
		{[]string{"apply", "dense: 3", "--input", "nope.npy"}, 2, "--input: nope.npy: no such file"},
		{[]string{"apply", "dense: 3", "--input", "words.csv"}, 2, `--input: words.csv: line 1: "a" is no number`},
		{[]string{"apply", "dense: 3", "--input", "-"}, 2, "--input: no numbers"},
		{[]string{"apply", "pretrained: x.keras", "--input", "[1]"}, 2, "x.keras: no such file"},
		{[]string{"apply", "dense: 3"}, 2, "--input"},
		{[]string{"summary", "[dense: 3]"}, 2, "the first layer is no input with the shape of a sample; begin with it"},
		{[]string{"summary", "["}, 2, "LAYERS: "},
		{[]string{"data", "vectorize", "x", "--as", "y"}, 2, "--as y: give one of onehot, ids, bag, count, tfidf"},
		{[]string{"data", "vectorize", "x", "--unit", "y"}, 2, `"y" is unknown; there are character, jamo, pair, word`},
		{[]string{"data", "vectorize", "x", "--words", "1"}, 2, "1 is not a number of tokens"},
		{[]string{"data", "vectorize", "..."}, 1, "hold no word"},
		{[]string{"data", "batch", "iris.yaml", "--number", "99"}, 2, "batch 99: an epoch has the batches 1 to "},
		{[]string{"data", "batch", "iris.yaml", "--epoch", "0"}, 2, "epoch 0: give 1 or more"},
		{[]string{"data", "batch", "iris.yaml", "--rows", "0"}, 2, "--rows 0: give 1 or more"},
		{[]string{"data", "batch", "agent.yaml"}, 2, "there is no batch to show"},
		{[]string{"data", "batch", "irs.yaml"}, 1, "did you mean iris.yaml?"},
		{[]string{"plot", "activations", "relux", "--output", "a.png"}, 2, `did you mean "relu"?`},
		{[]string{"plot", "activations", "softmax", "--output", "a.png"}, 2, "softmax acts on a row of numbers"},
		{[]string{"plot", "activations", "--output", "a.gif"}, 2, "give a name that ends in .png or .svg"},
		{[]string{"layer"}, 2, "see gorae apply --help"},
		{[]string{"onehot"}, 2, "see gorae data vectorize --help"},
	} {
		_, told, status := gorae("", c.args...)
		if status != c.status || !strings.Contains(told, c.says) || strings.Count(told, "\n") != 1 {
			t.Errorf("gorae %q: status %d, want %d: %q has no %q", c.args, status, c.status, told, c.says)
		}
	}
	for _, name := range []string{"a.png", "a.svg"} {
		if out, _ := must(t, "plot", "activations", "tanh", "--output", name); out != name+"\n" {
			t.Errorf("plot prints %q", out)
		}
	}
	put(t, "x.csv", "1,2\n3,4\n")
	for _, input := range []string{"x.csv", "[[1, 2], [3, 4]]"} {
		if out, _ := must(t, "apply", "max_pooling2d", "--input", input); !strings.HasSuffix(out, "(1, 1)\n[[4.]]\n") {
			t.Errorf("apply prints %q", out)
		}
	}
	out, _, _ := gorae("a b\n\nb\n", "data", "vectorize", "-", "--as", "count")
	if !strings.Contains(out, "text 2: (2,)\n[1. 0.]") {
		t.Errorf("vectorize prints %q", out)
	}
}
