package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func clockOf(t testing.TB, o CSVOptions, values ...string) (*Clock, error) {
	t.Helper()
	_, tab := columnOf(t, o, values...)
	return tab.Clock("a")
}

// The times that texts stand for, in ISO 8601, worked out by hand; and written back they are the texts.
func TestClock(t *testing.T) {
	for _, c := range []struct {
		values string
		dates  string
		want   string
	}{
		{"2003-02-01|2003-12-31", "", "2003-02-01T00:00:00Z 2003-12-31T00:00:00Z"},
		{"2003-2-1|2003-12-31", "", "2003-02-01T00:00:00Z 2003-12-31T00:00:00Z"},
		{"01/02/2003|13/02/2003", "", "2003-02-01T00:00:00Z 2003-02-13T00:00:00Z"},
		{"01/02/2003|01/13/2003", "", "2003-01-02T00:00:00Z 2003-01-13T00:00:00Z"},
		{"01/02/2003|02/02/2003", "dmy", "2003-02-01T00:00:00Z 2003-02-02T00:00:00Z"},
		{"01/02/2003|02/02/2003", "mdy", "2003-01-02T00:00:00Z 2003-02-02T00:00:00Z"},
		{"1/2/03|2/2/03", "dmy", "2003-02-01T00:00:00Z 2003-02-02T00:00:00Z"},
		{"03/02/01|03/02/02", "ymd", "2003-02-01T00:00:00Z 2003-02-02T00:00:00Z"},
		{"01-02-2003 14:30|31-12-2003 09:05", "", "2003-02-01T14:30:00Z 2003-12-31T09:05:00Z"},
		{"01.02.2003|02.02.2003", "", "2003-02-01T00:00:00Z 2003-02-02T00:00:00Z"}, // with points the day is first
		{"1 Feb 2003|12 Dec 2003", "", "2003-02-01T00:00:00Z 2003-12-12T00:00:00Z"},
		{"Feb 1, 2003|Dec 12, 2003", "", "2003-02-01T00:00:00Z 2003-12-12T00:00:00Z"},
		{"February 1, 2003|May 2, 2003", "", "2003-02-01T00:00:00Z 2003-05-02T00:00:00Z"},
		{"01-Feb-03|02-Feb-03", "", "2003-02-01T00:00:00Z 2003-02-02T00:00:00Z"},
		{"Feb 2003|May 2003", "", "2003-02-01T00:00:00Z 2003-05-01T00:00:00Z"},
		{"2003년 2월 1일|2003년 12월 31일", "", "2003-02-01T00:00:00Z 2003-12-31T00:00:00Z"},
		{"2003-02-01T14:30:00Z|2003-02-01T14:30:01Z", "", "2003-02-01T14:30:00Z 2003-02-01T14:30:01Z"},
		{"2003-02-01T14:30:00+09:00|2003-02-01T14:30:00+01:00", "",
			"2003-02-01T14:30:00+09:00 2003-02-01T14:30:00+01:00"},
		{"2003-02-01 14:30:00+0900|2003-02-01 14:30:01+0900", "",
			"2003-02-01T14:30:00+09:00 2003-02-01T14:30:01+09:00"},
		{"2003-02-01 14:30:00 UTC|2003-02-01 14:30:01 UTC", "", "2003-02-01T14:30:00Z 2003-02-01T14:30:01Z"},
		{"2003-02-01 14:30:00 GMT|2003-02-01 14:30:01 GMT", "", "2003-02-01T14:30:00Z 2003-02-01T14:30:01Z"},
		{"2003-02-01 14:30 KST|2003-02-01 14:31 KST", "", "2003-02-01T14:30:00+09:00 2003-02-01T14:31:00+09:00"},
		{"2003-03-30 01:30:00.250 EST|2003-04-30 01:30:00.500 EDT", "",
			"2003-03-30T01:30:00.25-05:00 2003-04-30T01:30:00.5-04:00"},
		{"1 Feb 2003 02:30 PM NZDT|1 Feb 2003 03:30 PM NZDT", "",
			"2003-02-01T14:30:00+13:00 2003-02-01T15:30:00+13:00"},
		{"2003-02-01 14:30:00AEST|2003-02-01 14:30:01AEST", "", "2003-02-01T14:30:00+10:00 2003-02-01T14:30:01+10:00"},
		{"2/1/2003 2:30 PM|2/13/2003 11:05 AM", "", "2003-02-01T14:30:00Z 2003-02-13T11:05:00Z"},
		{"2003-02-01 14|2003-02-01 15", "", "2003-02-01T14:00:00Z 2003-02-01T15:00:00Z"},
		{"2003-02-01 00:00:00.000001|2003-02-01 00:00:00.000002", "",
			"2003-02-01T00:00:00.000001Z 2003-02-01T00:00:00.000002Z"},
		{"2003-02-01 00:00:00,123456789|2003-02-01 00:00:00,123456790", "",
			"2003-02-01T00:00:00.123456789Z 2003-02-01T00:00:00.12345679Z"},
		{"2003Q1|2003Q4", "", "2003-01-01T00:00:00Z 2003-10-01T00:00:00Z"},
		{"2003-Q2|2003-Q3", "", "2003-04-01T00:00:00Z 2003-07-01T00:00:00Z"},
		{"2003-W01|2004-W53", "", "2002-12-30T00:00:00Z 2004-12-27T00:00:00Z"}, // ISO 8601
		// Numbers.
		{"20030201|20031231", "", "2003-02-01T00:00:00Z 2003-12-31T00:00:00Z"},
		{"200302|200312", "", "2003-02-01T00:00:00Z 2003-12-01T00:00:00Z"},
		{"2003020114|2003020115", "", "2003-02-01T14:00:00Z 2003-02-01T15:00:00Z"},
		{"20030201143000|20030201143001", "", "2003-02-01T14:30:00Z 2003-02-01T14:30:01Z"},
		{"1700000000|1700000001.5", "", "2023-11-14T22:13:20Z 2023-11-14T22:13:21.5Z"},
		{"1700000000000|1700000000001", "", "2023-11-14T22:13:20Z 2023-11-14T22:13:20.001Z"},
		{"1700000000000001|1700000000000002", "", "2023-11-14T22:13:20.000001Z 2023-11-14T22:13:20.000002Z"},
		{"1700000000000000001|1700000000000000002", "",
			"2023-11-14T22:13:20.000000001Z 2023-11-14T22:13:20.000000002Z"},
		{"86400|90000", "seconds", "1970-01-02T00:00:00Z 1970-01-02T01:00:00Z"},
		{"-1|1", "milliseconds", "1969-12-31T23:59:59.999Z 1970-01-01T00:00:00.001Z"},
	} {
		values := strings.Split(c.values, "|")
		clock, err := clockOf(t, CSVOptions{Dates: c.dates}, values...)
		if err != nil || clock.Times == nil {
			t.Errorf("%s: %v %v", c.values, clock, err)
			continue
		}
		var got, again []string
		for _, at := range clock.Times {
			got, again = append(got, at.Format(time.RFC3339Nano)), append(again, clock.Stamp(at))
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("%s: %s, want %s", c.values, g, c.want)
		}
		if !slices.Equal(again, values) {
			t.Errorf("%s: written as %q by %+v", c.values, again, clock.Format)
		}
		same, err := func() (*Clock, error) {
			_, tab := columnOf(t, CSVOptions{}, values[0])
			return tab.ClockAs(&clock.Format, "a")
		}()
		if err != nil || !same.Times[0].Equal(clock.Times[0]) {
			t.Errorf("%s: the first row by itself: %v %v", c.values, same, err)
		}
	}
}

