package table

import (
	"gorae/layer"
	"gorae/spec"
)

// How wide the layers of a default network are.
const (
	hiddenUnits  = 256
	hiddenRate   = 0.15 // of dropout
	branchUnits  = 64   // of one of several inputs
	embeddingDim = 64
	textUnits    = 32
	dropoutRate  = 0.3

	bagUnits = 64 // behind a bag of the words of a text
	bagRate  = 0.5
)

// Hidden returns the steps of a default network of one input before its outputs: two dense layers of 256 with
// dropout; for a bag of the words of a text alone one of 64; for texts that become ids an embedding that masks the
// padding and an LSTM in both directions. dim is the length of given word vectors; 0 without.
func (f *Fitted) Hidden(dim int) []spec.Step {
	switch v := f.Pipeline.Vocabulary(); {
	case v == nil:
	case v.Spec.Ids():
		if dim == 0 {
			dim = embeddingDim
		}
		return texts(v.Size(), dim)
	case v.Width() == len(f.FeatureNames()):
		return spec.Steps(layer.Dense{Units: bagUnits, Activation: "relu"}, layer.Dropout{Rate: bagRate})
	}
	dense, dropout := layer.Dense{Units: hiddenUnits, Activation: "relu"}, layer.Dropout{Rate: hiddenRate}
	return spec.Steps(dense, dropout, dense, dropout)
}

// texts returns the layers for ids of a vocabulary.
func texts(size, dim int) []spec.Step {
	return spec.Steps(
		layer.Embedding{InputDim: size, OutputDim: dim, MaskZero: true},
		layer.Dropout{Rate: dropoutRate},
		layer.Bidirectional{Layer: layer.LSTM{Units: textUnits}},
		layer.Dropout{Rate: dropoutRate},
	)
}

// categories returns the layers for the ids of a column of categories: an embedding of half as many features as there
// are ids, at most 50 (Guo and Berkhahn, "Entity Embeddings of Categorical Variables", 2016, choose by hand; the rule
// is fast.ai's).
func categories(ids int) []spec.Step {
	return spec.Steps(layer.Embedding{InputDim: ids, OutputDim: min((ids+1)/2, 50)}, layer.Flatten{})
}
