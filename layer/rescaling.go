package layer

import (
	"gorae/config"
	"gorae/graph"
)

func init() { Layers.Register(Rescaling{}) }

// Rescaling is Scale·x + Offset: 1/255 brings pixels to [0, 1]. Scale (default 1) and Offset (default 0) are numbers,
// or lists of one for each place along the last axis.
type Rescaling struct {
	Base
	_      struct{} `keras:"dtype~float32"`
	Scale  Numbers  `keras:"scale,main,default=1"`
	Offset Numbers  `keras:"offset,default=0"`
}

// Call implements Layer.
func (l Rescaling) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	l = config.Filled(l)
	if len(l.Scale.Shape)+len(l.Offset.Shape) == 0 {
		return []*graph.Node{in.MulC(l.Scale.Values[0]).AddC(l.Offset.Values[0])}
	}
	last := []int{len(in.Shape) - 1}
	return []*graph.Node{in.Mul(l.Scale.along(s, "scale", last, in.Shape)).
		Add(l.Offset.along(s, "offset", last, in.Shape))}
}

// Traits implements Described.
func (Rescaling) Traits() Traits { return Elementwise() }
