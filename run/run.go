package run

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"gorae/bundle"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// Options says where and how a run goes.
type Options struct {
	Out    string // the run directory; "" is runs/NAME-N, N counting up
	Resume bool   // go on with the run that is there
	// Watch, if not nil, is told of every event of the training.
	Watch func(train.Event) error
	// Profile, if not nil, is told where the time of a training step went.
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

// Run trains in a run directory. When ctx ends, it stops after the present batch, and --resume goes on from
// there; the error is a [*Stopped].
func Run(ctx context.Context, p *Prepared, o Options) (*Result, error) {
	dir, s, unlock, err := p.openDir(o.Out, o.Resume)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s == finished {
		r, err := ReadReport(dir)
		return &Result{dir, r, true}, err
	}
	if o.Began != nil {
		o.Began(dir)
	}
	r, err := p.run(ctx, dir, s == begun, o)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, &Stopped{dir, err}
	case err != nil:
		return nil, err
	}
	return &Result{Dir: dir, Report: r}, nil
}

// run trains, evaluates, and writes everything into the run directory.
func (p *Prepared) run(ctx context.Context, dir string, resume bool, o Options) (*Report, error) {
	norms := p.gradientNorms()
	c := p.config(dir, resume, norms, o.Watch)
	c.Profile = o.Profile
	h, err := train.Fit(ctx, p.Model, train.Data{Source: p.Varied}, c)
	if err != nil {
		return nil, err
	}
	r, err := p.evaluate(ctx, h)
	if err != nil {
		return nil, err
	}
	if err := p.reportGradients(dir, norms, r); err != nil {
		return nil, err
	}
	if err := writeHistory(dir, p.metricNames(), h.Rows); err != nil {
		return nil, err
	}
	if err := p.draw(dir, h); err != nil {
		return nil, err
	}
	finish := &task.Finish{Name: p.Name, Dir: dir, Seed: p.Spec.Seed, Model: p.Model, Training: p.Training,
		Findings: &r.Findings}
	if err := p.Problem.Finish(ctx, finish); err != nil {
		return nil, err
	}
	if err := p.Bundle().Save(filepath.Join(dir, ModelFile)); err != nil {
		return nil, err
	}
	// The report comes last: a run that has one is finished.
	return r, r.write(dir)
}

// Bundle is the network with everything that raw samples need.
func (p *Prepared) Bundle() *bundle.Bundle {
	b := bundle.New(p.Name, p.Task.Name(), p.Model, p.Fitted)
	b.Losses, b.Metrics = p.Spec.Train.Loss, p.Spec.Train.Metrics
	return b
}

// config is the training as package train wants it.
func (p *Prepared) config(dir string, resume bool, norms *train.GradientNorms,
	watch func(train.Event) error) train.Config {
	t := &p.Spec.Train
	c := train.Config{
		LossWeights: p.lossWeights(), Optimizer: t.Optimizer, Epochs: t.Epochs, BatchSize: t.BatchSize,
		Bucket: p.bucket(), Seed: p.Spec.Seed, NoShuffle: t.Shuffle != nil && !*t.Shuffle,
		Truncate: t.Truncate, Recompute: t.Recompute,
		Monitor: t.Monitor, KeepBest: true,
		Checkpoint: &train.Checkpoint{Path: filepath.Join(dir, LastFile), Resume: resume},
	}
	for i, l := range p.Training.Losses {
		c.Losses = append(c.Losses, p.Fitted.Loss(i, l))
		var ms []metric.Metric
		for _, m := range p.Training.Metrics[i] {
			// an epoch goes by all columns of an output together
			ms = append(ms, p.Fitted.Metrics(i, m.Name, m.Metric, l)[0])
		}
		c.OutputMetrics = append(c.OutputMetrics, ms)
	}
	if p.Rows(task.Validation) > 0 {
		c.Validation = &train.Data{Source: p.Parts[task.Validation]}
	}
	if norms != nil { // first: the others may put former weights back
		c.Callbacks = append(c.Callbacks, norms)
	}
	for _, cb := range t.Callbacks {
		c.Callbacks = append(c.Callbacks, within(dir, cb))
	}
	c.Callbacks = append(c.Callbacks, train.Lambda{EpochEnd: func(e train.Event) error {
		return writeHistory(dir, p.metricNames(), e.Run.History.Rows)
	}})
	if watch != nil {
		c.Callbacks = append(c.Callbacks, train.Lambda{TrainBegin: watch, EpochBegin: watch, BatchEnd: watch,
			EpochEnd: watch, TrainEnd: watch})
	}
	return c
}

// lossWeights is the factor of each output's loss; nil where all are 1.
func (p *Prepared) lossWeights() []float64 {
	if len(p.Spec.Train.LossWeights) == 0 {
		return nil
	}
	var out []float64
	for _, name := range p.Model.OutputNames() {
		w, ok := p.Spec.Train.LossWeights[name]
		if !ok {
			w = 1
		}
		out = append(out, w)
	}
	return out
}

// within makes the files of a callback stand in the run directory.
func within(dir string, c train.Callback) train.Callback {
	if f, ok := c.(train.FileCallback); ok {
		return f.Within(dir)
	}
	return c
}

// evaluate computes the report: every part with the best weights, in inference mode, in one pass.
func (p *Prepared) evaluate(ctx context.Context, h *train.History) (*Report, error) {
	r := &Report{Epochs: len(h.Rows), BestEpoch: h.Best, Seconds: h.Seconds(), Unit: p.Fitted.Unit(),
		Guesses: p.Guesses}
	e := bundle.Evaluation(p.Fitted, p.Training)
	e.LossWeights, e.Bucket = p.lossWeights(), p.bucket()
	for part, to := range []*train.Metrics{&r.Train, &r.Validation, &r.Test} {
		part := task.Part(part)
		if p.Rows(part) == 0 {
			continue
		}
		r.Rows[part] = p.Rows(part)
		var consumers []train.Consumer
		if c := p.Problem.Observe(part, p.Parts[part], p.Training); c != nil {
			consumers = append(consumers, c)
		}
		m, err := e.Run(ctx, p.Model, train.Data{Source: p.Parts[part]}, consumers...)
		if err != nil {
			return nil, fmt.Errorf("%s samples: %w", part, err)
		}
		*to = m
	}
	p.gap(r)
	return r, nil
}

// gap compares the training samples with those of the test part, or else of the validation part.
func (p *Prepared) gap(r *Report) {
	name := "loss"
	for _, n := range p.metricNames() {
		if n != "loss" && !isLoss(n, p.Model.OutputNames()) {
			name = n
			break
		}
	}
	switch {
	case r.Rows[task.Test] > 0:
		r.Gap = gap(name, r.Train, r.Test, r.Rows[task.Test]*p.predictions())
	case r.Rows[task.Validation] > 0:
		r.Gap = gap(name, r.Train, r.Validation, r.Rows[task.Validation]*p.predictions())
	}
}

// isLoss reports whether a name is that of an output's loss.
func isLoss(name string, outputs []string) bool {
	for _, o := range outputs {
		if name == o+"_loss" {
			return true
		}
	}
	return false
}

// predictions is how many things the network predicts of a sample: one, or one a step.
func (p *Prepared) predictions() int {
	if s := p.Model.OutputTypes(1)[0].Shape; len(s) == 3 {
		return s[1]
	}
	return 1
}
