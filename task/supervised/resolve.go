package supervised

import (
	"gorae/loss"
	"gorae/prep"
	"gorae/task"
)

// Options is how a target is fitted: of the kind that the experiment says, numbers standardised unless it
// or the loss wants them as they are.
func Options(in *task.Input, kind prep.Task) prep.TargetOptions {
	return prep.TargetOptions{Task: kind, Raw: Scale(in) == "none"}
}

// Scale is how numbers are learnt: zscore or none, which losses of numbers as they are need.
func Scale(in *task.Input) string {
	if s := in.Spec.Data.Scale; s != "" {
		return s
	}
	for _, l := range in.Spec.Train.Loss {
		if loss.TraitsOf(l.Loss).Targets == loss.Amounts {
			return "none"
		}
	}
	return "zscore"
}

// Resolve writes into the experiment what its targets turned out to be.
func Resolve(in *task.Input, ts Targets) {
	d := &in.Spec.Data
	if len(ts) == 0 {
		return
	}
	kind := ts[0].Task
	for _, t := range ts {
		if t.Task == prep.Regression && d.Scale == "" {
			d.Scale = Scale(in)
		}
		if t.Task != kind {
			return // one word cannot say it of both
		}
	}
	d.Task = string(kind)
}
