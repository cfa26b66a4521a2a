package train

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"gorae/config"
	"gorae/data"
	"gorae/format"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// loop is the training loop of Fit and Loop: epochs over batches, running averages, validation, callbacks, the best
// epoch, checkpoints. What is done with a batch is learn's; Fit is a loop of one step.
type loop struct {
	config  Config
	models  []NamedModel
	vars    []variable
	steps   []LoopStep
	targets bool // the training data must have targets

	prepare    func(part string, f *feed) error // checks and prepares the training data
	evaluate   func() error                     // sets validate and valNames; nil without validation
	learn      func(b *data.Batch, in []*tensor.Tensor) error
	inputs     func(s *Step, b *data.Batch, in []*tensor.Tensor) []*tensor.Tensor // of a step, for a batch
	meter      averages
	names      []string                                   // of the running averages
	validate   func(ctx context.Context) (Metrics, error) // nil without validation
	valNames   []string                                   // of its metrics, without val_
	directions map[string]metric.Direction                // of the metrics, without val_

	trained func() *format.Optimizer // its state for model files; nil for several steps

	data    Data // the training data
	feed    *feed
	history *History
	run     Run
	at      position
	watch   watch // of the monitored metric; without a name the last epoch is best
	best    float64
	kept    []tensor.Named // weights of the best epoch
	saved   time.Time      // when the checkpoint was written
	writing time.Duration  // how long that took
	begun   time.Time      // the present epoch, less what an earlier process spent in it
}

// averages are the running averages of an epoch.
type averages interface {
	now() Metrics // valid until the next call
	reset()
	state() []float64
	restore([]float64) error
}

// position is where a run stands: the epoch and its next batch, and the same of the passes through the data, which
// differ from epochs where Config.StepsPerEpoch is given. ended says that all batches of the epoch are done.
type position struct {
	epoch, batch    int
	pass, passBatch int
	ended           bool
}

// variable is a weight or state under the name that tells it apart from those of other models.
type variable struct {
	name string
	*weight.Var
}

// variables lists those of all models.
func variables(models []NamedModel) []variable {
	var vs []variable
	seen := map[*weight.Variable]bool{} // those that models share are listed once
	for _, m := range models {
		for _, v := range m.Store().Vars() {
			if !seen[v.Variable] {
				vs = append(vs, variable{m.prefix() + v.Path, v})
			}
			seen[v.Variable] = true
		}
	}
	return vs
}

// NamedModel is one of the models of a run.
type NamedModel struct {
	Name string // "" where there is one model only
	*model.Model
}

func (m NamedModel) prefix() string {
	if m.Name == "" {
		return ""
	}
	return m.Name + "/"
}

// fit is the run.
func (l *loop) fit(ctx context.Context, d Data) (*History, error) {
	if err := l.begin(d); err != nil {
		return nil, err
	}
	defer l.close()
	stream, err := l.feed.loader.Stream(l.at.pass, l.at.passBatch)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	for l.at.epoch < l.config.Epochs && !(l.run.stopped && l.at.batch == 0) {
		if err := l.epoch(ctx, stream); err != nil {
			return l.history, err
		}
	}
	l.settle()
	end := Event{Kind: TrainEnd, Epoch: l.at.epoch}
	if n := len(l.history.Rows); n > 0 {
		end.Metrics = l.history.Rows[n-1].Metrics
	}
	if err := l.tell(end); err != nil {
		return l.history, err
	}
	if l.config.KeepBest && l.kept != nil {
		if err := l.run.RestoreWeights(l.kept); err != nil {
			return l.history, err
		}
	}
	return l.history, nil
}

// begin checks everything that can be checked before the first step, and takes
// up a former run's state.
func (l *loop) begin(d Data) (err error) {
	c := &l.config
	if err := c.check(); err != nil {
		return err
	}
	if c.BatchSize == 0 {
		c.BatchSize = defaultBatch
	}
	l.data = d
	if l.feed, err = d.feed("training data", c.BatchSize, l.targets); err != nil {
		return err
	}
	if err := l.prepare("training data", l.feed); err != nil {
		return err
	}
	if l.feed.loader.Data.Len() < 0 && c.ShuffleBuffer > 0 && !c.NoShuffle {
		l.feed.loader.Data = &data.Shuffled{Dataset: l.feed.loader.Data, Buffer: c.ShuffleBuffer, Seed: c.Seed}
	}
	if l.evaluate != nil {
		if err := l.evaluate(); err != nil {
			return err
		}
	}
	l.feed.loader.Bucket = c.Bucket
	l.feed.loader.Shuffle, l.feed.loader.Seed = !c.NoShuffle, c.Seed
	names := l.names[:len(l.names):len(l.names)]
	for _, n := range l.valNames {
		names = append(names, "val_"+n)
	}
	l.run = Run{Model: l.models[0].Model, Models: l.models, History: l.history, Names: names, loop: l}
	l.history.Monitor = c.Monitor
	if c.Monitor != "" {
		if l.watch, err = watchOf(&l.run, "", c.Monitor, c.Mode); err != nil {
			return err
		}
	}
	l.best = l.watch.worst()
	return l.start()
}

