package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorae/internal/words"
)

// Clock is the times of a table's rows.
type Clock struct {
	Times   []time.Time // nil where the times are plain numbers
	Numbers []float64   // nil where they are times
	Format  TimeFormat
	Guesses []Guess // what was taken for granted about how they are written

	parts string // how times of columns of parts are written
}

// Compare returns a number below 0 where row i is earlier than row j, 0 where both are at the same time, else a number
// above 0.
func (c *Clock) Compare(i, j int) int {
	if c.Times == nil {
		return cmp.Compare(c.Numbers[i], c.Numbers[j])
	}
	return c.Times[i].Compare(c.Times[j])
}

// Time gives each row of a column its place in time, for Split by Time. Equal times have equal places. What Clock
// refuses is an error.
func (t *Table) Time(columns ...string) ([]int, error) {
	c, err := t.Clock(columns...)
	if err != nil {
		return nil, err
	}
	order := Range(t.Rows)
	slices.SortFunc(order, c.Compare)
	places := make([]int, t.Rows)
	for k, i := range order {
		if k > 0 {
			places[i] = places[order[k-1]]
			if c.Compare(order[k-1], i) != 0 {
				places[i]++
			}
		}
	}
	return places, nil
}

// Clock gives each row its time, from one column or from several that make it up together: a date and a time of day, or
// year, month, day, hour, minute and second by these names. Text must be dates in one way of writing that fits every
// row. Numbers are dates where they are written as such (20060102, 200601) or count from 1970 on (in seconds, milli-,
// micro- or nanoseconds), else plain numbers. A missing time, a text that is no date, and dates whose day and month no
// row tells apart are errors that name the row and the setting.
func (t *Table) Clock(columns ...string) (*Clock, error) { return t.ClockAs(nil, columns...) }

// ClockAs returns what Clock returns, with times in the format f; nil infers the format.
func (t *Table) ClockAs(f *TimeFormat, columns ...string) (*Clock, error) {
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
	r := &clockReader{t: t, columns: cs, name: strings.Join(columns, " "), zone: t.zone}
	if f != nil {
		r.zone = f.Zone
	}
	if err := r.locate(); err != nil {
		return nil, err
	}
	if len(cs) > 1 && (f == nil || f.Layout == layoutParts) {
		if roles := partRoles(cs); roles != nil {
			return r.parts(roles)
		}
	}
	r.texts = make([]string, t.Rows)
	parts := make([]string, len(cs))
	for i := range r.texts {
		for k, c := range cs {
			parts[k] = strings.TrimSpace(c.Spelling(i))
		}
		r.texts[i] = strings.Join(parts, " ")
	}
	if f == nil {
		return r.infer()
	}
	c, err := r.as(*f)
	if err != nil && f.Layout != layoutNumber { // dates that cannot be mistaken may be written otherwise
		if other, oerr := r.infer(); oerr == nil && other.Times != nil && len(other.Guesses) == 0 {
			return other, nil
		}
	}
	return c, err
}

// clockReader reads the times of a table.
type clockReader struct {
	t       *Table
	columns []*Column
	name    string
	zone    string
	in      *time.Location // of times without a zone
	texts   []string
}

// locate finds the zone.
func (r *clockReader) locate() (err error) {
	if r.in = time.UTC; r.zone == "" {
		return nil
	}
	if r.in, err = time.LoadLocation(r.zone); err != nil {
		return fmt.Errorf("%s: the zone %q is not known on this machine", r.t.Name, r.zone)
	}
	return nil
}

// options say how messages name settings.
func (r *clockReader) options() CSVOptions { return CSVOptions{Flags: r.t.flags} }

// numbers reports whether all texts are plain numbers.
func (r *clockReader) numbers() bool {
	if len(r.columns) != 1 {
		return false
	}
	c := r.columns[0]
	return c.Kind == Number || !slices.ContainsFunc(r.texts,
		func(s string) bool { _, ok := parseNumber(s); return !ok })
}

// as reads times that are written in one way.
func (r *clockReader) as(f TimeFormat) (*Clock, error) {
	if f.Layout == layoutNumber {
		return r.plain()
	}
	times, odd := f.fit(r.texts, r.in)
	if odd >= 0 {
		return nil, r.t.ErrorAt(odd, r.name, "%q is not written as %s, as the times before were",
			words.Clip(r.texts[odd], 30), f.Layout)
	}
	return r.clock(f, times)
}

// plain returns times that are plain numbers.
func (r *clockReader) plain() (*Clock, error) {
	c := &Clock{Numbers: make([]float64, len(r.texts)), Format: TimeFormat{Layout: layoutNumber}}
	for i := range r.texts {
		v, err := r.columns[0].Float(i)
		if err != nil {
			return nil, r.t.ErrorAt(i, r.name, "%w", err)
		}
		c.Numbers[i] = v
	}
	return c, nil
}

