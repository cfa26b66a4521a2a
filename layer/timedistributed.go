package layer

import (
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(TimeDistributed{}) }

// TimeDistributed applies a layer to each step of x [batch, steps, …] by itself, with the same weights: the steps of
// all samples are samples to it. As in Keras, an activity regularizer of the layer does not count, and attention cannot
// stand within: Keras calls it on a query and a value, and TimeDistributed hands on one input. A mask [batch, steps,
// inner steps] is that of the layer's sequences; where the output has no inner steps, a step counts of which one inner
// step does, where Keras gives the output a mask that does not fit.
type TimeDistributed struct {
	Base
	_     struct{} `keras:"dtype~float32"`
	Layer Layer    `keras:"layer,main,required"`
}

// Wrapped implements Wrapper.
func (l TimeDistributed) Wrapped() []Part { return []Part{{"layer", l.Layer}} }

// Check implements config.Checker.
func (l TimeDistributed) Check() error {
	if of, _ := SignatureOf(l.Layer); len(of.Inputs) > 1 {
		return config.Errorf("layer", "%s takes %s as inputs, and time_distributed hands on one input",
			Layers.Word(l.Layer), strings.Join(of.Inputs, ", ")).
			Fix("apply it without time_distributed; the attention_axes of multi_head_attention make other axes than " +
				"its own samples").Coded(config.Conflict)
	}
	return nil
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
	if s.Training && TraitsOf(l.Layer).Samples == SharesStatistics {
		return l.byStep(s, x[0], in)
	}
	batch, steps := in.Shape[0], in.Shape[1]
	flat := in.Reshape(append(tensor.Shape{batch * steps}, in.Shape[2:]...)...)
	mask := s.Mask(x[0])
	if mask != nil && len(mask.Shape) > 2 {
		s.SetMask(flat, mask.Reshape(append(tensor.Shape{batch * steps}, mask.Shape[2:]...)...))
	}
	var out []*graph.Node
	for _, y := range s.child("layer", l.Layer, []*graph.Node{flat}) {
		y = y.Reshape(append(tensor.Shape{batch, steps}, y.Shape[1:]...)...)
		s.SetMask(y, outer(mask, y))
		out = append(out, y)
	}
	return out
}

// outer is a mask of steps and inner steps for an output: without the inner ones where it does not have them.
func outer(mask, y *graph.Node) *graph.Node {
	if mask == nil || len(mask.Shape) <= 2 || len(y.Shape) > len(mask.Shape) &&
		mask.Shape.Equal(y.Shape[:len(mask.Shape)]) {
		return mask
	}
	return mask.Reshape(mask.Shape[0], mask.Shape[1], -1).ReduceMax(2)
}

// Traits implements Described.
func (l TimeDistributed) Traits() Traits {
	t := Elementwise()
	t.Samples = max(t.Samples, TraitsOf(l.Layer).Samples)
	if in := TraitsOf(l.Layer); in.Features != 0 {
		t.Features, t.Activation = in.Features, in.Activation
	}
	return t
}

// byStep applies the layer to one step after the other, so that statistics over a batch are those of a step, as in
// Keras 3.
func (l TimeDistributed) byStep(s *Scope, x, in *graph.Node) []*graph.Node {
	var out [][]*graph.Node
	mask := s.Mask(x)
	for i := range in.Shape[1] {
		step := in.Narrow(1, i, i+1).Reshape(append(tensor.Shape{in.Shape[0]}, in.Shape[2:]...)...)
		if mask != nil {
			s.SetMask(step, mask.Narrow(1, i, i+1).Reshape(append(tensor.Shape{in.Shape[0]}, mask.Shape[2:]...)...))
		}
		for k, y := range s.child("layer", l.Layer, []*graph.Node{step}) {
			if k == len(out) {
				out = append(out, nil)
			}
			out[k] = append(out[k], y.Reshape(append(tensor.Shape{y.Shape[0], 1}, y.Shape[1:]...)...))
		}
	}
	var all []*graph.Node
	for _, steps := range out {
		y := graph.Concatenate(1, steps...)
		s.SetMask(y, outer(mask, y))
		all = append(all, y)
	}
	return all
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
