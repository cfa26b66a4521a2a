package layer

import (
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(CategoryEncoding{}) }

// CategoryEncoding codes ids, whole numbers from 0 to NumTokens − 1, with NumTokens features:
//
//	one_hot    each id by itself: [batch, steps] → [batch, steps, NumTokens], an axis of extent 1 is replaced
//	multi_hot  1 for each id that a sample has: [batch, n] → [batch, NumTokens]
//	count      how often a sample has each id
//
// One-hot codes that go to a Dense or a recurrent layer never exist in memory: the layer
// takes the rows of its kernel that the ids name, which are the same numbers to the bit. An id that is out of range
// is NaN there, and 0 everywhere else.
type CategoryEncoding struct {
	Base
	_         struct{} `keras:"dtype~float32"`
	NumTokens int      `keras:"num_tokens,main,required,min=1,what=number of ids"`
	Output    string   `keras:"output_mode,default=multi_hot,oneof=one_hot|multi_hot|count"`
	_         struct{} `keras:"?sparse=false"`
}

// Call implements Layer.
func (l CategoryEncoding) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	ids := one(s, x).Cast(tensor.Int32)
	rank := len(ids.Shape)
	if l.Output == "one_hot" {
		if rank > 1 && ids.Shape[rank-1] == 1 {
			ids = ids.Reshape(ids.Shape[:rank-1]...)
		}
		return []*graph.Node{ids.OneHot(l.NumTokens)}
	}
	if rank != 2 {
		s.Fail("%s needs a list of ids, got samples of shape %v; output_mode one_hot takes any", l.mode(),
			Features(ids.Shape))
	}
	y := ids.Bag(graph.BagAttr{Depth: l.NumTokens, Once: l.Output != "count"})
	s.SetMask(y, nil)
	return []*graph.Node{y}
}

// Traits implements Described.
func (CategoryEncoding) Traits() Traits { return rearranging(AnyFormat) }

func (l CategoryEncoding) mode() string {
	if l.Output == "" {
		return "multi_hot"
	}
	return l.Output
}
