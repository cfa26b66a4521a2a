package prep

import "gorae/data"

func init() { Encoders.RegisterOwn(OneHotEncoder{}, "onehot") }

// OneHotEncoder is a feature for each category of the training rows, 1 where a row has the category and 0 elsewhere. A
// category that training did not meet has zeros alone, or counts as rare where some are; so has a missing value, unless
// missing: true gives it a feature.
//
// min_frequency (0) and max_categories (none) say which categories share one feature, the last one. A column of k
// categories becomes k features.
//
// Example: a, b, a become (1, 0), (0, 1), (1, 0).
//
// Source: scikit-learn's OneHotEncoder(handle_unknown="infrequent_if_exist").
type OneHotEncoder struct{ Rare }

// Fit implements Encoder.
func (e OneHotEncoder) Fit(in *Fitting) (Encoded, error) {
	s := &oneHot{}
	s.fit(e.Rare, in.Column)
	return s, nil
}

// Blank implements Encoder.
func (OneHotEncoder) Blank() Encoded { return &oneHot{} }

// oneHot is OneHotEncoder fitted.
type oneHot struct {
	levelled
	missing bool
}

func (s *oneHot) prepare(f *Fitted) {
	s.levelled.prepare(f)
	s.missing = f.Spec.Missing
}

// Width implements Encoded.
func (s *oneHot) Width() int {
	if s.missing {
		return s.width() + 1
	}
	return s.width()
}

// Names implements Encoded.
func (s *oneHot) Names(column string) []string {
	names := wordsNumbered(column, s.Levels)
	if s.Rare > 0 {
		names = append(names, column+" rare")
	}
	if s.missing {
		names = append(names, column+"=")
	}
	return names
}

// Bind implements Encoded.
func (s *oneHot) Bind(_ *data.Table, c *data.Column) (Row, error) {
	feature := s.feature(c)
	return func(to []float32, r int) error {
		if k := feature(r); k > 0 {
			to[k-1] = 1
		}
		return nil
	}, nil
}

// feature returns what tells which feature of a row is 1, from 1; 0 where none is.
func (s *oneHot) feature(c *data.Column) func(r int) int {
	missing := 0
	if s.missing {
		missing = s.Width()
	}
	return eachLevel(c, missing, func(level string) int { return s.place(level) + 1 })
}
