package layer

import "gorae/graph"

func init() { Layers.Register(Masking{}) }

// Masking leaves steps out of a sequence x [batch, steps, features] whose features are all equal to Value: it sets
// them to 0, and the layers after it are told.
type Masking struct {
	Base
	_     struct{} `keras:"dtype~float32"`
	Value float64  `keras:"mask_value,main"`
}

// Call implements Layer.
func (l Masking) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	if len(in.Shape) != 3 {
		s.Fail("needs sequences [steps, features], got samples of shape %v", Features(in.Shape))
	}
	mask := in.Ne(s.Graph.Scalar(l.Value)).ReduceMax(2).StopGradient()
	y := in.Mul(spread(mask, 3))
	s.SetMask(y, mask)
	return []*graph.Node{y}
}

// Traits implements Described.
func (Masking) Traits() Traits { return merging() }

// MaskValue implements MasksValue.
func (l Masking) MaskValue() float64 { return l.Value }
