package lookup

import (
	"fmt"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/vocabulary"
	"gorae/tensor"
)

// TextVectorization cuts texts into tokens and gives each its place in a vocabulary: standardize, split, ngrams, look
// up, pad.
//
//	Standardize  lower_and_strip_punctuation (default), lower, strip_punctuation or none. Capitals are those of ASCII,
//	             the only ones that TensorFlow makes small; punctuation is !"#$%&()*+,-./:;<=>?@[\]^_`{|}~'
//	Split        whitespace (default): runs of blanks, tabs and line ends part tokens; character: each character;
//	             none: a text is one token; samples may have several, [samples, tokens]
//	Ngrams       n: runs of 1 to n tokens, with blanks between them, are tokens too; [n, …]: runs of these lengths
//	             alone; default none
//	Output       int (default): [samples] → [samples, length], index 0 for padding, 1 for what is not known;
//	             multi_hot, count, tf_idf: [samples] → [samples, n], index 0 for what is not known
//	OutputSequenceLength  texts are cut behind so many tokens, and filled up with 0; default: those of the longest
//	MaxTokens    the size of the vocabulary, with the first indices; default: no bound
//	PadToMaxTokens  n is MaxTokens, also where fewer tokens occur
//	Vocabulary, IDFWeights  required, unless [TextVectorization.Adapted] makes them
//
// With the vocabulary sea, whale the text "Whale! The sea." becomes 3, 1, 2.
//
// Source: Keras 3.15, keras/src/layers/preprocessing/text_vectorization.py.
type TextVectorization struct {
	Name      string   `keras:"name"`
	_         struct{} `keras:"trainable~true,dtype~float32"`
	MaxTokens int      `keras:"max_tokens,optional,min=1,what=number of tokens"`
	// Standardize is what is done to a text before it is cut.
	Standardize          string    `keras:"standardize,default=lower_and_strip_punctuation,null=none"`
	Split                string    `keras:"split,default=whitespace,null=none,oneof=whitespace|character|none"`
	Ngrams               Ngrams    `keras:"ngrams"`
	Output               string    `keras:"output_mode,default=int,oneof=int|multi_hot|count|tf_idf"`
	OutputSequenceLength int       `keras:"output_sequence_length,optional,min=1,what=number of tokens"`
	PadToMaxTokens       bool      `keras:"pad_to_max_tokens"`
	Vocabulary           []string  `keras:"vocabulary,literal"`
	IDFWeights           []float64 `keras:"idf_weights"`
	Ragged               bool      `keras:"ragged"`
	_                    struct{}  `keras:"?sparse=false,?encoding=utf-8,?vocabulary_size~null"`
}

// Ngrams are the lengths of runs of tokens.
type Ngrams []int

// UnmarshalConfig implements config.Unmarshaler: a number n stands for 1 to n.
func (n *Ngrams) UnmarshalConfig(d *config.Decoder, written any) error {
	*n = nil
	if written == nil {
		return nil
	}
	if _, ok := written.([]any); ok {
		return d.Decode((*[]int)(n), written)
	}
	var most int
	if err := d.Decode(&most, written); err != nil {
		return err
	}
	if most < 1 {
		return config.Errorf("", "%d is no number of tokens", most).Fix("give 1 or more")
	}
	for i := range most {
		*n = append(*n, i+1)
	}
	return nil
}

// MarshalConfig implements config.Marshaler.
func (n Ngrams) MarshalConfig() any {
	if n == nil {
		return nil
	}
	return []int(n)
}

// EncodeConfig implements config.Encoder.
func (n Ngrams) EncodeConfig() any { return n.MarshalConfig() }

// lookup is the vocabulary; of filled arguments.
func (l TextVectorization) lookup() StringLookup {
	s := StringLookup{MaxTokens: l.MaxTokens, Vocabulary: l.Vocabulary, IDFWeights: l.IDFWeights, Output: l.Output,
		PadToMaxTokens: l.PadToMaxTokens, MaskToken: new(string)}
	return config.Filled(s)
}

// Check tests the vocabulary and the keys that go together.
func (l TextVectorization) Check() error {
	l = config.Filled(l)
	if words := []string{"lower_and_strip_punctuation", "lower", "strip_punctuation", "none"}; !slices.Contains(words,
		l.Standardize) {
		return config.Errorf("standardize", "%q is unknown", l.Standardize).Fix("give %s", strings.Join(words, ", "))
	}
	if l.Output != "int" && (l.OutputSequenceLength > 0 || l.Ragged) {
		return config.Errorf("output_sequence_length", "output_sequence_length and ragged go with output_mode: int, "+
			"not %s", l.Output).Fix("leave them out").Coded(config.Conflict)
	}
	for _, n := range l.Ngrams {
		if n < 1 {
			return config.Errorf("ngrams", "%d is no number of tokens", n).Fix("give 1 or more")
		}
	}
	return l.vocabulary().Check()
}

