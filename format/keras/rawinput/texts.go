package rawinput

import (
	"slices"
	"strings"

	"gorae/layer"
	"gorae/model"
	"gorae/ops"
	"gorae/prep"
	"gorae/prep/lookup"
	"gorae/prep/text"
	"gorae/tensor"
)

// vectorization is the layer that cuts the texts of a column, without its output; ok is false where Keras has none.
// Where it does not cut all texts as gorae does, that is noted.
func (p *product) vectorization(c *prep.Fitted) (l lookup.TextVectorization, ok bool) {
	s := c.Vocabulary.Spec
	if s.Markup || s.Marks || s.Unit == "pair" || s.Unit == "jamo" {
		return l, false
	}
	for n := range max(1, s.Ngrams) {
		l.Ngrams = append(l.Ngrams, n+1)
	}
	if len(l.Ngrams) == 1 {
		l.Ngrams = nil
	}
	l.Split, l.Standardize = "whitespace", "lower_and_strip_punctuation"
	if s.Case {
		l.Standardize = "strip_punctuation"
	}
	if s.Unit == "character" {
		l.Split, l.Standardize = "character", "lower"
		if s.Case {
			l.Standardize = "none"
		}
	} else {
		p.note("%s: Keras cuts texts at blanks and drops punctuation; words with marks within them (sea-side) become "+
			"others than in training", c.Name)
	}
	seen := map[string]bool{}
	for _, token := range c.Vocabulary.Tokens {
		if s.Unit != "character" {
			token = strings.ReplaceAll(token, "'", "") // as Keras sees it in a text
		}
		for token == "" || token == "[UNK]" || seen[token] {
			token += "\x00" // is in no text
		}
		seen[token] = true
		l.Vocabulary = append(l.Vocabulary, token)
	}
	return l, true
}

// words is a name for what is done to texts, for notes.
func words(s text.Spec) string {
	for _, w := range []string{s.Unit, s.Output} {
		if w != "" {
			return w
		}
	}
	return "text"
}

// ids is a column of text that becomes ids.
func (p *product) ids(c *prep.Fitted) *model.Value {
	s := c.Vocabulary.Spec
	l, ok := lookup.TextVectorization{}, s.Pad != "before"
	if ok {
		l, ok = p.vectorization(c)
	}
	if !ok {
		name := p.name(c.Name + "_ids")
		p.note("%s: Keras has no layer for its transform (%s); the model takes its features as the input %s", c.Name,
			words(s), name)
		return p.input(name, layer.Input{Base: layer.Base{Name: name}, Shape: []int{s.Length}, DType: "int32"})
	}
	if s.Keep != "first" {
		p.note("%s: of a text of more than %d tokens Keras keeps the first, and gorae the last", c.Name, s.Length)
	}
	l.Output, l.OutputSequenceLength = "int", s.Length
	return p.looked(c, c.Name+"/ids", "_ids", l)
}

// bag is a column of text that becomes a bag of words: occurrences, counts, or tf-idf of length 1.
func (p *product) bag(c *prep.Fitted) []*model.Value {
	v := c.Vocabulary
	l, ok := lookup.TextVectorization{}, !v.Spec.SublinearTF || v.Spec.Output != "tfidf"
	if ok {
		l, ok = p.vectorization(c)
	}
	if !ok {
		return p.outside(c, words(v.Spec), v.Width())
	}
	if l.Output = "count"; v.Spec.Output == "bag" {
		l.Output = "multi_hot"
	}
	x := p.looked(c, c.Name+"/bag", "_words", l)
	// Keras takes the layer's result for one of three axes until it computes it.
	x = model.Apply(layer.Reshape{Target: []int{1 + v.Width()}}, x)
	x = narrowed(x, 1, 1+v.Width()) // without what is not known
	if v.Spec.Output != "tfidf" {
		return []*model.Value{x}
	}
	x = model.Apply(layer.Rescaling{Scale: layer.Numbers{Shape: tensor.Shape{len(v.IDF)}, Values: slices.Clone(v.IDF)},
		Offset: layer.Number(0)}, x)
	square := op("sum", ops.Args{"axis": 1, "keepdims": true}, op("square", nil, x))
	return []*model.Value{op("true_divide", nil, x, op("sqrt", nil, op("maximum", ops.Args{"x2": 1e-30}, square)))}
}
