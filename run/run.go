package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"gorae/bundle"
	"gorae/internal/doing"
	"gorae/internal/file"
	"gorae/task"
	"gorae/train"
)

// Options are the settings of a run that are not part of the experiment.
type Options struct {
	Out    string // the run directory; "" is runs/NAME-N, N counting up
	Resume bool   // continue the run that the directory holds
	AnyCPU bool   // continue also on another instruction set than the run began with: last bits will differ
	// Trained is the run directory of a trial ([RunTrial]) of the same experiment, whose training a fresh run takes
	// over; "": none.
	Trained string
	// Watch, if not nil, is called with every event of the training.
	Watch func(train.Event) error
	// Profile, if not nil, receives a table of the time of each operation of a training step.
	Profile io.Writer
	// NoStatistics leaves out the statistics of activations, gradients and weights.
	NoStatistics bool
	// Began, if not nil, is called with the run directory before the first step.
	Began func(dir string)
}

// Result is the result of a run.
type Result struct {
	Dir      string
	Report   *Report
	Finished bool // the run had been finished before; nothing was done
	// Looks is how many other runs beside this one were tested on the same samples.
	Looks    Looks
	Refit    *Refit   // of train.refit; nil without
	Warnings []string // errors in writing anything but the model and the metrics, such as a picture; a line each
}

// Stopped is the error of a run whose context ended; Options.Resume continues it.
type Stopped struct {
	Dir string
	Err error
}

func (e *Stopped) Error() string { return e.Err.Error() }

// Unwrap returns the context's error.
func (e *Stopped) Unwrap() error { return e.Err }

// Run trains in a run directory. When ctx ends, it stops after the present batch, and --resume goes on from
// there; the error is a [*Stopped].
func Run(ctx context.Context, p *Prepared, o Options) (*Result, error) {
	doing.Say(ctx, "looking at the data of %s", p.Name)
	dir, s, unlock, err := p.openDir(ctx, o)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s == finished {
		r, err := ReadReport(dir)
		result := &Result{Dir: dir, Report: r, Finished: true, Looks: looksBeside(dir, p.tested())}
		if err == nil && p.Spec.Train.Refit {
			err = p.refit(ctx, result, o)
		}
		return result, err
	}
	if o.Began != nil {
		o.Began(dir)
	}
	result := &Result{Dir: dir}
	err = p.run(ctx, result, s == begun, o)
	if err == nil && p.Spec.Train.Refit {
		err = p.refit(ctx, result, o)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, &Stopped{dir, err}
	case err != nil:
		return nil, err
	}
	return result, nil
}

