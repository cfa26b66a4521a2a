package data

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// dump prints a table on one line per column: name, kind, values with _ for
// missing ones.
func dump(t *Table) string {
	var b strings.Builder
	for i := range t.Columns {
		c := &t.Columns[i]
		fmt.Fprintf(&b, "%s:%v", c.Name, c.Kind)
		for r := range c.Len() {
			if c.IsMissing(r) {
				b.WriteString("|_")
			} else {
				b.WriteString("|" + c.Level(r))
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// said is a table's guesses.
func said(t *Table) string {
	var all []string
	for _, g := range t.Guesses {
		all = append(all, g.String())
	}
	return strings.Join(all, "\n")
}

func TestReadCSV(t *testing.T) {
	no, yes := false, true
	for _, c := range []struct {
		name, in string
		o        CSVOptions
		want     string
	}{
		{"header", "a,b\n1,x\n2,y\n", CSVOptions{}, "a:number|1|2\nb:category|x|y\n"},
		{"no header", "1,x\n2,y\n", CSVOptions{}, "c1:number|1|2\nc2:category|x|y\n"},
		{"no last line end", "a,b\n1,2", CSVOptions{}, "a:number|1\nb:number|2\n"},
		{"header said", "1,2\n3,4\n", CSVOptions{Header: &yes}, "1:number|3\n2:number|4\n"},
		{"no header said", "a,b\nc,d\n", CSVOptions{Header: &no}, "c1:category|a|c\nc2:category|b|d\n"},
		{"cr lf", "a,b\r\n1,2\r\n\r\n3,4\r\n", CSVOptions{}, "a:number|1|3\nb:number|2|4\n"},
		{"cr", "a,b\r1,2\r3,4", CSVOptions{}, "a:number|1|3\nb:number|2|4\n"},
		{"bom", "\ufeffa,b\n1,2\n", CSVOptions{}, "a:number|1\nb:number|2\n"},
		{"blanks", "  a , b\t\n\n   \n 1 ,  2 \n\t\n", CSVOptions{}, "a:number|1\nb:number|2\n"},
		{"missing", "a,b\n,NA\nNaN,?\n1,x\nnan,NaN\n", CSVOptions{}, "a:number|_|_|1|_\nb:category|_|_|x|_\n"},
		{"missing of one's own", "a\n-\n1\nnone\n", CSVOptions{Missing: []string{"-", "none"}}, "a:number|_|1|_\n"},
		{"all missing", "a,b\nNA,1\n,2\n", CSVOptions{}, "a:number|_|_\nb:number|1|2\n"},
		{"numbers", "a\n1e5\n+3\n-.5\n5.\n1E-3\n7.0\n", CSVOptions{}, "a:number|100000|3|-0.5|5|0.001|7\n"},
		{"no numbers", "a,b,c,d,e,f\n\"1,000\",inf,0x10,1_000,1e999,1e\n", CSVOptions{},
			"a:number|1000\nb:category|inf\nc:category|0x10\nd:category|1_000\ne:category|1e999\nf:category|1e\n"},
		{"a word is no header's number", "nan,inf,e\n1,2,3\n", CSVOptions{},
			"nan:number|1\ninf:number|2\ne:number|3\n"},
		{"quotes", "a,b\n\"x, \"\"y\"\"\",1\n \"two\nlines\" ,2\n\"\",3\n", CSVOptions{},
			"a:category|x, \"y\"|two\nlines|_\nb:number|1|2|3\n"},
		{"a quote within", "a,b\n5\" pipe,1\n", CSVOptions{}, "a:category|5\" pipe\nb:number|1\n"},
		{"blanks within quotes stay", "a,b\n\" x \",\" 5 \"\n", CSVOptions{}, "a:category| x \nb:number|5\n"},
		{"semicolon", "a;b\n1;x,y\n2;z\n", CSVOptions{}, "a:number|1|2\nb:category|x,y|z\n"},
		{"decimal commas", "1,5;2,5;3,5\n1;2;3,5\n", CSVOptions{Header: &no},
			"c1:number|1.5|1\nc2:number|2.5|2\nc3:number|3.5|3.5\n"},
		{"comma in quotes", "\"a,b\";c\n1;2\n", CSVOptions{}, "a,b:number|1\nc:number|2\n"},
		{"tab", "a\tb\n\"x\t1\n", CSVOptions{}, "a:category|\"x\nb:number|1\n"},
		{"tab, empty fields", "a\tb\tc\n\t1\t\n", CSVOptions{}, "a:number|_\nb:number|1\nc:number|_\n"},
		{"tab, quoted", "a\tb\n\"x\ty\"\t1\n", CSVOptions{Quotes: &yes}, "a:category|x\ty\nb:number|1\n"},
		{"no quotes", "a,b\n\"x,y\"\n", CSVOptions{Quotes: &no}, "a:category|\"x\nb:category|y\"\n"},
		{"blank", "  1  2.5\n 3\t4\n", CSVOptions{}, "c1:number|1|3\nc2:number|2.5|4\n"},
		{"blank, names", "a b\n1 2\n", CSVOptions{}, "a:number|1\nb:number|2\n"},
		{"blank, quoted", "a b\n\"x y\" 2\n", CSVOptions{Comma: ' '}, "a:category|x y\nb:number|2\n"},
		{"one column of words", "Annual Income\nlow income\n", CSVOptions{}, "Annual Income:category|low income\n"},
		{"one column", "Annual Income\n15\n16\n", CSVOptions{}, "Annual Income:number|15|16\n"},
		{"comma said", "a b|c\n1|2\n", CSVOptions{Comma: '|'}, "a b:number|1\nc:number|2\n"},
		{"skip", "150,4,setosa\n5.1,1\n4.9,2\n", CSVOptions{Skip: 1}, "c1:number|5.1|4.9\nc2:number|1|2\n"},
		{"columns", "1,2\n3,4\n", CSVOptions{Columns: []string{"x", "y"}}, "x:number|1|3\ny:number|2|4\n"},
		{"columns for a short header", "Date,Open\n2006-01-02,09:01,5\n", CSVOptions{Columns: []string{"d", "t", "o"}},
			"d:category|2006-01-02\nt:category|09:01\no:number|5\n"},
		{"unnamed", ",x\n0,5\n", CSVOptions{}, "c1:number|0\nx:number|5\n"},
		{"names of two lines", "\"size\n(cm)\",b\n1,2\n", CSVOptions{}, "size (cm):number|1\nb:number|2\n"},
		{"hangul", "이름,나이\n고래,5\n", CSVOptions{}, "이름:category|고래\n나이:number|5\n"},
	} {
		got, err := ReadCSV(strings.NewReader(c.in), "f.csv", c.o)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if dump(got) != c.want {
			t.Errorf("%s:\ngot  %q\nwant %q", c.name, dump(got), c.want)
		}
	}
}

func TestReadCSVErrors(t *testing.T) {
	for _, c := range []struct {
		in   string
		o    CSVOptions
		want string
	}{
		{"", CSVOptions{}, "f.csv: the file is empty; give one with at least one row"},
		{"\n \n\r\n", CSVOptions{}, "f.csv: the file is empty; give one with at least one row"},
		{"a,b\n", CSVOptions{}, "f.csv: a header and no rows; if its line is data, set header: false"},
		{"a,b\n1,2\n\n3\n", CSVOptions{},
			"f.csv:4: 1 field where the header has 2; if the lines before are no rows, pass over them with skip: 3"},
		{"a,b\n1,2\n3,4\n5,6,7\n", CSVOptions{},
			"f.csv:4: 3 fields where the header has 2; correct this row or take it out"},
		{"a,b\n\"x\ny\",2\n3,4\n5\n", CSVOptions{},
			"f.csv:5: 1 field where the header has 2; correct this row or take it out"},
		{"a,b\n1,2,3\n", CSVOptions{}, "f.csv:2: 3 fields where the header has 2; name all 3 with columns: […], " +
			"or pass over the lines before with skip: 1"},
		{"1,2\n1,2,3\n", CSVOptions{}, "f.csv:2: 3 fields where the first line has 2; if the lines before are no " +
			"rows, pass over them with skip: 1"},
		{"1,2\n", CSVOptions{Columns: []string{"x"}}, "f.csv:1: 2 fields where columns names 1"},
		{"a,b\n1,2\n", CSVOptions{Columns: []string{"x"}},
			"f.csv:2: 2 fields where columns names 1; name all 2 with columns: […], or pass over the lines before " +
				"with skip: 1"},
		{"a,b,a\n1,2,3\n", CSVOptions{},
			`f.csv:1: columns 1 and 3 are both named "a"; name them apart with columns: […]`},
		{"a\n\"x\n1\n", CSVOptions{}, "f.csv:2: field 1: its quotation mark is never closed; where marks are " +
			"plain characters, set quotes: false"},
		{"a,b\n1,\"x\"y\n", CSVOptions{},
			"f.csv:2: field 2: text follows its closing quotation mark; double the marks inside it, or set quotes: " +
				"false"},
		{"a\nx\x00y\n", CSVOptions{}, "f.csv:2: a zero byte; this is no text file; export it as .csv, or give " +
			"it the extension of its format"},
		{"a\ncaf\xe9\n", CSVOptions{}, "f.csv:2: byte 0xe9 is not UTF-8; give encoding: latin1, or cp949 for " +
			"Korean"},
		{"a\n1\n", CSVOptions{Skip: 2}, "f.csv: the file is empty; give one with at least one row"},
		{"a\n1\n", CSVOptions{Skip: 3}, "f.csv: skip: 3 passes over the whole file"},
		{"a\n1\n", CSVOptions{Skip: -1}, "f.csv: skip: -1 is no number of lines; give 0 or more"},
		{"a\n1\n", CSVOptions{Comma: '"'}, `f.csv: '"' cannot separate fields; give a comma, semicolon, tab or blank`},
		{"a\n1\n", CSVOptions{Comma: '고'}, "f.csv: '고' cannot separate fields: it is no ASCII character"},
	} {
		_, err := ReadCSV(strings.NewReader(c.in), "f.csv", c.o)
		if err == nil || err.Error() != c.want {
			t.Errorf("%q:\ngot  %v\nwant %s", c.in, err, c.want)
		}
	}
}

func TestOddValueIsNoted(t *testing.T) {
	in := "a\n" + strings.Repeat("1\n", 20) + "oops\n"
	tab, err := ReadCSV(strings.NewReader(in), "f.csv", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `a: "oops" in f.csv:22 is no number, as 20 of the 21 values are; the column counts as text; ` +
		`missing: ["oops"] would drop the word; if line 22 is no row, skip_end: 1 passes over it`
	if tab.Columns[0].Kind != Category || said(tab) != want {
		t.Errorf("%v %q", tab.Columns[0].Kind, said(tab))
	}
}

func TestFind(t *testing.T) {
	tab, err := ReadCSV(strings.NewReader("Survived,Age,3,last name\n0,1,2,x\n"), "f.csv",
		CSVOptions{Header: new(bool)})
	if err != nil {
		t.Fatal(err)
	}
	if tab.Names()[3] != "c4" {
		t.Fatal(tab.Names())
	}
	yes := true
	if tab, err = ReadCSV(strings.NewReader("Survived,Age,3,last name\n0,1,2,x\n"), "f.csv",
		CSVOptions{Header: &yes}); err != nil {
		t.Fatal(err)
	}
	for column, want := range map[string]int{"Age": 1, "2": 1, "last": 3, "1": 0, "4": 3, "3": 2, "last name": 3} {
		if got, err := tab.Find(column); err != nil || got != want {
			t.Errorf("%q: %d %v, want %d", column, got, err, want)
		}
	}
	for column, want := range map[string]string{
		"Survivd": `f.csv: no column "Survivd"; did you mean "Survived"?`,
		"Zebra":   `f.csv: no column "Zebra"; there are Survived, Age, 3, last name`,
		"0":       "f.csv: there is no column 0; give 1 to 4",
		"5":       "f.csv: there is no column 5; give 1 to 4",
	} {
		if _, err := tab.Find(column); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", column, err, want)
		}
	}
}

func TestCodes(t *testing.T) {
	c := Column{Kind: Number, Numbers: []float64{10, 2, math.NaN(), 2, -1, math.Copysign(0, -1), 0}}
	codes, levels := c.Codes()
	if !slices.Equal(codes, []int{3, 2, -1, 2, 0, 1, 1}) || !slices.Equal(levels, []string{"-1", "0", "2", "10"}) {
		t.Error(codes, levels)
	}
	c = Column{Kind: Category, Strings: []string{"b", "", "a", "b"}, Missing: []bool{false, true, false, false}}
	codes, levels = c.Codes()
	if !slices.Equal(codes, []int{1, -1, 0, 1}) || !slices.Equal(levels, []string{"a", "b"}) {
		t.Error(codes, levels)
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "1 2\n3 4\n", "a\tb\n\"x\t1\n", "\"a\nb\",c\r\n1,2", "\ufeffx;y\n1,5;?\n",
		"a\n\"\"\"\n"} {
		f.Add(s, uint8(0), 0)
	}
	f.Fuzz(func(t *testing.T, s string, comma uint8, skip int) {
		tab, err := ReadCSV(strings.NewReader(s), "f.csv", CSVOptions{Comma: rune(comma), Skip: skip % 4})
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("an error of several lines: %q", err)
			}
			return
		}
		names := map[string]bool{}
		for i := range tab.Columns {
			c := &tab.Columns[i]
			if c.Len() != tab.Rows || names[c.Name] {
				t.Fatalf("column %q: %d values in %d rows", c.Name, c.Len(), tab.Rows)
			}
			names[c.Name] = true
			for r := range c.Len() {
				_ = c.Text(r)
				_ = tab.Place(r)
			}
		}
		r, err := Inspect(&Source{Table: tab}, "last")
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range r.Warnings {
			if strings.Contains(w, "\n") {
				t.Fatalf("a warning of several lines: %q", w)
			}
		}
	})
}

func ExampleReadCSV() {
	const file = `
height, weight, kind
1.5,    30,     dolphin
25,     NA,     whale
`
	t, err := ReadCSV(strings.NewReader(file), "sea.csv", CSVOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Rows, "rows of", t.Names())
	fmt.Println(t.Columns[1].Kind, t.Columns[1].Numbers)
	for i, s := range t.Columns[2].Texts() {
		fmt.Println(t.Columns[2].Kind, i, s)
	}
	// Output:
	// 2 rows of [height weight kind]
	// number [30 NaN]
	// category 0 dolphin
	// category 1 whale
}
