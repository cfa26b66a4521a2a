package data

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"gorae/internal/arrayfile"
	"gorae/internal/par"
	"gorae/internal/words"
)

// CSVOptions are the settings for reading a CSV file. The zero value infers all of them from the file.
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
	// SkipEnd is how many lines to pass over at the end, such as footnotes; blank ones do not count.
	SkipEnd int
	// Totals is skip where a last row that holds totals (see Table.Total) is passed over. "": it is a row, and a guess
	// says so.
	Totals string `json:",omitempty"`
	// Columns names the columns, instead of the header's names.
	Columns []string
	// Pattern is a regular expression of whole lines, in the syntax of package regexp, whose named groups are the
	// columns: (?P<topic>\w+):(?P<text>.*). "": fields stand between separators.
	Pattern string `json:",omitempty"`
	// Missing lists further marks for a missing value. Besides the empty field these are taken for marks: NA, NaN and
	// ?, in columns of numbers also N/A, null, none, - and the like. An empty list that is not nil leaves the empty
	// field alone.
	Missing []string
	// Types says what columns are, by name: number or text. A column of text has no marks of missing values but those
	// of Missing.
	Types map[string]string
	// Decimal and Thousands are words for the marks in numbers: point, comma, space, apostrophe, none. "" infers them
	// by column.
	Decimal, Thousands string
	// Encoding is utf-8, utf-16, cp949 (or euc-kr) or latin1 (or windows-1252); "" infers it: see Text.
	Encoding string
	// Blank is rows where blank lines are rows without values, skip where they are passed over. "": they are rows in a
	// file of one column.
	Blank string
	// Sheet is the sheet of a workbook, by name; "": the first visible one that has values.
	Sheet string `json:",omitempty"`
	// Table is the table of a database, by name; "": the one with the most rows. Query is the query in its place, of
	// sources that run queries.
	Table, Query string `json:",omitempty"`
	// Dates and Zone are Layout's: see Table.Clock.
	Dates, Zone string
	// Flags makes messages name a setting as the command's flag (--skip 3), and not as a key
	// of an experiment (skip: 3).
	Flags bool `json:"-"`

	total string // what the row passed over is, as Totals asks for
}

// say returns a setting as the reader of a message would give it.
func (o CSVOptions) say(key, value string) string {
	switch {
	case !o.Flags:
		return key + ": " + value
	case value == "false":
		return "--no-" + key
	case value == "true":
		return "--" + key
	case key == "missing" && value == "[]":
		return "--missing ''"
	case key == "types":
		return "--types " + shellWord(strings.Replace(strings.Trim(value, "{}"), ": ", "=", 1))
	case key == "columns":
		return "--columns NAME,…"
	}
	return o.Setting(key) + " " + strings.Trim(value, "[]")
}

// both returns what say returns and, of a flag, also the key of the same meaning in an experiment file.
func (o CSVOptions) both(key, value string) string {
	s := o.say(key, value)
	if o.Flags {
		s += " (" + key + ": " + value + " in an experiment)"
	}
	return s
}

// Setting returns the name of a key in messages: the key of the experiment file, or the flag of the command.
func (o CSVOptions) Setting(key string) string {
	if o.Flags {
		return "--" + strings.ReplaceAll(key, "_", "-")
	}
	return key
}

// shellWord returns a word as a shell takes it for one.
func shellWord(s string) string {
	if strings.ContainsAny(s, " \t'\"\\$`;&|<>()*?[]#~!") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}

// ReadCSV reads a table. Name is the file's, for messages and for its extension.
//
// Blanks around fields are dropped; lines end in LF, CR LF or CR; a byte order mark is dropped. A field in double
// quotes may hold separators, line ends and, doubled, quotes. Blank lines are passed over, but in a file of one column
// they are rows without a value, up to the last line that holds one. A first line sep=; names the separator.
//
// A column is of kind Number when every value that is not missing is a number: 1, +3, −0.5, .5, 1e5; also with a
// decimal comma, marks between thousands, a percent sign or a currency, where all are written alike. Whole numbers that
// begin with zeros, or that a float64 does not hold (beyond 2⁵³), make it a column of text, as they are names; so does
// a word. What is inferred so is among the table's Guesses. Without a header columns are named c1, c2, ….
//
// Errors begin with the file's name and, where it helps, the line.
func ReadCSV(r io.Reader, name string, o CSVOptions) (*Table, error) {
	if o.Pattern != "" {
		return readPattern(r, name, o)
	}
	if o.Totals != totalsSkip {
		return readFields(r, name, o, nil)
	}
	content, err := io.ReadAll(r) // what columns are can depend on the row
	if err != nil {
		return nil, err
	}
	return WithoutTotals(o, func(o CSVOptions) (*Table, error) {
		return readFields(bytes.NewReader(content), name, o, nil)
	})
}