// run trains, evaluates, and writes the files of the run directory: the model first, then pictures and tables, whose
// failure is a warning, and metrics.json last, since a run that has it is finished.
func (p *Prepared) run(ctx context.Context, to *Result, resume bool, o Options) error {
	for _, c := range p.Spec.Train.Callbacks {
		if f, ok := c.(train.FileCallback); ok {
			_, path := f.Within(to.Dir).(train.FileCallback).File()
			if err := file.MakeDir(filepath.Dir(path)); err != nil {
				return fmt.Errorf("%s: cannot make this directory: %w", filepath.Dir(path), file.Cause(err))
			}
		}
	}
	norms := p.gradientNorms()
	c := p.config(to.Dir, resume, norms, o.Watch)
	c.Profile = o.Profile
	measured := p.statistics(o)
	if measured != nil { // first, since other callbacks may restore earlier weights
		c.Callbacks = append([]train.Callback{measured}, c.Callbacks...)
	}
	doing.Say(ctx, "compiling the program of a training step")
	h, err := p.how.train(ctx, c)
	if err != nil {
		if ctx.Err() == nil {
			p.fail(to.Dir, measured, err)
		}
		return err
	}
	if err := file.Remove(filepath.Join(to.Dir, FailureFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: %w", FailureFile, file.Cause(err))
	}
	to.Report = &Report{Epochs: len(h.Rows), BestEpoch: h.Best, Seconds: h.Seconds(), Unit: p.Fitted.Unit(),
		Guesses: p.Guesses, Target: p.Problem.About(), Assumed: p.Assumed, Uses: p.Uses}
	if err := p.how.evaluate(ctx, to.Report); err != nil {
		return err
	}
	finish := &task.Finish{Name: p.Name, Dir: to.Dir, Seed: p.Spec.Seed, Model: p.Model, Training: p.Training,
		Findings: &to.Report.Findings, Dependence: p.Dependence, Copies: p.copies,
		Baselines: p.Spec.Train.Baselines == nil || *p.Spec.Train.Baselines}
	if c, ok := p.Problem.(task.Calibrator); ok {
		c.Calibrate()
	}
	b := p.Bundle()
	if c, ok := p.Problem.(task.Completer); ok && finish.Baselines {
		doing.Say(ctx, "fitting the baselines")
		if err := guarded(func() error { return c.Complete(ctx, finish) }); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			to.Warnings = append(to.Warnings, "baselines: "+err.Error())
			finish.Baselines = false
		}
		if k, ok := c.(task.Keeper); ok && finish.Baselines {
			if err := b.Keep(k.Kept()); err != nil {
				return err
			}
		}
	}
	doing.Say(ctx, "writing %s", to.Dir)
	if err := b.Save(filepath.Join(to.Dir, ModelFile)); err != nil {
		return err
	}
	to.Report.sayDuplicates(p.Dependence[task.Train].Serial)
	if err := writeHistory(to.Dir, p.how.columns(), h.Rows); err != nil {
		return err
	}
	for _, write := range []func() error{
		func() error { return p.writeHashes(to.Dir) },
		func() error { return writeStatistics(to.Dir, measured) },
		func() error { return p.look(to) },
		func() error { return p.draw(to.Dir, h) },
		func() error { return p.Problem.Finish(ctx, finish) },
		func() error { return p.reportGradients(to.Dir, norms, to.Report) },
		func() error { return p.reportRates(to.Dir, to.Report) },
	} {
		if err := guarded(write); ctx.Err() != nil {
			return ctx.Err()
		} else if err != nil {
			to.Warnings = append(to.Warnings, err.Error()+"; the model is written all the same")
		}
	}
	return to.Report.write(to.Dir)
}

// guarded calls a function and returns its panic as an error: a fault in drawing may not end a run that has trained for
// hours.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not written: %v", r)
		}
	}()
	return f()
}

// Bundle returns the network with its fitted task, losses and metrics.
func (p *Prepared) Bundle() *bundle.Bundle {
	b := bundle.New(p.Name, p.Task.Name(), p.Model, p.Fitted)
	b.Losses, b.Metrics = p.Spec.Train.Loss, p.Spec.Train.Metrics
	b.Batches = p.batches()
	return b
}

// config returns the settings of a training that all methods have.
func (p *Prepared) config(dir string, resume bool, norms *train.GradientNorms,
	watch func(train.Event) error) train.Config {
	t := &p.Spec.Train
	c := train.Config{
		Epochs: t.Epochs, BatchSize: t.BatchSize, Seed: p.Spec.Seed, NoShuffle: t.Shuffle != nil && !*t.Shuffle,
		Monitor: t.Monitor, KeepBest: true,
		Checkpoint: &train.Checkpoint{Path: filepath.Join(dir, LastFile), Resume: resume,
			Every: time.Duration(t.CheckpointSeconds * float64(time.Second)),
			Written: func(h *train.History) error {
				if len(h.Rows) == 0 {
					return nil
				}
				return writeHistory(dir, p.how.columns(), h.Rows)
			}},
	}
	if norms != nil { // first, since other callbacks may restore earlier weights
		c.Callbacks = append(c.Callbacks, norms)
	}
	for _, cb := range t.Callbacks {
		if f, ok := cb.(train.FileCallback); ok {
			cb = f.Within(dir)
		}
		c.Callbacks = append(c.Callbacks, cb)
	}
	if watch != nil {
		c.Callbacks = append(c.Callbacks, train.Lambda{TrainBegin: watch, EpochBegin: watch, BatchEnd: watch,
			EpochEnd: watch, TrainEnd: watch})
	}
	return c
}
