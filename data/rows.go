package data

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"gorae/internal/words"
)

// Rows gathers the rows of a file that knows types, such as JSON lines, a workbook or the answer to a query, and makes
// them a table. A value becomes what ReadCSV makes of it where a CSV file has it: text that is numbers throughout is
// numbers (a Guess says so), numbers among text are text, whole numbers beyond 2⁵³ are names, times are text that
// Table.Clock reads. So a network that was trained on one kind of file predicts from another.
//
//	r := NewRows("events.jsonl", o)
//	price := r.Column("price")
//	r.Row(1)
//	err := r.Number(price, 2.5)
//	…
//	t, err := r.Table()
//
// A column may be added at any row; it is missing in the rows before. A cell that is not given is missing.
type Rows struct {
	// Totals says that a last row may hold sums, as in a sheet; a guess says so then.
	Totals bool

	name    string
	o       CSVOptions
	columns []*typed
	byName  map[string]int
	lines   lines // of the file; none where it has none
	n       int
	grown   bool // columns are set one by one: see Grow
	given   int  // cells that were set
	filled  int  // cells that were not
	guesses []Guess
}

// A table may have leastFilled cells that are not given, and perGiven for each that is: a small file must not become a
// large table.
const (
	leastFilled = 1 << 25
	perGiven    = 256
)

// typed is the values of a column: numbers as long as all are numbers, else text.
type typed struct {
	name    string
	numbers []float64
	plain   bool    // all values so far are in numbers
	text    speller // of all values, once one is no number
	n       int     // rows that have a value or are missing
	texts   int     // values that are numbers written as text
	times   int     // values that are times
	others  int     // values that are none
	clock   bool    // a time has a time of day
}

// NewRows returns a table without columns and rows. Name is the file's, for messages.
func NewRows(name string, o CSVOptions) *Rows {
	return &Rows{name: name, o: o, byName: map[string]int{}}
}

// Column returns the index of the column of a name, which is added if it is not there. Line ends and runs of blanks in
// a name become one blank; a column without a name is called c and its number.
func (r *Rows) Column(name string) int {
	if i, ok := r.byName[name]; ok {
		return i
	}
	shown := strings.Join(strings.Fields(name), " ")
	if shown == "" {
		shown = "c" + strconv.Itoa(len(r.columns)+1)
	}
	i, ok := r.byName[shown]
	if !ok {
		i = len(r.columns)
		r.columns = append(r.columns, &typed{name: shown, plain: true})
		r.byName[shown] = i
	}
	r.byName[name] = i
	return i
}

// Width returns the number of columns.
func (r *Rows) Width() int { return len(r.columns) }

// Len returns the number of rows.
func (r *Rows) Len() int { return r.n }

// Row begins a row. Line is its line in the file, or its row in a sheet; 0 where there are none.
func (r *Rows) Row(line int) {
	r.n++
	if line > 0 {
		r.lines.add(line)
	}
}

// Grow adds n rows whose cells are set column by column: of each column the first that is set is that of the first row,
// then that of the next one.
func (r *Rows) Grow(n int) {
	r.n += n
	r.grown = true
}

// Missing sets a cell that has no value.
func (r *Rows) Missing(i int) error {
	c, err := r.place(i)
	if err == nil {
		c.add(math.NaN())
	}
	return err
}

// fill makes values of a column missing up to the n-th.
func (r *Rows) fill(c *typed, n int) error {
	if r.filled += n - c.n; r.filled > leastFilled+perGiven*r.given {
		return fmt.Errorf("%s: a table of %d rows and %d columns, of whose cells nearly all are missing; give records "+
			"that share their keys", r.name, r.n, len(r.columns))
	}
	for ; c.n < n; c.n++ {
		c.add(math.NaN())
	}
	return nil
}

