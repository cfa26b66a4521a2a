package translate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/internal/words"
	"gorae/task"
)

// Reading says where the sentences of a pair stand.
type Reading struct {
	From string          `json:"from"` // a column by name or number, where a file holds both
	To   string          `json:"to"`
	CSV  data.CSVOptions `json:"csv"`
}

// pairs is sentences and their translations.
type pairs struct {
	from, to []string // to is nil where only the sentences are wanted
	empty    int      // pairs that were left out for an empty side
	first    int      // the line of the first of them
}

// choose returns some of the pairs.
func (p *pairs) choose(rows []int) *pairs {
	if rows == nil {
		return nil
	}
	q := &pairs{}
	for _, i := range rows {
		q.from, q.to = append(q.from, p.from[i]), append(q.to, p.to[i])
	}
	return q
}

// note says what was left out.
func (p *pairs) note(in *task.Input, name string) {
	if p.empty > 0 {
		in.Note("%s: %s an empty side, the first in line %d, left out", name,
			words.Count(p.empty, "pair with", "pairs with"), p.first)
	}
}

// pairs reads both sides of a source: of two files side by side, line by line, or of one table. Pairs with an empty side
// are left out. key is where mistakes stand in an experiment.
func (r Reading) pairs(s *task.Source, key string) (*pairs, error) {
	p := &pairs{}
	var err error
	if s.Labels != "" {
		p.from, p.to, err = aligned(s)
	} else if p.from, err = r.column(s, r.From, key+".from"); err == nil {
		p.to, err = r.column(s, r.To, key+".to")
	}
	if err != nil {
		return nil, err
	}
	if s.Rows > 0 && s.Rows < len(p.from) {
		p.from, p.to = p.from[:s.Rows], p.to[:s.Rows]
	}
	k := 0
	for i := range p.from {
		if p.from[i] == "" || p.to[i] == "" {
			if p.empty++; p.empty == 1 {
				p.first = i + 1
			}
			continue
		}
		p.from[k], p.to[k] = p.from[i], p.to[i]
		k++
	}
	if p.from, p.to = p.from[:k], p.to[:k]; k == 0 {
		return nil, s.Errorf("%s: no pair of two sentences in it", s.Name)
	}
	return p, nil
}

// sentences reads the sentences to be translated: the column From of a table, or lines.
func (r Reading) sentences(s *task.Source) ([]string, error) {
	whole, err := s.Text()
	if err != nil {
		return nil, err
	}
	if whole == "" {
		return nil, fmt.Errorf("%s: the file is empty; give one with at least one line", s.Name)
	}
	if ext := s.Extension(); ext == ".csv" || ext == ".tsv" || strings.Contains(firstLine(whole), "\t") {
		return r.column(s, r.From, "")
	}
	return lines(whole), nil
}

// aligned reads two files of which line n of the one is the translation of line n of the other.
func aligned(s *task.Source) (from, to []string, err error) {
	a, err := s.Text()
	if err != nil {
		return nil, nil, s.Errorf("%v", err)
	}
	other, err := s.Sibling(s.Labels)
	if err != nil {
		return nil, nil, s.Errorf("%v", err)
	}
	b, err := other.Text()
	if err != nil {
		return nil, nil, s.Errorf("%v", err)
	}
	if from, to = lines(a), lines(b); len(from) != len(to) {
		return nil, nil, s.Errorf("%s has %d lines and %s has %d; line n of the one must be the translation of line n of "+
			"the other", s.Name, len(from), other.Name, len(to))
	}
	return from, to, nil
}

// lines returns the lines of a text without blanks around them.
func lines(s string) []string {
	out := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return out
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// column reads one column. Fields between tabs are plain text, since sentences hold quotation marks; other tables are
// read as tables are.
func (r Reading) column(s *task.Source, column, key string) ([]string, error) {
	fail := func(format string, args ...any) error {
		if key == "" || s.Key == "" {
			return fmt.Errorf(format, args...)
		}
		return task.Errorf(key, format, args...)
	}
	whole, err := s.Text()
	if err != nil {
		return nil, s.Errorf("%v", err)
	}
	if s.Extension() != ".csv" && strings.Contains(firstLine(whole), "\t") {
		return r.tabbed(lines(whole), s.Name, column, fail)
	}
	s.CSV = r.CSV
	src, err := s.Read()
	if err != nil {
		return nil, s.Errorf("%v", err)
	}
	if src.Table == nil || len(src.Table.Columns) < 2 && key != "" {
		return nil, s.Errorf("%s: no pairs in it; give a table with a column for each language, or the file of the "+
			"translations by labels: FILE, line by line", s.Name)
	}
	c, err := src.Table.Column(column)
	if err != nil {
		return nil, fail("%v", err)
	}
	out := make([]string, src.Table.Rows)
	for i := range out {
		out[i] = strings.TrimSpace(c.Text(i))
	}
	return out, nil
}

// tabbed returns a column of lines whose fields stand between tabs. A column with a name is one of the first line.
func (r Reading) tabbed(all []string, name, column string, fail func(string, ...any) error) ([]string, error) {
	all = all[min(len(all), r.CSV.Skip):]
	if len(all) == 0 {
		return nil, fail("%s: there are no lines", name)
	}
	head := strings.Split(all[0], "\t")
	header := r.CSV.Header != nil && *r.CSV.Header
	at, err := strconv.Atoi(column)
	switch {
	case column == "last":
		at = len(head)
	case err != nil:
		if at = slices.Index(head, column) + 1; at == 0 {
			return nil, fail("no column %q in %s; its first line has %s", column, name, words.Clip(strings.Join(head, ", "),
				80))
		}
		header = true
	}
	if at < 1 || at > len(head) {
		return nil, fail("no column %s in %s; its first line has %s", column, name, words.Plural(len(head), "column"))
	}
	skipped := r.CSV.Skip
	if header {
		all, skipped = all[1:], skipped+1
	}
	out := make([]string, len(all))
	for i, line := range all {
		if line == "" {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) < at {
			return nil, fail("%s:%d: %s, but the sentence stands in column %d; correct the line or take it out", name,
				skipped+i+1, words.Plural(len(fields), "column"), at)
		}
		out[i] = strings.TrimSpace(fields[at-1])
	}
	return out, nil
}
