package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"gorae/generate"
	"gorae/internal/ram"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// session is raw samples bound to a network.
type session struct {
	fitted   task.Fitted
	training *task.Training
	bound    *task.Bound
}

// Bind reads raw samples for prediction.
func (b *Bundle) Bind(s *task.Source) (*task.Bound, error) {
	o, err := b.open(s, false, "")
	if err != nil {
		return nil, err
	}
	return o.bound, nil
}

// open reads raw samples; with targets, from the column of that name ("": the training data's). What a file
// of another program was trained for is guessed from the network and the source.
func (b *Bundle) open(s *task.Source, targets bool, column string) (*session, error) {
	o := &session{fitted: b.Fitted}
	var err error
	if b.Fitted == nil {
		o.fitted, o.training, err = task.Guess(&task.Foreign{Model: b.Model, Path: b.path, Source: s, Targets: targets,
			Column: column})
	} else {
		o.training, err = b.training()
	}
	if err != nil {
		return nil, err
	}
	o.bound, err = o.fitted.Open(&task.Request{Source: s, Targets: targets, Column: column, Training: o.training})
	if err != nil {
		return nil, err
	}
	if o.bound.Data.Len() == 0 {
		return nil, fmt.Errorf("%s: no samples in it", o.bound.Name)
	}
	return o, b.fits(o.bound)
}

// fits compares the samples with the network's inputs, and finds ids that an Embedding does not have.
func (b *Bundle) fits(bound *task.Bound) error {
	if err := b.affordable(); err != nil {
		return err
	}
	spec := bound.Data.Spec()
	types := b.Model.InputTypes(1)
	if len(spec.Inputs) != len(types) {
		return fmt.Errorf("%s: samples of %d inputs, but the model takes %d", bound.Name, len(spec.Inputs), len(types))
	}
	for k, f := range spec.Inputs {
		if want := tensor.Shape(types[k].Shape[1:]); !f.Shape.Equal(want) {
			return fmt.Errorf("%s: samples of shape %v, but the model takes %v", bound.Name, f.Shape, want)
		}
	}
	return task.CheckIDs(b.Model, bound.Data, bound.Name)
}

// A sample may take modest bytes in the largest layer, and ratio bytes for each byte of the model file. Networks of 3-D
// scans are the most demanding honest ones: some gigabytes a layer from files of tens of megabytes.
const (
	modest = 1 << 30
	ratio  = 256
)

// affordable is an error for a model file of little size that asks for much memory, unless the user has said how much
// may be used. A file of a stranger can name any shape in a few bytes.
func (b *Bundle) affordable() error {
	one := 4 * float64(b.Model.LargestOutput())
	if b.size == 0 || ram.Given() || one <= modest+ratio*float64(b.size) {
		return nil
	}
	return fmt.Errorf("%s: one sample takes %s in its largest layer, which a model file of %s is not trusted with; "+
		"give "+
		"--memory with what it may use, if that is meant", b.path, ram.Words(one), ram.Words(float64(b.size)))
}

// Predict is the network's outputs for bound samples, [n, …] each.
func (b *Bundle) Predict(ctx context.Context, bound *task.Bound) ([]*tensor.Tensor, error) {
	n := bound.Data.Len()
	out := make([]*tensor.Tensor, 0, len(b.Model.OutputNames()))
	bytes := 0.0
	for _, t := range b.Model.OutputTypes(1) {
		bytes += 4 * float64(t.Shape.Size()) * float64(n)
	}
	if err := ram.Fits(bytes); err != nil {
		return nil, fmt.Errorf("%s: the outputs of %d samples: %w; give fewer samples at a time", bound.Name, n, err)
	}
	for _, t := range b.Model.OutputTypes(n) {
		out = append(out, tensor.New(t.DType, t.Shape...))
	}
	keep := train.ConsumerFunc(func(e *train.EvalBatch) error {
		for k, y := range e.Outputs {
			size := y.Len() / len(e.Samples)
			for i, sample := range e.Samples {
				copy(out[k].F32[sample*size:(sample+1)*size], y.F32[i*size:(i+1)*size])
			}
		}
		return nil
	})
	_, err := train.Evaluation{BatchSize: b.Model.AlikeBatch(), Alike: true, Finite: true}.Run(ctx, b.Model,
		train.Data{Source: bound.Data}, keep)
	return out, b.unfinished(err, bound.Name)
}

// unfinished names the sample of an output that is no number as people count samples.
func (b *Bundle) unfinished(err error, source string) error {
	var e *model.NonFiniteError
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %s %d: %s", source, b.unit(), e.Sample+1, e.What())
}

// unit is what one sample is called.
func (b *Bundle) unit() string {
	if b.Fitted == nil {
		return "sample"
	}
	return b.Fitted.Unit()
}

// Evaluated is what an evaluation came to.
type Evaluated struct {
	Metrics train.Metrics
	// Intervals are the 95 % intervals of the metrics.
	Intervals []task.Interval
	Findings  task.Findings // what the task has to say beside the metrics
	Notes     []string      // what is odd about the samples, a line each
}

