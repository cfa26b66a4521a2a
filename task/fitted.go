package task

import (
	"context"
	"io"
	"slices"

	"gorae/data"
	"gorae/generate"
	"gorae/model"
	"gorae/tensor"
	"gorae/train"
)

// Fitted is what preparing the training samples came to: everything that raw samples need on
// their way to the network and back. It is written into the model file by encoding/json and read
// by Task.Restore. Any number of goroutines may use one.
type Fitted interface {
	Objective
	// Outputs says what each output of the network predicts.
	Outputs() []Output
	// Unit is what one sample is called: row, image, window, ….
	Unit() string
	// Check says whether a network of these inputs and outputs (with the batch axis first) takes
	// the samples. Files may have been put together from others.
	Check(m *model.Model) error
	// Open reads raw samples as the training samples were read.
	Open(r *Request) (*Bound, error)
}

// Request is raw samples for a trained network.
type Request struct {
	Source *Source
	// Targets asks for targets beside the inputs. Column names another column than the one
	// learnt from; "" is the same.
	Targets bool
	Column  string
	// Training is the network with the losses and metrics that it was trained with.
	Training *Training
}

// Bound is raw samples as a network takes them.
type Bound struct {
	Name string // of the source
	Data data.Dataset
	// Notes says what is odd about the samples, a line each.
	Notes []string
	// Dependence says which of the samples depend on each other.
	Dependence Dependence
	// Header names the values that Decode gives.
	Header []string
	// Decode is what the outputs, [n, …] each, say of sample i, in rows for people and programs:
	// text, float32 for outputs as they are, float64 in the units of a target, int.
	Decode func(outputs []*tensor.Tensor, i int) ([][]any, error)
	// Consumer gathers from an evaluation what Report tells; both nil: there is nothing to tell.
	Consumer train.Consumer
	Report   func(ctx context.Context, f *Findings) error
}

// Forecaster is a Fitted whose samples go on in time.
type Forecaster interface {
	// Forecast predicts steps beyond the end of the source, each prediction fed back as if it had
	// been observed.
	Forecast(ctx context.Context, r *Request, steps int) (*Forecast, error)
}

// Forecast is predicted steps, with the names and values of a [Bound].
type Forecast struct {
	Notes  []string
	Header []string
	Rows   [][]any
	Values [][]float64 // by step, of each target in its units
}

// Writer is a Fitted that goes on with text.
type Writer interface {
	Writer(m *model.Model, logits bool, seed uint64) (*generate.Writer, error)
}

// Recorder is a Fitted that takes samples as typed values by name, as JSON objects have them.
type Recorder interface {
	OpenRecords(r *Request, records []map[string]any) (*Bound, error)
}

// Picture is a Fitted whose samples are pictures.
type Picture interface {
	// Picture undoes the scaling of a sample as the network takes it, x [height, width, channels]
	// or [channels, height, width]: pixels [height, width, channels] from lo to hi.
	Picture(x *tensor.Tensor) (pixels *tensor.Tensor, lo, hi float32)
}

// WriteCSV writes the rows of all samples.
func (b *Bound) WriteCSV(w io.Writer, outputs []*tensor.Tensor) error {
	return writeRows(w, b.Header, func(yield func([]any) error) error {
		for i := range b.Data.Len() {
			rows, err := b.Decode(outputs, i)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if err := yield(r); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// WriteNPY writes the values as an array [steps, targets] of float64.
func (f *Forecast) WriteNPY(w io.Writer) error {
	s := tensor.Shape{len(f.Values), 0}
	if len(f.Values) > 0 {
		s[1] = len(f.Values[0])
	}
	return tensor.WriteNPYFloat64(w, s, slices.Concat(f.Values...))
}

// WriteCSV writes a row for each step.
func (f *Forecast) WriteCSV(w io.Writer) error {
	return writeRows(w, f.Header, func(yield func([]any) error) error {
		for _, r := range f.Rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	})
}
