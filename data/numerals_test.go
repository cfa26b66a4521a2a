package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// columnOf reads a file of one column a beside one of numbers, so that commas in it are quoted.
func columnOf(t testing.TB, o CSVOptions, values ...string) (*Column, *Table) {
	t.Helper()
	var b strings.Builder
	b.WriteString("a,other\n")
	for _, v := range values {
		b.WriteString("\"" + v + "\",1\n")
	}
	tab, err := ReadCSV(strings.NewReader(b.String()), "f.csv", o)
	if err != nil {
		t.Fatal(err)
	}
	return &tab.Columns[0], tab
}

// Numbers that are written otherwise than 1234.5 are numbers, and the guess says so with its count.
func TestNumbersAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		values string // with | between
		want   string // the numbers, or the text
		guess  string // what it says
	}{
		{"1,74|1,62|2", "1.74 1.62 2", "a: 2 values have a decimal comma: 1,74 is read as 1.74; types: {a: text} " +
			"keeps the text"},
		{"784|1,214|2,619,000", "784 1214 2619000",
			"a: 2 values have a mark between thousands: 1,214 is read as 1214; " +
				"types: {a: text} keeps the text"},
		{"1.234,5|12|0,25", "1234.5 12 0.25", "1.234,5 is read as 1234.5"},
		{"1.234.567|1.000.000", "1234567 1000000", "1.234.567 is read as 1234567"},
		{"1 234|12\u00a0345,5|7", "1234 12345.5 7", "1 234 is read as 1234; types"},
		{"1'234.50|12’000", "1234.5 12000", "1'234.50 is read as 1234.5"},
		{"12,34,567|1,00,000", "1234567 100000", "12,34,567 is read as 1234567"},
		{"−5|3|−0.5", "-5 3 -0.5", "a: 2 values have a minus sign that is no hyphen: −5 is read as -5"},
		{"–5|3", "-5 3", "minus sign"},
		{"37%|2 %|0.5%", "37 2 0.5", "a: 3 values have the unit %, which is left out: 37% is read as 37"},
		{"$5|-$1,000.25|$0", "5 -1000.25 0", "the unit $, which is left out: $5 is read as 5"},
		{"5 €|1.000,50 €", "5 1000.5", "the unit €"},
		{"₩1,000|₩25,500", "1000 25500", "the unit ₩"},
		{"1,000원|500원", "1000 500", "the unit 원"},
		{"USD 5|USD 6.5", "5 6.5", "the unit USD"},
		{"(5)|7|(1,200)", "-5 7 -1200", "a: 2 values have parentheses for a minus sign: (5) is read as -5"},
		{"0,214|0,5", "0.214 0.5", "decimal comma"}, // 0,214 has no thousands
		// What has no single meaning stays text.
		{"37%|0.37|0.2", "37% 0.37 0.2", `"37%" in f.csv:2 is no number, as 2 of the 3 values are`},
		{"$5|€5|7", "$5 €5 7", "is no number"},
		{"1,23,4|5", "1,23,4 5", "is no number"},
		{"1.5.2|2.0.1", "1.5.2 2.0.1", "a: 2 values such as 1.5.2 begin like numbers and are none; the column " +
			"counts as text; types: {a: text} says so"},
		{"1,2,3|4,5,6", "1,2,3 4,5,6", "a: 2 values such as 1,2,3 begin like numbers and are none"},
		{"1/2|3/4|x", "1/2 3/4 x", ""},
		{"5E6|7E2|1E3", "5000000 700 1000", "a: 3 values have an exponent: 5E6 is read as 5000000; types: {a: text}"},
		{"2,798|(1,720)|12", "2798 -1720 12", "a: 1 value has parentheses for a minus sign: (1,720) is read as -1720"},
		{"12|5 €|(6 €)", "12 5 -6", "a: 2 values have the unit €"},
		{"+821012345678|+821087654321", "+821012345678 +821087654321", "a: 2 values such as +821012345678 begin " +
			"with + and are as long as telephone numbers: the column is names, kept as text"},
		{"+5|-3|+123456789", "5 -3 123456789", ""},
		{"1.0k|2M|3k", "1.0k 2M 3k", "a: 3 values such as 1.0k begin like numbers and are none"},
		{"１|２", "１ ２", "a: 2 values such as １ begin like numbers and are none"},
		{"1..000|2", "1..000 2", "is no number"},
		{"12.|1,2", "12. 1,2", "is no number"},
		{"5 kg|6 kg", "5 kg 6 kg", "a: 2 values have kg behind a number, as in 5 kg; the column counts as text; " +
			"types: {a: number} reads the numbers and leaves it out"},
		{"5 -3|6", "5 -3 6", "is no number"},
		{"--5|6", "--5 6", "is no number"},
		{"1e5|2E-3|-1e2", "100000 0.002 -100", ""},
		{"10|20|Total", "10 20 Total", `a: "Total" in f.csv:4 is no number, as 2 of the 3 values are; the column ` +
			`counts as text; missing: ["Total"] would drop the word`},
		{"0.37|37%|38%", "0.37 37% 38%", `"0.37" in f.csv:2 has no %, as 2 of the 3 values have; the column counts as text`},
		{"37%|1|38%", "37% 1 38%", `"1" in f.csv:3 has no %, as 2 of the 3 values have`},
		{"1|2|inf", "1 2 inf", `"inf" in f.csv:4 is no number`},
		// Names.
		{"000013|000026|7", "000013 000026 7", "a: 2 values such as 000013 begin with zeros: the column is names, " +
			"kept as text"},
		{"1582218195625938945|1582218195625938946", "1582218195625938945 1582218195625938946",
			"would lose digits as numbers"},
		{"9007199254740992|1", "9007199254740992 1", ""}, // 2⁵³
		{"9007199254740993|1", "9007199254740993 1",
			"a: 1 value such as 9007199254740993 would lose digits as a number"},
		{"-9007199254740993|1", "-9007199254740993 1", "names"},
		{"18446744073709551616|1", "18446744073709551616 1", "names"},
		{"0|0.5|00.5|-0", "0 0.5 0.5 0", ""}, // no whole number begins with zeros
		{"1e20|3", "100000000000000000000 3", ""},
	} {
		col, tab := columnOf(t, CSVOptions{}, strings.Split(c.values, "|")...)
		var got []string
		for i := range col.Len() {
			if col.Kind == Number {
				got = append(got, FormatNumber(col.Numbers[i]))
			} else {
				got = append(got, col.Text(i))
			}
		}
		if g := strings.Join(got, " "); g != c.want || !strings.Contains(said(tab), c.guess) ||
			c.guess == "" && said(tab) != "" {
			t.Errorf("%s: %v %q, guesses %q", c.values, col.Kind, g, said(tab))
		}
		// What the file says is never lost.
		for i, v := range strings.Split(c.values, "|") {
			if col.Spelling(i) != v {
				t.Errorf("%s: value %d is spelled %q", c.values, i, col.Spelling(i))
			}
		}
	}
}

