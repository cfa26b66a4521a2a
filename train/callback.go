package train

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"gorae/config"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
)

// Kind says what happens in a run.
type Kind uint8

// What happens in a run, in this order: one TrainBegin; for each epoch EpochBegin, BatchBegin and BatchEnd for each
// batch, then, where there are validation data, TestBegin, TestBatchBegin and TestBatchEnd for each of their batches,
// TestEnd; EpochEnd; one TrainEnd. They are Keras's hooks on_train_begin, on_epoch_begin, on_train_batch_begin, ….
// A run continued in the middle of an epoch does not begin that epoch again.
const (
	TrainBegin Kind = iota
	EpochBegin
	BatchEnd
	EpochEnd
	TrainEnd
	BatchBegin
	TestBegin
	TestBatchBegin
	TestBatchEnd
	TestEnd
	kinds
)

// String is the kind's name.
func (k Kind) String() string {
	return [kinds]string{"train begin", "epoch begin", "batch end", "epoch end", "train end", "batch begin",
		"test begin", "test batch begin", "test batch end", "test end"}[k]
}

// Event is a moment of a run.
type Event struct {
	Kind    Kind
	Epoch   int    // from 1
	Epochs  int    // as wished
	Batch   int    // done in this epoch; at TestBatchBegin and TestBatchEnd done of the validation data
	Batches int    // in an epoch
	Step    uint64 // steps done since the beginning
	// Metrics are the epoch's running averages so far at BatchEnd, those of the validation data at TestEnd, and both,
	// the latter with val_ before their names, at EpochEnd and, of the last epoch, at TrainEnd. They are valid during
	// the call.
	Metrics Metrics
	Seconds float64 // of the epoch, at EpochEnd
	Run     *Run
}

// Callback watches a run and may act on it. An error ends the run. One that keeps
// something from one event to the next implements [Stateful] too.
type Callback interface {
	On(Event) error
}

// Stateful is a callback whose state belongs to checkpoints. State gives all that
// the callback must remember; Restore takes it back, after the TrainBegin of the continued run.
type Stateful interface {
	Callback
	State() []byte
	Restore(state []byte) error
}

// Observer is a Stateful callback that the training's numbers do not depend on: a run may be continued with it or
// without it. Observes does nothing.
type Observer interface {
	Stateful
	Observes()
}

// observed begins the names of observers' states.
const observed = "observer "

// stateName is the name of a callback's state in checkpoints.
func stateName(c Stateful) string {
	if _, ok := c.(Observer); ok {
		return observed + kindName(c)
	}
	return kindName(c)
}

// Callbacks is the registry of callbacks that an experiment file can name.
var Callbacks = config.NewRegistry[Callback]("callback", "keras.callbacks")

func init() {
	Callbacks.Register(&EarlyStopping{})
	Callbacks.Register(&ReduceLROnPlateau{}, "reduce_lr_on_plateau")
	Callbacks.Register(&ModelCheckpoint{})
	Callbacks.Register(&CSVLogger{}, "csv_logger")
	Callbacks.Register(&BackupAndRestore{})
	Callbacks.Register(LearningRateScheduler{})
	Callbacks.RegisterOwn(&LearningRateFinder{})
	Callbacks.Register(TerminateOnNaN{}, "terminate_on_nan")
	Callbacks.Register(SwapEMAWeights{}, "swap_ema_weights")
}

// Run is a run as its callbacks see it.
type Run struct {
	Model   *model.Model // the first one of a Loop
	Models  []NamedModel
	History *History // up to the last epoch that ended
	Names   []string // of the metrics an epoch will have

	stopped bool
	resumed bool
	loop    *loop
}

// Stop ends the run after the present epoch, at BatchEnd after the present batch.
func (r *Run) Stop() { r.stopped = true }

// Resumed reports whether the run goes on from a former state. A [Stateful] callback is given its own by Restore, after
// TrainBegin.
func (r *Run) Resumed() bool { return r.resumed }

// Steps are the steps of the run; that of Fit has no name. There may be none in a [Loop] with a Batch of its own.
func (r *Run) Steps() []LoopStep { return slices.Clone(r.loop.steps) }

// Step is a step of a Loop by its name, as to move its learning rate; "" is the only step, or the first one.
func (r *Run) Step(name string) (*Step, error) { return r.loop.step(name) }

// LearningRate is the optimiser's learning rate as callbacks see and move it. It
// is NaN where the optimiser follows a schedule. Of several steps it is the first one's.
func (r *Run) LearningRate() float64 { return r.loop.steps[0].Step.LearningRate() }

// SetLearningRate moves the learning rate; the next step uses it.
func (r *Run) SetLearningRate(rate float64) error { return r.loop.steps[0].Step.SetLearningRate(rate) }

// Snapshot is the run as it is now, to be continued by Config.Initial. Of the callbacks it
// has what they keep at this moment: those that come later in the list have not seen the present
// event yet.
func (r *Run) Snapshot() *Snapshot { return r.loop.snapshot().clone() }

// SaveWeights copies the models' weights and states into dst, whose memory it
// uses again, and returns the copy.
func (r *Run) SaveWeights(dst []tensor.Named) []tensor.Named {
	return capture(dst, r.loop.vars)
}

// RestoreWeights puts a copy back into the models.
func (r *Run) RestoreWeights(saved []tensor.Named) error {
	var err error
	r.loop.commit(func() { err = restore(r.loop.vars, saved) })
	return err
}

// kindName is the name under which a callback's state is kept.
func kindName(c Callback) string {
	t := reflect.TypeOf(c)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// watch is what callbacks that go by a metric have in common.
type watch struct {
	name string
	max  bool
}

// watchOf looks a monitored metric up in a run. Mode "auto" asks the metric for its direction, as Keras does:
// losses are to fall; a metric that does not say is an error.
func watchOf(r *Run, who, monitor, mode string) (watch, error) {
	if who != "" {
		who += ": "
	}
	if !slices.Contains(r.Names, monitor) {
		remedy := config.DidYouMean(monitor, r.Names)
		if strings.HasPrefix(monitor, "val_") && !slices.Contains(r.Names, "val_loss") {
			remedy = "; give validation data, or monitor one of " + strings.Join(r.Names, ", ")
		}
		return watch{}, fmt.Errorf("%smonitor: no metric %q%s", who, monitor, remedy)
	}
	switch mode {
	case "max", "min":
		return watch{monitor, mode == "max"}, nil
	}
	d := r.loop.direction(monitor)
	if d == metric.Unknown {
		return watch{}, fmt.Errorf("%smonitor: %q does not say whether it is to rise or to fall; give mode: max or min",
			who, monitor)
	}
	return watch{monitor, d == metric.Max}, nil
}

// direction says whether a metric of the run is to rise or to fall.
func (l *loop) direction(name string) metric.Direction {
	return l.directions[strings.TrimPrefix(name, "val_")]
}

// worst is a value that any other improves on.
func (w watch) worst() float64 {
	if w.max {
		return math.Inf(-1)
	}
	return math.Inf(1)
}

// better reports whether v is better than best by more than delta.
func (w watch) better(v, best, delta float64) bool {
	if w.max {
		return v-delta > best
	}
	return v+delta < best
}
