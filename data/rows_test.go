package data

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestRows: values that know their types become the columns that ReadCSV makes of the same values in a CSV file, with
// times that Clock reads alike.
func TestRows(t *testing.T) {
	seoul := time.FixedZone("", 9*3600)
	day := time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)
	at := time.Date(2024, 2, 29, 13, 4, 5, 250e6, time.UTC)
	r := NewRows("f", CSVOptions{})
	names := strings.Split("int,float,small,big,money,word,yes,day,midnight,time,instant,quoted,mixed,infinite,zip,"+
		"none", ",")
	for _, name := range names {
		r.Column(name)
	}
	for k := range 3 {
		r.Row(k + 2)
		for _, err := range []error{
			r.Int(r.Column("int"), int64(k)-1),
			r.Number(r.Column("float"), []float64{1.5, math.NaN(), 1e300}[k]),
			r.Float32(r.Column("small"), []float32{.1, -2.25, 16777216}[k]),
			r.Int(r.Column("big"), 1<<53+int64(k)),
			r.Digits(r.Column("money"), []string{"12.50", "0.00", "12345678901234567.25"}[k]),
			r.Text(r.Column("word"), []string{" a ", "", "b"}[k]),
			r.Bool(r.Column("yes"), k > 0),
			r.Date(r.Column("day"), day.AddDate(0, 0, k)),
			r.Time(r.Column("midnight"), day.AddDate(0, 0, k)),
			r.Time(r.Column("time"), at.Add(time.Duration(k)*time.Hour)),
			r.Instant(r.Column("instant"), at.In(seoul)),
			r.Text(r.Column("quoted"), []string{"1", "2", "2.5"}[k]),
			r.Text(r.Column("zip"), []string{"01067", "10115", "20095"}[k]),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if i := r.Column("mixed"); k == 1 {
			err = r.Number(i, 7)
		} else {
			err = r.Text(i, "x")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Number(r.Column("infinite"), []float64{1, math.Inf(1), 2}[k]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := r.Table()
	if err != nil {
		t.Fatal(err)
	}
	const file = "int,float,small,big,money,word,yes,day,midnight,time,instant,quoted,mixed,infinite,zip,none\n" +
		"-1,1.5,0.1,9007199254740992,12.50,a,false,2024-02-29,2024-02-29,2024-02-29 13:04:05.25," +
		"2024-02-29T22:04:05.25+09:00,1,x,1,01067,\n" +
		"0,,-2.25,9007199254740993,0.00,,true,2024-03-01,2024-03-01,2024-02-29 14:04:05.25," +
		"2024-02-29T22:04:05.25+09:00,2,7,+Inf,10115,\n" +
		"1,1e300,16777216,9007199254740994,12345678901234567.25,b,true,2024-03-02,2024-03-02," +
		"2024-02-29 15:04:05.25,2024-02-29T22:04:05.25+09:00,2.5,x,2,20095,\n"
	want, err := ReadCSV(strings.NewReader(file), "f", CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if dump(got) != dump(want) {
		t.Errorf("got\n%s\nwant\n%s", dump(got), dump(want))
	}
	for _, name := range []string{"day", "midnight", "time", "instant"} {
		a, err := got.Clock(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := want.Clock(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Times {
			if !a.Times[i].Equal(b.Times[i]) || a.Format != b.Format {
				t.Errorf("%s: %v %+v, want %v %+v", name, a.Times[i], a.Format, b.Times[i], b.Format)
			}
		}
	}
	if g := said(got); !strings.Contains(g, "quoted: 3 values are text in the file and read as a number") {
		t.Errorf("guesses %s", g)
	}
	if p := got.Place(1); p != "f:3" {
		t.Errorf("place %s", p)
	}
}

// TestRowsOptions: types, marks of missing values and names count as in a CSV file, and codes far from the other values
// are told.
func TestRowsOptions(t *testing.T) {
	table := func(o CSVOptions) *Table {
		t.Helper()
		r := NewRows("f", o)
		for k, v := range []float64{1, 2, -999, 3, -999} {
			r.Row(0)
			if err := r.Number(r.Column("a"), v); err != nil {
				t.Fatal(err)
			}
			if err := r.Text(r.Column("b"), []string{"x", "unknown", "y", "NA", "x"}[k]); err != nil {
				t.Fatal(err)
			}
		}
		out, err := r.Table()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		o          CSVOptions
		want, says string
	}{
		{CSVOptions{}, "a:number|1|2|-999|3|-999\nb:category|x|unknown|y|_|x\n",
			"a: 2 values are -999, far from the others"},
		{CSVOptions{Missing: []string{"-999", "unknown"}}, "a:number|1|2|_|3|_\nb:category|x|_|y|_|x\n", ""},
		{CSVOptions{Types: map[string]string{"a": "text"}}, "a:category|1|2|-999|3|-999\nb:category|x|unknown|y|_|x\n",
			""},
		{CSVOptions{Columns: []string{"p", "q"}}, "p:number|1|2|-999|3|-999\nq:category|x|unknown|y|_|x\n", ""},
	} {
		tab := table(c.o)
		if dump(tab) != c.want || !strings.Contains(said(tab), c.says) {
			t.Errorf("%+v: %s; %s", c.o, dump(tab), said(tab))
		}
		if p := tab.Place(1); p != "f: row 2" {
			t.Errorf("place %s", p)
		}
	}
}

// TestRowsRefused: a cell that is given twice, a table without cells, and one that is nearly all missing.
func TestRowsRefused(t *testing.T) {
	r := NewRows("f", CSVOptions{})
	if _, err := r.Table(); err == nil || err.Error() != "f: no column; give a file with at least one" {
		t.Error(err)
	}
	r.Column("a")
	if _, err := r.Table(); err == nil || err.Error() != "f: no rows; give a file with at least one" {
		t.Error(err)
	}
	r.Row(7)
	if err := r.Text(0, "x"); err != nil {
		t.Error(err)
	}
	if err := r.Text(0, "y"); err == nil || err.Error() != "f:7: a: the key stands twice; leave one out" {
		t.Error(err)
	}
	r = NewRows("f", CSVOptions{})
	for range 1 << 20 {
		r.Row(0)
	}
	var err error
	for i := 0; err == nil; i++ {
		err = r.Number(r.Column(strings.Repeat("x", i+1)), 1)
	}
	if err == nil || !strings.Contains(err.Error(), "of whose cells nearly all are missing") {
		t.Error(err)
	}
}
