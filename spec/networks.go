package spec

import (
	"slices"
	"strings"

	"gorae/config"
	"gorae/layer"
)

// Vocabulary is the word for the number of ids of a text.
const Vocabulary = "vocabulary"

// The words for the number of ids of what is translated and of translations.
const (
	SourceVocabulary = "source_vocabulary"
	TargetVocabulary = "target_vocabulary"
)

// Branch is the layers through which one input of a network goes. Inputs of its steps are names of its own steps, or
// OwnInput for what enters the branch.
type Branch struct {
	Input string
	Steps []Step
}

// Headed returns a network of steps that end in a head, its only output.
func Headed(steps []Step, head layer.Layer) *Network {
	n := &Network{Steps: append(slices.Clip(steps), Steps(head)...)}
	return n.Named()
}

// Join returns a network whose inputs go through branches of their own, and then together through the layers of the
// trunk to one head for each output, under its name. A single branch without a name takes the only input.
func Join(branches []Branch, trunk []layer.Layer, outputs []string, heads []layer.Layer) *Network {
	n := &Network{}
	var ends []string
	for _, b := range branches {
		last := OwnInput
		if b.Input != "" {
			last = b.Input
		}
		own := map[string]string{OwnInput: last} // names within the branch → names in the network
		for i, s := range b.Steps {
			s.Inputs = renamed(s.Inputs, own)
			if s.Inputs == nil {
				s.Inputs = []string{last}
			}
			last = stepOf(b.Input, i)
			if s.Name != "" {
				if own[s.Name] = s.Name; b.Input != "" {
					own[s.Name] = LayerName(b.Input) + "_" + s.Name
				}
				last = own[s.Name]
			}
			s.Name = last
			n.Steps = append(n.Steps, s)
		}
		ends = append(ends, last)
	}
	if len(ends) > 1 {
		n.Steps = append(n.Steps, Step{Name: "joined", Layer: layer.Concatenate{}, Inputs: ends})
		ends = []string{"joined"}
	}
	for i, l := range trunk {
		s := Step{Name: stepOf("trunk", i), Layer: l, Inputs: ends}
		n.Steps, ends = append(n.Steps, s), []string{s.Name}
	}
	for i, h := range heads {
		name := LayerName(outputs[i])
		n.Steps, n.Outputs = append(n.Steps, Step{Name: name, Layer: h, Inputs: ends}), append(n.Outputs, name)
	}
	return n.Named()
}

// Named gives layers the names of their steps, as they have them when the network is read from a file: the first
// weights depend on them. It returns the network.
func (n *Network) Named() *Network {
	for i, s := range n.Steps {
		if s.Name == "" {
			continue
		}
		if l, err := named(s.Layer, s.Name); err == nil {
			n.Steps[i].Layer = l
		}
	}
	return n
}

// renamed returns names as a map has them.
func renamed(names []string, as map[string]string) []string {
	var out []string
	for _, n := range names {
		out = append(out, as[n])
	}
	return out
}

// stepOf returns the name of a layer of a branch.
func stepOf(branch string, i int) string {
	if branch == "" {
		branch = "hidden"
	}
	return LayerName(branch) + "_" + string(rune('a'+i%26))
}

// LayerName returns a text as the name of a layer: without blanks and slashes.
func LayerName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '/' {
			return '_'
		}
		return r
	}, s)
}

// named returns a layer under a name.
func named(l layer.Layer, name string) (layer.Layer, error) {
	return layer.Layers.With(l, config.Map{{Key: "name", Value: name}})
}
