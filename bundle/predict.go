package bundle

import (
	"context"
	"errors"
	"fmt"

	"gorae/format"
	"gorae/generate"
	"gorae/internal/doing"
	"gorae/internal/ram"
	"gorae/model"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// session is raw samples that were opened for a network.
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

// open reads raw samples, with targets from a column (""; that of the training data) if they are asked for. The task of
// a file that another program wrote is inferred from the network and the source (task.Guess).
func (b *Bundle) open(s *task.Source, targets bool, column string) (*session, error) {
	o := &session{fitted: b.Fitted}
	var err error
	if b.Fitted == nil {
		o.fitted, o.training, err = task.Guess(&task.Foreign{Model: b.Model, Path: b.path, Source: s, Targets: targets,
			Column: column, Arrays: b.arrays, Outputs: named(b.outputs)})
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

// fits checks the shapes of the samples against the inputs of the network, and ids against its Embedding.
func (b *Bundle) fits(bound *task.Bound) error {
	if err := b.affordable(); err != nil {
		return err
	}
	if bound.Predict != nil {
		return nil
	}
	spec := bound.Data.Spec()
	types := b.Model.InputTypes(1)
	if len(spec.Inputs) != len(types) {
		return fmt.Errorf("%s: samples of %d inputs, but the model takes %d", bound.Name, len(spec.Inputs), len(types))
	}
	for k, f := range spec.Inputs {
		if want := tensor.Shape(types[k].Shape[1:]); !b.Model.TakesInput(k, f.Shape) {
			return fmt.Errorf("%s: samples of shape %v, but the model takes %v", bound.Name, f.Shape, want)
		}
	}
	return task.CheckIDs(b.Model, bound.Data, bound.Name)
}

// The memory that the largest output of a layer may take for one sample without --memory: baseBytes, and bytesPerByte
// for each byte of the model file. Networks for 3-D scans need the most: some gigabytes a layer from files of tens of
// megabytes.
const (
	baseBytes    = 1 << 30
	bytesPerByte = 256
)

// affordable returns an error for a small model file whose network takes much memory, unless --memory is given: an
// untrusted file can declare any shape in a few bytes.
func (b *Bundle) affordable() error {
	one := 4 * float64(b.Model.LargestOutput())
	if b.size == 0 || ram.Given() || one <= baseBytes+bytesPerByte*float64(b.size) {
		return nil
	}
	return fmt.Errorf("%s: one sample takes %s in its largest layer, which a model file of %s is not trusted with; "+
		"give --memory with what it may use, if that is meant", b.path, ram.Words(one), ram.Words(float64(b.size)))
}

// Predict returns the outputs of the network for opened samples, [n, …] each.
func (b *Bundle) Predict(ctx context.Context, bound *task.Bound) ([]*tensor.Tensor, error) {
	n := bound.Data.Len()
	doing.Say(ctx, "predicting %d %ss", n, b.unit())
	if bound.Predict != nil {
		out, err := bound.Predict(ctx)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", bound.Name, err)
		}
		return out, nil
	}
	m := b.Model
	if bound.Model != nil {
		m = bound.Model
	}
	out := make([]*tensor.Tensor, 0, len(m.OutputNames()))
	types, err := m.OutputTypesFor(n, sampleShapes(bound)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", bound.Name, err)
	}
	bytes := 0.0
	for _, t := range types {
		bytes += 4 * float64(t.Shape.Size())
	}
	if err := ram.FitsBeside(bytes); err != nil {
		return nil, fmt.Errorf("%s: the outputs of %d samples: %w; give fewer samples at a time", bound.Name, n, err)
	}
	for _, t := range types {
		out = append(out, tensor.New(t.DType, t.Shape...))
	}
	keep := train.ConsumerFunc(func(e *train.EvalBatch) error {
		for k, y := range e.Outputs {
			size := y.Len() / len(e.Samples)
			for i, sample := range e.Samples {
				if y.DType() == tensor.Int32 { // what an argmax gives
					copy(out[k].I32[sample*size:(sample+1)*size], y.I32[i*size:(i+1)*size])
					continue
				}
				copy(out[k].F32[sample*size:(sample+1)*size], y.F32[i*size:(i+1)*size])
			}
		}
		return nil
	})
	err = train.Prediction{BatchSize: b.batch(bound), Alike: true, Finite: true}.Run(ctx, m,
		train.Data{Source: bound.Data}, keep)
	return out, b.unfinished(err, bound.Name)
}

// named are the outputs of a file for the task that shows them.
func named(outputs []format.Output) (all []task.ForeignOutput) {
	for _, o := range outputs {
		all = append(all, task.ForeignOutput{Name: o.Name, Texts: o.Texts})
	}
	return all
}

// sampleShapes returns the shapes of a sample, one for each input.
func sampleShapes(bound *task.Bound) []tensor.Shape {
	var shapes []tensor.Shape
	for _, f := range bound.Data.Spec().Inputs {
		shapes = append(shapes, f.Shape)
	}
	return shapes
}

// batch returns the number of samples that one run predicts: model.Model.AlikeBatch, fewer in proportion where samples
// are larger than those that the model was built for, as they may be where it leaves extents open.
func (b *Bundle) batch(bound *task.Bound) int {
	given, built := 0.0, 0.0
	for k, t := range b.Model.InputTypes(1) {
		given += float64(bound.Data.Spec().Inputs[k].Shape.Size())
		built += float64(t.Shape.Size())
	}
	n := b.Model.AlikeBatch()
	if given > built {
		n = max(1, int(float64(n)*built/given))
	}
	return n
}

// unfinished words a *train.NonFiniteError with the source and the number of the sample, from 1; other errors are
// returned unchanged.
func (b *Bundle) unfinished(err error, source string) error {
	var e *model.NonFiniteError
	if !errors.As(err, &e) {
		return err
	}
	return fmt.Errorf("%s: %s %d: %s", source, b.unit(), e.Sample+1, e.What())
}

// unit returns the word for one sample, such as row or picture.
func (b *Bundle) unit() string {
	if b.Fitted == nil {
		return "sample"
	}
	return b.Fitted.Unit()
}

// Evaluated is the result of an evaluation.
type Evaluated struct {
	Target  string // what the network predicts, in words; "" for a file of another program
	Metrics train.Metrics
	// Intervals are the 95 % intervals of the metrics.
	Intervals []task.Interval
	Findings  task.Findings // those of the task
	// Known is how many of the samples were trained on; nil where it is not known, as without the run directory.
	Known *Known
	Notes []string // warnings about the samples, a line each
}

// Evaluate returns the losses and metrics of the network on samples with targets, from one pass over them. column is
// the column of the target; "" is that of the training data. A task that evaluates its networks in a way of its own
// does so on the samples, or on none where s is nil.
func (b *Bundle) Evaluate(ctx context.Context, s *task.Source, column string) (*Evaluated, error) {
	if e, ok := b.Fitted.(task.Evaluator); ok {
		return b.evaluateOwn(ctx, e, s, column)
	}
	if s == nil {
		return nil, fmt.Errorf("%s: predicts %s, which needs samples to be evaluated on; name them with --data", b.path,
			b.Target())
	}
	doing.Say(ctx, "reading %s", s.Name)
	o, err := b.open(s, true, column)
	if err != nil {
		return nil, err
	}
	var consumers []train.Consumer
	if c := o.bound.Consumer; c != nil {
		consumers = append(consumers, c)
	}
	d := task.Encode(o.bound.Data, o.fitted.Outputs(), o.training.Losses, task.OutputShapes(b.Model))
	out := &Evaluated{Target: b.Target(), Notes: o.bound.Notes}
	evaluation := Evaluation(o.fitted, o.training)
	evaluation.Finite = true
	each, err := evaluation.PerSample(b.Model)
	if err != nil {
		return nil, err
	}
	consumers = append(consumers, each)
	known, note := b.known(d)
	if note != "" {
		out.Notes = append(out.Notes, note)
	}
	if known != nil {
		consumers = append(consumers, known.hashes)
	}
	var beside task.Comparison
	if c, ok := o.fitted.(task.Comparer); ok && b.kept != nil {
		if beside, err = c.Comparison(b.kept, o.training, d, o.bound.Dependence); err != nil {
			return nil, fmt.Errorf("%s: baselines: %w", b.path, err)
		}
		consumers = append(consumers, beside)
	}
	var examined task.Examination
	if x, ok := o.fitted.(task.Examiner); ok {
		examined = x.Examine(o.training, d, o.bound.Dependence)
		consumers = append(consumers, examined)
	}
	doing.Say(ctx, "evaluating %d %ss", d.Len(), b.unit())
	if out.Metrics, err = evaluation.Run(ctx, b.Model, train.Data{Source: d}, consumers...); err != nil {
		return nil, b.unfinished(err, o.bound.Name)
	}
	doing.Say(ctx, "computing intervals of %d %ss", d.Len(), b.unit())
	out.Intervals = task.Intervals(out.Metrics, each, o.bound.Dependence, 0)
	if known != nil {
		out.Known = known.compare(each, b.unit())
	}
	if beside != nil {
		doing.Say(ctx, "comparing with the baselines")
		if err := beside.Compare(ctx, &out.Findings); err != nil {
			return nil, fmt.Errorf("%s: baselines: %w", b.path, err)
		}
	}
	if examined != nil {
		if err := examined.Report(ctx, &out.Findings); err != nil {
			return nil, err
		}
	}
	if o.bound.Report != nil {
		if err := o.bound.Report(ctx, &out.Findings); err != nil {
			return nil, err
		}
	}
	if out.Known.familiar() && len(out.Findings.Verdict) > 0 {
		out.Findings.Verdict = []string{fmt.Sprintf("none, as %d of the %d %ss are known to the network from its "+
			"training", out.Known.Training, out.Known.Samples, b.unit())}
	}
	return out, nil
}

// evaluateOwn evaluates the network as its task does. What is drawn for it is drawn from the seed 0.
func (b *Bundle) evaluateOwn(ctx context.Context, e task.Evaluator, s *task.Source, column string) (*Evaluated, error) {
	t, err := b.training()
	if err != nil {
		return nil, err
	}
	out := &Evaluated{Target: b.Target()}
	m, err := e.Evaluate(ctx, &task.Request{Source: s, Targets: true, Column: column, Training: t}, 0, &out.Findings)
	if err != nil {
		return nil, err
	}
	out.Metrics, out.Intervals = m.Metrics, m.Intervals
	return out, nil
}

// Evaluation returns the evaluation of a network with the losses and metrics of its training, adapted to the encoding
// and the units of the targets (task.Objective). Its batches are as large as is fast, but those of the training where
// steps can be masked: the loss is a mean by batches then, as Keras has it.
func Evaluation(f task.Objective, t *task.Training) train.Evaluation {
	e := train.Evaluation{BatchSize: t.Model.PredictBatch()}
	for _, s := range task.OutputShapes(t.Model) {
		if len(s) > 2 && t.Batches.Size > 0 {
			e.BatchSize, e.Bucket = t.Batches.Size, t.Batches.Bucket
		}
	}
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

// Forecast returns predictions for steps beyond the end of a series; each prediction is fed back as an observation.
func (b *Bundle) Forecast(ctx context.Context, s *task.Source, steps int) (*task.Forecast, error) {
	f, ok := b.Fitted.(task.Forecaster)
	if !ok {
		return nil, fmt.Errorf("--steps is for models of series: %s is none; leave it out", b.path)
	}
	t, err := b.training()
	if err != nil {
		return nil, err
	}
	doing.Say(ctx, "forecasting %d steps beyond %s", steps, s.Name)
	return f.Forecast(ctx, &task.Request{Source: s, Training: t}, steps)
}

// Writer returns a generator of text; the same seed draws the same text. A model of another task is an error that says
// what the model predicts.
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

// MarshalJSON writes the metrics, their intervals, how many samples are known and the members of the findings as one
// object.
func (e *Evaluated) MarshalJSON() ([]byte, error) {
	about := struct {
		Target    string          `json:"target,omitempty"`
		Intervals []task.Interval `json:"intervals,omitempty"`
		Known     *Known          `json:"known,omitempty"`
	}{e.Target, e.Intervals, e.Known}
	return task.JoinObjects(e.Metrics, about, e.Findings)
}
