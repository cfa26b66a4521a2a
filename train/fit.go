package train

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gorae/config"
	"gorae/data"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
)

// Fit trains a model for Config.Epochs epochs. A model that is not built is built from the seed.
//
// The metrics of the history are running averages over the epoch, as Keras prints
// them: the weights move while they are taken. Those of the validation data are
// computed at the epoch's end, in inference mode.
//
// When ctx ends, Fit stops after the present batch, writes the checkpoint if there is one, and
// returns the history so far with ctx's error. When NaN or infinity arises, the
// error wraps a *StepError, and the model holds the weights of the step before.
//
// Several steps over several models, as a GAN has them, are for Loop.
func Fit(ctx context.Context, m *model.Model, d Data, c Config) (*History, error) {
	t, err := NewTrainer(m, c)
	if err != nil {
		return nil, fmt.Errorf("fit: %w", err)
	}
	h, err := t.fit(ctx, d)
	if err != nil {
		return h, fmt.Errorf("fit: %w", err)
	}
	if c.Profile != nil {
		if _, err := io.WriteString(c.Profile, plan.Table(t.step.Times())); err != nil {
			return h, fmt.Errorf("fit: profile: %w", err)
		}
	}
	return h, nil
}

// Trainer is a model with its losses, metrics, optimiser and the optimiser's state, for training loops of a user's own.
// Fit uses one.
type Trainer struct {
	model  *model.Model
	config Config
	o      *objective
	step   *Step
	// ensemble is the training of several networks, nil for one.
	ensemble *ensemble
	meter    *meter
	chunks   map[int][]*tensor.Tensor // of sequences, by their steps (Config.Truncate)
}

// NewTrainer returns a trainer; the settings of a Config about data and epochs are for Fit and ignored.
func NewTrainer(m *model.Model, c Config) (*Trainer, error) {
	named := c.Optimizer != nil
	if !named && c.State != nil {
		c.Optimizer = c.State.Settings
	}
	if c.Optimizer == nil {
		return nil, errors.New("optimizer: none is given; optim.Adam{} is a good first choice")
	}
	if err := m.Build(c.Seed); err != nil {
		return nil, err
	}
	c = config.Filled(c) // an optimizer, losses, metrics and callbacks written as literals
	t := &Trainer{model: m, config: c}
	var err error
	if t.o, err = newObjective(m, &c); err != nil {
		return nil, err
	}
	t.o.inputs, t.o.targets = len(m.InputNames()), len(m.OutputNames())
	t.meter = newMeter(t.o)
	trace := t.o.trace
	if c.Ensemble != nil {
		if t.ensemble, err = newEnsemble(c.Ensemble, m, &c); err != nil {
			return nil, err
		}
		trace = t.ensemble.trace(t.o)
	}
	if t.step, err = NewStep(trace, nil, c.Optimizer, c.Seed, m); err != nil {
		return nil, err
	}
	t.step.Profile(c.Profile != nil)
	if err := t.begin(named); err != nil {
		return nil, err
	}
	return t, nil
}

// fit runs the trainer's loop.
func (t *Trainer) fit(ctx context.Context, d Data) (*History, error) { return t.loop().fit(ctx, d) }

// loop is the training as a loop of one step.
func (t *Trainer) loop() *loop {
	l := &loop{
		config: t.config, models: []NamedModel{{Model: t.model}}, steps: []LoopStep{{Step: t.step}}, targets: true,
		meter: t.meter, names: t.o.names, directions: t.o.directions, history: &History{},
		prepare: t.prepare,
		learn:   func(b *data.Batch, in []*tensor.Tensor) error { return t.learn(len(b.Samples), in) },
		inputs:  func(_ *Step, _ *data.Batch, in []*tensor.Tensor) []*tensor.Tensor { return in },
		trained: t.Optimizer,
	}
	l.vars = variables(l.models)
	validate := func() (func(context.Context) (Metrics, error), error) {
		e, err := newEvaluator(t.o, *l.config.Validation, l.config.validationBatch(), "validation data")
		if err != nil {
			return nil, err
		}
		e.feed.watch = l.testBatch
		return e.run, nil
	}
	folded := t.config.Validation == nil && t.ensemble != nil && t.ensemble.Folds != nil
	if folded {
		validate = func() (func(context.Context) (Metrics, error), error) {
			p, err := t.ensemble.evaluators(l.data, l.config.validationBatch(), "training data")
			for _, e := range p {
				e.feed.watch = l.testBatch
			}
			return p.run, err
		}
	}
	if t.config.Validation != nil || folded {
		l.evaluate = func() (err error) {
			if l.validate, err = validate(); err != nil {
				return err
			}
			l.valNames = t.o.names
			if l.config.Monitor == "" {
				l.config.Monitor = "val_loss"
			}
			return nil
		}
	}
	return l
}

