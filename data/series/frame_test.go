package series

import (
	"math"
	"slices"
	"strings"
	"testing"

	"gorae/data"
)

func table(t *testing.T, text string) *data.Table {
	t.Helper()
	tab, err := data.ReadCSV(strings.NewReader(text), "s.csv", data.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// TestStampReports: unsorted, repeated and missing figures are errors with their
// line; gaps and irregular times are notes with theirs.
func TestStampReports(t *testing.T) {
	at := Reading{Time: []string{"t"}}
	sorted, first, last := at, at, at
	sorted.Sort = true
	first.Repeated, last.Repeated = "first", "last"
	for _, c := range []struct {
		text string
		r    Reading
		want string // an error, or a note after "note: "; "" is neither
	}{
		{"t,x\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n", at, ""},
		{"t,x\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n", at,
			"s.csv:4: this row's time is earlier than the one before it; sort the rows, or train with series: " +
				"{sort: true}"},
		{"t,x\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n", sorted, ""},
		{"t,x\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n", at,
			"s.csv:4: the same time as s.csv:3; remove one of them, or train with series: {repeated: first} or last"},
		{"t,x\n2020-01-01,1\n2020-01-02,2\n2020-01-02,3\n", first, ""},
		{"t,x\n2020-01-01,1\n2020-01-02,2\n2020-01-05,3\n2020-01-06,4\n", at,
			"note: s.csv:4: a gap of 2 steps of 1 day before this row, the first of 1; windows run across them"},
		{"t,x\n2020-01-01 00:00,1\n2020-01-01 01:00,2\n2020-01-01 02:00,3\n2020-01-01 02:20,4\n", at,
			"note: s.csv:5: 20 minutes after the row before it, where the usual step is 1 hour; the first of 1 " +
				"irregular"},
		{"t,x\n2020-01,1\n2020-02,2\n2020-03,3\n2020-04,4\n", at, ""},
		{"t,x\n2020-01-01,1\nsoon,2\n", at, `s.csv:3: t: "soon" is no date`},
		{"t,x\n2020-01-01,1\n,2\n", at, "s.csv:3: the time t is missing"},
		{"t,x\n2020-01-01,1\n2020-01-02,\n2020-01-03,1\n", at,
			"s.csv:3: x is missing; fill it in, or train with series: {fill: previous}"},
		{"t,x\n2020-01-01,\n2020-01-02,2\n2020-01-03,1\n", Reading{Time: at.Time, Fill: "previous"},
			"s.csv:2: x is missing, and there is no value before it"},
		{"t,x\n2020-01-01,1\n2020-01-02,a\n2020-01-03,3\n", Reading{Time: at.Time, Columns: []string{"x"}},
			`s.csv:3: x: "a" is no number`},
		{"t,x\n2020-01-01,1\n2020-01-02,2\n", Reading{Time: []string{"when"}}, `no column "when"`},
		{"t,x\n2020-01-01,1\n2020-01-02,2\n", Reading{Time: at.Time, Columns: []string{"y"}}, `no column "y"`},
		{"t,x\n2020-01-01,1\n2020-01-02,2\n", Reading{Gaps: "bridges"},
			`series.gaps: "bridges" is none of bridge, break; did you mean`},
	} {
		f, err := FromTable(table(t, c.text), c.r)
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case len(f.Notes) > 0:
			got = "note: " + strings.Join(f.Notes, "|")
		}
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) || strings.Contains(got, "\n") {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
	f, err := FromTable(table(t, "t,x\n2020-01-01,1\n2020-01-03,2\n2020-01-02,3\n2020-01-03,5\n"),
		Reading{Time: at.Time, Sort: true, Repeated: "last"})
	if err != nil || !slices.Equal(f.Columns[0], []float64{1, 3, 5}) {
		t.Errorf("sorted, the last of the repeated kept: %v %v", f, err)
	}
	f, err = FromTable(table(t, "t,x\n2020-01-01,1\n2020-01-02,2\n2020-01-05,3\n2020-01-06,4\n"),
		Reading{Time: at.Time, Gaps: "break"})
	if err != nil || !slices.Equal(f.Breaks, []int{2}) {
		t.Errorf("breaks %v %v", f.Breaks, err)
	}
}

func TestFill(t *testing.T) {
	nan := math.NaN()
	for how, want := range map[string][]float64{"previous": {1, 1, 1, 4, 4}, "linear": {1, 2, 3, 4, 4},
		"zero": {1, 0, 0, 4, 0}} {
		x := []float64{1, nan, nan, 4, nan}
		if at := fill(x, how); at != -1 || !slices.Equal(x, want) {
			t.Errorf("%s: %v (%d), want %v", how, x, at, want)
		}
	}
	if at := fill([]float64{1, 2, nan}, ""); at != 2 {
		t.Errorf("the missing value is at %d", at)
	}
}

// TestCalendar: the hands of the clock at hand-picked moments.
func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		cycle string
		at    float64
		want  float64
	}{
		{"hour", 0, 0}, {"hour", 6 * 3600, 0.25}, {"hour", -3600, 23.0 / 24},
		{"weekday", 0, 3.0 / 7},              // Thursday, 1 January 1970
		{"weekday", 4 * 86400, 0},            // Monday
		{"weekday", -4 * 86400, 6.0 / 7},     // Sunday
		{"month", 31 * 86400, 1.0 / 12},      // 1 February 1970
		{"yearday", 364 * 86400, 364. / 365}, // 31 December 1970
	} {
		if got := turn(c.cycle, c.at); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s at %v: %v, want %v", c.cycle, c.at, got, c.want)
		}
	}
	var to [2]float32
	hands(to[:], []string{"hour"}, 6*3600)
	if to[0] != 1 || math.Abs(float64(to[1])) > 1e-7 {
		t.Errorf("six o'clock is %v", to)
	}
}

func TestPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"2020-01-01\n2020-01-02\n2020-01-03\n":                   "1 day 7",
		"2020-01-01 00:00\n2020-01-01 01:00\n2020-01-01 02:00\n": "1 hour 24",
		"2020-01-01 00:00\n2020-01-01 00:15\n2020-01-01 00:30\n": "15 minutes 96",
		"1949-01\n1949-02\n1949-03\n1949-04\n":                   "1 month 12",
		"2019-01-01\n2019-04-01\n2019-07-01\n2019-10-01\n":       "3 months 4",
		"2019-01-01\n2020-01-01\n2021-01-01\n2022-01-01\n":       "1 year 0",
		"1700\n1701\n1702\n1703\n":                               "1 0",
	} {
		rows := "t,x\n"
		for l := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' }) {
			rows += l + ",1\n"
		}
		f, err := FromTable(table(t, rows), Reading{Time: []string{"t"}})
		if err != nil {
			t.Fatal(err)
		}
		s := f.Stamps
		got := s.Period() + " " + string(rune('0'+s.Season()/10)) + string(rune('0'+s.Season()%10))
		if strings.Replace(got, " 0", " ", 1) != want && got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
