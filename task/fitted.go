package task

import (
	"context"
	"fmt"
	"io"
	"slices"

	"gorae/data"
	"gorae/generate"
	"gorae/model"
	"gorae/tensor"
	"gorae/train"
)

// Fitted is the preprocessing that was fitted on the training samples: it turns raw samples into inputs of the network
// and outputs into predictions. It is written into the model file by encoding/json and read by Task.Restore. Any number
// of goroutines may use one.
type Fitted interface {
	Objective
	// Outputs returns the name and the classes of each output of the network.
	Outputs() []Output
	// Unit is the word for one sample: row, image, window, ….
	Unit() string
	// Check returns an error where the inputs and outputs of a network do not fit the samples: a file may combine
	// members of other files.
	Check(m *model.Model) error
	// Open reads raw samples in the way of the training samples.
	Open(r *Request) (*Bound, error)
}

// Request is the argument of Fitted.Open: raw samples for a trained network.
type Request struct {
	Source *Source
	// Targets asks for targets beside the inputs. Column names another column than the one
	// learnt from; "" is the same.
	Targets bool
	Column  string
	// Training is the network with the losses and metrics that it was trained with.
	Training *Training
}

// Bound is raw samples prepared for a network.
type Bound struct {
	Name string // of the source
	Data data.Dataset
	// Model computes the outputs that Decode is given; nil: the network itself.
	Model *model.Model
	// Notes are warnings about the samples, a line each.
	Notes []string
	// Dependence says which of the samples depend on each other.
	Dependence Dependence
	// Predict, if not nil, returns the outputs for Decode in place of one run of the network over Data, whose inputs
	// need not be the network's then: for predictions that take many runs, such as texts that are written step by
	// step.
	Predict func(ctx context.Context) ([]*tensor.Tensor, error)
	// Pictures, if not nil, calls put for each prediction, which is a picture as large as its sample, in their order.
	Pictures func(ctx context.Context, put func(Restored) error) error
	// Header names the values of a row of Decode.
	Header []string
	// Decode returns the predictions for sample i from the outputs, [n, …] each, as rows of values: string, float32
	// for outputs, float64 in the units of a target, int.
	Decode func(outputs []*tensor.Tensor, i int) ([][]any, error)
	// Consumer collects from an evaluation what Report adds to the findings; both nil: the task adds nothing.
	Consumer train.Consumer
	Report   func(ctx context.Context, f *Findings) error
}

// Examiner is a Fitted that adds to an evaluation what its targets call for beside the metrics.
type Examiner interface {
	// Examine returns a consumer of the evaluation of samples d.
	Examine(t *Training, d data.Dataset, depend Dependence) Examination
}

// Examination collects from an evaluation what Report adds to the findings.
type Examination interface {
	train.Consumer
	Report(ctx context.Context, f *Findings) error
}

// Conformer is a Fitted that knows how far its network's predictions of validation samples were from their targets.
type Conformer interface {
	// Conform returns for each output what the predictions of a new sample are within with a probability of at least
	// level, where new samples come as the validation samples did.
	Conform(level float64, t *Training) ([]Conformal, error)
}

// Conformal bounds the predictions of an output.
type Conformal struct {
	Radius float64 // of numbers: how far the value may be from the prediction, in units of the target
	Score  float64 // of classes: those are possible of which 1 less the probability is at most this
}

// Forecaster is a Fitted whose samples are steps in time.
type Forecaster interface {
	// Forecast predicts steps beyond the end of the source, each prediction fed back as if it had
	// been observed.
	Forecast(ctx context.Context, r *Request, steps int) (*Forecast, error)
}

// ValuesForecaster is a Forecaster that takes series as values of Go, as an [Opener] does.
type ValuesForecaster interface {
	// ForecastValues predicts steps beyond the end of each sample.
	ForecastValues(ctx context.Context, r *Request, samples []any, steps int) ([]*Forecast, error)
}

// Forecast is predictions beyond the end of a series, with names and values as in a [Bound].
type Forecast struct {
	Notes  []string
	Header []string
	Rows   [][]any
	Values [][]float64 // by step, of each target in its units
}

// Writer is a Fitted of a language model, which generates text.
type Writer interface {
	Writer(m *model.Model, logits bool, seed uint64) (*generate.Writer, error)
}

// Painter is a Fitted of a network that makes new pictures.
type Painter interface {
	// Pictures returns n pictures, [n, height, width, channels] from 0, black, to 1, white. The same seed gives the
	// same pictures, and picture i does not depend on n.
	Pictures(ctx context.Context, m *model.Model, n int, seed uint64) (*tensor.Tensor, error)
}

// Columner is a Fitted whose samples, or their steps, have values by name.
type Columner interface {
	// Needs returns the names of the values that each must have.
	Needs() []string
}

// Opener is a Fitted that takes samples as values of Go, without a file between. A sample is what a row, a picture or a
// series is made of: map[string]any, the values of a row by name; string, a text; []byte or image.Image, a picture;
// []any, a list of such values, of numbers or of lists, such as the steps of a sequence or the rows of a series. A
// value of a row is nil where it is not known.
type Opener interface {
	OpenValues(r *Request, samples []any) (*Bound, error)
}

// Drawer is a Fitted that draws what its network sees in samples in a way of its own.
type Drawer interface {
	// Draw returns pictures of some of the samples, with the names of their files.
	Draw(ctx context.Context, r *Request) ([]Drawing, error)
}

// Drawing is a picture that can be written.
type Drawing struct {
	Name string
	PNG  func(w io.Writer) error
}

// SampleError returns the error for a sample of another kind than the wanted one; i counts from 0.
func SampleError(i int, sample any, want string) error {
	kind := fmt.Sprintf("%T", sample)
	switch sample.(type) {
	case map[string]any:
		kind = "a struct or a map"
	case []any:
		kind = "a list"
	case string:
		kind = "a text"
	case []byte:
		kind = "bytes"
	case nil:
		kind = "nil"
	}
	return fmt.Errorf("sample %d: %s, but the model takes %s", i+1, kind, want)
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
