package prep

import "gorae/tensor"

// Shapes returns the shape of one sample of each input: the number of features, or the number of ids of a text.
func (p *Pipeline) Shapes() []tensor.Shape {
	var out []tensor.Shape
	for _, in := range p.inputs() {
		shape := tensor.Shape{p.width(in.Columns)}
		for _, f := range p.of(in.Columns) {
			if f.Vocabulary != nil && f.Vocabulary.Spec.Ids() {
				shape = tensor.Shape{f.Vocabulary.Spec.Length}
			}
		}
		out = append(out, shape)
	}
	return out
}
