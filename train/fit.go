package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"gorae/data"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// Fit trains a model: the chapter's P3 to P6, Epochs times. A model that is not built is
// built from the seed.
//
// The metrics of the history are running averages over the epoch, as Keras prints
// them: the weights move while they are taken. Those of the validation data are
// computed at the epoch's end, in inference mode.
//
// When ctx ends, Fit stops after the present batch, writes the checkpoint if there is one, and
// returns the history so far with ctx's error. When NaN or infinity arises, the
// error wraps a *StepError, and the model holds the weights of the step before.
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

// Trainer is a model with what it learns by: losses, metrics, an optimiser and its
// state. Fit makes one; by itself it serves loops of one's own.
type Trainer struct {
	model  *model.Model
	config Config
	o      *objective
	step   *Step
	vars   []*weight.Var
	meter  *meter
	chunks map[int][]*tensor.Tensor // of sequences, by their steps (Config.Truncate)

	feed       *feed
	validation *evaluator // nil without validation data
	history    *History
	run        Run
	at         position
	watch      watch // of the monitored metric; without a name the last epoch is best
	best       float64
	kept       []tensor.Named // weights of the best epoch
	saved      time.Time
	begun      time.Time // the present epoch, less what an earlier process spent in it
}

// position is where a run stands.
type position struct{ epoch, batch int }

// NewTrainer prepares training. What a Config says of data and epochs is for Fit.
func NewTrainer(m *model.Model, c Config) (*Trainer, error) {
	if c.Optimizer == nil {
		return nil, errors.New("optimizer: none is given; optim.Adam{} is a good first choice")
	}
	if err := m.Build(c.Seed); err != nil {
		return nil, err
	}
	t := &Trainer{model: m, config: c, vars: m.Store().Vars(), history: &History{}}
	var err error
	if t.o, err = newObjective(m, &c); err != nil {
		return nil, err
	}
	t.o.inputs, t.o.targets = len(m.InputNames()), len(m.OutputNames())
	t.meter = newMeter(t.o)
	if t.step, err = NewStep(t.o.trace, nil, c.Optimizer, c.Seed, m); err != nil {
		return nil, err
	}
	t.step.Profile(c.Profile != nil)
	return t, nil
}

// TrainOnBatch does one step with all samples of d and gives the metrics of the batch, taken
// before the weights moved. They are valid until the next call.
func (t *Trainer) TrainOnBatch(d Data) (Metrics, error) {
	in, err := t.batch(d)
	if err != nil {
		return nil, fmt.Errorf("train on batch: %w", err)
	}
	t.meter.reset()
	if err := t.learn(d.Len(), in); err != nil {
		return nil, fmt.Errorf("train on batch: step %d: %w", t.step.count+1, err)
	}
	return t.meter.now(), nil
}

// TestOnBatch gives the metrics of all samples of d in inference mode.
func (t *Trainer) TestOnBatch(d Data) (Metrics, error) {
	j, err := newEvaluator(t.o, d, max(1, d.Len()), "batch")
	if err != nil {
		return nil, fmt.Errorf("test on batch: %w", err)
	}
	return j.run(context.Background())
}

// LearningRate is the optimiser's present learning rate, NaN if it follows a schedule.
func (t *Trainer) LearningRate() float64 { return t.step.LearningRate() }

// SetLearningRate moves the learning rate.
func (t *Trainer) SetLearningRate(rate float64) error { return t.step.SetLearningRate(rate) }

