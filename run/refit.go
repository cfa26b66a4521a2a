package run

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"gorae/bundle"
	"gorae/config"
	"gorae/prep"
	"gorae/spec"
	"gorae/task"
	"gorae/train"
)

// RefitDir is the directory within that of a run in which train.refit trains anew.
const RefitDir = "refit"

// refitted returns the experiment of the second training of train.refit: no sample is held out, but the folds of an
// ensemble are kept, and there are as many epochs as the best one of the first training.
func (p *Prepared) refitted(best int) *spec.File {
	f := *p.file
	f.Experiment = *p.Spec.Clone()
	f.Train.Refit, f.Train.Baselines = false, new(false)
	f.Split.Test = new(0.0)
	if m, ok := p.how.(*supervised); ok && m.folded() {
		return &f
	}
	f.Split.Validation, f.Train.Epochs, f.Train.Monitor = new(0.0), best, ""
	f.Train.Callbacks = slices.DeleteFunc(f.Train.Callbacks, func(c train.Callback) bool {
		_, monitors := config.Encode(c).Get("monitor").(string)
		return monitors
	})
	return &f
}

// refittable returns an error where train.refit has nothing to give back.
func (p *Prepared) refittable() error {
	if !p.Spec.Train.Refit {
		return nil
	}
	fail := func(format string, args ...any) error {
		return task.Errorf("train.refit", format, args...).AtKey().Fix("leave it out")
	}
	held := p.Rows(task.Test)
	m, ok := p.how.(*supervised)
	if ok && !m.folded() {
		held += p.Rows(task.Validation)
	}
	switch {
	case !ok:
		return fail("is for samples with targets")
	case p.Spec.Data.Test != nil:
		return fail("gives the samples of the test part back to the training, but the test set has a source of its own")
	case p.Spec.Data.Source == "-":
		return fail("reads the samples again, and standard input can be read once")
	case p.Spec.Split.Folds > 0:
		return fail("is for one training, and split.folds makes several")
	case held == 0:
		return fail("gives samples that are held out back to the training, and there are none")
	}
	return nil
}

// refit trains anew on all samples, in a directory within that of the run. The figures of the report are those of the
// first training; of the second network nothing can be measured, since it has seen everything.
func (p *Prepared) refit(ctx context.Context, to *Result, o Options) error {
	f := p.refitted(to.Report.BestEpoch)
	if f.Train.Chooses() { // what was chosen on the samples that are now learnt from
		b, err := bundle.Open(filepath.Join(to.Dir, ModelFile))
		if err != nil {
			return fmt.Errorf("train.refit: %w", err)
		}
		if f.Train.Calibration = ""; f.Train.Threshold != nil && f.Train.Threshold.Aim != "" {
			f.Train.Threshold = nil
		}
		if d, ok := b.Fitted.Outputs()[0].Decision.(*prep.Decision); ok && d.Costs == nil {
			f.Train.Threshold = &spec.Threshold{Value: d.Threshold}
		}
	}
	second, err := Prepare(ctx, f)
	if err != nil {
		return fmt.Errorf("train.refit: %w", err)
	}
	r, err := Run(ctx, second, Options{Out: filepath.Join(to.Dir, RefitDir), Resume: true, AnyCPU: o.AnyCPU,
		Watch: o.Watch})
	if err != nil {
		return err
	}
	to.Refit = &Refit{Model: filepath.Join(r.Dir, ModelFile), Samples: r.Report.Rows[task.Train]}
	for _, w := range r.Warnings {
		to.Warnings = append(to.Warnings, RefitDir+": "+w)
	}
	return nil
}

// Refit is the result of train.refit.
type Refit struct {
	Model   string // the file
	Samples int    // that the network has learnt from
}