// Evaluate is the losses and metrics of the network on samples with targets, from one pass over the samples.
// column names another column of targets than that of the training data; "" is the same.
func (b *Bundle) Evaluate(ctx context.Context, s *task.Source, column string) (*Evaluated, error) {
	o, err := b.open(s, true, column)
	if err != nil {
		return nil, err
	}
	var consumers []train.Consumer
	if c := o.bound.Consumer; c != nil {
		consumers = append(consumers, c)
	}
	d := task.Encode(o.bound.Data, o.fitted.Outputs(), o.training.Losses, task.OutputShapes(b.Model))
	out := &Evaluated{Notes: o.bound.Notes}
	evaluation := Evaluation(o.fitted, o.training)
	evaluation.Finite = true
	each, err := evaluation.PerSample(b.Model)
	if err != nil {
		return nil, err
	}
	consumers = append(consumers, each)
	if out.Metrics, err = evaluation.Run(ctx, b.Model, train.Data{Source: d}, consumers...); err != nil {
		return nil, b.unfinished(err, o.bound.Name)
	}
	out.Intervals = task.Intervals(out.Metrics, each, o.bound.Dependence, 0)
	if o.bound.Report != nil {
		err = o.bound.Report(ctx, &out.Findings)
	}
	return out, err
}

// Evaluation is the losses and metrics of a training as they see the targets of a task.
func Evaluation(f task.Objective, t *task.Training) train.Evaluation {
	e := train.Evaluation{BatchSize: t.Model.PredictBatch()}
	for i, l := range t.Losses {
		e.Losses = append(e.Losses, f.Loss(i, l))
		e.OutputMetrics = append(e.OutputMetrics, nil)
		var single = e.OutputMetrics[i]
		for _, m := range t.Metrics[i] {
			all := f.Metrics(i, m.Name, m.Metric, l)
			e.OutputMetrics[i] = append(e.OutputMetrics[i], all[0])
			single = append(single, all[1:]...)
		}
		e.OutputMetrics[i] = append(e.OutputMetrics[i], single...)
	}
	return e
}

// PredictRecords predicts samples given as typed values by name, as JSON objects have them: a row of
// values by the names of the bound's header for each.
func (b *Bundle) PredictRecords(ctx context.Context, records []map[string]any) ([]map[string]any, error) {
	r, ok := b.Fitted.(task.Recorder)
	if !ok {
		return nil, fmt.Errorf("%s: the model takes no samples of named values", b.path)
	}
	t, err := b.training()
	if err != nil {
		return nil, err
	}
	bound, err := r.OpenRecords(&task.Request{Training: t}, records)
	if err != nil {
		return nil, err
	}
	out, err := b.Predict(ctx, bound)
	if err != nil {
		return nil, err
	}
	var rows []map[string]any
	for i := range bound.Data.Len() {
		decoded, err := bound.Decode(out, i)
		if err != nil {
			return nil, err
		}
		for _, values := range decoded {
			row := map[string]any{}
			for k, v := range values {
				row[bound.Header[k]] = v
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// Forecast predicts steps beyond the end of a series, each prediction fed back as if it had been observed.
func (b *Bundle) Forecast(ctx context.Context, s *task.Source, steps int) (*task.Forecast, error) {
	f, ok := b.Fitted.(task.Forecaster)
	if !ok {
		return nil, fmt.Errorf("--steps is for models of series: %s is none; leave it out", b.path)
	}
	t, err := b.training()
	if err != nil {
		return nil, err
	}
	return f.Forecast(ctx, &task.Request{Source: s, Training: t}, steps)
}

// Writer goes on with text by a language model; the same seed draws the same text. The error says of another
// model what it is.
func (b *Bundle) Writer(seed uint64) (*generate.Writer, error) {
	f, ok := b.Fitted.(task.Writer)
	if !ok {
		what := "has no vocabulary"
		if b.Fitted != nil {
			what = "predicts " + b.Fitted.Outputs()[0].Name + ", no text"
		}
		return nil, fmt.Errorf("%s: %s; generate takes a language model: an experiment with data: {source: FILE.txt, "+
			"text: {window: 100}} makes one", b.path, what)
	}
	t, err := b.training()
	if err != nil {
		return nil, err
	}
	w, err := f.Writer(b.Model, t.Logits()[0], seed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", b.path, err)
	}
	return w, nil
}

// MarshalJSON is the metrics, their intervals and the sections of the findings in one object.
func (e *Evaluated) MarshalJSON() ([]byte, error) {
	all, err := json.Marshal(e.Metrics)
	if err != nil {
		return nil, err
	}
	intervals := struct {
		Intervals []task.Interval `json:"intervals,omitempty"`
	}{e.Intervals}
	for _, further := range []any{intervals, e.Findings} {
		tail, err := json.Marshal(further)
		if err != nil {
			return nil, err
		}
		if len(tail) > len("{}") { // two objects become one
			all = append(append(all[:len(all)-1], ','), tail[1:]...)
		}
	}
	return all, nil
}
