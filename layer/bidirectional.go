package layer

import (
	"reflect"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(Bidirectional{}) }

// Bidirectional runs a recurrent layer over a sequence from both ends, with weights for each (Schuster and
// Paliwal, 1997), and merges what both give, a sequence in the order of x:
//
//	concat   one beside the other along the last axis
//	sum, ave, mul
//	none     two results
//
// Backward is the layer that runs the other way; without it a second one of Layer's kind does. Further results are the
// states of both if Layer returns them; further inputs are states to start from, first those of
// Layer. As in Keras, steps that a mask leaves out give zeros in a sequence.
type Bidirectional struct {
	Base
	_         struct{} `keras:"dtype~float32"`
	Layer     Layer    `keras:"layer,main,required"`
	MergeMode string   `keras:"merge_mode,default=concat,null=none,oneof=concat|sum|ave|mul|none"`
	Backward  Layer    `keras:"backward_layer"`
}

// Wrapped implements Wrapper.
func (l Bidirectional) Wrapped() []Part {
	back := l.Backward
	if back == nil {
		back = l.Layer
	}
	return []Part{{"forward_layer", l.Layer}, {"backward_layer", back}}
}

// Check tests that both layers are recurrent and run against each other.
func (l Bidirectional) Check() error {
	f, ok := l.Layer.(recurrent)
	if !ok {
		return config.Errorf("layer", "is no recurrent layer").Fix("give one, as LSTM")
	}
	if err := config.Check(l.Layer); err != nil {
		return config.Under("layer", err)
	}
	if l.Backward == nil {
		if f.loop().backwards {
			return config.Errorf("backward_layer", "is missing, and layer goes backwards").
				Fix("give one that goes forwards, or take go_backwards from layer").Coded(config.Conflict)
		}
		return nil
	}
	b, ok := l.Backward.(recurrent)
	if !ok {
		return config.Errorf("backward_layer", "is no recurrent layer").Fix("give one, as LSTM")
	}
	if err := config.Check(l.Backward); err != nil {
		return config.Under("backward_layer", err)
	}
	switch a, z := f.loop(), b.loop(); {
	case a.backwards == z.backwards:
		return config.Errorf("backward_layer", "runs the same way as layer").
			Fix("give one of them go_backwards").Coded(config.Conflict)
	case a.sequences != z.sequences || a.state != z.state || a.stateful != z.stateful:
		return config.Errorf("backward_layer", "differs from layer in return_sequences, return_state or stateful").
			Coded(config.Conflict)
	}
	return nil
}

// loops returns the layers of both directions.
func (l Bidirectional) loops() (f, b loop) {
	f = l.Layer.(recurrent).loop()
	if l.Backward != nil {
		b = l.Backward.(recurrent).loop()
	} else {
		b = f
		b.backwards = !f.backwards
	}
	f.zeroMasked, b.zeroMasked = f.sequences, b.sequences
	return f, b
}

// Call implements Layer.
func (l Bidirectional) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	f, b := l.loops()
	given := x[1:]
	if len(given)%2 != 0 {
		s.Fail("takes a sequence and states to start from for both directions; got %d", len(given))
	}
	half := len(given) / 2
	y, states := f.run(l.part(s, "forward_layer", l.Layer), append([]*graph.Node{x[0]}, given[:half]...))
	z, back := b.run(l.part(s, "backward_layer", l.Backward), append([]*graph.Node{x[0]}, given[half:]...))
	for _, one := range []struct {
		loop
		y      *graph.Node
		states []*graph.Node
	}{{f, y, states}, {b, z, back}} {
		out := []*graph.Node{one.y}
		if one.state {
			out = append(out, one.states...)
		}
		s.penalise(one.active, out)
	}
	if f.sequences { // Keras flips what the second layer gives; run gives it in its place
		if f.backwards {
			y, z = flip(y), flip(z)
		}
	}
	out := []*graph.Node{y, z}
	switch l.MergeMode {
	case "sum":
		out = []*graph.Node{y.Add(z)}
	case "ave":
		out = []*graph.Node{y.Add(z).DivC(2)}
	case "mul":
		out = []*graph.Node{y.Mul(z)}
	case "none":
	default:
		out = []*graph.Node{graph.Concatenate(-1, y, z)}
	}
	for _, n := range out {
		f.passMask(s, x[0], n, append(states, back...))
	}
	if f.state {
		out = append(append(out, states...), back...)
	}
	return out
}

// Traits implements Described.
func (Bidirectional) Traits() Traits {
	t := convolving("", "")
	t.Mask, t.Format, t.Activation = HandlesMask, AnyFormat, ""
	return t
}

// part returns the scope of one direction, whose layer may be frozen by itself.
func (l Bidirectional) part(s *Scope, name string, one Layer) *Scope {
	if one == nil {
		one = l.Layer
	}
	return s.enter(name, one)
}

// Formula implements Formulator.
func (l Bidirectional) Formula(in, out []tensor.Shape) string {
	f, b := l.loops()
	t, n := f.cell.words(in[0][1:])
	u, m := b.cell.words(in[0][1:])
	switch {
	case t == "" || u == "":
		return ""
	case reflect.DeepEqual(t, u):
		return "2 × (" + t + ") = " + Thousands(n+m)
	}
	return t + " + " + u + " = " + Thousands(n+m)
}