// 1,214 alone may be 1.214 or 1214: the separator of the fields, other columns or a key settle it, else nothing is
// trained on it.
func TestOpenMarks(t *testing.T) {
	for _, c := range []struct {
		file string
		o    CSVOptions
		want string // of column a
		open string
	}{
		{"a;b\n1,214;x\n2,500;y\n", CSVOptions{}, "1,214 2,500",
			"1,214 may be a number with a mark between thousands " +
				"or with decimals; give thousands: comma or decimal: comma"},
		{"a;b\n1,214;0,5\n2,500;1,25\n", CSVOptions{}, "1.214 2.5", ""},
		{"a;b\n1,214;0.5\n2,500;1.25\n", CSVOptions{}, "1214 2500", ""},
		{"a,b\n\"1,214\",x\n\"2,500\",y\n", CSVOptions{}, "1214 2500", ""},
		{"a;b\n1,214;x\n2,500;y\n", CSVOptions{Decimal: "comma"}, "1.214 2.5", ""},
		{"a;b\n1,214;x\n2,500;y\n", CSVOptions{Thousands: "comma"}, "1214 2500", ""},
		{"a;b\n1.214;0,5\n2.500;1,25\n", CSVOptions{}, "1.214 2.5", "a: a point may stand between thousands"},
		{"a;b\n1.214;0,5\n2.500;1,25\n", CSVOptions{Decimal: "comma"}, "1214 2500", ""},
		{"a;b\n1.214;0,5\n2.500;1,25\n", CSVOptions{Types: map[string]string{"a": "number"}}, "1.214 2.5", ""},
		{"a;b\n1.2;0,5\n2.500;1,25\n", CSVOptions{}, "1.2 2.5", ""},
		{"a;b\n1,214;x\n", CSVOptions{Types: map[string]string{"a": "text"}}, "1,214", ""},
		{"a,b\n7,x\noops,y\n", CSVOptions{Types: map[string]string{"a": "number"}}, "7 oops",
			`f.csv:3: "oops" is no number; give missing: ["oops"]`},
		{"a,b\n7,x\n", CSVOptions{Types: map[string]string{"age": "number"}}, "7", `types names the column "age"`},
		{"a,b\n007,x\n", CSVOptions{Types: map[string]string{"a": "number"}}, "7", ""},
	} {
		tab, err := ReadCSV(strings.NewReader(c.file), "f.csv", c.o)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i := range tab.Rows {
			got += " " + tab.Columns[0].Level(i)
		}
		open := ""
		if err := tab.Settled(); err != nil {
			open = err.Error()
		}
		if got[1:] != c.want || !strings.Contains(open, c.open) || (open == "") != (c.open == "") {
			t.Errorf("%q %+v:%s, open %q", c.file, c.o, got, open)
		}
	}
}

