package layer

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Layers.Register(Rescaling{}) }

// Rescaling is Scale·x + Offset: 1/255 brings pixels to [0, 1].
type Rescaling struct {
	Base
	_      struct{} `keras:"dtype~float32"`
	Scale  *float64 `keras:"scale,main,default=1"`
	Offset float64  `keras:"offset"`
}

// Call implements Layer.
func (l Rescaling) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{float(one(s, x)).MulC(*config.Filled(l).Scale).AddC(l.Offset)}
}

// Traits implements Described.
func (Rescaling) Traits() Traits { return Elementwise() }
