package supervised

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/internal/words"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/quantile"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// Autoencoder is the Fitted of a network that learns its own input: that of samples without targets, the inputs of
// which are the targets. With an Encoder its predictions are the codes.
type Autoencoder struct {
	task.Fitted
	Encoder *Encoder // nil: predictions are the reconstructions
}

// saved is what a model file has beside the Fitted of the samples.
type saved struct {
	Encoder *Encoder `json:"encoder,omitempty"`
}

// Restored returns a Fitted that was read from a model file, b: with an empty list of targets it learns its own input.
func Restored(b json.RawMessage, f task.Fitted, ts Targets) (task.Fitted, error) {
	if ts.None() {
		return RestoredAutoencoder(b, f)
	}
	return f, ts.Check()
}

// RestoredAutoencoder returns the Fitted of a network that learns its own input, which b of a model file describes.
func RestoredAutoencoder(b json.RawMessage, f task.Fitted) (*Autoencoder, error) {
	var s saved
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, err
	}
	return &Autoencoder{f, s.Encoder}, nil
}

// MarshalJSON writes the Fitted of the samples, which has no targets, and the encoder.
func (a *Autoencoder) MarshalJSON() ([]byte, error) {
	return task.JoinObjects(a.Fitted, saved{a.Encoder})
}

// Outputs returns the input again.
func (*Autoencoder) Outputs() []task.Output { return []task.Output{{Name: spec.OwnInput}} }

// Loss returns l: the output is compared with the input as it is.
func (*Autoencoder) Loss(output int, l loss.Loss) loss.Loss { return task.Plain{}.Loss(output, l) }

// Metrics returns m under its name.
func (*Autoencoder) Metrics(output int, name string, m metric.Metric, l loss.Loss) []metric.Metric {
	return task.Plain{}.Metrics(output, name, m, l)
}

// Check returns an error unless the network takes the samples and has outputs of their shape.
func (a *Autoencoder) Check(m *model.Model) error {
	if err := a.Fitted.Check(m); err != nil {
		return err
	}
	in, out := m.InputTypes(1), m.OutputTypes(1)
	if len(in) != 1 || len(out) != 1 || !tensor.Shape(in[0].Shape).Equal(out[0].Shape) {
		return errors.New("the targets are missing, and the network's output is not of the shape of its input")
	}
	if a.Encoder != nil {
		return a.Encoder.check(m)
	}
	return nil
}

// Open reads raw samples.
func (a *Autoencoder) Open(r *task.Request) (*task.Bound, error) {
	if r.Column != "" {
		return nil, fmt.Errorf("--target %s: the target is the input; leave it out", r.Column)
	}
	inner := *r
	inner.Targets = false
	b, err := a.Fitted.Open(&inner)
	return a.bound(r, b, r.Targets, err)
}

// Needs implements task.Columner.
func (a *Autoencoder) Needs() []string {
	if c, ok := a.Fitted.(task.Columner); ok {
		return c.Needs()
	}
	return nil
}

// OpenValues implements task.Opener.
func (a *Autoencoder) OpenValues(r *task.Request, samples []any) (*task.Bound, error) {
	o, ok := a.Fitted.(task.Opener)
	if !ok {
		return nil, errors.New("the model takes no samples as values of Go; predict from a file")
	}
	b, err := o.OpenValues(r, samples)
	return a.bound(r, b, false, err)
}

// mostValues is the greatest number of values of a sample that are written in words; more are written as arrays.
const mostValues = 256

