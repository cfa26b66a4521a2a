package prep

import (
	"cmp"
	"fmt"
	"slices"

	"gorae/data"
)

// Rare says which categories are counted together. Its keys are those of the encodings onehot and integer.
type Rare struct {
	// MinFrequency is the least number of training rows that a category of its own has; below 1 it is a share of them.
	MinFrequency float64 `keras:"min_frequency,min=0"`
	// MaxCategories is the greatest number of codes, the one of the rare categories counted; those that fewest rows
	// have are rare. 0: no limit.
	MaxCategories int `keras:"max_categories,min=1,what=number of categories"`
}

// levelled is a column's categories: the state of OneHotEncoder and Ordinal.
type levelled struct {
	Levels []string `json:"levels"`
	// Rare is the number of training categories that are counted together; where there is one, new ones count as such.
	Rare int `json:"rare,omitempty"`

	index map[string]int
}

// fit sets the categories, those that are frequent enough.
//
// Source: scikit-learn's OneHotEncoder, infrequent categories.
func (l *levelled) fit(r Rare, c *data.Column) {
	codes, levels := c.Codes()
	if l.Levels = levels; r == (Rare{}) {
		return
	}
	counts := make([]int, len(levels))
	for _, k := range codes {
		if k >= 0 {
			counts[k]++
		}
	}
	least := r.MinFrequency
	if least < 1 {
		least *= float64(len(codes))
	}
	rare := make([]bool, len(levels))
	own := 0
	for k, n := range counts {
		if rare[k] = float64(n) < least; !rare[k] {
			own++
		}
	}
	if r.MaxCategories > 0 && r.MaxCategories < own+1 {
		order := data.Range(len(levels))
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(counts[a], counts[b]) })
		for _, k := range order[:len(order)-(r.MaxCategories-1)] {
			rare[k] = true
		}
	}
	l.Levels = make([]string, 0, own)
	for k, name := range levels {
		if rare[k] {
			l.Rare++
		} else {
			l.Levels = append(l.Levels, name)
		}
	}
}

// width is the number of codes: one for each category, and one for the rare.
func (l *levelled) width() int {
	if l.Rare > 0 {
		return len(l.Levels) + 1
	}
	return len(l.Levels)
}

// prepare implements categorical.
func (l *levelled) prepare(f *Fitted) { l.index = indexLevels(l.Levels, f.Reading) }

// knows implements categorical.
func (l *levelled) knows(level string) bool {
	_, known := l.index[level]
	return known || l.Rare > 0
}

// levels implements categorical.
func (l *levelled) levels() []string { return l.Levels }

// code returns a function that gives the code of a row's category: −1 where it has none, −2 where it is missing.
func (l *levelled) code(c *data.Column) func(r int) int {
	return eachLevel(c, -2, l.place)
}

// place returns the code of a category, −1 of one that has none.
func (l *levelled) place(level string) int {
	if k, known := l.index[level]; known {
		return k
	}
	if l.Rare > 0 {
		return len(l.Levels)
	}
	return -1
}

// Check implements Encoded.
func (l *levelled) Check() error {
	if l.Rare < 0 {
		return fmt.Errorf("%d rare categories", l.Rare)
	}
	return twice(l.Levels)
}
