package data

import (
	"strings"
	"testing"
)

// What is said of a layout is found under its key, and a table is read by it.
func TestLayout(t *testing.T) {
	no := false
	for _, c := range []struct {
		name       string
		l          Layout
		given, bad string
	}{
		{"nothing", Layout{}, "", ""},
		{"skip", Layout{Skip: -1}, "skip", "skip: -1 is no number of lines; give 0 or more"},
		{"separator", Layout{Separator: ";;"}, "separator", `separator: ";;" is not one character`},
		{"tab", Layout{Separator: `\t`}, "separator", ""},
		{"twins", Layout{Columns: []string{"a", "b", "a"}}, "columns", `columns: "a" stands twice; names must differ`},
		{"no names", Layout{Columns: []string{}}, "columns",
			"columns: there is no name; give one for each column, or leave it out"},
		{"header", Layout{Header: &no, Missing: []string{"-"}}, "header", ""},
		{"quotes", Layout{Quotes: &no}, "quotes", ""},
		{"missing", Layout{Missing: []string{"-"}}, "missing", ""},
	} {
		bad := ""
		if err := c.l.Check(); err != nil {
			bad = err.Error()
		}
		if got := c.l.Given(); got != c.given || bad != c.bad {
			t.Errorf("%s: given %q, mistake %q; want %q, %q", c.name, got, bad, c.given, c.bad)
		}
	}
	l := Layout{Header: &no, Skip: 1, Separator: `\t`, Quotes: &no, Columns: []string{"u", "v"}, Missing: []string{"-"}}
	tab, err := ReadCSV(strings.NewReader("about\n\"1\t-\n\"2\t3\n"), "f.csv", l.CSV())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := dump(tab), "u:category|\"1|\"2\nv:number|_|3\n"; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Of the command, messages name flags.
func TestFlagsInMessages(t *testing.T) {
	for in, want := range map[string]string{
		"a,b\n1,2,3\n": "f.csv:2: 3 fields where the header has 2; name all 3 with --columns " +
			"NAME,…, or pass over the lines before with --skip 1",
		"1,2\n1,2,3\n": "f.csv:2: 3 fields where the first line has 2; if the lines before are no " +
			"rows, pass over them with --skip 1",
		"a,a\n1,2\n": `f.csv:1: columns 1 and 2 are both named "a"; name them apart with --columns NAME,…`,
		"a,b\n":      "f.csv: a header and no rows; if its line is data, set --no-header",
		"a,b\n\"1,2\n": "f.csv:2: field 1: its quotation mark is never closed; where marks are " +
			"plain characters, set --no-quotes",
		"a,b\n\"1\"x,2\n": "f.csv:2: field 1: text follows its closing quotation mark; double the " +
			"marks inside it, or set --no-quotes",
		numbersAnd("Total"): `a: "Total" in f.csv:12 is no number, as 10 of the 11 values are; the column counts as ` +
			`text; --missing "Total" (missing: ["Total"] in an experiment) would drop the word; ` +
			`if line 12 is no row, --totals skip (totals: skip in an experiment) passes over it`,
		"a\ncm\n" + numbersAnd("1")[2:]: `a: "cm" in f.csv:2 is no number, as 11 of the 12 values are; the column ` +
			`counts as text; if line 2 is no row, --skip 2 (skip: 2 in an experiment) with ` +
			`--columns NAME,… passes over it`,
		numbersAnd("-"): `a: 1 value is spelled - and taken for missing; --missing '' (missing: [] in an experiment) keeps the word`,
		numbersAnd("7 %"): `a: "7 %" in f.csv:12 is no number, as 10 of the 11 values are; the column counts as text; ` +
			`--missing "7 %" (missing: ["7 %"] in an experiment) would drop the word; ` +
			`if line 12 is no row, --skip-end 1 (skip_end: 1 in an experiment) passes over it`,
	} {
		tab, err := ReadCSV(strings.NewReader(in), "f.csv", CSVOptions{Flags: true})
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = said(tab)
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if _, err := ReadCSV(strings.NewReader("a\n1\n"), "f.csv",
		CSVOptions{Flags: true, Skip: 3}); err == nil || err.Error() != "f.csv: --skip 3 passes over the whole file" {
		t.Errorf("error %v", err)
	}
}

// numbersAnd is a column a of ten numbers and a last value.
func numbersAnd(last string) string { return "a\n" + strings.Repeat("1\n", 10) + last + "\n" }
