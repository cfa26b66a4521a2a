package metric_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/metric"
)

// textCase is a case of golden/statistics/text.json, computed by sacrebleu 2.6.0.
type textCase struct {
	Name  string
	Input struct {
		Hypotheses []string
		References [][]string
		Tokenize   string
	}
	Expected struct {
		BLEU       float64
		Precisions []float64
		BP         float64
		Sentence   []float64 `json:"sentence_bleu"`
		ChrF       float64   `json:"chrf"`
		ChrFPP     float64   `json:"chrf_plus_plus"`
	}
}

// textCases returns the cases whose names begin with a prefix.
func textCases(t *testing.T, prefix string) (out []textCase) {
	t.Helper()
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	b, err := os.ReadFile(filepath.Join(root, "golden/statistics/text.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases []json.RawMessage }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	for _, raw := range file.Cases {
		var named struct{ Name string }
		if err := json.Unmarshal(raw, &named); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(named.Name, prefix) {
			continue
		}
		var c textCase
		if err := json.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		t.Fatalf("no case %s", prefix)
	}
	return out
}

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-10+1e-8*math.Abs(want) }

// TestBLEUSacrebleu: score, precisions, brevity and scores of single sentences are sacrebleu's, for each smoothing and
// tokenizer.
func TestBLEUSacrebleu(t *testing.T) {
	for _, c := range textCases(t, "bleu-") {
		b := metric.BLEU{Tokenize: c.Input.Tokenize}
		for _, s := range []string{"exp", "floor", "add-k", "none"} {
			if strings.HasPrefix(c.Name, "bleu-"+s+"-") {
				b.Smooth = s
			}
		}
		got, err := b.Corpus(c.Input.Hypotheses, c.Input.References...)
		if err != nil {
			t.Fatal(err)
		}
		if !near(got.Score, c.Expected.BLEU) || !near(got.Brevity, c.Expected.BP) {
			t.Errorf("%s: %v (brevity %v), want %v (%v)", c.Name, got.Score, got.Brevity, c.Expected.BLEU,
				c.Expected.BP)
		}
		for n, p := range c.Expected.Precisions {
			if !near(got.Precisions[n], p) {
				t.Errorf("%s: precision of %d-grams %v, want %v", c.Name, n+1, got.Precisions[n], p)
			}
		}
		b.EffectiveOrder = true
		for i, want := range c.Expected.Sentence {
			var own []string
			for _, r := range c.Input.References {
				own = append(own, r[i])
			}
			if got := b.Score(b.Counts(c.Input.Hypotheses[i], own...)).Score; !near(got, want) {
				t.Errorf("%s: sentence %d: %v, want %v", c.Name, i, got, want)
			}
		}
	}
}

// TestChrFSacrebleu: chrF and chrF++ are sacrebleu's, in English and Korean.
func TestChrFSacrebleu(t *testing.T) {
	for _, c := range textCases(t, "chrf-") {
		for words, want := range map[int]float64{0: c.Expected.ChrF, 2: c.Expected.ChrFPP} {
			got, err := metric.ChrF{Words: words}.Corpus(c.Input.Hypotheses, c.Input.References[0])
			if err != nil || !near(got, want) {
				t.Errorf("%s, %d words: %v (%v), want %v", c.Name, words, got, err, want)
			}
		}
	}
}

// TestBLEUEdges: empty translations, no sentences, lists of unequal length, unknown names.
func TestBLEUEdges(t *testing.T) {
	if s, err := (metric.BLEU{}).Corpus([]string{""}, []string{"a b c d e"}); err != nil || s.Score != 0 {
		t.Errorf("an empty translation: %v, %v", s.Score, err)
	}
	if s, err := (metric.BLEU{}).Corpus(nil, nil); err != nil || s.Score != 0 {
		t.Errorf("no sentences: %v, %v", s.Score, err)
	}
	if s, _ := (metric.BLEU{}).Corpus([]string{"a b c d"}, []string{"a b c d"}); math.Abs(s.Score-100) > 1e-12 {
		t.Errorf("the reference itself: %v, want 100", s.Score)
	}
	if s, _ := (metric.BLEU{Smooth: "none"}).Corpus([]string{"a b c x"}, []string{"a b c d"}); s.Score != 0 {
		t.Errorf("no 4-gram, without smoothing: %v, want 0", s.Score)
	}
	for what, err := range map[string]error{
		"counts":    second(metric.BLEU{}.Corpus([]string{"a"}, nil)),
		"tokenizer": second(metric.BLEU{Tokenize: "x"}.Corpus(nil, nil)),
		"smoothing": second(metric.BLEU{Smooth: "x"}.Corpus(nil, nil)),
		"chrf":      second(metric.ChrF{}.Corpus([]string{"a"}, nil)),
		"words":     second(metric.ChrF{Words: -1}.Corpus(nil, nil)),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// ExampleBLEU: by hand 100·(8/10 · 6/9 · 4/8 · 3/7)^¼.
func ExampleBLEU() {
	s, err := metric.BLEU{}.Corpus(
		[]string{"A man is riding a bicycle down the street."},
		[]string{"A man rides a bicycle down the street."})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("BLEU %.1f, %.0f of 10 words\n", s.Score, s.Matches[0])
	// Output: BLEU 58.1, 8 of 10 words
}
