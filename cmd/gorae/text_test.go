package main

import (
	"context"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// stopper is a standard output at whose first words somebody types Ctrl-C.
type stopper struct {
	io.Writer
	stop context.CancelFunc
}

func (s stopper) Write(p []byte) (int, error) {
	s.stop()
	return s.Writer.Write(p)
}

// gorae train makes a language model of a text, gorae generate goes on with it (U9): the same seed writes the same,
// temperature 0 needs none, what the model does not know is told on stderr alone; other models and wrong words are
// refused in one line.
func TestU9Generate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	t.Chdir(t.TempDir())
	put(t, "verse.txt", strings.Repeat("고래는 깊이 잠수하고, 고래는 노래한다.\nA whale dives deep; a whale sings.\n", 60))
	put(t, "lm.yaml", "data: {source: verse.txt, text: {window: 20, stride: 10}}\nmodel:\n  - embedding: {input_dim: "+
		"vocabulary, output_dim: 16}\n"+
		"  - gru: {units: 48, return_sequences: true}\n  - dense: {units: vocabulary, activation: softmax}\ntrain: "+
		"{epochs: 6, batch_size: 8, optimizer: {adam: {learning_rate: 0.02}}}\n")
	stdout, _ := must(t, "train", "lm.yaml", "--out", "lm", "--quiet")
	for _, want := range []string{"the test part read from end to end: ", " nats a character (perplexity ",
		"lm/sample.txt", "generate lm/model.keras --prompt TEXT"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("stdout lacks %q:\n%s", want, stdout)
		}
	}
	model := "lm/model.keras"
	a, _ := must(t, "generate", model, "--prompt", "A whale ", "--length", "30", "--seed", "5")
	b, _ := must(t, "generate", model, "--prompt", "A whale ", "--length", "30", "--seed", "5", "--threads", "1")
	if a != b || !strings.HasPrefix(a, "A whale ") || len([]rune(a)) != 8+30+1 {
		t.Errorf("%q, again %q", a, b)
	}
	a, _ = must(t, "generate", model, "--prompt", "고래는 ", "--length", "10", "--temperature", "0", "--seed", "5")
	b, _ = must(t, "generate", model, "--prompt", "고래는 ", "--length", "10", "--temperature", "0", "--seed", "6")
	if a != b || !strings.HasPrefix(a, "고래는 ") {
		t.Errorf("greedy: %q, with another seed %q", a, b)
	}
	c, stderr := must(t, "generate", model, "--prompt", "Ж고ЖΩ래는 ", "--length", "10", "--temperature", "0")
	if c[len("Ж고ЖΩ래는 "):] != a[len("고래는 "):] || stderr != "note: the model does not know [\"Ж\" \"Ω\"]; what it "+
		"reads is the prompt without them\n" {
		t.Errorf("%q, stderr %q", c, stderr)
	}
	if out, _ := must(t, "generate", model, "--length", "0"); out != "\n" {
		t.Errorf("nothing of nothing is %q", out)
	}
	if out, _ := must(t, "generate", model, "--length", "40"); len([]rune(out)) != 41 {
		t.Errorf("without a prompt: %q", out)
	}
	stdout, _ = must(t, "evaluate", model, "--data", "verse.txt")
	if !strings.Contains(stdout, "accuracy 0.9") || !strings.Contains(stdout, "verse.txt read from end to end: ") {
		t.Errorf("evaluate: %s", stdout)
	}
	stdout, _ = must(t, "data", "inspect", "verse.txt")
	if !strings.Contains(stdout, "verse.txt: 3480 characters, 720 words of 9 kinds\n") ||
		!strings.Contains(stdout, "% of the letters are Hangul") {
		t.Errorf("inspect: %s", stdout)
	}
	// Stopped part way, it keeps what it wrote, says so in one line and fails as other commands do.
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var part, complaint strings.Builder
	status := execute(ctx, strings.Fields("generate "+model+" --prompt 고래는 --length 100000"), nil,
		stopper{&part, stop}, &complaint)
	if text := part.String(); status != statusFailed || !strings.HasPrefix(text, "고래는") ||
		!strings.HasSuffix(text, "\n") {
		t.Errorf("stopped: status %d, %q", status, text)
	}
	if line := complaint.String(); !regexp.MustCompile(`^gorae: stopped after [1-9]\d* of 100000 tokens; what was written stays\n$`).MatchString(line) {
		t.Errorf("stopped: stderr %q", line)
	}
	put(t, "good.csv", good)
	must(t, "train", "--set", "data={source: good.csv, target: y}", "--set", "split={validation: 0.2, test: 0.2}",
		"--set", "model=null", "--set", "train={epochs: 1}", "--out", "other", "--quiet")
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"generate", "other/model.keras", "--prompt", "a"}, statusFailed,
			"other/model.keras: predicts y, no text; generate takes a language model"},
		{[]string{"generate", "gone.keras"}, statusFailed, "gone.keras: no such file"},
		{[]string{"generate", model, "--temperature", "NaN"}, statusWords, "--temperature NaN: give a number from 0"},
		{[]string{"generate", model, "--temperature=-1"}, statusWords, "--temperature -1: give a number from 0"},
		{[]string{"generate", model, "--length=-1"}, statusWords, "--length -1: give 0 or more"},
		{[]string{"evaluate", model, "--data", "verse.txt", "--target", "x"}, statusFailed,
			"--target x: a language model predicts its text"},
		{[]string{"evaluate", model, "--data", "lm.yaml", "--labels", "x"}, statusDone, ""},
	} {
		_, stderr, status := gorae("", c.args...)
		if status != c.status || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") > 1 {
			t.Errorf("%q: status %d, %q; want %d, %q", c.args, status, stderr, c.status, c.want)
		}
	}
}

