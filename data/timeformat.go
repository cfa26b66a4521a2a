package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorae/internal/pattern"
)

// TimeFormat is the notation of times. A product keeps it, so that new rows are read alike.
type TimeFormat struct {
	// Layout is a layout of package time; 2006Q1 and 2006W01 in its place for quarters and weeks; or a word: seconds,
	// milliseconds, microseconds or nanoseconds since 1970, number for what is no time, parts for columns of year,
	// month, day, hour, minute and second.
	Layout string `json:"layout"`
	// Fraction is the number of digits of a second's fraction, and Comma says that a comma stands before them.
	Fraction int    `json:"fraction,omitempty"`
	Comma    bool   `json:"comma,omitempty"`
	Zone     string `json:"zone,omitempty"` // of times written without one; "" leaves them as written
}

// Words that are layouts.
const (
	layoutNumber = "number"
	layoutParts  = "parts"
)

// epochs are the units of numbers that count from 1970 on.
var epochs = map[string]time.Duration{"seconds": time.Second, "milliseconds": time.Millisecond,
	"microseconds": time.Microsecond, "nanoseconds": time.Nanosecond}

// dateLayouts are ways of writing dates with the order of their parts: those without one cannot be mistaken. Of layouts
// that differ in zeros before a number alone the one with zeros comes first.
var dateLayouts = []struct{ order, layout string }{
	{"", "2006-01-02"}, {"", "2006-1-2"}, {"", "2006/01/02"}, {"", "2006/1/2"}, {"", "2006.01.02"}, {"", "2006.1.2"},
	{"", "2006. 1. 2."}, {"", "20060102"}, {"", "2006-01"}, {"", "2006/01"}, {"", "2006.01"}, {"", "200601"},
	{"", "01/2006"}, {"", "1/2006"}, {"", "01-2006"}, {"", "02.01.2006"}, {"", "2.1.2006"},
	{"", "02 Jan 2006"}, {"", "2 Jan 2006"}, {"", "2 January 2006"}, {"", "02-Jan-2006"}, {"", "2-Jan-2006"},
	{"", "02-Jan-06"}, {"", "2-Jan-06"}, {"", "02Jan2006"}, {"", "2. January 2006"},
	{"", "Jan 2006"}, {"", "January 2006"}, {"", "Jan-2006"}, {"", "2006-Jan"}, {"", "2006 Jan"}, {"", "2006-Jan-02"},
	{"", "Jan 02, 2006"}, {"", "Jan 2, 2006"}, {"", "January 02, 2006"}, {"", "January 2, 2006"}, {"", "Jan 2 2006"},
	{"", "Mon, 02 Jan 2006"}, {"", "Mon, 2 Jan 2006"}, {"", "Monday, 02 January 2006"},
	{"", "Monday, 2 January 2006"}, {"", "Monday, January 2, 2006"}, {"", "Mon Jan _2 2006"},
	{"", "Mon Jan _2 15:04:05 2006"}, {"", "2006년 01월 02일"}, {"", "2006년 1월 2일"}, {"", "2006년 01월"},
	{"", "2006년 1월"}, {"", "2006년1월2일"}, {"", "2006-002"}, {"", "2006Q1"}, {"", "2006W01"},
	{"dmy", "02/01/2006"}, {"dmy", "2/1/2006"}, {"mdy", "01/02/2006"}, {"mdy", "1/2/2006"},
	{"dmy", "02-01-2006"}, {"dmy", "2-1-2006"}, {"mdy", "01-02-2006"}, {"mdy", "1-2-2006"}, {"mdy", "01.02.2006"},
	{"dmy", "02/01/06"}, {"dmy", "2/1/06"}, {"mdy", "01/02/06"}, {"mdy", "1/2/06"}, {"ymd", "06/01/02"},
	{"dmy", "02-01-06"}, {"mdy", "01-02-06"}, {"ymd", "06-01-02"}, {"dmy", "02.01.06"}, {"ymd", "06.01.02"},
}

// afterDate is a time of day and a zone at the end of a text.
var afterDate = pattern.Pattern{Expr: `(^|[T _,]+)(\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d+)?)?)?)( ?[AaPp][Mm])?` +
	`( ?(?:Z|[A-Z]{2,5}|[+-]\d{2}:\d{2}|[+-]\d{4}|[+-]\d{2}))?$`}

var fractionOf = pattern.Pattern{Expr: `:\d{2}([.,])(\d+)`}

