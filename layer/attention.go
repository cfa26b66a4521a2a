package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() {
	Layers.Register(Attention{})
	Layers.Register(AdditiveAttention{})
}

// scored are the argument and the call options of Attention and AdditiveAttention.
type scored struct {
	// Dropout is the share of the attention weights that is dropped in training.
	Dropout float64 `keras:"dropout,min=0,below=1,what=share of attention weights to drop"`
	CallOptions
	_ struct{} `keras:"?seed~null"`
}

// queryValue is the signature of Attention and AdditiveAttention.
var queryValue = Signature{Inputs: []string{"query", "value", "key"}, List: true,
	Named: []string{"query_mask", "value_mask"}, Masks: []string{"query_mask", "value_mask"}, Options: callOptions}

// Attention lets each step of a query gather what it needs from the steps of a value, without weights for the features
// (Luong, Pham and Manning, "Effective approaches to attention-based neural machine translation", 2015):
//
//	scores[t, s] = Scale·(query[t]·key[s])                    (ScoreMode dot)
//	scores[t, s] = c·Σ tanh(Scale·(query[t] + key[s]))        (ScoreMode concat)
//	y = softmax(scores)·value
//
// The inputs are query [batch, T, d], value [batch, S, e] and, optionally, key [batch, S, d], which is the value
// otherwise; the result is [batch, T, e], and with ReturnAttentionScores the weights too, [batch, T, S]. Scale, one
// number, is learnt with UseScale and 1 without; c is learnt. Steps of the value that a mask leaves out, or with
// UseCausalMask those after t, get no weight. Steps of the query that a mask leaves out give 0, and the result has
// the mask of the query. Masks come with the inputs, or are the arguments query_mask and value_mask.
type Attention struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// UseScale learns the factor of the scores.
	UseScale bool `keras:"use_scale"`
	// ScoreMode is how a query is compared with a key: by their product, or by the tanh of their sum.
	ScoreMode string `keras:"score_mode,default=dot,oneof=dot|concat"`
	scored
}

// Signature implements Called.
func (Attention) Signature() Signature { return queryValue }

// Call implements Layer.
func (l Attention) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	return l.attend(s, x, func(q, k *graph.Node) *graph.Node {
		scale := func(x *graph.Node) *graph.Node { return x }
		if l.UseScale {
			w := s.Weight("scale", []int{}, weight.Ones{}, nil)
			scale = func(x *graph.Node) *graph.Node { return x.Mul(w) }
		}
		if l.ScoreMode == "dot" {
			return scale(q.MatMulT(k, false, true))
		}
		c := s.Weight("concat_score_weight", []int{}, weight.Ones{}, nil)
		return scale(pairs(q, k)).Tanh().Sum(-1).Mul(c)
	})
}

// Traits implements Described.
func (l Attention) Traits() Traits { return l.attending() }

// Formula implements Formulator.
func (l Attention) Formula(in, out []tensor.Shape) string {
	switch concat := l.ScoreMode == "concat"; {
	case l.UseScale && concat:
		return "1 scale + 1 weight of the scores = 2"
	case l.UseScale:
		return "1 scale = 1"
	case concat:
		return "1 weight of the scores = 1"
	}
	return "none: it compares features as they are"
}

// AdditiveAttention is attention whose scores are sums (Bahdanau, Cho and Bengio, "Neural machine translation by
// jointly learning to align and translate", 2014):
//
//	scores[t, s] = Σ scale·tanh(query[t] + key[s])
//	y = softmax(scores)·value
//
// The inputs are query [batch, T, d], value [batch, S, e] and, optionally, key [batch, S, d]; scale [d] is learnt
// unless NoScale says that it is 1. Results, masks and arguments are those of [Attention]. The matrices that the
// article has for query and key are dense layers before it.
type AdditiveAttention struct {
	Base
	_ struct{} `keras:"dtype~float32"`
	// NoScale adds up the features as they are, without a learnt factor for each.
	NoScale bool `keras:"!use_scale"`
	scored
}

