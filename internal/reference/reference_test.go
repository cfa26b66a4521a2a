package reference_test

import (
	"fmt"
	"go/parser"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/internal/lang"
	"gorae/internal/reference"
	"gorae/internal/spell"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
	_ "gorae/task/all"
)

// entries are all entries of all topics.
func entries(t *testing.T) (list []reference.Entry) {
	t.Helper()
	for _, topic := range reference.Topics() {
		for _, n := range topic.Names {
			e, ok := topic.Entry(reference.Embedded(), n)
			if !ok || e.Word != n {
				t.Fatalf("%s: the entry of %s is %q, %v", topic.Word, n, e.Word, ok)
			}
			list = append(list, e)
		}
	}
	if len(list) < 200 {
		t.Fatalf("%d entries", len(list))
	}
	return list
}

// TestWhole: every word has prose, an example and one line for the list; every key has a default, or is required or
// optional, and says what it means.
func TestWhole(t *testing.T) {
	for _, e := range entries(t) {
		at := e.Topic + " " + e.Word
		if e.Doc.Empty() && e.Key == nil || e.Summary == "" {
			t.Errorf("%s has no prose", at)
		}
		if e.YAML == "" || strings.Contains(e.YAML, "\n") || strings.Contains(e.YAML, "NAME") {
			t.Errorf("%s: the example is %q", at, e.YAML)
		}
		keys := e.Keys
		if e.Key != nil {
			keys = append(keys, *e.Key)
		}
		for _, g := range e.Groups {
			keys = append(keys, g.Keys...)
		}
		for _, k := range keys {
			if k.Form == "" || k.Required && k.Default != "" {
				t.Errorf("%s: the key %s has the form %q, required %v, default %q", at, k.Key, k.Form, k.Required,
					k.Default)
			}
			if k.Text == "" && e.Key == nil {
				t.Errorf("%s: nothing is said of the key %s", at, k.Key)
			}
			if k.Text == "" && e.Key != nil && (k.Key != e.Word || e.Doc.Empty()) {
				t.Errorf("%s: nothing is said of the key %s", at, k.Key)
			}
		}
	}
}

// TestExamples: each line of YAML is read by the loader of experiments, each Go value is an expression.
func TestExamples(t *testing.T) {
	for _, e := range entries(t) {
		text := "data: {source: a.csv}\n"
		switch line := e.YAML; {
		case strings.HasPrefix(line, "- "):
			text += "model:\n  " + line + "\n"
		case e.Listed, strings.HasPrefix(line, "features:"):
			text = "data:\n  source: a\n  " + line + "\n"
		case e.Topic == "data":
			text = line + "\n"
			if e.Word != "source" && (spec.Data{}).Owner(e.Word) != "control" { // an environment needs no source
				text = strings.Replace(line, "data: {", "data: {source: a.csv, ", 1) + "\n"
			}
		case e.Key != nil:
			text += line + "\n"
		default:
			text += "train:\n  " + line + "\n"
		}
		if _, err := spec.Parse("a.yaml", "a", []byte(text)); err != nil {
			t.Errorf("%s %s: %s: %v", e.Topic, e.Word, e.YAML, err)
		}
		if e.Go == "" && e.Key == nil && !e.Listed {
			t.Errorf("%s %s: no example in Go of %s", e.Topic, e.Word, e.YAML)
		}
		if _, err := parser.ParseExpr(e.Go); e.Go != "" && err != nil {
			t.Errorf("%s %s: %s: %v", e.Topic, e.Word, e.Go, err)
		}
	}
}

