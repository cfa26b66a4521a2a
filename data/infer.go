package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/arrayfile"
	"gorae/internal/mem"
	"gorae/internal/words"
)

// Words of the key types.
const (
	typeNumber = "number"
	typeText   = "text"
)

// marks of decimals and thousands by the words for them.
var markWords = map[string]string{"point": ".", "comma": ",", "space": " ", "apostrophe": "'", "none": ""}

// numeralMarks are the ways of writing numbers that are tried, in this order.
var numeralMarks = []Numerals{
	{}, {Thousands: ","}, {Decimal: ","}, {Decimal: ",", Thousands: "."}, {Decimal: ",", Thousands: " "},
	{Thousands: " "}, {Thousands: "'"}, {Decimal: ",", Thousands: "'"},
}

// numerals returns the ways that the options leave open.
func (o *CSVOptions) numerals() []Numerals {
	var out []Numerals
	for _, n := range numeralMarks {
		if o.Decimal != "" && cmpOr(n.Decimal, ".") != markWords[o.Decimal] ||
			o.Thousands != "" && n.Thousands != markWords[o.Thousands] {
			continue
		}
		out = append(out, n)
	}
	return out
}

// missing returns the marks of a missing value in a column of a kind.
func (o *CSVOptions) missing(k Kind) []string {
	usual := numberMarks
	if k == Category {
		usual = textMarks
	}
	if o.Missing != nil && len(o.Missing) == 0 {
		return nil
	}
	return slices.Concat(usual, o.Missing)
}

// tally counts the kinds of a column's values under one way of reading them.
type tally struct {
	numerals         Numerals
	good, odd        int
	firstOdd, alike  int            // the first value that is no number, and how many are spelled like it
	names, firstName int            // numbers with leading zeros or beyond 2⁵³
	minus            int            // numbers with another minus sign
	unit, parens     int            // numbers with the unit; numbers in parentheses
	firstBare        int            // a number without the unit
	thousands        int            // numbers with a mark between thousands
	decimals, points int            // numbers with a decimal comma, with a decimal point
	exponents        int            // 5E6, which may be a code
	open             int            // of thousands or decimals: 1,214 and 1.214, which may be either
	marks            map[string]int // marks of missing values by their count
}

// Infer returns values as a column, read as ReadCSV reads those of a file.
func Infer(name string, values []string) Column {
	o := &CSVOptions{}
	raw := newGathered(o, name, nil)
	for _, s := range values {
		raw.add(s)
	}
	c := &column{name: name, o: o, lines: noLines(len(values)), text: raw.spelling()}
	return c.infer()
}

// column is a column while its reading is inferred.
type column struct {
	name    string
	header  []string // the names of all columns, where the file has them
	text    *spelling
	o       *CSVOptions
	file    string
	lines   lines              // of the rows
	comma   rune               // between fields
	typed   bool               // of a file that knows types: see Rows
	scratch *arrayfile.Scratch // where the text lies, and the values are to lie; nil: in memory
	guesses []Guess
	firstly tally // of the reading that was chosen
	numbers []float64

	coding         *coding // nil where the values are mostly different, or numbers
	counts, firsts []int   // of the words of the coding
	lettered       []bool  // words that are no numbers and no marks of missing ones, and have letters
}

// free lets go of what is not needed once the column is inferred, as out.
func (c *column) free(out *Column) {
	c.numbers = nil
	if c.text.coding != nil && out.coding != nil {
		c.text = &spelling{coding: out.coding}
	}
	if c.scratch != nil {
		c.coding, c.counts, c.firsts, c.lettered = nil, nil, nil, nil
	}
}

func (c *column) guess(count int, key, format string, args ...any) {
	c.guesses = append(c.guesses, Guess{Column: c.name, What: fmt.Sprintf(format, args...), Count: count, Key: key})
}

// guessOf adds a guess about the values that are spelled in some ways.
func (c *column) guessOf(about spelled, count int, key string) {
	c.guesses = append(c.guesses, Guess{Column: c.name, What: about.what(count), Count: count, Key: key,
		spelled: &about})
}

// read reads the values in one way, into numbers, made where there are none, where all are numbers or missing. It stops
// where the first values,
// tried and more, are no numbers in a way that is not that of plain numerals: t.odd counts all of them then.
func (c *column) read(n Numerals, numbers *[]float64) tally {
	t := tally{numerals: n, firstOdd: -1, firstName: -1, firstBare: -1}
	r := Reading{Kind: Number, Numerals: n, Missing: c.o.missing(Number)}
	marks := r.missingNumbers()
	switch d := c.text.decimals; {
	case c.coding != nil:
		c.readCodes(&t, &r, marks, numbers)
		return t
	case d != nil && n == (Numerals{}):
		*numbers = d.read(&t, &r, marks)
		return t
	}
	c.text = c.text.inText(c.scratch)
	into, plainly, i := c.room(numbers), n == (Numerals{}), 0
	of := reader{column: c, tally: &t, reading: &r, marks: marks, longest: r.longest(), plainly: plainly}
	for _, p := range c.text.pieces {
		if plainly {
			of.piece(p, i, into[i:])
			i += len(p.ends)
			continue
		}
		from := uint32(0)
		for _, to := range p.ends {
			stop := false
			if into[i], stop = of.value(i, p.text[from:to]); stop {
				t.odd = c.text.len() // no column of such numbers
				return t
			}
			from = to
			i++
		}
	}
	return t
}

