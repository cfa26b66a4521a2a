package data

import (
	"errors"
	"fmt"
	"slices"
)

// Layout is CSVOptions as people write them: keys in the data section of an experiment,
// flags of the command. The tags are both of theirs.
type Layout struct {
	Header    *bool    `keras:"header" negatable:"" help:"Whether the first line holds names; inferred."`
	Skip      int      `keras:"skip,min=0,what=number of lines" placeholder:"N" help:"Lines to skip at the start."`
	Separator string   `keras:"separator" placeholder:"C" help:"Character between fields, \\t for a tab; inferred."`
	Quotes    *bool    `keras:"quotes" negatable:"" help:"Whether \"…\" encloses a field; it does except between tabs."`
	Columns   []string `keras:"columns" placeholder:"NAME" help:"Names of all columns, in place of the header's."`
	Missing   []string `keras:"missing" placeholder:"WORD" help:"Marks of a missing value besides NA, NaN and ?."`
}

// Given is the key of the first setting that is not left out, "" if all are.
func (l *Layout) Given() string {
	for _, s := range []struct {
		key   string
		given bool
	}{
		{"header", l.Header != nil}, {"skip", l.Skip != 0}, {"separator", l.Separator != ""},
		{"quotes", l.Quotes != nil}, {"columns", l.Columns != nil}, {"missing", l.Missing != nil},
	} {
		if s.given {
			return s.key
		}
	}
	return ""
}

// Check finds what cannot be meant, and the key that says it.
func (l *Layout) Check() (key string, err error) {
	if l.Skip < 0 {
		return "skip", fmt.Errorf("%d is no number of lines; give 0 or more", l.Skip)
	}
	if s := l.Separator; s != "" && s != `\t` && len([]rune(s)) != 1 {
		return "separator", fmt.Errorf("%q is not one character", s)
	}
	for i, c := range l.Columns {
		if slices.Contains(l.Columns[:i], c) {
			return "columns", fmt.Errorf("%q stands twice; names must differ", c)
		}
	}
	if l.Columns != nil && len(l.Columns) == 0 {
		return "columns", errors.New("there is no name; give one for each column, or leave it out")
	}
	return "", nil
}

// CSV is the layout as ReadCSV takes it, once it is checked.
func (l *Layout) CSV() CSVOptions {
	o := CSVOptions{Header: l.Header, Skip: l.Skip, Columns: l.Columns, Missing: l.Missing, Quotes: l.Quotes}
	if l.Separator == `\t` {
		o.Comma = '\t'
	} else if l.Separator != "" {
		o.Comma = []rune(l.Separator)[0]
	}
	return o
}