// TestPages: docs/reference is what the generator makes of the same prose, and has all that the program prints.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("go generate and the full test compare the pages")
	}
	pages := reference.Pages(reference.Embedded())
	for _, l := range lang.Languages() {
		p := prose(t, lang.Language(l))
		pages := reference.Pages(p)
		dir := filepath.Join("../../docs/reference", reference.Folder(lang.Language(l)))
		files, err := filepath.Glob(filepath.Join(dir, "*.md"))
		if err != nil || len(files) != len(pages) {
			t.Fatalf("%s: %d files for %d pages (%v)", dir, len(files), len(pages), err)
		}
		for name, page := range pages {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || string(b) != page {
				t.Errorf("%s/%s is not what go generate ./internal/reference writes (%v)", dir, name, err)
			}
		}
	}
	words := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	plain := strings.NewReplacer(`\`, "", "&lt;", "<", "`", "", "*", "", "|", " ")
	for _, e := range entries(t) {
		page := pages[e.Topic+".md"]
		if e.Key != nil {
			page = pages["experiment.md"]
		}
		var printed strings.Builder
		if err := e.Write(&printed); err != nil {
			t.Fatal(err)
		}
		page = words(plain.Replace(page))
		for _, block := range strings.Split(printed.String(), "\n\n") {
			title, rest, _ := strings.Cut(block, "\n")
			if strings.HasPrefix(title, "Keys") {
				continue // in a table, checked below
			}
			if strings.HasPrefix(title, "In an experiment file") {
				block, _, _ = strings.Cut(rest, "\nIn Go")
			} else if strings.HasPrefix(title, e.Word+": ") {
				block = strings.TrimPrefix(words(block), e.Word+": ")
				if e.Key != nil {
					continue
				}
			} else if strings.HasPrefix(block, "  ") && e.Key != nil {
				continue
			}
			if want := words(plain.Replace(block)); !strings.Contains(page, want) {
				t.Errorf("%s %s: the page lacks %q", e.Topic, e.Word, want)
			}
		}
		for _, k := range e.Keys {
			if !strings.Contains(page, words(plain.Replace(k.Key+" "+k.Text))) &&
				!strings.Contains(page, words(plain.Replace(k.Text))) {
				t.Errorf("%s %s: the page lacks the key %s", e.Topic, e.Word, k.Key)
			}
		}
	}
}

// prose returns the prose of a language.
func prose(t *testing.T, l lang.Language) reference.Prose {
	t.Helper()
	p, err := reference.In(l)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestWidth: lists and entries fit 80 columns in each language, formulas and examples too.
func TestWidth(t *testing.T) {
	for _, l := range lang.Languages() {
		p := prose(t, lang.Language(l))
		for _, topic := range reference.Topics() {
			var b strings.Builder
			if err := topic.WriteList(&b, p); err != nil {
				t.Fatal(err)
			}
			for _, n := range topic.Names {
				e, _ := topic.Entry(p, n)
				if err := e.Write(&b); err != nil {
					t.Fatal(err)
				}
			}
			for line := range strings.Lines(b.String()) {
				if n := lang.Width(strings.TrimSuffix(line, "\n")); n > reference.Width {
					t.Errorf("%s, %s: %d columns: %s", l, topic.Word, n, line)
				}
			}
		}
	}
}

// TestSearch: words of other libraries lead to gorae's.
func TestSearch(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"normalize", "layers batch_normalization"}, {"standardize", "data features"},
		{"batch_norm", "layers batch_normalization"}, {"BatchNorm2d", "layers batch_normalization"},
		{"logistic", "activations sigmoid"}, {"cross_entropy", "losses sparse_categorical_crossentropy"},
		{"bce", "losses binary_crossentropy"}, {"Linear", "activations linear"}, {"fully connected", "layers dense"},
		{"xavier", "initializers glorot_uniform"}, {"lasso", "regularizers l1"},
		{"lr_scheduler", "schedules exponential_decay"},
		{"early_stop", "callbacks early_stopping"}, {"softmx", "layers softmax"}, {"r_squared", "metrics r2"},
	} {
		hits, _ := reference.Search(c.word)
		var got []string
		for _, h := range hits {
			got = append(got, h.Topic+" "+h.Word)
		}
		if !strings.Contains(strings.Join(got, ", "), c.want) {
			t.Errorf("%s: %v, want %s", c.word, got, c.want)
		}
	}
	if hits, near := reference.Search("softmax"); near || len(hits) != 2 {
		t.Errorf("softmax, a layer and an activation: %v, %v", hits, near)
	}
	if hits, _ := reference.Search("zylinder"); hits != nil {
		t.Errorf("zylinder: %v", hits)
	}
}

// TestSynonyms: whatever synonyms.txt leads to is a word of the reference, or of a column's transforms.
func TestSynonyms(t *testing.T) {
	for _, word := range spell.SynonymWords() {
		for _, here := range spell.Synonyms(word) {
			if hits, near := reference.Search(here); (near || len(hits) == 0) && here != "zscore" && here != "minmax" &&
				here != "learning_rate" {
				t.Errorf("%s: nothing is called %s", word, here)
			}
		}
	}
}

func ExampleSearch() {
	hits, near := reference.Search("batch_norm")
	fmt.Println(hits, near)
	// Output: [{layers batch_normalization}] true
}
