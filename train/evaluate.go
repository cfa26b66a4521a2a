package train

import (
	"context"
	"fmt"
	"slices"

	"gorae/data"
	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
)

// Evaluation computes losses and metrics of a model on data in inference mode. Without a loss and without metrics it
// computes the outputs alone, for consumers, and the data need no targets.
type Evaluation struct {
	Loss          loss.Loss
	Losses        []loss.Loss
	LossWeights   []float64
	Metrics       []metric.Metric
	OutputMetrics [][]metric.Metric
	// WeightedMetrics count samples by their weights (Config.WeightedMetrics).
	WeightedMetrics []metric.Metric

	// BatchSize is the number of samples in a batch; 0 means 32. Metrics do not depend on it but for rounding, nor do
	// losses without a mask; of masked steps a batch counts by its samples, as in Keras.
	BatchSize int
	// Bucket puts samples of like lengths into one batch (Config.Bucket). Consumers see samples in that order.
	Bucket bool
	// Finite makes an output that is NaN or infinite an error, a *[model.NonFiniteError], which names the sample
	// and the layer.
	Finite bool
	// Ensemble, if it has folds, evaluates each of its networks on its fold of the data in place of the model, which is
	// their mean.
	Ensemble *Ensemble
}

// Evaluation is the evaluation by the losses and metrics that c trains with.
func (c *Config) Evaluation() Evaluation {
	return Evaluation{Loss: c.Loss, Losses: c.Losses, LossWeights: c.LossWeights,
		Metrics: c.Metrics, OutputMetrics: c.OutputMetrics, WeightedMetrics: c.WeightedMetrics, BatchSize: c.BatchSize,
		Bucket: c.Bucket}
}

// EvalBatch is one batch of an evaluation. Everything in it is valid until Consumer.Batch returns.
type EvalBatch struct {
	Samples []int            // numbers of the samples in the dataset
	Inputs  []*tensor.Tensor // by input, as the dataset holds them
	Targets []*tensor.Tensor // by output, as the dataset holds them
	Outputs []*tensor.Tensor // by output of the model
	Masks   []*tensor.Tensor // by output: which steps count, [batch, steps] of 1 and 0; nil: all
	Weights *tensor.Tensor   // of the samples, [batch]; nil: all 1
	// OutputWeights are those of each output, where the data have them in place of Weights.
	OutputWeights []*tensor.Tensor
}

// Consumer receives each batch of an evaluation, in order, to collect predictions, a confusion matrix or the greatest
// errors in the pass that computes the metrics. An error ends the evaluation.
type Consumer interface {
	Batch(*EvalBatch) error
}

// ConsumerFunc makes a function a Consumer.
type ConsumerFunc func(*EvalBatch) error

// Batch calls f.
func (f ConsumerFunc) Batch(b *EvalBatch) error { return f(b) }

// Evaluate returns the loss and the metrics of a model on data, in inference mode. The loss contains the penalties of
// regularisers, as that of Keras's evaluate does. batch is the number of samples in a batch, 0 means 32.
//
// Use test data once, at the end; base decisions on the metrics of validation data.
func Evaluate(ctx context.Context, m *model.Model, d Data, l loss.Loss, metrics []metric.Metric, batch int) (
	Metrics, error) {
	return Evaluation{Loss: l, Metrics: metrics, BatchSize: batch}.Run(ctx, m, d)
}

// Run goes over the data once and returns the metrics. Each consumer is shown every batch, in the order given.
func (e Evaluation) Run(ctx context.Context, m *model.Model, d Data, consumers ...Consumer) (Metrics, error) {
	r, err := e.passes(m, d)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	for _, x := range r {
		x.consumers, x.checked = consumers, e.Finite
	}
	f, err := r.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("evaluate: %w", err)
	}
	return slices.Clone(f), nil
}

// passes are the evaluators that the evaluation consists of.
func (e Evaluation) passes(m *model.Model, d Data) (passes, error) {
	if e.Ensemble == nil || e.Ensemble.Folds == nil {
		x, err := e.evaluator(m, d)
		return passes{x}, err
	}
	c := e.config()
	x, err := newEnsemble(e.Ensemble, m, &c)
	if err != nil {
		return nil, err
	}
	return x.evaluators(d, e.BatchSize, "data")
}