// Marks of missing values: the usual ones are listed with their count, a user's own go by value in numbers, and NA is a
// word where the user says so.
func TestMissingMarks(t *testing.T) {
	text := map[string]string{"a": "text"}
	for _, c := range []struct {
		values string
		o      CSVOptions
		want   string // _ for missing
		guess  string
	}{
		{"45|null|N/A|None|-|", CSVOptions{}, "45 _ _ _ _ _",
			"a: 4 values are spelled -, N/A, None, null and taken for " +
				"missing; missing: [] keeps the word"},
		{"45|null", CSVOptions{Missing: []string{}}, "45 null", `"null" in f.csv:3 is no number`},
		{"NC|NA|NE", CSVOptions{}, "NC _ NE", "a: 1 value is spelled NA and taken for missing; missing: [] keeps the " +
			"word"},
		{"NC|NA|NE", CSVOptions{Missing: []string{}}, "NC NA NE", ""},
		{"NC|NA||?|nan", CSVOptions{Types: text}, "NC NA _ ? nan", ""},
		{"yes|None|no", CSVOptions{}, "yes None no", `a: 1 value spelled None, taken for a value like any other; ` +
			`missing: ["None"] takes it for missing`},
		{"yes|None|no", CSVOptions{Missing: []string{"None"}}, "yes _ no", ""},
		{"11.0|-999.0|-999|-9.99e2", CSVOptions{Missing: []string{"-999"}}, "11 _ _ _", ""},
		{"11|-999.5|-99", CSVOptions{Missing: []string{"-999"}}, "11 -999.5 -99",
			`the mark "-999" of a missing value ` +
				"stands in no row"},
		// text goes by what it says
		{"A|-999.0", CSVOptions{Missing: []string{"-999"}}, "A -999.0", "stands in no row"},
	} {
		col, tab := columnOf(t, c.o, strings.Split(c.values, "|")...)
		var got []string
		for i := range col.Len() {
			if col.IsMissing(i) {
				got = append(got, "_")
			} else {
				got = append(got, col.Level(i))
			}
		}
		if g := strings.Join(got, " "); g != c.want || !strings.Contains(said(tab), c.guess) ||
			c.guess == "" && said(tab) != "" {
			t.Errorf("%s %+v: %q, guesses %q", c.values, c.o, g, said(tab))
		}
	}
}

// Classes go by the spelling of the file, and equal numbers are one.
func TestCodesKeepSpelling(t *testing.T) {
	for in, want := range map[string]string{
		"1.0|2.0|1.0": "1.0,2.0",
		"1.0|2|1":     "1,2",
		"10|9|+3":     "+3,9,10",
		"0.30000000000000004|0.3|0.300000000000000000001": "0.3,3.00000000000000000001e-1,0.30000000000000004",
		"1582218195625938946|1582218195625938945":         "1582218195625938945,1582218195625938946",
		"b|a|007": "007,a,b",
	} {
		col, _ := columnOf(t, CSVOptions{}, strings.Split(in, "|")...)
		if _, levels := col.Codes(); strings.Join(levels, ",") != want &&
			!strings.Contains(in, "000001") {
			t.Errorf("%s: %q, want %s", in, levels, want)
		} else if strings.Contains(in, "000001") && len(levels) != 3 {
			t.Errorf("%s: %q are to be 3", in, levels)
		}
	}
}

