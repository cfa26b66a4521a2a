package lookup

import (
	"gorae/config"
	"gorae/internal/hash"
	"gorae/tensor"
)

// Hashing gives each text one of NumBins bins: y = h(x) mod NumBins, where h is FarmHash's Fingerprint64 of the bytes
// in UTF-8, or SipHash-2-4 with the key Salt. With MaskValue y = 0 for that text, and 1 + h(x) mod (NumBins − 1) for
// all others. Whole numbers are hashed by [gorae/layer.Hashing].
//
// NumBins is required. Salt is none by default, two whole numbers or one that stands for both; MaskValue is none.
// Output is int (default), one_hot, multi_hot or count, with the shapes of [StringLookup].
//
// With 7 bins the texts "whale" and "blue" are both in bin 6.
//
// Source: Keras 3.15, keras/src/layers/preprocessing/hashing.py.
type Hashing struct {
	Name      string   `keras:"name"`
	_         struct{} `keras:"trainable~true,dtype~float32"`
	NumBins   int      `keras:"num_bins,main,required,min=1,what=number of bins"`
	Salt      []int    `keras:"salt,each=2"`
	MaskValue *string  `keras:"mask_value"`
	Output    string   `keras:"output_mode,default=int,oneof=int|one_hot|multi_hot|count"`
	_         struct{} `keras:"?sparse=false"`
}

// Apply implements Layer.
func (l Hashing) Apply(x Texts) (*tensor.Tensor, error) {
	l = config.Filled(l)
	if err := config.Check(l); err != nil {
		return nil, err
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	masks := l.MaskValue != nil && l.NumBins > 1
	ids := make([]int, len(x.Values))
	for i, v := range x.Values {
		switch {
		case !masks:
			ids[i] = int(hash.Bin(v, l.NumBins, l.Salt))
		case v != *l.MaskValue:
			ids[i] = 1 + int(hash.Bin(v, l.NumBins-1, l.Salt))
		}
	}
	return encode(ids, x.Shape, l.Output, l.NumBins, nil), nil
}

// Shape implements Layer.
func (l Hashing) Shape(sample tensor.Shape) (tensor.Shape, error) {
	l = config.Filled(l)
	return encodedShape(append(tensor.Shape{1}, sample...), l.Output, l.NumBins)[1:], config.Check(l)
}
