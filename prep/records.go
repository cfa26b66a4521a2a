package prep

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorae/data"
)

// Records returns records of typed values, such as JSON objects, as a table that Apply and Dataset take: every column
// that features are made of must be a key of each record, with null where the value is missing; other keys, such as
// ids, are columns too. Numbers are taken as they are, never by way of text. A time.Time is written as the dates of the
// column were in training.
func (p *Pipeline) Records(records []map[string]any) (*data.Table, error) {
	for i := range p.Columns {
		f := &p.Columns[i]
		at := slices.IndexFunc(records, func(r map[string]any) bool { _, is := r[f.Name].(time.Time); return is })
		if at < 0 || f.Spec.Drop {
			continue
		}
		layout, err := f.layout()
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", at+1, err)
		}
		records = slices.Clone(records)
		for k, r := range records {
			if v, is := r[f.Name].(time.Time); is {
				records[k] = maps.Clone(r)
				records[k][f.Name] = v.Format(layout)
			}
		}
	}
	return data.FromRecords(records, p.Needs())
}

// layouts are ways of writing dates and times of day that a column of categories may have.
var layouts = []string{time.DateOnly, "2006/01/02", "2006.01.02", "2006. 1. 2.", "20060102", "02.01.2006", "2.1.2006",
	"02/01/2006", "2/1/2006", "01/02/2006", "1/2/2006", "02-01-2006", "01-02-2006", "2 Jan 2006", "02 Jan 2006",
	"2 January 2006", "Jan 2, 2006", "January 2, 2006", "2006-01", "2006/01", "200601", "2006", time.DateTime,
	"2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", time.RFC3339, time.TimeOnly, "15:04", "15",
	"January", "Jan"}

// layout returns how the categories of a column are written as dates: the one layout that writes all of them as they
// stand. An error where there is none, or several, as for 03/04/2024.
func (f *Fitted) layout() (string, error) {
	if c, is := f.Encoded.(*calendar); is {
		return c.Format.Layout, nil
	}
	levels := f.Levels()
	if len(levels) == 0 {
		return "", fmt.Errorf("%s: a time.Time, but the model was fitted with numbers or words; give such a value",
			f.Name)
	}
	found := slices.DeleteFunc(slices.Clone(layouts), func(layout string) bool {
		return slices.ContainsFunc(levels, func(level string) bool {
			at, err := time.Parse(layout, level)
			return err != nil || at.Format(layout) != level
		})
	})
	if len(found) != 1 {
		return "", fmt.Errorf("%s: a time.Time, but the model was fitted with values such as %q, which are no dates "+
			"in one way of writing; give a text like them", f.Name, levels[0])
	}
	return found[0], nil
}
