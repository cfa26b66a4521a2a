package onnx

import (
	"slices"

	"gorae/format"
	"gorae/format/onnx/internal/pb"
	"gorae/prep/lookup"
	"gorae/tensor"
)

// Texts are numbers in a trace: 0 stands for the empty text, 1 for one that the file does not name, and from 2 on the
// texts that the file names, keys and values of encoders, names of classes, in the order of their first use. A
// lookup layer before the network turns the texts of an input into these numbers, and what an output gives is a place
// in the list.
const (
	emptyText = iota
	unknownText
	firstText
)

// word is the number of a text that the file names.
func (p *program) word(s string) int {
	if s == "" {
		return emptyText
	}
	code, known := p.codes[s]
	if !known {
		code = firstText + len(p.words)
		if p.codes == nil {
			p.codes = map[string]int{}
		}
		p.codes[s] = code
		p.words = append(p.words, s)
	}
	return code
}

// gatherTexts names the texts of all constants and attributes.
func (p *program) gatherTexts(b *block) {
	for _, name := range p.order {
		if t := p.constants[name].tensor; t.Elem == pb.Text {
			for _, s := range t.Texts {
				p.word(s)
			}
		}
	}
	p.attributeTexts(b)
}

func (p *program) attributeTexts(b *block) {
	for _, n := range b.nodes {
		if n.domain != "ai.onnx.ml" {
			continue
		}
		for _, a := range n.attributes {
			switch {
			case a.Type == pb.Strings:
				for _, s := range a.Strings {
					p.word(s)
				}
			case a.Type == pb.TensorType && a.T != nil:
				for _, s := range a.T.Texts {
					p.word(s)
				}
			case a.Name == "default_string":
				p.word(a.S)
			}
		}
	}
}

// tokens finds the inputs of texts that are only cut into words at white space: the lookup layer does it.
func (p *program) tokens() {
	for i := range p.inputs {
		e := &p.inputs[i]
		if e.elem != pb.Text {
			continue
		}
		readers := 0
		var split *node
		for _, n := range p.body.nodes {
			for _, name := range n.inputs {
				if name == e.name {
					readers++
					if n.op == "StringSplit" {
						split = n
					}
				}
			}
		}
		e.split = readers == 1 && split != nil && !slices.ContainsFunc(split.attributes, func(a *pb.Attribute) bool {
			return a.Name == "delimiter" && a.S != "" || a.Name == "maxsplit"
		})
	}
}

// texts are the lookup layers before the network.
func (p *program) texts() []format.TextInput {
	var all []format.TextInput
	for _, e := range p.inputs {
		if e.elem != pb.Text {
			continue
		}
		t := format.TextInput{Name: e.name, Source: e.name, Sample: e.sample(), Shape: e.sample()}
		empty := ""
		if e.split {
			t.Shape = append(t.Shape.Clone(), 0)
			t.Layer = lookup.TextVectorization{Standardize: "none", Vocabulary: p.words}
		} else {
			t.Layer = lookup.StringLookup{MaskToken: &empty, OOVToken: "\x00", Vocabulary: p.words}
		}
		all = append(all, t)
	}
	return all
}

// named are the outputs with their names, and the texts of those whose numbers stand for texts.
func (p *program) named() []format.Output {
	var all []format.Output
	for _, e := range p.outputs {
		o := format.Output{Name: e.name}
		if e.elem == pb.Text {
			o.Texts = slices.Concat([]string{"", ""}, p.words)
		}
		all = append(all, o)
	}
	return all
}

// codesOf is texts as numbers.
func (p *program) codesOf(texts []string, shape tensor.Shape) *tensor.Tensor {
	t := tensor.New(tensor.Int32, shape...)
	for i, s := range texts {
		t.I32[i] = int32(p.word(s))
	}
	return t
}
