package arrays

import (
	"fmt"

	"gorae/data"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// OpenValues implements task.Opener: a sample is a list of numbers, nested as the shape says; of several inputs such
// lists by the names of the inputs.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	a := &data.Arrays{Name: "samples"}
	for k := range f.Inputs {
		in := &f.Inputs[k]
		values := make([]any, len(samples))
		for i, s := range samples {
			values[i] = s
			if m, named := s.(map[string]any); named {
				v, ok := m[in.Name]
				if !ok {
					return nil, fmt.Errorf("sample %d: no value %q; give a list of numbers", i+1, in.Name)
				}
				values[i] = v
			} else if len(f.Inputs) > 1 {
				return nil, task.SampleError(i, s, "lists of numbers by the names of its inputs")
			}
		}
		x, err := data.TensorOf(values, in.Sample)
		if err != nil {
			return nil, err
		}
		if a.X == nil {
			a.X = x
		}
		a.All = append(a.All, tensor.Named{Name: in.Name, Tensor: x})
	}
	d, err := f.inputs(a)
	if err != nil {
		return nil, err
	}
	say := supervised.NewTable(f.Targets, r.Training)
	return &task.Bound{Name: a.Name, Data: d, Header: say.Header(), Decode: say.Decode}, nil
}
