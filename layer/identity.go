package layer

import "gorae/graph"

func init() { Layers.Register(Identity{}) }

// Identity is y = x: a place for a name, or for a layer that is to be left out.
type Identity struct {
	Base
	_ struct{} `keras:"dtype~float32"`
}

// Call implements Layer.
func (Identity) Call(s *Scope, x ...*graph.Node) []*graph.Node { return []*graph.Node{one(s, x)} }

// Traits implements Described.
func (Identity) Traits() Traits {
	t := Elementwise()
	t.Moves = true
	return t
}