// bound puts behind the ids of each sample its prediction: with an encoder the group, the codes and the root mean
// square error of the reconstruction; without one the error and, of at most mostValues values, the reconstruction
// itself, as the network has it.
func (a *Autoencoder) bound(r *task.Request, b *task.Bound, targets bool, err error) (*task.Bound, error) {
	if err != nil {
		return nil, err
	}
	x, ids := b.Data, b.Decode
	say := a.values
	if a.Encoder != nil {
		if b.Model, err = a.Encoder.model(r.Training.Model); err != nil {
			return nil, err
		}
		say = a.Encoder.values
	}
	n := x.Spec().Inputs[0].Shape.Size()
	b.Header = append(slices.Clip(b.Header), a.header(n)...)
	b.Decode = func(outputs []*tensor.Tensor, i int) ([][]any, error) {
		rows, err := ids(outputs, i)
		if err != nil {
			return nil, err
		}
		in := x.Spec().Row()[:1]
		if err := x.Read(0, i, in); err != nil {
			return nil, err
		}
		last := outputs[len(outputs)-1].F32[i*n : (i+1)*n]
		return [][]any{append(slices.Clip(rows[0]), say(outputs[0], i, last, in[0].F32)...)}, nil
	}
	if targets {
		b.Data = data.Reconstruction(x)
	}
	return b, nil
}

// header names the values of a prediction behind the ids, of samples of n values.
func (a *Autoencoder) header(n int) []string {
	var out []string
	if e := a.Encoder; e != nil {
		if e.Groups != nil {
			out = append(out, "group")
		}
		for k := range e.Codes {
			out = append(out, fmt.Sprintf("code_%d", k+1))
		}
		return append(out, "error")
	}
	out = append(out, "error")
	if n <= mostValues {
		for k := range n {
			out = append(out, fmt.Sprintf("prediction_%d", k+1))
		}
	}
	return out
}

// values are the error and the values of a reconstruction of x.
func (*Autoencoder) values(_ *tensor.Tensor, _ int, out, x []float32) []any {
	row := []any{rootMeanSquare(out, x)}
	if len(out) <= mostValues {
		for _, v := range out {
			row = append(row, v)
		}
	}
	return row
}

// values are the group and the codes of sample i, and the error of its reconstruction out.
func (e *Encoder) values(codes *tensor.Tensor, i int, out, x []float32) []any {
	var row []any
	own := codes.F32[i*e.Codes : (i+1)*e.Codes]
	if e.Groups != nil {
		row = append(row, e.Groups.of(floats(own))+1)
	}
	for _, v := range own {
		row = append(row, v)
	}
	return append(row, rootMeanSquare(out, x))
}

// rootMeanSquare returns the root of the mean square of a − b.
func rootMeanSquare(a, b []float32) float64 {
	sum := 0.0
	for k := range a {
		d := float64(a[k]) - float64(b[k])
		sum += d * d
	}
	return math.Sqrt(sum / float64(max(1, len(a))))
}

// reconstructionErrors is the root mean square error of each sample of a part.
type reconstructionErrors struct {
	part    task.Part
	samples []int
	rmse    []float64
}

// Batch implements train.Consumer.
func (e *reconstructionErrors) Batch(b *train.EvalBatch) error {
	n := b.Outputs[0].Len() / len(b.Samples)
	for i, sample := range b.Samples {
		e.samples = append(e.samples, sample)
		e.rmse = append(e.rmse, rootMeanSquare(b.Outputs[0].F32[i*n:(i+1)*n], b.Targets[0].F32[i*n:(i+1)*n]))
	}
	return nil
}

// reconstructionSection is the section of the report for programs.
type reconstructionSection struct {
	Part   string  `json:"part"`
	Median float64 `json:"median"` // of the samples' root mean square errors
	P95    float64 `json:"p95"`
	P99    float64 `json:"p99"`
	Max    float64 `json:"max"`
}

func (e *reconstructionErrors) report(f *task.Findings) error {
	sorted := slices.Sorted(slices.Values(e.rmse))
	s := reconstructionSection{e.part.String(), quantile.At(sorted, 0.5), quantile.At(sorted, 0.95),
		quantile.At(sorted, 0.99), sorted[len(sorted)-1]}
	f.Say("reconstruction error (rmse of a sample) of %s of the %s part: median %.4g, 95 %% below %.4g, 99 %% below "+
		"%.4g, "+
		"greatest %.4g; a new sample far above is unlike the training samples", words.Plural(len(sorted), "sample"),
		s.Part, s.Median, s.P95, s.P99, s.Max)
	return f.Add("reconstruction", s)
}
