package layer

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Layers.Register(Hashing{}) }

// Hashing gives each whole number one of NumBins bins by a hash of its decimal digits: y = h(digits) mod NumBins, where
// h is FarmHash's Fingerprint64, or SipHash-2-4 with the key Salt. With MaskValue y = 0 for that number, and
// 1 + h(digits) mod (NumBins − 1) for all others. Numbers that are not whole are cut off towards 0. Texts are hashed
// by [gorae/prep/lookup.Hashing], which has the same arguments.
//
// NumBins is required. Salt and MaskValue are none by default. Output says what becomes of the bins:
//
//	int        the bin (default): [batch, …] → [batch, …]
//	one_hot    [batch, …] → [batch, …, NumBins], an axis of extent 1 is replaced
//	multi_hot  1 for each that occurs along axis 1: [batch, k, …] → [batch, …, NumBins]
//	count      how often it occurs
//
// With 7 bins the numbers 420 and 91 are in the bins 4 and 6.
//
// Source: Keras 3.15, keras/src/layers/preprocessing/hashing.py.
type Hashing struct {
	Base
	_       struct{} `keras:"dtype~float32"`
	NumBins int      `keras:"num_bins,main,required,min=1,what=number of bins"`
	// Salt is the key of SipHash: two whole numbers, or one that stands for both.
	Salt      []int    `keras:"salt,each=2"`
	MaskValue *int     `keras:"mask_value"`
	Output    string   `keras:"output_mode,default=int,oneof=int|one_hot|multi_hot|count"`
	_         struct{} `keras:"?sparse=false"`
}

// Call implements Layer.
func (l Hashing) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	t := hashed(l.NumBins, l.Salt)
	if l.MaskValue != nil && l.NumBins > 1 {
		rest := hashed(l.NumBins-1, l.Salt)
		t = table("hash", func(x float64) int32 {
			if int(x) == *l.MaskValue {
				return 0
			}
			return 1 + rest.Of(x)
		}, l.NumBins, l.Salt, *l.MaskValue)
	}
	return []*graph.Node{encoded(s, idsOf(one(s, x)).Map(t), l.Output, l.NumBins)}
}

// Traits implements Described.
func (Hashing) Traits() Traits { return rearranging(AnyFormat) }
