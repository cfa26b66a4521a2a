package layer

import (
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/weight"
)

// TestTraits: every registered layer declares every trait.
func TestTraits(t *testing.T) {
	for _, class := range Layers.Classes() {
		l := Layers.Prototype(class)
		if _, ok := l.(Described); !ok {
			t.Errorf("%s has no method Traits", class)
			continue
		}
		if l, ok := l.(Bidirectional); ok {
			l.Layer = LSTM{Units: 1}
		}
		tr := TraitsOf(l)
		if tr.Mask == 0 || tr.Steps == 0 || tr.Format == 0 || tr.Features == 0 || tr.Samples == 0 {
			t.Errorf("%s leaves a trait undeclared: %+v", class, tr)
		}
		// A layer with an argument activation ends with it, one with a data_format works in it.
		cfg := config.Encode(l)
		if a, ok := cfg.Get("activation").(string); ok && string(tr.Activation) != a {
			t.Errorf("%s ends with %q, its activation is %q", class, tr.Activation, a)
		}
		if f, ok := cfg.Get("data_format").(string); ok && class != "Flatten" &&
			(tr.Format != ChannelsLast || f != "channels_last") {
			t.Errorf("%s has data_format %s and declares the format %d", class, f, tr.Format)
		}
	}
}

// TestStepwise: the trait is what the layer does: step t of the output does not change with later steps.
func TestStepwise(t *testing.T) {
	for name, c := range map[string]struct {
		l    Layer
		want bool
	}{
		"dense":           {Dense{Units: 2}, true},
		"softmax":         {Softmax{}, true},
		"softmax axis 1":  {Softmax{Axis: []int{1}}, false},
		"lstm":            {LSTM{Units: 2, ReturnSequences: true}, true},
		"lstm backwards":  {LSTM{Units: 2, ReturnSequences: true, RNNOptions: RNNOptions{GoBackwards: true}}, false},
		"bidirectional":   {Bidirectional{Layer: LSTM{Units: 2, ReturnSequences: true}}, false},
		"conv":            {Conv1D{Filters: 2, KernelSize: []int{3}, Padding: "same"}, false},
		"time":            {TimeDistributed{Layer: Dense{Units: 2}}, true},
		"prelu":           {PReLU{}, false},
		"prelu shared":    {PReLU{SharedAxes: []int{1}}, true},
		"layer norm":      {LayerNormalization{}, true},
		"layer norm axes": {LayerNormalization{Axis: []int{1, 2}}, false},
	} {
		if got := Stepwise(c.l, 1); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if Stepwise(LSTM{Units: 2}, 3) {
		t.Error("an LSTM with states to start from is said to be stepwise")
	}
}

// TestDropsMask: a layer that does not know masks gives outputs without one, is listed, and leaves the mask of its
// input to others, also where it returns the input itself.
func TestDropsMask(t *testing.T) {
	tr, store := NewTrace(false), weight.NewStore()
	if err := graph.Catch(func() {
		s := NewScope(tr, store, true)
		x := s.Child("m", Masking{}, tr.Graph.Input("x", graph.F32(2, 3, 2)))[0]
		y := s.Child("r", Reshape{Target: []int{3, 2}}, x)[0]
		if s.Mask(y) != nil || s.Mask(x) == nil {
			t.Errorf("the masks are %v behind reshape and %v before it", s.Mask(y), s.Mask(x))
		}
		own := s.Child("o", plain{}, x)[0]
		if s.Mask(own) != nil {
			t.Error("a mask passes through a layer without traits")
		}
	}); err != nil {
		t.Fatal(err)
	}
	if got := tr.Unmasked; len(got) != 2 || got[0] != "r" || got[1] != "o" {
		t.Errorf("the layers that drop a mask are %v", got)
	}
}

// plain is a layer of a user's own without traits.
type plain struct{ Base }

func (plain) Call(s *Scope, x ...*graph.Node) []*graph.Node { return []*graph.Node{x[0].MulC(2)} }
