package run_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
	"gorae/task"
	"gorae/task/translate"
	"gorae/tensor"
	"gorae/train"
)

var numerals = strings.Fields("null eins zwei drei vier fünf sechs sieben acht neun")

// reversals is n lines of digits and, behind a tab, their German names from the last to the first: a translation whose
// right answer is known.
func reversals(n int) string {
	var b strings.Builder
	state := uint64(1)
	next := func(k uint64) uint64 {
		state = state*6364136223846793005 + 1442695040888963407
		return (state >> 33) % k
	}
	for range n {
		var digits, names []string
		for range 1 + next(4) {
			d := next(10)
			digits, names = append(digits, fmt.Sprint(d)), append([]string{numerals[d]}, names...)
		}
		fmt.Fprintf(&b, "%s\t%s.\n", strings.Join(digits, " "), strings.Join(names, " "))
	}
	return b.String()
}

func scored(t *testing.T, f *task.Findings) *translate.Score {
	t.Helper()
	s, ok := f.Sections["translation"].(*translate.Score)
	if !ok {
		t.Fatalf("no score in %+v", f)
	}
	return s
}

// TestU3Translate: a network with attention learns to translate sentences that it has not seen (U3); the run has a
// picture of the attention and translations; the saved model translates line by line, is evaluated and draws.
func TestU3Translate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	const example = "../examples/U3-translation/numerals"
	source := write(t, filepath.Join(dir, "numerals.tsv"), reversals(1200))
	text, err := os.ReadFile(example + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	if pairs, err := os.ReadFile(example + ".tsv"); err != nil || string(pairs) != reversals(1200) {
		t.Errorf("%s.tsv does not have the pairs of this test: %v", example, err)
	}
	p := open(t, strings.ReplaceAll(string(text), "numerals.tsv", source))
	page := resolved(t, p)
	if again := resolved(t, open(t, page)); again != page {
		t.Errorf("resolved twice:\n%s\nonce:\n%s", again, page)
	}
	if !strings.Contains(page, "group: from") || !strings.Contains(page, "attention: true") {
		t.Errorf("resolved:\n%s", page)
	}
	out := filepath.Join(dir, "run")
	r, b := fit(t, p, out)
	s := scored(t, &r.Report.Findings)
	if s.BLEU < 90 || s.Greedy < 90 || s.BLEU < s.Greedy-1 || s.Interval.Why != "" || s.Interval.High < s.BLEU {
		t.Errorf("score %+v, want BLEU 90 or more", s)
	}
	if f := r.Report.Findings; len(f.Baselines) != 2 || !strings.Contains(f.Verdict[0], "better than every baseline") {
		t.Errorf("baselines %+v, verdict %v", f.Baselines, f.Verdict)
	}
	for _, name := range []string{translate.AttentionFile, translate.TranslationsFile} {
		if st, err := os.Stat(filepath.Join(out, name)); err != nil || st.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	lines := write(t, filepath.Join(dir, "in.txt"), "3 1 4\n\n7 7\n")
	bound, err := b.Bind(from(t, lines))
	if err != nil {
		t.Fatal(err)
	}
	ids, err := b.Predict(t.Context(), bound)
	if err != nil {
		t.Fatal(err)
	}
	var csv bytes.Buffer
	if err := bound.WriteCSV(&csv, ids); err != nil {
		t.Fatal(err)
	}
	if want := "prediction\nvier eins drei.\n\nsieben sieben.\n"; csv.String() != want {
		t.Errorf("translated %q, want %q", csv.String(), want)
	}
	e, err := b.Evaluate(t.Context(), from(t, source), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := scored(t, &e.Findings); got.BLEU < 90 || e.Metrics.Of("perplexity") > 1.5 {
		t.Errorf("evaluated: %+v, %v", got, e.Metrics)
	}
	names, err := b.Explain(t.Context(), from(t, lines), filepath.Join(dir, "pictures"))
	if err != nil || len(names) != 1 {
		t.Errorf("explain: %v, %v", names, err)
	}
}

// TestTranslateOwnNetwork: a network of a user's own, without attention and without masks, over characters and
// subwords: the loss leaves padding out all the same.
func TestTranslateOwnNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "numbers.tsv"), reversals(200))
	const own = `model:
  - {name: a, embedding: {input_dim: source_vocabulary, output_dim: 8}, inputs: source}
  - {name: enc, lstm: {units: 8, return_state: true}, inputs: a}
  - {name: b, embedding: {input_dim: target_vocabulary, output_dim: 8}, inputs: target}
  - {name: dec, lstm: {units: 8, return_sequences: true}, inputs: [b, enc/2, enc/3]}
  - {name: out, dense: {units: target_vocabulary}, inputs: dec}
`
	for _, unit := range []string{"char", "subword", "jamo"} {
		p := open(t, "data: {source: "+source+", translate: {unit: "+unit+", words: 300, beam: 2}}\n"+own+
			"train: {epochs: 1, loss: {sparse_categorical_crossentropy: {from_logits: true}}, metrics: [accuracy, "+
			"{perplexity: {from_logits: true}}], callbacks: []}\n")
		r, _ := fit(t, p, filepath.Join(dir, unit))
		if s := scored(t, &r.Report.Findings); s.Sentences != p.Rows(task.Test) {
			t.Errorf("%s: %+v", unit, s)
		}
	}
}