// What may be two dates is refused with the settings that say which; what is none is named; plain numbers stay such.
func TestClockRefuses(t *testing.T) {
	for values, want := range map[string]string{
		"01/02/2003|03/04/2003": `f.csv:2: a: "01/02/2003" may be 1 February 2003 or 2 January 2003, and no row settles ` +
			"which; give dates: dmy or dates: mdy",
		"01/02/03|03/04/03":      "give dates: dmy or dates: mdy or dates: ymd",
		"2003-02-01|2003-02-30":  `f.csv:3: a: "2003-02-30" is no date`,
		"2003-02-01|01/02/2003":  `f.csv:3: a: "01/02/2003" is no date`,
		"2003-02-01 10:00 KST|x": "is no date",
		"2003-02-01 10:00 CST|2003-02-01 11:00 CST": `f.csv:2: a: "2003-02-01 10:00 CST": CST stands for several ` +
			"zones; give zone: America/Chicago or zone: Asia/Shanghai, or write an offset such as +09:00",
		"2003-02-01 10:00 EST|2003-02-01 11:00 IST": `f.csv:3: a: "2003-02-01 11:00 IST": IST stands for several`,
		"2003-02-01 10:00 XYZ|2003-02-01 11:00 XYZ": "no zone XYZ is known; write an offset such as +09:00",
		"monday|tuesday": "is no date",
	} {
		if _, err := clockOf(t, CSVOptions{}, strings.Split(values, "|")...); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", values, err, want)
		}
	}
	for _, values := range []string{"1|2", "1900|1901", "20201231|20201232", "201912|201913", "0.5|0.7",
		"99999999|10000000"} {
		if c, err := clockOf(t, CSVOptions{}, strings.Split(values, "|")...); err != nil || c.Times != nil {
			t.Errorf("%s: %v %v are to be plain numbers", values, c, err)
		}
	}
	if c, err := clockOf(t, CSVOptions{Dates: "number"}, "20200101", "20200102"); err != nil || c.Times != nil {
		t.Errorf("%v %v", c, err)
	}
	c, err := clockOf(t, CSVOptions{}, "20200101", "20200102")
	if err != nil || len(c.Guesses) != 1 || c.Guesses[0].String() != "a: 2 numbers are taken for dates written as "+
		"20060102: 20200101 is 1 January 2020 00:00:00; dates: number takes them for plain numbers" {
		t.Errorf("%v %v", c, err)
	}
	if c, err = clockOf(t, CSVOptions{}, "01/02/2003", "13/02/2003"); err != nil || len(c.Guesses) != 1 ||
		!strings.Contains(c.Guesses[0].String(), "the order of day, month and year is dmy, as 13/02/2003 in f.csv:3 "+
			"says") {
		t.Errorf("%v %v", c, err)
	}
}

