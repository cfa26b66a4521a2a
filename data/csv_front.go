package data

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gorae/internal/pattern"
	"gorae/internal/words"
)

// Words of the key blank_lines.
const (
	blankRows = "rows"
	blankSkip = "skip"
)

var sepLine = pattern.Pattern{Expr: `^"?sep=([^\r\n"])"?\r?(\n|\r|$)`}

// separatorLine takes a first line sep=; as spreadsheets write it.
func (s *scanner) separatorLine() {
	front, _ := s.r.Peek(16) // a shorter file has no such line and rows
	m := sepLine.Regexp().FindSubmatch(front)
	if m == nil || s.next != 1 || s.comma != 0 && string(s.comma) != string(m[1]) {
		return
	}
	if s.skipLine() != nil {
		return
	}
	s.comma = rune(m[1][0])
	s.guesses = append(s.guesses, Guess{What: fmt.Sprintf("line 1, sep=%s, names the separator and is no row", m[1]),
		Count: 1, Key: s.o.both("separator", strconv.Quote(string(m[1]))) + " and " + s.o.both("skip", "0") +
			" say the same"})
}

// comments passes over the first lines where they begin with # and have not the fields of those that follow.
func (s *scanner) comments() error {
	front, err := s.r.Peek(peek)
	if len(front) == 0 || front[0] != '#' || s.o.Skip > 0 {
		return nil // the reading of the first record says what is wrong
	}
	rest, n := strings.ReplaceAll(strings.ReplaceAll(string(front), "\r\n", "\n"), "\r", "\n"), 0
	var lines []string
	for strings.HasPrefix(rest, "#") {
		line, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return nil
		}
		lines, rest = append(lines, line), after
	}
	comma := s.comma
	if comma == 0 {
		comma = inferComma(rest, s.name, s.o.Quotes)
	}
	rows := records(rest, comma, s.o.Quotes)
	if err != nil && err != io.EOF || len(rows) < 2 {
		return nil
	}
	for _, l := range lines {
		if r := records(l, comma, s.o.Quotes); len(r) == 1 && len(r[0]) == len(rows[0]) {
			break // a header may begin with #, too
		}
		if err := s.skipLine(); err != nil {
			return err
		}
		n++
	}
	if n > 0 {
		s.guesses = append(s.guesses, Guess{Count: n, Key: s.o.both("skip", strconv.Itoa(n)) + " says the same",
			What: fmt.Sprintf("%s at the start, passed over as they begin with #", words.Plural(n, "line"))})
	}
	return nil
}

// began sets the number of columns of the scanner.
func (s *scanner) began(width int) {
	s.width = width
	s.rows = s.o.Blank == blankRows || s.o.Blank == "" && width == 1
}

// blankRow returns the next blank line that is a row, or the record behind them.
func (s *scanner) blankRow() ([]field, bool) {
	switch {
	case s.held == nil:
		return nil, false
	case len(s.blanks) > 0:
		s.line, s.blanks = s.blanks[0], s.blanks[1:]
		s.empty++
		s.fields = append(s.fields[:0], make([]field, s.width)...)
		return s.fields, true
	}
	f, line := s.held.fields, s.held.line
	s.held = nil
	if f == nil {
		return nil, false
	}
	s.line = line
	return f, true
}

// ended notes what became of blank lines.
func (s *scanner) ended(t *Table) {
	t.Guesses = append(t.Guesses, s.text.Guesses()...)
	if s.empty > 0 && s.o.Blank == "" {
		t.guess("", s.empty, s.o.both("blank_lines", blankSkip)+" passes over them",
			"%s: rows without a value, as the file has one column", words.Plural(s.empty, "blank line"))
	}
	if s.rows && len(s.blanks) > 0 && s.o.Blank == "" {
		t.guess("", len(s.blanks), s.o.both("blank_lines", blankRows)+" makes rows of them",
			"%s at the end, passed over", words.Plural(len(s.blanks), "blank line"))
	}
	if n := len(s.passed); n > 0 && s.o.Blank == "" {
		t.guess("", n, s.o.both("blank_lines", blankRows)+" makes rows without values of them",
			"%s passed over, the first is line %d", words.Plural(n, "blank line"), s.passed[0])
	}
}

