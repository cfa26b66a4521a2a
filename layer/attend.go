package layer

import (
	"fmt"
	"math"
	"slices"

	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// AttentionOptions are the arguments that MultiHeadAttention and GroupedQueryAttention have in common.
type AttentionOptions struct {
	// Dropout is the share of the attention weights that is dropped in training.
	Dropout float64 `keras:"dropout,min=0,below=1,what=share of attention weights to drop"`
	NoBias  bool    `keras:"!use_bias"`
	// Gate multiplies what a head has gathered by sigmoid(query·kernel + bias), number by number.
	Gate bool `keras:"use_gate,optional"`
	// SlidingWindow, if not 0, keeps a query from keys that are so many steps away or more.
	SlidingWindow       int                `keras:"sliding_window,optional,min=0,what=number of steps"`
	Kernel              weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
	Bias                weight.Initializer `keras:"bias_initializer,default=zeros"`
	KernelRegularizer   weight.Regularizer `keras:"kernel_regularizer"`
	BiasRegularizer     weight.Regularizer `keras:"bias_regularizer"`
	ActivityRegularizer weight.Regularizer `keras:"activity_regularizer"`
	KernelConstraint    weight.Constraint  `keras:"kernel_constraint"`
	BiasConstraint      weight.Constraint  `keras:"bias_constraint"`
	_                   struct{}           `keras:"seed~null"`

	CallOptions
}

// CallOptions are options of attention layers that Keras has as arguments of the call: in an experiment file they are
// keys of the layer, in Keras's files they stand at the call.
type CallOptions struct {
	// UseCausalMask lets step t attend to the steps 0 to t alone, so that nothing depends on what follows.
	UseCausalMask bool `keras:"use_causal_mask"`
	// ReturnAttentionScores makes the attention weights a second result.
	ReturnAttentionScores bool `keras:"return_attention_scores"`
}

// callOptions are the keys of CallOptions.
var callOptions = []string{"use_causal_mask", "return_attention_scores"}

// multiHead is the signature of MultiHeadAttention and GroupedQueryAttention.
var multiHead = Signature{Inputs: []string{"query", "value", "key"},
	Named: []string{"query_mask", "value_mask", "key_mask", "attention_mask"}, Options: callOptions}

// Unwritten implements config.Unwritten: Keras has the options of the call beside the call.
func (CallOptions) Unwritten() []string { return callOptions }

// attending returns the traits of an attention layer.
func (o CallOptions) attending() Traits {
	t := featurewise("")
	t.Mask, t.Steps = HandlesMask, ByFirstInput
	if o.UseCausalMask {
		t.Steps, t.Remembers = CausalSteps, true
	}
	return t
}

// looksBack reports whether the layer is called with one step and keeps those before.
func (o CallOptions) looksBack(s *Scope) bool { return o.UseCausalMask && s.reading() }

// kept returns the keys and the values of the steps that the queries attend to: those given, and with looksBack those
// of the steps before.
func (o CallOptions) kept(s *Scope, k, v *graph.Node) (keys, values *graph.Node) {
	switch {
	case !o.looksBack(s):
		return k, v
	case k == v:
		v = s.remembered("values", v)
		return v, v
	}
	return s.remembered("keys", k), s.remembered("values", v)
}

// threeInputs returns the query, the value and the key of a layer, of which the key is the value and the value the
// query where they are not given. apart reports whether the key is given.
func threeInputs(s *Scope, x []*graph.Node) (q, v, k *graph.Node, apart bool) {
	switch len(x) {
	case 1:
		return x[0], x[0], x[0], false
	case 2:
		return x[0], x[1], x[1], false
	case 3:
		return x[0], x[1], x[2], true
	}
	s.Fail("takes a query, a value and a key, got %d inputs", len(x))
	return
}

// boolean returns 1 where x is not 0.
func boolean(x *graph.Node) *graph.Node { return float(x).Ne(x.Graph().Scalar(0)).StopGradient() }

// both returns the mask of what both masks let through; nil lets all through.
func both(a, b *graph.Node) *graph.Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return a.Mul(b)
}

// insert returns x with axes of extent 1 before axis at, up to a rank.
func insert(x *graph.Node, at, rank int) *graph.Node {
	shape := x.Shape.Clone()
	for len(shape) < rank {
		shape = slices.Insert(shape, at, 1)
	}
	return x.Reshape(shape...)
}

