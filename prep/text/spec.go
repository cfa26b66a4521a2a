package text

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"gorae/internal/spell"
)

// Spec is what is wished for a column of text. In JSON and YAML it is a map:
//
//	{words: 20000, length: 200}
//	{unit: jamo, words: 500, length: 300, pad: before}
//	{ngrams: 2, count: 5, output: tfidf}
type Spec struct {
	// Unit is word (also ""): letters, marks and digits with apostrophes between them;
	// character: every one, blanks included; jamo: characters, Hangul syllables taken
	// apart; pair: byte pairs (Sennrich et al. 2016), joined by frequency in the learning texts.
	Unit string `keras:"unit,oneof=word|character|jamo|pair" json:"unit,omitempty"`
	// Words is the size of the vocabulary, padding and unknown counted, as Keras's
	// max_tokens: an Embedding's input_dim. The most frequent tokens stay; 0: all, for
	// pairs 8,000.
	Words int `keras:"words,min=3,max=16777216,what=number of tokens" json:"words,omitempty"`
	// Count is how often a token must occur in the learning texts; 0 means once.
	Count int `keras:"count,min=1,max=16777216,what=number of times" json:"count,omitempty"`
	// Ngrams adds runs of 2 … Ngrams tokens as tokens of their own.
	Ngrams int `keras:"ngrams,min=1,max=10,what=number of tokens" json:"ngrams,omitempty"`
	// Case keeps capitals; otherwise text is brought to lower case.
	Case bool `keras:"case" json:"case,omitempty"`
	// Markup drops tags, <…>, first.
	Markup bool `keras:"markup" json:"markup,omitempty"`
	// Marks makes tokens of punctuation marks and symbols too, where the unit is word; otherwise they
	// only part words.
	Marks bool `keras:"marks" json:"marks,omitempty"`
	// Output is ids (also ""), bag (1 where a token occurs), count (how often) or tfidf.
	Output string `keras:"output,oneof=ids|bag|count|tfidf" json:"output,omitempty"`
	// Length is the number of ids; 0: of the longest learning text.
	Length int `keras:"length,min=1,max=16777216,what=number of ids" json:"length,omitempty"`
	// Pad puts padding before or after (also "") the ids.
	Pad string `keras:"pad,oneof=before|after" json:"pad,omitempty"`
	// Keep says which end of a long text stays: last (also "") or first.
	Keep string `keras:"keep,oneof=last|first" json:"keep,omitempty"`
}

var words = map[string][]string{
	"unit": {"word", "character", "jamo", "pair"}, "output": {"ids", "bag", "count", "tfidf"}, "pad": {"before", "after"}, "keep": {"last", "first"},
}

// Keys are those that ParseSpec knows.
func Keys() []string { return slices.Clone(keys) }

var keys = []string{"unit", "words", "count", "ngrams", "case", "markup", "marks", "output", "length", "pad", "keep"}

// ParseSpec reads a Spec as a JSON or YAML decoder gives it: a map, or nil or true
// for the zero Spec.
func ParseSpec(v any) (Spec, error) {
	var s Spec
	switch m := v.(type) {
	case nil:
		return s, nil
	case bool:
		if m {
			return s, nil
		}
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains(keys, k) {
				return s, fmt.Errorf("text: unknown key %q; known are %s%s", k, strings.Join(keys, ", "), spell.Hint(k, keys))
			}
		}
		b, err := json.Marshal(m)
		if err == nil {
			err = json.Unmarshal(b, &s)
		}
		if e, ok := err.(*json.UnmarshalTypeError); ok {
			return s, fmt.Errorf("text: %s: a %s stands where a %s is wanted", e.Field, e.Value, kind(e.Type.Kind().String()))
		}
		if err != nil {
			return s, fmt.Errorf("text: %w", err)
		}
		for _, n := range s.numbers() {
			if _, written := m[n.key]; written && n.value == 0 {
				return s, fmt.Errorf("text.%s: 0; give 1 to %d, or leave it out", n.key, 1<<24)
			}
		}
		return s, s.Check()
	}
	return s, fmt.Errorf("text: %v is no map; give for example {words: 20000, length: 200}", v)
}