// fronted is the number of records at the beginning of a file from which its layout is inferred.
const fronted = 50

// quoted reports whether quotation marks enclose fields.
func quoted(comma rune, said *bool) bool {
	if said != nil {
		return *said
	}
	return comma != '\t'
}

// records returns the first records of a text; the last of a text that is cut may be less than whole.
func records(front string, comma rune, quotes *bool) [][]field {
	s := &scanner{r: bufio.NewReader(strings.NewReader(front)), comma: comma, quotes: quoted(comma, quotes), next: 1}
	var out [][]field
	for len(out) < fronted {
		rec, err := s.record()
		if err != nil {
			break
		}
		out = append(out, slices.Clone(rec))
	}
	if len(front) >= peek-utf8.UTFMax && len(out) > 1 && len(out) < fronted {
		out = out[:len(out)-1]
	}
	return out
}

// inferComma returns the separator that divides all of the first lines into as many fields: of several a tab, else a
// semicolon, as commas stand in numbers and sentences; where none does, the one that divides the first two lines alike,
// or the first.
func inferComma(front, name string, quotes *bool) rune {
	if strings.HasSuffix(strings.ToLower(strings.TrimSuffix(strings.ToLower(name), ".gz")), ".tsv") {
		return '\t'
	}
	alike, likely := rune(0), rune(0)
	for _, comma := range []rune{'\t', ';', ',', '|'} {
		l := records(front, comma, quotes)
		if len(l) == 0 || len(l[0]) < 2 {
			continue
		}
		if !slices.ContainsFunc(l, func(r []field) bool { return len(r) != len(l[0]) }) {
			return comma
		}
		if (alike == 0 || comma == ',') && len(l[0]) == len(l[1]) {
			alike = comma
		}
		if likely == 0 || comma == ',' && likely == ';' {
			likely = comma
		}
	}
	if alike != 0 || likely != 0 {
		if alike != 0 {
			return alike
		}
		return likely
	}
	l := records(front, ' ', quotes)
	if len(l) > 0 && len(l[0]) > 1 {
		last := l[min(1, len(l)-1)]
		number := slices.ContainsFunc(last, func(f field) bool { _, ok := parseNumber(f.text); return ok })
		if len(last) == len(l[0]) && number {
			return ' '
		}
	}
	return ','
}

// header reports whether the first record holds names: it has no number, or its numbers are years, such as 2019, and
// the values below them are not.
func (s *scanner) header(t *Table, head []field) bool {
	if s.o.Header != nil {
		return *s.o.Header
	}
	var at []int
	for i, f := range head {
		if _, ok := parseNumber(f.text); ok {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return true
	}
	front, _ := s.r.Peek(peek) // a shorter file is looked at as a whole
	rows := records(string(front), s.comma, s.o.Quotes)
	if yearsAbove(head, at, rows) {
		t.guess("", 1, s.o.both("header", "false")+" takes it for a row",
			"line %d is the header, though %s is a number: it is a year, and the values below are none", s.line,
			head[at[0]].text)
		return true
	}
	if s.o.Columns == nil {
		t.Guesses = append(t.Guesses, Guess{Count: 1, Key: s.o.both("header", "true") + " takes its fields for names",
			What:  fmt.Sprintf("line %d is a row, as it holds a number (%s)", s.line, words.Clip(head[at[0]].text, 30)),
			quiet: true})
	}
	return false
}

// yearsAbove reports whether all numbers of the first record are different years and stand above other values.
func yearsAbove(head []field, at []int, rows [][]field) bool {
	if len(rows) == 0 {
		return false
	}
	year := func(s string) bool {
		v, err := strconv.Atoi(s)
		return err == nil && len(s) == 4 && v >= 1800 && v < 2200
	}
	seen := map[string]bool{}
	for _, i := range at {
		if !year(head[i].text) || seen[head[i].text] {
			return false
		}
		seen[head[i].text] = true
		years := 0
		for _, r := range rows {
			if i < len(r) && year(r[i].text) {
				years++
			}
		}
		if 2*years > len(rows) {
			return false
		}
	}
	return true
}
