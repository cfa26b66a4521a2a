package layer

import (
	"gorae/graph"
	"gorae/weight"
)

func init() { Layers.Register(ActivityRegularization{}) }

// ActivityRegularization passes its input on and adds L1·Σ|x| + L2·Σx², divided by the number of samples, to the loss.
type ActivityRegularization struct {
	Base
	_  struct{} `keras:"dtype~float32"`
	L1 float64  `keras:"l1,min=0"`
	L2 float64  `keras:"l2,min=0"`
}

// Call implements Layer.
func (ActivityRegularization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{float(one(s, x))}
}

// Activity implements Active.
func (l ActivityRegularization) Activity() weight.Regularizer { return weight.L1L2{L1: l.L1, L2: l.L2} }

// Traits implements Described.
func (ActivityRegularization) Traits() Traits { return Elementwise() }
