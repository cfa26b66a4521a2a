package prep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/internal/spell"
)

// Ranks is the place of a category in an order that is given, standardised: (rank − mean) / deviation, with the mean
// and the deviation of the training rows. A missing value, and a category that the order lacks, is 0.
//
// categories are the categories from the lowest to the highest; they are compared without case and surplus space.
// except are those that stand outside of the order, such as "don't know". A column becomes one feature.
//
// Example: with [low, medium, high] low, high, low, high become −1, 1, −1, 1.
//
// Source: scikit-learn's OrdinalEncoder with its categories, followed by StandardScaler.
type Ranks struct {
	Categories []string `keras:"categories,main,required"`
	Except     []string `keras:"except,lone"`
}

// Check refuses orders that are none.
func (e Ranks) Check() error {
	if len(e.Categories) < 2 {
		return config.Errorf("categories", "%d of them are no order", len(e.Categories)).Fix("give two or more")
	}
	seen := map[string]bool{}
	for _, c := range slices.Concat(e.Categories, e.Except) {
		key := folded(c)
		if seen[key] {
			return config.Errorf("categories", "%q stands twice", c).Fix("give each once").Coded(config.Conflict)
		}
		seen[key] = true
	}
	return nil
}

// folded is a category without case and surplus space.
func folded(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// Fit implements Encoder.
func (e Ranks) Fit(in *Fitting) (Encoded, error) {
	s := &ranks{Categories: e.Categories, Except: e.Except}
	s.prepare(nil)
	var all []float64
	for r := range in.Column.Len() {
		if in.Column.IsMissing(r) {
			continue
		}
		level := in.Column.Level(r)
		k, known := s.index[folded(level)]
		if !known {
			return nil, in.Table.ErrorAt(r, in.Column.Name, "%q is none of the categories in order%s; add it to "+
				"them, or "+
				"to except", level, spell.Hint(level, e.Categories))
		}
		if k >= 0 {
			all = append(all, float64(k))
		}
	}
	if s.SD = 1; len(all) > 0 {
		s.Mean = mean(all)
		if sd := deviation(all, s.Mean); sd > 0 {
			s.SD = sd
		}
	}
	return s, nil
}

// Blank implements Encoder.
func (Ranks) Blank() Encoded { return &ranks{} }

// ranks is Ranks fitted.
type ranks struct {
	Categories []string `json:"categories"`
	Except     []string `json:"except,omitempty"`
	Mean       float64  `json:"mean"` // of the places in the order, from 0
	SD         float64  `json:"sd"`

	index map[string]int // −1: outside of the order
}

// Width implements Encoded.
func (*ranks) Width() int { return 1 }

// Names implements Encoded.
func (*ranks) Names(column string) []string { return []string{column} }

// Bind implements Encoded.
func (s *ranks) Bind(_ *data.Table, c *data.Column) (Row, error) {
	place := eachLevel(c, -1, func(level string) int {
		if k, known := s.index[folded(level)]; known {
			return k
		}
		return -1
	})
	return func(to []float32, r int) error {
		if k := place(r); k >= 0 {
			to[0] = float32((float64(k) - s.Mean) / s.SD)
		}
		return nil
	}, nil
}

// Check implements Encoded.
func (s *ranks) Check() error {
	if !(s.SD > 0) || math.IsInf(s.SD, 0) || math.IsNaN(s.Mean) || math.IsInf(s.Mean, 0) {
		return fmt.Errorf("(rank − %v) / %v is no scale", s.Mean, s.SD)
	}
	return Ranks{s.Categories, s.Except}.Check()
}

// prepare implements categorical.
func (s *ranks) prepare(*Fitted) {
	s.index = map[string]int{}
	for k, c := range s.Categories {
		s.index[folded(c)] = k
	}
	for _, c := range s.Except {
		s.index[folded(c)] = -1
	}
}

// knows implements categorical.
func (s *ranks) knows(level string) bool {
	_, known := s.index[folded(level)]
	return known
}

// levels implements categorical.
func (s *ranks) levels() []string { return s.Categories }
