// Package xlsx reads the sheets of Excel workbooks (.xlsx, .xlsm) as tables. A program that imports it reads such files
// wherever package source opens one.
//
// The sheet is the first visible one that has values, or that of the setting sheet. Lines of titles above the table are
// passed over. A header of several lines, as merged cells make it, gives names of all its words: "sales 2023" of sales
// over 2023. Dates are those of the cells' formats, formulas have the values that the workbook holds, errors such as
// #DIV/0! are missing. What was found so is among the table's guesses.
//
// The format is ECMA-376, part 1: SpreadsheetML in a zip file. The package reads what a table needs of it and has a
// tenth of the size of the libraries that write workbooks as well.
package xlsx

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/spell"
	"gorae/internal/words"
)

func init() {
	source.Register(source.Format{Name: "xlsx", Title: "an Excel file", Extensions: extensions,
		Sniff: sniff, Reader: reader{}, Settings: []string{"sheet", "header", "skip", "skip_end", "totals", "columns",
			"missing", "types", "decimal", "thousands", "dates", "zone"}})
}

var extensions = []string{".xlsx", ".xlsm"}

// sniff takes zip files that are called so, or whose first members are those of a workbook, in whatever order a program
// writes them.
func sniff(i *source.Info) source.Score {
	if head := i.Head(); source.IsZip(head) && (slices.Contains(extensions, i.Extension()) ||
		bytes.Contains(head, []byte("xl/workbook.xml")) || bytes.Contains(head, []byte("xl/worksheets/"))) {
		return source.Magic
	}
	return source.None
}

type reader struct{}

// Read reads the sheet that the setting names.
func (reader) Read(i *source.Info) (*data.Source, error) {
	if !source.IsZip(i.Head()) {
		return nil, fmt.Errorf("%s: it does not begin as a workbook does; save it as .xlsx", i.Name)
	}
	f, err := i.Open()
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(f)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", i.Name, err)
	}
	o := i.CSV
	if i.Sheet != "" {
		o.Sheet = i.Sheet
	}
	t, err := Read(all, i.Name, o)
	if err != nil {
		return nil, err
	}
	return &data.Source{Table: t}, nil
}

// Read reads a sheet of a workbook as a table. Name is the file's, for messages; o.Sheet names the sheet.
func Read(workbook []byte, name string, o data.CSVOptions) (_ *data.Table, err error) {
	defer words.Printable(&err)
	b, err := open(workbook, name)
	if err != nil {
		return nil, err
	}
	ref, s, err := b.choose(o.Sheet)
	if err != nil {
		return nil, err
	}
	return data.WithoutTotals(o, func(o data.CSVOptions) (*data.Table, error) { return b.table(ref, s, name, o) })
}

// table returns the table in a sheet.
func (b *book) table(ref sheetRef, s *sheet, name string, o data.CSVOptions) (*data.Table, error) {
	from := *s // Skip cuts its rows
	r := &tableReader{book: b, sheet: &from, o: o, rows: data.NewRows(name, o)}
	r.rows.Totals = true
	if o.Sheet == "" && len(b.sheets) > 1 {
		r.rows.Guess("", 1, r.rows.Setting("sheet", "NAME")+" reads another", "the sheet %s is read, one of %d",
			words.Clip(ref.name, 40), len(b.sheets))
	}
	return r.table()
}

// choose returns the sheet of a name, or without one the first visible sheet that has values.
func (b *book) choose(name string) (sheetRef, *sheet, error) {
	var names []string
	for _, ref := range b.sheets {
		names = append(names, ref.name)
		if name != "" && ref.name != name || name == "" && ref.hidden {
			continue
		}
		s, err := b.readSheet(ref)
		if err != nil || len(s.rows) > 0 {
			return ref, s, err
		}
		if name != "" {
			return ref, s, fmt.Errorf("%s: the sheet %q is empty; name another", b.name, name)
		}
	}
	if name == "" {
		return sheetRef{}, nil, fmt.Errorf("%s: no visible sheet has values; name one with sheet", b.name)
	}
	hint := spell.Hint(name, names)
	if hint == "" {
		hint = "; there are " + strings.Join(names[:min(len(names), 12)], ", ")
	}
	return sheetRef{}, nil, fmt.Errorf("%s: no sheet %q%s; a path names a sheet by ?sheet=NAME", b.name, name, hint)
}

