package data

import (
	"maps"
	"slices"
	"strings"
	"time"

	"gorae/config"
)

// Layout is the written form of CSVOptions: keys in the data section of an experiment, flags of the command. The tags
// serve both.
type Layout struct {
	Header    *bool    `keras:"header" negatable:"" help:"Whether the first line holds names; inferred."`
	Skip      int      `keras:"skip,min=0,what=number of lines" placeholder:"N" help:"Lines to skip at the start."`
	SkipEnd   int      `keras:"skip_end,min=0,what=number of lines" name:"skip-end" placeholder:"N" help:"Lines to skip at the end, such as footnotes."`
	Totals    string   `keras:"totals,oneof=rows|skip" placeholder:"WORD" help:"What a last row is that is called a total or holds sums: rows (a row as the others), or skip, which passes over it and leaves files without such a row whole; rows if left out."`
	Separator string   `keras:"separator" placeholder:"C" help:"Character between fields, \\t for a tab; inferred."`
	Quotes    *bool    `keras:"quotes" negatable:"" help:"Whether \"…\" encloses a field; it does except between tabs."`
	Columns   []string `keras:"columns,literal" placeholder:"NAME" help:"Names of all columns, in place of the header's."`
	Pattern   string   `keras:"pattern" placeholder:"EXPR" help:"Regular expression of a line whose named groups are the columns, (?P<topic>\\w+) (?P<text>.*), in place of fields between separators."`
	// Missing that is given and empty leaves no mark but the empty field.
	Missing   []string          `keras:"missing,literal" placeholder:"WORD" help:"Marks of a missing value besides the usual ones (NA, NaN, ?, in numbers also N/A, null, -); '' for none at all."`
	Types     map[string]string `keras:"types,oneof=number|text" placeholder:"COLUMN=TYPE" help:"What a column is: number or text; inferred."`
	Decimal   string            `keras:"decimal,oneof=point|comma" placeholder:"WORD" help:"Decimal mark of numbers: point or comma; inferred by column."`
	Thousands string            `keras:"thousands,oneof=none|point|comma|space|apostrophe" placeholder:"WORD" help:"Mark between thousands: none, point, comma, space or apostrophe; inferred by column."`
	Dates     string            `keras:"dates,oneof=dmy|mdy|ymd|seconds|milliseconds|microseconds|nanoseconds|number" placeholder:"WORD" help:"How times are written: dmy, mdy or ymd for the order of day, month and year; seconds, milliseconds, microseconds or nanoseconds since 1970; number for a plain number; inferred."`
	Zone      string            `keras:"zone" placeholder:"NAME" help:"Zone of times that are written without one, such as Europe/Berlin; none if left out."`
	Encoding  string            `keras:"encoding,oneof=utf-8|utf-16|cp949|euc-kr|latin1|windows-1252" placeholder:"WORD" help:"Encoding: utf-8, utf-16, cp949 (euc-kr) or latin1 (windows-1252); inferred."`
	Blank     string            `keras:"blank_lines,oneof=rows|skip" name:"blank-lines" placeholder:"WORD" help:"What blank lines are: rows (without values), or skip; rows in a file of one column if left out."`
	Table     string            `keras:"table" placeholder:"NAME" help:"Table of a database; the one with the most rows if left out."`
	Query     string            `keras:"query" placeholder:"SQL" help:"Query whose answer is the table, of a database that is read through a driver of SQL."`
	Sheet     string            `keras:"sheet" placeholder:"NAME" help:"Sheet of a workbook; the first visible one that has values if left out."`
}

