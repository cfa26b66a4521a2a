package data

import (
	"fmt"
	"slices"
	"strings"

	"gorae/internal/words"
)

// named returns a column of digits that are names.
func (c *column) named(t tally) Column {
	s := strings.TrimSpace(c.text.at(t.firstName))
	why := "would lose digits as numbers"
	if digits, plus := strings.CutPrefix(s, "+"); plus && digits[0] != '0' {
		why = "begin with + and are as long as telephone numbers"
		if t.names == 1 {
			why = "begins with + and is as long as a telephone number"
		}
	} else if strings.TrimLeft(s, "+-")[0] == '0' {
		why = "begin with zeros"
		if t.names == 1 {
			why = "begins with zeros"
		}
	} else if t.names == 1 {
		why = "would lose digits as a number"
	}
	c.guess(t.names, c.o.both("types", "{"+c.name+": number}")+" reads numbers",
		"%s such as %s %s: the column is names, kept as text", words.Plural(t.names, "value"), words.Clip(s, 30), why)
	return c.asText(Reading{Kind: Category, Missing: c.o.missing(Category)})
}

// words returns a column in which some values are no numbers.
func (c *column) words(t tally, want string) Column {
	if want == typeNumber {
		// The first value that is none is named where a number is needed.
		word := words.Clip(c.text.at(t.firstOdd), 30)
		key := c.o.both("missing", fmt.Sprintf("[%q]", word))
		if row := c.skippedRow(t.firstOdd); row != "" && t.odd == 1 {
			key += "; or, " + row
		}
		c.guess(t.odd, key, "%s: %q is no number", c.place(t.firstOdd), word)
		c.guesses[len(c.guesses)-1].Open = true
	} else if t.good >= t.odd {
		word := words.Clip(c.text.at(t.firstOdd), 30)
		key := c.o.both("missing", fmt.Sprintf("[%q]", word)) + " would drop the word"
		if t.alike < t.odd { // no word for a missing number
			key = c.o.both("types", "{"+c.name+": text}") + " confirms that"
		}
		if row := c.skippedRow(t.firstOdd); row != "" && t.odd == 1 {
			if key += "; " + row; t.firstOdd == 0 {
				key = row
			}
		}
		is := "is no number, as %d of the %d values are; the column counts as text"
		if t.firstOdd == t.firstBare {
			is = "has no " + strings.ReplaceAll(t.numerals.Unit, "%", "%%") +
				", as %d of the %d values have; the column counts as text"
		}
		c.guess(t.odd, key, "%q in %s "+is, word, c.place(t.firstOdd), t.good, t.good+t.odd)
	}
	return c.asText(Reading{Kind: Category, Missing: c.o.missing(Category)})
}

// open returns a column whose marks may be between thousands or before decimals.
func (c *column) open(t tally) Column {
	s := ""
	for i := range c.text.len() {
		if s = strings.TrimSpace(c.text.at(i)); strings.ContainsAny(s, ",.") {
			break
		}
	}
	c.guesses = append(c.guesses, Guess{Column: c.name, Count: t.thousands + t.decimals, Open: true,
		Key:  c.o.both("thousands", "comma") + " or " + c.o.both("decimal", "comma"),
		What: fmt.Sprintf("%s may be a number with a mark between thousands or with decimals", words.Clip(s, 30))})
	c.firstly = t
	return c.asText(Reading{Kind: Category, Missing: c.o.missing(Category)})
}

// asText returns the column as text.
func (c *column) asText(r Reading) Column {
	n := c.text.len()
	out := Column{Name: c.name, Kind: Category, Reading: r, Missing: make([]bool, n), coding: c.coding}
	missing, lacks, longest := map[string]int{}, map[string]int{}, r.longest()
	isMissing := func(s string, count int) bool {
		if s = strings.TrimSpace(s); len(s) > longest { // likeMark is not for it either
			return false
		}
		switch is := r.isMissing(s); {
		case !is && likeMark(s):
			lacks[s] += count
			return false
		case is && s != "":
			missing[s] += count
			return true
		default:
			return is
		}
	}
	if c.coding != nil {
		none := make([]bool, len(c.coding.words))
		for k, s := range c.coding.words {
			none[k] = isMissing(s, c.counts[k])
		}
		for i, k := range c.coding.codes {
			out.Missing[i] = none[k]
		}
	} else {
		out.spelled = c.text
		for i, s := range c.text.all() {
			out.Missing[i] = isMissing(s, 1)
		}
	}
	c.marks(missing)
	c.almost(&out)
	if c.o.Types[c.name] != typeText && c.o.Missing == nil {
		for _, w := range sortedKeys(lacks) {
			c.guessOf(spelled{Values: []string{w}, As: asWord}, lacks[w], c.o.both("missing", fmt.Sprintf("[%q]", w))+
				" takes it for missing")
		}
	}
	return out
}

// likeMark reports whether a text marks a missing number where nothing is said.
func likeMark(s string) bool {
	if len(s) > 10 || strings.IndexByte("nN?#-.mM\xe2", s[0]) < 0 { // where those of numberMarks begin
		return false
	}
	return slices.ContainsFunc(numberMarks, func(m string) bool { return strings.EqualFold(m, s) })
}
