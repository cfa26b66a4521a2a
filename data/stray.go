package data

import "strings"

// Stray is what keeps a column of numbers from being one: values that are none.
type Stray struct {
	Row     int // of the first of them
	Values  int // of the column that are there
	Numbers int // of these
	Levels  int // different values
}

// The share of numbers from which a column of text is taken for numbers with strays among them, and the number of
// different values above which it cannot be classes that are written as numbers.
const (
	strayShare  = 0.9
	classLevels = 20
)

// Stray returns the values that keep a column of text from being one of numbers; nil where nine of ten values are no
// numbers, or where 20 different values or fewer may be the names of classes.
func (c *Column) Stray() *Stray {
	if c.Kind != Category {
		return nil
	}
	s := &Stray{Row: -1}
	levels := map[string]struct{}{}
	for i, text := range c.Texts() {
		if c.IsMissing(i) {
			continue
		}
		text = strings.TrimSpace(text)
		levels[text] = struct{}{}
		s.Values++
		if _, ok := parseNumber(text); ok {
			s.Numbers++
		} else if s.Row < 0 {
			s.Row = i
		}
	}
	s.Levels = len(levels)
	if s.Row < 0 || s.Levels <= classLevels || float64(s.Numbers) < strayShare*float64(s.Values) {
		return nil
	}
	return s
}
