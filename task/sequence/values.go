package sequence

import (
	"fmt"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/sequence"
	"gorae/task"
	"gorae/task/supervised"
)

// Needs implements task.Columner: the values of a step.
func (f *Fitted) Needs() []string { return slices.Clone(f.Names) }

// OpenValues implements task.Opener: a sample is a list of steps, each a list with a value for each feature, in the
// order of the training, or the values by name; of a single feature the values themselves.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	all := make([][][]float64, len(samples))
	for i, s := range samples {
		steps, ok := s.([]any)
		if !ok {
			return nil, task.SampleError(i, s, "a list of steps with the values "+strings.Join(f.Names, ", "))
		}
		for k, step := range steps {
			values, err := f.step(step)
			if err != nil {
				return nil, fmt.Errorf("sample %d, step %d: %w", i+1, k+1, err)
			}
			all[i] = append(all[i], values)
		}
	}
	set, err := sequence.FromSteps("samples", slices.Clone(f.Names), all)
	if err != nil {
		return nil, err
	}
	p, err := f.padded(set)
	if err != nil {
		return nil, err
	}
	say := supervised.NewTable(f.Targets, r.Training)
	return &task.Bound{Name: set.Name, Data: p, Header: say.Header(), Decode: say.Decode}, nil
}

// step returns the values of a step.
func (f *Fitted) step(step any) ([]float64, error) {
	switch step := step.(type) {
	case []any:
		out := make([]float64, len(step))
		for j, v := range step {
			x, ok := data.NumberOf(v)
			if !ok {
				return nil, fmt.Errorf("%v is no number; give one for each of %s", v, strings.Join(f.Names, ", "))
			}
			out[j] = x
		}
		return out, nil
	case map[string]any:
		out := make([]float64, len(f.Names))
		for j, name := range f.Names {
			v, ok := step[name]
			if !ok {
				return nil, fmt.Errorf("no value %q; a step has %s", name, strings.Join(f.Names, ", "))
			}
			if out[j], ok = data.NumberOf(v); !ok {
				return nil, fmt.Errorf("%s: %v is no number; sequences have no missing values", name, v)
			}
		}
		return out, nil
	}
	x, ok := data.NumberOf(step)
	if !ok {
		return nil, fmt.Errorf("%v is no number, and no list of them", step)
	}
	return []float64{x}, nil
}
