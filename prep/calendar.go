package prep

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gorae/config"
	"gorae/data"
)

// Calendar is the parts of dates and times. month, weekday, yearday and hour are cyclic: the sine and the cosine of
// 2π·place, the place in its cycle being 0 at its beginning (January, Monday, the first of January, midnight) and below
// 1, so that December lies beside January. weekend, month_end and holiday are 1 on a Saturday or Sunday, on a month's
// last day and on a holiday, else 0. elapsed is the time itself, brought to mean 0 and standard deviation 1 over the
// training rows, so that a network can follow a trend. A missing time has zeros alone.
//
// parts is the list of parts in their order; left out, month, weekday, yearday, weekend, month_end and elapsed, hour
// where some training row is not at midnight, and holiday where holidays are given. holidays is a list of days, of each
// year (12-25) or of one (2024-02-10). A column becomes a feature for each part, two for a cyclic one. Times are read
// as data.dates and data.zone say, and new rows as the training's were.
//
// Example: with parts [month, weekend] 2024-06-01 becomes 0.5, −0.87, 1.
//
// Source: the parts are those of pandas.Series.dt, the circle is common practice.
type Calendar struct {
	Parts    []string `keras:"parts,optional,oneof=month|weekday|yearday|hour|weekend|month_end|holiday|elapsed"`
	Holidays []string `keras:"holidays,optional,literal"`
}

// The parts of a time, in the order of their features.
var calendarParts = []string{"month", "weekday", "yearday", "hour", "weekend", "month_end", "holiday", "elapsed"}

// holidayLayouts are the ways of writing a holiday: of each year and of one.
var holidayLayouts = []string{"01-02", "2006-01-02"}

// check returns an error for what the tags do not tell.
func (e *Calendar) check() error {
	for i, p := range e.Parts {
		if slices.Contains(e.Parts[:i], p) {
			return config.Errorf("parts", "%s stands twice", p).Fix("leave one out")
		}
	}
	for _, h := range e.Holidays {
		if _, _, ok := holidayOf(h); !ok {
			return config.Errorf("holidays", "%q is no day", h).Fix("write 12-25 for each year, 2024-12-25 for one")
		}
	}
	if slices.Contains(e.Parts, "holiday") && len(e.Holidays) == 0 {
		return config.Errorf("holidays", "the part holiday needs days").Fix("give holidays: [12-25, …]")
	}
	return nil
}

// holidayOf reads a holiday; each says that it is one of each year.
func holidayOf(text string) (day time.Time, each, ok bool) {
	for k, layout := range holidayLayouts {
		at := text
		if k == 0 { // a leap year, which has each day
			layout, at = holidayLayouts[1], "2000-"+text
		}
		if day, err := time.Parse(layout, at); err == nil {
			return day, k == 0, true
		}
	}
	return time.Time{}, false, false
}

// Fit implements Encoder.
func (e *Calendar) Fit(in *Fitting) (Encoded, error) {
	if err := e.check(); err != nil {
		return nil, config.Under("encode.calendar", err)
	}
	format, err := formatOf(in.Table, in.Column)
	if err != nil {
		return nil, err
	}
	times, err := timesOf(&format, in.Table, in.Column)
	if err != nil {
		return nil, err
	}
	s := &calendar{Parts: e.Parts, Format: format, Holidays: e.Holidays, Divisor: 1}
	if len(s.Parts) == 0 {
		s.Parts = slices.DeleteFunc(slices.Clone(calendarParts), func(p string) bool {
			return p == "holiday" && len(e.Holidays) == 0 || p == "hour" && !slices.ContainsFunc(times,
				func(t time.Time) bool { return !t.IsZero() && (t.Hour() != 0 || t.Minute() != 0 || t.Second() != 0) })
		})
	}
	var days []float64
	for _, t := range times {
		if !t.IsZero() {
			days = append(days, elapsed(t))
		}
	}
	l := standard(days)
	s.Shift, s.Divisor = l.Shift, l.Divisor
	s.prepareDays()
	return s, nil
}

// formatOf returns how the times of a column are written.
func formatOf(t *data.Table, c *data.Column) (data.TimeFormat, error) {
	one := *t
	one.Columns = []data.Column{*c}
	known := make([]int, 0, c.Len())
	for r := range c.Len() {
		if !c.IsMissing(r) {
			known = append(known, r)
		}
	}
	part := one.Select(known)
	clock, err := part.Clock("1")
	if err == nil && clock.Times == nil {
		err = part.ErrorAt(0, "", "%s holds plain numbers such as %s, and calendar needs dates; give data.dates: "+
			"seconds where they count from 1970 on, or zscore", c.Name, c.Text(known[0]))
	}
	if err != nil {
		return data.TimeFormat{}, err
	}
	return clock.Format, nil
}

