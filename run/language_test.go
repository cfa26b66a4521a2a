package run_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"gorae/bundle"
	"gorae/run"
	"gorae/task"
	"gorae/task/language"
)

// scoreOf is the language section of findings.
func scoreOf(t *testing.T, f *task.Findings) *language.Score {
	t.Helper()
	s, ok := f.Sections["language"].(*language.Score)
	if !ok {
		t.Fatalf("no score in %+v", f)
	}
	return s
}

// TestU9Verses: the small example's network remembers the beginning of a line to its end. A line is three choices of
// three: ln 27 nats. One that forgot the subject would choose "her", "his" or "their" anew, ln 81.
func TestU9Verses(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	r, _ := fit(t, example(t, "U9-new-text/verses"), filepath.Join(t.TempDir(), "run"))
	text, err := os.ReadFile("../examples/U9-new-text/verses.txt")
	if err != nil {
		t.Fatal(err)
	}
	line := float64(len(text)) / float64(strings.Count(string(text), "\n"))
	least := 3 * math.Log(3) / line // the subject, the place and the kind of song of a line
	if got := scoreOf(t, &r.Report.Findings).Nats; got < 0.95*least || got > 1.15*least {
		t.Errorf("%v nats a character; those of the text are %v, and %v without memory of the subject", got, least,
			4*math.Log(3)/line)
	}
}

const verse = "고래는 깊이 잠수하고, 고래는 노래한다.\nA whale dives deep; a whale sings.\n"

// A network learns to go on with a text (U9): the end of the text is what it is judged by, from end to end; the run
// holds samples of what it writes; the saved model writes, foretells and is judged again.
func TestU9Language(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "verse.txt"), strings.Repeat(verse, 70))
	for _, c := range []struct{ unit, text, model, token string }{
		{"character", "{window: 20, stride: 10}", "", "character"},
		{"pair", "{unit: pair, words: 290, window: 12}",
			"model:\n  - embedding: {input_dim: vocabulary, output_dim: 16}\n  - gru: {units: 48, return_sequences: " +
				"true}\n  - dense: {units: vocabulary, activation: softmax}\n", "byte pair"},
		{"jamo", "{unit: jamo, window: 24, case: false}",
			"model:\n  - embedding: {input_dim: vocabulary, output_dim: 16}\n  - lstm: {units: 48}\n  - dense: " +
				"{units: vocabulary}\n", "letter"},
	} {
		text := "data: {source: " + source + ", text: " + c.text + "}\n" + c.model +
			"train: {epochs: 8, batch_size: 8, optimizer: {adam: {learning_rate: 0.02}}, callbacks: []}\n"
		if c.unit == "jamo" { // logits of what follows the window
			text = strings.Replace(text, "epochs: 8",
				"epochs: 16, loss: {sparse_categorical_crossentropy: {from_logits: true}}", 1)
		}
		r := open(t, text)
		page := resolved(t, r)
		if again := resolved(t, open(t, page)); again != page {
			t.Errorf("resolved twice:\n%s\nonce:\n%s", again, page)
		}
		if !strings.Contains(page, "  by: time\n") || !strings.Contains(page, "  test: 0.1\n") ||
			strings.Contains(page, "vocabulary") {
			t.Errorf("resolved:\n%s", page)
		}
		if want := fmt.Sprintf("the next %s (%d ids)", c.token,
			r.Fitted.(*language.Fitted).Vocabulary.Size()); r.Problem.About() != want {
			t.Errorf("about %q, want %q", r.Problem.About(), want)
		}
		out := filepath.Join(dir, c.unit)
		result, p := fit(t, r, out)
		score := scoreOf(t, &result.Report.Findings)
		if !(score.Nats < 0.2) || math.Abs(score.Perplexity-math.Exp(score.Nats)) > 1e-9 || score.Accuracy < 0.9 {
			t.Fatalf("%s: score %+v", c.unit, score)
		}
		if c.unit == "character" && math.Abs(score.Nats-score.NatsPerCharacter) > 1e-9 ||
			c.unit == "jamo" && !(score.NatsPerCharacter > 1.2*score.Nats) {
			t.Errorf("%s: %v nats a token, %v a character", c.unit, score.Nats, score.NatsPerCharacter)
		}
		if b, err := os.ReadFile(filepath.Join(out, language.SampleFile)); err != nil || !utf8.Valid(b) ||
			strings.Count(string(b), "--- temperature") != 3 || !strings.Contains(string(b), "잠수") {
			t.Errorf("%s: the sample is %q, error %v", c.unit, b, err)
		}
		prompt := "고래는 "
		if c.unit == "pair" {
			prompt = "고래는" // a pair begins with the blank before a word
		}
		var again [2]string
		for i := range again {
			w, err := p.Writer(7)
			if err != nil {
				t.Fatal(err)
			}
			w.Temperature = 0.3 * float64(i)
			if _, err := w.Prompt(prompt); err != nil {
				t.Fatal(err)
			}
			for range 40 {
				s, err := w.Next()
				if err != nil {
					t.Fatal(err)
				}
				again[i] += s
			}
			if again[i] += w.Rest(); !strings.HasPrefix(strings.TrimSpace(again[i]), "깊이 ") &&
				!strings.HasPrefix(strings.TrimSpace(again[i]), "노래한다") {
				t.Errorf("%s: it goes on with %q", c.unit, again[i])
			}
		}
		test := write(t, filepath.Join(dir, "test.txt"), strings.Repeat(verse, 3))
		forget(t, out)
		f, err := p.evaluate(test, "", "")
		if err != nil || !(f.Metrics.Of("loss") < 0.5) {
			t.Fatalf("%s: evaluated anew %v, error %v", c.unit, f, err)
		}
		for part, b := range map[string]task.Findings{"test": result.Report.Findings, "": f.Findings} {
			if len(b.Baselines) != 2 || b.Baselines[1].Name != "bigram" || b.Baselines[0].Part != part ||
				!(b.Baselines[1].Metrics.Of("loss") < b.Baselines[0].Metrics.Of("loss")) || len(b.Verdict) != 1 ||
				!strings.Contains(b.Verdict[0], " nats a token against ") {
				t.Errorf("%s: baselines %+v, %q", c.unit, b.Baselines, b.Verdict)
			}
		}
		if again := scoreOf(t, &f.Findings); !(again.Nats < 0.3) ||
			!strings.Contains(f.Findings.Words[0], "test.txt read from end to end: ") {
			t.Errorf("%s: %+v, %q", c.unit, again, f.Findings.Words)
		}
		said, err := p.predict(test, nil)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(said.csv, "\n")
		if lines[0] != c.unit+",prediction,p" || len(lines) < 8 {
			t.Errorf("%s: predictions %q", c.unit, lines[:min(len(lines), 5)])
		}
		if c.unit == "character" { // each row's token is predicted by the row before
			right := 0
			rows := strings.Split(strings.ReplaceAll(said.csv, "\"\n\"", "NL"), "\n")
			for i := 1; i+2 < len(rows); i++ {
				if strings.Split(rows[i], ",")[1] == strings.Split(rows[i+1], ",")[0] {
					right++
				}
			}
			if right < len(rows)*3/4 {
				t.Errorf("%d of %d characters are predicted", right, len(rows))
			}
		}
		var report map[string]any
		b, err := os.ReadFile(filepath.Join(out, run.MetricsFile))
		if err != nil || json.Unmarshal(b, &report) != nil ||
			report["language"].(map[string]any)["nats"] != score.Nats {
			t.Errorf("%s: metrics.json %s", c.unit, b)
		}
	}
}

