package run_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/run"
	"gorae/task/language"
	"gorae/tensor"
)

// reviews are n short texts whose words say which of two labels they have.
func reviews(n int) (texts, labels []string) {
	rng := rand.New(rand.NewPCG(3, 4))
	words := [2][]string{{"awful", "bad", "boring", "최악이다", "wasted"}, {"good", "great", "재미있다", "lovely", "wonderful"}}
	other := strings.Fields("the film was a story of whales that dive deep and sing 고래 영화 for hours in cold water " +
		"with an actor")
	for i := range n {
		label := i % 2
		var t []string
		for range 3 + rng.IntN(12) {
			t = append(t, other[rng.IntN(len(other))])
		}
		t[rng.IntN(len(t))] = words[label][rng.IntN(5)]
		texts = append(texts, strings.Join(t, " "))
		labels = append(labels, [2]string{"against", "for"}[label])
	}
	return texts, labels
}

func reviewsCSV(t *testing.T, path string, n int) string {
	var b strings.Builder
	b.WriteString("id,review,label\n")
	texts, labels := reviews(n)
	for i := range texts {
		fmt.Fprintf(&b, "%d,%q,%s\n", i+1, texts[i], labels[i])
	}
	return write(t, path, b.String())
}

// A column of text is learnt from with nothing said about it (U2): ids, a network that masks padding, batches of like
// lengths. The saved model takes raw text, from a table and line by line, and is judged unbucketed as the run judged
// it.
func TestU2Text(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := t.TempDir()
	source := reviewsCSV(t, filepath.Join(dir, "r.csv"), 240)
	bag := resolved(t, open(t, "data: {source: "+source+"}\n"))
	for _, want := range []string{"  features:\n    id: drop\n    review: {text: {words: 20000, count: 2, ngrams: 2, " +
		"output: tfidf, sublinear_tf: true}}\n", "  - dense: {units: 64, activation: relu}\n  - dropout: 0.5\n"} {
		if !strings.Contains(bag, want) {
			t.Errorf("without a word about the texts the experiment lacks %q:\n%s", want, bag)
		}
	}
	r := open(t, "data: {source: "+source+", features: {review: {text: {words: 20000, length: 200}}}}\n"+
		"split: {test: 0.25}\ntrain: {epochs: 6, optimizer: {adam: {learning_rate: 0.02}}}\n")
	text := resolved(t, r)
	for _, want := range []string{
		"features: {id: drop, review: {text: {words: 20000, length: 200}}}\n", "  bucket: true\n",
		fmt.Sprintf("  - embedding: {input_dim: %d, output_dim: 64, mask_zero: true}\n  - dropout: 0.3\n  - "+
			"bidirectional: {layer: {lstm: 32}}\n", tableOf(r.Fitted).Pipeline.Vocabulary().Size()),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the resolved experiment lacks %q:\n%s", want, text)
		}
	}
	if again := resolved(t, open(t, text)); again != text {
		t.Errorf("resolved twice:\n%s\nonce:\n%s", again, text)
	}
	result, p := fit(t, r, filepath.Join(dir, "run"))
	if acc := result.Report.Test.Of("accuracy"); acc < 0.95 {
		t.Errorf("accuracy %v on unseen texts", acc)
	}
	a, err := p.predict("-", strings.NewReader("a good story\n최악이다 the film\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.predict(write(t, filepath.Join(dir, "new.csv"), "id,review\n7,a good story\n8,최악이다 the film\n9,\n"),
		nil)
	if err != nil {
		t.Fatal(err)
	}
	if y := a.out[0].F32; !slices.Equal(y, b.out[0].F32) || y[0] < 0.9 || y[1] > 0.1 {
		t.Errorf("line by line %v, from a table %v", a.out[0].F32, b.out[0].F32)
	}
	if !strings.HasPrefix(b.csv, "id,prediction,p(against),p(for)\n7,for,") {
		t.Errorf("%s", b.csv)
	}
	f, err := p.evaluate(source, "", "")
	if err != nil {
		t.Fatal(err)
	}
	mean := 0.0
	for i, part := range []float64{result.Report.Train.Of("loss"), result.Report.Validation.Of("loss"),
		result.Report.Test.Of("loss")} {
		mean += part * float64(rows(r)[i]) / 240
	}
	if math.Abs(f.Metrics.Of("loss")-mean) > 1e-6 {
		t.Errorf("padded to 200 the loss is %v, in batches of like lengths %v", f.Metrics.Of("loss"), mean)
	}
}

