package series

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorae/data"
	"gorae/internal/pattern"
	"gorae/internal/words"
)

// TimeColumns guesses which columns of a table are its time: one column of text that is
// dates throughout, or one of dates beside one of times of day; nil where there is none. Numbers are
// never taken for times. Where the only such column begins with dates and goes on otherwise, that
// is an error with its place.
func TimeColumns(t *data.Table) ([]string, error) {
	if t.Rows == 0 {
		return nil, nil
	}
	var dates, hours []string
	var broken error
	for i := range t.Columns {
		c := &t.Columns[i]
		if !t.MayBeTime(c) {
			continue
		}
		if _, err := t.Clock(c.Name); err != nil {
			broken = cmp.Or(broken, err)
		} else if timeOfDay.Regexp().MatchString(strings.TrimSpace(c.Spelling(0))) {
			hours = append(hours, c.Name)
		} else {
			dates = append(dates, c.Name)
		}
	}
	switch {
	case len(dates) == 0 && broken == nil:
		return t.TimeParts(), nil
	case len(dates) == 0:
		return nil, broken
	case len(hours) == 1 && len(dates) == 1:
		return []string{dates[0], hours[0]}, nil
	}
	return dates[:1], nil
}

var timeOfDay = pattern.Pattern{Expr: `^\d{1,2}:\d{2}`}

// Report adds to a report on a table what is to be said of its rows as a series: of the columns of time that are named,
// by name or place, or else of those that TimeColumns finds, where there are any.
func Report(r *data.Report, t *data.Table, named []string) error {
	var columns []string
	for _, name := range named {
		c, err := t.Column(name)
		if err != nil {
			return fmt.Errorf("--time: %w", err)
		}
		columns = append(columns, c.Name)
	}
	if columns == nil {
		var err error
		if columns, err = TimeColumns(t); err != nil {
			r.Warnings = append(r.Warnings, err.Error())
		}
	}
	if columns == nil {
		return nil
	}
	lines, guesses, err := Inspect(t, columns)
	r.Series, r.Guesses = lines, append(r.Guesses, guesses...)
	return err
}

// Inspect returns lines about the series of a table: all irregular times, also those for which FromTable returns an
// error, and the lines of Describe. The second result lists what was guessed about the format of the values.
func Inspect(t *data.Table, time []string) ([]string, []data.Guess, error) {
	var lines []string
	at, err := t.Clock(time...)
	if err != nil {
		return nil, nil, err
	}
	first := func(rows []int, what, remedy string) {
		if len(rows) > 0 {
			lines = append(lines, fmt.Sprintf("%s: %s, the first of %d such rows; %s", t.Place(rows[0]), what,
				len(rows), remedy))
		}
	}
	var unsorted, repeated []int
	for i := 1; i < t.Rows; i++ {
		if at.Compare(i, i-1) < 0 {
			unsorted = append(unsorted, i)
		}
	}
	sorted := data.Range(t.Rows)
	slices.SortStableFunc(sorted, at.Compare)
	for i := 1; i < len(sorted); i++ {
		if at.Compare(sorted[i], sorted[i-1]) == 0 {
			repeated = append(repeated, sorted[i])
		}
	}
	slices.Sort(repeated)
	first(unsorted, "its time is earlier than that of the row before", "sort the rows, or give series: {sort: true}")
	first(repeated, "its time has been there", "remove it, or give series: {repeated: first} or last")
	missing := 0
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind != data.Number || slices.Contains(time, c.Name) {
			continue
		}
		for k := range t.Rows {
			if c.IsMissing(k) {
				missing++
			}
		}
	}
	if missing > 0 {
		lines = append(lines, fmt.Sprintf("%s: %s; give series: {fill: previous}, linear or zero", t.Name,
			words.Plural(float64(missing), "missing value")))
	}
	f, err := FromTable(t, Reading{Time: time, Sort: true, Repeated: "first", Fill: "linear"})
	if err != nil {
		return append(lines, err.Error()), at.Guesses, nil
	}
	described := Describe(f)
	return append(append(described[:1:1], lines...), described[1:]...), f.Guesses, nil
}

// zones looks at times that are written with several offsets from UTC. As instants they are what they are, but hours
// and weekdays, and how a forecast goes on, are those of one clock. Offsets an hour apart that change now and then are
// one clock's, of summer and winter time: they are noted. Others are clocks of several zones, an error.
func (f *Frame) zones(t *data.Table, rows []int) error {
	if f.Times == nil || f.clock.Format.Zone != "" {
		return nil
	}
	first, changes := 0, 0
	_, low := f.Times[0].Zone()
	high := low
	for k := 1; k < len(f.Times); k++ {
		_, before := f.Times[k-1].Zone()
		_, here := f.Times[k].Zone()
		if here == before {
			continue
		}
		if changes++; changes == 1 {
			first = k
		}
		low, high = min(low, here), max(high, here)
		years := int(f.Times[k].Sub(f.Times[0])/(365*24*time.Hour)) + 1
		if high-low > 3600 || changes > 2*years+1 {
			return t.ErrorAt(rows[k], "", "clocks of several zones (%s before this row, %s here), so which hour of "+
				"the day is meant cannot be told; give zone: NAME, such as UTC or Asia/Seoul, which takes all into one",
				zoneName(f.Times[k-1]), zoneName(f.Times[k]))
		}
	}
	if changes > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("%s: the times are of two zones (%s before this row, %s here); "+
			"all are taken as instants, hours and weekdays as they are written; zone: NAME takes all into one",
			t.Place(rows[first]), zoneName(f.Times[first-1]), zoneName(f.Times[first])))
	}
	return nil
}

// zoneName returns a zone as it is written: its letters or its offset from UTC.
func zoneName(t time.Time) string {
	if name, _ := t.Zone(); name != "" && name != "UTC" {
		return name
	}
	return t.Format("Z07:00")
}
