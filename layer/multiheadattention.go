package layer

import (
	"fmt"
	"slices"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(MultiHeadAttention{}) }

// MultiHeadAttention lets each step of a query gather what it needs from the steps of a value (Vaswani et al.,
// "Attention is all you need", 2017). Every one of NumHeads heads i compares its own projections of the query and of
// the key,
//
//	head_i = softmax(q_i·k_iᵀ/√KeyDim)·v_i, q_i = query·Q_i + b, k_i = key·K_i + b, v_i = value·V_i + b
//
// and the heads are joined by one more projection, y = Σ head_i·O_i + b. The inputs are query [batch, T, …], value
// [batch, S, …] and, optionally, key [batch, S, …], which is the value otherwise; one input is all three,
// self-attention. The result is [batch, T, OutputShape…], as wide as the query by default, and with
// ReturnAttentionScores the weights too, [batch, NumHeads, T, S].
//
// A query attends to no key that a mask leaves out: the masks of query, value and key, [batch, steps], which come with
// these or are the arguments value_mask and key_mask, the argument attention_mask, [batch, T, S], UseCausalMask and
// SlidingWindow. The result has the mask of the query. With m and n features of query and value and H heads there are
// (m + 1)·H·KeyDim parameters of the query, (n + 1)·H·KeyDim of the key, (n + 1)·H·ValueDim of the value and
// (H·ValueDim + 1)·m of the output.
type MultiHeadAttention struct {
	Base
	_        struct{} `keras:"dtype~float32"`
	NumHeads int      `keras:"num_heads,main,required,min=1,what=number of heads"`
	KeyDim   int      `keras:"key_dim,required,min=1,what=number of features of a head"`
	// ValueDim is the number of features that a head gathers, KeyDim by default.
	ValueDim int `keras:"value_dim,optional,min=1,what=number of features of a head"`
	// OutputShape is the shape of a step of the result, that of the query by default.
	OutputShape []int `keras:"output_shape,lone,min=1,what=number of features"`
	// AttentionAxes are the axes along which the steps lie, all between batch and features by default; other axes are
	// as further samples.
	AttentionAxes []int `keras:"attention_axes,lone"`
	AttentionOptions
	_ struct{} `keras:"?query_shape~null,?key_shape~null,?value_shape~null,?softmax_robust_masking~false"`
}

// Signature implements Called.
func (MultiHeadAttention) Signature() Signature { return multiHead }

// valueDim is the number of features that a head gathers.
func (l MultiHeadAttention) valueDim() int {
	if l.ValueDim > 0 {
		return l.ValueDim
	}
	return l.KeyDim
}

// Call implements Layer.
func (l MultiHeadAttention) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	q, v, k, apart := threeInputs(s, x)
	for _, n := range []*graph.Node{q, v, k} {
		if len(n.Shape) < 3 {
			s.Fail("needs sequences [steps, features], got samples of shape %v", Features(n.Shape))
		}
	}
	rank := len(q.Shape)
	if len(v.Shape) != rank || !v.Shape[:rank-1].Equal(k.Shape[:rank-1]) || v.Shape[0] != q.Shape[0] {
		s.Fail("the query %v, the value %v and the key %v do not fit: value and key need the same steps",
			Features(q.Shape), Features(v.Shape), Features(k.Shape))
	}
	axes := l.axes(s, rank)
	mask := l.scoreMask(s, q, v, k, apart, false)
	in := q
	head := func(name string, x *graph.Node, d int) *graph.Node {
		return l.projection(s, name, float(x), x.Shape[rank-1:], tensor.Shape{l.NumHeads, d})
	}
	q = head("query_dense", q, l.KeyDim)
	k = head("key_dense", k, l.KeyDim)
	var gate *graph.Node
	if l.Gate {
		gate = head("_gate_dense", in, l.valueDim()).Sigmoid()
	}
	v = head("value_dense", v, l.valueDim())

	k, v = l.kept(s, k, v)
	r := arrange(axes, rank)
	at := l.compared(s, l.KeyDim, r.mask(s, mask, q.Shape, k.Shape), rank != 3)
	if at.Causal && len(axes) > 1 {
		s.Fail("use_causal_mask is for steps along one axis, and attention_axes are %v", axes)
	}
	y, weights := l.gathered(s, at, r.fold(q), r.fold(k), r.fold(v))
	y = l.gate(s, gate, r.unfold(y, append(q.Shape[:rank].Clone(), l.valueDim())))
	out := tensor.Shape(l.OutputShape)
	if out == nil {
		out = tensor.Shape{in.Shape[rank-1]}
	}
	y = l.projection(s, "output_dense", y, y.Shape[rank-1:], out)
	s.SetMask(y, s.Mask(in))
	if weights == nil {
		return []*graph.Node{y}
	}
	if shape := r.scores(q.Shape, k.Shape); !weights.Shape.Equal(shape) {
		weights = weights.Reshape(shape...)
	}
	return []*graph.Node{y, weights}
}