// Signature implements Called.
func (AdditiveAttention) Signature() Signature { return queryValue }

// Call implements Layer.
func (l AdditiveAttention) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return l.attend(s, x, func(q, k *graph.Node) *graph.Node {
		y := pairs(q, k).Tanh()
		if !l.NoScale {
			d := q.Shape[2]
			y = y.Mul(s.Weight("scale", []int{d}, weight.GlorotUniform{}, nil))
		}
		return y.Sum(-1)
	})
}

// Traits implements Described.
func (l AdditiveAttention) Traits() Traits { return l.attending() }

// Formula implements Formulator.
func (l AdditiveAttention) Formula(in, out []tensor.Shape) string {
	if l.NoScale {
		return "none: it compares features as they are"
	}
	d := in[0][len(in[0])-1]
	return "1 × " + Thousands(d) + " = " + Thousands(d)
}

// pairs returns q + k for each step of both: [batch, T, S, d].
func pairs(q, k *graph.Node) *graph.Node {
	b, t, s, d := q.Shape[0], q.Shape[1], k.Shape[1], q.Shape[2]
	return q.Reshape(b, t, 1, d).Add(k.Reshape(b, 1, s, d))
}

// attend computes the layers, whose scores [batch, T, S] are given for a query and a key.
func (o scored) attend(s *Scope, x []*graph.Node, scores func(q, k *graph.Node) *graph.Node) []*graph.Node {
	query, value, key, _ := threeInputs(s, x)
	q, v, k := float(query), float(value), float(key)
	for _, n := range []*graph.Node{q, v, k} {
		if len(n.Shape) != 3 || n.Shape[0] != q.Shape[0] {
			s.Fail("needs sequences [steps, features], got samples of shape %v", Features(n.Shape))
		}
	}
	if q.Shape[2] != k.Shape[2] || v.Shape[1] != k.Shape[1] {
		s.Fail("the query %v, the value %v and the key %v do not fit: query and key need the same features, value "+
			"and key the same steps", Features(q.Shape), Features(v.Shape), Features(k.Shape))
	}
	rows, cols := s.Mask(query), s.Mask(value)
	if a, b := s.Argument("query_mask"), s.Argument("value_mask"); a != nil || b != nil {
		if rows, cols = nil, nil; a != nil { // Keras takes one list for both
			rows = boolean(a)
		}
		if b != nil {
			cols = boolean(b)
		}
	}
	looksBack := o.looksBack(s)
	if k, v = o.kept(s, k, v); looksBack && cols != nil {
		cols = s.remembered("value_mask", cols)
	}
	z := scores(q, k)
	var keep *graph.Node
	if cols != nil {
		keep = cols.Reshape(cols.Shape[0], 1, cols.Shape[1])
	}
	switch {
	case looksBack:
		keep = both(keep, s.past(0))
	case o.UseCausalMask:
		keep = both(keep, s.Graph.Const(lowerTriangle(z.Shape[1], z.Shape[2])))
	}
	if keep != nil {
		z = keep.Where(z, z.AddC(-1e9))
	}
	weights := z.Softmax(-1)
	if s.Training && o.Dropout > 0 {
		weights = weights.Dropout(s.Key(), o.Dropout, s.Stream())
	}
	y := weights.MatMulT(v, false, false)
	if rows != nil {
		y = spread(rows, 3).Where(y, s.Graph.Scalar(0))
	}
	s.SetMask(y, rows)
	if !o.ReturnAttentionScores {
		return []*graph.Node{y}
	}
	return []*graph.Node{y, weights}
}

// lowerTriangle returns a matrix [1, rows, cols] of 1 where the column is not greater than the row.
func lowerTriangle(rows, cols int) *tensor.Tensor {
	m := tensor.New(tensor.Float32, 1, rows, cols)
	for i := range rows {
		for j := range min(i+1, cols) {
			m.F32[i*cols+j] = 1
		}
	}
	return m
}
