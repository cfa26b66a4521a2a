package lookup

import (
	"gorae/config"
	"gorae/internal/hash"
	"gorae/internal/vocabulary"
	"gorae/tensor"
)

// StringLookup gives each text its place in a vocabulary. With v the vocabulary, m = 1 where there is a MaskToken and
// Output is int, else 0, and o = NumOOVIndices:
//
//	0         x is MaskToken (in other modes than int it is left out)
//	m + o + i x = v_i
//	m + h(x)  x is not in the vocabulary; h(x) is 0 for o = 1, else FarmHash's Fingerprint64, or SipHash with the key
//	          Salt, mod o
//
// With o = 0 a text that is not in the vocabulary is an error. Vocabulary (required, unless [StringLookup.Adapted]
// makes it) may begin with MaskToken and o times OOVToken. NumOOVIndices is 1 by default, OOVToken "[UNK]", MaskToken
// none. MaxTokens is the greatest size of the vocabulary, with the first m + o indices. Output says what becomes of the
// indices of a vocabulary of n, or of MaxTokens with PadToMaxTokens:
//
//	int        the index (default): [samples, …] → [samples, …]
//	one_hot    [samples, …] → [samples, …, n], an axis of extent 1 is replaced
//	multi_hot  1 for each that occurs along axis 1: [samples, k, …] → [samples, …, n]
//	count      how often it occurs
//	tf_idf     the count times IDFWeights
//
// With the vocabulary sea, whale, blue the texts "blue", "deep" and "sea" have the indices 3, 0 and 1.
//
// Source: Keras 3.15, keras/src/layers/preprocessing/index_lookup.py.
type StringLookup struct {
	Name           string    `keras:"name"`
	_              struct{}  `keras:"trainable~true,dtype~float32"`
	MaxTokens      int       `keras:"max_tokens,optional,min=2,what=number of tokens"`
	NumOOVIndices  *int      `keras:"num_oov_indices,default=1,min=0,what=number of indices"`
	MaskToken      *string   `keras:"mask_token"`
	OOVToken       string    `keras:"oov_token,default=[UNK]"`
	Vocabulary     []string  `keras:"vocabulary,literal"`
	_              struct{}  `keras:"?vocabulary_size~null,?encoding=utf-8"`
	IDFWeights     []float64 `keras:"idf_weights"`
	Invert         bool      `keras:"invert"`
	Output         string    `keras:"output_mode,default=int,oneof=int|one_hot|multi_hot|count|tf_idf"`
	PadToMaxTokens bool      `keras:"pad_to_max_tokens"`
	Salt           []int     `keras:"salt,each=2"`
	_              struct{}  `keras:"?oov_method~floormod,?sparse=false"`
}

// spec is the arguments that a vocabulary of any tokens has; of filled arguments.
func (l StringLookup) spec() vocabulary.Spec[string] {
	return vocabulary.Spec[string]{Vocabulary: l.Vocabulary, IDF: l.IDFWeights, Mask: l.MaskToken, OOV: l.OOVToken,
		NumOOV: *l.NumOOVIndices, Output: l.Output, Max: l.MaxTokens, Pad: l.PadToMaxTokens, Invert: l.Invert,
		Hash: func(v string, n int) uint64 { return hash.Bin(v, n, l.Salt) }}
}

// Check tests the vocabulary and the keys that go together.
func (l StringLookup) Check() error { return config.Filled(l).spec().Check() }

// Tokens is the token of each index.
func (l StringLookup) Tokens() []string { return config.Filled(l).spec().All() }

// Weights are the factors of tf_idf, one for each index.
func (l StringLookup) Weights() []float64 { return config.Filled(l).spec().Weights() }

// Apply implements Layer.
func (l StringLookup) Apply(x Texts) (*tensor.Tensor, error) {
	l = config.Filled(l)
	if err := config.Check(l); err != nil {
		return nil, err
	}
	if l.Invert {
		return nil, config.Errorf("invert", "it takes indices and gives texts").Fix("call Inverted")
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	v := l.spec()
	ids, err := indices(v, x.Values)
	if err != nil {
		return nil, err
	}
	return encode(ids, x.Shape, l.Output, v.Size(), v.Weights()), nil
}

// Inverted is the texts of indices: the way back, with Invert or without it. An index beyond the vocabulary is
// OOVToken.
func (l StringLookup) Inverted(ids *tensor.Tensor) (Texts, error) {
	l = config.Filled(l)
	if err := config.Check(l); err != nil {
		return Texts{}, err
	}
	all := l.spec().All()
	y := Texts{Shape: ids.Shape.Clone()}
	for i := range ids.Len() {
		var id int
		if ids.DType() == tensor.Int32 {
			id = int(ids.I32[i])
		} else if ids.DType() == tensor.Uint8 {
			id = int(ids.U8[i])
		} else {
			id = int(ids.F32[i])
		}
		word := l.OOVToken
		if id >= 0 && id < len(all) {
			word = all[id]
		}
		y.Values = append(y.Values, word)
	}
	return y, nil
}

// Shape implements Layer.
func (l StringLookup) Shape(sample tensor.Shape) (tensor.Shape, error) {
	l = config.Filled(l)
	return encodedShape(append(tensor.Shape{1}, sample...), l.Output, l.spec().Size())[1:], config.Check(l)
}

// Adapted is the layer with the vocabulary of texts, whose first axis is that of documents: tokens by frequency, the
// greater of equally frequent ones first; with output_mode tf_idf the weights are ln(1 + documents/(1 + documents with
// the token)).
func (l StringLookup) Adapted(x Texts) (StringLookup, error) {
	l = config.Filled(l)
	if err := x.check(); err != nil {
		return l, err
	}
	var documents [][]string
	for i, v := range x.Values {
		if i*x.Shape[0]%len(x.Values) == 0 {
			documents = append(documents, nil)
		}
		d := &documents[len(documents)-1]
		*d = append(*d, v)
	}
	return l.learnt(documents)
}

// learnt is the layer with the vocabulary of documents.
func (l StringLookup) learnt(documents [][]string) (StringLookup, error) {
	v, err := l.spec().Learnt(documents)
	if err != nil {
		return l, err
	}
	l.Vocabulary, l.IDFWeights = v.Vocabulary, v.IDF
	return l, config.Check(l)
}