// TestTranslateCounted: with padding: counted the loss is the mean over all steps that the network writes, the padded
// ones too, as in Keras's example of characters, and perplexity that of the characters and ends alone: both computed
// here from the network's probabilities. The validation part is the end of the file.
func TestTranslateCounted(t *testing.T) {
	dir := t.TempDir()
	lines := reversals(120)
	source := write(t, filepath.Join(dir, "numbers.tsv"), lines)
	p := open(t, "data: {source: "+source+", rows: 100, translate: {unit: char, padding: counted, attention: false, "+
		`beam: 1}}
split: {by: time, validation: 0.2, test: 0}
model:
  - {name: a, category_encoding: {num_tokens: source_vocabulary, output_mode: one_hot}, inputs: source}
  - {name: enc, lstm: {units: 8, return_state: true}, inputs: a}
  - {name: b, category_encoding: {num_tokens: target_vocabulary, output_mode: one_hot}, inputs: target}
  - {name: dec, lstm: {units: 8, return_sequences: true}, inputs: [b, enc/2, enc/3]}
  - {name: next, dense: {units: target_vocabulary, activation: softmax}, inputs: dec}
train: {epochs: 2, callbacks: []}
`)
	if p.Rows(task.Train) != 80 || p.Rows(task.Validation) != 20 || p.Rows(task.Test) != 0 {
		t.Fatalf("%d, %d and %d rows", p.Rows(task.Train), p.Rows(task.Validation), p.Rows(task.Test))
	}
	r, b := fit(t, p, filepath.Join(dir, "run"))
	f := b.Fitted.(*translate.Fitted)
	x, y := tensor.New(tensor.Int32, 20, f.SourceLength), tensor.New(tensor.Int32, 20, f.TargetLength)
	next := tensor.New(tensor.Int32, 20, f.TargetLength)
	boundary := int32(f.Target.Size())
	for i, line := range strings.Split(lines, "\n")[80:100] {
		from, to, _ := strings.Cut(line, "\t")
		copy(x.I32[i*f.SourceLength:(i+1)*f.SourceLength], f.Source.Encode(from))
		ids := f.Target.Encode(to)
		copy(y.I32[i*f.TargetLength:(i+1)*f.TargetLength], append([]int32{boundary}, ids...))
		copy(next.I32[i*f.TargetLength:(i+1)*f.TargetLength], append(ids, boundary))
	}
	out, err := b.Model.Predict(t.Context(), x, y)
	if err != nil {
		t.Fatal(err)
	}
	all, said, n := 0.0, 0.0, 0.0
	for i, id := range next.I32 {
		nats := -math.Log(float64(out[0].F32[i*f.Target.Size()+i+int(id)]))
		if all += nats; id != 0 {
			said, n = said+nats, n+1
		}
	}
	wantLoss, wantPerplexity := all/float64(len(next.I32)), math.Exp(said/n)
	got := r.Report.Validation
	if v := got.Of("loss"); math.Abs(v-wantLoss) > 1e-5*wantLoss {
		t.Errorf("loss %v, want %v", v, wantLoss)
	}
	if v := got.Of("perplexity"); math.Abs(v-wantPerplexity) > 1e-5*wantPerplexity {
		t.Errorf("perplexity %v, want %v", v, wantPerplexity)
	}
}

