package layer

import (
	"fmt"
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.RegisterAs("GroupQueryAttention", GroupedQueryAttention{}, "grouped_query_attention")
}

// GroupedQueryAttention is [MultiHeadAttention] in which several heads of the query share one head of key and value
// (Ainslie et al., "GQA: training generalized multi-query transformer models from multi-head checkpoints", 2023): fewer
// parameters, and fewer keys and values to keep when a text is generated. Head h of the query reads head
// h/(NumQueryHeads/NumKeyValueHeads). Query [batch, T, m], value and key [batch, S, m] → [batch, T, m].
type GroupedQueryAttention struct {
	Base
	_                struct{} `keras:"dtype~float32"`
	HeadDim          int      `keras:"head_dim,required,min=1,what=number of features of a head"`
	NumQueryHeads    int      `keras:"num_query_heads,required,min=1,what=number of heads"`
	NumKeyValueHeads int      `keras:"num_key_value_heads,required,min=1,what=number of heads"`
	AttentionOptions
}

// Signature implements Called.
func (GroupedQueryAttention) Signature() Signature { return multiHead }

// Check implements config.Checker.
func (l GroupedQueryAttention) Check() error {
	if l.NumKeyValueHeads > 0 && l.NumQueryHeads%l.NumKeyValueHeads != 0 {
		return fmt.Errorf("num_query_heads: %d is no multiple of num_key_value_heads: %d", l.NumQueryHeads,
			l.NumKeyValueHeads)
	}
	return nil
}

// Call implements Layer.
func (l GroupedQueryAttention) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	q, v, k, apart := threeInputs(s, x)
	for _, n := range []*graph.Node{q, v, k} {
		if len(n.Shape) != 3 {
			s.Fail("needs sequences [steps, features], got samples of shape %v", Features(n.Shape))
		}
	}
	if m := q.Shape[2]; v.Shape[2] != m || !v.Shape[:2].Equal(k.Shape[:2]) || v.Shape[0] != q.Shape[0] {
		s.Fail("the query %v, the value %v and the key %v do not fit: query and value need the same features, value "+
			"and key the same steps", Features(q.Shape), Features(v.Shape), Features(k.Shape))
	}
	mask := l.scoreMask(s, q, v, k, apart, true)
	in := q
	head := func(name string, x *graph.Node, heads int) *graph.Node {
		return l.projection(s, name, float(x), x.Shape[2:], tensor.Shape{heads, l.HeadDim})
	}
	q = head("_query_dense", q, l.NumQueryHeads)
	k = head("_key_dense", k, l.NumKeyValueHeads)
	var gate *graph.Node
	if l.Gate {
		gate = head("_gate_dense", in, l.NumQueryHeads).Sigmoid()
	}
	v = head("_value_dense", v, l.NumKeyValueHeads)
	k, v = l.kept(s, k, v)
	at := l.compared(s, l.HeadDim, arrange([]int{1}, 3).mask(s, mask, q.Shape, k.Shape), false)
	y, weights := l.gathered(s, at, q, k, v)
	y = l.gate(s, gate, y)
	y = l.projection(s, "_output_dense", y, y.Shape[2:], tensor.Shape{in.Shape[2]})
	s.SetMask(y, s.Mask(in))
	if weights == nil {
		return []*graph.Node{y}
	}
	return []*graph.Node{y, weights}
}

// Traits implements Described.
func (l GroupedQueryAttention) Traits() Traits { return l.attending() }

// Formula implements Formulator.
func (l GroupedQueryAttention) Formula(in, out []tensor.Shape) string {
	m := in[0][len(in[0])-1]
	q, kv := l.NumQueryHeads*l.HeadDim, l.NumKeyValueHeads*l.HeadDim
	var parts []string
	sum := 0
	add := func(name string, from, to int) {
		text, n := l.words(name, from, to)
		parts, sum = append(parts, text), sum+n
	}
	add("query", m, q)
	add("key", m, kv)
	if l.Gate {
		add("gate", m, q)
	}
	add("value", m, kv)
	add("output", q, m)
	return fmt.Sprintf("%s = %s", strings.Join(parts, " + "), Thousands(sum))
}
