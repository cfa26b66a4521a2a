package experiment

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"gorae/metric"
	"gorae/train"
)

// Options says where and how a run goes.
type Options struct {
	Out    string // the run directory; "" is runs/NAME-N, N counting up
	Resume bool   // go on with the run that is there
	// Watch, if not nil, is told of every event of the training.
	Watch func(train.Event) error
	// Profile, if not nil, is told where the time of a learning step went.
	Profile io.Writer
	// Began, if not nil, is told the run directory before the first step.
	Began func(dir string)
}

// Result is what a run came to.
type Result struct {
	Dir      string
	Report   *Report
	Finished bool // the run had been finished before; nothing was done
}

// Stopped is the error of a run that was told to stop; it can be taken up again.
type Stopped struct {
	Dir string
	Err error
}

func (e *Stopped) Error() string { return e.Err.Error() }

// Unwrap is the context's error.
func (e *Stopped) Unwrap() error { return e.Err }

// Run trains in a run directory: the chapter's procedure from P3 on. When ctx ends, it stops
// after the present batch, and --resume goes on from there; the error is a *Stopped.
func Run(ctx context.Context, r *Ready, o Options) (*Result, error) {
	dir, s, unlock, err := r.openDir(o.Out, o.Resume)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s == finished {
		p, err := ReadReport(dir)
		return &Result{dir, p, true}, err
	}
	if o.Began != nil {
		o.Began(dir)
	}
	c := r.config(dir, s == begun, o.Watch)
	c.Profile = o.Profile
	h, err := train.Fit(ctx, r.Model, r.Varied, c)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &Stopped{dir, err}
		}
		return nil, err
	}
	p, err := r.judge(ctx, h)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &Stopped{dir, err}
		}
		return nil, err
	}
	if err := r.drawGradients(dir, p); err != nil {
		return nil, err
	}
	if err := writeHistory(dir, r.figures(), h.Rows); err != nil {
		return nil, err
	}
	if err := r.draw(dir, h); err != nil {
		return nil, err
	}
	if err := r.form.finish(ctx, r, dir, p); err != nil {
		if ctx.Err() != nil {
			return nil, &Stopped{dir, err}
		}
		return nil, err
	}
	product := &Product{Model: r.Model, Recipe: r.Recipe}
	if err := product.Save(filepath.Join(dir, ModelFile)); err != nil {
		return nil, err
	}
	// The report comes last: a run that has one is finished.
	return &Result{Dir: dir, Report: p}, p.write(dir)
}

// measures are the metrics as the target wants them.
func (r *Ready) measures() []metric.Metric {
	a := r.Recipe.applied()
	var ms []metric.Metric
	for _, m := range r.Train.Metrics {
		ms = append(ms, a.measure(m.Name, m.Metric, r.Train.Loss))
	}
	return ms
}

// each are the metrics of single targets. They judge the network that a run came to; an epoch goes by those of all.
func (r *Ready) each() []metric.Metric {
	a := r.Recipe.applied()
	var ms []metric.Metric
	for _, m := range r.Train.Metrics {
		ms = append(ms, a.each(m.Name, m.Metric)...)
	}
	return ms
}

// config is the training as package train wants it.
func (r *Ready) config(dir string, resume bool, watch func(train.Event) error) train.Config {
	c := train.Config{
		Loss: r.Recipe.applied().judge(r.Train.Loss), Optimizer: r.Train.Optimizer, Metrics: r.measures(),
		Epochs: r.Train.Epochs, BatchSize: r.Train.BatchSize,
		Bucket: r.bucket(), Seed: r.Seed, NoShuffle: r.Train.Shuffle != nil && !*r.Train.Shuffle,
		Truncate: r.Train.Truncate, Recompute: r.Train.Recompute,
		Monitor: r.Train.Monitor, KeepBest: true,
		Checkpoint: &train.Checkpoint{Path: filepath.Join(dir, LastFile), Resume: resume},
	}
	if r.Rows[1] > 0 {
		c.Validation = &r.Validation
	}
	if r.recurrent() { // first: the others may put former weights back
		r.norms = &train.GradientNorms{}
		c.Callbacks = append(c.Callbacks, r.norms)
	}
	for _, cb := range r.Train.Callbacks {
		c.Callbacks = append(c.Callbacks, within(dir, cb))
	}
	c.Callbacks = append(c.Callbacks, train.Lambda{EpochEnd: func(e train.Event) error {
		return writeHistory(dir, r.figures(), e.Run.History.Rows)
	}})
	if watch != nil {
		c.Callbacks = append(c.Callbacks, train.Lambda{TrainBegin: watch, EpochBegin: watch, BatchEnd: watch, EpochEnd: watch, TrainEnd: watch})
	}
	return c
}

// within makes the files of a callback stand in the run directory.
func within(dir string, c train.Callback) train.Callback {
	put := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, filepath.FromSlash(path))
	}
	switch c := c.(type) {
	case *train.ModelCheckpoint:
		d := *c
		d.Filepath = put(c.Filepath)
		return &d
	case *train.CSVLogger:
		d := *c
		d.Filename = put(c.Filename)
		return &d
	}
	return c
}

// judge computes the report: every part with the best weights, in inference mode.
func (r *Ready) judge(ctx context.Context, h *train.History) (*Report, error) {
	p := &Report{Epochs: len(h.Rows), BestEpoch: h.Best, Seconds: h.Seconds()}
	for i, part := range []struct {
		name string
		data train.Data
		to   *train.Metrics
	}{{"learning", r.Learn, &p.Train}, {"validation", r.Validation, &p.Validation}, {"test", r.Test, &p.Test}} {
		if r.Rows[i] == 0 {
			continue
		}
		f, err := train.Evaluation{
			Loss: r.Recipe.applied().judge(r.Train.Loss), Metrics: slices.Concat(r.measures(), r.each()), BatchSize: r.Model.PredictBatch(), Bucket: r.bucket()}.Run(ctx, r.Model, part.data)
		if err != nil {
			return nil, fmt.Errorf("%s rows: %w", part.name, err)
		}
		*part.to = f
	}
	name := "loss"
	if len(r.Train.Metrics) > 0 {
		name = r.Train.Metrics[0].Name
	}
	switch {
	case r.Rows[2] > 0:
		p.Gap = gap(name, p.Train, p.Test, r.Rows[2]*r.foretold())
	case r.Rows[1] > 0:
		p.Gap = gap(name, p.Train, p.Validation, r.Rows[1]*r.foretold())
	}
	return p, nil
}

// foretold is how many things the network foretells of a sample: one, or one a step.
func (r *Ready) foretold() int {
	if s := r.Model.OutputTypes(1)[0].Shape; len(s) == 3 {
		return s[1]
	}
	return 1
}