// layoutsLike returns the layouts that a text may have: all of dates, with the time of day and the zone that it has.
func layoutsLike(s, order string) []ordered {
	var tails []string
	head := s
	if m := afterDate.Regexp().FindStringSubmatchIndex(s); m != nil && m[5] > m[4] {
		clock, join := s[m[4]:m[5]], s[m[2]:m[3]]
		colon := strings.Contains(clock, ":")
		if colon || m[0] > 0 && strings.ContainsAny(join, "T ") && m[5]-m[4] == 2 {
			tail := join
			switch strings.Count(clock, ":") {
			case 0:
				tail += "15"
			case 1:
				tail += "15:04"
			default:
				tail += "15:04:05"
			}
			if m[6] >= 0 {
				hour := "3"
				if clock[0] == '0' {
					hour = "03"
				}
				tail = strings.Replace(tail, "15", hour, 1) + strings.ToUpper(s[m[6]:m[7]])
				tail = strings.Replace(strings.Replace(tail, "AM", "PM", 1), "am", "PM", 1)
			}
			tails = append(tails, tail+zoneLayout(s, m[8], m[9]))
			head = s[:m[0]]
		}
	}
	var out []ordered
	if len(tails) == 1 && head == "" {
		out = append(out, ordered{"", tails[0]})
	}
	tail := ""
	if len(tails) == 1 {
		tail = tails[0]
	}
	for _, d := range dateLayouts {
		if d.order != "" && order != "" && d.order != order || order == "mdy" && d.layout == "02.01.2006" ||
			order != "mdy" && d.layout == "01.02.2006" {
			continue
		}
		out = append(out, ordered{d.order, d.layout + tail})
	}
	if tail != "" { // what looks like a time of day may be the end of a date
		for _, d := range dateLayouts {
			if d.order == "" || order == "" || d.order == order {
				out = append(out, ordered{d.order, d.layout})
			}
		}
	}
	return out
}

// ordered is a layout with the order of its day, month and year, "" where they cannot be mistaken.
type ordered struct{ order, layout string }

// zoneLayout returns the layout of a zone in s[from:to].
func zoneLayout(s string, from, to int) string {
	if from < 0 {
		return ""
	}
	z := s[from:to]
	blank := ""
	if z[0] == ' ' {
		blank, z = " ", z[1:]
	}
	switch {
	case z == "Z" || len(z) == 6 && z[0] < 'A':
		return blank + "Z07:00"
	case z[0] >= 'A':
		return blank + letters
	case len(z) == 5:
		return blank + "-0700"
	}
	return blank + "-07"
}

var (
	zeroHour    = pattern.Pattern{Expr: `(?i)(?:^|[T _,])0\d(?::[\d:.,]+)? ?[AP]M$`}
	twelveHours = pattern.Pattern{Expr: `(^|[T _,])3((?::[\d:]+)? ?PM)$`}
	quarterText = pattern.Pattern{Expr: `^(\d{4})([- /]?)Q([1-4])$`}
	weekText    = pattern.Pattern{Expr: `^(\d{4})([- ]?)W(\d{2})$`}
)

// zoned reports whether the times are written with their zone.
func (f *TimeFormat) zoned() bool {
	return f.lettered() || strings.Contains(f.Layout, "Z07") || strings.HasSuffix(f.Layout, ":05-0700") ||
		strings.HasSuffix(f.Layout, " -0700") || strings.HasSuffix(f.Layout, "-07") && strings.Contains(f.Layout, "15")
}

// lettered reports whether the letters of a zone stand behind the times.
func (f *TimeFormat) lettered() bool { return strings.HasSuffix(f.Layout, letters) || f.universal() }

// universal reports whether the word UTC or GMT stands in the layout, as products of before have it.
func (f *TimeFormat) universal() bool {
	return strings.HasSuffix(f.Layout, "UTC") || strings.HasSuffix(f.Layout, "GMT")
}

