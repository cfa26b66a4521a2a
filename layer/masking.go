package layer

import "gorae/graph"

func init() { Layers.Register(Masking{}) }

// Masking leaves steps out of a sequence x [batch, steps, features] whose features are all equal to Value: it sets
// them to 0, and the layers after it are told. There may be several axes between samples and features, as those of a
// picture or of sentences with words; each place of them is a step. There may be none: then samples are left out.
type Masking struct {
	Base
	_     struct{} `keras:"dtype~float32"`
	Value float64  `keras:"mask_value,main"`
}

// Call implements Layer.
func (l Masking) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	rank := len(in.Shape)
	if rank < 2 {
		s.Fail("needs sequences [steps, features], got samples of shape %v", Features(in.Shape))
	}
	mask := in.Ne(s.Graph.Scalar(l.Value)).ReduceMax(rank - 1).StopGradient()
	y := in.Mul(spread(mask, rank))
	s.SetMask(y, mask)
	return []*graph.Node{y}
}

// Traits implements Described.
func (Masking) Traits() Traits { return merging() }

// MaskValue implements MasksValue.
func (l Masking) MaskValue() float64 { return l.Value }
