package run_test

import (
	"archive/zip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/run"
)

// questions is a zip file of lines "KIND:fine text" whose kind only the order of three words among others tells.
func questions(t *testing.T) string {
	t.Helper()
	r := rand.New(rand.NewPCG(2, 2))
	phrases := map[string][]string{"NUM": {"how", "many", "were"}, "HUM": {"were", "many", "how"}}
	var b strings.Builder
	for i := range 800 {
		kind := []string{"NUM", "HUM"}[i%2]
		said := make([]string, 12)
		for k := range said {
			said[k] = fmt.Sprintf("w%02d", r.IntN(40))
		}
		copy(said[r.IntN(9):], phrases[kind])
		fmt.Fprintf(&b, "%s:x%d %s\n", kind, r.IntN(5), strings.Join(said, " "))
	}
	path := filepath.Join(t.TempDir(), "qc.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("qc/train.txt")
	if err == nil {
		_, err = w.Write([]byte(b.String()))
	}
	if err == nil {
		err = z.Close()
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return path + "/qc/train.txt"
}

// TestU2 learns from lines in a zip file what the order of words says: an embedding and convolutions over three, four
// and five words (Kim 2014) find it, the linear model on tf-idf beside it cannot.
func TestU2(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	p := open(t, `
data:
  source: `+questions(t)+`
  pattern: '(?P<topic>\w+):(?P<fine>\w+) (?P<question>.*)'
  target: topic
  features: {fine: drop, question: {text: {length: 12}}}
model:
  - {name: words, embedding: {input_dim: vocabulary, output_dim: 16}}
  - {name: c3, conv1d: {filters: 16, kernel_size: 3, padding: same, activation: relu}, inputs: words}
  - {name: p3, global_max_pooling1d: {}}
  - {name: c4, conv1d: {filters: 16, kernel_size: 4, padding: same, activation: relu}, inputs: words}
  - {name: p4, global_max_pooling1d: {}}
  - {name: c5, conv1d: {filters: 16, kernel_size: 5, padding: same, activation: relu}, inputs: words}
  - {name: p5, global_max_pooling1d: {}}
  - {concatenate: {}, inputs: [p3, p4, p5]}
  - dense: {units: 1, activation: sigmoid}
train: {epochs: 12, batch_size: 16, optimizer: {adam: {learning_rate: 0.005}}, callbacks: []}
`)
	r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	if got := r.Report.Test.Of("accuracy"); got < 0.9 {
		t.Errorf("accuracy %v", got)
	}
	linear := 1.0
	for _, x := range r.Report.Findings.Baselines {
		if strings.HasPrefix(x.Name, "logistic regression") {
			linear = x.Metrics.Of("accuracy")
		}
	}
	if linear > 0.7 {
		t.Errorf("a linear model of single words has an accuracy of %v of what their order says", linear)
	}
	// New lines are cut as those of the training.
	path := filepath.Join(t.TempDir(), "new.txt")
	line := "HUM:x1 w01 w02 how many were w03 w04 w05 w06 w07 w08 w09\n"
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := b.predict(path, nil)
	if err != nil || !strings.Contains(said.csv, "NUM") {
		t.Errorf("%s, %v: %q", said.csv, err, line)
	}
}

// TestU2Order learns the small example, of which a linear model of single words learns nothing.
func TestU2Order(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	r, _ := fit(t, example(t, "U2-topics/opinions"), filepath.Join(t.TempDir(), "run"))
	if got := r.Report.Test.Of("accuracy"); got < 0.95 {
		t.Errorf("accuracy %v", got)
	}
	for _, x := range r.Report.Findings.Baselines {
		if got := x.Metrics.Of("accuracy"); got > 0.7 {
			t.Errorf("%s has an accuracy of %v of what the order of words says", x.Name, got)
		}
	}
}

// TestU2Hangul tells praise from blame by syllables and pairs of them: endings differ from word to word, so that nearly
// every word is another.
func TestU2Hangul(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	r := rand.New(rand.NewPCG(6, 6))
	stems := [][]string{{"재미", "감동", "훌륭", "따뜻"}, {"지루", "실망", "엉망", "허술"}}
	syllables := []rune("가나다라마바사아자차카타파하고노도로모보소오조초코토포호")
	some := func(n int) string {
		out := make([]rune, n)
		for i := range out {
			out[i] = syllables[r.IntN(len(syllables))]
		}
		return string(out)
	}
	var b strings.Builder
	b.WriteString("document\tlabel\n")
	for i := range 600 {
		said := []string{some(3), some(2) + stems[i%2][r.IntN(4)] + some(2), some(4), some(2)}
		r.Shuffle(len(said), func(i, j int) { said[i], said[j] = said[j], said[i] })
		fmt.Fprintf(&b, "%s\t%d\n", strings.Join(said, " "), i%2)
	}
	path := filepath.Join(t.TempDir(), "reviews.tsv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	accuracy := func(text string) float64 {
		p := open(t, `
data:
  source: `+path+`
  target: label
  task: classification
  features: {document: {text: `+text+`}}
model:
  - embedding: {input_dim: vocabulary, output_dim: 16, mask_zero: true}
  - global_average_pooling1d
  - dense: {units: 1, activation: sigmoid}
train: {epochs: 20, batch_size: 16, optimizer: {adam: {learning_rate: 0.01}}, callbacks: [], baselines: false}
`)
		r, _ := fit(t, p, filepath.Join(t.TempDir(), "run"))
		return r.Report.Test.Of("accuracy")
	}
	if got := accuracy("{unit: character, ngrams: 2, count: 2, length: 60}"); got < 0.95 {
		t.Errorf("accuracy %v with syllables and pairs of them", got)
	}
	if got := accuracy("{count: 2, length: 10}"); got > 0.8 {
		t.Errorf("accuracy %v with words, of which nearly every one is another", got)
	}
}

// example is a file of the folder examples, prepared.
func example(t *testing.T, name string) *run.Prepared {
	t.Helper()
	f, err := run.Read("../examples/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := run.Prepare(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