// Bags of words stand beside other features, are never laid out as a whole, and are judged anew as the run judged them.
func TestTextBags(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("stars,review,label\n")
	texts, labels := reviews(160)
	for i := range texts {
		fmt.Fprintf(&b, "%d,%q,%s\n", i%5+1, texts[i], labels[i])
	}
	source := write(t, filepath.Join(dir, "r.csv"), b.String())
	for _, output := range []string{"tfidf", "bag"} {
		r := open(t, "data: {source: "+source+", features: {stars: zscore, review: {text: {ngrams: 2, "+
			"output: "+output+"}}}}\nsplit: {test: 0.2}\ntrain: {epochs: 12, ensemble: 1, optimizer: {adam: "+
			"{learning_rate: 0.01}}}\n")
		if text := resolved(t, r); strings.Contains(text, "bucket") ||
			!strings.Contains(text, "  - dense: {units: 256, activation: relu}\n") {
			t.Errorf("resolved:\n%s", text)
		}
		result, p := fit(t, r, filepath.Join(dir, output))
		if acc := result.Report.Test.Of("accuracy"); acc < 0.85 {
			t.Errorf("%s: accuracy %v on unseen texts", output, acc)
		}
		f, err := p.evaluate(source, "", "")
		if err != nil {
			t.Fatal(err)
		}
		mean := 0.0
		for i, part := range []float64{result.Report.Train.Of("loss"), result.Report.Validation.Of("loss"),
			result.Report.Test.Of("loss")} {
			mean += part * float64(rows(r)[i]) / 160
		}
		if math.Abs(f.Metrics.Of("loss")-mean) > 1e-6 {
			t.Errorf("%s: the loss is %v, in the run %v", output, f.Metrics.Of("loss"), mean)
		}
		// Two columns are needed: a line alone is a table without them.
		if _, err := p.predict("-", strings.NewReader("good film\n")); err == nil {
			t.Errorf("%s: a line without stars was taken", output)
		}
	}
}

// Texts in folders by class, and lines with their labels in another file, are the same table.
func TestTextSources(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := t.TempDir()
	texts, labels := reviews(60)
	for i := range texts {
		write(t, filepath.Join(dir, "by class", labels[i], fmt.Sprintf("%d.txt", i)), texts[i]+"\n")
	}
	write(t, filepath.Join(dir, "lines.txt"), "\ufeff"+strings.Join(texts, "\r\n")+"\r\n")
	write(t, filepath.Join(dir, "labels.txt"), strings.Join(labels, "\n"))
	for _, source := range []string{"source: " + filepath.Join(dir, "by class"),
		"source: " + filepath.Join(dir, "lines.txt") + ", labels: " + filepath.Join(dir, "labels.txt")} {
		r := open(t, "data: {"+source+"}\ntrain: {epochs: 1}\n")
		if v := tableOf(r.Fitted).Pipeline.Vocabulary(); v == nil || v.Size() < 20 || rows(r)[0] != 42 ||
			!slices.Equal(r.Fitted.Outputs()[0].Classes, []string{"against", "for"}) {
			t.Errorf("%s: vocabulary %v, %v rows, classes %q", source, v != nil, rows(r), r.Fitted.Outputs()[0].Classes)
		}
		_, p := fit(t, r, filepath.Join(t.TempDir(), "run"))
		all, err := p.predict(filepath.Join(dir, "by class"), nil)
		if err != nil || all.out[0].Shape[0] != 60 {
			t.Errorf("%s: %v predictions, error %v", source, all, err)
		}
	}
	if n := rows(open(t, "data: {source: "+filepath.Join(dir, "lines.txt")+", labels: "+filepath.Join(dir,
		"labels.txt")+", rows: 40}\n")); n[0]+n[1]+n[2] != 40 {
		t.Errorf("%v rows of the first 40", n)
	}
}