// start tells the callbacks that the run begins, and puts a former state back.
func (l *loop) start() error {
	l.saved = time.Now()
	former, err := l.backedUp()
	if err != nil {
		return err
	}
	if l.config.Initial != nil {
		former = l.config.Initial
	}
	if c := l.config.Checkpoint; c != nil && c.Resume {
		s, err := c.read()
		if err != nil {
			return err
		}
		if s != nil {
			former = s
		}
	}
	if former != nil {
		if err := l.resume(former); err != nil {
			return err
		}
		l.run.resumed = true
	}
	if err := l.tell(Event{Kind: TrainBegin}); err != nil {
		return err
	}
	if former != nil {
		return l.resumeCallbacks(former)
	}
	if l.config.Checkpoint != nil { // a place that cannot be written to is found out now
		return l.checkpoint(false)
	}
	return nil
}

// batches is the number of batches in an epoch, 0 where it is not known.
func (l *loop) batches() int {
	if n := l.config.StepsPerEpoch; n > 0 {
		return n
	}
	return max(0, l.feed.loader.Steps())
}

// epoch runs the remaining batches of the present epoch.
func (l *loop) epoch(ctx context.Context, stream *data.Stream) error {
	if l.at.batch == 0 {
		if err := ctx.Err(); err != nil {
			return l.interrupted(err)
		}
		l.begun = time.Now()
		l.meter.reset()
		if err := l.tell(Event{Kind: EpochBegin}); err != nil {
			return err
		}
		if l.run.stopped {
			return l.save(true)
		}
	}
	for !l.at.ended && !l.run.stopped {
		// A run is never left between an epoch's beginning and its first batch: the
		// callbacks would see the epoch begin twice.
		if err := ctx.Err(); err != nil && l.at.batch > 0 {
			return l.interrupted(err)
		}
		if err := l.batch(stream); err != nil {
			return err
		}
	}
	return l.finish(ctx)
}

// batch takes the next batch, or finds that the data have come to their end.
func (l *loop) batch(stream *data.Stream) error {
	b, err := stream.Next()
	if err == io.EOF { // an epoch has at least one batch: where a pass ended with the epoch before, the next one begins
		l.at.pass, l.at.passBatch = l.at.pass+1, 0
		l.at.ended = l.at.batch > 0
		return nil
	}
	if err != nil {
		return err
	}
	in := l.feed.of(b)
	if err := l.tell(Event{Kind: BatchBegin}); err != nil {
		return err
	}
	if err := l.learn(b, in); err != nil {
		var e *StepError
		if errors.As(err, &e) && e.Cause.Leaf {
			e.Place = l.feed.place(b, in)
		}
		return fmt.Errorf("step %d (epoch %d, batch %d): %w", l.count()+1, l.at.epoch+1, l.at.batch+1, err)
	}
	l.at.batch++
	l.at.passBatch++
	if l.at.passBatch == l.feed.loader.Steps() {
		l.at.pass, l.at.passBatch, l.at.ended = l.at.pass+1, 0, true
	}
	l.at.ended = l.at.ended || l.at.batch == l.config.StepsPerEpoch
	if len(l.config.Callbacks) > 0 {
		if err := l.tell(Event{Kind: BatchEnd, Metrics: l.meter.now()}); err != nil {
			return err
		}
		if err := l.backup(); err != nil {
			return err
		}
	}
	if l.at.ended { // written with the epoch's metrics
		return nil
	}
	return l.save(false)
}