// Mistakes of language models, each in one line.
func TestLanguageMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "verse.txt"), strings.Repeat(verse, 30))
	empty := write(t, filepath.Join(dir, "empty.txt"), "")
	utf16 := write(t, filepath.Join(dir, "utf16.txt"), "\xff\xfea\x00b\x00")
	of := func(text, rest string) string {
		return "data: {source: " + source + ", text: {" + text + "}}\n" + rest
	}
	const net = "model:\n  - embedding: {input_dim: vocabulary, output_dim: 4}\n  - gru: {units: 4, " +
		"return_sequences: true}\n"
	for _, c := range []struct{ text, want string }{
		{of("window: 5000", ""), "data.text.window: training part: 5000 ids and the one that follows need more than " +
			"the text's"},
		{of("window: 0", ""), "data.text.window: 0 is not a number of tokens; give a number from 1 and up to 1048576"},
		{of("windw: 3", ""), `data.text.windw: unknown key; did you mean "window"?`},
		{of("length: 3", ""), "data.text.length: unknown key; there are case, count, marks, markup, stride, unit, " +
			"window, words"},
		{of("unit: charcter", ""), `data.text.unit: "charcter" is unknown; did you mean "character"?`},
		{"data: {source: " + source + ", text: 3}\n", "data.text: 3 is not a set of keys; give a map with keys of "},
		{"data: {source: " + source + ", text: {}, target: x}\n",
			"data.target: data.text makes one text a language model, which has no target"},
		{"data: {source: " + empty + ", text: {}}\n",
			"data.text: empty.txt: 1 training texts hold no character; is it the right column?"},
		{"data: {source: " + utf16 + ", text: {}}\n", "utf16.txt: UTF-16; save it as UTF-8"},
		{of("", "split: {by: random}\n"), "split.by: random, but the order of a text is all there is to learn; give " +
			"time"},
		{of("", net+"  - dense: {units: 7, activation: softmax}\n"),
			"model[2].dense.units: 7 outputs for 31 ids; give units: vocabulary"},
		{of("", net+"  - reshape: {target_shape: [50, 2, 4]}\n  - dense: {units: vocabulary}\n"),
			"the model gives (50, 2, 31) for a window of 100"},
		{of("", net+"  - dense: {units: vocabulary, activation: softmax}\ntrain: {loss: mean_squared_error}\n"),
			"train.loss: mean_squared_error cannot compare probabilities with an id"},
		{of("", "train: {metrics: [rmse]}\n"), "train.metrics[0]: rmse cannot compare probabilities with an id; give " +
			"accuracy"},
	} {
		_, err := prepare("", c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s\nerror %v\nwant  %s", c.text, err, c.want)
		}
	}
	// Another model writes no text.
	_, p := fit(t, open(t, "data: {source: embed:iris}\ntrain: {epochs: 1}\n"), filepath.Join(dir, "iris"))
	if _, err := p.Writer(1); err == nil || !strings.Contains(err.Error(),
		"model.keras: predicts species, no text; generate takes a language model") {
		t.Errorf("error %v", err)
	}
	// A network that looks both ways has no memory to be judged by, and says so.
	r := open(t, of("window: 10", "model:\n  - embedding: {input_dim: vocabulary, output_dim: 4}\n  - bidirectional: "+
		"{layer: {gru: 3}}\n  - dense: {units: vocabulary, activation: softmax}\ntrain: {epochs: 1}\n"))
	result, p := fit(t, r, filepath.Join(dir, "both"))
	if l := result.Report.Findings.Words; !strings.Contains(strings.Join(l, "\n"),
		"the test part is evaluated by windows alone: stream: bidirectional") {
		t.Errorf("%q", l)
	}
	if w, err := p.Writer(1); err != nil {
		t.Error(err)
	} else if _, err := w.Next(); err != nil {
		t.Error(err)
	}
	// A saved vocabulary that lies.
	words := p.Fitted.(*language.Fitted).Vocabulary
	liar := filepath.Join(dir, "liar.keras")
	for length, want := range map[int]string{0: "a length of 0",
		1 << 20: "a text becomes windows of 1048576 ids, but the network takes (10,)"} {
		words.Spec.Length = length
		if err := p.Save(liar); err != nil {
			t.Fatal(err)
		}
		if _, err := bundle.Open(liar); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.HasPrefix(err.Error(), liar+": ") {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	words.Spec.Length = 10
	words.Tokens = words.Tokens[:5]
	if err := p.Save(liar); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, liar).Writer(1); err == nil ||
		!strings.Contains(err.Error(), "not one number for each of the vocabulary's 7 ids") {
		t.Errorf("error %v", err)
	}
}

