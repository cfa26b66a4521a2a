package text

import (
	"encoding/json"
	"fmt"
	"math"

	"gorae/config"
)

// Spec is the requested encoding of a column of text. In JSON and YAML it is a map:
//
//	{words: 20000, length: 200}
//	{unit: jamo, words: 500, length: 300, pad: before}
//	{ngrams: 2, count: 5, output: tfidf}
type Spec struct {
	// Unit is word (also ""): letters, marks and digits with apostrophes between them;
	// character: every one, blanks included; jamo: characters, Hangul syllables taken
	// apart; pair: byte pairs (Sennrich et al. 2016), joined by frequency in the training texts.
	Unit string `keras:"unit,oneof=word|character|jamo|pair" json:"unit,omitempty"`
	// Words is the size of the vocabulary, padding and unknown counted, as Keras's
	// max_tokens: an Embedding's input_dim. The most frequent tokens stay; 0: all, for
	// pairs 8,000.
	Words int `keras:"words,min=3,max=16777216,what=number of tokens" json:"words,omitempty"`
	// Count is the least number of times that a token must occur in the training texts; 0 means once.
	Count int `keras:"count,min=1,max=16777216,what=number of times" json:"count,omitempty"`
	// MaxDF leaves out tokens that more than this share of the training texts hold (scikit-learn's max_df): words such
	// as "the" and "his" tell how a text is written, not what it is about. 0: none are left out.
	MaxDF float64 `keras:"max_df,positive,below=1,what=share of the texts" json:"max_df,omitempty"`
	// Ngrams adds runs of 2 … Ngrams tokens as tokens of their own.
	Ngrams int `keras:"ngrams,min=1,max=10,what=number of tokens" json:"ngrams,omitempty"`
	// Case keeps capitals; otherwise text is brought to lower case.
	Case bool `keras:"case" json:"case,omitempty"`
	// Markup drops tags, <…>, first.
	Markup bool `keras:"markup" json:"markup,omitempty"`
	// Marks makes tokens of punctuation marks and symbols too, where the unit is word; otherwise they only separate
	// words.
	Marks bool `keras:"marks" json:"marks,omitempty"`
	// Output is ids (also ""), bag (1 where a token occurs), count (how often) or tfidf.
	Output string `keras:"output,oneof=ids|bag|count|tfidf" json:"output,omitempty"`
	// SublinearTF takes 1 + ln(count) for the count of a token in tfidf.
	SublinearTF bool `keras:"sublinear_tf" json:"sublinear_tf,omitempty"`
	// Length is the number of ids; 0: of the longest training text.
	Length int `keras:"length,min=1,max=16777216,what=number of ids" json:"length,omitempty"`
	// Pad puts padding before or after (also "") the ids.
	Pad string `keras:"pad,oneof=before|after" json:"pad,omitempty"`
	// Keep says which end of a long text stays: last (also "") or first.
	Keep string `keras:"keep,oneof=last|first" json:"keep,omitempty"`
}

// ParseSpec reads a Spec as a JSON or YAML decoder gives it: a map, or nil or true
// for the zero Spec. Its errors are [config.Error], with a path that begins with text.
func ParseSpec(v any) (Spec, error) {
	var s Spec
	if v == nil || v == true {
		return s, nil
	}
	return s, config.Under("text", (&config.Decoder{}).Decode(&s, v))
}

// Check returns an error where keys contradict each other; [config.Check] also checks their values.
func (s Spec) Check() error {
	conflict := func(key, format string, args ...any) *config.Error {
		return config.Errorf(key, format, args...).Coded(config.Conflict)
	}
	switch {
	case s.Unit == "pair" && s.Words > 0 && s.Words < firstMerge+1:
		return conflict("words", "%d are too few for byte pairs: padding, unknown and 256 bytes come first", s.Words).
			Fix("give %d or more", firstMerge+1)
	case s.Unit == "pair" && s.Ngrams > 1:
		return conflict("ngrams", "%d does not go with unit: pair", s.Ngrams).Fix("give unit: word or character")
	case s.Unit == "pair" && s.MaxDF > 0:
		return conflict("max_df", "%v does not go with unit: pair", s.MaxDF).Fix("leave it out")
	case s.SublinearTF && s.Output != "tfidf":
		return conflict("sublinear_tf", "goes with output: tfidf").Fix("leave it out")
	case s.Marks && s.unit() != "word":
		return conflict("marks", "goes with unit: word").Fix("unit: %s keeps all characters, leave it out", s.Unit)
	case !s.ids() && (s.Length > 0 || s.Pad != "" || s.Keep != ""):
		return conflict("length", "length, pad and keep go with output: ids, not %s", s.Output)
	}
	return nil
}

// ids reports whether the output is a sequence, not a bag.
func (s Spec) ids() bool { return s.Output == "" || s.Output == "ids" }

// Ids reports whether the output is a sequence of ids for an Embedding.
func (s Spec) Ids() bool { return s.ids() }

// UnmarshalJSON reads a saved vocabulary; one that Fit could not have made is an error.
func (v *Vocabulary) UnmarshalJSON(b []byte) error {
	type plain Vocabulary
	var q plain
	if err := json.Unmarshal(b, &q); err != nil {
		return fmt.Errorf("vocabulary: %w", err)
	}
	r := Vocabulary(q)
	if err := config.Check(r.Spec); err != nil {
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
