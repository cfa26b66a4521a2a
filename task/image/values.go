package image

import (
	"gorae/data"
	"gorae/data/image"
	"gorae/task"
	"gorae/task/supervised"
	"gorae/tensor"
)

// OpenValues implements task.Opener: a sample is an image.Image or the bytes of a picture file, or, for a network that
// learnt from arrays, a list of rows of pixels.
func (f *Fitted) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	if _, lists := samples[0].([]any); lists {
		return f.lists(r, samples)
	}
	files, err := image.Values(samples, task.SampleError)
	if err != nil {
		return nil, err
	}
	p, err := f.fromFiles(files, nil)
	if err != nil {
		return nil, err
	}
	return f.values(r, p)
}

// lists takes samples as nested lists of numbers, which go to the network as they are.
func (f *Fitted) lists(r *task.Request, samples []any) (*task.Bound, error) {
	x, err := data.TensorOf(samples, f.Sample)
	if err != nil {
		return nil, err
	}
	p, err := f.fromArrays(&data.Arrays{Name: "samples", X: x})
	if err != nil {
		return nil, err
	}
	return f.values(r, p)
}

// values returns samples without ids.
func (f *Fitted) values(r *task.Request, p *pictures) (*task.Bound, error) {
	if !f.takes(p.shape) {
		return nil, task.SampleError(0, tensor.Shape(p.shape), "pictures of shape "+f.Sample.String())
	}
	say := supervised.NewTable(f.Targets, r.Training)
	return &task.Bound{Name: p.name, Notes: p.notes, Data: p.data, Header: say.Header(), Decode: say.Decode}, nil
}