// parse returns the time that a text stands for. The location is that of times without a zone.
func (f *TimeFormat) parse(s string, in *time.Location) (time.Time, bool) {
	if f.universal() {
		in = time.UTC
	}
	if unit, ok := epochs[f.Layout]; ok {
		return parseEpoch(s, unit, in)
	}
	if strings.Contains(f.Layout, "Q1") {
		year, mark, quarter, ok := partOfYear(s, "Q", "- /", 1)
		if !ok || quarter < 1 || quarter > 4 || f.Layout != "2006Q1" && f.Layout != "2006"+mark+"Q1" {
			return time.Time{}, false
		}
		return time.Date(year, time.Month(3*quarter-2), 1, 0, 0, 0, 0, in), true
	}
	if strings.Contains(f.Layout, "W01") {
		year, mark, week, ok := partOfYear(s, "W", "- ", 2)
		if !ok || f.Layout != "2006W01" && f.Layout != "2006"+mark+"W01" {
			return time.Time{}, false
		}
		fourth := time.Date(year, 1, 4, 0, 0, 0, 0, in) // is in week 1
		t := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7+7*(week-1))
		y, w := t.ISOWeek()
		return t, y == year && w == week
	}
	if f.lettered() && !f.universal() {
		return parseLetters(f.Layout, s, in)
	}
	t, err := time.ParseInLocation(f.Layout, s, in)
	return t, err == nil
}