// In Berlin clocks went back on 29 October 2023 at 3:00 and forward on 26 March 2023 at 2:00.
func TestZones(t *testing.T) {
	berlin := CSVOptions{Zone: "Europe/Berlin"}
	c, err := clockOf(t, berlin, "2023-10-29 01:30", "2023-10-29 02:30", "2023-10-29 02:30", "2023-10-29 03:30")
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < 4; i++ {
		if d := c.Times[i].Sub(c.Times[i-1]); d != time.Hour {
			t.Errorf("from row %d to the next it is %v", i, d)
		}
	}
	if _, err := clockOf(t, berlin, "2023-03-26 01:30", "2023-03-26 02:30"); err == nil ||
		!strings.Contains(err.Error(), "f.csv:3: a: clocks in Europe/Berlin never showed 2023-03-26 02:30") {
		t.Errorf("%v", err)
	}
	if c, err = clockOf(t, berlin, "2023-06-01T10:00:00Z", "2023-12-01T10:00:00Z"); err != nil ||
		c.Times[0].Hour() != 12 ||
		c.Times[1].Hour() != 11 {
		t.Errorf("%v %v", c, err)
	}
	if _, err := clockOf(t, CSVOptions{Zone: "Europe/Atlantis"}, "2023-06-01"); err == nil {
		t.Error("Atlantis has no zone")
	}
}

