package data

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorae/internal/words"
)

// layouts are the ways of writing dates and times that are understood: those
// that cannot be mistaken for another. 03/04/2006 is March or April.
var layouts = []string{
	time.DateOnly, time.DateTime, "2006-01-02 15:04", time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04",
	"2006-01-02 15:04:05Z07:00", "2006-01", "2006/01/02", "2006/01/02 15:04:05", "2006/01/02 15:04", "2006/01",
	"2006.01.02", "2006.01.02 15:04:05", "02.01.2006", "02.01.2006 15:04:05", "02.01.2006 15:04",
	"2 Jan 2006", "2 January 2006", "Jan 2006", "January 2006", "Jan 2, 2006", "January 2, 2006", time.TimeOnly,
	"15:04",
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
			return nil, t.ErrorAt(i, "", "the time %s is missing; remove the row", c.Name)
		}
	}
	if c.Kind == Number {
		places, _ := c.Codes()
		return places, nil
	}
	when, odd := parseTimes(c.Strings)
	if when == nil {
		return nil, t.ErrorAt(odd, c.Name, "%q is no date that cannot be mistaken; write dates as 2006-01-02 15:04:05",
			words.Clip(c.Strings[odd], 30))
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(when)))
	places := make([]int, len(when))
	for i, w := range when {
		places[i], _ = slices.BinarySearch(sorted, w)
	}
	return places, nil
}

// Clock gives each row its time in seconds since 1970, from one column or from
// several that make it up together, as a date and a time of day do; numbers are
// taken as they are, whatever they count. It does otherwise what Time does.
func (t *Table) Clock(columns ...string) ([]float64, error) {
	if len(columns) == 0 {
		return nil, fmt.Errorf("%s: no column of times is named", t.Name)
	}
	cs := make([]*Column, len(columns))
	for k, name := range columns {
		var err error
		if cs[k], err = t.Column(name); err != nil {
			return nil, err
		}
		for i := range t.Rows {
			if cs[k].IsMissing(i) {
				return nil, t.ErrorAt(i, "", "the time %s is missing; remove the row", cs[k].Name)
			}
		}
	}
	if len(cs) == 1 && cs[0].Kind == Number {
		return slices.Clone(cs[0].Numbers), nil
	}
	text := make([]string, t.Rows)
	for i := range text {
		parts := make([]string, len(cs))
		for k, c := range cs {
			parts[k] = strings.TrimSpace(c.Text(i))
		}
		text[i] = strings.Join(parts, " ")
	}
	when, odd := parseTimes(text)
	if when == nil {
		return nil, t.ErrorAt(odd, strings.Join(columns, " "),
			"%q is no date that cannot be mistaken; write dates as 2006-01-02 15:04:05", words.Clip(text[odd], 30))
	}
	out := make([]float64, len(when))
	for i, w := range when {
		out[i] = float64(w)
	}
	return out, nil
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

// isTime reports whether a column of text is dates throughout.
func isTime(c *Column) bool {
	when, _ := parseTimes(c.Strings)
	return when != nil
}

// moment is a time in seconds since 1970. A float64 tells times apart that are a
// microsecond apart, well beyond the year 2100.
type moment float64
