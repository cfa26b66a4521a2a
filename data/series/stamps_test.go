package series

import (
	"strings"
	"testing"
	_ "time/tzdata"

	"gorae/data"
)

// The stamps behind a series, worked out by hand with a calendar, in the series' own way of writing.
func TestStampsGoOn(t *testing.T) {
	for _, c := range []struct {
		name, stamps, zone, want, period string
	}{
		{"days", "2020-12-29|2020-12-30|2020-12-31", "", "2021-01-01 2021-01-02 2021-01-03", "1 day"},
		{"days as one number", "20201229|20201230|20201231", "", "20210101 20210102 20210103", "1 day"},
		{"months as one number", "201910|201911|201912", "", "202001 202002 202003", "1 month"},
		{"month ends", "2020-11-30|2020-12-31|2021-01-31", "", "2021-02-28 2021-03-31 2021-04-30", "1 month"},
		{"quarter ends", "30.06.2023|30.09.2023|31.12.2023", "", "31.03.2024 30.06.2024 30.09.2024", "3 months"},
		{"the 30th", "2022-10-30|2022-11-30|2022-12-30", "", "2023-01-30 2023-02-28 2023-03-30", "1 month"},
		{"years", "2019-02-28|2020-02-29|2021-02-28", "", "2022-02-28 2023-02-28 2024-02-29", "1 year"},
		{"months with a gap", "2020-01|2020-02|2020-03|2020-05|2020-06", "", "2020-07 2020-08 2020-09", "1 month"},
		{"quarters", "2019Q3|2019Q4|2020Q1", "", "2020Q2 2020Q3 2020Q4", "3 months"},
		{"working days", "2024-01-10|2024-01-11|2024-01-12|2024-01-15|2024-01-16|2024-01-17|2024-01-18", "",
			"2024-01-19 2024-01-22 2024-01-23", "1 working day"},
		{"weeks", "2024-01-01|2024-01-08|2024-01-15", "", "2024-01-22 2024-01-29 2024-02-05", "7 days"},
		{"day first", "11/12/2020|12/12/2020|13/12/2020", "", "14/12/2020 15/12/2020 16/12/2020", "1 day"},
		{"names of months", "29 Jan 2020|30 Jan 2020|31 Jan 2020", "", "01 Feb 2020 02 Feb 2020 03 Feb 2020", "1 day"},
		{"epoch", "1700000000|1700003600|1700007200", "", "1700010800 1700014400 1700018000", "1 hour"},
		{"milliseconds", "1700000000000|1700000000250|1700000000500", "",
			"1700000000750 1700000001000 1700000001250", "250 milliseconds"},
		{"microseconds", "2020-01-01 00:00:00.000001|2020-01-01 00:00:00.000002|2020-01-01 00:00:00.000003", "",
			"2020-01-01 00:00:00.000004 2020-01-01 00:00:00.000005 2020-01-01 00:00:00.000006", "1 microsecond"},
		// Berlin's clocks went forward on 31 March 2024 and back on 27 October 2024.
		{"days over a change of clocks", "2024-03-28 12:00|2024-03-29 12:00|2024-03-30 12:00", "Europe/Berlin",
			"2024-03-31 12:00 2024-04-01 12:00 2024-04-02 12:00", "1 day"},
		{"hours over a change of clocks", "2024-10-26 23:00|2024-10-27 00:00|2024-10-27 01:00", "Europe/Berlin",
			"2024-10-27 02:00 2024-10-27 02:00 2024-10-27 03:00", "1 hour"},
		{"hours with their offsets", "2024-03-30T23:00:00+01:00|2024-03-31T00:00:00+01:00|2024-03-31T01:00:00+01:00",
			"Europe/Berlin", "2024-03-31T03:00:00+02:00 2024-03-31T04:00:00+02:00 2024-03-31T05:00:00+02:00", "1 hour"},
		{"plain numbers", "1|3|5", "", "7 9 11", "2"},
	} {
		text := "t,x\n"
		for _, s := range strings.Split(c.stamps, "|") {
			text += s + ",1\n"
		}
		tab, err := data.ReadCSV(strings.NewReader(text), "s.csv", data.CSVOptions{Zone: c.zone})
		if err != nil {
			t.Fatal(err)
		}
		f, err := FromTable(tab, Reading{Time: []string{"t"}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := f.Stamp(f.Len()) + " " + f.Stamp(f.Len()+1) + " " + f.Stamp(f.Len()+2)
		if got != c.want || f.Stamps.Period() != c.period {
			t.Errorf("%s: %s, a step of %s; want %s, %s", c.name, got, f.Stamps.Period(), c.want, c.period)
		}
		for i, s := range strings.Split(c.stamps, "|") {
			if f.Stamp(i) != s {
				t.Errorf("%s: step %d is written %s", c.name, i, f.Stamp(i))
			}
		}
		if gaps := len(f.Stamps.Gaps); gaps != strings.Count(c.name, "gap") || len(f.Stamps.Irregular) > 0 {
			t.Errorf("%s: %d gaps, irregular %v", c.name, gaps, f.Stamps.Irregular)
		}
		// New rows are read by the format that was found.
		again, err := FromTable(tab, Reading{Time: []string{"t"}, Format: f.Format()})
		if err != nil || again.Stamp(again.Len()) != f.Stamp(f.Len()) {
			t.Errorf("%s: read again: %v", c.name, err)
		}
	}
}

// A holiday is a gap among working days, and hours of the day are those that clocks show.
func TestWorkingDaysAndHours(t *testing.T) {
	f, err := FromTable(table(t, "t,x\n2024-03-27,1\n2024-03-28,2\n2024-04-02,3\n2024-04-03,4\n2024-04-04,5\n"+
		"2024-04-05,6\n2024-04-08,7\n"), Reading{Time: []string{"t"}}) // Easter: 29 March and 1 April are holidays
	if err != nil || !f.Stamps.Business || f.Stamps.Season() != 5 || len(f.Stamps.Gaps) != 1 ||
		!strings.Contains(f.Notes[0], "s.csv:4: a gap of 2 steps of 1 working day before this row") {
		t.Errorf("%+v %q %v", f.Stamps, f.Notes, err)
	}
	f, err = FromTable(table(t, "t,x\n2020-01-01T06:00:00+09:00,1\n2020-01-01T07:00:00+09:00,2\n"),
		Reading{Time: []string{"t"}})
	if err != nil || turn("hour", f.At[0]) != 0.25 {
		t.Errorf("%v %v", f.At, err)
	}
}
