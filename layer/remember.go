package layer

import (
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// What layers do that keep the steps before the one that is read, in a trace with Reach: attention with a causal mask
// keeps keys and values, so that a step computes those of one step alone.

// Given is a state that a recurrent layer was given to start from, and the variable of Trace.Memory that holds it
// while the sequence is read piece by piece.
type Given struct {
	Var  *weight.Var
	From *graph.Node
}

// reading reports whether the trace reads sequences one step at a time and layers remember the steps before.
func (s *Scope) reading() bool { return s.trace.Reach > 0 }

// place returns the number of the step that is read, [1], the same for all layers of the trace.
func (s *Scope) place() *graph.Node {
	t := s.trace
	if t.place == nil {
		t.place = t.Leaf(t.Memory.Session("place", []int{1}))
		s.Keep(t.place, t.place.AddC(1))
	}
	return t.place
}

// places returns the numbers of all steps, [Reach].
func (s *Scope) places() *graph.Node {
	n := tensor.New(tensor.Float32, s.trace.Reach)
	for i := range n.F32 {
		n.F32[i] = float32(i)
	}
	return s.Graph.Const(n)
}

// remembered returns x [rows, 1, …] together with what it was in the steps before, [rows, Reach, …]; behind the step
// that is read there are zeros. Each row goes on from the row that Trace.Recall says.
func (s *Scope) remembered(name string, x *graph.Node) *graph.Node {
	shape := x.Shape.Clone()
	shape[1] = s.trace.Reach
	session := s.Session(name, shape)
	before := session
	if s.trace.Recall != nil {
		before = s.trace.Recall(before)
	}
	here := make([]int, len(shape))
	for i := range here {
		here[i] = 1
	}
	here[1] = s.trace.Reach
	y := s.places().Eq(s.place()).Reshape(here...).Where(x, before)
	s.Keep(session, y)
	return y
}

// past returns the mask of the keys that the step that is read attends to, [1, 1, Reach]: 1 up to itself, and with a
// window those less than so many steps away.
func (s *Scope) past(window int) *graph.Node {
	distance := s.place().Sub(s.places())
	mask := distance.Ge(s.Graph.Scalar(0))
	if window > 0 {
		mask = mask.And(distance.Lt(s.Graph.Scalar(float64(window))))
	}
	return mask.Reshape(1, 1, s.trace.Reach)
}