// place returns the column of a cell of the row that was begun last.
func (r *Rows) place(i int) (*typed, error) {
	c := r.columns[i]
	r.given++
	if c.n < r.n {
		var err error
		if !r.grown {
			err = r.fill(c, r.n-1)
		}
		c.n++
		return c, err
	}
	line := 0
	if r.lines.len() > 0 {
		line = r.lines.at(r.n - 1)
	}
	return nil, &PlaceError{File: r.name, Line: line, Row: r.n, Column: c.name,
		Err: fmt.Errorf("the key stands twice; leave one out")}
}

// spell has the column go on with text.
func (c *typed) spell() {
	if !c.plain {
		return
	}
	c.plain = false
	for _, v := range c.numbers {
		if math.IsNaN(v) {
			c.text.add("")
		} else {
			c.text.add(FormatNumber(v))
		}
	}
	c.numbers = nil
}

// Text sets a cell of the row that was begun last. Blanks around the text are dropped, as ReadCSV drops them.
func (r *Rows) Text(i int, s string) error {
	c, err := r.place(i)
	if err != nil {
		return err
	}
	s = strings.TrimSpace(s)
	if c.plain && s == "" {
		c.numbers = append(c.numbers, math.NaN())
		return nil
	}
	if _, ok := parseNumber(s); ok {
		c.texts++
	} else if s != "" {
		c.others++
	}
	c.spell()
	c.text.add(s)
	return nil
}

// Number sets a cell to a number; NaN is missing, and an infinity a word, as in a CSV file.
func (r *Rows) Number(i int, v float64) error {
	c, err := r.place(i)
	if err != nil {
		return err
	}
	if math.IsInf(v, 0) {
		c.spell()
		c.others++
		c.text.add(strconv.FormatFloat(v, 'g', -1, 64))
		return nil
	}
	c.add(v)
	return nil
}

func (c *typed) add(v float64) {
	switch {
	case c.plain:
		c.numbers = append(c.numbers, v)
	case math.IsNaN(v):
		c.text.add("")
	default:
		c.text.add(FormatNumber(v))
	}
}

// Float32 sets a cell to the number that the fewest digits of a float32 stand for: 0.1, where the float64 nearest to it
// has more digits.
func (r *Rows) Float32(i int, v float32) error {
	f, err := strconv.ParseFloat(strconv.FormatFloat(float64(v), 'g', -1, 32), 64)
	if err != nil { // an infinity is parsed, too
		f = float64(v)
	}
	return r.Number(i, f)
}

// Int sets a cell to a whole number. Beyond 2⁵³ it keeps its digits, as a name does.
func (r *Rows) Int(i int, v int64) error {
	if v > exactInteger || v < -exactInteger {
		return r.Digits(i, strconv.FormatInt(v, 10))
	}
	return r.Number(i, float64(v))
}

// Digits sets a cell to a number in the digits that stand for it, such as those of a decimal: 12.50. What a float64
// does not hold keeps its digits.
func (r *Rows) Digits(i int, s string) error {
	if v, _, ok := simple(s); ok {
		return r.Number(i, v)
	}
	c, err := r.place(i)
	if err != nil {
		return err
	}
	if v, ok := parseNumber(s); ok && !isName(s) {
		if short := FormatNumber(v); significant(short) == significant(s) {
			c.add(v)
			return nil
		}
	}
	c.spell()
	c.text.add(s)
	return nil
}

// Bool sets a cell to true or false, which are text.
func (r *Rows) Bool(i int, v bool) error {
	c, err := r.place(i)
	if err != nil {
		return err
	}
	c.spell()
	c.others++
	c.text.add(strconv.FormatBool(v))
	return nil
}

// Date sets a cell to a day: 2006-01-02.
func (r *Rows) Date(i int, t time.Time) error { return r.time(i, t, time.DateOnly) }

// Time sets a cell to a time without a zone: 2006-01-02 15:04:05, with the fraction of the second that it has. Times of
// a column that are all at midnight are days.
func (r *Rows) Time(i int, t time.Time) error { return r.time(i, t, "2006-01-02 15:04:05.999999999") }

// Instant sets a cell to a time in its zone: 2006-01-02T15:04:05Z.
func (r *Rows) Instant(i int, t time.Time) error { return r.time(i, t, time.RFC3339Nano) }