// A column that is read as the training's was says the same in each row, whatever rows stand beside it.
func TestRowsReadAlone(t *testing.T) {
	values := []string{"1", "2.0", "+3", "x", "007", "1,5", "−4", "NA", "null", "-999", "$5", "37%", "", " 8 ",
		"1582218195625938945", "1e2", "0.1", "abc", "1.234,5"}
	rapid.Check(t, func(t *rapid.T) {
		r := Reading{Kind: rapid.SampledFrom([]Kind{Number, Category}).Draw(t, "kind"),
			Missing: rapid.SampledFrom([][]string{nil, {"NA", "null"}, {"-999"}}).Draw(t, "missing"),
			Numerals: rapid.SampledFrom([]Numerals{{}, {Decimal: ","}, {Decimal: ",", Thousands: "."}, {Unit: "%"},
				{Unit: "$"}}).Draw(t, "numerals")}
		all := rapid.SliceOfN(rapid.SampledFrom(values), 1, 12).Draw(t, "values")
		whole := Infer("a", all)
		read := whole.As(r)
		for i, v := range all {
			one := Infer("a", []string{v})
			alone := one.As(r)
			x, xerr := read.Float(i)
			y, yerr := alone.Float(0)
			if read.Level(i) != alone.Level(0) || read.IsMissing(i) != alone.IsMissing(0) ||
				r.Kind == Number && (fmt.Sprint(xerr) != fmt.Sprint(yerr) ||
					x != y && !(math.IsNaN(x) && math.IsNaN(y))) {
				t.Fatalf("%q among %q: %q %v %v %v; alone %q %v %v %v", v, all, read.Level(i), read.IsMissing(i), x,
					xerr,
					alone.Level(0), alone.IsMissing(0), y, yerr)
			}
		}
	})
}

// Any number comes back from any way of writing it.
func TestNumeralsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom(numeralMarks).Draw(t, "marks")
		n.Unit = rapid.SampledFrom(append([]string{""}, units...)).Draw(t, "unit")
		v := math.Round(rapid.Float64Range(-1e9, 1e9).Draw(t, "value")*100) / 100
		text := strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
		whole, fraction, _ := strings.Cut(text, ".")
		if n.Thousands != "" {
			for at := len(whole) - 3; at > 0; at -= 3 {
				whole = whole[:at] + n.Thousands + whole[at:]
			}
		}
		text = whole + cmpOr(n.Decimal, ".") + fraction
		if n.Unit != "" {
			text = rapid.SampledFrom([]string{n.Unit + text, text + " " + n.Unit}).Draw(t, "written")
		}
		if v < 0 {
			text = string(rapid.SampledFrom([]rune(minusSigns)).Draw(t, "minus")) + text
		}
		if got, ok := n.parse(text); !ok || got != v {
			t.Fatalf("%q by %+v is %v, %v; want %v", text, n, got, ok, v)
		}
	})
}

// FuzzNumerals: whatever the text, it is a finite number or none, and its level is that of its number.
func FuzzNumerals(f *testing.F) {
	for _, s := range []string{"1,214", "−5", "(1.234,5 €)", "1e5", "12,34,567", "٣", "$-5", "00012", "1'2", "1e400"} {
		f.Add(s, uint8(0), uint8(0))
	}
	f.Fuzz(func(t *testing.T, s string, marks, unit uint8) {
		n := numeralMarks[int(marks)%len(numeralMarks)]
		n.Unit, n.Parens = append([]string{""}, units...)[int(unit)%(len(units)+1)], unit > 128
		s = strings.TrimSpace(s)
		v, ok := n.parse(s)
		if !ok {
			return
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Fatalf("%q by %+v is %v", s, n, v)
		}
		c := Column{Kind: Category, mixed: true, Reading: Reading{Kind: Number, Numerals: n},
			Strings: []string{s, s + " "},
			Missing: make([]bool, 2)}
		if a, b := c.Level(0), c.Level(1); a != b || a == "" {
			t.Fatalf("%q by %+v is known as %q and %q", s, n, a, b)
		}
		if !slices.Contains([]bool{true, false}, isName(s)) {
			t.Fatal(s)
		}
	})
}

// What likeMark rules out by its first byte is no mark.
func TestLikeMark(t *testing.T) {
	for _, m := range numberMarks {
		if !likeMark(m) || !likeMark(strings.ToUpper(m)) || !likeMark(strings.ToLower(m)) || likeMark("x"+m) {
			t.Errorf("%q", m)
		}
	}
}