// readFields reads a table of fields between separators. Values lie in a scratch file unless it is nil.
func readFields(r io.Reader, name string, o CSVOptions, scratch *arrayfile.Scratch) (*Table, error) {
	s, err := newScanner(r, name, o)
	if err != nil {
		return nil, err
	}
	head, err := s.record()
	if err == io.EOF {
		return nil, fmt.Errorf("%s: the file is empty; give one with at least one row", name)
	}
	if err != nil {
		return nil, err
	}
	t := &Table{Name: name, Marks: o.Missing, Guesses: s.guesses, dates: o.Dates, zone: o.Zone, flags: o.Flags}
	t.Header = s.header(t, head)
	names, err := columnNames(name, s.line, head, t.Header, o)
	if err != nil {
		return nil, err
	}
	b := newBuilder(name, &o, names, scratch)
	b.comma, b.size, t.scratch = s.comma, sizeOf(r), scratch
	where := "the first line has"
	if o.Columns != nil {
		where = "columns names"
	} else if t.Header {
		where = "the header has"
	}
	if !t.Header {
		b.add(head, s.line)
	}
	s.began(len(names))
	var title []field
	if t.Header && len(head) > 1 && o.Header == nil {
		title = slices.Clone(head)
	}
	end := lastRecords{s: s, most: o.SkipEnd, title: title}
	if bs := newBlocks(s, &end, len(names)); bs != nil {
		bs.read(b)
	}
	for {
		rec, line, err := end.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if len(rec) != len(names) {
			return nil, lineError(name, line, "%s where %s %d%s", words.Plural(len(rec), "field"), where, len(names),
				o.raggedRemedy(len(rec), len(names), t.Header, line, b.lines.len()))
		}
		b.add(rec, line)
	}
	if b.lines.len() == 0 && o.SkipEnd > 0 {
		return nil, fmt.Errorf("%s: no row is left before the %s at the end that %s passes over", name,
			words.Plural(o.SkipEnd, "line"), o.say("skip_end", strconv.Itoa(o.SkipEnd)))
	}
	if b.lines.len() == 0 {
		return nil, fmt.Errorf("%s: a header and no rows; if its line is data, set %s", name, o.say("header", "false"))
	}
	s.ended(t)
	end.ended(t)
	b.table(t, names)
	o.totals(t)
	return t, nil
}

// raggedRemedy returns the remedy for rows of different lengths: of the first line where the first rows already differ,
// else of the row.
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

// builder gathers rows and then decides each column's kind.
type builder struct {
	name    string
	o       *CSVOptions
	comma   rune
	columns []*gathered
	lines   lines
	scratch *arrayfile.Scratch // where values lie; nil: in memory
	size    int64              // of the file in bytes; 0: not known
}

func newBuilder(name string, o *CSVOptions, names []string, scratch *arrayfile.Scratch) *builder {
	b := &builder{name: name, o: o, comma: ',', columns: make([]*gathered, len(names)), scratch: scratch}
	for i, n := range names {
		b.columns[i] = newGathered(o, n, scratch)
	}
	return b
}

func (b *builder) add(rec []field, line int) {
	for i, f := range rec {
		b.columns[i].add(f.text)
	}
	b.lines.add(line)
}

// join adds the values of blocks, of which the first ones of a file say how many rows it has, about.
func (b *builder) join(blocks []*block, bytes int) {
	rows := 0
	for _, k := range blocks {
		rows += len(k.lines)
	}
	if rows == 0 {
		return
	}
	if b.size > 0 && b.scratch == nil {
		most := int(float64(rows) / float64(bytes) * float64(b.size))
		for _, c := range b.columns {
			c.values = most + most/32
		}
		b.size = 0
	}
	par.Each(len(b.columns), func(i int) {
		for _, k := range blocks {
			if len(k.lines) > 0 {
				b.columns[i].join(k.columns[i])
			}
		}
	})
}

// sizeOf returns the number of bytes that are left in a file or in memory, 0 where it is not known.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Len() int }:
		return int64(r.Len())
	case interface{ Stat() (fs.FileInfo, error) }:
		if st, err := r.Stat(); err == nil && st.Mode().IsRegular() {
			return st.Size()
		}
	}
	return 0
}

// table infers what the columns are.
func (b *builder) table(t *Table, names []string) {
	t.Rows, t.lines = b.lines.len(), b.lines
	var header []string
	if t.Header {
		header = names
	}
	cs := make([]*column, len(names))
	for i, name := range names {
		cs[i] = &column{name: name, header: header, o: b.o, file: b.name, lines: b.lines, comma: b.comma,
			scratch: b.scratch}
	}
	t.Columns = make([]Column, len(names))
	par.Each(len(names), func(i int) {
		cs[i].text = b.columns[i].spelling()
		b.columns[i] = nil // its values now belong to the column
		t.Columns[i] = cs[i].infer()
		t.Columns[i].file(b.scratch)
		cs[i].free(&t.Columns[i])
	})
	settle(cs, t)
	for _, c := range cs {
		t.Guesses = append(t.Guesses, c.guesses...)
	}
	b.o.unknownTypes(t)
	b.o.unusedMarks(t)
}
