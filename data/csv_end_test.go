package data

import (
	"strings"
	"testing"
)

// Lines that are no rows, or that look as if they were none, are said with the setting that leaves them out.
func TestLinesThatAreNoRows(t *testing.T) {
	for _, c := range []struct {
		in    string
		o     CSVOptions
		want  string // the columns
		guess string
	}{
		// A line of totals: by its name, by its sums, by both.
		{"k,a\nx,1\ny,2\nz,4\nTotal,7\n", CSVOptions{}, `k:category|x|y|z|Total` + "\na:number|1|2|4|7\n",
			"f.csv:5 is called Total and is taken for a row; if it is no row, totals: skip passes over it"},
		{"k,a\nx,1\ny,2\nz,4\n,7\n", CSVOptions{}, `k:category|x|y|z|_` + "\na:number|1|2|4|7\n",
			"f.csv:5 holds the sums of the rows above (a) and is taken for a row; if it is no row, totals: skip"},
		{"a,b\n1,.1\n2,.2\n4,.3\n7,.6\n", CSVOptions{}, "a:number|1|2|4|7\nb:number|0.1|0.2|0.3|0.6\n",
			"f.csv:5 holds the sums of the rows above (a, b)"},
		{"k,a\nx,1\ny,2\nz,4\nw,7\n", CSVOptions{}, `k:category|x|y|z|w` + "\na:number|1|2|4|7\n", ""},
		{"a,b\n1,1\n2,2\n4,3\n7,5\n", CSVOptions{}, "a:number|1|2|4|7\nb:number|1|2|3|5\n", ""},
		{"a,b\n1,0\n2,0\n4,0\n7,0\n", CSVOptions{}, "a:number|1|2|4|7\nb:number|0|0|0|0\n", ""},
		// Left out, also where it has fewer fields.
		{"k,a\nx,1\ny,2\nz,4\nTotal,7\n", CSVOptions{SkipEnd: 1}, `k:category|x|y|z` + "\na:number|1|2|4\n",
			"1 line at the end passed over, as skip_end: 1 says, from line 5 on"},
		{"k,a\nx,1\ny,2\n\n3 rows\nend\n\n", CSVOptions{SkipEnd: 2}, `k:category|x|y` + "\na:number|1|2\n",
			"2 lines at the end passed over, as skip_end: 2 says, from line 5 on"},
		// A last row of totals alone, whatever its columns would be with it; a file without one is whole.
		{"k,a\nx,1\ny,2\nz,4\nTotal,7\n", CSVOptions{Totals: "skip"}, `k:category|x|y|z` + "\na:number|1|2|4\n",
			"line 5 is called Total and is passed over, as totals: skip says"},
		{"n,a\n3,1\n4,2\n5,4\nTotal,7\n", CSVOptions{Totals: "skip"}, "n:number|3|4|5\na:number|1|2|4\n",
			"line 5 is called Total and is passed over, as totals: skip says"},
		{"k,a\nx,1\ny,2\nz,4\n,7\nsource: us\n", CSVOptions{Totals: "skip", SkipEnd: 1},
			`k:category|x|y|z` + "\na:number|1|2|4\n", "line 5 holds the sums of the rows above (a) and is passed over"},
		{"k,a\nx,1\ny,2\nz,4\nw,9\n", CSVOptions{Totals: "skip"}, `k:category|x|y|z|w` + "\na:number|1|2|4|9\n", ""},
		{"k,a\nx,1\ny,2\nz,4\nTotal,7\n", CSVOptions{Totals: "rows"}, `k:category|x|y|z|Total` +
			"\na:number|1|2|4|7\n", ""},
		// Files that were joined.
		{"\ufeffk,a\nx,1\n\ufeffk,a\ny,2\n", CSVOptions{}, `k:category|x|y` + "\na:number|1|2\n",
			"1 line that repeats the header and passed over, the first is line 3; header: true makes rows of them\n" +
				"1 byte order mark within the file passed over"},
		{"\ufeffk,a\n\ufeff\"x,\",1\n", CSVOptions{}, `k:category|x,` + "\na:number|1\n", "1 byte order mark"},
		{"k,a\nx,1\nk,a\n", CSVOptions{Header: new(true)}, `k:category|x|k` + "\na:category|1|a\n",
			`a: "a" in f.csv:3 is no number`},
		{"k\nx\nk\n", CSVOptions{}, "k:category|x|k\n", ""}, // a word of one column may be its name
		// A line of units below the header: the names have to be given where it is passed over.
		{"a,b\ncm,x\n1,y\n2,z\n", CSVOptions{}, "a:category|cm|1|2\nb:category|x|y|z\n",
			"if line 2 is no row, skip: 2 with columns: [a, b] passes over it"},
		{"a,b\ncm,x\n1,y\n2,z\n", CSVOptions{Skip: 2, Columns: []string{"a", "b"}}, "a:number|1|2\nb:category|y|z\n",
			""},
	} {
		tab, err := ReadCSV(strings.NewReader(c.in), "f.csv", c.o)
		if err != nil {
			t.Errorf("%q: %v", c.in, err)
			continue
		}
		g := said(tab)
		if got := dump(tab); got != c.want || !strings.Contains(g, c.guess) || c.guess == "" && g != "" {
			t.Errorf("%q: got\n%swant\n%sguesses %q", c.in, got, c.want, g)
		}
	}
	_, err := ReadCSV(strings.NewReader("a,b\n1,2\n"), "f.csv", CSVOptions{SkipEnd: 3})
	if want := "f.csv: no row is left before the 3 lines at the end that skip_end: 3 passes over"; err == nil ||
		err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A number that several rows have, far from all others, is a code in many files: it is said, and stays a number.
func TestCodesForMissingNumbers(t *testing.T) {
	for _, c := range []struct{ values, guess string }{
		{"3|-999|12|-999|7", "a: 2 values are -999, far from the others (3 to 12), taken for a number like any " +
			`other; missing: ["-999"] takes it for missing`},
		{"3|9999|12|9999.0|7", "a: 2 values are 9999, far from the others (3 to 12)"},
		{"3|-999|12|7", ""},          // once
		{"300|-999|1200|-999|7", ""}, // not far
		{"-40|-99|60|-99|7", ""},     // not far
		{"1|99|99|2", "a: 2 values are 99"},
		{"5|99|99", "a: 2 values are 99, far from the others (5 to 5)"},
		{"97|99|99|98", ""},
		{"-999|-999", ""},
	} {
		_, tab := columnOf(t, CSVOptions{}, strings.Split(c.values, "|")...)
		if got := said(tab); !strings.Contains(got, c.guess) || c.guess == "" && got != "" {
			t.Errorf("%s: guesses %q, want %q", c.values, got, c.guess)
		}
	}
}

// UTF-16 is known by its zero bytes where no mark says so, in either order.
func TestUTF16WithoutMark(t *testing.T) {
	for _, first := range []bool{false, true} {
		var b strings.Builder
		for _, c := range []byte("a,b\n1,x\n") {
			if first {
				b.Write([]byte{0, c})
			} else {
				b.Write([]byte{c, 0})
			}
		}
		for _, o := range []CSVOptions{{}, {Encoding: "utf-16"}} {
			tab, err := ReadCSV(strings.NewReader(b.String()), "f.csv", o)
			if err != nil {
				t.Errorf("zero first %v: %v", first, err)
			} else if got := dump(tab); got != "a:number|1\nb:category|x\n" {
				t.Errorf("zero first %v: %s", first, got)
			}
		}
	}
}