// An Embedding begins with the vectors of a file where it has them, and elsewhere as ever.
func TestVectors(t *testing.T) {
	dir := t.TempDir()
	source := reviewsCSV(t, filepath.Join(dir, "r.csv"), 60)
	vectors := write(t, filepath.Join(dir, "glove.txt"), "good 1 2 3\nunheard 7 7 7\n고래 -1 0.5 4\n")
	for _, m := range []string{"", "model:\n  - embedding: {input_dim: vocabulary, output_dim: 3, mask_zero: true, " +
		"trainable: false}\n  - lstm: 4\n  - dense: {units: 1, activation: sigmoid}\n"} {
		text := "data: {source: " + source + ", vectors: " + vectors + "}\n" + m
		r, plain := open(t, text), open(t, strings.Replace(text, ", vectors: "+vectors, "", 1))
		v := tableOf(r.Fitted).Pipeline.Vocabulary()
		w := r.Model.Store().Var("embedding/embeddings").Value
		if w.Shape[1] != 3 || w.Shape[0] != v.Size() {
			t.Fatalf("%v rows for %d ids", w.Shape, v.Size())
		}
		for word, want := range map[string][]float32{"good": {1, 2, 3}, "고래": {-1, 0.5, 4}} {
			id := v.Encode(word)[0]
			if got := w.F32[3*id : 3*id+3]; !slices.Equal(got, want) {
				t.Errorf("%s begins with %v, want %v", word, got, want)
			}
		}
		if id := v.Encode("film")[0]; m != "" && !slices.Equal(w.F32[3*id:3*id+3],
			plain.Model.Store().Var("embedding/embeddings").Value.F32[3*id:3*id+3]) {
			t.Error("a word without a vector does not begin by lot as ever")
		}
		if !slices.ContainsFunc(r.Notes, func(n string) bool {
			return strings.HasPrefix(n,
				"glove.txt: vectors of 3 numbers for 2 of the ")
		}) {
			t.Errorf("notes %q", r.Notes)
		}
		if e := r.Model.Layers()[1].Layer.(layer.Embedding); e.Frozen != (m != "") {
			t.Errorf("frozen: %v", e.Frozen)
		}
	}
}

