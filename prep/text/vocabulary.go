package text

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
)

// Padding and Unknown are the ids that mean no token.
const (
	Padding = 0
	Unknown = 1
)

// Vocabulary is a Spec fitted to training texts.
type Vocabulary struct {
	Spec   Spec       `json:"spec"`             // complete
	Tokens []string   `json:"tokens,omitempty"` // token i has the id i + 2; none for byte pairs
	Merges [][2]int32 `json:"merges,omitempty"` // of byte pairs: merge i joins two ids to id 258 + i
	// IDF of token i, for tfidf: ln((1 + n) / (1 + df)) + 1 with n training texts, df of which hold the token:
	// scikit-learn's smooth formula.
	IDF []float64 `json:"idf,omitempty"`

	id    map[string]int32
	ranks map[[2]int32]int32
	bytes [][]byte // of byte pairs' ids from 2 on
	cache *pieceCache
}

// Fit counts the tokens of the training texts and keeps the most frequent. Texts without a single token are an error.
func Fit(texts []string, s Spec) (*Vocabulary, error) {
	if err := config.Check(s); err != nil {
		return nil, err
	}
	v := &Vocabulary{Spec: s}
	count := map[string]int{}
	df := map[string]int{}
	longest, counts := 0, s.Unit != "pair" && (s.Output == "tfidf" || s.MaxDF > 0)
	for _, t := range texts {
		n := 0
		var seen map[string]bool // a nil map answers no
		if counts {
			seen = map[string]bool{}
		}
		s.grams(s.Tokens(t), func(g string) {
			n++
			count[g]++
			if counts && !seen[g] {
				seen[g] = true
				df[g]++
			}
		})
		longest = max(longest, n)
	}
	if len(count) == 0 {
		return nil, config.Errorf("text", "%d training texts hold no %s; is it the right column?", len(texts), s.unit())
	}
	if s.MaxDF > 0 {
		for t, n := range df {
			if float64(n) > s.MaxDF*float64(len(texts)) {
				delete(count, t)
			}
		}
		if len(count) == 0 {
			return nil, config.Errorf("text.max_df", "every token is in more than %v of the training texts; give a "+
				"greater share", s.MaxDF)
		}
	}
	if s.Unit == "pair" {
		v.learnPairs(count)
	} else if err := v.keep(count); err != nil {
		return nil, err
	}
	if err := v.index(); err != nil {
		return nil, err
	}
	if s.Unit == "pair" && (s.Output == "tfidf" || s.ids() && s.Length == 0) {
		longest = 0
		ids := make([]float64, v.Size()-2)
		for _, t := range texts {
			code := v.Encode(t)
			longest = max(longest, len(code))
			slices.Sort(code)
			for _, id := range slices.Compact(code) {
				ids[id-2]++
			}
		}
		v.IDF = ids
	} else if s.Output == "tfidf" {
		for _, t := range v.Tokens {
			v.IDF = append(v.IDF, float64(df[t]))
		}
	}
	if s.Output == "tfidf" {
		for i, d := range v.IDF {
			v.IDF[i] = math.Log((1+float64(len(texts)))/(1+d)) + 1
		}
	} else {
		v.IDF = nil
	}
	if s.ids() && s.Length == 0 {
		v.Spec.Length = max(1, longest)
	}
	return v, nil
}

func (s Spec) unit() string {
	if s.Unit == "" {
		return "word"
	}
	return s.Unit
}

// keep takes the most frequent tokens.
func (v *Vocabulary) keep(count map[string]int) error {
	for t, n := range count {
		if n >= v.Spec.Count {
			v.Tokens = append(v.Tokens, t)
		}
	}
	if len(v.Tokens) == 0 {
		return config.Errorf("text.count", "no token occurs %d times in the training texts; give a smaller count",
			v.Spec.Count)
	}
	slices.SortFunc(v.Tokens, func(a, b string) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a, b))
	})
	if most := v.Spec.Words - 2; v.Spec.Words > 0 && len(v.Tokens) > most {
		v.Tokens = slices.Clone(v.Tokens[:most])
	}
	return nil
}

// index prepares look-ups.
func (v *Vocabulary) index() error {
	v.cache = &pieceCache{m: map[string][]int32{}}
	if v.Spec.Unit == "pair" {
		return v.indexPairs()
	}
	v.id = make(map[string]int32, len(v.Tokens))
	for i, t := range v.Tokens {
		if _, twice := v.id[t]; twice {
			return fmt.Errorf("the token %q twice", t)
		}
		v.id[t] = int32(i + 2)
	}
	return nil
}