// finish ends an epoch: validation, the history's row, callbacks, checkpoint.
func (l *loop) finish(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return l.interrupted(err)
	}
	row := Row{Epoch: l.at.epoch + 1, Metrics: append(Metrics(nil), l.meter.now()...)}
	averages, swap := l.swaps()
	if swap = swap && (l.validate != nil || averages.SwapOnEpoch); swap {
		l.swap()
	}
	if l.validate != nil {
		f, err := l.tested(ctx)
		if swap && (err != nil || !averages.SwapOnEpoch) {
			l.swap()
		}
		if err != nil {
			if ctx.Err() != nil {
				return l.interrupted(ctx.Err())
			}
			return fmt.Errorf("epoch %d: validation: %w", row.Epoch, err)
		}
		for _, x := range f {
			x.Name = "val_" + x.Name
			row.Metrics = append(row.Metrics, x)
		}
	}
	row.Seconds = time.Since(l.begun).Seconds()
	l.history.Rows = append(l.history.Rows, row)
	l.rank(row)
	batch := l.at.batch
	l.at = position{epoch: l.at.epoch + 1, pass: l.at.pass, passBatch: l.at.passBatch}
	l.meter.reset()
	e := Event{Kind: EpochEnd, Epoch: row.Epoch, Batch: batch, Metrics: row.Metrics, Seconds: row.Seconds}
	err := l.tell(e)
	if swap && averages.SwapOnEpoch {
		l.swap()
	}
	if err == nil {
		err = l.backup()
	}
	if err != nil {
		return err
	}
	return l.save(l.at.epoch >= l.config.Epochs || l.run.stopped)
}

// tested evaluates the validation data between their events.
func (l *loop) tested(ctx context.Context) (Metrics, error) {
	if err := l.tell(Event{Kind: TestBegin}); err != nil {
		return nil, err
	}
	f, err := l.validate(ctx)
	if err == nil {
		err = l.tell(Event{Kind: TestEnd, Metrics: f})
	}
	return f, err
}

// testBatch tells the callbacks of a batch of the validation data, of which n are done.
func (l *loop) testBatch(k Kind, n int) error {
	return l.tell(Event{Kind: k, Epoch: l.at.epoch + 1, Batch: n})
}

// rank updates the best epoch.
func (l *loop) rank(row Row) {
	if l.watch.name != "" {
		v := row.Metrics.Of(l.watch.name)
		if !l.watch.better(v, l.best, 0) && l.history.Best > 0 {
			return
		}
		if l.best = v; math.IsNaN(v) {
			l.best = l.watch.worst() // anything is better
		}
	}
	l.history.Best = row.Epoch
	if l.config.KeepBest && l.watch.name != "" {
		l.kept = l.run.SaveWeights(l.kept)
	}
}

// count is the number of steps done since the beginning, of all kinds together.
func (l *loop) count() uint64 {
	n := uint64(0)
	for _, s := range l.steps {
		n += s.Step.count
	}
	return n
}

// step finds a step by its name; "" is the first one.
func (l *loop) step(name string) (*Step, error) {
	var names []string
	for _, s := range l.steps {
		if names = append(names, s.Name); s.Name == name || name == "" {
			return s.Step, nil
		}
	}
	return nil, fmt.Errorf("there is no step %q%s", name, config.DidYouMean(name, names))
}

// tell calls the callbacks with an event, whose common fields it sets.
func (l *loop) tell(e Event) error {
	e.Epochs, e.Batches = l.config.Epochs, l.batches()
	e.Step, e.Run = l.count(), &l.run
	if e.Epoch == 0 {
		e.Epoch, e.Batch = l.at.epoch+1, l.at.batch
	}
	for _, c := range l.config.Callbacks {
		if err := c.On(e); err != nil {
			return fmt.Errorf("%v: %w", e.Kind, err)
		}
	}
	return nil
}

// close closes the callbacks, however the run ended.
func (l *loop) close() {
	for _, c := range l.config.Callbacks {
		if c, ok := c.(io.Closer); ok {
			c.Close()
		}
	}
}

// commit runs f while nobody predicts with any of the models.
func (l *loop) commit(f func()) {
	var models []*model.Model
	for _, m := range l.models {
		models = append(models, m.Model)
	}
	lock := model.Lock(models...)
	lock.Lock()
	defer lock.Unlock()
	f()
}

// interrupted is the end of a run whose context has ended.
func (l *loop) interrupted(cause error) error {
	if l.config.Checkpoint != nil {
		if err := l.checkpoint(true); err != nil {
			return fmt.Errorf("%w; and the state is not saved: %w", cause, err)
		}
	}
	return fmt.Errorf("stopped in epoch %d after batch %d (step %d): %w", l.at.epoch+1, l.at.batch, l.count(), cause)
}

// stepNames lists the names of steps for messages.
func stepNames(steps []LoopStep) string {
	var names []string
	for _, s := range steps {
		names = append(names, s.Name)
	}
	return strings.Join(names, ", ")
}