func (l TextVectorization) vocabulary() vocabulary.Spec[string] {
	v := l.lookup().spec()
	v.Pad = v.Pad && l.Output != "int" // which has no features
	return v
}

// Tokens is the token of each index.
func (l TextVectorization) Tokens() []string { return config.Filled(l).vocabulary().All() }

// Weights are the factors of tf_idf, one for each index.
func (l TextVectorization) Weights() []float64 { return config.Filled(l).vocabulary().Weights() }

// punctuation is what strip_punctuation takes out.
const punctuation = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"

// Cut is the tokens of a text.
func (l TextVectorization) Cut(text string) []string {
	l = config.Filled(l)
	text = l.standard(text)
	switch l.Split {
	case "whitespace":
		return l.runs(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }))
	case "character":
		return l.runs(strings.Split(text, ""))
	}
	return l.runs([]string{text})
}

// standard is a text in small letters and without punctuation.
func (l TextVectorization) standard(text string) string {
	lower := strings.HasPrefix(l.Standardize, "lower")
	strip := strings.HasSuffix(l.Standardize, "strip_punctuation")
	return strings.Map(func(r rune) rune {
		switch {
		case lower && r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case strip && strings.ContainsRune(punctuation, r):
			return -1
		}
		return r
	}, text)
}

// runs is the n-grams of tokens.
func (l TextVectorization) runs(tokens []string) []string {
	if l.Ngrams == nil {
		return tokens
	}
	var runs []string
	for _, n := range l.Ngrams {
		for i := 0; i+n <= len(tokens); i++ {
			runs = append(runs, strings.Join(tokens[i:i+n], " "))
		}
	}
	return runs
}

// cut is the tokens of each sample.
func (l TextVectorization) cut(x Texts) ([][]string, error) {
	if err := x.check(); err != nil {
		return nil, err
	}
	each := 1
	if len(x.Shape) == 2 {
		each = x.Shape[1]
	}
	if len(x.Shape) > 2 || l.Split != "none" && each != 1 {
		return nil, fmt.Errorf("texts of shape %v; give one text for each sample: [samples] or [samples, 1]", x.Shape)
	}
	all := make([][]string, x.Shape[0])
	for i := range all {
		own := x.Values[i*each : (i+1)*each]
		if l.Split != "none" {
			all[i] = l.Cut(own[0])
			continue
		}
		for _, t := range own {
			all[i] = append(all[i], l.standard(t))
		}
		all[i] = l.runs(all[i])
	}
	return all, nil
}

// Lists is the indices of the tokens of each text, neither cut nor filled up: Keras's ragged tensor.
func (l TextVectorization) Lists(x Texts) ([][]int, error) {
	l = config.Filled(l)
	if err := config.Check(l); err != nil {
		return nil, err
	}
	tokens, err := l.cut(x)
	if err != nil {
		return nil, err
	}
	lists := make([][]int, len(tokens))
	v := l.vocabulary()
	for i, t := range tokens {
		if lists[i], err = indices(v, t); err != nil {
			return nil, err
		}
	}
	return lists, nil
}

// Apply implements Layer. Texts have the shape [samples] or [samples, 1]. Ragged lists are filled up to the longest.
func (l TextVectorization) Apply(x Texts) (*tensor.Tensor, error) {
	l = config.Filled(l)
	lists, err := l.Lists(x)
	if err != nil {
		return nil, err
	}
	v := l.vocabulary()
	length := l.OutputSequenceLength
	if length == 0 {
		for _, list := range lists {
			length = max(length, len(list))
		}
	}
	shape, fill := tensor.Shape{len(lists), length}, 0
	if l.Split == "none" && len(x.Shape) == 1 && l.Output == "int" && length == 1 {
		shape = shape[:1] // one token a sample, as the texts have it
	}
	if l.Output != "int" {
		fill = vocabulary.Absent
	}
	var ids []int
	for _, list := range lists {
		ids = append(ids, list[:min(length, len(list))]...)
		ids = append(ids, slices.Repeat([]int{fill}, max(0, length-len(list)))...)
	}
	return encode(ids, shape, l.Output, v.Size(), v.Weights()), nil
}

// Shape implements Layer.
func (l TextVectorization) Shape(sample tensor.Shape) (tensor.Shape, error) {
	l = config.Filled(l)
	switch {
	case l.Output != "int":
		return tensor.Shape{l.vocabulary().Size()}, config.Check(l)
	case l.Split == "none":
		return sample, config.Check(l)
	}
	return tensor.Shape{l.OutputSequenceLength}, config.Check(l)
}

// Adapted is the layer with the vocabulary of texts; see [StringLookup.Adapted].
func (l TextVectorization) Adapted(x Texts) (TextVectorization, error) {
	l = config.Filled(l)
	tokens, err := l.cut(x)
	if err != nil {
		return l, err
	}
	s, err := l.lookup().learnt(tokens)
	l.Vocabulary, l.IDFWeights = s.Vocabulary, s.IDFWeights
	return l, err
}
