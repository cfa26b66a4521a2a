package data

import (
	"strings"
	"time"

	"gorae/internal/pattern"
)

// zoneHours are the letters of zones by their hours from UTC. Those that stand for zones of several places are among
// manyZones. EST, MST, PST and their daylight times are America's, as in RFC 822.
var zoneHours = map[string]float64{
	"UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "TRT": 3,
	"SAST": 2, "WAT": 1, "CAT": 2, "EAT": 3, "PKT": 5, "NPT": 5.75, "ICT": 7, "WIB": 7, "WITA": 8, "HKT": 8, "SGT": 8,
	"PHT": 8, "AWST": 8, "KST": 9, "JST": 9, "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
	"NST": -3.5, "NDT": -2.5, "ADT": -3, "EST": -5, "EDT": -4, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
	"AKST": -9, "AKDT": -8, "HST": -10, "BRT": -3, "ART": -3,
}

// manyZones are letters of zones that stand for several, and two of the names that a user may mean.
var manyZones = map[string][2]string{
	"CST": {"America/Chicago", "Asia/Shanghai"}, "IST": {"Asia/Kolkata", "Europe/Dublin"},
	"BST": {"Europe/London", "Asia/Dhaka"}, "AST": {"America/Halifax", "Asia/Riyadh"},
	"GST": {"Asia/Dubai", "Atlantic/South_Georgia"}, "AMT": {"America/Manaus", "Asia/Yerevan"},
	"SST": {"Pacific/Pago_Pago", "Asia/Singapore"}, "ECT": {"America/Guayaquil", "America/Martinique"},
	"WST": {"Pacific/Apia", "Australia/Perth"}, "ADST": {"America/Halifax", "Asia/Baghdad"},
}

// letters is the code of time.Parse for the letters of a zone.
const letters = "MST"

// parseLetters returns a time with the letters of a zone behind it: of one that the location's clocks know, else of the
// table.
func parseLetters(layout, s string, in *time.Location) (time.Time, bool) {
	t, err := time.ParseInLocation(layout, s, in)
	if err != nil {
		return t, false
	}
	name, offset := t.Zone()
	if t.Location() == in && in != time.UTC || offset != 0 {
		return t, true
	}
	h, known := zoneHours[name]
	if !known {
		return t, false
	}
	y, m, d := t.Date()
	zone := time.FixedZone(name, int(h*3600))
	if h == 0 && name == "UTC" {
		zone = time.UTC
	}
	return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone), true
}

var lettersAtEnd = pattern.Pattern{Expr: `\d(?: ?[AaPp][Mm])? ?([A-Z]{2,5})$`}

// zoneAtEnd returns the letters of a zone at the end of a time, "" where there are none.
func zoneAtEnd(s string) string {
	m := lettersAtEnd.Regexp().FindStringSubmatch(s)
	if m == nil || m[1] == "AM" || m[1] == "PM" {
		return ""
	}
	return m[1]
}

// zoneProblem returns the problem of the letters of a time zone at the end of a time, "" where there is none.
func (r *clockReader) zoneProblem(s string) string {
	name := zoneAtEnd(s)
	two, many := manyZones[name]
	_, known := zoneHours[name]
	say := r.options().say
	switch {
	case many && r.zone != "":
		return name + " stands for several zones, and clocks in " + r.zone + " do not show it; write an offset such " +
			"as +09:00"
	case many:
		return name + " stands for several zones; give " + say("zone", two[0]) + " or " + say("zone", two[1]) +
			", or write an offset such as +09:00"
	case name != "" && !known:
		return "no zone " + name + " is known; write an offset such as +09:00"
	}
	return ""
}

// MayBeTime reports whether a column of text begins like one of times: its first value is a date or a time of day by
// some way of writing, also one that Clock refuses as it may be two dates or of two zones.
func (t *Table) MayBeTime(c *Column) bool {
	if t.Rows == 0 || c.Kind == Number || c.IsMissing(0) {
		return false
	}
	s := strings.TrimSpace(c.Text(0))
	if _, number := parseNumber(s); number || len(s) > 60 {
		return false
	}
	bare := s
	if name := zoneAtEnd(s); name != "" {
		bare = strings.TrimSpace(strings.TrimSuffix(s, name))
	}
	for _, l := range layoutsLike(bare, t.dates) {
		f := TimeFormat{Layout: l.layout}
		if _, ok := f.parse(bare, time.UTC); ok {
			return true
		}
	}
	return false
}
