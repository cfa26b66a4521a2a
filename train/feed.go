package train

import (
	"context"
	"errors"
	"io"

	"gorae/data"
	"gorae/tensor"
)

// feed hands out the batches of a dataset as inputs of a step: the model's inputs,
// the targets, and the samples' weights where there are any: one list for all outputs, or one for each.
type feed struct {
	loader  data.Loader
	samples [][]float32 // weights by sample; a list that is nil: all 1
	classes map[int]float64
	weights []*tensor.Tensor // of a whole batch
	parts   []tensor.Tensor  // of the present one
	in      []*tensor.Tensor

	watch func(k Kind, done int) error // is told of each batch that each goes over; nil: nobody is
}

// feed is the data in batches of a size; targets says whether there must be some.
func (d Data) feed(part string, size int, targets bool) (*feed, error) {
	ds, err := d.dataset(part, targets)
	if err != nil {
		return nil, err
	}
	f := &feed{loader: data.Loader{Data: ds, Size: size}}
	for _, w := range d.weights() {
		if w == nil {
			f.samples = append(f.samples, nil)
		} else {
			f.samples = append(f.samples, w.F32)
		}
	}
	return f, nil
}

// prepare makes room for the weights.
func (f *feed) prepare() {
	if len(f.samples) == 0 && len(f.classes) > 0 {
		f.samples = [][]float32{nil}
	}
	f.parts = make([]tensor.Tensor, len(f.samples))
	for i := range f.samples {
		f.weights = append(f.weights, tensor.New(tensor.Float32, f.loader.Size*max(1, len(f.loader.Lists))))
		f.parts[i].Shape = tensor.Shape{0}
	}
}

// of lists a batch's tensors in the step's order. The list is valid until the next call.
func (f *feed) of(b *data.Batch) []*tensor.Tensor {
	f.in = append(append(f.in[:0], b.Inputs...), b.Targets...)
	n := len(b.Samples)
	for k, whole := range f.weights {
		part := &f.parts[k]
		part.Shape[0], part.F32 = n, whole.F32[:n]
		for i, sample := range b.Samples {
			w := float32(1)
			if f.samples[k] != nil {
				w = f.samples[k][sample]
			}
			if len(f.classes) > 0 {
				if c, ok := f.classes[class(b.Targets[0], i)]; ok {
					w *= float32(c)
				}
			}
			part.F32[i] = w
		}
		f.in = append(f.in, part)
	}
	return f.in
}

// each goes over the data once, in their order.
func (f *feed) each(ctx context.Context, b *data.Batch, do func(b *data.Batch, in []*tensor.Tensor) error) error {
	defer b.Release()
	steps := f.loader.Steps() // −1 for a stream, which says itself where it ends
	for step := 0; step != steps; step++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f.loader.Fill(b, 0, step)
		if err == io.EOF && step > 0 {
			return nil
		}
		if err == io.EOF {
			return errors.New("the stream has no samples")
		}
		if err != nil {
			return err
		}
		if err := f.told(TestBatchBegin, step); err != nil {
			return err
		}
		if err := do(b, f.of(b)); err != nil {
			return err
		}
		if err := f.told(TestBatchEnd, step+1); err != nil {
			return err
		}
	}
	return nil
}

func (f *feed) told(k Kind, done int) error {
	if f.watch == nil {
		return nil
	}
	return f.watch(k, done)
}

// class is the class of row i of a target: its number, or where the row is one-hot the
// place of its greatest element.
func class(y *tensor.Tensor, i int) int {
	n := tensor.Shape(y.Shape[1:]).Size()
	if n == 1 {
		return int(y.Float(i))
	}
	best := 0
	for k := 1; k < n; k++ {
		if y.Float(i*n+k) > y.Float(i*n+best) {
			best = k
		}
	}
	return best
}