// batch checks a batch and lists its tensors in the step's order.
func (t *Trainer) batch(d Data) ([]*tensor.Tensor, error) {
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

// prepare checks a feed of samples to learn from, and makes it ready.
func (t *Trainer) prepare(part string, f *feed) error {
	ds := f.loader.Data
	if err := t.o.fits(part, ds.Spec()); err != nil {
		return err
	}
	if err := t.o.labels(part, ds); err != nil {
		return err
	}
	if len(t.config.ClassWeight) > 0 && t.o.targets != 1 {
		return fmt.Errorf("class_weight: the model has %d outputs; give weights of samples instead", t.o.targets)
	}
	if err := t.chunked(part, ds.Spec()); err != nil {
		return err
	}
	f.classes = t.config.ClassWeight
	f.prepare()
	return nil
}

// learn does one step, or one for each chunk of the sequences.
func (t *Trainer) learn(n int, in []*tensor.Tensor) error {
	if t.config.Truncate > 0 {
		return t.learnChunks(n, in)
	}
	loss, outs, err := t.step.Run(in...)
	if err != nil {
		return err
	}
	t.meter.add(n, loss, outs)
	return nil
}

func (t *Trainer) fit(ctx context.Context, d Data) (*History, error) {
	if err := t.begin(d); err != nil {
		return nil, err
	}
	defer t.close()
	stream, err := t.feed.loader.Stream(t.at.epoch, t.at.batch)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	for t.at.epoch < t.config.Epochs && !(t.run.stopped && t.at.batch == 0) {
		if err := t.epoch(ctx, stream); err != nil {
			return t.history, err
		}
	}
	if err := t.tell(Event{Kind: TrainEnd, Epoch: t.at.epoch}); err != nil {
		return t.history, err
	}
	if t.config.KeepBest && t.kept != nil {
		if err := t.run.RestoreWeights(t.kept); err != nil {
			return t.history, err
		}
	}
	return t.history, nil
}

// begin checks everything that can be checked before the first step, and takes
// up a former run's state.
func (t *Trainer) begin(d Data) (err error) {
	c := &t.config
	if err := c.check(); err != nil {
		return err
	}
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatch
	}
	if t.feed, err = d.feed("training data", c.BatchSize, true); err != nil {
		return err
	}
	if err := t.prepare("training data", t.feed); err != nil {
		return err
	}
	t.feed.loader.Bucket = c.Bucket
	t.feed.loader.Shuffle, t.feed.loader.Seed = !c.NoShuffle, c.Seed
	names := t.o.names
	if c.Validation != nil {
		if t.validation, err = newEvaluator(t.o, *c.Validation, c.BatchSize, "validation data"); err != nil {
			return err
		}
		for _, n := range t.o.names {
			names = append(names[:len(names):len(names)], "val_"+n)
		}
	}
	t.run = Run{Model: t.model, History: t.history, Names: names, trainer: t}
	if c.Monitor == "" && t.validation != nil {
		c.Monitor = "val_loss"
	}
	t.history.Monitor = c.Monitor
	if c.Monitor != "" {
		if t.watch, err = watchOf(&t.run, "", c.Monitor, c.Mode); err != nil {
			return err
		}
	}
	t.best = t.watch.worst()
	return t.start()
}

// start tells the callbacks that the run begins, and puts a former state back.
func (t *Trainer) start() error {
	former := t.config.Initial
	t.saved = time.Now()
	if c := t.config.Checkpoint; c != nil {
		if c.Resume {
			s, err := c.read()
			if err != nil {
				return err
			}
			if s != nil {
				former = s
			}
		}
	}
	if former != nil {
		if err := t.resume(former); err != nil {
			return err
		}
	}
	if err := t.tell(Event{Kind: TrainBegin}); err != nil {
		return err
	}
	if former != nil {
		return t.resumeCallbacks(former)
	}
	if t.config.Checkpoint != nil { // a place that cannot be written to is found out now
		return t.checkpoint()
	}
	return nil
}

