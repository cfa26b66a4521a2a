package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/spell"
)

// settle decides, by the other columns of a file, about those whose marks are open.
func settle(cs []*column, t *Table) {
	comma, point := false, false
	for k, c := range cs {
		n := c.firstly.numerals
		comma = comma || t.Columns[k].Kind == Number && n.Decimal == "," && c.firstly.decimals > 0
		point = point || n == (Numerals{}) && c.firstly.points > c.firstly.open && c.firstly.odd == 0
	}
	for k, c := range cs {
		open := slices.ContainsFunc(c.guesses, func(g Guess) bool { return g.Open })
		switch n := c.firstly.numerals; {
		case open && c.o.Types[c.name] != typeNumber && comma != point:
			o := *c.o
			if o.Decimal = "comma"; point {
				o.Decimal = "point"
			}
			again := *c
			again.o, again.guesses = &o, nil
			t.Columns[k] = again.infer()
			t.Columns[k].file(c.scratch)
			c.guesses = again.guesses
		case comma && n == (Numerals{}) && t.Columns[k].Kind == Number && c.firstly.points > 0 &&
			c.firstly.points == c.firstly.open && c.o.Types[c.name] != typeNumber:
			c.guesses = append(c.guesses, Guess{Column: c.name, Count: c.firstly.open, Open: true, thousands: true,
				Key: c.o.both("decimal", "comma") + " reads thousands, " + c.o.both("types",
					"{"+c.name+": number}") + " decimals",
				What: "a point may stand between thousands, as decimal commas stand in other columns"})
		}
	}
}

// at returns the place of a column.
func (*CSVOptions) at(t *Table, name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// unknownTypes notes types of columns that are not there.
func (o *CSVOptions) unknownTypes(t *Table) {
	for name := range o.Types {
		if o.at(t, name) < 0 {
			t.Guesses = append(t.Guesses, Guess{What: fmt.Sprintf("types names the column %q, which is not there",
				name),
				Key: "a column of the file" + spell.Hint(name, t.Names()), Open: true, quiet: true})
		}
	}
}

// unusedMarks notes the marks of missing values that stand nowhere.
func (o *CSVOptions) unusedMarks(t *Table) {
	for _, m := range o.Missing {
		r := Reading{Kind: Number, Missing: []string{m}}
		marks := r.missingNumbers()
		found := func(c *Column) bool {
			for i := range c.Len() {
				if !c.IsMissing(i) {
					continue
				}
				if _, missing, _ := r.number(c.Spelling(i), marks); missing && strings.TrimSpace(c.Spelling(i)) != "" {
					return true
				}
			}
			return false
		}
		if !slices.ContainsFunc(t.Columns, func(c Column) bool { return found(&c) }) {
			t.Guesses = append(t.Guesses, Guess{What: fmt.Sprintf("the mark %s of a missing value stands in no row",
				strconv.Quote(m)), Key: o.both("missing", fmt.Sprintf("[%q]", m)) + " may be spelled otherwise",
				quiet: true})
		}
	}
}
