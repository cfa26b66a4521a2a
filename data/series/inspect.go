package series

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gorae/data"
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
	head := t.Select([]int{0})
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind == data.Number || c.IsMissing(0) {
			continue
		}
		if _, err := head.Clock(c.Name); err != nil { // tells most columns of words cheaply
			continue
		}
		if _, err := t.Clock(c.Name); err != nil {
			broken = cmp.Or(broken, err)
		} else if timeOfDay.MatchString(strings.TrimSpace(c.Strings[0])) {
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

var timeOfDay = regexp.MustCompile(`^\d{1,2}:\d{2}`)

// Inspect says in lines what the series of a table are like: all that is odd about their times,
// also what FromTable would refuse, and what Describe says. Beside them it is what was guessed of how they are written.
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

var offset = regexp.MustCompile(`(?:Z|[+-]\d{2}:?\d{2})$`)

// zones notes times that are written with several offsets from UTC: they are instants, and are
// compared as such, but an hour of the day is no longer the one that is written.
func (f *Frame) zones(t *data.Table, rows []int, time []string) {
	c, err := t.Column(time[len(time)-1])
	if err != nil || c.Kind == data.Number || f.Times == nil || f.clock.Format.Zone != "" {
		return
	}
	seen := ""
	for k, i := range rows {
		text := strings.TrimSpace(c.Strings[i])
		if len(text) < len("2006-01-02T15:04Z") && !strings.HasSuffix(text, "Z") {
			return // dates without time of day end in -02 too
		}
		z := offset.FindString(text)
		if k > 0 && z != seen {
			f.Notes = append(f.Notes, fmt.Sprintf("%s: the times are of two zones (%s before this row, %s here); "+
				"all are taken as instants, hours and weekdays as they are written; zone: NAME takes all into one", t.Place(i), name(seen), name(z)))
			return
		}
		seen = z
	}
}

func name(zone string) string {
	if zone == "" {
		return "none"
	}
	return zone
}
