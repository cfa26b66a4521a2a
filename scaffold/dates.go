package scaffold

import (
	"slices"
	"strings"
	"time"

	"gorae/config"
	"gorae/data"
)

// How long the dates of a column go on before a part of them comes again.
const (
	someDays  = 2 * 24 * time.Hour
	someWeeks = 14 * 24 * time.Hour
	oneYear   = 330 * 24 * time.Hour
)

// dates has the parts of dates learnt that come again: the hour, the weekday and the month, where the dates of a column
// go on long enough to show them; besides, where rows are not split by time, the time that has elapsed. byTime says
// that they are.
func (d *Draft) dates(t *data.Table, target *data.Column, byTime bool) {
	for i := range t.Columns {
		c := &t.Columns[i]
		if c == target || t.Identity(i).Kind != data.NoRule || !t.MayBeTime(c) || t.Content(i).Kind != data.ManyLevels {
			continue
		}
		path := "data.features." + config.Step(c.Name)
		clock, err := t.Clock(c.Name)
		if err != nil {
			d.set(path, "drop")
			d.because(path, "%v", err)
			continue
		}
		parts := partsOf(clock.Times)
		if len(parts) == 0 {
			continue
		}
		what := "the parts of dates that come again"
		if !byTime {
			parts = append(parts, "elapsed")
			what = "the parts of dates that come again, and the time itself"
		}
		d.settings = append(d.settings, path+`={"encode":{"calendar":{"parts":[`+strings.Join(parts, ", ")+`]}}}`)
		d.because(path, "%s", what)
	}
}

// partsOf returns the parts of times that come again; none where there are no dates.
func partsOf(times []time.Time) (parts []string) {
	var all []time.Time
	clock := false
	for _, at := range times {
		if !at.IsZero() {
			all = append(all, at)
			clock = clock || at.Hour() != 0 || at.Minute() != 0
		}
	}
	if len(all) == 0 {
		return nil
	}
	span := slices.MaxFunc(all, time.Time.Compare).Sub(slices.MinFunc(all, time.Time.Compare))
	if span >= oneYear {
		parts = append(parts, "month")
	}
	if span >= someWeeks {
		parts = append(parts, "weekday")
	}
	if clock && span >= someDays {
		parts = append(parts, "hour")
	}
	return parts
}