// partOfYear takes a text such as 2024-Q3 or 2024W07 apart: four digits, one of the marks or none, the letter, and so
// many digits.
func partOfYear(s, letter, marks string, digits int) (year int, mark string, part int, ok bool) {
	at := strings.Index(s, letter)
	if at < 4 || at > 5 || len(s) != at+1+digits || strings.IndexFunc(s[:4]+s[at+1:], notDigit) >= 0 {
		return 0, "", 0, false
	}
	if mark = s[4:at]; mark != "" && !strings.Contains(marks, mark) {
		return 0, "", 0, false
	}
	year, _ = strconv.Atoi(s[:4])
	part, _ = strconv.Atoi(s[at+1:])
	return year, mark, part, true
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// Times reads the times of a column, the zero time where a value is missing. odd is the first row that is written
// otherwise, −1 if there is none. An error is a zone that is not known.
func (f *TimeFormat) Times(c *Column) (times []time.Time, odd int, err error) {
	in := time.UTC
	if f.Zone != "" {
		if in, err = time.LoadLocation(f.Zone); err != nil {
			return nil, -1, fmt.Errorf("the zone %q is not known on this machine", f.Zone)
		}
	}
	times = make([]time.Time, c.Len())
	_, epoch := epochs[f.Layout]
	shift := f.Zone != "" && (epoch || f.zoned())
	read, last, lastText := f.reader(in), time.Time{}, ""
	for i := range times {
		if c.IsMissing(i) {
			continue
		}
		if s := strings.TrimSpace(c.Spelling(i)); s != lastText {
			t, ok := read(s)
			if !ok {
				return nil, i, nil
			}
			if shift {
				t = t.In(in)
			}
			last, lastText = t, s
		}
		times[i] = last
	}
	return times, -1, nil
}

// parseEpoch returns a number of units since 1970, exact to the nanosecond.
func parseEpoch(s string, unit time.Duration, in *time.Location) (time.Time, bool) {
	if _, ok := parseNumber(s); !ok || strings.ContainsAny(s, "eE") {
		return time.Time{}, false
	}
	whole, fraction, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(cmpOr(whole, "0"), 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	per := int64(time.Second / unit)
	sec, rest := n/per, n%per*int64(unit)
	if fraction != "" {
		v, err := strconv.ParseFloat("0."+fraction, 64)
		if err != nil {
			return time.Time{}, false
		}
		part := int64(v*float64(unit) + 0.5)
		if strings.HasPrefix(whole, "-") {
			part = -part
		}
		rest += part
	}
	return time.Unix(sec, rest).In(in), true
}

// Format returns a time as the column has it.
func (f *TimeFormat) Format(t time.Time) string {
	if unit, ok := epochs[f.Layout]; ok {
		per := int64(time.Second / unit)
		n := t.Unix()*per + int64(t.Nanosecond())/int64(unit)
		rest := int64(t.Nanosecond()) % int64(unit)
		if rest == 0 {
			return strconv.FormatInt(n, 10)
		}
		sign := ""
		if n < 0 { // n + rest of a unit, with rest above 0, is −(−n−1) − (1 − rest)
			sign, n, rest = "-", -n-1, int64(unit)-rest
		}
		return sign + strconv.FormatInt(n, 10) +
			strings.TrimRight(fmt.Sprintf("%.9f", float64(rest)/float64(unit))[1:], "0")
	}
	if head, is := strings.CutSuffix(f.Layout, "Q1"); is {
		return t.Format(head) + "Q" + strconv.Itoa((int(t.Month())+2)/3)
	}
	if head, is := strings.CutSuffix(f.Layout, "W01"); is {
		y, w := t.ISOWeek()
		return fmt.Sprintf("%04d%sW%02d", y, strings.TrimPrefix(head, "2006"), w)
	}
	if f.universal() {
		t = t.UTC()
	}
	layout := f.Layout
	if f.Fraction > 0 {
		mark := "."
		if f.Comma {
			mark = ","
		}
		layout = strings.Replace(layout, ":05", ":05"+mark+strings.Repeat("0", f.Fraction), 1)
	}
	return t.Format(layout)
}

// shape completes the layout by what the texts say of it: the mark within quarters and weeks, fractions of seconds.
func (f *TimeFormat) shape(texts []string) {
	switch f.Layout {
	case "2006Q1":
		f.Layout = "2006" + quarterText.Regexp().FindStringSubmatch(texts[0])[2] + "Q1"
	case "2006W01":
		f.Layout = "2006" + weekText.Regexp().FindStringSubmatch(texts[0])[2] + "W01"
	}
	if strings.HasSuffix(f.Layout, "PM") && slices.ContainsFunc(texts, zeroHour.Regexp().MatchString) {
		f.Layout = twelveHours.Regexp().ReplaceAllString(f.Layout, "${1}03$2")
	}
	if !strings.Contains(f.Layout, ":05") {
		return
	}
	for _, s := range texts {
		if !strings.Contains(s, ".") && !strings.Contains(s, ",") { // most have none
			continue
		}
		if m := fractionOf.Regexp().FindStringSubmatch(s); m != nil && len(m[2]) > f.Fraction {
			f.Fraction, f.Comma = len(m[2]), m[1] == ","
		}
	}
}

// fit reads all texts; odd is the first that the format does not fit, −1 if there is none.
func (f *TimeFormat) fit(texts []string, in *time.Location) (times []time.Time, odd int) {
	if len(texts) == 0 {
		return []time.Time{}, -1
	}
	read := f.reader(in)
	for i, s := range texts {
		t, ok := read(s)
		if !ok {
			return nil, i
		}
		if times == nil { // most formats do not fit the first text
			times = make([]time.Time, len(texts))
		}
		times[i] = t
	}
	return times, -1
}

// writes reports whether the format writes the times as the texts have them.
func (f *TimeFormat) writes(times []time.Time, texts []string) bool {
	for i := range min(len(times), fronted) {
		if f.Format(times[i]) != texts[i] && !strings.Contains(f.Layout, "Q1") {
			return false
		}
	}
	return true
}

// digitLayouts are the layouts of numbers by their count of digits, with what they are called.
var digitLayouts = map[int][]string{4: nil, 6: {"200601"}, 8: {"20060102"}, 10: {"2006010215", "seconds"},
	12: {"200601021504"}, 13: {"milliseconds"}, 14: {"20060102150405"}, 16: {"microseconds"}, 19: {"nanoseconds"}}

// ofDigits returns the layout of texts that are digits, "" where they are plain numbers: dates between 1800 and 2200,
// and counts of seconds since 1970 between 2001 and 2286.
func ofDigits(texts []string) string {
	whole, _, fractions := strings.Cut(texts[0], ".")
	for _, layout := range digitLayouts[len(whole)] {
		_, epoch := epochs[layout]
		if fractions && !epoch {
			continue
		}
		fits := func(s string) bool {
			w, _, has := strings.Cut(s, ".")
			if len(w) != len(whole) || has && !epoch || strings.ContainsAny(s, "eE+-") {
				return false
			}
			if epoch {
				return w[0] != '0'
			}
			t, err := time.Parse(layout, w)
			return err == nil && t.Year() >= 1800 && t.Year() < 2200
		}
		if !slices.ContainsFunc(texts, func(s string) bool { return !fits(s) }) {
			return layout
		}
	}
	return ""
}

// DateDigits reports whether a column of numbers is dates that are written as digits, such as 20060102 or 200601,
// throughout; counts of seconds are not.
func DateDigits(c *Column) bool {
	if c.Kind != Number || c.Len() < 3 || c.IsMissing(0) || ofDigits([]string{c.Text(0)}) == "" {
		return false
	}
	texts := make([]string, 0, c.Len())
	for i := range c.Len() {
		if v := c.Numbers[i]; v < 180001 || v > 21991231235959 {
			return false
		} else if !c.IsMissing(i) {
			texts = append(texts, strings.TrimSpace(c.Spelling(i)))
		}
	}
	if len(texts) == 0 {
		return false
	}
	layout := ofDigits(texts)
	_, epoch := epochs[layout]
	return layout != "" && !epoch
}