func (r *Rows) time(i int, t time.Time, layout string) error {
	c, err := r.place(i)
	if err != nil {
		return err
	}
	c.spell()
	c.times++
	if layout != time.DateOnly && (layout == time.RFC3339Nano || t.Hour()|t.Minute()|t.Second()|t.Nanosecond() != 0) {
		c.clock = true
	}
	c.text.add(t.Format(layout))
	return nil
}

// Guess notes something that was taken for granted about the file; see Guess.
func (r *Rows) Guess(column string, count int, key, format string, args ...any) {
	r.guesses = append(r.guesses, Guess{Column: column, What: fmt.Sprintf(format, args...), Count: count, Key: key})
}

// Setting returns a setting as the reader of a message would give it: key: value, or a flag.
func (r *Rows) Setting(key, value string) string { return r.o.both(key, value) }

// Table returns the table of the rows.
func (r *Rows) Table() (*Table, error) {
	switch {
	case len(r.columns) == 0:
		return nil, fmt.Errorf("%s: no column; give a file with at least one", r.name)
	case r.n == 0:
		return nil, fmt.Errorf("%s: no rows; give a file with at least one", r.name)
	}
	names := make([]string, len(r.columns))
	for i, c := range r.columns {
		names[i] = c.name
	}
	if given := r.o.Columns; given != nil {
		if len(given) != len(names) {
			return nil, fmt.Errorf("%s: %s where columns names %d", r.name, words.Plural(len(names), "column"),
				len(given))
		}
		names = given
	}
	t := &Table{Name: r.name, Header: true, Rows: r.n, Marks: r.o.Missing, Guesses: r.guesses, dates: r.o.Dates,
		zone: r.o.Zone, flags: r.o.Flags}
	if r.lines.len() == r.n {
		t.lines = r.lines
	}
	of := t.lines
	if of.len() == 0 {
		of = noLines(r.n)
	}
	cs := make([]*column, len(names))
	for _, v := range r.columns {
		if err := r.fill(v, r.n); err != nil {
			return nil, err
		}
	}
	for i, v := range r.columns {
		c := &column{name: names[i], header: names, o: &r.o, file: r.name, lines: of, comma: ',', typed: true}
		cs[i] = c
		t.Columns = append(t.Columns, v.column(c))
		r.columns[i] = nil // its values now belong to the table
	}
	settle(cs, t)
	for _, c := range cs {
		t.Guesses = append(t.Guesses, c.guesses...)
	}
	r.o.unknownTypes(t)
	r.o.unusedMarks(t)
	if r.Totals {
		r.o.totals(t)
	}
	if r.o.total != "" {
		t.guess("", 1, "", "the last row %s and is passed over, as %s says", r.o.total, r.o.say("totals", totalsSkip))
	}
	return t, nil
}

// column returns the values as a column, inferred as ReadCSV infers it.
func (v *typed) column(c *column) Column {
	if v.plain && c.o.Types[c.name] != typeText {
		c.numbers = v.numbers
		c.coded()
		out := Column{Name: c.name, Kind: Number, Numbers: v.numbers}
		return out.masked(Reading{Kind: Number, Missing: c.o.missing(Number)})
	}
	v.spell()
	c.text = v.text.spelling()
	if v.times > 0 && v.others+v.texts == 0 && !v.clock {
		c.text = days(c.text)
	}
	c.text = formed(c.text, c.o, c.name)
	out := c.infer()
	if out.Kind == Number && v.texts > 0 && c.o.Types[c.name] == "" {
		c.guess(v.texts, c.o.both("types", "{"+c.name+": text}")+" keeps the text",
			"%s text in the file and read as a number", haveAre(v.texts))
	}
	return out
}

// days returns times without their times of day.
func days(s *spelling) *spelling {
	var out speller
	for i := range s.len() {
		day := s.at(i)
		out.add(day[:min(len(day), len(time.DateOnly))])
	}
	return out.spelling()
}
