package data

import (
	"fmt"
	"strconv"
)

// PlaceError is a mistake at a place of a file: a line of it, or a row of a table that came from no lines.
type PlaceError struct {
	File   string // its name; "" for a table without one
	Line   int    // from 1; 0: not known
	Row    int    // of a table, from 1; 0: of a line that is no row
	Column string // by name; "" where the whole row or line is meant
	Err    error
}

// Error returns the place, "titanic.csv:17: Age: …", or "row 17" where there are no lines, and the mistake.
func (e *PlaceError) Error() string {
	place := place(e.File, e.Line, e.Row)
	if e.Column != "" {
		place += ": " + e.Column
	}
	return place + ": " + e.Err.Error()
}

// Unwrap returns the mistake.
func (e *PlaceError) Unwrap() error { return e.Err }

func place(file string, line, row int) string {
	switch {
	case line > 0:
		return file + ":" + strconv.Itoa(line)
	case file == "":
		return "row " + strconv.Itoa(row)
	}
	return file + ": row " + strconv.Itoa(row)
}

// Place returns the place of row i for messages: "titanic.csv:17", or "row 17" (counted from 1) of a table that came
// from no file.
func (t *Table) Place(i int) string { return place(t.Name, t.line(i), i+1) }

// HasLines reports whether the rows are those of a file's lines, not computed from others.
func (t *Table) HasLines() bool { return t.lines.len() > 0 }

// line returns the line on which row i begins, 0 where it is not known.
func (t *Table) line(i int) int {
	if i < t.lines.len() {
		return t.lines.at(i)
	}
	return 0
}

// ErrorAt returns a mistake in row i, in a column if that is not "".
func (t *Table) ErrorAt(i int, column, format string, args ...any) error {
	return &PlaceError{File: t.Name, Line: t.line(i), Row: i + 1, Column: column, Err: fmt.Errorf(format, args...)}
}

// lineError returns a mistake in a line of a file that is no row.
func lineError(file string, line int, format string, args ...any) error {
	return &PlaceError{File: file, Line: line, Err: fmt.Errorf(format, args...)}
}
