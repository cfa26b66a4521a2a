package layer

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Layers.Register(CategoryEncoding{}) }

// CategoryEncoding codes ids, whole numbers from 0 to NumTokens − 1, with NumTokens features:
//
//	one_hot    each id by itself: [batch, steps] → [batch, steps, NumTokens], an axis of extent 1 is replaced
//	multi_hot  1 for each id along axis 1: [batch, n, …] → [batch, …, NumTokens]
//	count      how often each id occurs along axis 1
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
	return []*graph.Node{encoded(s, idsOf(one(s, x)), config.Filled(l).Output, l.NumTokens)}
}

// Traits implements Described.
func (CategoryEncoding) Traits() Traits { return rearranging(AnyFormat) }