// infer finds out how the times are written.
func (r *clockReader) infer() (*Clock, error) {
	dates := r.t.dates
	_, epoch := epochs[dates]
	switch {
	case dates == layoutNumber || epoch:
		return r.as(TimeFormat{Layout: dates, Zone: r.zone})
	case len(r.texts) == 0:
		return r.plain()
	case r.numbers():
		layout := ofDigits(r.texts)
		if layout == "" {
			return r.plain()
		}
		f := TimeFormat{Layout: layout, Zone: r.zone}
		times, odd := f.fit(r.texts, r.in)
		if odd >= 0 {
			return r.plain()
		}
		c, err := r.clock(f, times)
		if err == nil {
			what := "counts of " + layout + " since 1970"
			if _, counts := epochs[layout]; !counts {
				what = "dates written as " + layout
			}
			r.guess(c, len(times), r.options().both("dates", layoutNumber)+" takes them for plain numbers",
				"%s are taken for %s: %s is %s",
				words.Plural(len(times), "number"), what, r.texts[0], times[0].Format("2 January 2006 15:04:05"))
		}
		return c, err
	}
	return r.inferText(dates)
}

func (r *clockReader) guess(c *Clock, count int, key, format string, args ...any) {
	c.Guesses = append(c.Guesses, Guess{Column: r.name, What: fmt.Sprintf(format, args...), Count: count, Key: key})
}

// inferText finds the layout of dates that are text.
func (r *clockReader) inferText(order string) (*Clock, error) {
	type reading struct {
		order  string
		format TimeFormat
		times  []time.Time
	}
	var fits []reading
	odd := 0
	settled := -1 // the row that an order of day and month did not fit
	for _, l := range layoutsLike(r.texts[0], order) {
		f := TimeFormat{Layout: l.layout, Zone: r.zone}
		times, at := f.fit(r.texts, r.in)
		if at >= 0 {
			odd = max(odd, at)
			if l.order != "" && at > settled {
				settled = at
			}
			continue
		}
		f.shape(r.texts)
		k := slices.IndexFunc(fits, func(o reading) bool { return slices.EqualFunc(o.times, times, time.Time.Equal) })
		switch {
		case k < 0:
			fits = append(fits, reading{l.order, f, times})
		case !fits[k].format.writes(fits[k].times, r.texts) && f.writes(times, r.texts):
			fits[k].format = f
		}
	}
	switch len(fits) {
	case 0:
		if p := r.zoneProblem(r.texts[odd]); p != "" {
			return nil, r.t.ErrorAt(odd, r.name, "%q: %s", words.Clip(r.texts[odd], 30), p)
		}
		return nil, r.t.ErrorAt(odd, r.name,
			"%q is no date that cannot be mistaken; write dates as 2006-01-02 15:04:05", words.Clip(r.texts[odd], 30))
	case 1:
		c, err := r.clock(fits[0].format, fits[0].times)
		if o := fits[0].order; err == nil && o != "" && order == "" {
			other := map[string]string{"dmy": "mdy", "mdy": "dmy", "ymd": "dmy"}[o]
			settles := ""
			if settled >= 0 {
				settles = fmt.Sprintf(", as %s in %s says", words.Clip(r.texts[settled], 30), r.t.Place(settled))
			}
			r.guess(c, len(r.texts), r.options().both("dates", other)+" says otherwise",
				"the order of day, month and year is %s%s", o,
				settles)
		}
		return c, err
	}
	var may, keys []string
	for _, f := range fits {
		may = append(may, f.times[0].Format("2 January 2006"))
		keys = append(keys, r.options().say("dates", f.order))
	}
	at := 0
	for i := range r.texts { // a row in which they differ
		if !fits[0].times[i].Equal(fits[1].times[i]) {
			at = i
			break
		}
	}
	for k, f := range fits {
		may[k] = f.times[at].Format("2 January 2006")
	}
	return nil, r.t.ErrorAt(at, r.name, "%q may be %s, and no row settles which; give %s",
		words.Clip(r.texts[at], 30), strings.Join(may, " or "), strings.Join(keys, " or "))
}

// clock settles times that clocks show twice or never, and takes them into the zone.
func (r *clockReader) clock(f TimeFormat, times []time.Time) (*Clock, error) {
	if r.zone != "" {
		_, epoch := epochs[f.Layout]
		written := f.zoned()
		for i, t := range times {
			if epoch || written {
				times[i] = t.In(r.in)
				continue
			}
			if skipped(t, f, r.texts[i]) {
				return nil, r.t.ErrorAt(i, r.name, "clocks in %s never showed %s, as they were set forward; correct it",
					r.zone, words.Clip(r.texts[i], 30))
			}
			times[i] = settleTwice(t, times[:i])
		}
	}
	return &Clock{Times: times, Format: f}, nil
}

