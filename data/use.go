package data

import (
	"fmt"
	"slices"

	"gorae/internal/par"
)

// Use is what a column without a transform of its own becomes.
type Use uint8

const (
	// AsValue: its numbers, or a feature for each category.
	AsValue Use = iota
	// Dropped: nothing.
	Dropped
	// AsText: the words of prose.
	AsText
	// WithMark: AsValue, and a feature that is 1 where the value is missing.
	WithMark
	// MarkOnly: that feature alone.
	MarkOnly
)

// Use returns what column i of a table becomes by default, by the rules of its identity and its content in the whole
// table, so that every split of it, and a report on it, says the same; a column without a value, or with one value
// alone, in the training rows counts as such. why is the rule, "" of AsValue and WithMark. Constant numbers are kept,
// since pixels in columns keep their places; constant words are dropped.
func (t *Table) Use(training *Table, i int) (u Use, why string) {
	u, rule := t.use(training, i)
	return u, rule.Why
}

// use returns what Use returns, with the rule.
func (t *Table) use(training *Table, i int) (Use, Rule) {
	identity := t.Identity(i)
	if identity.Kind != NoRule {
		return Dropped, identity
	}
	c, content := &t.Columns[i], t.Content(i)
	if training != t && training.Columns[i].single() {
		if learnt := training.Content(i); learnt.Kind == Empty || learnt.Kind == Constant {
			content = learnt
		}
	}
	mostly := c.missingShare() > MostlyMissing
	switch {
	case content.Kind == Empty, content.Kind == Constant && c.Kind == Category,
		content.Kind == ManyLevels && !mostly:
		return Dropped, content
	case content.Kind == Prose:
		return AsText, content
	case content.Kind == OneOrNone, content.Kind == ManyLevels:
		return MarkOnly, content
	case mostly:
		return WithMark, Rule{}
	}
	return AsValue, content
}

// single reports whether no two values differ, as they are written.
func (c *Column) single() bool {
	first := -1
	for i := range c.Len() {
		switch {
		case c.IsMissing(i):
		case first < 0:
			first = i
		case c.Kind == Number && c.Numbers[i] != c.Numbers[first]:
			return false
		case c.Kind == Category && !c.mixed && c.text(i) != c.text(first):
			return false
		case c.mixed && c.Level(i) != c.Level(first):
			return false
		}
	}
	return true
}

// missingShare is the share of the missing values.
func (c *Column) missingShare() float64 { return float64(c.missing()) / float64(max(1, c.Len())) }

// missing returns the number of missing values.
func (c *Column) missing() int {
	n := 0
	for _, is := range c.Missing {
		if is {
			n++
		}
	}
	for _, v := range c.Numbers {
		if v != v { // missing
			n++
		}
	}
	return n
}

// DroppedColumn is a column that is left out, and the rule.
type DroppedColumn struct {
	Column string `json:"column"`
	Why    string `json:"why"` // "numbers the rows", "marks parts: test, train", …
}

// Uses lists what the columns of a table become where that is not their value alone.
type Uses struct {
	Dropped  []DroppedColumn `json:"dropped,omitempty"`
	Text     []string        `json:"text,omitempty"`
	Marked   []string        `json:"marked,omitempty"`    // WithMark
	MarkOnly []string        `json:"mark_only,omitempty"` // MarkOnly
	Constant []string        `json:"constant,omitempty"`  // numbers that are kept
	Split    []string        `json:"split,omitempty"`     // dropped columns that mark the parts of a split
}

// Adder finds out what columns become, on all threads, and returns a function that notes and returns it of one of them.
func (u *Uses) Adder(t, training *Table, columns []int) func(i int) Use {
	uses, rules := make([]Use, len(t.Columns)), make([]Rule, len(t.Columns))
	par.Each(len(columns), func(k int) {
		i := columns[k]
		uses[i], rules[i] = t.use(training, i)
	})
	return func(i int) Use {
		u.add(t.Columns[i].Name, uses[i], rules[i])
		return uses[i]
	}
}

// add notes what a column becomes by a rule.
func (u *Uses) add(name string, use Use, rule Rule) {
	switch use {
	case Dropped:
		u.Dropped = append(u.Dropped, DroppedColumn{name, rule.Why})
		if rule.Kind == SplitMark {
			u.Split = append(u.Split, name)
		}
	case AsText:
		u.Text = append(u.Text, name)
	case WithMark:
		u.Marked = append(u.Marked, name)
	case MarkOnly:
		u.MarkOnly = append(u.MarkOnly, name)
	case AsValue:
		if rule.Why != "" {
			u.Constant = append(u.Constant, name)
		}
	}
}

// Lines says it in a line for each use, with the key that says otherwise.
func (u *Uses) Lines() []string {
	var lines []string
	if len(u.Dropped) > 0 {
		lines = append(lines, fmt.Sprintf("dropped: %s; features: {COLUMN: TRANSFORM} keeps one", u.DroppedWords()))
	}
	if len(u.Split) > 0 {
		lines = append(lines, fmt.Sprintf("%s: these marks are not followed, the rows are split anew; data: {test: "+
			"{source: FILE}} takes test rows from a file of their own", some(u.Split)))
	}
	if len(u.Text) > 0 {
		lines = append(lines, fmt.Sprintf("prose, which becomes bags of words, or ids where there are many rows and "+
			"nothing else to learn from: %s; features: {COLUMN: drop} leaves one out", some(u.Text)))
	}
	if len(u.Constant) > 0 {
		lines = append(lines, fmt.Sprintf("the same value in all rows, which says nothing of the target: %s",
			some(u.Constant)))
	}
	if len(u.Marked) > 0 {
		lines = append(lines, fmt.Sprintf("missing in more than half of the rows, and beside the value a feature says "+
			"where: %s; features: {COLUMN: TRANSFORM} says otherwise", some(u.Marked)))
	}
	if len(u.MarkOnly) > 0 {
		lines = append(lines, fmt.Sprintf("a feature that says where it is missing takes the place of the value: %s; "+
			"features: {COLUMN: TRANSFORM} says otherwise", some(u.MarkOnly)))
	}
	return lines
}

// DroppedWords names the dropped columns with their rules: "id (numbers the rows), …".
func (u *Uses) DroppedWords() string {
	var parts []string
	for _, d := range u.Dropped {
		parts = append(parts, fmt.Sprintf("%s (%s)", d.Column, d.Why))
	}
	return some(parts)
}

// mostSome is the greatest number of columns that a line names.
const mostSome = 12

// some joins names, 12 of them at most.
func some(names []string) string { return list(names, mostSome) }

// UsesOf returns the uses of all columns but the targets, as they are where all rows are trained on.
func (t *Table) UsesOf(targets ...int) *Uses {
	var columns []int
	for i := range t.Columns {
		if !slices.Contains(targets, i) {
			columns = append(columns, i)
		}
	}
	u := &Uses{}
	add := u.Adder(t, t, columns)
	for _, i := range columns {
		add(i)
	}
	return u
}
