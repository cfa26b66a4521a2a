package layer

import (
	"strings"

	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(TimeDistributed{}) }

// TimeDistributed applies a layer to each step of x [batch, steps, …] by itself, with the same
// weights: the steps of all samples are samples to it.
type TimeDistributed struct {
	Base
	_     struct{} `keras:"dtype~float32"`
	Layer Layer    `keras:"layer,main,required"`
}

// Call implements Layer.
func (l TimeDistributed) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := one(s, x)
	if l.Layer == nil {
		s.Fail("layer: is missing; give one, as Dense")
	}
	if len(in.Shape) < 3 {
		s.Fail("needs sequences [steps, …], got samples of shape %v", Features(in.Shape))
	}
	batch, steps := in.Shape[0], in.Shape[1]
	flat := in.Reshape(append(tensor.Shape{batch * steps}, in.Shape[2:]...)...)
	var out []*graph.Node
	for _, y := range s.Child("layer", l.Layer, flat) {
		out = append(out, y.Reshape(append(tensor.Shape{batch, steps}, y.Shape[1:]...)...))
	}
	return out
}

// Formula implements Formulator.
func (l TimeDistributed) Formula(in, out []tensor.Shape) string {
	f, ok := l.Layer.(Formulator)
	if !ok {
		return ""
	}
	text := f.Formula([]tensor.Shape{in[0][1:]}, []tensor.Shape{out[0][1:]})
	if text == "" || strings.HasPrefix(text, "none") {
		return text
	}
	return "shared by all steps: " + text
}