// skipped reports whether the clocks of a zone never showed what a text says: the time of it shows something else.
func skipped(t time.Time, f TimeFormat, text string) bool {
	u, ok := f.parse(text, time.UTC)
	return ok && (u.Hour() != t.Hour() || u.Minute() != t.Minute())
}

// settleTwice returns the time at which clocks show what they show at t, where they are set back and show it twice: the
// second time where the first is not after the time of the row before.
func settleTwice(t time.Time, before []time.Time) time.Time {
	_, offset := t.Zone()
	first, second := t, t
	for _, d := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if _, o := t.Add(d).Zone(); time.Duration(offset-o)*time.Second == d {
			second = t.Add(d)
		}
		if _, o := t.Add(-d).Zone(); time.Duration(o-offset)*time.Second == d {
			first = t.Add(-d)
		}
	}
	if n := len(before); n > 0 && !first.After(before[n-1]) && second.After(before[n-1]) {
		return second
	}
	return first
}

// partNames are the columns that make up a time.
var partNames = [][]string{{"year", "yr", "yyyy", "연도", "년"}, {"month", "mon", "mo", "mm", "월"},
	{"day", "dd", "mday", "dom", "일"}, {"hour", "hr", "hh", "시"}, {"minute", "min", "mi", "분"},
	{"second", "sec", "ss", "초"}}

// partRoles returns the part of a time (year, month, …) that each column holds, by its name; nil where the columns are
// not parts.
func partRoles(cs []*Column) []int {
	var roles []int
	for _, c := range cs {
		role := slices.IndexFunc(partNames, func(names []string) bool {
			return slices.Contains(names, strings.ToLower(strings.TrimSpace(c.Name)))
		})
		if role < 0 || slices.Contains(roles, role) {
			return nil
		}
		roles = append(roles, role)
	}
	for role := range roles { // no part is left out before another
		if !slices.Contains(roles, role) {
			return nil
		}
	}
	return roles
}

// parts returns times from columns of years, months and so on.
func (r *clockReader) parts(roles []int) (*Clock, error) {
	c := &Clock{Times: make([]time.Time, r.t.Rows), Format: TimeFormat{Layout: layoutParts, Zone: r.zone}}
	least := [6]int{0, 1, 1, 0, 0, 0}
	most := [6]int{9999, 12, 31, 23, 59, 59}
	for i := range c.Times {
		v, nanos := least, 0
		for k, role := range roles {
			text := strings.TrimSpace(r.columns[k].Spelling(i))
			x, err := r.columns[k].Float(i)
			n := int(x)
			switch {
			case err != nil || float64(n) != x && role < 5:
				return nil, r.t.ErrorAt(i, r.columns[k].Name, "%s is no %s", words.Clip(text, 30), partNames[role][0])
			case n < least[role] || n > most[role]:
				return nil, r.t.ErrorAt(i, r.columns[k].Name, "%s is no %s; it goes from %d to %d",
					words.Clip(text, 30),
					partNames[role][0], least[role], most[role])
			}
			v[role] = n
			nanos = int(math.Round((x - float64(n)) * 1e9))
		}
		t := time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], nanos, r.in)
		if t.Day() != v[2] {
			return nil, r.t.ErrorAt(i, r.name, "%d-%02d-%02d is no date", v[0], v[1], v[2])
		}
		c.Times[i] = settleTwice(t, c.Times[:i])
	}
	c.parts = shortestLayout(c.Times)
	return c, nil
}

// TimeParts returns the columns of a table that are called year, month, and so on; nil where there are not at least
// these two.
func (t *Table) TimeParts() []string {
	var out []string
	for _, names := range partNames {
		at := slices.IndexFunc(t.Columns, func(c Column) bool {
			return strings.EqualFold(strings.TrimSpace(c.Name), names[0])
		})
		if at < 0 {
			break
		}
		out = append(out, t.Columns[at].Name)
	}
	if len(out) < 2 {
		return nil
	}
	if _, err := t.Clock(out...); err != nil {
		return nil
	}
	return out
}

// Stamp returns a time as the rows have it; of several columns, or of parts, as a date with the time of day.
func (c *Clock) Stamp(t time.Time) string {
	if c.Format.Layout == layoutParts {
		return t.Format(c.parts)
	}
	return c.Format.Format(t)
}

// shortestLayout returns the shortest way of writing that tells all these times whole.
func shortestLayout(times []time.Time) string {
	layout, digits := "2006-01", 0
	for _, t := range times {
		if t.Hour()+t.Minute()+t.Second()+t.Nanosecond() > 0 {
			layout = time.DateTime
		} else if layout == "2006-01" && t.Day() != 1 {
			layout = time.DateOnly
		}
		for ns := t.Nanosecond(); digits < 9 && ns%int(math.Pow10(9-digits)) != 0; digits++ {
		}
	}
	if digits > 0 {
		layout += "." + strings.Repeat("0", digits)
	}
	return layout
}