// Given returns the key of the first setting that is not left out, "" if all are.
func (l *Layout) Given() string {
	o := l.CSV()
	if keys := o.Given(); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// Given returns the keys of the settings that are not left out.
func (o CSVOptions) Given() []string {
	var keys []string
	for _, s := range []struct {
		key   string
		given bool
	}{
		{"header", o.Header != nil}, {"skip", o.Skip != 0}, {"skip_end", o.SkipEnd != 0}, {"totals", o.Totals != ""},
		{"separator", o.Comma != 0},
		{"quotes", o.Quotes != nil}, {"columns", o.Columns != nil}, {"pattern", o.Pattern != ""},
		{"missing", o.Missing != nil}, {"types", o.Types != nil}, {"decimal", o.Decimal != ""},
		{"thousands", o.Thousands != ""}, {"dates", o.Dates != ""}, {"zone", o.Zone != ""},
		{"encoding", o.Encoding != ""}, {"blank_lines", o.Blank != ""},
		{"sheet", o.Sheet != ""}, {"table", o.Table != ""}, {"query", o.Query != ""},
	} {
		if s.given {
			keys = append(keys, s.key)
		}
	}
	return keys
}

// Check finds what cannot be meant. The error is a *config.Error at the key that says it.
func (l *Layout) Check() error {
	if l.Skip < 0 {
		return config.Errorf("skip", "%d is no number of lines; give 0 or more", l.Skip)
	}
	if l.SkipEnd < 0 {
		return config.Errorf("skip_end", "%d is no number of lines; give 0 or more", l.SkipEnd)
	}
	if s := l.Separator; s != "" && s != `\t` && len([]rune(s)) != 1 {
		return config.Errorf("separator", "%q is not one character", s)
	}
	if l.Pattern != "" && (l.Header != nil || l.Separator != "" || l.Quotes != nil || l.Columns != nil) {
		return config.Errorf("pattern", "it says what the columns of a line are").
			Fix("leave out header, separator, quotes and columns").Coded(config.Conflict)
	}
	for i, c := range l.Columns {
		if slices.Contains(l.Columns[:i], c) {
			return config.Errorf("columns", "%q stands twice; names must differ", c)
		}
	}
	for _, w := range []struct{ key, value, known string }{
		{"decimal", l.Decimal, "point comma"}, {"thousands", l.Thousands, "none point comma space apostrophe"},
		{"dates", l.Dates, "dmy mdy ymd seconds milliseconds microseconds nanoseconds number"},
		{"encoding", l.Encoding, encodingWords}, {"blank_lines", l.Blank, "rows skip"},
		{"totals", l.Totals, "rows skip"},
	} {
		if known := strings.Fields(w.known); w.value != "" && !slices.Contains(known, w.value) {
			return config.Errorf(w.key, "%q is none of %s", w.value, strings.Join(known, ", "))
		}
	}
	for _, c := range slices.Sorted(maps.Keys(l.Types)) {
		if w := l.Types[c]; w != typeNumber && w != typeText {
			return config.Errorf("types", "%s: %q is none of number, text", c, w)
		}
	}
	if cmpOr(markWords[l.Decimal], ".") == markWords[l.Thousands] {
		return config.Errorf("thousands", "%s is the decimal mark too", l.Thousands)
	}
	if l.Zone != "" {
		if _, err := time.LoadLocation(l.Zone); err != nil {
			return config.Errorf("zone", "%q is no zone that is known; give one such as Europe/Berlin or UTC", l.Zone)
		}
	}
	if l.Table != "" && l.Query != "" {
		return config.Errorf("query", "the table %s is named, too", l.Table).Fix("leave one of them out").
			Coded(config.Conflict)
	}
	if l.Columns != nil && len(l.Columns) == 0 {
		return config.Errorf("columns", "there is no name; give one for each column, or leave it out")
	}
	return nil
}

// CSV returns the layout as ReadCSV takes it, once it is checked.
func (l *Layout) CSV() CSVOptions {
	o := CSVOptions{Header: l.Header, Skip: l.Skip, SkipEnd: l.SkipEnd, Totals: l.Totals, Columns: l.Columns,
		Pattern: l.Pattern, Missing: l.Missing, Quotes: l.Quotes,
		Types: l.Types, Decimal: l.Decimal, Thousands: l.Thousands, Dates: l.Dates, Zone: l.Zone,
		Encoding: l.Encoding,
		Blank:    l.Blank, Sheet: l.Sheet, Table: l.Table, Query: l.Query}
	if l.Missing != nil && !slices.ContainsFunc(l.Missing, func(w string) bool { return w != "" }) {
		o.Missing = []string{} // --missing '' too
	}
	if l.Separator == `\t` {
		o.Comma = '\t'
	} else if l.Separator != "" {
		o.Comma = []rune(l.Separator)[0]
	}
	return o
}
