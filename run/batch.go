package run

import (
	"fmt"
	"io"
	"strings"

	"gorae/data"
	"gorae/layer"
	"gorae/task"
	"gorae/tensor"
)

// Batch is a batch of the training samples as the network is given it in an epoch.
type Batch struct {
	*data.Batch
	Steps int // number of batches in an epoch
	Of    int // number of training samples
	Unit  string
	// InputNames and TargetNames name the tensors of the batch; Features are the columns of a single input, nil
	// where there are none.
	InputNames, TargetNames []string
	Features                []string
}

// Batch returns a batch of the training samples: the epoch and the number of the batch in it count from 1.
func (p *Prepared) Batch(epoch, number int) (*Batch, error) {
	d := p.Augmented
	if d == nil {
		return nil, task.Errorf("data", "the samples of %s come while the network learns; there is no batch to show",
			p.From())
	}
	t := &p.Spec.Train
	l := data.Loader{Data: d, Size: t.BatchSize, Shuffle: t.Shuffle == nil || *t.Shuffle, Seed: p.Spec.Seed,
		Bucket: p.bucket()}
	steps := l.Steps()
	if epoch < 1 {
		return nil, fmt.Errorf("epoch %d: give 1 or more", epoch)
	}
	if number < 1 || steps >= 0 && number > steps {
		return nil, fmt.Errorf("batch %d: an epoch has the batches 1 to %d", number, steps)
	}
	b, err := l.New()
	if err != nil {
		return nil, err
	}
	if err := l.Fill(b, epoch-1, number-1); err != nil {
		return nil, err
	}
	out := &Batch{Batch: b, Steps: steps, Of: d.Len(), Unit: p.Fitted.Unit()}
	for _, f := range d.Spec().Inputs {
		out.InputNames = append(out.InputNames, f.Name)
	}
	for i, f := range d.Spec().Targets {
		out.TargetNames = append(out.TargetNames, f.Name)
		if losses := p.Training.Losses; i < len(losses) {
			b.Targets[i] = seen(b.Targets[i], task.Seen(p.Fitted.Loss(i, losses[i])))
		}
	}
	if f, ok := p.Fitted.(task.Featured); ok {
		if names := f.FeatureNames(); len(b.Inputs) == 1 && len(b.Inputs[0].Shape) == 2 &&
			b.Inputs[0].Shape[1] == len(names) {
			out.Features = names
		}
	}
	return out, nil
}

// seen returns the first k numbers of the last axis of a target, all where k is 0.
func seen(y *tensor.Tensor, k int) *tensor.Tensor {
	last := len(y.Shape) - 1
	if k == 0 || last < 1 || y.Shape[last] <= k {
		return y
	}
	width := y.Shape[last]
	shape := y.Shape.Clone()
	shape[last] = k
	out := tensor.New(tensor.Float32, shape...)
	for i := range out.F32 {
		out.F32[i] = y.F32[i/k*width+i%k]
	}
	return out
}

// Write prints the shape of each tensor of the batch and its first rows.
func (b *Batch) Write(words, numbers io.Writer, rows int) error {
	if _, err := fmt.Fprintf(words, "batch %d of %d in epoch %d: %d of %s training %ss\n", b.Step+1, b.Steps, b.Epoch+1,
		len(b.Samples), layer.Thousands(b.Of), b.Unit); err != nil {
		return err
	}
	show := func(kind, name string, t *tensor.Tensor) error {
		if _, err := fmt.Fprintf(words, "%s %s: %v %s\n", kind, name, t.Shape, t.DType()); err != nil {
			return err
		}
		_, err := fmt.Fprintln(numbers, t.Rows(0, min(rows, t.Shape[0])))
		return err
	}
	for i, t := range b.Inputs {
		if err := show("X", b.InputNames[i], t); err != nil {
			return err
		}
	}
	if b.Features != nil {
		if _, err := fmt.Fprintf(words, "features: %s\n", strings.Join(b.Features, ", ")); err != nil {
			return err
		}
	}
	for i, t := range b.Targets {
		if err := show("y", b.TargetNames[i], t); err != nil {
			return err
		}
	}
	return nil
}