// TrainOnBatch does one step with all samples of d and returns the metrics of the batch, taken
// before the weights moved. They are valid until the next call.
func (t *Trainer) TrainOnBatch(d Data) (Metrics, error) {
	in, err := t.batch(d)
	if err != nil {
		return nil, fmt.Errorf("train on batch: %w", err)
	}
	t.meter.reset()
	if err := t.learn(in[0].Shape[0], in); err != nil {
		return nil, fmt.Errorf("train on batch: step %d: %w", t.step.count+1, err)
	}
	return t.meter.now(), nil
}

// TestOnBatch returns the metrics of all samples of d in inference mode.
func (t *Trainer) TestOnBatch(d Data) (Metrics, error) {
	j, err := newEvaluator(t.o, d, max(1, d.Len()), "batch")
	if err != nil {
		return nil, fmt.Errorf("test on batch: %w", err)
	}
	return j.run(context.Background())
}

// LearningRate is the optimiser's present learning rate, NaN if it follows a schedule.
func (t *Trainer) LearningRate() float64 { return t.step.LearningRate() }

// SetLearningRate sets the learning rate, from the next step on.
func (t *Trainer) SetLearningRate(rate float64) error { return t.step.SetLearningRate(rate) }

// batch checks a batch and lists its tensors in the step's order.
func (t *Trainer) batch(d Data) ([]*tensor.Tensor, error) {
	if d.Len() < 0 {
		return nil, errors.New("batch: a stream has no number of samples; give tensors")
	}
	f, err := d.feed("batch", max(1, d.Len()), true)
	if err != nil {
		return nil, err
	}
	if err := t.prepare("batch", f); err != nil {
		return nil, err
	}
	b, err := f.loader.New()
	if err != nil {
		return nil, err
	}
	if err := f.loader.Fill(b, 0, 0); err != nil {
		return nil, err
	}
	return f.of(b), nil
}

// prepare checks the training data and makes room for weights of samples.
func (t *Trainer) prepare(part string, f *feed) error {
	ds := f.loader.Data
	if err := t.o.fits(part, ds.Spec()); err != nil {
		return err
	}
	if err := t.o.labels(part, ds); err != nil {
		return err
	}
	if err := t.o.weighed(part, f); err != nil {
		return err
	}
	if len(t.config.ClassWeight) > 0 && t.o.targets != 1 {
		return fmt.Errorf("class_weight: the model has %d outputs; give weights of samples instead", t.o.targets)
	}
	if err := t.chunked(part, ds.Spec()); err != nil {
		return err
	}
	f.classes = t.config.ClassWeight
	if t.ensemble != nil {
		if ds.Len() < 0 {
			return fmt.Errorf("%s: an ensemble takes its samples in several orders; a stream has one", part)
		}
		var err error
		if f.loader.Lists, err = t.ensemble.lists(ds.Len()); err != nil {
			return err
		}
	}
	f.prepare()
	return nil
}

// learn does one step, or one for each chunk of the sequences.
func (t *Trainer) learn(n int, in []*tensor.Tensor) error {
	switch {
	case t.config.Truncate > 0:
		return t.learnChunks(n, in)
	case t.ensemble != nil:
		return t.learnEnsemble(n, in)
	}
	loss, outs, err := t.step.Run(in...)
	if err != nil {
		return err
	}
	t.meter.add(n, loss, outs)
	return nil
}
