package layer

import (
	"slices"
	"strconv"

	"gorae/config"
	"gorae/graph"
	"gorae/internal/hash"
	"gorae/internal/vocabulary"
	"gorae/tensor"
)

func init() { Layers.Register(IntegerLookup{}) }

// IntegerLookup gives each whole number its place in a vocabulary. With v the vocabulary, m = 1 where there is a
// MaskToken and Output is int, else 0, and o = NumOOVIndices:
//
//	0          x is MaskToken (in other modes than int it is left out)
//	m + o + i  x = v_i
//	m + h(x)   x is not in the vocabulary; h(x) is 0 for o = 1
//	−1         the same for o = 0, which Keras refuses
//
// For o above 1 h(x) is x mod o (OOVMethod floormod, the default), or the hash of the decimal digits mod o (farmhash;
// with a Salt SipHash).
//
// Vocabulary (required, unless [IntegerLookup.Adapted] makes it) may begin with MaskToken and o times OOVToken, as
// Keras's get_vocabulary gives it. NumOOVIndices is 1 by default, OOVToken −1, MaskToken none. With Invert the layer is
// the way back. MaxTokens is the greatest size of the vocabulary, with the first m + o indices. Output says what
// becomes of the indices of a vocabulary of n, or of MaxTokens with PadToMaxTokens:
//
//	int        the index (default): [batch, …] → [batch, …]
//	one_hot    [batch, …] → [batch, …, n], an axis of extent 1 is replaced
//	multi_hot  1 for each that occurs along axis 1: [batch, k, …] → [batch, …, n]
//	count      how often it occurs
//	tf_idf     the count times IDFWeights
//
// With the vocabulary 12, 36, 42 the numbers 36, 7 and 12 have the indices 2, 0 and 1.
//
// Source: Keras 3.15, keras/src/layers/preprocessing/index_lookup.py.
type IntegerLookup struct {
	Base
	_             struct{} `keras:"dtype~float32"`
	MaxTokens     int      `keras:"max_tokens,optional,min=2,what=number of tokens"`
	NumOOVIndices *int     `keras:"num_oov_indices,default=1,min=0,what=number of indices"`
	// MaskToken is the number that means that there is none.
	MaskToken *int `keras:"mask_token"`
	// OOVToken is what Invert makes of the indices for numbers that are not in the vocabulary.
	OOVToken *int `keras:"oov_token,default=-1"`
	// Vocabulary are the numbers that have indices.
	Vocabulary []int    `keras:"vocabulary"`
	_          struct{} `keras:"vocabulary_dtype~int64,?vocabulary_size~null"`
	// IDFWeights are the factors of tf_idf, one for each number of the vocabulary.
	IDFWeights []float64 `keras:"idf_weights"`
	// Invert makes numbers of indices.
	Invert bool   `keras:"invert"`
	Output string `keras:"output_mode,default=int,oneof=int|one_hot|multi_hot|count|tf_idf"`
	// PadToMaxTokens makes MaxTokens features, also where the vocabulary has fewer.
	PadToMaxTokens bool `keras:"pad_to_max_tokens"`
	// OOVMethod chooses among several indices for numbers that are not in the vocabulary.
	OOVMethod string `keras:"oov_method,default=floormod,oneof=floormod|farmhash"`
	// Salt is the key of SipHash: two whole numbers, or one that stands for both.
	Salt []int    `keras:"salt,each=2"`
	_    struct{} `keras:"?sparse=false"`
}

// spec is the arguments that a vocabulary of any tokens has; of a filled layer.
func (l IntegerLookup) spec() vocabulary.Spec[int] {
	s := vocabulary.Spec[int]{Vocabulary: l.Vocabulary, IDF: l.IDFWeights, Mask: l.MaskToken, OOV: *l.OOVToken,
		NumOOV: *l.NumOOVIndices, Output: l.Output, Max: l.MaxTokens, Pad: l.PadToMaxTokens, Invert: l.Invert}
	s.Hash = func(v, n int) uint64 {
		if l.OOVMethod == "farmhash" {
			return hash.Bin(strconv.Itoa(v), n, l.Salt)
		}
		return uint64((v%n + n) % n)
	}
	return s
}

// Check tests the vocabulary and the keys that go together.
func (l IntegerLookup) Check() error {
	l = config.Filled(l)
	if l.Salt != nil && l.OOVMethod != "farmhash" {
		return config.Errorf("salt", "goes with oov_method: farmhash").Fix("leave it out").Coded(config.Conflict)
	}
	return l.spec().Check()
}

// Call implements Layer.
func (l IntegerLookup) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	v := l.spec()
	if own, _ := v.Own(); len(own) == 0 {
		s.Fail("vocabulary: there is none; give it, or make it of data with Adapted")
	}
	ids := idsOf(one(s, x))
	content := []any{l.Vocabulary, l.MaskToken != nil, *l.OOVToken, *l.NumOOVIndices, l.MaxTokens, l.PadToMaxTokens,
		l.Invert, l.OOVMethod, l.Salt}
	if l.MaskToken != nil {
		content = append(content, *l.MaskToken)
	}
	if l.Invert {
		all := v.All()
		t := table("number", func(x float64) int32 {
			if x < 0 || x >= float64(len(all)) {
				return int32(v.OOV)
			}
			return int32(all[int(x)])
		}, content...)
		for i := range all {
			t.listed = append(t.listed, i)
		}
		return []*graph.Node{ids.Map(t)}
	}
	index := v.Index()
	t := table("index", func(x float64) int32 { return int32(index(int(x))) }, content...)
	if *l.NumOOVIndices < 2 {
		t.listed = slices.Clone(l.Vocabulary)
		if l.MaskToken != nil && !slices.Contains(t.listed, *l.MaskToken) {
			t.listed = append(t.listed, *l.MaskToken)
		}
	}
	ids = ids.Map(t)
	if l.Output != "tf_idf" {
		return []*graph.Node{encoded(s, ids, l.Output, v.Size())}
	}
	weights := tensor.New(tensor.Float32, v.Size())
	for i, w := range v.Weights() {
		weights.F32[i] = float32(w)
	}
	return []*graph.Node{encoded(s, ids, "count", v.Size()).Mul(s.Graph.Const(weights))}
}

// Adapted is the layer with the vocabulary of x, whose rows are documents: the numbers by frequency, the greater of
// equally frequent ones first; with output_mode tf_idf the weights are ln(1 + documents/(1 + documents with the
// number)).
func (l IntegerLookup) Adapted(x *tensor.Tensor) (IntegerLookup, error) {
	l = config.Filled(l)
	values := graph.ArrayOf(x).V
	var documents [][]int
	for i, v := range values {
		if i*x.Shape[0]%len(values) == 0 {
			documents = append(documents, nil)
		}
		d := &documents[len(documents)-1]
		*d = append(*d, int(v))
	}
	v, err := l.spec().Learnt(documents)
	if err != nil {
		return l, err
	}
	l.Vocabulary, l.IDFWeights = v.Vocabulary, v.IDF
	return l, config.Check(l)
}

// Traits implements Described.
func (IntegerLookup) Traits() Traits { return rearranging(AnyFormat) }
