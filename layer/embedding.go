package layer

import (
	"cmp"
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(Embedding{}) }

// Embedding gives each id, a whole number from 0 to InputDim − 1, a row of OutputDim features that are learnt:
// [batch, …] → [batch, …, OutputDim]. It is a Dense without bias on one-hot codes that are never made. An id that is
// out of range gives NaN. With MaskZero id 0 is padding: its steps are left out by the layers that follow.
type Embedding struct {
	Base
	_                     struct{}           `keras:"dtype~float32"`
	InputDim              int                `keras:"input_dim,required,min=1,what=number of ids"`
	OutputDim             int                `keras:"output_dim,required,min=1,what=number of features"`
	Embeddings            weight.Initializer `keras:"embeddings_initializer,default=random_uniform"`
	EmbeddingsRegularizer weight.Regularizer `keras:"embeddings_regularizer"`
	MaskZero              bool               `keras:"mask_zero"`
	ActivityRegularizer   weight.Regularizer `keras:"activity_regularizer"`
	EmbeddingsConstraint  weight.Constraint  `keras:"embeddings_constraint"`
	_                     struct{}           `keras:"?input_length~null,?sparse~false"`
	Quantized
	LoRA
}

// Check implements config.Checker.
func (l Embedding) Check() error {
	return cmp.Or(l.check("embeddings_constraint", l.EmbeddingsConstraint), l.quantized(l.Quantized))
}

// Call implements Layer.
func (l Embedding) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := one(s, x)
	ids := in.Cast(tensor.Int32)
	shape := []int{l.InputDim, l.OutputDim}
	var y *graph.Node
	if l.Quantization != nil { // each id has a scale
		y = l.whole(s, "embeddings", shape).Gather(ids)
		scale := l.scales(s, "embeddings", []int{l.InputDim}).Gather(ids)
		y = y.Div(scale.Reshape(append(scale.Shape.Clone(), 1)...))
	} else {
		y = l.base(s).Weight("embeddings", shape, l.Embeddings, l.EmbeddingsRegularizer, l.EmbeddingsConstraint).
			Gather(ids)
	}
	if l.Rank > 0 { // of the rows of the ids alone
		a, b := l.parts(s, "embeddings", shape, l.EmbeddingsRegularizer)
		delta := a.Gather(ids).Reshape(-1, l.Rank).MatMul(b).Reshape(y.Shape...)
		y = y.Add(delta.MulC(l.scale()))
	}
	if l.MaskZero {
		if len(in.Shape) < 2 {
			s.Fail("mask_zero needs sequences of ids [steps], got samples of shape %v", Features(in.Shape))
		}
		s.SetMask(y, float(ids).Ne(s.Graph.Scalar(0)))
	}
	return []*graph.Node{y}
}

// Activity implements Active.
func (l Embedding) Activity() weight.Regularizer { return l.ActivityRegularizer }

// Traits implements Described.
func (Embedding) Traits() Traits {
	t := Elementwise()
	t.Mask, t.Features = HandlesMask, NewFeatures
	return t
}

// IDs implements TakesIDs.
func (l Embedding) IDs() int { return l.InputDim }

// TableName implements Lookup.
func (Embedding) TableName() string { return "embeddings" }

// TableWidth implements Lookup.
func (l Embedding) TableWidth() int { return l.OutputDim }

// Formula implements Formulator.
func (l Embedding) Formula(in, out []tensor.Shape) string {
	further, n := l.formula(l.InputDim, l.OutputDim)
	return fmt.Sprintf("%s × %d%s = %s", Thousands(l.InputDim), l.OutputDim, further,
		Thousands(l.InputDim*l.OutputDim+n))
}
