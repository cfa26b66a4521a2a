package data

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/words"
)

// CSVOptions says what a file does not say itself. The zero value infers all.
type CSVOptions struct {
	// Comma separates fields: a tab for a file named .tsv; else whichever of tab,
	// comma and semicolon divides the first two lines alike; else blanks, when
	// they divide the first two lines alike and the second holds a number. A blank
	// (' ') stands for any run of blanks and tabs.
	Comma rune
	// Header says whether the first line holds names. Nil: it does unless one of
	// its fields is a number.
	Header *bool
	// Quotes says whether "…" encloses a field. Nil: it does, except between tabs,
	// where quotation marks are plain characters.
	Quotes *bool
	// Skip is how many lines to pass over at the start.
	Skip int
	// Columns names the columns, instead of the header's names.
	Columns []string
	// Missing lists further marks for a missing value, besides the empty field,
	// NA, NaN (in any capitals) and ?.
	Missing []string
	// Flags makes messages name a setting as the command's flag (--skip 3), and not as a key
	// of an experiment (skip: 3).
	Flags bool `json:"-"`
}

// say is a setting as the reader of a message would give it.
func (o CSVOptions) say(key, value string) string {
	switch {
	case !o.Flags:
		return key + ": " + value
	case value == "false":
		return "--no-" + key
	case key == "columns":
		return "--columns NAME,…"
	}
	return "--" + key + " " + strings.Trim(value, "[]")
}

// ReadCSV reads a table. Name is the file's, for messages and for its extension.
//
// Blanks around fields and blank lines are dropped; lines end in LF, CR LF or
// CR; a byte order mark is dropped. A field in double quotes may hold
// separators, line ends and, doubled, quotes. A column is of kind Number when
// every value that is not missing is a number (1, +3, -0.5, .5, 1e5; no
// thousands marks, no infinity), else Category; a column in which all but a few
// values are numbers is noted, with the line of the first that is not. Without a
// header columns are named c1, c2, ….
//
// Errors begin with the file's name and, where it helps, the line.
func ReadCSV(r io.Reader, name string, o CSVOptions) (*Table, error) {
	s, err := newScanner(r, name, o)
	if err != nil {
		return nil, err
	}
	b := builder{name: name, o: o}
	head, err := s.record()
	if err == io.EOF {
		return nil, fmt.Errorf("%s: the file is empty; give one with at least one row", name)
	}
	if err != nil {
		return nil, err
	}
	isHeader := !slices.ContainsFunc(head, func(f field) bool { _, ok := parseNumber(f.text); return ok })
	if o.Header != nil {
		isHeader = *o.Header
	}
	names, err := columnNames(name, s.line, head, isHeader, o)
	if err != nil {
		return nil, err
	}
	b.columns = make([]rawColumn, len(names))
	where := "the first line has"
	if o.Columns != nil {
		where = "columns names"
	} else if isHeader {
		where = "the header has"
	}
	if !isHeader {
		b.add(head, s.line)
	}
	for {
		rec, err := s.record()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(rec) != len(names) {
			return nil, lineError(name, s.line, "%s where %s %d%s", words.Plural(len(rec), "field"), where, len(names),
				o.raggedRemedy(len(rec), len(names), isHeader, s.line, len(b.lines)))
		}
		b.add(rec, s.line)
	}
	if len(b.lines) == 0 {
		return nil, fmt.Errorf("%s: a header and no rows; if its line is data, set %s", name, o.say("header", "false"))
	}
	t := b.table(names)
	t.Header = isHeader
	return t, nil
}

// raggedRemedy says what to mend: where the first rows differ the first line is wrong,
// later a row is.
func (o CSVOptions) raggedRemedy(got, want int, header bool, line, rows int) string {
	switch {
	case header && rows == 0 && got > want:
		return fmt.Sprintf("; name all %d with %s, or pass over the lines before with %s", got, o.say("columns", "[…]"),
			o.say("skip", strconv.Itoa(line-1)))
	case rows <= 1:
		return "; if the lines before are no rows, pass over them with " + o.say("skip", strconv.Itoa(line-1))
	}
	return "; correct this row or take it out"
}