// What is known of texts in a table, a folder and by lines, in words.
func TestInspectTexts(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "r.csv", "id,review,label\n1,a film of three whales,1\n2,\"bad, bad film\",0\n3,,0\n4,아주 재미있는 영화 정말 그렇다,1\n")
	stdout, _ := must(t, "data", "inspect", "r.csv", "--target", "label")
	for _, want := range []string{"review: 4 texts (1 without a word), 13 words of 11 kinds; length: median 3, 95 % " +
		"to 5, longest 5 words\n", "the most frequent words and their share of all: 11: 100.0 %\n",
		"32 % of the letters are Hangul\n"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("it lacks %q:\n%s", want, stdout)
		}
	}
	put(t, "by/for/1.txt", "good film it is\n")
	put(t, "by/against/1.txt", "a very bad film\n")
	stdout, _ = must(t, "data", "inspect", "by")
	if !strings.Contains(stdout, "class: 2 classes of against 1, for 1") ||
		!strings.Contains(stdout, "text: 2 texts, 8 words of 7 kinds") {
		t.Errorf("of a folder:\n%s", stdout)
	}
}

// A model of Keras's that begins with TextVectorization takes raw texts; what a source or the file lacks is said in one
// line (numbers: bundle/rawtext).
func TestPredictRawTexts(t *testing.T) {
	dir, err := filepath.Abs("../../bundle/rawtext/testdata")
	if err != nil {
		t.Fatal(err)
	}
	reviews, lengths := filepath.Join(dir, "reviews.keras"), filepath.Join(dir, "lengths.keras")
	t.Chdir(t.TempDir())
	put(t, "r.txt", "the deep sea\nA whale, a whale!\n")
	stdout, _ := must(t, "predict", reviews, "--input", "r.txt", "--output", "-")
	if !strings.Contains(stdout, "0.412056") || strings.Count(stdout, "\n") != 3 {
		t.Errorf("of lines of text:\n%s", stdout)
	}
	put(t, "r.csv", "review,length\nthe deep sea,3\n\"A whale, a whale!\",17\n")
	stdout, _ = must(t, "predict", lengths, "--input", "r.csv", "--output", "-")
	if !strings.Contains(stdout, "-0.12890625,-0.01171875") {
		t.Errorf("of a table:\n%s", stdout)
	}
	for _, c := range []struct{ args, want string }{
		{"predict " + lengths + " --input r.txt --output -",
			"lines of text are one input, and the model takes review, length"},
		{"evaluate " + reviews + " --data r.csv", "does not say what its targets are"},
	} {
		_, stderr, status := gorae("", strings.Fields(c.args)...)
		if status != statusFailed || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%s: status %d, %q", c.args, status, stderr)
		}
	}
}