// Mistakes with text, each in one line that says what to do.
func TestTextMistakes(t *testing.T) {
	dir := t.TempDir()
	source := reviewsCSV(t, filepath.Join(dir, "r.csv"), 60)
	vectors := write(t, filepath.Join(dir, "glove.txt"), "good 1 2 3\n")
	lie := write(t, filepath.Join(dir, "lie.txt"), "2 3\ngood 1 2\n")
	nul := write(t, filepath.Join(dir, "nul.txt"), "a\x00b")
	lines := write(t, filepath.Join(dir, "lines.txt"), "a b c\nd e f\n")
	labels := write(t, filepath.Join(dir, "labels.txt"), "yes\nno\nyes\n")
	blank := write(t, filepath.Join(dir, "blank.csv"), "review,label\n"+strings.Repeat("...,a\n!!!,b\n", 20))
	const net = "\nmodel:\n  - embedding: {input_dim: vocabulary, output_dim: 4, mask_zero: true}\n"
	for _, c := range []struct{ text, want string }{
		{"data: {source: " + source + "}\nmodel:\n  - embedding: {input_dim: 9, output_dim: 4}\n  - lstm: 4\n  - " +
			"dense: {units: 1, activation: sigmoid}\n",
			"3:28: model[0].embedding.input_dim: 9 rows for 34 ids (padding and unknown counted); give input_dim: " +
				"vocabulary"},
		{"data: {source: embed:iris}\nmodel:\n  - dense: {units: vocabulary}\n",
			"model[0]: vocabulary stands for the number of ids of a text, but the data have none; give a number"},
		{"data: {source: embed:iris, vectors: " + vectors + "}\n", "data.vectors: there is no text that becomes ids"},
		{"data: {source: " + source + ", vectors: " + vectors +
			"}\nmodel:\n  - embedding: {input_dim: vocabulary, output_dim: 4}\n  - lstm: 4\n  - dense: 1\n",
			"data.vectors: vectors of 3 numbers for an embedding of 4; give output_dim: 3"},
		{"data: {source: " + source + ", vectors: " + vectors + "}\nmodel: [flatten, {dense: 1}]\n",
			"data.vectors: the model has no embedding"},
		{"data: {source: " + source + ", vectors: " + lie + "}\n",
			"data.vectors: lie.txt: it ends within word 1 of 2; copy it anew"},
		{"data: {source: " + source + ", vectors: " + filepath.Join(dir, "gone.txt") + "}\n", "gone.txt: no such file"},
		{"data: {source: " + source + "}" + net +
			"  - flatten\n  - dense: {units: 1, activation: sigmoid}\ntrain: {bucket: true}\n",
			"train.bucket: the network does not take shorter sequences: "},
		{"data: {source: " + source + "}" + net +
			"  - conv1d: {filters: 3, kernel_size: 3}\n  - global_average_pooling1d\n  - dense: {units: 1, " +
			"activation: sigmoid}\ntrain: {bucket: true}\n",
			"train.bucket: the network's results depend on padding; mask it (embedding: {mask_zero: true}), or leave " +
				"bucket out"},
		{"data: {source: embed:iris}\ntrain: {bucket: true}\n",
			"train.bucket: all samples have the same length; leave it out"},
		{"data: {source: " + nul + ", labels: " + labels + "}\n",
			"nul.txt: byte 2 is NUL, which no text has; give a text of UTF-8"},
		{"data: {source: " + lines + ", labels: " + labels + "}\n",
			"labels.txt: 3 labels for the 2 lines of lines.txt; each line needs one"},
		{"data: {source: " + blank + ", features: {review: text}}\n",
			"data.features.review.text: 28 training texts hold no word; is it the right column?"},
		{"data: {source: " + source + ", features: {review: {text: {unit: letter}}}}\n",
			`data.features.review.text.unit: "letter" is unknown; there are character, jamo, pair, word`},
		{"data: {source: " + source + ", features: {review: {text: {unit: word, wrods: 3}}}}\n",
			`data.features.review.text.wrods: unknown key; did you mean "words"?`},
		{"data: {source: " + lines + "}\n", "data.source: lines.txt is no table of columns; a language model of one " +
			"text is data: {text: {window: 100}}, lines with a label each need labels: FILE"},
		{"data: {source: " + source + ", rows: 0}\n", "data.rows: 0 is not a number of rows; give 1 or more"},
	} {
		_, err := prepare("", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\nerror %v\nwant  %s", c.text, err, c.want)
		}
	}
	// Nothing but padding still has a prediction; unheard words are unknown.
	_, p := fit(t, open(t, "data: {source: "+source+"}\ntrain: {epochs: 1}\n"), filepath.Join(dir, "run"))
	said, err := p.predict("-", strings.NewReader("\nzzz yyy\nbad \xff utf\nNUL is no letter .\n"))
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range said.out[0].F32 {
		if !(v > 0 && v < 1) {
			t.Errorf("text %d: %v", i, v)
		}
	}
}

