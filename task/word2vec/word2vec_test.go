package word2vec_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/model"
	_ "gorae/plot"
	"gorae/run"
	"gorae/spec"
	_ "gorae/task/text"
	_ "gorae/task/word2vec"
	"gorae/train"
	"gorae/word2vec"
)

// files writes texts of three topics, Korean ones among them, and word pairs, into a directory.
func files(t *testing.T) string {
	t.Helper()
	topics := [][]string{{"고양이", "강아지", "송아지", "망아지", "토끼", "염소"},
		{"apple", "pear", "plum", "fig", "grape", "melon"}, {"saw", "drill", "plane", "axe", "chisel", "spade"}}
	r := rand.New(rand.NewPCG(1, 1))
	var text, table strings.Builder
	table.WriteString("id,review\n")
	for i := range 1500 {
		var words []string
		topic := topics[r.IntN(3)]
		for range 12 {
			words = append(words, topic[r.IntN(6)])
		}
		line := strings.Join(words, " ")
		text.WriteString(line + "\n")
		fmt.Fprintf(&table, "%d,%s\n", i, line)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"t.txt": text.String(), "t.csv": table.String(),
		"few.txt": "one two three\n", "empty.txt": "\n", "bad.txt": "cat dog\n",
		"pairs.txt": "고양이 강아지 9\n고양이 apple 1\napple pear 8\nsaw drill 9.5\nsaw pear 0\nzebra pear 0\n",
		"y.txt":     strings.Repeat("0\n1\n", 750)} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func prepare(t *testing.T, dir, text string) (*run.Prepared, error) {
	t.Helper()
	f, err := spec.Parse(filepath.Join(dir, "e.yaml"), "e", []byte(text))
	if err != nil {
		return nil, err
	}
	return run.Prepare(t.Context(), f)
}

const experiment = `
data: {source: %s, word2vec: {size: 20, sample: 0, window: 3, similarity: pairs.txt, map: [고양이, apple, saw]}}
train: {epochs: 6}
seed: 3
`

// TestTrain: neighbours share the topic, an interrupted run resumes to the bit, the model file and the vectors' files
// say the same, an embedding begins with them, benchmarks are reported with baselines.
func TestTrain(t *testing.T) {
	dir := files(t)
	learn := func(ctx context.Context, source, out string, o run.Options) (*run.Result, error) {
		t.Helper()
		p, err := prepare(t, dir, fmt.Sprintf(experiment, source))
		if err != nil {
			t.Fatal(err)
		}
		o.Out = filepath.Join(dir, out)
		return run.Run(ctx, p, o)
	}
	whole, err := learn(t.Context(), "t.txt", "whole", run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := whole.Report
	if v := r.Test.Of("spearman_pairs"); v < 0.6 || len(r.Findings.Baselines) != 2 || r.Rows[2] != 5 {
		t.Errorf("%+v", r)
	}
	if want := "pairs: it cannot be told whether the network is better or worse than "; len(r.Findings.Verdict) != 1 ||
		!strings.HasPrefix(r.Findings.Verdict[0], want) ||
		!strings.HasSuffix(r.Findings.Verdict[0], "on 5 pairs (5 samples; an interval needs 10 or more)") {
		t.Errorf("verdict %q, want %q …", r.Findings.Verdict, want)
	}
	ctx, stop := context.WithCancel(t.Context())
	_, err = learn(ctx, "t.csv", "halved", run.Options{Watch: func(e train.Event) error {
		if e.Kind == train.BatchEnd && e.Epoch == 3 {
			stop()
		}
		return nil
	}})
	if stopped := (*run.Stopped)(nil); !errors.As(err, &stopped) {
		t.Fatal(err)
	}
	if _, err := learn(t.Context(), "t.csv", "halved", run.Options{Resume: true}); err != nil {
		t.Fatal(err)
	}
	var vectors []*word2vec.Vectors
	for _, name := range []string{"whole", "halved"} {
		b, err := bundle.Open(filepath.Join(dir, name, "model.keras"))
		if err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, b.Fitted.(interface {
			Vectors(*model.Model) *word2vec.Vectors
		}).Vectors(b.Model))
	}
	for _, name := range []string{"vectors.txt", "vectors.bin"} {
		f, err := os.Open(filepath.Join(dir, "whole", name))
		if err != nil {
			t.Fatal(err)
		}
		v, err := word2vec.Read(f, name)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		vectors = append(vectors, v)
	}
	for _, v := range vectors[1:] {
		if !slices.Equal(v.Words, vectors[0].Words) || !slices.Equal(v.Data, vectors[0].Data) {
			t.Error("the resumed run or a file has other vectors")
		}
	}
	near, err := vectors[0].Near("고양이", 5)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range near {
		if n.Word[0] < 0x80 {
			t.Errorf("%s is near 고양이", n.Word)
		}
	}
	p, err := prepare(t, dir, "data: {source: t.txt, labels: y.txt, vectors: whole/vectors.bin}\n")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(p.Notes, func(s string) bool {
		return strings.Contains(s,
			"vectors of 20 numbers for 18")
	}) {
		t.Errorf("%q", p.Notes)
	}
}

func TestMistakes(t *testing.T) {
	dir := files(t)
	for text, want := range map[string]string{
		"data: {source: empty.txt, word2vec: true}": "empty.txt: the texts hold no word",
		"data: {source: few.txt, word2vec: true}": "data.word2vec.min_count: 0 of 3 different words occur 5 times or " +
			"more",
		"data: {source: t.txt, word2vec: {similarity: bad.txt}}":        "bad.txt:1: 2 fields",
		"data: {source: t.txt, word2vec: {similarity: none.txt}}":       "none.txt: no such file",
		"data: {source: t.txt, word2vec: {column: a}}":                  "t.txt is a text and has no columns",
		"data: {source: t.csv, word2vec: {column: reviwe}}":             "reviwe",
		"data: {source: t.csv, word2vec: {column: id}}":                 "id holds numbers and no text",
		"data: {source: t.txt, word2vec: {size: 0}}":                    "size: 0 is not a length of a vector",
		"data: {source: t.txt, target: a, word2vec: true}":              "which has no target",
		"data: {source: t.txt, word2vec: true}\nmodel: [dense: 3]":      "word vectors are one embedding",
		"data: {source: t.txt, word2vec: true}\ntrain: {loss: mse}":     "has no meaning for the task word2vec",
		"data: {source: t.txt, word2vec: true}\ntrain: {monitor: loss}": "the vectors of the last epoch are kept",
	} {
		if _, err := prepare(t, dir, text); err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