// TestTranslateEvaluates: the loss of masked steps is a mean by batches; the saved model evaluates the test part with
// those of the report, as large as in training.
func TestTranslateEvaluates(t *testing.T) {
	dir := t.TempDir()
	all := strings.SplitAfter(reversals(200), "\n")
	source := write(t, filepath.Join(dir, "numbers.tsv"), strings.Join(all, ""))
	test := write(t, filepath.Join(dir, "test.tsv"), strings.Join(all[150:], ""))
	r, b := fit(t, open(t, "data: {source: "+source+", translate: {units: 8, beam: 1}}\n"+
		"split: {by: time, validation: 0.25, test: 0.25}\ntrain: {epochs: 1, batch_size: 7, callbacks: []}\n"),
		filepath.Join(dir, "run"))
	e, err := b.Evaluate(t.Context(), from(t, test), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Metrics.Of("loss"), r.Report.Test.Of("loss"); got != want || b.Batches.Size != 7 {
		t.Errorf("loss %v in batches of %d, want %v", got, b.Batches.Size, want)
	}
}

// TestTranslateResume: a training that was stopped and resumed ends with the same bits.
func TestTranslateResume(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "numbers.tsv"), reversals(300))
	text := "data: {source: " + source + ", translate: {units: 8, beam: 1}}\ntrain: {epochs: 3, callbacks: []}\n"
	_, whole := fit(t, open(t, text), filepath.Join(dir, "whole"))
	ctx, stop := context.WithCancel(t.Context())
	batches := 0
	_, err := run.Run(ctx, open(t, text), run.Options{Out: filepath.Join(dir, "cut"), Watch: func(e train.Event) error {
		if batches++; batches == 12 {
			stop()
		}
		return nil
	}})
	if err == nil {
		t.Fatal("was not stopped")
	}
	if _, err := run.Run(t.Context(), open(t, text),
		run.Options{Out: filepath.Join(dir, "cut"), Resume: true}); err != nil {
		t.Fatal(err)
	}
	resumed := load(t, filepath.Join(dir, "cut", run.ModelFile))
	for _, v := range whole.Model.Store().Vars() {
		if w := resumed.Model.Store().Var(v.Path); w == nil || !sameBits(v.Value, w.Value) {
			t.Errorf("%s differs after resuming", v.Path)
		}
	}
}

// from is a file to predict or to evaluate on.
func from(t *testing.T, path string) *task.Source {
	t.Helper()
	s, err := find(path, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sameBits(a, b *tensor.Tensor) bool {
	for i, v := range a.F32 {
		if v != b.F32[i] {
			return false
		}
	}
	return len(a.F32) == len(b.F32)
}

// TestTranslateBad: what a person can get wrong is one line with its place.
func TestTranslateBad(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for a second")
	}
	dir := t.TempDir()
	good := write(t, filepath.Join(dir, "good.tsv"), reversals(60))
	a := write(t, filepath.Join(dir, "a.txt"), "one\ntwo\nthree\n")
	b := write(t, filepath.Join(dir, "b.txt"), "eins\nzwei\n")
	torn := write(t, filepath.Join(dir, "torn.tsv"), "one\teins\ntwo\nthree\tdrei\n")
	empty := write(t, filepath.Join(dir, "empty.tsv"), "one\t\n\tzwei\n")
	for name, c := range map[string]struct{ text, want string }{
		"unequal":   {"data: {source: " + a + ", labels: " + b + ", translate: {}}", "3 lines and b.txt has 2"},
		"no column": {"data: {source: " + good + ", translate: {to: 3}}", "2 columns"},
		"no name":   {"data: {source: " + good + ", translate: {to: German}}", "no column \"German\""},
		"torn":      {"data: {source: " + torn + ", translate: {}}", "torn.tsv:2: 1 column"},
		"empty":     {"data: {source: " + empty + ", translate: {}}", "no pair of two sentences"},
		"unit":      {"data: {source: " + good + ", translate: {unit: phrase}}", "phrase"},
		"target":    {"data: {source: " + good + ", target: 1, translate: {}}", "which have no target"},
		"group":     {"data: {source: " + good + ", translate: {}}\nsplit: {by: {group: x}}", "group"},
		"short":     {"data: {source: " + good + ", translate: {length: 1}}", "no training pair"},
		"width": {"data: {source: " + good + ", translate: {}}\nmodel: [{name: b, embedding: {input_dim: 90, " +
			"output_dim: " +
			"4}, inputs: target}, {dense: {units: 5}, inputs: b}]", "target_vocabulary"},
	} {
		if _, err := prepare("", c.text+"\n"); err == nil || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want a line with %q", name, err, c.want)
		}
	}
	p := open(t, "data: {source: "+write(t, filepath.Join(dir, "gaps.tsv"),
		"\teins\n"+reversals(60))+", translate: {}}\n")
	if !strings.Contains(strings.Join(p.Notes, "\n"), "1 pair with an empty side, the first in line 1, left out") {
		t.Errorf("notes %q", p.Notes)
	}
	bad := *p.Bundle()
	if _, err := bad.Bind(from(t, write(t, filepath.Join(dir, "void.txt"), ""))); err == nil {
		t.Error("an empty file: no error")
	}
}
