package supervised

import (
	"strings"
	"testing"

	"gorae/layer"
	"gorae/prep"
	"gorae/spec"
	"gorae/tensor"
)

// TestResidual: the default network of pictures has stages that end at sides of 8 or less, a convolution around each
// stage that changes the shape, and the parameters of its layers counted by hand.
func TestResidual(t *testing.T) {
	for _, c := range []struct {
		sample tensor.Shape
		sums   int
		format string
	}{
		{tensor.Shape{28, 28, 1}, 3, ""}, {tensor.Shape{32, 32, 3}, 3, ""}, {tensor.Shape{12, 12, 1}, 3, ""},
		{tensor.Shape{64, 48, 3}, 4, ""}, {tensor.Shape{256, 256, 3}, 4, ""},
		{tensor.Shape{3, 40, 40}, 4, "channels_first"},
		{tensor.Shape{12, 1000, 3}, 4, ""},
	} {
		sums := 0
		for _, s := range Hidden(c.sample) {
			switch l := s.Layer.(type) {
			case layer.Add:
				sums++
			case layer.Conv2D:
				if l.DataFormat != c.format || !l.NoBias {
					t.Errorf("%v: %+v", c.sample, l)
				}
			case layer.BatchNormalization:
				if (l.Axis != nil && *l.Axis == 1) != (c.format != "") {
					t.Errorf("%v: %+v", c.sample, l)
				}
			}
		}
		if sums != c.sums {
			t.Errorf("%v: %d stages, want %d", c.sample, sums, c.sums)
		}
	}
	for _, s := range []tensor.Shape{{8, 8, 1}, {30, 2}, {30, 30, 5}} {
		if _, flat := Hidden(s)[0].Layer.(layer.Flatten); !flat {
			t.Errorf("%v: %v", s, Hidden(s)[0])
		}
	}
	// One target, several targets, and several inputs: names within branches are made names of the network.
	two := Targets{{Name: "a", Task: prep.Regression}, {Name: "b", Task: prep.Regression}}
	p := &Problem{Targets: two[:1], Hidden: func() []spec.Step { return Hidden(tensor.Shape{28, 28, 1}) }}
	if n := p.Network(); !n.Branches() || n.Outputs != nil {
		t.Errorf("%+v", n)
	}
	p.Targets = two
	if n := p.Network(); len(n.Outputs) != 2 || n.Steps[0].Inputs[0] != spec.OwnInput {
		t.Errorf("%+v", n)
	}
	p.Branches = func() []spec.Branch {
		return []spec.Branch{{Input: "left", Steps: p.Hidden()}, {Input: "right", Steps: p.Hidden()}}
	}
	seen := map[string]bool{"left": true, "right": true}
	for _, s := range p.Network().Steps {
		for _, in := range s.Inputs {
			if !seen[in] {
				t.Errorf("%s reads %q, which no step before it is called", s.Name, in)
			}
		}
		if seen[s.Name] || layer.NameOf(s.Layer) != s.Name {
			t.Errorf("step %q holds a layer %q", s.Name, layer.NameOf(s.Layer))
		}
		seen[s.Name] = true
	}
	if !seen["left_stage2_sum"] || !seen["right_stage3_relu2"] {
		t.Errorf("%v", strings.Join(keysOf(seen), " "))
	}
}

func keysOf(m map[string]bool) (keys []string) {
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}
