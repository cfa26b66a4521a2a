package data

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/words"
)

// lastRecords reads records but the last ones, and passes over those that repeat the header.
type lastRecords struct {
	s        *scanner
	most     int     // records at the end that are no rows
	title    []field // the header; nil where its repetitions are rows
	held     []held  // the latest records
	repeated int
	first    int // the line of the first repetition
}

// next is the next record and its line, io.EOF after the last one that is a row.
func (l *lastRecords) next() ([]field, int, error) {
	for {
		rec, err := l.record()
		if err != nil {
			return nil, 0, err
		}
		if l.most == 0 {
			return rec, l.s.line, nil
		}
		l.held = append(l.held, held{slices.Clone(rec), l.s.line})
		if len(l.held) > l.most {
			h := l.held[0]
			l.held = l.held[1:]
			return h.fields, h.line, nil
		}
	}
}

// record is the next record that does not repeat the header.
func (l *lastRecords) record() ([]field, error) {
	for {
		rec, err := l.s.record()
		if err != nil || l.title == nil || len(rec) != len(l.title) || rec[0] != l.title[0] ||
			!slices.Equal(rec, l.title) {
			return rec, err
		}
		if l.repeated++; l.repeated == 1 {
			l.first = l.s.line
		}
	}
}

// ended notes what was passed over.
func (l *lastRecords) ended(t *Table) {
	if l.repeated > 0 {
		t.guess("", l.repeated, l.s.o.both("header", "true")+" makes rows of them",
			"%s the header and passed over, the first is line %d", words.Count(l.repeated, "line that repeats",
				"lines that repeat"), l.first)
	}
	switch n := len(l.held); {
	case n > 0 && l.s.o.total != "":
		t.guess("", 1, "", "line %d %s and is passed over, as %s says", l.held[0].line, l.s.o.total,
			l.s.o.say("totals", totalsSkip))
	case n > 0:
		t.guess("", n, "", "%s at the end passed over, as %s says, from line %d on", words.Plural(n, "line"),
			l.s.o.say("skip_end", strconv.Itoa(l.most)), l.held[0].line)
	}
	if l.s.marks > 0 {
		t.guess("", l.s.marks, "", "%s within the file passed over, as files that are joined have them",
			words.Plural(l.s.marks, "byte order mark"))
	}
}

// Words of the key totals.
const (
	totalsRows = "rows"
	totalsSkip = "skip"
)

// WithoutTotals returns what read returns, which is called again to pass over one line more at the end where the last
// row holds totals and o.Totals is skip.
func WithoutTotals(o CSVOptions, read func(CSVOptions) (*Table, error)) (*Table, error) {
	t, err := read(o)
	if err != nil || t.total == "" || o.Totals != totalsSkip {
		return t, err
	}
	o.SkipEnd, o.total = o.SkipEnd+1, t.total
	return read(o)
}

// totals notes a last row that is called so, or that holds the sums of the rows above in all columns of numbers and has
// no name of its own.
func (o *CSVOptions) totals(t *Table) {
	last := t.Rows - 1
	if last < 3 || o.total != "" || o.Totals == totalsRows {
		return
	}
	said := func(g Guess) bool { return strings.Contains(g.Key, o.Setting("totals")) }
	var sums []string
	word, nameless, other := "", false, false
	for i := range t.Columns {
		switch c := &t.Columns[i]; {
		case c.IsMissing(last):
			nameless = true
		case c.Kind == Category && totalWord(c.text(last)):
			word = strings.TrimSpace(c.text(last))
		case c.Kind == Category || other:
		case c.Numbers[last] != 0 && isSum(c.Numbers[:last], c.Numbers[last]):
			sums = append(sums, c.Name)
		default:
			other = true
		}
	}
	what := ""
	switch {
	case word != "":
		what = "is called " + word
	case other || len(sums) == 0 || !nameless && len(sums) < 2:
		return
	default:
		what = "holds the sums of the rows above (" + list(sums, 5) + ")"
	}
	if t.total = what; slices.ContainsFunc(t.Guesses, said) {
		return
	}
	t.guess("", 1, "if it is no row, "+o.both("totals", totalsSkip)+" passes over it", "%s %s and is taken for a row",
		t.Place(last), what)
}

// Total says why the last row seems to hold the totals of those above, "" where it does not: "is called Total".
func (t *Table) Total() string { return t.total }

// OpenThousands returns the first column whose points may stand between thousands or before decimals, which the file
// leaves open while decimal commas stand in other columns; "" where there is none.
func (t *Table) OpenThousands() string {
	for _, g := range t.Guesses {
		if g.thousands {
			return g.Column
		}
	}
	return ""
}

// isSum reports whether v is the sum of x, rounding of the digits aside.
func isSum(x []float64, v float64) bool {
	sum, size := 0.0, 0.0
	for _, a := range x {
		if !math.IsNaN(a) {
			sum, size = sum+a, size+math.Abs(a)
		}
	}
	return math.Abs(sum-v) <= 1e-9*size
}

// totalWord reports whether a text names a sum.
func totalWord(s string) bool {
	switch strings.ToLower(strings.Trim(strings.TrimSpace(s), ":")) {
	case "total", "totals", "sum", "sums", "grand total", "summe", "gesamt", "somme", "suma", "totale", "합계", "총계", "계",
		"合計":
		return true
	}
	return false
}
