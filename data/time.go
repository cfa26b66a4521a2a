package data

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// layouts are the ways of writing dates and times that are understood: those
// that cannot be mistaken for another. 03/04/2006 is March or April.
var layouts = []string{
	time.DateOnly, time.DateTime, "2006-01-02 15:04", time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01", "2006/01/02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01",
	"2006.01.02", "2006.01.02 15:04:05", "02.01.2006", "02.01.2006 15:04:05", "02.01.2006 15:04",
	"2 Jan 2006", "2 January 2006", "Jan 2006", "January 2006", "Jan 2, 2006", "January 2, 2006", time.TimeOnly, "15:04",
	"2006년 1월 2일", "2006년 1월",
}

// Time gives each row of a column its place in time, for Split by Time: numbers
// by size, text by one way of writing dates that fits every row (ISO 8601 and
// the like). Equal times have equal places. A missing time, or text that is no
// such date, is an error naming the row.
func (t *Table) Time(column string) ([]int, error) {
	c, err := t.Column(column)
	if err != nil {
		return nil, err
	}
	for i := range t.Rows {
		if c.IsMissing(i) {
			return nil, fmt.Errorf("%s: the time %s is missing; remove the row", t.Place(i), c.Name)
		}
	}
	if c.Kind == Number {
		places, _ := c.Codes()
		return places, nil
	}
	when, odd := parseTimes(c.Strings)
	if when == nil {
		return nil, fmt.Errorf("%s: %s: %q is no date that cannot be mistaken; write dates as 2006-01-02 15:04:05", t.Place(odd), c.Name, clip(c.Strings[odd]))
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(when)))
	places := make([]int, len(when))
	for i, w := range when {
		places[i], _ = slices.BinarySearch(sorted, w)
	}
	return places, nil
}

// parseTimes reads all values by the layout that carries furthest; odd is the
// first value that it does not fit.
func parseTimes(values []string) (when []moment, odd int) {
	for _, layout := range layouts {
		out := make([]moment, 0, len(values))
		for _, v := range values {
			at, err := time.Parse(layout, strings.TrimSpace(v))
			if err != nil {
				break
			}
			out = append(out, moment(float64(at.Unix())+float64(at.Nanosecond())/1e9))
		}
		if len(out) == len(values) {
			return out, 0
		}
		odd = max(odd, len(out))
	}
	return nil, odd
}

// moment is a time in seconds since 1970. A float64 tells times apart that are a
// microsecond apart, well beyond the year 2100.
type moment float64