// columnNames settles what the columns are called.
func columnNames(file string, line int, head []field, isHeader bool, o CSVOptions) ([]string, error) {
	var names []string
	switch given := o.Columns; {
	case given != nil:
		// A header may name fewer columns than there are; the names given replace it.
		if !isHeader && len(given) != len(head) {
			return nil, lineError(file, line, "%s where columns names %d", words.Plural(len(head), "field"), len(given))
		}
		names = slices.Clone(given)
	case isHeader:
		for _, f := range head {
			names = append(names, f.text)
		}
	default:
		names = make([]string, len(head))
	}
	first := map[string]int{}
	for i, n := range names {
		// Quoted names may hold line ends; messages are one line.
		n = strings.Join(strings.Fields(n), " ")
		if n == "" {
			n = "c" + strconv.Itoa(i+1)
		}
		names[i] = n
		if j, ok := first[n]; ok {
			return nil, lineError(file, line, "columns %d and %d are both named %q; name them apart with %s", j+1, i+1,
				n, o.say("columns", "[…]"))
		}
		first[n] = i
	}
	return names, nil
}

// parseNumber reads a decimal number; it knows neither infinity, NaN, hex digits
// nor underscores, which strconv takes and files mean as words.
func parseNumber(s string) (float64, bool) {
	digits := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c == '.' || c == '+' || c == '-':
		case (c == 'e' || c == 'E') && digits:
		default:
			return 0, false
		}
	}
	if !digits {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// rawColumn holds a column's fields end to end, so that a file costs its own
// size and not an allocation per field.
type rawColumn struct {
	text []byte
	ends []int
}

// builder gathers rows and then decides each column's kind.
type builder struct {
	name    string
	o       CSVOptions
	columns []rawColumn
	lines   []int
}

func (b *builder) add(rec []field, line int) {
	for i, f := range rec {
		c := &b.columns[i]
		c.text = append(c.text, f.text...)
		c.ends = append(c.ends, len(c.text))
	}
	b.lines = append(b.lines, line)
}

func (b *builder) isMissing(s string) bool {
	switch s {
	case "", "NA", "?":
		return true
	}
	return strings.EqualFold(s, "nan") || slices.Contains(b.o.Missing, s)
}

func (b *builder) table(names []string) *Table {
	t := &Table{Name: b.name, Rows: len(b.lines), lines: b.lines}
	for i, name := range names {
		c, note := b.column(name, &b.columns[i])
		b.columns[i] = rawColumn{} // its text now belongs to c, or to nobody
		t.Columns = append(t.Columns, c)
		if note != "" {
			t.Notes = append(t.Notes, note)
		}
	}
	return t
}

// mostly is the share of numbers above which a column with words in it was
// probably meant to be one of numbers.
const mostly = 0.9

func (b *builder) column(name string, raw *rawColumn) (Column, string) {
	all := string(raw.text)
	at := func(i int) string {
		from := 0
		if i > 0 {
			from = raw.ends[i-1]
		}
		return all[from:raw.ends[i]]
	}
	n := len(raw.ends)
	numbers := make([]float64, n)
	missing := make([]bool, n)
	good, odd, firstOdd := 0, 0, -1
	for i := range n {
		s := strings.TrimSpace(at(i))
		if b.isMissing(s) {
			missing[i], numbers[i] = true, math.NaN()
			continue
		}
		v, ok := parseNumber(s)
		if !ok {
			odd++
			if firstOdd < 0 {
				firstOdd = i
			}
			continue
		}
		numbers[i] = v
		good++
	}
	if odd == 0 {
		return Column{Name: name, Kind: Number, Numbers: numbers}, ""
	}
	c := Column{Name: name, Kind: Category, Strings: make([]string, n), Missing: missing}
	for i := range n {
		if !missing[i] {
			c.Strings[i] = at(i)
		}
	}
	if float64(good) < mostly*float64(good+odd) {
		return c, ""
	}
	word, remedy := words.Clip(at(firstOdd), 30), ""
	if firstOdd == 0 && odd == 1 {
		remedy = fmt.Sprintf("if line %d is no row, %s passes over it", b.lines[0],
			b.o.say("skip", strconv.Itoa(b.lines[0])))
	} else {
		remedy = b.o.say("missing", fmt.Sprintf("[%q]", word)) + " would drop the word"
	}
	return c, fmt.Sprintf("%s:%d: %s: %q is no number, as %d of the %d values are; the column counts as text; %s",
		b.name, b.lines[firstOdd], name, word, good, good+odd, remedy)
}