// room returns numbers for the values, those there are or new ones.
func (c *column) room(numbers *[]float64) []float64 {
	if *numbers == nil {
		*numbers = mem.Huge(make([]float64, c.text.len()))
	}
	return *numbers
}

// reader reads the values of a column in one way.
type reader struct {
	*column
	*tally
	reading *Reading
	marks   []float64
	longest int // the greatest length of a mark
	plainly bool
	mark    string // that came last
	first   string // the first that is no number
}

// value reads one value. stop says that the column is none of such numbers.
func (r *reader) value(i int, s string) (v float64, stop bool) {
	if s == "" {
		return math.NaN(), false
	}
	if s == r.mark {
		r.tally.marks[s]++
		return math.NaN(), false
	}
	s = strings.TrimSpace(s)
	v, missing, ok := math.NaN(), false, false
	if r.plainly && isWord(s) {
		missing = len(s) <= r.longest && r.reading.isMissing(s)
	} else {
		v, missing, ok = r.reading.number(s, r.marks)
	}
	switch {
	case missing:
		if s != "" {
			r.tally.mark(s, 1)
			r.mark = s
		}
		return v, false
	case !ok:
		if r.odd++; r.firstOdd < 0 {
			r.firstOdd, r.first = i, s
		}
		if s == r.first {
			r.alike++
		}
		return v, r.odd > tried && r.good == 0 && !r.plainly
	}
	r.good++
	r.look(s, i)
	return v, false
}

// tried is how many values that are no numbers end the trial of a way of writing them.
const tried = 200

// plain is look for a number that plainNumber has read, with a point at the given place.
func (t *tally) plain(s string, i, point int) {
	t.good++
	switch {
	case point >= 0:
		t.points++
		if len(s)-point == 4 && grouped(s, ".") {
			t.open++
		}
	case (s[0] < '1' || s[0] > '9') && isName(s): // plainNumber has read no more than 15 digits
		if t.names++; t.firstName < 0 {
			t.firstName = i
		}
	}
}

// look notes how a number is written.
func (t *tally) look(s string, i int) {
	if isName(s) {
		if t.names++; t.firstName < 0 {
			t.firstName = i
		}
	}
	n := &t.numerals
	if s[0] >= 0x80 && strings.ContainsAny(s[:min(len(s), 4)], minusSigns[1:]) {
		t.minus++
	}
	if n.Unit != "" && strings.Contains(s, n.Unit) {
		t.unit++
	} else if n.Unit != "" && t.firstBare < 0 {
		t.firstBare = i
	}
	if s[0] == '(' {
		t.parens++
		s = strings.Trim(s, "()"+spaces)
	}
	if n.Unit != "" {
		s = strings.Trim(strings.Replace(s, n.Unit, "", 1), spaces)
	}
	decimal := cmpOr(n.Decimal, ".")
	groups := false
	if n.Thousands != "" {
		whole, _, _ := strings.Cut(s, decimal)
		plain, _ := ungroup(strings.TrimLeft(whole, "+"+minusSigns+"("), n.Thousands)
		groups = len(plain) > 3 && plain != whole && strings.ContainsAny(whole, n.Thousands+spaces+"’")
	}
	if groups {
		t.thousands++
		if (n.Thousands == "," || n.Thousands == ".") && grouped(s, n.Thousands) {
			t.open++
		}
	}
	if !strings.Contains(s, decimal) {
		if strings.ContainsAny(s, "eE") && !strings.ContainsAny(s, "+-") {
			t.exponents++
		}
		return
	}
	if decimal == "," {
		t.decimals++
	} else {
		t.points++
	}
	if !groups && grouped(s, decimal) {
		t.open++
	}
}

// place returns the place of row i for messages.
func (c *column) place(i int) string { return place(c.file, c.lines.at(i), i+1) }

// infer sets the reading of the column.
func (c *column) infer() Column {
	want := c.o.Types[c.name]
	if c.coding = c.text.coding; c.coding != nil {
		c.counts, c.firsts = c.coding.counts()
		c.lettered = nil
	}
	if want == typeText {
		return c.asText(Reading{Kind: Category, Missing: c.o.Missing})
	}
	ways := c.o.numerals()
	best := c.read(ways[0], &c.numbers)
	if best.odd > 0 || best.names > 0 && want != typeNumber { // what is written stands for itself, and may be uncommon
		c.text = c.text.inText(c.scratch)
	}
	if best.odd > 0 {
		if n, open := c.other(ways, best); n.odd < best.odd {
			best = n
			if open && n.odd == 0 {
				return c.open(best)
			}
		}
	}
	c.firstly = best
	switch {
	case best.odd > 0:
		return c.words(best, want)
	case best.names > 0 && want != typeNumber:
		return c.named(best)
	}
	return c.quantities(best)
}