// config is the losses and metrics as a Config has them.
func (e Evaluation) config() Config {
	return Config{Loss: e.Loss, Losses: e.Losses, LossWeights: e.LossWeights, Metrics: e.Metrics,
		OutputMetrics: e.OutputMetrics, WeightedMetrics: e.WeightedMetrics, Bucket: e.Bucket}
}

func (e Evaluation) evaluator(m *model.Model, d Data) (*evaluator, error) {
	if m.Store() == nil {
		return nil, fmt.Errorf("model %q is not built; call Build first", m.Name)
	}
	c := e.config()
	if e.Loss == nil && e.Losses == nil && e.Metrics == nil && e.OutputMetrics == nil &&
		e.WeightedMetrics == nil {
		return newPass(&objective{model: m, bucket: e.Bucket}, nil, d, e.BatchSize, "data")
	}
	o, err := newObjective(m, &c)
	if err != nil {
		return nil, err
	}
	return newEvaluator(o, d, e.BatchSize, "data")
}

// Prediction computes the outputs of a model on data, in inference mode. It is an [Evaluation] without losses and
// metrics, and a program that only predicts does not link those.
type Prediction struct {
	BatchSize int // the number of samples in a batch; 0 means 32
	// Alike fills the last batch up with zeros, so that all runs take BatchSize samples and a sample's outputs do not
	// depend on the number of samples (see [model.Model.AlikeBatch]).
	Alike bool
	// Finite makes an output that is NaN or infinite an error, as that of Evaluation.
	Finite bool
}

// Run goes over the data, which need no targets, once. Each consumer is shown every batch, in the order given.
func (p Prediction) Run(ctx context.Context, m *model.Model, d Data, consumers ...Consumer) error {
	r, err := newPass(&objective{model: m}, nil, d, p.BatchSize, "data")
	if err != nil {
		return fmt.Errorf("predict: %w", err)
	}
	r.consumers, r.alike, r.checked = consumers, p.Alike, p.Finite
	if _, err = r.run(ctx); err != nil {
		return fmt.Errorf("predict: %w", err)
	}
	return nil
}

// scores compares outputs with targets: the loss and the metrics of an objective.
type scores interface {
	compare(t *model.Trace, in, pred []*graph.Node) (*graph.Node, []*graph.Node)
	reset()
	add(n int, loss float64, outs []*tensor.Tensor)
	now() Metrics
}

// objectiveScores is the scores of an objective.
type objectiveScores struct {
	*objective
	*meter
}

// evaluator computes an objective's metrics over data, in inference mode.
type evaluator struct {
	o         *objective
	feed      *feed
	scores    scores // nil: outputs alone are computed
	batch     *data.Batch
	consumers []Consumer
	alike     bool // all runs take as many samples
	checked   bool // outputs must be finite
	program   *model.Program
	compared  int   // outputs of the program that belong to the loss and the metrics; behind them come the model's
	masks     []int // number of the output that is each output's mask, −1 for none
	seen      EvalBatch
}

func newEvaluator(o *objective, d Data, batch int, part string) (*evaluator, error) {
	own := *o
	own.terms = nil
	return newPass(&own, objectiveScores{&own, newMeter(&own)}, d, batch, part)
}

// newPass returns an evaluator with the given scores of the objective, which the evaluator owns.
func newPass(o *objective, s scores, d Data, batch int, part string) (*evaluator, error) {
	if o.model.Store() == nil {
		return nil, fmt.Errorf("model %q is not built; call Build first", o.model.Name)
	}
	if batch < 0 {
		return nil, fmt.Errorf("batch_size: %d is not a number of samples; give 1 or more", batch)
	}
	if batch == 0 {
		batch = defaultBatch
	}
	f, err := d.feed(part, batch, o.losses != nil)
	if err != nil {
		return nil, err
	}
	f.loader.Bucket = o.bucket
	if err := o.fits(part, f.loader.Data.Spec()); err != nil {
		return nil, err
	}
	if err := o.labels(part, f.loader.Data); err != nil {
		return nil, err
	}
	if err := o.weighed(part, f); err != nil {
		return nil, err
	}
	f.prepare()
	e := &evaluator{o: o, feed: f, scores: s}
	e.program = model.NewProgram(e.trace, model.ProgramConfig{Models: []*model.Model{o.model}})
	e.batch, err = f.loader.New()
	return e, err
}

