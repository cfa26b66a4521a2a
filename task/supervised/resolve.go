package supervised

import (
	"gorae/loss"
	"gorae/prep"
	"gorae/task"
)

// Options returns the options of a target: its task, and whether numbers are standardised ([Scale]).
func Options(in *task.Input, kind prep.Task) prep.TargetOptions {
	return prep.TargetOptions{Task: kind, Raw: Scale(in) == "none"}
}

// Scale returns the scaling of numeric targets, zscore or none: that of the experiment, else none where a loss needs
// unscaled numbers (loss.Amounts).
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

// Resolve sets data.task and data.target_scale of the experiment from the fitted targets.
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
