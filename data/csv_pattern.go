package data

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gorae/config"
	"gorae/internal/pattern"
	"gorae/internal/words"
)

// linePattern compiles a pattern of lines, whose named groups are the columns. It is called where lines are read and
// not where settings are checked, so that programs that read no files do not link regular expressions.
func linePattern(expr string) (*pattern.Regexp, []string, error) {
	re, err := pattern.Compile(expr)
	if err != nil {
		return nil, nil, config.Errorf("pattern", "%q is no regular expression: %v", expr, err)
	}
	var names []string
	for _, n := range re.SubexpNames() {
		if n == "" {
			continue
		}
		if slices.Contains(names, n) {
			return nil, nil, config.Errorf("pattern", "two groups are named %q; names must differ", n)
		}
		names = append(names, n)
	}
	if len(names) == 0 {
		return nil, nil, config.Errorf("pattern", "%q has no named group, and its named groups are the columns", expr).
			Fix("give one such as (?P<topic>\\w+) (?P<text>.*)")
	}
	return re, names, nil
}

// noField separates the fields of lines that a pattern cuts: the control character between units.
const noField = '\x1f'

// readPattern reads lines whose columns are the named groups of a regular expression. A group that a line does not have
// is a missing value. Blank lines are passed over, unless they are to be rows.
func readPattern(r io.Reader, name string, o CSVOptions) (*Table, error) {
	re, names, err := linePattern(o.Pattern)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	no := false
	o.Comma, o.Quotes = noField, &no
	s, err := newScanner(r, name, o)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: name, Header: true, Marks: o.Missing, Guesses: s.guesses, dates: o.Dates, zone: o.Zone,
		flags: o.Flags}
	b := newBuilder(name, &o, names, nil)
	s.began(len(names) + 1) // no file of one column: blank lines are no values
	end := lastRecords{s: s, most: o.SkipEnd}
	for {
		rec, line, err := end.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		row, err := cutLine(re, rec[0].text)
		if err != nil {
			return nil, lineError(name, line, "%w", err)
		}
		b.add(row, line)
	}
	if b.lines.len() == 0 {
		return nil, fmt.Errorf("%s: the file is empty; give one with at least one row", name)
	}
	s.ended(t)
	end.ended(t)
	b.table(t, names)
	return t, nil
}

// cutLine returns the named groups of a line.
func cutLine(re *pattern.Regexp, line string) ([]field, error) {
	m := re.FindStringSubmatch(line)
	if m == nil && line != "" {
		return nil, fmt.Errorf("%q is no line of the pattern; pass over such lines with skip, or mend the pattern",
			words.Clip(line, 40))
	}
	var out []field
	for i, n := range re.SubexpNames() {
		switch {
		case n == "":
		case m == nil:
			out = append(out, field{})
		default:
			out = append(out, field{strings.TrimSpace(m[i])})
		}
	}
	return out, nil
}
