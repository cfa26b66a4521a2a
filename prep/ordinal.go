package prep

import "gorae/data"

func init() { Encoders.RegisterOwn(Ordinal{}, "integer", "ordinal") }

// Ordinal is the number of a category, from 1 in the order of the training's categories (numbers by size, words by
// their bytes), and 0 for a missing value and for a category that training did not meet.
//
// min_frequency (0) and max_categories (none) say which categories share one number, the last one. A column becomes one
// feature. Alone in an input it is an id for an Embedding, and the default network makes one of it.
//
// Example: b, a, c become 2, 1, 3.
//
// Source: scikit-learn's OrdinalEncoder, whose numbers are from 0.
type Ordinal struct{ Rare }

// Fit implements Encoder.
func (e Ordinal) Fit(in *Fitting) (Encoded, error) {
	s := &ordinal{}
	s.fit(e.Rare, in.Column)
	return s, nil
}

// Blank implements Encoder.
func (Ordinal) Blank() Encoded { return &ordinal{} }

// ordinal is Ordinal fitted.
type ordinal struct{ levelled }

// Width implements Encoded.
func (*ordinal) Width() int { return 1 }

// Names implements Encoded.
func (*ordinal) Names(column string) []string { return []string{column} }

// Bind implements Encoded.
func (s *ordinal) Bind(_ *data.Table, c *data.Column) (Row, error) {
	code := s.code(c)
	return func(to []float32, r int) error {
		to[0] = float32(max(0, code(r)+1))
		return nil
	}, nil
}

// IDsOf returns the number of ids of an input that is one column of Ordinal: those of the categories, and 0; 0 for
// other inputs.
func (p *Pipeline) IDsOf(input string) int {
	for _, in := range p.Inputs {
		if of := p.of(in.Columns); in.Name == input && len(of) == 1 && !of[0].Spec.Indicator {
			if s, is := of[0].Encoded.(*ordinal); is {
				return s.width() + 1
			}
		}
	}
	return 0
}
