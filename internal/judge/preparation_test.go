//go:build judge

package judge

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gorae/prep"
	"gorae/prep/text"
	"gorae/tensor"
	"gorae/weight"
)

// TestScales: rows of random numbers, of very different sizes, are scaled as scikit-learn and Keras scale them, by
// statistics of the first rows alone.
func TestScales(t *testing.T) {
	p := judge(t)
	rapid.Check(t, func(t *rapid.T) {
		n, k := rapid.IntRange(4, 40).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "columns")
		r := weight.NewRand(uint64(rapid.IntRange(0, 1000).Draw(t, "seed")), "numbers")
		x := tensor.New(tensor.Float32, n, k)
		for i := range x.F32 {
			x.F32[i] = float32(math.Pow(100, float64(i%k)-1) * (r.Uniform() + float64(i%k)))
		}
		var learn []int
		for i := range n/2 + 1 {
			learn = append(learn, i)
		}
		for name, scale := range map[string]string{"StandardScaler": "zscore", "MinMaxScaler": "minmax",
			"Normalization": "zscore"} {
			a, err := prep.FitArray(x, learn, scale)
			if err != nil {
				t.Fatalf("%v", err)
			}
			got, err := a.Apply(x)
			if err != nil {
				t.Fatalf("%v", err)
			}
			want := p.ask(t, question{Do: "prepare", Name: name, Inputs: []array{packed(x)}, Batch: len(learn)})
			if s := near(got, want.Outputs[0].tensor(), 1e-5); s != "" {
				t.Errorf("%s: %s", name, s)
			}
		}
	})
}

// TestTexts: random texts have the ids of Keras's TextVectorization with the same vocabulary, and the counts and the
// tf-idf of scikit-learn, which finds the same words. Capitals are ASCII's, the only ones that Keras makes small.
func TestTexts(t *testing.T) {
	p := judge(t)
	rapid.Check(t, func(t *rapid.T) {
		words := []string{"whale", "sea", "Deep", "dive", "고래", "바다", "été", "x2", "2001", "ω"}
		var texts []string
		for range rapid.IntRange(2, 8).Draw(t, "texts") {
			list := rapid.SliceOfN(rapid.SampledFrom(words), 1, 9).Draw(t, "words")
			mark := rapid.SampledFrom([]string{" ", "  ", ", ", "! "}).Draw(t, "mark")
			texts = append(texts, strings.Join(list, mark))
		}
		fit := func(s text.Spec) *text.Vocabulary {
			v, err := text.Fit(texts, s)
			if err != nil {
				t.Fatalf("%v", err)
			}
			return v
		}
		v := fit(text.Spec{Length: 6, Keep: "first"})
		want := p.ask(t, question{Do: "prepare", Name: "TextVectorization", Texts: texts, Words: v.Tokens,
			Options: map[string]any{"length": 6}}).Outputs[0].tensor()
		for i, s := range texts {
			got := make([]float32, v.Width())
			v.Apply(got, s)
			for k, id := range got {
				if int32(id) != want.I32[6*i+k] {
					t.Errorf("%q: id %d is %v, Keras has %d", s, k, id, want.I32[6*i+k])
				}
			}
		}
		for output, q := range map[string]question{"count": {Name: "CountVectorizer"}, "bag": {Name: "CountVectorizer",
			Options: map[string]any{"binary": true}}, "tfidf": {Name: "TfidfVectorizer"}} {
			v := fit(text.Spec{Output: output})
			q.Do, q.Texts, q.Words = "prepare", texts, v.Tokens
			a := p.ask(t, q)
			if int(a.Value) != len(v.Tokens) {
				t.Errorf("%d words %q, scikit-learn has %v", len(v.Tokens), v.Tokens, a.Value)
			}
			got := tensor.New(tensor.Float32, len(texts), v.Width())
			for i, s := range texts {
				v.Apply(got.F32[i*v.Width():(i+1)*v.Width()], s)
			}
			if s := near(got, a.Outputs[0].tensor(), 1e-6); s != "" {
				t.Errorf("%s: %s", output, s)
			}
		}
	})
}
