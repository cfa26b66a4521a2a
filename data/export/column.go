package export

import (
	"math"
	"time"

	"gorae/data"
)

// kind is what the values of a column are, in formats that know types.
type kind int

const (
	texts    kind = iota
	numbers       // float64
	wholes        // int64
	booleans      // true and false
	days          // 2006-01-02
	times         // 2006-01-02 15:04:05, without a zone
	instants      // 2006-01-02T15:04:05Z
)

// layouts are how data.Rows writes days and times of files that know types; text that is written so throughout is
// taken for the same.
var layouts = map[kind]string{days: time.DateOnly, times: "2006-01-02 15:04:05.999999999", instants: time.RFC3339Nano}

// column is a column with the kind of its values.
type column struct {
	*data.Column
	kind  kind
	nanos bool // of times and instants: some have parts of a microsecond
}

func newColumn(c *data.Column) column {
	if c.Kind == data.Number {
		for _, v := range c.Numbers {
			if !math.IsNaN(v) && (v != math.Trunc(v) || math.Abs(v) > 1<<53) {
				return column{Column: c, kind: numbers}
			}
		}
		return column{Column: c, kind: wholes}
	}
	for _, k := range []kind{booleans, days, times, instants} {
		all, some, nanos := true, false, false
		for i := 0; i < c.Len() && all; i++ {
			if c.IsMissing(i) {
				continue
			}
			s := c.Text(i)
			some = true
			if k == booleans {
				all = s == "true" || s == "false"
				continue
			}
			t, err := time.Parse(layouts[k], s)
			all = err == nil && t.Format(layouts[k]) == s && t.Year() >= 1700 && t.Year() < 2250
			nanos = nanos || t.Nanosecond()%1000 != 0
		}
		if all && some {
			return column{c, k, nanos}
		}
	}
	return column{Column: c, kind: texts}
}

// text returns a value as text, "" where it is missing: of a number the fewest digits that give it back, or all those
// of the file where they are more than a float64 holds.
func (c *column) text(i int) string {
	if c.Kind == data.Number {
		return c.Level(i)
	}
	return c.Text(i)
}

// time returns the time of a value of days, times or instants.
func (c *column) time(i int) time.Time {
	t, _ := time.Parse(layouts[c.kind], c.Text(i)) // it was parsed when the kind was found
	return t
}
