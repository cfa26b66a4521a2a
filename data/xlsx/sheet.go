package xlsx

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// cell is a cell with a value.
type cell struct {
	column int
	kind   kind
	format format
	number float64
	text   string
}

// kind is the type of a cell's value.
type kind uint8

const (
	text kind = iota
	number
	boolean
	failed // an error such as #DIV/0!
	date   // written as in ISO 8601
)

// row is the cells of a row that have values, in the order of their columns.
type row struct {
	line  int // from 1
	cells []cell
}

// at returns the cell of a column, nil where it is empty.
func (r *row) at(column int) *cell {
	for i := range r.cells {
		if r.cells[i].column == column {
			return &r.cells[i]
		}
	}
	return nil
}

// merge is a range of cells that are one.
type merge struct{ top, left, bottom, right int }

// sheet is the cells of a sheet.
type sheet struct {
	rows     []row
	merges   []merge
	formulas int // cells with a formula whose value was never computed
}

// readSheet reads the cells of a sheet.
func (b *book) readSheet(ref sheetRef) (*sheet, error) {
	s := &sheet{}
	if b.parts[ref.part] == nil {
		return nil, fmt.Errorf("%s: the sheet %q is not in the file; save the workbook again", b.name, ref.name)
	}
	line, column := 0, 0
	err := b.read(ref.part, func(d *decoder, e *xml.StartElement) error {
		switch e.Name.Local {
		case "row":
			line, column = line+1, 0
			if r := attr(e, "r"); r != "" {
				n, err := strconv.Atoi(r)
				if err != nil || n < line || n > mostRows {
					return fmt.Errorf("row %q stands behind row %d", r, line-1)
				}
				line = n
			}
			if line > mostRows {
				return fmt.Errorf("more than %d rows", mostRows)
			}
		case "c":
			column++
			if r := attr(e, "r"); r != "" {
				n, _, ok := place(r)
				if !ok || n < column {
					return fmt.Errorf("cell %q stands behind column %d", r, column-1)
				}
				column = n
			}
			if column > mostColumns {
				return fmt.Errorf("more than %d columns", mostColumns)
			}
			c, ok, err := b.cell(d, e, s)
			if err != nil || !ok {
				return err
			}
			c.column = column
			if n := len(s.rows); n == 0 || s.rows[n-1].line != line {
				s.rows = append(s.rows, row{line: line})
			}
			r := &s.rows[len(s.rows)-1]
			r.cells = append(r.cells, c)
		case "mergeCell":
			from, to, _ := strings.Cut(attr(e, "ref"), ":")
			left, top, ok := place(from)
			right, bottom, too := place(to)
			if ok && too && len(s.merges) < mostColumns {
				s.merges = append(s.merges, merge{top, left, bottom, right})
			}
		}
		return nil
	})
	return s, err
}

// place returns the column and the row of a reference such as AB12, from 1.
func place(ref string) (column, line int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		column = 26*column + int(c-'a') + 1
	}
	line, err := strconv.Atoi(ref[i:])
	return column, line, err == nil && column > 0 && line > 0
}

// letters returns the letters of a column.
func letters(column int) string {
	var s string
	for ; column > 0; column = (column - 1) / 26 {
		s = string(rune('A'+(column-1)%26)) + s
	}
	return s
}

// cell reads the value of a cell; ok is false where it has none.
func (b *book) cell(d *decoder, e *xml.StartElement, s *sheet) (c cell, ok bool, err error) {
	typ := attr(e, "t")
	if n, err := strconv.Atoi(attr(e, "s")); err == nil && n >= 0 && n < len(b.dates) {
		c.format = b.dates[n]
	}
	value, given, formula := "", false, false
	for {
		t, err := d.RawToken()
		if err != nil {
			return c, false, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v", "is":
				if value, err = d.text(t.Name.Local); err != nil {
					return c, false, err
				}
				given = true
			case "f":
				formula = true
			}
			continue
		case xml.EndElement:
			if t.Name.Local != "c" {
				continue
			}
		default:
			continue
		}
		break
	}
	if !given || value == "" && typ != "s" {
		if formula && typ != "str" {
			s.formulas++
		}
		return c, false, nil
	}
	switch typ {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(b.texts) {
			return c, false, fmt.Errorf("cell %s names text %q, and there are %d", attr(e, "r"), value, len(b.texts))
		}
		c.text = b.texts[n]
	case "str", "inlineStr":
		c.text = value
	case "b":
		c.kind, c.number = boolean, 0
		if value == "1" || value == "true" {
			c.number = 1
		}
	case "e":
		c.kind, c.text = failed, value
	case "d":
		c.kind, c.text = date, value
	default:
		c.kind = number
		if c.number, err = strconv.ParseFloat(strings.TrimSpace(value), 64); err != nil {
			return c, false, fmt.Errorf("cell %s holds %.30q, which is no number", attr(e, "r"), value)
		}
	}
	return c, c.kind != text || strings.TrimSpace(c.text) != "", nil
}