// tableReader makes a sheet a table.
type tableReader struct {
	*book
	sheet   *sheet
	o       data.CSVOptions
	rows    *data.Rows
	columns []int // of the sheet
	errors  int
	example string // of the errors
}

// table returns the table in the sheet.
func (r *tableReader) table() (*data.Table, error) {
	s := r.sheet
	if r.o.Skip > 0 {
		s.rows = s.rows[first(s.rows, r.o.Skip):]
	}
	head, below := r.header()
	body := s.rows[below:]
	if n := r.o.SkipEnd; n > 0 {
		body = body[:max(0, len(body)-n)]
	}
	if len(body) > 0 {
		body = body[:len(body)-r.notes(body)]
	}
	r.use(s.rows[head:below], body)
	for _, n := range r.names(s.rows[head:below]) {
		r.rows.Column(n)
	}
	if r.rows.Width() < len(r.columns) {
		return nil, r.twice(s.rows[head:below])
	}
	blank := 0
	for i := range body {
		if i > 0 {
			blank += body[i].line - body[i-1].line - 1
		}
		if err := r.row(&body[i]); err != nil {
			return nil, err
		}
	}
	if blank > 0 {
		r.rows.Guess("", blank, "", "%s passed over", words.Plural(blank, "blank line"))
	}
	if s.formulas > 0 {
		r.rows.Guess("", s.formulas, "open the workbook in a spreadsheet program and save it, if they are to have "+
			"values", "%s never computed and taken for missing", words.Plural(s.formulas, "formula"))
	}
	if r.errors > 0 {
		r.rows.Guess("", r.errors, "", "%s such as %s taken for missing", words.Plural(r.errors, "error"),
			words.Clip(r.example, 20))
	}
	return r.rows.Table()
}

// first returns the index of the first row behind a line.
func first(rows []row, line int) int {
	i := slices.IndexFunc(rows, func(r row) bool { return r.line > line })
	if i < 0 {
		return len(rows)
	}
	return i
}

// row sets the cells of a row.
func (r *tableReader) row(from *row) error {
	r.rows.Row(from.line)
	next := 0
	for i := range from.cells {
		c := &from.cells[i]
		for next < len(r.columns) && r.columns[next] < c.column {
			next++
		}
		if next == len(r.columns) || r.columns[next] != c.column {
			continue
		}
		if err := r.cell(next, c); err != nil {
			return err
		}
	}
	return nil
}

// cell sets a cell.
func (r *tableReader) cell(i int, c *cell) error {
	switch c.kind {
	case boolean:
		return r.rows.Bool(i, c.number != 0)
	case failed:
		if r.errors++; r.errors == 1 {
			r.example = c.text
		}
		return r.rows.Text(i, "")
	case date:
		for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05.999", time.RFC3339Nano} {
			if t, err := time.Parse(layout, c.text); err == nil {
				return r.rows.Time(i, t)
			}
		}
		return r.rows.Text(i, c.text)
	case number:
		return r.number(i, c)
	}
	return r.rows.Text(i, c.text)
}

// number sets a cell to a number, or to the time that its format makes of it.
func (r *tableReader) number(i int, c *cell) error {
	t, ok := r.timeOf(c.number)
	switch {
	case c.format == plain || !ok:
		return r.rows.Number(i, c.number)
	case c.format == ofClock && c.number < 1:
		return r.rows.Text(i, t.Format("15:04:05.999"))
	}
	return r.rows.Time(i, t)
}

// twice returns an error for two columns of one name.
func (r *tableReader) twice(head []row) error {
	seen := map[string]int{}
	for i, n := range r.names(head) {
		n = strings.Join(strings.Fields(n), " ")
		if k, ok := seen[n]; ok {
			return fmt.Errorf("%s: columns %s and %s are both named %q; name them apart with %s", r.name,
				letters(r.columns[k]), letters(r.columns[i]), n, r.rows.Setting("columns", "[…]"))
		}
		seen[n] = i
	}
	return fmt.Errorf("%s: two columns have one name; name them apart with %s", r.name,
		r.rows.Setting("columns", "[…]"))
}

// lines returns "line 3" or "lines 1 to 3".
func lines(from, to int) string {
	if from == to {
		return "line " + strconv.Itoa(from)
	}
	return "lines " + strconv.Itoa(from) + " to " + strconv.Itoa(to)
}