// scoreMask returns the mask of the scores, [batch or 1, steps or 1, steps of the keys], nil where there is none, of
// the masks that the layer was given and of those that come with its inputs: the mask of the queries is a row's, that
// of values and keys a column's.
func (o AttentionOptions) scoreMask(s *Scope, q, v, k *graph.Node, apart, queries bool) *graph.Node {
	looksBack := o.looksBack(s)
	of := func(name string, x *graph.Node) *graph.Node {
		if m := s.Argument(name); m != nil {
			return boolean(m)
		}
		return s.Mask(x)
	}
	ofKeys := func(name string, x *graph.Node) *graph.Node {
		m := of(name, x)
		if m != nil && looksBack {
			m = s.remembered(name, m)
		}
		return m
	}
	column := func(m *graph.Node) *graph.Node {
		if m == nil {
			return nil
		}
		return insert(m, len(m.Shape)-1, len(m.Shape)+1)
	}
	var mask *graph.Node
	if m := s.Mask(q); m != nil || queries {
		if queries {
			m = of("query_mask", q)
		}
		if m != nil {
			mask = m.Reshape(append(m.Shape.Clone(), 1)...)
		}
	}
	mask = both(mask, column(ofKeys("value_mask", v)))
	if m := s.Argument("key_mask"); apart || m != nil {
		mask = both(mask, column(ofKeys("key_mask", k)))
	}
	switch {
	case looksBack:
		mask = both(mask, s.past(o.SlidingWindow))
	case o.SlidingWindow > 0:
		mask = both(mask, s.Graph.Const(band(q.Shape[1], v.Shape[1], o.SlidingWindow)))
	}
	if m := s.Argument("attention_mask"); m != nil {
		mask = both(boolean(m), mask)
	}
	return mask
}

// band returns a matrix [1, rows, cols] of 1 where row and column are less than width apart.
func band(rows, cols, width int) *tensor.Tensor {
	m := tensor.New(tensor.Float32, 1, rows, cols)
	for i := range rows {
		for j := max(0, i-width+1); j < min(cols, i+width); j++ {
			m.F32[i*cols+j] = 1
		}
	}
	return m
}

// projection returns x·kernel + bias over the last axes of x, as many as in has: [.., in…] → [.., out…]. The fans of
// the kernel are the sizes of in and out, as of Keras's EinsumDense.
func (o AttentionOptions) projection(s *Scope, name string, x *graph.Node, in, out tensor.Shape) *graph.Node {
	s = s.Within(name)
	lead := x.Shape[:len(x.Shape)-len(in)]
	kernel := s.Weight("kernel", slices.Concat(in, out), weight.Flat(initial(o.Kernel, weight.GlorotUniform{}),
		in.Size(), out.Size()), o.KernelRegularizer, o.KernelConstraint)
	y := x.Reshape(lead.Size(), in.Size()).MatMul(kernel.Reshape(in.Size(), out.Size()))
	if !o.NoBias {
		y = y.Add(s.Weight("bias", out, initial(o.Bias, weight.Zeros{}), o.BiasRegularizer, o.BiasConstraint).
			Reshape(out.Size()))
	}
	y = y.Reshape(slices.Concat(lead, out)...)
	if o.ActivityRegularizer != nil {
		s.penalise(o.ActivityRegularizer, []*graph.Node{y})
	}
	return y
}

// compared returns the attention of heads of d features under a mask of the scores. Keras has two ways that differ
// where a mask leaves a query no key: with zero the query gathers nothing, otherwise the mean of all values. The
// scale is float32 there too.
func (o AttentionOptions) compared(s *Scope, d int, mask *graph.Node, zero bool) graph.Attention {
	return graph.Attention{Scale: float64(float32(1 / math.Sqrt(float64(d)))),
		Causal: o.UseCausalMask && !o.looksBack(s), Mask: mask,
		Zero: zero || o.Dropout > 0 || o.ReturnAttentionScores}
}

// gathered returns what the heads gather, and their weights where these are results: q [batch, T, heads, D], k and v
// [batch, S, groups, …]. The weights have the mask of the scores, as behind Keras's Softmax.
func (o AttentionOptions) gathered(s *Scope, at graph.Attention, q, k, v *graph.Node) (y, weights *graph.Node) {
	if o.ReturnAttentionScores {
		weights = at.Weights(q, k)
		mask := at.Mask
		if at.Causal {
			order := s.Graph.Const(lowerTriangle(q.Shape[1], k.Shape[1]))
			mask = both(mask, insert(order, 0, 4))
		}
		s.SetMask(weights, mask)
	}
	if s.Training && o.Dropout > 0 {
		at.Key, at.Rate, at.Stream = s.Key(), o.Dropout, s.Stream()
	}
	return at.Apply(q, k, v), weights
}

// gate returns y, multiplied by sigmoid(query·kernel + bias) where that is asked for.
func (o AttentionOptions) gate(s *Scope, gate, y *graph.Node) *graph.Node {
	if gate == nil {
		return y
	}
	return y.Mul(gate)
}

// words counts the parameters of a projection.
func (o AttentionOptions) words(name string, in, out int) (string, int) {
	if o.NoBias {
		return fmt.Sprintf("%s %d × %d", name, in, out), in * out
	}
	return fmt.Sprintf("%s (%d + 1) × %d", name, in, out), (in + 1) * out
}
