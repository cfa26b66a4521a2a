package scaffold

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"gorae/data"
)

// groups chooses groups of the samples, by codes of a network that learns its own input. Where a column names what
// several rows belong to, such as the customers of purchases, these are the samples.
func (d *Draft) groups(t *data.Table) {
	d.settings = append(d.settings, "data.cluster={}")
	d.because("data.cluster", "nothing is predicted: samples are grouped by what is alike")
	for i := range t.Columns {
		if c := &t.Columns[i]; t.Identity(i).Kind == data.NoRule && !t.MayBeTime(c) && isKey(c) {
			d.set("data.group_by", c.Name)
			d.because("data.group_by", "its values have several rows each, which become one")
			return
		}
	}
}

// coded reports whether the values of a column are codes of one form: the same letters of the same length, but for two
// digits or more, as P0123.
func coded(c *data.Column) bool {
	form := ""
	for i := range c.Len() {
		if c.IsMissing(i) {
			continue
		}
		digits, letters := 0, 0
		f := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsDigit(r):
				digits++
				return '0'
			case unicode.IsLetter(r):
				letters++
			}
			return r
		}, strings.TrimSpace(c.Text(i)))
		if digits < 2 || letters == 0 || form != "" && f != form {
			return false
		}
		form = f
	}
	return form != ""
}

// fewestKeys is the number of different values from which on a column may name what its rows belong to.
const fewestKeys = 20

// isKey reports whether a column may name what its rows belong to: its values, words of a few letters or whole numbers
// of as many digits, are many and have two rows or more each on the average.
func isKey(c *data.Column) bool {
	seen, digits := map[string]bool{}, 0
	given := 0
	for i := range c.Len() {
		if c.IsMissing(i) {
			continue
		}
		given++
		word := c.Text(i)
		if c.Kind == data.Number {
			v := c.Numbers[i]
			n := len(strconv.FormatFloat(v, 'f', -1, 64))
			if v < 1000 || v != math.Trunc(v) || digits != 0 && n != digits {
				return false
			}
			digits = n
		} else if len([]rune(word)) > 20 {
			return false
		}
		seen[word] = true
	}
	return len(seen) >= fewestKeys && 2*len(seen) <= given
}