// epoch runs the rest of the present epoch.
func (t *Trainer) epoch(ctx context.Context, stream *data.Stream) error {
	if t.at.batch == 0 {
		if err := ctx.Err(); err != nil {
			return t.interrupted(err)
		}
		t.begun = time.Now()
		t.meter.reset()
		if err := t.tell(Event{Kind: EpochBegin}); err != nil {
			return err
		}
		if t.run.stopped {
			return nil
		}
	}
	steps := t.feed.loader.Steps()
	for t.at.batch < steps && !t.run.stopped {
		// A run is never left between an epoch's beginning and its first batch: the
		// callbacks would see the epoch begin twice.
		if err := ctx.Err(); err != nil && t.at.batch > 0 {
			return t.interrupted(err)
		}
		b, err := stream.Next()
		if err != nil {
			return err
		}
		if err := t.learn(len(b.Samples), t.feed.of(b)); err != nil {
			return t.failed(err)
		}
		t.at.batch++
		if len(t.config.Callbacks) > 0 {
			if err := t.tell(Event{Kind: BatchEnd, Metrics: t.meter.now()}); err != nil {
				return err
			}
		}
		if c := t.config.Checkpoint; c != nil && t.at.batch < steps && time.Since(t.saved) >= c.every() {
			if err := t.checkpoint(); err != nil {
				return err
			}
		}
	}
	return t.finish(ctx)
}

// finish ends an epoch: validation, the history's row, callbacks, checkpoint.
func (t *Trainer) finish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return t.interrupted(err)
	}
	row := Row{Epoch: t.at.epoch + 1, Metrics: append(Metrics(nil), t.meter.now()...)}
	if t.validation != nil {
		f, err := t.validation.run(ctx)
		if err != nil {
			if ctx.Err() != nil {
				return t.interrupted(ctx.Err())
			}
			return fmt.Errorf("epoch %d: validation: %w", row.Epoch, err)
		}
		for _, x := range f {
			row.Metrics = append(row.Metrics, Metric{"val_" + x.Name, x.Value})
		}
	}
	row.Seconds = time.Since(t.begun).Seconds()
	t.history.Rows = append(t.history.Rows, row)
	t.rank(row)
	t.at = position{t.at.epoch + 1, 0}
	t.meter.reset()
	e := Event{Kind: EpochEnd, Epoch: row.Epoch, Batch: t.feed.loader.Steps(), Metrics: row.Metrics, Seconds: row.Seconds}
	if err := t.tell(e); err != nil {
		return err
	}
	if t.config.Checkpoint != nil {
		return t.checkpoint()
	}
	return nil
}

// rank keeps the best epoch.
func (t *Trainer) rank(row Row) {
	if t.watch.name != "" {
		v := row.Metrics.Of(t.watch.name)
		if !t.watch.better(v, t.best, 0) && t.history.Best > 0 {
			return
		}
		if t.best = v; math.IsNaN(v) {
			t.best = t.watch.worst() // anything is better
		}
	}
	t.history.Best = row.Epoch
	if t.config.KeepBest && t.watch.name != "" {
		t.kept = t.run.SaveWeights(t.kept)
	}
}

// tell brings an event to the callbacks, with what all events say.
func (t *Trainer) tell(e Event) error {
	e.Epochs, e.Batches = t.config.Epochs, t.feed.loader.Steps()
	e.Step, e.Run = t.step.count, &t.run
	if e.Epoch == 0 {
		e.Epoch, e.Batch = t.at.epoch+1, t.at.batch
	}
	for _, c := range t.config.Callbacks {
		if err := c.On(e); err != nil {
			return fmt.Errorf("%v: %w", e.Kind, err)
		}
	}
	return nil
}

// close lets go of what callbacks hold, however the run ended.
func (t *Trainer) close() {
	for _, c := range t.config.Callbacks {
		if c, ok := c.(io.Closer); ok {
			c.Close()
		}
	}
}

// interrupted is the end of a run whose context has ended.
func (t *Trainer) interrupted(cause error) error {
	if t.config.Checkpoint != nil {
		if err := t.checkpoint(); err != nil {
			return fmt.Errorf("%w; and the state is not saved: %w", cause, err)
		}
	}
	return fmt.Errorf("stopped in epoch %d after batch %d (step %d): %w", t.at.epoch+1, t.at.batch, t.step.count, cause)
}

// failed says where in the run a step failed.
func (t *Trainer) failed(err error) error {
	return fmt.Errorf("step %d (epoch %d, batch %d): %w", t.step.count+1, t.at.epoch+1, t.at.batch+1, err)
}