// other tries other ways of writing numbers; open says that two of them read all values, and differ.
func (c *column) other(ways []Numerals, first tally) (best tally, open bool) {
	best = first
	unit, parens := c.affixes(first.firstOdd)
	var numbers []float64
	for _, n := range ways {
		n.Unit, n.Parens = unit, parens
		if n == (Numerals{}) {
			continue
		}
		t := c.read(n, &numbers)
		if t.parens == 0 {
			t.numerals.Parens = false
		}
		if t.unit > 0 && unit == "%" && t.unit < t.good { // 37 % and 0.37
			t.odd, t.good = t.odd+t.good-t.unit, t.unit
			if t.firstOdd < 0 || t.firstBare < t.firstOdd {
				t.firstOdd = t.firstBare
			}
		}
		// A mark that no value has is not part of the way: what has it later is no number.
		if t.thousands == 0 && n.Thousands != "" || t.decimals == 0 && n.Decimal != "" && n.Thousands != "." {
			if c.o.Decimal == "" && c.o.Thousands == "" {
				continue
			}
		}
		switch {
		case t.odd < best.odd:
			best, open = t, false
			c.numbers, numbers = numbers, c.numbers
		case t.odd == 0 && best.odd == 0 && !equalNumbers(numbers, c.numbers):
			open = true
		}
	}
	if open && c.comma == ',' && best.numerals.Thousands == "," {
		open = false // a file with decimal commas has other separators
	}
	return best, open
}

func equalNumbers(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) })
}

// quantities returns the column as numbers, with what was guessed on the way.
func (c *column) quantities(t tally) Column {
	n := t.numerals
	text := c.o.both("types", "{"+c.name+": text}") + " keeps the text"
	example := func(has func(s string) bool) string {
		for i := range c.text.len() {
			s := strings.TrimSpace(c.text.at(i))
			if v, ok := n.parse(s); ok && has(s) {
				return words.Clip(s, 30) + " is read as " + FormatNumber(v)
			}
		}
		return ""
	}
	has := func(mark string) func(string) bool {
		return func(s string) bool { return strings.ContainsAny(s, mark) }
	}
	if t.thousands > 0 {
		c.guess(t.thousands, text, "%s a mark between thousands: %s", haveHas(t.thousands),
			example(func(s string) bool { plain := c.grouping(s, n); return plain }))
	}
	if t.decimals > 0 {
		c.guess(t.decimals, text, "%s a decimal comma: %s", haveHas(t.decimals), example(has(",")))
	}
	if t.unit > 0 {
		c.guess(t.unit, text, "%s the unit %s, which is left out: %s", haveHas(t.unit), n.Unit,
			example(func(s string) bool { return strings.Contains(s, n.Unit) }))
	}
	if t.parens > 0 {
		c.guess(t.parens, text, "%s parentheses for a minus sign: %s", haveHas(t.parens), example(has("(")))
	}
	if t.minus > 0 {
		c.guess(t.minus, text, "%s a minus sign that is no hyphen: %s", haveHas(t.minus), example(has(minusSigns[1:])))
	}
	if t.exponents > 0 && t.exponents == t.good {
		c.guess(t.exponents, text, "%s an exponent: %s", haveHas(t.exponents), example(has("eE")))
	}
	if t.points > 0 && t.points == t.open && c.comma == ';' && n == (Numerals{}) && c.o.Decimal == "" {
		c.guess(t.points, c.o.both("decimal", "comma")+" takes it for one between thousands",
			"%s a point before three digits, taken for a decimal point: %s", haveHas(t.points), example(has(".")))
	}
	c.coded()
	c.marks(t.marks)
	return Column{Name: c.name, Kind: Number, Numbers: c.numbers, spelled: c.text,
		Reading: Reading{Kind: Number, Numerals: n, Missing: c.o.missing(Number)}}
}

// grouping reports whether a number has a mark between thousands.
func (c *column) grouping(s string, n Numerals) bool {
	t := tally{numerals: n}
	t.look(s, 0)
	return t.thousands > 0
}

func haveHas(n int) string {
	if n == 1 {
		return "1 value has"
	}
	return strconv.Itoa(n) + " values have"
}

// marks notes the usual marks of missing values that were found.
func (c *column) marks(found map[string]int) {
	count := 0
	var list []string
	for m, n := range found {
		listed := slices.Contains(c.o.Missing, m)
		if v, ok := parseNumber(m); ok {
			listed = listed || slices.ContainsFunc(c.o.Missing, func(w string) bool {
				x, ok := parseNumber(w)
				return ok && x == v
			})
		}
		if !listed {
			count, list = count+n, append(list, m)
		}
	}
	if count == 0 {
		return
	}
	slices.Sort(list)
	c.guessOf(spelled{Values: list, As: asMissing}, count, c.o.both("missing", "[]")+" keeps the word")
}

func sortedKeys(m map[string]int) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
