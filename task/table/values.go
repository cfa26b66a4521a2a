package table

import (
	"fmt"
	"strings"

	"gorae/task"
)

// Needs implements task.Columner.
func (f *Fitted) Needs() []string { return f.Pipeline.Needs() }

// OpenValues implements task.Opener: a sample is the values of a row by name, or the text of a model that takes one
// column.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	needs := f.Needs()
	records := make([]map[string]any, len(samples))
	for i, s := range samples {
		switch s := s.(type) {
		case map[string]any:
			records[i] = s
		case string:
			if len(needs) != 1 {
				return nil, fmt.Errorf("sample %d: a text, but the model takes rows of %s; give a struct or a map", i+1,
					strings.Join(needs, ", "))
			}
			records[i] = map[string]any{needs[0]: s}
		default:
			return nil, task.SampleError(i, s, "a struct or a map with the values "+strings.Join(needs, ", "))
		}
	}
	t, err := f.Pipeline.Records(records)
	if err != nil {
		return nil, err
	}
	return f.rows(r, t)
}
