package tensor

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"gorae/internal/pattern"
)

// timeUnit is the unit that a datetime64 counts from 1970 on.
type timeUnit struct {
	months int           // of years and months
	step   time.Duration // of the others
}

// timeUnits are NumPy's letters of the units that are read.
var timeUnits = map[string]timeUnit{"Y": {months: 12}, "M": {months: 1}, "W": {step: 7 * 24 * time.Hour},
	"D": {step: 24 * time.Hour}, "h": {step: time.Hour}, "m": {step: time.Minute}, "s": {step: time.Second},
	"ms": {step: time.Millisecond}, "us": {step: time.Microsecond}, "ns": {step: time.Nanosecond}}

var timeDescr = pattern.Pattern{Expr: `^[<>=|]M8\[(\d*)([A-Za-z]+)\]$`}

// unitOf returns the unit of a datetime64 by its descr, such as <M8[ns] or <M8[25us], and how many of it an element
// counts.
func unitOf(descr string) (u timeUnit, each int64, err error) {
	m := timeDescr.Regexp().FindStringSubmatch(descr)
	if m == nil {
		return u, 0, fmt.Errorf("element type %q: a datetime64 without its unit; save it as datetime64[ns]", descr)
	}
	u, known := timeUnits[m[2]]
	if each = 1; m[1] != "" {
		if each, err = strconv.ParseInt(m[1], 10, 32); err != nil || each < 1 {
			known = false
		}
	}
	if !known {
		return u, 0, fmt.Errorf("element type %q: datetime64 of another unit than years to nanoseconds; save it as "+
			"datetime64[ns]", descr)
	}
	return u, each, nil
}

// missingTime is NumPy's NaT.
const missingTime = math.MinInt64

// at returns the time that a count of units stands for; false beyond the years 0 to 9999.
func (u timeUnit) at(n, each int64) (t time.Time, ok bool) {
	const most = 1 << 62
	if n > most/each || n < -most/each {
		return t, false
	}
	n *= each
	switch {
	case u.months > 0:
		if n > 120_000 || n < -120_000 {
			return t, false
		}
		t = time.Date(1970, time.January+time.Month(int(n)*u.months), 1, 0, 0, 0, 0, time.UTC)
	case u.step >= time.Second:
		per := int64(u.step / time.Second)
		if n > most/per || n < -most/per {
			return t, false
		}
		t = time.Unix(n*per, 0).UTC()
	default:
		per := int64(time.Second / u.step)
		t = time.Unix(n/per, n%per*int64(u.step)).UTC()
	}
	return t, t.Year() >= 0 && t.Year() <= 9999
}

// readTimes reads an array of datetime64 after its header as text as pandas writes it into CSV, in the shortest way of
// writing that tells all of them whole: 2020-01-31, 2020-01-31 09:30:00, …; NaT is empty.
func readTimes(br *bufio.Reader, h header) (*Text, error) {
	unit, each, err := unitOf(h.descr)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	n := h.shape.Size()
	none := time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC) // stands for NaT
	var times []time.Time
	days, digits := true, 0
	buf := make([]byte, 8)
	for i := range n {
		if _, err := io.ReadFull(br, buf); err == io.EOF || err == io.ErrUnexpectedEOF {
			return nil, fmt.Errorf("npy: the file ends after %d of the %d elements of shape %v", i, n, h.shape)
		} else if err != nil {
			return nil, fmt.Errorf("npy: %w", err)
		}
		count := int64(h.order.Uint64(buf))
		if count == missingTime {
			times = append(times, none)
			continue
		}
		t, ok := unit.at(count, each)
		if !ok {
			return nil, fmt.Errorf("npy: element %d: %d of %s is no time between the years 0 and 9999", i, count,
				h.descr)
		}
		times = append(times, t)
		days = days && t.Hour()+t.Minute()+t.Second()+t.Nanosecond() == 0
		for digits < 9 && t.Nanosecond()%int(math.Pow10(9-digits)) != 0 {
			digits += 3
		}
	}
	if err := ended(br, h); err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	layout := time.DateOnly
	if !days {
		layout += " 15:04:05" + []string{"", ".000", ".000000", ".000000000"}[digits/3]
	}
	out := &Text{Shape: h.shape, Strings: make([]string, len(times)), descr: h.descr}
	for i, t := range times {
		if t != none {
			out.Strings[i] = t.Format(layout)
		}
	}
	return out, nil
}