// axes returns the attention axes of inputs of a rank, counted from the start.
func (l MultiHeadAttention) axes(s *Scope, rank int) []int {
	if len(l.AttentionAxes) == 0 {
		var all []int
		for a := 1; a < rank-1; a++ {
			all = append(all, a)
		}
		return all
	}
	var axes []int
	for _, a := range l.AttentionAxes {
		if a < 0 {
			a += rank
		}
		if a < 1 || a > rank-2 || slices.Contains(axes, a) {
			s.Fail("attention_axes: %v are not axes between samples and features of inputs of %d axes", l.AttentionAxes,
				rank)
		}
		axes = append(axes, a)
	}
	return axes
}

// arrangement is the order of axes in which steps lie along one axis: [batch, others…, steps…, heads, features].
type arrangement struct {
	axes, others []int // axes of steps; axes that are as further samples
	perm, back   []int // nil where nothing moves
}

// arrange returns the arrangement for inputs of a rank.
func arrange(axes []int, rank int) arrangement {
	r := arrangement{axes: axes}
	perm := []int{0}
	for a := 1; a < rank-1; a++ {
		if !slices.Contains(axes, a) {
			r.others, perm = append(r.others, a), append(perm, a)
		}
	}
	perm = append(append(perm, axes...), rank-1, rank)
	if !slices.IsSorted(perm) {
		r.perm, r.back = perm, make([]int, len(perm))
		for i, p := range perm {
			r.back[p] = i
		}
	}
	return r
}

// sizes returns the number of samples with the others, and the number of steps, of heads of a shape.
func (r arrangement) sizes(shape tensor.Shape) (samples, steps int) {
	samples, steps = shape[0], 1
	for _, a := range r.others {
		samples *= shape[a]
	}
	for _, a := range r.axes {
		steps *= shape[a]
	}
	return samples, steps
}

// fold returns heads as [samples, steps, heads, features].
func (r arrangement) fold(x *graph.Node) *graph.Node {
	n := len(x.Shape)
	samples, steps := r.sizes(x.Shape)
	if r.perm != nil {
		x = x.Transpose(r.perm...)
	}
	return x.Reshape(samples, steps, x.Shape[n-2], x.Shape[n-1])
}

// unfold returns what fold has folded, as heads of a shape.
func (r arrangement) unfold(x *graph.Node, shape tensor.Shape) *graph.Node {
	if r.perm == nil {
		return x.Reshape(shape...)
	}
	var folded []int
	for _, p := range r.perm {
		folded = append(folded, shape[p])
	}
	return x.Reshape(folded...).Transpose(r.back...)
}

// scores returns Keras's shape of the weights of queries and keys: [batch, others…, heads, steps…, steps of keys…].
func (r arrangement) scores(q, k tensor.Shape) tensor.Shape {
	s := tensor.Shape{q[0]}
	for _, a := range r.others {
		s = append(s, q[a])
	}
	s = append(s, q[len(q)-2])
	for _, x := range []tensor.Shape{q, k} {
		for _, a := range r.axes {
			s = append(s, x[a])
		}
	}
	return s
}

// mask returns a mask of the scores for the folded heads, [samples or 1, heads or 1, steps, steps of keys]. As in
// Keras, axes that it lacks are put before those of the steps.
func (r arrangement) mask(s *Scope, mask *graph.Node, q, k tensor.Shape) *graph.Node {
	if mask == nil {
		return nil
	}
	full, n := r.scores(q, k), 2*len(r.axes)
	if len(mask.Shape) > len(full) || len(mask.Shape) < n {
		s.Fail("the mask %v does not fit scores of shape %v", mask.Shape, full)
	}
	mask = insert(mask, len(mask.Shape)-n, len(full))
	for i, d := range mask.Shape {
		if d != 1 && d != full[i] {
			s.Fail("the mask %v does not fit scores of shape %v", mask.Shape, full)
		}
	}
	if len(full) == 4 {
		return mask
	}
	samples, rows := r.sizes(q)
	_, cols := r.sizes(k)
	return mask.Broadcast(full...).Reshape(samples, q[len(q)-2], rows, cols)
}

// Traits implements Described.
func (l MultiHeadAttention) Traits() Traits {
	t := l.attending()
	t.Remembers = t.Remembers && len(l.AttentionAxes) == 0
	return t
}

// Formula implements Formulator.
func (l MultiHeadAttention) Formula(in, out []tensor.Shape) string {
	last := func(i int) int { s := in[min(i, len(in)-1)]; return s[len(s)-1] }
	var parts []string
	sum := 0
	add := func(name string, from, to int) {
		text, n := l.words(name, from, to)
		parts, sum = append(parts, text), sum+n
	}
	h, e := l.NumHeads, l.valueDim()
	add("query", last(0), h*l.KeyDim)
	add("key", last(2), h*l.KeyDim)
	if l.Gate {
		add("gate", last(0), h*e)
	}
	add("value", last(1), h*e)
	add("output", h*e, out[0][len(in[0])-1:].Size())
	return fmt.Sprintf("%s = %s", strings.Join(parts, " + "), Thousands(sum))
}
