package text

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/data"
	"gorae/data/source"
	"gorae/tensor"
)

func fitted(t *testing.T, texts []string, s Spec) *Vocabulary {
	t.Helper()
	v, err := Fit(texts, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestTokens(t *testing.T) {
	for _, c := range []struct {
		s    Spec
		text string
		want string
	}{
		{Spec{}, "Don't panic: it's 2-3 °C, 'quoted'.", "don't|panic|it's|2|3|c|quoted"},
		{Spec{Case: true}, "Rock ’n’ Roll", "Rock|n|Roll"},
		{Spec{}, "CAFE\u0301 고래가 숨을 쉰다.", "café|고래가|숨을|쉰다"},
		{Spec{}, "हिन्दी ไทย", "हिन्दी|ไทย"},
		{Spec{}, "", ""},
		{Spec{}, " .,;\n", ""},
		{Spec{Unit: "character"}, "aB\n한", "a|b|\n|한"},
		{Spec{Unit: "character"}, "\u1112\u1161\u11ab", "한"},
		{Spec{Unit: "jamo"}, "한가!", "\u1112|\u1161|\u11ab|\u1100|\u1161|!"},
		{Spec{Unit: "pair", Case: true}, " Go  to\nbed ", " Go|  to|\nbed| "},
		{Spec{Markup: true}, "a<br />b <i>c</i> 1 < 2 > 0 <", "a|b|c|1|2|0"},
		{Spec{}, "bad\xffutf", "bad|utf"},
		{Spec{Marks: true}, "Don't panic: it's 2-3 °C, 'quoted'.", "don't|panic|:|it's|2|-|3|°|c|,|'|quoted|'|."},
		{Spec{Marks: true}, "3.5, 1,000 at 10:30. (So?!) $5…", "3.5|,|1,000|at|10:30|.|(|so|?|!|)|$|5|…"},
		{Spec{Marks: true}, "「고래」는, 숨을 쉰다。 ☂\ufe0f👍🏽", "「|고래|」|는|,|숨을|쉰다|。|☂\ufe0f|👍|🏽"},
		{Spec{Marks: true}, "a.b 1. 2 .5 e\u0301 , \u0301", "a|.|b|1|.|2|.|5|é|,|\u0301"},
		{Spec{Marks: true}, "bad\xffutf\u200b \n\x01.", "bad|utf|."},
		{Spec{Marks: true}, "", ""},
	} {
		if got := strings.Join(c.s.Tokens(c.text), "|"); got != c.want {
			t.Errorf("%+v %q: %q, want %q", c.s, c.text, got, c.want)
		}
	}
}

// TestIDs: frequency decides ids, bytes the ties; long texts keep their last words,
// short ones are padded, unknown words are 1.
func TestIDs(t *testing.T) {
	learn := []string{"b a b c", "b d a c e", "c"}
	for _, c := range []struct {
		s    Spec
		text string
		want []float32
	}{
		{Spec{Length: 4}, "e a b c b", []float32{4, 2, 3, 2}},
		{Spec{Length: 4, Keep: "first"}, "e a b c b", []float32{6, 4, 2, 3}},
		{Spec{Length: 4}, "B x", []float32{2, 1, 0, 0}},
		{Spec{Length: 4, Pad: "before"}, "b x", []float32{0, 0, 2, 1}},
		{Spec{}, "", []float32{0, 0, 0, 0, 0}},
		{Spec{Words: 4, Length: 3}, "b c a", []float32{2, 3, 1}},
		{Spec{Count: 2, Length: 3}, "a d e", []float32{4, 1, 1}},
		{Spec{Ngrams: 2, Length: 3, Keep: "first"}, "b b a", []float32{2, 1, 2}},
	} {
		v := fitted(t, learn, c.s)
		to := make([]float32, v.Width())
		v.Apply(to, c.text)
		if !slices.Equal(to, c.want) {
			t.Errorf("%+v %q: %v, want %v (tokens %v)", c.s, c.text, to, c.want, v.Tokens)
		}
	}
	if v := fitted(t, learn, Spec{Words: 4}); v.Size() != 4 {
		t.Errorf("%d ids of 4", v.Size())
	}
}

type golden struct {
	Texts          []string
	TFIDF1, TFIDF2 sklearn
	Rare           sklearn `json:"tfidf_rare"`
	Pairs          struct {
		Corpus []string
		Merges [][2]int32
		IDs    []int32
	}
}

type sklearn struct {
	Names  []string
	IDF    []float64
	Rows   [][]float64
	Counts [][]float64
}

func load(t *testing.T) (g golden) {
	t.Helper()
	b, err := os.ReadFile("testdata/text.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// TestTFIDF: weights, counts and bags equal scikit-learn's, word by word.
func TestTFIDF(t *testing.T) {
	g := load(t)
	for s, want := range map[Spec]sklearn{{Ngrams: 1}: g.TFIDF1, {Ngrams: 2}: g.TFIDF2,
		{MaxDF: 0.3, SublinearTF: true}: g.Rare} {
		for _, output := range []string{"tfidf", "count", "bag"} {
			if s.SublinearTF && output != "tfidf" {
				continue
			}
			s.Output = output
			v := fitted(t, g.Texts, s)
			if v.Width() != len(want.Names) {
				t.Fatalf("%d tokens, scikit-learn has %d: %v", v.Width(), len(want.Names), v.Tokens)
			}
			b, err := v.Bags(g.Texts)
			if err != nil {
				t.Fatal(err)
			}
			row := data.Row{*tensor.New(tensor.Float32, v.Width())}
			for i := range g.Texts {
				if err := b.Read(0, i, row); err != nil {
					t.Fatal(err)
				}
				for k, name := range want.Names {
					at := int(v.id[name]) - 2
					w := want.Rows[i][k]
					switch output {
					case "count":
						w = want.Counts[i][k]
					case "bag":
						w = min(1, want.Counts[i][k])
					default:
						if math.Abs(v.IDF[at]-want.IDF[k]) > 1e-12 {
							t.Fatalf("idf of %s: %v, want %v", name, v.IDF[at], want.IDF[k])
						}
					}
					if at < 0 || math.Abs(float64(row[0].F32[at])-w) > 1e-6 {
						t.Errorf("%s of %q in text %d: %v, want %v", output, name, i, row[0].F32[at], w)
					}
				}
			}
		}
	}
}

// TestPairs: merges and ids equal those of a program that counts everything anew.
func TestPairs(t *testing.T) {
	g := load(t).Pairs
	v := fitted(t, g.Corpus, Spec{Unit: "pair", Words: firstMerge + 25, Case: true})
	if !slices.Equal(v.Merges, g.Merges) {
		t.Errorf("merges\n%v, want\n%v", v.Merges, g.Merges)
	}
	ids := v.Encode(g.Corpus[0])
	if !slices.Equal(ids, g.IDs) {
		t.Errorf("ids\n%v, want\n%v", ids, g.IDs)
	}
	// Nothing is unknown: whatever comes is spelt in bytes and read back.
	for _, s := range []string{g.Corpus[0], "völlig neu \U0001F40B\n", "", strings.Repeat("고", 500), "  a"} {
		if got := v.Decode(v.Encode(s)); got != s {
			t.Errorf("%q came back as %q", s, got)
		}
	}
}

func TestDecode(t *testing.T) {
	for unit, want := range map[string]string{"word": "고래가 깊이 deep", "character": "고래가 깊이, deep",
		"jamo": "고래가 깊이, deep", "pair": "고래가 깊이, deep"} {
		v := fitted(t, []string{"고래가 깊이, deep"}, Spec{Unit: unit})
		if got := v.Decode(v.Encode("고래가 깊이, Deep")); got != want {
			t.Errorf("%s: %q, want %q", unit, got, want)
		}
	}
}

// TestSaved: a vocabulary read back does the same; what Fit could not have made is refused.
func TestSaved(t *testing.T) {
	texts := load(t).Texts
	for _, s := range []Spec{{Words: 8, Length: 5}, {Unit: "jamo"}, {Unit: "pair", Words: 300},
		{Output: "tfidf", Ngrams: 2}, {Unit: "pair", Output: "tfidf"}} {
		v := fitted(t, texts, s)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var back Vocabulary
		if err := json.Unmarshal(b, &back); err != nil {
			t.Fatalf("%+v: %v", s, err)
		}
		for _, text := range append(texts, "ganz neu 깊은") {
			x, y := make([]float32, v.Width()), make([]float32, back.Width())
			v.Apply(x, text)
			back.Apply(y, text)
			if !slices.Equal(x, y) {
				t.Errorf("%+v %q: %v, after saving %v", s, text, x, y)
			}
		}
	}
	for bad, want := range map[string]string{
		`{"spec":{"length":3},"tokens":["a","a"]}`:                            `the token "a" twice`,
		`{"spec":{},"tokens":["a"]}`:                                          "a length of 0",
		`{"spec":{"length":3}}`:                                               "0 tokens",
		`{"spec":{"unit":"pair","length":3},"merges":[[2,300]]}`:              "which do not exist then",
		`{"spec":{"unit":"pair","length":3},"merges":[[2,3],[2,3]]}`:          "twice",
		`{"spec":{"output":"tfidf"},"tokens":["a"]}`:                          "0 idf weights for 1",
		`{"spec":{"output":"tfidf"},"tokens":["a"],"idf":[-1]}`:               "idf weight of -1",
		`{"spec":{"unit":"wort","length":3},"tokens":["a"]}`:                  `"wort" is unknown`,
		`{"spec":{"unit":"pair","length":3},"merges":[` + doubling(12) + `]}`: "spells 2048 bytes",
	} {
		var v Vocabulary
		if err := json.Unmarshal([]byte(bad), &v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, want %q", bad, err, want)
		}
	}
}

// doubling is merges that each spell twice as many bytes.
func doubling(n int) string {
	s := "[2,2]"
	for i := range n {
		s += fmt.Sprintf(",[%d,%d]", firstMerge+i, firstMerge+i)
	}
	return s
}

func TestSpecErrors(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{map[string]any{"word": 3}, `text.word: unknown key; did you mean "words"?`},
		{map[string]any{"words": "many"}, `text.words: "many" is not a whole number`},
		{map[string]any{"words": 2}, "text.words: 2 is not a number of tokens; give a number from 3"},
		{map[string]any{"words": -1}, "text.words: -1 is not a number of tokens; give a number from 3"},
		{map[string]any{"length": 0}, "text.length: 0 is not a number of ids; give a number from 1"},
		{map[string]any{"unit": "pairs"}, `text.unit: "pairs" is unknown; did you mean "pair"?`},
		{map[string]any{"unit": "pair", "words": 100}, "text.words: 100 are too few for byte pairs"},
		{map[string]any{"unit": "pair", "ngrams": 2}, "text.ngrams: 2 does not go with unit: pair"},
		{map[string]any{"unit": "character", "marks": true},
			"text.marks: goes with unit: word; unit: character keeps all characters"},
		{map[string]any{"unit": "pair", "max_df": 0.5}, "text.max_df: 0.5 does not go with unit: pair; leave it out"},
		{map[string]any{"max_df": 1}, "text.max_df: 1 is not a share of the texts; give a number above 0 and below 1"},
		{map[string]any{"sublinear_tf": true}, "text.sublinear_tf: goes with output: tfidf; leave it out"},
		{map[string]any{"output": "tfidf", "length": 5}, "go with output: ids, not tfidf"},
		{"words", `text: "words" is not a set of keys`},
	} {
		if _, err := ParseSpec(c.v); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got %v, want %q", c.v, err, c.want)
		}
	}
	if s, err := ParseSpec(map[string]any{"words": 20000.0, "length": uint64(200)}); err != nil || s.Words != 20000 ||
		s.Length != 200 {
		t.Errorf("%+v %v", s, err)
	}
	if _, err := Fit([]string{"", " . "}, Spec{}); err == nil ||
		!strings.Contains(err.Error(), "2 training texts hold no word") {
		t.Errorf("got %v", err)
	}
	if _, err := Fit([]string{"a b"}, Spec{Count: 2}); err == nil ||
		!strings.Contains(err.Error(), "no token occurs 2 times") {
		t.Errorf("got %v", err)
	}
}

// TestStream: windows over characters are views, and the target is what follows.
func TestStream(t *testing.T) {
	ids := make([]int32, 101)
	for i := range ids {
		ids[i] = int32(i)
	}
	for _, c := range []struct {
		s     Stream
		n     int
		first []int32
		last  []int32
	}{
		{Stream{Length: 10}, 10, []int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
			[]int32{91, 92, 93, 94, 95, 96, 97, 98, 99, 100}},
		{Stream{Length: 10, Stride: 1, Last: true}, 91, []int32{10}, []int32{100}},
	} {
		c.s.IDs = ids
		if err := c.s.Check(); err != nil {
			t.Fatal(err)
		}
		if c.s.Len() != c.n || &c.s.View(3)[0] != &ids[3*c.s.Stride] {
			t.Errorf("%d windows, want %d, or a copy", c.s.Len(), c.n)
		}
		row := data.Row{*tensor.New(tensor.Int32, 10), *tensor.New(tensor.Int32, len(c.first))}
		for i, want := range map[int][]int32{0: c.first, c.n - 1: c.last} {
			if err := c.s.Read(0, i, row); err != nil || !slices.Equal(row[1].I32, want) ||
				!slices.Equal(row[0].I32, c.s.View(i)) {
				t.Errorf("window %d: %v %v, want %v (%v)", i, row[0].I32, row[1].I32, want, err)
			}
		}
	}
	if err := (&Stream{IDs: ids, Length: 101}).Check(); err == nil ||
		!strings.Contains(err.Error(), "give a shorter window") {
		t.Errorf("got %v", err)
	}
}

// TestSequences: batches by length hold each text's ids and nothing else.
func TestSequences(t *testing.T) {
	texts := []string{"a b c d e", "a", "", "b c", "a b c"}
	for _, pad := range []string{"after", "before"} {
		v := fitted(t, texts, Spec{Length: 4, Pad: pad})
		s, err := v.Sequences(texts)
		if err != nil {
			t.Fatal(err)
		}
		l := data.Loader{Data: s, Size: 2, Bucket: true}
		b, err := l.New()
		if err != nil {
			t.Fatal(err)
		}
		for step, extent := range []int{1, 3, 4} {
			if err := l.Fill(b, 0, step); err != nil {
				t.Fatal(err)
			}
			if b.Inputs[0].Shape[1] != extent {
				t.Errorf("step %d: shape %v, want %d ids", step, b.Inputs[0].Shape, extent)
			}
			whole := make([]float32, 4)
			for i, sample := range b.Samples {
				v.Apply(whole, texts[sample])
				got := b.Inputs[0].I32[i*extent : (i+1)*extent]
				for k := range got {
					at := k
					if pad == "before" {
						at += 4 - extent
					}
					if float32(got[k]) != whole[at] {
						t.Errorf("%s %q: %v, whole %v", pad, texts[sample], got, whole)
					}
				}
			}
		}
	}
}

func sharedText(t *testing.T, name string, o data.CSVOptions) *data.Table {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: no real texts")
	}
	s, err := source.Open(filepath.Join(dir, "data", "text", name), source.Options{CSV: o})
	if err != nil {
		t.Fatal(err)
	}
	return s.Table
}

// TestRealTexts: Korean and English reviews and a play, from file to ids and back.
func TestRealTexts(t *testing.T) {
	if testing.Short() {
		t.Skip("counts the words of real texts for seconds")
	}
	nsmc := sharedText(t, "nsmc-test.tsv.gz", data.CSVOptions{})
	c, err := nsmc.Column("document")
	if err != nil || nsmc.Rows != 50000 {
		t.Fatalf("nsmc: %d rows, %v", nsmc.Rows, err)
	}
	var texts []string
	quotes := 0
	for i := range 10000 {
		texts = append(texts, c.Text(i))
		quotes += strings.Count(c.Text(i), `"`)
	}
	if quotes < 50 {
		t.Errorf("%d quotation marks in nsmc; they are plain characters there", quotes)
	}
	known := map[string]float64{}
	for _, s := range []Spec{{Words: 10000}, {Unit: "character", Words: 2000}, {Unit: "jamo", Words: 300},
		{Unit: "pair", Words: 3000}} {
		v := fitted(t, texts[:5000], s)
		ids, unknown := 0, 0
		for _, text := range texts[5000:] {
			for _, id := range v.Encode(text) {
				ids++
				if id == Unknown {
					unknown++
				}
			}
		}
		known[s.unit()] = 1 - float64(unknown)/float64(ids)
		t.Logf("nsmc by %s: %d ids, %.1f a text, %.2f %% known", s.unit(), v.Size(), float64(ids)/5000,
			100*known[s.unit()])
	}
	if known["word"] > 0.8 || known["character"] < 0.99 || known["jamo"] < 0.99 || known["pair"] != 1 {
		t.Errorf("known shares %v", known)
	}
	imdb := sharedText(t, "imdb-test.csv.gz", data.CSVOptions{})
	if c, err = imdb.Column("text"); err != nil || imdb.Rows != 25000 {
		t.Fatalf("imdb: %d rows, %v", imdb.Rows, err)
	}
	texts = texts[:0]
	for i := range 1000 {
		texts = append(texts, c.Text(i))
	}
	v := fitted(t, texts, Spec{Words: 5000, Length: 200, Markup: true})
	if v.Tokens[0] != "the" || v.Size() != 5000 || slices.Contains(v.Tokens, "br") {
		t.Errorf("imdb: %d ids, the first %q", v.Size(), v.Tokens[:5])
	}
	play, err := os.ReadFile(filepath.Join(os.Getenv("GORAE_SHARED"), "data", "text", "tinyshakespeare.txt"))
	if err != nil {
		t.Fatal(err)
	}
	v = fitted(t, []string{string(play)}, Spec{Unit: "character", Case: true})
	if v.Size() != 65+2 || len(v.Encode(string(play))) != len(play) ||
		v.Decode(v.Encode(string(play[:1000]))) != string(play[:1000]) {
		t.Errorf("tinyshakespeare: %d ids; it has 65 characters", v.Size())
	}
}

func ExampleFit() {
	v, err := Fit([]string{"the whale dives deep", "the whale sings"}, Spec{Length: 5})
	if err != nil {
		fmt.Println(err)
		return
	}
	ids := make([]float32, v.Width())
	v.Apply(ids, "The whale sleeps")
	fmt.Println(v.Tokens, v.Size())
	fmt.Println(ids)
	// Output:
	// [the whale deep dives sings] 7
	// [2 3 1 0 0]
}