// Letters that stand for several zones are those of the zone that is given, and others are taken into it. Chicago's
// clocks are 6 hours behind UTC in January and 5 in July, Shanghai's 8 before it.
func TestLettersOfZones(t *testing.T) {
	for _, c := range []struct{ zone, values, want string }{
		{"America/Chicago", "2023-01-01 10:00 CST|2023-07-01 10:00 CDT",
			"2023-01-01T10:00:00-06:00 2023-07-01T10:00:00-05:00"},
		{"Asia/Shanghai", "2023-01-01 10:00 CST", "2023-01-01T10:00:00+08:00"},
		{"Asia/Shanghai", "2023-01-01 10:00 JST", "2023-01-01T09:00:00+08:00"},
		{"Europe/London", "2023-01-01 10:00 GMT|2023-07-01 10:00 BST",
			"2023-01-01T10:00:00Z 2023-07-01T10:00:00+01:00"},
	} {
		values := strings.Split(c.values, "|")
		clock, err := clockOf(t, CSVOptions{Zone: c.zone}, values...)
		if err != nil {
			t.Errorf("%s: %v", c.values, err)
			continue
		}
		var got []string
		for _, at := range clock.Times {
			got = append(got, at.Format(time.RFC3339))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s in %s: %s, want %s", c.values, c.zone, got, c.want)
		}
	}
	if _, err := clockOf(t, CSVOptions{Zone: "Europe/Berlin"}, "2023-01-01 10:00 CST"); err == nil ||
		!strings.Contains(err.Error(), "CST stands for several zones, and clocks in Europe/Berlin do not show it") {
		t.Error(err)
	}
	for name := range zoneHours {
		if two, both := manyZones[name]; both {
			t.Errorf("%s is one zone and %v", name, two)
		}
	}
	for name, two := range manyZones {
		for _, z := range two {
			if _, err := time.LoadLocation(z); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// A column may be one of times where its first value alone may be two dates, or of two zones; ids and words are none.
func TestMayBeTime(t *testing.T) {
	for value, want := range map[string]bool{"01/02/2003": true, "2003-02-01 10:00 CST": true, "2003-02-01": true,
		"14:30": true, "Feb 2003": true, "1582218195625938945": false, "00013": false, "monday": false,
		"2003 films": false,
		"":           false, "NA": false} {
		_, tab := columnOf(t, CSVOptions{}, value, "x")
		if got := tab.MayBeTime(&tab.Columns[0]); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
}

// Times that several columns make up.
func TestClockOfColumns(t *testing.T) {
	for file, want := range map[string]string{
		"year,month,day,hour,x\n2013,3,1,0,5\n2013,3,1,23,6\n2013,12,31,1,7\n": "2013-03-01T00:00:00Z " +
			"2013-03-01T23:00:00Z " +
			"2013-12-31T01:00:00Z",
		"Hour,x,Year,Month,Day\n5,1,2013,03,01\n": "2013-03-01T05:00:00Z",
		"year,month,x\n2013,1,5\n2013,2,6\n":      "2013-01-01T00:00:00Z 2013-02-01T00:00:00Z",
		"year,month,day,x\n2013,2,29,5\n":         "f.csv:2: year month day: 2013-02-29 is no date",
		"year,month,day,x\n2013,13,29,5\n":        "f.csv:2: month: 13 is no month; it goes from 1 to 12",
		"year,month,day,hour,x\n2013,1,29,24,5\n": "f.csv:2: hour: 24 is no hour; it goes from 0 to 23",
		"date,time,x\n2013-02-01,14:30,5\n":       "2013-02-01T14:30:00Z",
		"date,time,x\n01/02/2013,14:30,5\n":       "may be 1 February 2013 or 2 January 2013",
	} {
		tab, err := ReadCSV(strings.NewReader(file), "f.csv", CSVOptions{})
		if err != nil {
			t.Fatal(err)
		}
		names := slices.DeleteFunc(tab.Names(), func(n string) bool { return n == "x" })
		c, err := tab.Clock(names...)
		got := fmt.Sprint(err)
		if err == nil {
			var all []string
			for _, at := range c.Times {
				all = append(all, at.Format(time.RFC3339))
			}
			got = strings.Join(all, " ")
		}
		if !strings.Contains(got, want) {
			t.Errorf("%q: %s, want %s", file, got, want)
		}
	}
	tab, err := ReadCSV(strings.NewReader("No,year,month,day,hour,pm\n1,2013,3,1,0,5\n"), "f.csv", CSVOptions{})
	if err != nil || !slices.Equal(tab.TimeParts(), []string{"year", "month", "day", "hour"}) {
		t.Errorf("%v %v", tab.TimeParts(), err)
	}
}

// Text is ordered as time.
func TestTimeOrder(t *testing.T) {
	_, tab := columnOf(t, CSVOptions{}, "2 Jan 2020", "10 Jan 2019", "1 Dec 2019", "2 Jan 2020")
	if places, err := tab.Time("a"); err != nil || !slices.Equal(places, []int{2, 0, 1, 2}) {
		t.Errorf("%v %v", places, err)
	}
}

// FuzzClock: whatever a column holds, it is times in their order or an error in one line, and what is written of them
// is read again as the same.
func FuzzClock(f *testing.F) {
	for _, s := range []string{"2003-02-01\n2003-02-02", "01/02/2003\n13/02/2003", "20030201\n20030202",
		"2003Q1\n2003Q2", "2003-02-01 10:00 KST\n2003-02-01 10:00 EST", "2003-02-01 10:00 CST\n", "1:00 PM PST\n",
		"1700000000.5\n3", "2003-02-01T14:30:00+09:00\n", "2/1/2003 2:30 PM\n", "2004-W53\n", "2023-10-29 02:30\n"} {
		f.Add(s, uint8(0), false)
	}
	words := []string{"", "dmy", "mdy", "ymd", "seconds", "milliseconds", "microseconds", "nanoseconds", "number"}
	f.Fuzz(func(t *testing.T, s string, dates uint8, zone bool) {
		var raw []string
		for _, l := range strings.Split(s, "\n") {
			raw = append(raw, strings.TrimSpace(l))
		}
		tab := &Table{Name: "f", Columns: []Column{Infer("a", raw)}, Rows: len(raw),
			dates: words[int(dates)%len(words)]}
		if zone {
			tab.zone = "Europe/Berlin"
		}
		c, err := tab.Clock("a")
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("an error of several lines: %q", err)
			}
			return
		}
		if c.Times == nil {
			return
		}
		if _, err := tab.Time("a"); err != nil {
			t.Fatal(err)
		}
		for i := range c.Times {
			if c.Times[i].Year() < 0 || c.Times[i].Year() > 9999 {
				continue // a count of seconds may be any time
			}
			text := c.Format.Format(c.Times[i])
			again, ok := c.Format.parse(text, c.Times[i].Location())
			if !ok || !again.Equal(c.Times[i]) && !zone && c.Format.Fraction == 0 {
				t.Fatalf("%q by %+v is %v, written %q, read %v", raw[i], c.Format, c.Times[i], text, again)
			}
		}
	})
}
