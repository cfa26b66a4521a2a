package layer

import (
	"fmt"
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.RegisterOwn(PositionEmbedding{})
	Layers.RegisterOwn(TokenAndPositionEmbedding{})
	Layers.RegisterOwn(SinePositionEncoding{})
}

// PositionEmbedding gives each step a row of features that is learnt, the same for all samples (Gehring, Auli,
// Grangier, Yarats and Dauphin, "Convolutional sequence to sequence learning", 2017): x [batch, steps, features] → y
// of the same shape, y[b, t] = embeddings[t]. It is added to x by an add layer; of x itself only the shape counts.
// There are SequenceLength rows, and steps is no more than that. Keras has it in Keras Hub.
type PositionEmbedding struct {
	Base
	_              struct{} `keras:"dtype~float32"`
	SequenceLength int      `keras:"sequence_length,main,required,min=1,what=number of steps"`
	// Initializer draws the first rows.
	Initializer weight.Initializer `keras:"initializer,default=glorot_uniform"`
}

// Call implements Layer.
func (l PositionEmbedding) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	if len(in.Shape) != 3 {
		s.Fail("needs sequences [steps, features], got samples of shape %v", Features(in.Shape))
	}
	rows := positions(s, "embeddings", l.SequenceLength, in.Shape[1], in.Shape[2], l.Initializer)
	return []*graph.Node{rows.Broadcast(in.Shape...)}
}

// positions returns the first rows of a weight [length, features].
func positions(s *Scope, name string, length, steps, features int, init weight.Initializer) *graph.Node {
	if steps > length {
		s.Fail("sequence_length: %d is shorter than the %d steps; give %d or more", length, steps, steps)
	}
	w := s.Weight(name, []int{length, features}, initial(init, weight.GlorotUniform{}), nil)
	if s.reading() {
		return w.Gather(s.place().Cast(tensor.Int32))
	}
	return w.Narrow(0, 0, steps)
}

// Traits implements Described.
func (PositionEmbedding) Traits() Traits { return placed() }

// placed returns the traits of a layer that knows the places of steps: a piece of a sequence does not tell them, unless
// the trace counts the steps.
func placed() Traits {
	t := Elementwise()
	t.Steps, t.Features, t.Remembers = CausalSteps, NewFeatures, true
	return t
}

// Formula implements Formulator.
func (l PositionEmbedding) Formula(in, out []tensor.Shape) string {
	d := in[0][len(in[0])-1]
	return fmt.Sprintf("%s × %d = %s", Thousands(l.SequenceLength), d, Thousands(l.SequenceLength*d))
}

// TokenAndPositionEmbedding is the sum of an embedding of ids and of a [PositionEmbedding]: ids [batch, steps] →
// [batch, steps, EmbeddingDim]. With MaskZero id 0 is padding, as in [Embedding]. Keras has it in Keras Hub.
type TokenAndPositionEmbedding struct {
	Base
	_              struct{}           `keras:"dtype~float32"`
	VocabularySize int                `keras:"vocabulary_size,required,min=1,what=number of ids"`
	SequenceLength int                `keras:"sequence_length,required,min=1,what=number of steps"`
	EmbeddingDim   int                `keras:"embedding_dim,required,min=1,what=number of features"`
	Embeddings     weight.Initializer `keras:"embeddings_initializer,default=random_uniform"`
	MaskZero       bool               `keras:"mask_zero"`
}

// Call implements Layer.
func (l TokenAndPositionEmbedding) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := one(s, x)
	if len(in.Shape) != 2 {
		s.Fail("needs sequences of ids [steps], got samples of shape %v", Features(in.Shape))
	}
	ids := in.Cast(tensor.Int32)
	y := s.Weight("embeddings", []int{l.VocabularySize, l.EmbeddingDim}, l.Embeddings, nil).Gather(ids)
	y = y.Add(positions(s, "position_embeddings", l.SequenceLength, in.Shape[1], l.EmbeddingDim, l.Embeddings))
	if l.MaskZero {
		s.SetMask(y, float(ids).Ne(s.Graph.Scalar(0)))
	}
	return []*graph.Node{y}
}

// Traits implements Described.
func (TokenAndPositionEmbedding) Traits() Traits {
	t := placed()
	t.Mask = HandlesMask
	return t
}

// IDs implements TakesIDs.
func (l TokenAndPositionEmbedding) IDs() int { return l.VocabularySize }

// TableName implements Lookup.
func (TokenAndPositionEmbedding) TableName() string { return "embeddings" }

// TableWidth implements Lookup.
func (l TokenAndPositionEmbedding) TableWidth() int { return l.EmbeddingDim }

// Formula implements Formulator.
func (l TokenAndPositionEmbedding) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("(%s + %s) × %d = %s", Thousands(l.VocabularySize), Thousands(l.SequenceLength), l.EmbeddingDim,
		Thousands((l.VocabularySize+l.SequenceLength)*l.EmbeddingDim))
}

// SinePositionEncoding gives each step t features that tell its place, without a parameter (Vaswani et al.,
// "Attention is all you need", 2017): x [batch, steps, d] → y of the same shape,
//
//	y[b, t, 2i] = sin(t/MaxWavelength^(2i/d)), y[b, t, 2i + 1] = cos(t/MaxWavelength^(2i/d))
//
// It is added to x by an add layer; of x itself only the shape counts. Keras has it in Keras Hub.
type SinePositionEncoding struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// MaxWavelength is the longest wave, in steps, but for the factor 2π.
	MaxWavelength float64 `keras:"max_wavelength,main,default=10000,positive"`
}

// Call implements Layer.
func (l SinePositionEncoding) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	if len(in.Shape) != 3 {
		s.Fail("needs sequences [steps, features], got samples of shape %v", Features(in.Shape))
	}
	steps, d := max(in.Shape[1], s.trace.Reach), in.Shape[2]
	waves := tensor.New(tensor.Float32, steps, d)
	for t := range steps {
		for i := range d {
			angle := float64(t) * math.Pow(config.Filled(l).MaxWavelength, -float64(i/2*2)/float64(d))
			if i%2 == 0 {
				waves.F32[t*d+i] = float32(math.Sin(angle))
			} else {
				waves.F32[t*d+i] = float32(math.Cos(angle))
			}
		}
	}
	rows := s.Graph.Const(waves)
	if s.reading() {
		rows = rows.Gather(s.place().Cast(tensor.Int32))
	}
	return []*graph.Node{rows.Broadcast(in.Shape...)}
}

// Traits implements Described.
func (SinePositionEncoding) Traits() Traits {
	t := placed()
	t.Features = SameFeatures
	return t
}