// smallTexts makes the examples of texts small enough for a test.
var smallTexts = map[string][]string{
	"imdb-lstm.yaml":  {"data.rows=800", "data.test.rows=200", "data.features.text.text.length=60"},
	"nsmc-lstm.yaml":  {"data.rows=3000", "data.test.rows=1000", "data.features.document.text.words=4000"},
	"nsmc-tfidf.yaml": {"data.rows=3000", "data.test.rows=1000", "data.features.document.text.words=8000"},
	"tinyshakespeare.yaml": {"data.rows=2000", "train.batch_size=8", "model[1].lstm.units=48",
		"model[3].lstm.units=48"},
}

// checkTexts wants what a small part of a text is known to teach.
func checkTexts(t *testing.T, name string, p *run.Report) {
	for file, least := range map[string]float64{"nsmc-lstm.yaml": 0.65, "nsmc-tfidf.yaml": 0.72} {
		if got := p.Test.Of("accuracy"); name == file && got < least {
			t.Errorf("test accuracy %v; %v or more is usual", got, least)
		}
	}
	if name == "tinyshakespeare.yaml" {
		// 4.2 are those of 67 kinds, each as likely
		if s := p.Findings.Sections["language"].(*language.Score); !(s.Nats < 3.4) {
			t.Errorf("%v nats a character", s.Nats)
		}
	}
}

// Ids that an Embedding does not have are found before they become not-a-number, in learning and in use.
func TestIDsOutside(t *testing.T) {
	dir := t.TempDir()
	x := tensor.New(tensor.Int32, 40, 5)
	y := tensor.New(tensor.Int32, 40)
	for i := range x.I32 {
		x.I32[i] = int32(i*7%10 + 1)
	}
	for i := range y.I32 {
		y.I32[i] = int32(i % 2)
	}
	npy := func(name string, a *tensor.Tensor) string {
		var b bytes.Buffer
		if err := tensor.WriteNPY(&b, a); err != nil {
			t.Fatal(err)
		}
		return write(t, filepath.Join(dir, name), b.String())
	}
	text := "data: {source: " + npy("x.npy", x) + ", labels: " + npy("y.npy", y) +
		", features: none}\nmodel:\n  - embedding: {input_dim: 11, output_dim: 4}\n  - lstm: 4\n  - dense: {units: " +
		"1, activation: sigmoid}\ntrain: {epochs: 1}\n"
	_, p := fit(t, open(t, text), filepath.Join(dir, "run"))
	x.I32[3*5+2] = 11
	bad := npy("bad.npy", x)
	const want = `bad.npy: sample 3 holds 11 at position 2; embedding "embedding" takes ids from 0 to 10`
	if _, err := p.predict(bad, nil); err == nil || err.Error() != want {
		t.Errorf("predict: error %v", err)
	}
	if _, err := p.evaluate(bad, filepath.Join(dir, "y.npy"), ""); err == nil || err.Error() != want {
		t.Errorf("evaluate: error %v", err)
	}
	if _, err := prepare("", strings.Replace(text, "x.npy", "bad.npy", 1)); err == nil ||
		!strings.Contains(err.Error(), "data.source: "+want) {
		t.Errorf("train: error %v", err)
	}
}

// A run in batches of like lengths that is taken up again ends with the same bits.
func TestTextResume(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	source := reviewsCSV(t, filepath.Join(dir, "r.csv"), 120)
	of := func(epochs int) *run.Prepared {
		return open(t, fmt.Sprintf("data: {source: %s}\ntrain: {epochs: %d, batch_size: 8, callbacks: []}\n", source,
			epochs))
	}
	_, whole := fit(t, of(4), filepath.Join(dir, "whole"))
	fit(t, of(2), filepath.Join(dir, "parts"))
	if _, err := run.Run(t.Context(), of(4), run.Options{Out: filepath.Join(dir, "parts"), Resume: true}); err != nil {
		t.Fatal(err)
	}
	parts := load(t, filepath.Join(dir, "parts", run.ModelFile))
	for _, v := range whole.Model.Store().Vars() {
		if !slices.Equal(v.Value.F32, parts.Model.Store().Var(v.Path).Value.F32) {
			t.Errorf("%s differs", v.Path)
		}
	}
}
