package grouped

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorae/data"
	"gorae/task"
)

// Needs implements task.Columner: the columns of the rows that are aggregated.
func (f *Fitted) Needs() []string {
	var out []string
	for _, c := range f.aggregation.Columns {
		of := []string{c.Name}
		for _, p := range f.aggregation.Products {
			if p.Name == c.Name {
				of = p.Of
			}
		}
		out = append(out, of...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// OpenValues implements task.Opener: a sample is the rows of a key, a list of the values of each by name. The key
// itself is not asked for.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	var records []map[string]any
	needs := f.Needs()
	want := "the rows of a key, a list of structs or maps with the values " + strings.Join(needs, ", ")
	for i, s := range samples {
		rows, ok := s.([]any)
		if !ok || len(rows) == 0 {
			return nil, task.SampleError(i, s, want)
		}
		for _, row := range rows {
			values, ok := row.(map[string]any)
			if !ok {
				return nil, task.SampleError(i, s, want)
			}
			record := maps.Clone(values)
			record[f.aggregation.Key] = strconv.Itoa(i + 1)
			for _, c := range f.aggregation.Columns {
				if at, is := record[c.Name].(time.Time); is && c.Format != nil {
					record[c.Name] = c.Format.Format(at)
				}
			}
			records = append(records, record)
		}
	}
	t, err := data.FromRecords(records, needs)
	if err != nil {
		return nil, err
	}
	keys, _, err := f.aggregation.apply(t)
	if err != nil {
		return nil, err
	}
	return f.table.Bind(r, keys)
}