// timesOf returns the times of a column's rows, the zero time where they are missing.
func timesOf(f *data.TimeFormat, t *data.Table, c *data.Column) ([]time.Time, error) {
	times, odd, err := f.Times(c)
	if odd >= 0 {
		err = t.ErrorAt(odd, c.Name, "%q is not written as %s, as the times of the training are", clip(c.Text(odd)),
			f.Layout)
	}
	return times, err
}

// elapsed is the time in days from 1970 on.
func elapsed(t time.Time) float64 { return (float64(t.Unix()) + float64(t.Nanosecond())/1e9) / 86400 }

// Blank implements Encoder.
func (*Calendar) Blank() Encoded { return &calendar{} }

// calendar is Calendar fitted.
type calendar struct {
	Parts    []string        `json:"parts"`
	Format   data.TimeFormat `json:"format"`
	Holidays []string        `json:"holidays,omitempty"`
	Shift    float64         `json:"shift"`
	Divisor  float64         `json:"divisor"`

	days map[[3]int]bool // holidays as year, month and day; year 0 is each
}

func (s *calendar) prepareDays() {
	s.days = map[[3]int]bool{}
	for _, h := range s.Holidays {
		if day, each, ok := holidayOf(h); ok {
			key := [3]int{day.Year(), int(day.Month()), day.Day()}
			if each {
				key[0] = 0
			}
			s.days[key] = true
		}
	}
}

func cyclic(part string) bool { return slices.Index(calendarParts, part) < 4 }

// Width implements Encoded.
func (s *calendar) Width() int {
	n := len(s.Parts)
	for _, p := range s.Parts {
		if cyclic(p) {
			n++
		}
	}
	return n
}

// Names implements Encoded.
func (s *calendar) Names(column string) []string {
	var names []string
	for _, p := range s.Parts {
		if cyclic(p) {
			names = append(names, column+" "+p+" sin", column+" "+p+" cos")
		} else {
			names = append(names, column+" "+p)
		}
	}
	return names
}

// Bind implements Encoded.
func (s *calendar) Bind(t *data.Table, c *data.Column) (Row, error) {
	times, err := timesOf(&s.Format, t, c)
	if err != nil {
		return nil, err
	}
	return func(to []float32, r int) error {
		at := times[r]
		if at.IsZero() {
			return nil
		}
		for _, p := range s.Parts {
			if cyclic(p) {
				sin, cos := math.Sincos(2 * math.Pi * place(p, at))
				to[0], to[1] = float32(sin), float32(cos)
				to = to[2:]
				continue
			}
			to[0] = s.mark(p, at)
			to = to[1:]
		}
		return nil
	}, nil
}

// place returns the place of a time in a cycle, from 0 to below 1.
func place(cycle string, t time.Time) float64 {
	day := (float64(t.Hour()*3600+t.Minute()*60+t.Second()) + float64(t.Nanosecond())/1e9) / 86400
	switch cycle {
	case "hour":
		return day
	case "weekday":
		return (float64((int(t.Weekday())+6)%7) + day) / 7
	case "month":
		return float64(t.Month()-1) / 12
	}
	days := time.Date(t.Year(), time.December, 31, 0, 0, 0, 0, time.UTC).YearDay()
	return (float64(t.YearDay()-1) + day) / float64(days)
}

// mark returns the feature of a part that is not cyclic.
func (s *calendar) mark(part string, t time.Time) float32 {
	is := false
	switch part {
	case "weekend":
		is = t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	case "month_end":
		is = t.AddDate(0, 0, 1).Day() == 1
	case "holiday":
		y, m, d := t.Date()
		is = s.days[[3]int{y, int(m), d}] || s.days[[3]int{0, int(m), d}]
	default:
		return float32((elapsed(t) - s.Shift) / s.Divisor)
	}
	if is {
		return 1
	}
	return 0
}

func (s *calendar) prepare(*Fitted) { s.prepareDays() }

// Check implements Encoded.
func (s *calendar) Check() error {
	for i, p := range s.Parts {
		if !slices.Contains(calendarParts, p) || slices.Contains(s.Parts[:i], p) {
			return fmt.Errorf("parts %v of times", s.Parts)
		}
	}
	if len(s.Parts) == 0 || !finite(s.Shift, s.Divisor) || s.Divisor == 0 {
		return fmt.Errorf("parts %v of times (t − %v) / %v", s.Parts, s.Shift, s.Divisor)
	}
	return nil
}
