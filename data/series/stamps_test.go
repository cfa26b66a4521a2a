package series

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"gorae/data"

	"pgregory.net/rapid"
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
		{"quarter starts", "2023-04-01|2023-07-01|2023-10-01", "", "2024-01-01 2024-04-01 2024-07-01", "3 months"},
		// The last days of 2024's months from Monday to Friday; 31 August and 30 November are Saturdays.
		{"business month ends", "2024-05-31|2024-06-28|2024-07-31", "", "2024-08-30 2024-09-30 2024-10-31", "1 month"},
		{"business month ends over a weekend", "2024-08-30|2024-09-30|2024-10-31", "",
			"2024-11-29 2024-12-31 2025-01-31", "1 month"},
		{"business quarter ends", "2023-12-29|2024-03-29|2024-06-28", "", "2024-09-30 2024-12-31 2025-03-31",
			"3 months"},
		// 1 June and 1 September 2024 are a Saturday and a Sunday.
		{"business month starts", "2024-05-01|2024-06-03|2024-07-01", "",
			"2024-08-01 2024-09-02 2024-10-01", "1 month"},
		// Of pandas 3.0: date_range(freq="WOM-2FRI") and "LWOM-FRI".
		{"second Fridays", "2020-11-13|2020-12-11|2021-01-08|2021-02-12", "", "2021-03-12 2021-04-09 2021-05-14",
			"1 month"},
		{"last Fridays", "2020-11-27|2020-12-25|2021-01-29|2021-02-26", "", "2021-03-26 2021-04-30 2021-05-28",
			"1 month"},
		{"every fourth Friday", "2020-11-13|2020-12-11|2021-01-08|2021-02-05", "", "2021-03-05 2021-04-02 2021-04-30",
			"28 days"},
		// Of pandas 3.1: date_range(freq="SMS") and "SME"; 2024 is a leap year.
		{"the 1st and the 15th", "2023-12-15|2024-01-01|2024-01-15|2024-02-01", "",
			"2024-02-15 2024-03-01 2024-03-15", "half a month"},
		{"the 15th and the last day", "2023-12-31|2024-01-15|2024-01-31|2024-02-15", "",
			"2024-02-29 2024-03-15 2024-03-31", "half a month"},
		{"the 15th and the last day from a middle", "2024-01-15|2024-01-31|2024-02-15|2024-02-29", "",
			"2024-03-15 2024-03-31 2024-04-15", "half a month"},
		{"the 10th and the 25th", "2024-10-10|2024-10-25|2024-11-10|2024-11-25", "",
			"2024-12-10 2024-12-25 2025-01-10", "half a month"},
		{"the 15th and the 30th", "2023-01-15|2023-01-30|2023-02-15|2023-02-28|2023-03-15|2023-03-30", "",
			"2023-04-15 2023-04-30 2023-05-15", "half a month"},
		{"halves with a gap", "2024-01-01|2024-01-15|2024-02-01|2024-03-01|2024-03-15", "",
			"2024-04-01 2024-04-15 2024-05-01", "half a month"},
		{"every 15 days", "2024-04-01|2024-04-16|2024-05-01|2024-05-16", "", "2024-05-31 2024-06-15 2024-06-30",
			"15 days"},
		{"two weeks", "2024-01-01|2024-01-15|2024-01-29|2024-02-12", "", "2024-02-26 2024-03-11 2024-03-25", "14 days"},
		{"Sundays", "2024-02-11|2024-02-18|2024-02-25", "", "2024-03-03 2024-03-10 2024-03-17", "7 days"},
		{"names of days", "Thursday, 30 January 2020|Friday, 31 January 2020|Saturday, 01 February 2020", "",
			"Sunday, 02 February 2020 Monday, 03 February 2020 Tuesday, 04 February 2020", "1 day"},
		{"as C writes them", "Thu Jan 30 23:00:00 2020|Fri Jan 31 00:00:00 2020|Fri Jan 31 01:00:00 2020", "",
			"Fri Jan 31 02:00:00 2020 Fri Jan 31 03:00:00 2020 Fri Jan 31 04:00:00 2020", "1 hour"},
		{"twelve hours", "01/31/2020 10:00 PM|01/31/2020 11:00 PM|02/01/2020 12:00 AM|02/01/2020 01:00 AM", "",
			"02/01/2020 02:00 AM 02/01/2020 03:00 AM 02/01/2020 04:00 AM", "1 hour"},
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
		{"letters of a zone", "2024-01-01 10:00 KST|2024-01-01 11:00 KST|2024-01-01 12:00 KST", "",
			"2024-01-01 13:00 KST 2024-01-01 14:00 KST 2024-01-01 15:00 KST", "1 hour"},
		{"nanoseconds", "1700000000000000001|1700000000000000002|1700000000000000003", "",
			"1700000000000000004 1700000000000000005 1700000000000000006", "1 nanosecond"},
		{"plain numbers", "1|3|5", "", "7 9 11", "2"},
	} {
		text := "t,x\n"
		for _, s := range strings.Split(c.stamps, "|") {
			text += strconv.Quote(s) + ",1\n"
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

// Times of several columns go on too, with all the digits that they have.
func TestStampsOfColumns(t *testing.T) {
	for _, c := range []struct{ file, time, want string }{
		{"year,month,day,hour,x\n2023,12,31,21,1\n2023,12,31,22,2\n2023,12,31,23,3\n", "year month day hour",
			"2024-01-01 00:00:00"},
		{"year,month,x\n2023,10,1\n2023,11,1\n2023,12,1\n", "year month", "2024-01"},
		{"year,month,day,hour,minute,second,x\n2023,12,31,23,59,59.999998,1\n2023,12,31,23,59,59.999999,2\n",
			"year month day hour minute second", "2024-01-01 00:00:00.000000"},
		{"date,time,x\n2023-12-31,22:30,1\n2023-12-31,23:00,2\n2023-12-31,23:30,2\n", "date time", "2024-01-01 00:00"},
	} {
		f, err := FromTable(table(t, c.file), Reading{Time: strings.Fields(c.time)})
		if err != nil || f.Stamp(f.Len()) != c.want {
			t.Errorf("%q: %v %v, want %s", c.file, f.Stamp(f.Len()), err, c.want)
		}
	}
}

// Dates whose first row may be two dates are found, and so are those that have to be told.
func TestTimeColumns(t *testing.T) {
	for file, want := range map[string]string{
		"when,x\n01/02/2003,1\n13/02/2003,2\n":                 "[when] <nil>",
		"when,x\n01/02/2003,1\n02/02/2003,2\n":                 "give dates: dmy or dates: mdy",
		"when,x\n2003-02-01 10:00 CST,1\n":                     "CST stands for several zones",
		"id,x\n1582218195625938945,1\n1582218195625938946,2\n": "[] <nil>",
		"d,h,x\n2003-02-01,10:00,1\n2003-02-01,11:00,1\n":      "[d h] <nil>",
	} {
		names, err := TimeColumns(table(t, file))
		if got := fmt.Sprint(names, err); !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", file, got, want)
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

// at is dates with times of day, the text of a column t.
func at(days, times string) string {
	var all []string
	for _, d := range strings.Fields(days) {
		for _, c := range strings.Fields(times) {
			all = append(all, d+" "+c)
		}
	}
	return strings.Join(all, "|")
}

// Within the hours of a week, worked out by hand with a calendar: January 2024 begins on a Monday.
func TestSessions(t *testing.T) {
	week := "2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05"
	two := week + " 2024-01-08 2024-01-09 2024-01-10 2024-01-11 2024-01-12"
	four := two + " 2024-01-15 2024-01-16 2024-01-17 2024-01-18 2024-01-19 2024-01-22 2024-01-23 2024-01-24 " +
		"2024-01-25 2024-01-26"
	hours := "09:30 10:30 11:30 12:30 13:30 14:30 15:30"
	for _, c := range []struct{ name, stamps, want, hours string }{
		{"a market over a weekend", at(two, hours), "2024-01-15 09:30|2024-01-15 10:30|2024-01-15 11:30",
			"09:30 to 15:30 Monday to Friday"},
		{"within a day", at(two, hours) + "|2024-01-15 09:30|2024-01-15 10:30",
			"2024-01-15 11:30|2024-01-15 12:30|2024-01-15 13:30", "09:30 to 15:30 Monday to Friday"},
		{"over a night", at(two+" 2024-01-15", hours), "2024-01-16 09:30|2024-01-16 10:30|2024-01-16 11:30",
			"09:30 to 15:30 Monday to Friday"},
		{"with a pause", at(two, "09:00 10:00 11:00 13:00 14:00"), "2024-01-15 09:00|2024-01-15 10:00|2024-01-15 11:00",
			"09:00 to 11:00 and 13:00 to 14:00 Monday to Friday"},
		{"every day", at("2024-01-05 2024-01-06 2024-01-07 2024-01-08", "08:00 09:00 10:00"),
			"2024-01-09 08:00|2024-01-09 09:00|2024-01-09 10:00", "08:00 to 10:00 Monday to Sunday"},
		{"short Saturdays", at(four, "09:00 10:00 11:00") + "|" + at("2024-01-27", "09:00") + "|" +
			at("2024-01-29 2024-01-30 2024-01-31 2024-02-01 2024-02-02", "09:00 10:00 11:00"),
			"2024-02-05 09:00|2024-02-05 10:00|2024-02-05 11:00", "09:00 to 11:00 Monday to Friday"},
		{"twice a day", at("2024-01-01 2024-01-02 2024-01-03 2024-01-04", "06:00 17:00"),
			"2024-01-05 06:00|2024-01-05 17:00|2024-01-06 06:00", "06:00 to 17:00 Monday to Sunday"},
		{"day and night", at("2024-01-01 2024-01-02 2024-01-03 2024-01-04", "00:00 06:00 12:00 18:00"),
			"2024-01-05 00:00|2024-01-05 06:00|2024-01-05 12:00", ""},
		{"day and night with a gap", at("2024-01-01", "00:00 06:00") + "|" +
			at("2024-01-02 2024-01-03 2024-01-04", "00:00 06:00 12:00 18:00"),
			"2024-01-05 00:00|2024-01-05 06:00|2024-01-05 12:00", ""},
	} {
		text := "t,x\n"
		for _, s := range strings.Split(c.stamps, "|") {
			text += s + ",1\n"
		}
		f, err := FromTable(table(t, text), Reading{Time: []string{"t"}})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := f.Stamp(f.Len()) + "|" + f.Stamp(f.Len()+1) + "|" + f.Stamp(f.Len()+2)
		if got != c.want || f.Stamps.Hours() != c.hours {
			t.Errorf("%s: %s in %q; want %s in %q", c.name, got, f.Stamps.Hours(), c.want, c.hours)
		}
		for _, n := range f.Notes {
			if c.hours != "" && strings.Contains(n, "a gap of") && c.name != "short Saturdays" {
				t.Errorf("%s: %s", c.name, n)
			}
		}
	}
}

// Few rows go on by the rule of the training where they follow it, else by their own.
func TestRuleOfTheTraining(t *testing.T) {
	learn := func(stamps string) *Rule {
		text := "t,x\n"
		for _, s := range strings.Split(stamps, "|") {
			text += s + ",1\n"
		}
		f, err := FromTable(table(t, text), Reading{Time: []string{"t"}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(f.Rule()) // as a product keeps it
		if err != nil {
			t.Fatal(err)
		}
		r := &Rule{}
		if err := json.Unmarshal(b, r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	market := learn(at("2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-01-05 2024-01-08", "09:00 10:00 11:00"))
	working := learn("2024-01-10|2024-01-11|2024-01-12|2024-01-15|2024-01-16")
	ends := learn("2024-08-30|2024-09-30|2024-10-31")
	halves := learn("2024-01-15|2024-01-31|2024-02-15|2024-02-29")
	for _, c := range []struct {
		name string
		rule *Rule
		rows string
		want string
	}{
		{"one day of a market", market, at("2024-02-02", "09:00 10:00 11:00"), "2024-02-05 09:00"},
		{"one row", market, "2024-02-02 11:00", "2024-02-05 09:00"},
		{"other hours", market, at("2024-02-02", "20:00 21:00 22:00"), "2024-02-02 23:00"},
		{"a working week", working, "2024-02-01|2024-02-02", "2024-02-05"},
		{"a week", working, "2024-02-02|2024-02-03|2024-02-04", "2024-02-05"},
		{"on a weekend", working, "2024-02-01|2024-02-02|2024-02-03", "2024-02-04"},
		{"two months", ends, "2024-12-31|2025-01-31", "2025-02-28"},
		{"two halves of months", halves, "2025-02-15|2025-02-28", "2025-03-15"},
		{"one half of a month", halves, "2025-02-15", "2025-02-28"},
		{"nothing known", nil, "2024-02-01|2024-02-02", "2024-02-03"},
	} {
		text := "t,x\n"
		for _, s := range strings.Split(c.rows, "|") {
			text += s + ",1\n"
		}
		f, err := FromTable(table(t, text), Reading{Time: []string{"t"}, Rule: c.rule})
		if err != nil || f.Stamp(f.Len()) != c.want {
			t.Errorf("%s: %v %v, want %s", c.name, f.Stamp(f.Len()), err, c.want)
		}
	}
}

// TestHalves: many steps of half a month at once are as many one by one, and a year has 24 of them.
func TestHalves(t *testing.T) {
	for _, r := range []Rule{{Months: 1, Day: 1, Second: 15}, {Months: 1, Day: 15, Second: 31}} {
		start := time.Date(2023, 5, 15, 6, 0, 0, 0, time.UTC)
		one := start
		for n := 1; n <= 48; n++ {
			one = r.next(one, 1)
			if at := r.next(start, n); !at.Equal(one) {
				t.Fatalf("%+v: %d steps: %v at once, %v one by one", r, n, at, one)
			}
		}
		if want := start.AddDate(2, 0, 0); !one.Equal(want) {
			t.Errorf("%+v: 48 steps after %v: %v", r, start, one)
		}
		s := Stamps{Rule: r, Step: 15.2 * 86400}
		if s.Season() != 24 || s.cycleOf(24) != "yearday" || s.cycleOf(12) != "" {
			t.Errorf("season of %d, cycle %q, of 12 %q", s.Season(), s.cycleOf(24), s.cycleOf(12))
		}
	}
}

// Steps by the hours of a week: n at once are one, n times; each is within the hours, and later than the one before.
func TestInSession(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rule{Every: time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute,
			Week: make([][]Session, 7)}
		for w := range r.Week {
			from := time.Duration(0)
			for range rapid.IntRange(0, 2).Draw(t, "sessions") {
				from += time.Duration(rapid.IntRange(0, 300).Draw(t, "from")) * time.Minute
				to := from + time.Duration(rapid.IntRange(0, 3).Draw(t, "steps"))*r.Every
				if to >= 24*time.Hour {
					break
				}
				r.Week[w] = append(r.Week[w], Session{from, to})
				from = to + time.Minute
			}
		}
		if r.perWeek() == 0 {
			return
		}
		start := time.Date(2024, 1, 1, rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"),
			0, 0, time.UTC)
		n := rapid.IntRange(1, 3*r.perWeek()).Draw(t, "n")
		at := start
		for range n {
			next := r.next(at, 1)
			inside := slices.ContainsFunc(r.Week[next.Weekday()], func(s Session) bool {
				d := timeOf(next)
				return d >= s.From && d <= s.To && (d-s.From)%r.Every == 0
			})
			if !next.After(at) || !inside {
				t.Fatalf("after %v comes %v", at, next)
			}
			at = next
		}
		if once := r.next(start, n); !once.Equal(at) {
			t.Fatalf("%d steps after %v: %v at once, %v one by one", n, start, once, at)
		}
	})
}

// A rule of a file that says nothing possible is an error.
func TestRuleOfAFile(t *testing.T) {
	for _, text := range []string{`{"months":-1}`, `{"months":1,"day":32}`, `{"months":1}`, `{"days":-1}`, `{"every":-5}`,
		`{"every":1,"week":[[]]}`, `{"week":[[{"from":1,"to":2}],[],[],[],[],[],[]]}`,
		`{"every":1,"week":[[{"from":2,"to":1}],[],[],[],[],[],[]]}`,
		`{"every":1,"week":[[{"from":-2,"to":1}],[],[],[],[],[],[]]}`,
		`{"every":1,"week":[[{"from":0,"to":86400000000000}],[],[],[],[],[],[]]}`, `{"days":99999999}`, `7`,
		`{"months":1,"day":15,"second":15}`, `{"months":1,"day":15,"second":32}`, `{"day":15,"second":31}`,
		`{"months":2,"day":1,"second":15}`} {
		if err := json.Unmarshal([]byte(text), &Rule{}); err == nil {
			t.Errorf("%s passes", text)
		}
	}
	for _, text := range []string{`{}`, `{"months":3,"day":31}`, `{"days":1,"business":true}`, `{"months":1,"day":15,"second":31}`,
		`{"every":60000000000,"week":[[{"from":0,"to":60000000000}],[],[],[],[],[],[]]}`} {
		if err := json.Unmarshal([]byte(text), &Rule{}); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