// run goes over the data once. The metrics are valid until the next call.
func (e *evaluator) run(ctx context.Context) (Metrics, error) { return passes{e}.run(ctx) }

// filled returns inputs padded with zeros to the size of a batch.
func (e *evaluator) filled(in []*tensor.Tensor) []*tensor.Tensor {
	n := e.feed.loader.Size
	if len(in) == 0 || in[0].Shape[0] == n || e.scores != nil || e.o.model.Alike(in[0].Shape[0]) {
		return in
	}
	out := make([]*tensor.Tensor, len(in))
	for i, t := range in {
		out[i] = model.Padded(t, n)
	}
	return out
}

// firstRows returns the first n rows of outputs.
func firstRows(outs []*tensor.Tensor, n int) []*tensor.Tensor {
	if len(outs) == 0 || outs[0].Shape[0] == n {
		return outs
	}
	own := make([]*tensor.Tensor, len(outs))
	for i, t := range outs {
		own[i] = t.Rows(0, n)
	}
	return own
}

// compute runs the program for one batch and passes the results on.
func (e *evaluator) compute(b *data.Batch, in []*tensor.Tensor) error {
	if e.alike {
		in = e.filled(in)
	}
	outs, err := e.program.Run(in...)
	if err != nil {
		return err
	}
	if e.alike {
		outs = firstRows(outs, len(b.Samples))
	}
	if e.compared > 0 {
		e.scores.add(len(b.Samples), float64(outs[0].F32[0]), outs[1:e.compared])
	}
	if len(e.consumers) == 0 && !e.checked {
		return nil
	}
	n := len(e.o.model.OutputNames())
	if e.checked {
		if err := e.finite(b, in, outs[e.compared:e.compared+n]); err != nil {
			return err
		}
	}
	s := &e.seen
	s.Samples, s.Inputs, s.Targets, s.Weights, s.OutputWeights = b.Samples, b.Inputs, b.Targets, nil, nil
	if given := in[len(b.Inputs)+len(b.Targets):]; len(given) == 1 {
		s.Weights = given[0]
	} else {
		s.OutputWeights = given
	}
	s.Outputs, s.Masks = outs[e.compared:e.compared+n], s.Masks[:0]
	for _, at := range e.masks {
		if at < 0 {
			s.Masks = append(s.Masks, nil)
		} else {
			s.Masks = append(s.Masks, outs[at])
		}
	}
	for _, c := range e.consumers {
		if err := c.Batch(s); err != nil {
			return err
		}
	}
	return nil
}

// trace lists what is computed: the loss and what the meter adds up, and for consumers the model's outputs
// and their masks.
func (e *evaluator) trace(t *model.Trace, nodes []*graph.Node) model.Traced {
	var outs []*graph.Node
	pred := e.o.predictions(t, nodes)
	if e.scores != nil {
		loss, rest := e.scores.compare(t, nodes, pred)
		if penalty := t.Penalty(); penalty != nil {
			loss = loss.Add(penalty)
		}
		outs = append(append(outs, loss), rest...)
	}
	e.compared, e.masks = len(outs), nil
	if len(e.consumers) == 0 && !e.checked {
		if len(outs) == 0 {
			t.Graph.Fail("evaluate", "no loss, no metrics and no consumers; give one of them")
		}
		return model.Traced{Outputs: outs}
	}
	outs = append(outs, pred...)
	for _, y := range pred {
		if mask := t.Mask(y); mask != nil {
			e.masks = append(e.masks, len(outs))
			outs = append(outs, mask)
		} else {
			e.masks = append(e.masks, -1)
		}
	}
	return model.Traced{Outputs: outs}
}
