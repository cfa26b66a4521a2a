package data

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gorae/internal/words"
)

// affixes is a unit that one of the values from row from on has, "" for none, and whether one of them stands in
// parentheses. A column that is to be one of numbers may have any word for its unit.
func (c *column) affixes(from int) (unit string, parens bool) {
	for i := from; i < min(from+tried, c.text.len()); i++ {
		s := strings.TrimSpace(c.text.at(i))
		parens = parens || strings.HasPrefix(s, "(")
		inner := strings.Trim(s, "()+"+minusSigns+spaces)
		if unit == "" {
			if k := slices.IndexFunc(units, func(u string) bool {
				return strings.HasPrefix(inner, u) || strings.HasSuffix(inner, u)
			}); k >= 0 {
				unit = units[k]
			} else if c.o.Types[c.name] == typeNumber {
				unit = affix(inner)
			}
		}
		if unit != "" && parens {
			break
		}
	}
	return unit, parens
}

// affix is what stands before or behind the digits of a text, without the blanks between; "" where both or neither do.
func affix(s string) string {
	first, last := strings.IndexFunc(s, isDigit), strings.LastIndexFunc(s, isDigit)
	if first < 0 || first > 0 == (last < len(s)-1) {
		return ""
	}
	return strings.Trim(s[:first]+s[last+1:], spaces+".,")
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// skippedRow says how a line that is no row is left out: the first of the table, or the last; "" of
// another.
func (c *column) skippedRow(i int) string {
	key := ""
	switch {
	case c.typed: // its rows are no lines
		return ""
	case i == 0 && c.header == nil:
		key = c.o.both("skip", strconv.Itoa(c.lines.at(0)))
	case i == 0:
		key = c.o.both("skip", strconv.Itoa(c.lines.at(0))) + " with " +
			c.o.say("columns", "["+list(c.header, 8)+"]")
	case i == c.lines.len()-1 && totalWord(c.text.at(i)):
		key = c.o.both("totals", totalsSkip)
	case i == c.lines.len()-1:
		key = c.o.both("skip_end", strconv.Itoa(1+c.o.SkipEnd))
	default:
		return ""
	}
	return fmt.Sprintf("if line %d is no row, %s passes over it", c.lines.at(i), key)
}

// The codes that stand for a missing number in many files, as they lie beyond all others.
var codes = []float64{-9, -99, -999, -9999, -99999, -999999, 99, 999, 9999, 99999, 999999}

// coded notes a number that several rows have and that lies far from the others, as codes for missing values do: by at
// least as much as the others lie apart.
func (c *column) coded() {
	least, most := math.Inf(1), math.Inf(-1)
	for _, v := range c.numbers {
		if v < least {
			least = v
		}
		if v > most {
			most = v
		}
	}
	if !slices.Contains(codes, least) && !slices.Contains(codes, most) {
		return
	}
	low, high, low2, high2 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1) // the two least, the two greatest
	for _, v := range c.numbers {
		switch {
		case v < low:
			low, low2 = v, low
		case v > low && v < low2:
			low2 = v
		}
		switch {
		case v > high:
			high, high2 = v, high
		case v < high && v > high2:
			high2 = v
		}
	}
	for _, code := range []struct{ at, near, far float64 }{{low, low2, high}, {high, high2, low}} {
		if !slices.Contains(codes, code.at) || math.IsInf(code.near, 0) ||
			math.Abs(code.at-code.near) < math.Abs(code.near-code.far) ||
			math.Abs(code.at) <= 99 && math.Abs(code.near) > math.Abs(code.at)/2 {
			continue
		}
		n, written := 0, map[string]bool{}
		for i, v := range c.numbers {
			if v == code.at {
				n++
				if word := FormatNumber(v); c.text == nil {
					written[word] = true
				} else {
					written[strings.TrimSpace(c.text.at(i))] = true
				}
			}
		}
		if word := FormatNumber(code.at); n > 1 {
			c.guessOf(spelled{Values: slices.Sorted(maps.Keys(written)), As: asFar, Word: word,
				Low: min(code.near, code.far), High: max(code.near, code.far)}, n,
				c.o.both("missing", fmt.Sprintf("[%q]", word))+" takes it for missing")
		}
	}
}

func haveAre(n int) string {
	if n == 1 {
		return "1 value is"
	}
	return strconv.Itoa(n) + " values are"
}

// almost notes values of a column of text that begin as numbers do, such as numbers with units, unless another guess
// tells of the column already.
func (c *column) almost(out *Column) {
	if c.o.Types[c.name] != "" || len(c.guesses) > 0 {
		return
	}
	known, like, example := 0, 0, ""
	tails := map[string]int{}
	for i, s := range out.Texts() {
		if out.Missing[i] {
			continue
		}
		known++
		s = strings.TrimSpace(s)
		tail, ok := beginsWithNumber(s)
		if ok {
			like++
			if example == "" {
				example = s
			}
			if len(tails) <= manyTails {
				tails[tail]++
			}
		}
		if known >= fronted && (like*10 < known*9 || c.mayBeTime(out)) {
			return // the task says what it takes times for
		}
	}
	if like < 2 || like*10 < known*9 || c.mayBeTime(out) {
		return
	}
	for tail := range tails {
		if len(tails) == 1 && like == known && tail != "" && strings.IndexFunc(tail, isDigit) < 0 {
			c.guess(like, c.o.both("types", "{"+c.name+": number}")+" reads the numbers and leaves it out",
				"%s %s behind a number, as in %s; the column counts as text", haveHas(like), words.Clip(tail, 20),
				words.Clip(example, 30))
			return
		}
	}
	c.guess(like, c.o.both("types", "{"+c.name+": text}")+" says so; quantities are to be written as plain numbers",
		"%s such as %s begin like numbers and are none; the column counts as text", words.Plural(like, "value"),
		words.Clip(example, 30))
}

// mayBeTime reports whether the column begins like one of times.
func (c *column) mayBeTime(out *Column) bool {
	return (&Table{Rows: out.Len(), dates: c.o.Dates}).MayBeTime(out)
}

// manyTails is how many different words behind numbers are told apart.
const manyTails = 8

// beginsWithNumber reports whether a text begins like a number, behind a sign, a mark of comparison or the =" of a
// spreadsheet, and gives what stands behind the digits.
func beginsWithNumber(s string) (tail string, ok bool) {
	s = strings.TrimLeft(s, "+<>=~≤≥(\""+minusSigns+spaces)
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && r != '.' && r != ',' && r != '\'' })
	switch {
	case s == "" || !unicode.IsDigit([]rune(s[:min(len(s), 4)])[0]):
		return "", false
	case end < 0:
		return "", true
	}
	return strings.Trim(s[end:], spaces), true
}