// A language model of words keeps the marks, unless it is told not to, and writes them where they belong; a model that
// was saved before there were marks opens and writes words alone.
func TestLanguageOfWords(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	dir := t.TempDir()
	source := write(t, filepath.Join(dir, "verse.txt"), strings.Repeat(verse, 70))
	for name, c := range map[string]struct{ text, page, sample, never string }{
		"marks": {"unit: word, window: 8", "marks: true", "고래는 노래한다. A whale ", " ."},
		"bare":  {"unit: word, window: 8, marks: false", "marks: false", "고래는 노래한다 A whale ", "."},
	} {
		r := open(t, "data: {source: "+source+", text: {"+c.text+"}}\nmodel:\n  - embedding: {input_dim: vocabulary, "+
			"output_dim: 16}\n  - gru: {units: 32, return_sequences: true}\n"+
			"  - dense: {units: vocabulary, activation: softmax}\ntrain: {epochs: 8, batch_size: 8, optimizer: "+
			"{adam: {learning_rate: 0.02}}, callbacks: []}\n")
		page := resolved(t, r)
		if again := resolved(t, open(t, page)); again != page || !strings.Contains(page, c.page) {
			t.Errorf("resolved twice:\n%s\nonce:\n%s", again, page)
		}
		_, p := fit(t, r, filepath.Join(dir, name))
		w, err := p.Writer(1)
		if err != nil {
			t.Fatal(err)
		}
		w.Temperature = 0
		got := ""
		for range 60 {
			s, err := w.Next()
			if err != nil {
				t.Fatal(err)
			}
			got += s
		}
		if !strings.Contains(got, c.sample) || strings.Contains(got, c.never) {
			t.Errorf("%s: %q", name, got)
		}
		// The recipe of a model without marks is what it was before there were any.
		b, err := json.Marshal(p.Fitted)
		if err != nil || strings.Contains(string(b), `"marks"`) != (name == "marks") {
			t.Errorf("%s: error %v, fitted %s", name, err, b)
		}
	}
	for text, want := range map[string]string{
		"marks: true": "data.text.marks: goes with unit: word; unit: character keeps all characters, " +
			"leave it out",
		"unit: pair, marks: true":    "data.text.marks: goes with unit: word; unit: pair",
		"unit: word, marks: perhaps": `data.text.marks: "perhaps" is neither true nor false`,
	} {
		if _, err := prepare("", "data: {source: "+source+", text: {"+text+"}}\n"); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", text, err, want)
		}
	}
	// A column of text to be told apart keeps its words alone.
	if r := open(t, "data: {source: "+write(t, filepath.Join(dir, "r.csv"),
		"t,y\n\"good, very good film\",1\n\"bad, bad film\",0\ngood film,1\nbad film!,0\n\"good, it is\",1\nbad it "+
			"is,0\n")+
		", target: y, features: {t: {text: {length: 4}}}}\nsplit: {validation: 0, test: "+
		"0}\n"); strings.Contains(resolved(t, r), "marks") || tableOf(r.Fitted).Pipeline.Vocabulary().Spec.Marks {
		t.Errorf("%s", resolved(t, r))
	}
}