func kind(k string) string {
	switch k {
	case "int":
		return "whole number"
	case "bool":
		return "true or false"
	}
	return k
}

// Check refuses what cannot be.
func (s Spec) Check() error {
	for _, w := range []struct{ key, value string }{{"unit", s.Unit}, {"output", s.Output}, {"pad", s.Pad}, {"keep", s.Keep}} {
		if known := words[w.key]; w.value != "" && !slices.Contains(known, w.value) {
			return fmt.Errorf("text.%s: %q is none of %s%s", w.key, w.value, strings.Join(known, ", "), spell.Hint(w.value, known))
		}
	}
	for _, n := range s.numbers() {
		if n.value < 0 || n.value > 1<<24 {
			return fmt.Errorf("text.%s: %d; give 1 to %d, or leave it out", n.key, n.value, 1<<24)
		}
	}
	switch {
	case s.Words > 0 && s.Words < 3:
		return fmt.Errorf("text.words: %d leaves no word: padding and unknown count too; give 3 or more", s.Words)
	case s.Unit == "pair" && s.Words > 0 && s.Words < firstMerge+1:
		return fmt.Errorf("text.words: %d are too few for byte pairs: padding, unknown and 256 bytes come first; give %d or more", s.Words, firstMerge+1)
	case s.Unit == "pair" && s.Ngrams > 1:
		return fmt.Errorf("text.ngrams: %d does not go with unit: pair; give unit: word or character", s.Ngrams)
	case s.Marks && s.unit() != "word":
		return fmt.Errorf("text.marks: goes with unit: word; unit: %s keeps all characters, leave it out", s.Unit)
	case s.Ngrams > 10:
		return fmt.Errorf("text.ngrams: %d; give 1 to 10", s.Ngrams)
	case !s.ids() && (s.Length > 0 || s.Pad != "" || s.Keep != ""):
		return fmt.Errorf("text.length: length, pad and keep go with output: ids, not %s", s.Output)
	}
	return nil
}

type number struct {
	key   string
	value int
}

// numbers is the keys that count something; 0 is left out.
func (s Spec) numbers() []number {
	return []number{{"words", s.Words}, {"count", s.Count}, {"ngrams", s.Ngrams}, {"length", s.Length}}
}

// ids says whether the output is a sequence, not a bag.
func (s Spec) ids() bool { return s.Output == "" || s.Output == "ids" }

// Ids reports whether the output is a sequence of ids for an Embedding.
func (s Spec) Ids() bool { return s.ids() }

// UnmarshalJSON reads a saved vocabulary and refuses one that could not have been fitted.
func (v *Vocabulary) UnmarshalJSON(b []byte) error {
	type plain Vocabulary
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("vocabulary: %w", err)
	}
	r := Vocabulary(q)
	if err := r.Spec.Check(); err != nil {
		return fmt.Errorf("vocabulary: %w", err)
	}
	pairs := r.Spec.Unit == "pair"
	switch {
	case !pairs && len(r.Merges) > 0, pairs && len(r.Tokens) > 0, !pairs && len(r.Tokens) == 0:
		return fmt.Errorf("vocabulary: %d tokens and %d pairs for unit %q", len(r.Tokens), len(r.Merges), r.Spec.Unit)
	case r.Spec.ids() && r.Spec.Length < 1:
		return fmt.Errorf("vocabulary: a length of %d", r.Spec.Length)
	case r.Spec.Output == "tfidf" && len(r.IDF) != r.Size()-2:
		return fmt.Errorf("vocabulary: %d idf weights for %d tokens", len(r.IDF), r.Size()-2)
	}
	for _, w := range r.IDF {
		if !(w > 0) || math.IsInf(w, 0) {
			return fmt.Errorf("vocabulary: an idf weight of %v", w)
		}
	}
	for i, m := range r.Merges {
		for _, id := range m {
			if id < 2 || int(id) >= firstMerge+i {
				return fmt.Errorf("vocabulary: pair %d joins %d and %d, which do not exist then", i, m[0], m[1])
			}
		}
	}
	if err := r.index(); err != nil {
		return fmt.Errorf("vocabulary: %w", err)
	}
	*v = r
	return nil
}
