package supervised

import (
	"slices"
	"strconv"

	"gorae/data"
	"gorae/task"
)

// mostKnown is the greatest number of different values of a column of known classes.
const mostKnown = 100

// Known is classes that are known of samples and not learnt from.
type Known struct {
	Name    string
	Classes []string
	Of      [3][]int // the class of each sample by part, −1 where it is not known; nil: of no sample
}

// KnownOf returns the classes in a column of the training source, of which parts lists the rows; test is that of the
// test source, nil where there is none. A column of more than 100 different values has no classes: nil.
func KnownOf(c *data.Column, parts [3][]int, test *data.Column) *Known {
	k := &Known{Name: c.Name}
	number := map[string]int{}
	note := func(c *data.Column, i int) {
		if l := c.Level(i); !c.IsMissing(i) {
			number[l] = 0
		}
	}
	for i := range c.Len() {
		if note(c, i); len(number) > mostKnown {
			return nil
		}
	}
	for i := 0; test != nil && i < test.Len(); i++ {
		if note(test, i); len(number) > mostKnown {
			return nil
		}
	}
	for l := range number {
		k.Classes = append(k.Classes, l)
	}
	slices.SortFunc(k.Classes, byNumber)
	for i, l := range k.Classes {
		number[l] = i
	}
	class := func(c *data.Column, i int) int {
		if c.IsMissing(i) {
			return -1
		}
		return number[c.Level(i)]
	}
	for part, rows := range parts {
		for _, i := range rows {
			k.Of[part] = append(k.Of[part], class(c, i))
		}
	}
	if test != nil {
		k.Of[task.Test] = nil
		for i := range test.Len() {
			k.Of[task.Test] = append(k.Of[task.Test], class(test, i))
		}
	}
	return k
}

// KnownColumn returns the column data.known of a table; nil where the experiment names none.
func KnownColumn(in *task.Input, t *data.Table) (*data.Column, error) {
	name := in.Spec.Data.Known
	if name == "" {
		return nil, nil
	}
	c, err := t.Column(name)
	if err != nil {
		return nil, task.Errorf("data.known", "%s", err)
	}
	return c, nil
}

// byNumber compares numbers by their value, and other texts by their letters.
func byNumber(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil && x != y {
		if x < y {
			return -1
		}
		return 1
	}
	if a < b {
		return -1
	}
	return 1
}

// named returns the classes of a part's samples and whether any is known.
func (k *Known) named(part task.Part) ([]int, bool) {
	if k == nil || len(k.Classes) < 2 {
		return nil, false
	}
	of := k.Of[part]
	return of, slices.ContainsFunc(of, func(c int) bool { return c >= 0 })
}