// Size returns the number of ids, padding and unknown counted: an Embedding's input_dim.
func (v *Vocabulary) Size() int {
	if v.Spec.Unit == "pair" {
		return firstMerge + len(v.Merges)
	}
	return len(v.Tokens) + 2
}

// Width returns the length of the row that a text becomes: Length ids, or one number for each token.
func (v *Vocabulary) Width() int {
	if v.Spec.ids() {
		return v.Spec.Length
	}
	return v.Size() - 2
}

// Encode returns the ids of a text, one for each token and n-gram.
func (v *Vocabulary) Encode(text string) []int32 {
	tokens := v.Spec.Tokens(text)
	out := make([]int32, 0, len(tokens))
	if v.Spec.Unit == "pair" {
		for _, p := range tokens {
			out = append(out, v.encodePiece(p)...)
		}
		return out
	}
	v.Spec.grams(tokens, func(g string) {
		id, ok := v.id[g]
		if !ok {
			id = Unknown
		}
		out = append(out, id)
	})
	return out
}

// Known returns the ids of a text without those of unknown tokens, and these tokens, each once, in the order of the
// text.
func (v *Vocabulary) Known(text string) (ids []int32, unknown []string) {
	if v.Spec.Unit == "pair" {
		return v.Encode(text), nil
	}
	v.Spec.grams(v.Spec.Tokens(text), func(g string) {
		if id, ok := v.id[g]; ok {
			ids = append(ids, id)
		} else if !slices.Contains(unknown, g) {
			unknown = append(unknown, g)
		}
	})
	return ids, unknown
}

// Token returns the text of an id: "" for padding, U+FFFD for unknown.
func (v *Vocabulary) Token(id int32) string {
	switch {
	case id == Padding:
		return ""
	case id < 2 || int(id) >= v.Size():
		return "\ufffd"
	case v.Spec.Unit == "pair":
		return string(v.bytes[id-2])
	}
	return v.Tokens[id-2]
}

// Decode returns the text of ids: words with blanks between them, marks where they belong, all else joined
// as it is, jamo put together into syllables.
func (v *Vocabulary) Decode(ids []int32) string {
	var b strings.Builder
	var blanks spacing
	for _, id := range ids {
		if id == Padding {
			continue
		}
		if words := v.Spec.unit() == "word"; words && (!v.Spec.Marks || blanks.next(v.Token(id))) && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(v.Token(id))
	}
	if v.Spec.Unit == "jamo" {
		return composed(b.String())
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

// Apply writes what a text becomes: its ids, cut and padded, or its bag. An empty
// text is all padding, or an empty bag. To has Width numbers.
func (v *Vocabulary) Apply(to []float32, text string) {
	ids := v.Encode(text)
	if v.Spec.ids() {
		for i := range to {
			to[i] = Padding
		}
		from, at := v.cut(len(ids), len(to))
		for i, id := range ids[from:min(len(ids), from+len(to))] {
			to[at+i] = float32(id)
		}
		return
	}
	clear(to)
	for _, id := range ids {
		if id < 2 {
			continue
		}
		if v.Spec.Output == "bag" {
			to[id-2] = 1
		} else {
			to[id-2]++
		}
	}
	if v.Spec.Output == "tfidf" {
		v.weigh(to)
	}
}

// cut returns the first of n ids that stays in length places, and the place it gets.
func (v *Vocabulary) cut(n, length int) (from, at int) {
	if n > length {
		if v.Spec.Keep == "first" {
			return 0, 0
		}
		return n - length, 0
	}
	if v.Spec.Pad == "before" {
		return 0, length - n
	}
	return 0, 0
}

// weigh multiplies counts, or 1 and their logarithms, by IDF and brings the text to length 1.
func (v *Vocabulary) weigh(to []float32) {
	ss := 0.0
	for i, c := range to {
		if c != 0 {
			if v.Spec.SublinearTF {
				c = float32(1 + math.Log(float64(c)))
				to[i] = c
			}
			w := float64(c) * v.IDF[i]
			ss += w * w
		}
	}
	if ss == 0 {
		return
	}
	for i, c := range to {
		if c != 0 {
			to[i] = float32(float64(c) * v.IDF[i] / math.Sqrt(ss))
		}
	}
}
