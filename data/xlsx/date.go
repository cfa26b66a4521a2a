package xlsx

import (
	"math"
	"strings"
	"time"
)

// format is what the number format of a cell says of it.
type format uint8

const (
	plain   format = iota // a number
	day                   // a date
	moment                // a date with a time of day
	ofClock               // a time of day
)

// builtin returns the format of a number that the standard gives one (ECMA-376, part 1, 18.8.30), in any language.
func builtin(id int) format {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id >= 34 && id <= 36, id >= 50 && id <= 54, id == 57, id == 58:
		return day
	case id == 22:
		return moment
	case id >= 18 && id <= 21, id == 32, id == 33, id == 45, id == 47, id == 55, id == 56:
		return ofClock
	}
	return plain
}

// formatOf returns what a format code says: the letters of dates and times outside of quotes and brackets. Times that
// go on beyond a day ([h]:mm) are numbers of days.
func formatOf(code string) format {
	code, _, _ = strings.Cut(code, ";") // of positive numbers
	dates, times, months := false, false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '\\', '_', '*':
			i++ // the next character is itself
		case '"', '[':
			end := map[byte]string{'"': `"`, '[': "]"}[c]
			n := strings.Index(code[i+1:], end)
			if n < 0 {
				return plain
			}
			if in := strings.ToLower(code[i+1 : i+1+n]); c == '[' && in != "" && strings.Trim(in, "hms") == "" {
				return plain
			}
			i += n + 1
		case 'y', 'Y', 'd', 'D', 'e':
			dates = true
		case 'h', 'H', 's', 'S':
			times = true
		case 'm', 'M':
			months = true
		case 'G', 'g': // General
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				i += len("general") - 1
			}
		case 'E', '0', '#', '?':
			if !times && !dates && !months {
				return plain
			}
		}
	}
	switch {
	case dates && times:
		return moment
	case dates, months && !times:
		return day
	case times:
		return ofClock
	}
	return plain
}

// timeOf returns the time of a serial number, to the millisecond, as Excel shows no less: days since 1899-12-30. Days
// before March 1900 are one later, since Excel takes 1900 for a leap year. ok is false beyond the year 9999.
func (b *book) timeOf(serial float64) (t time.Time, ok bool) {
	if !(serial >= 0 && serial < 2958466) {
		return t, false
	}
	days := math.Floor(serial)
	ms := math.Round((serial - days) * 86400e3)
	n := int(days) + b.since
	if n < 60 && b.since == 0 {
		n++
	}
	t = time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Add(time.Duration(ms) * time.Millisecond)
	return t, true
}
