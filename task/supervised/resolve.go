package supervised

import (
	"gorae/loss"
	"gorae/prep"
	"gorae/task"
)

// Options returns the options of a target: its task, whether numbers are standardised ([Scale]), what parts the labels
// of a cell, and whether their thresholds stay 0.5.
func Options(in *task.Input, kind prep.Task) prep.TargetOptions {
	d := &in.Spec.Data
	return prep.TargetOptions{Task: kind, Scale: Scale(in), Separator: d.LabelSeparator,
		Half: d.LabelThresholds == thresholdsHalf, Quantiles: d.Quantiles}
}

// Scale returns the scaling of numeric targets, a word of prep.TargetScales: that of the experiment, else none where a
// loss needs unscaled numbers (loss.Amounts).
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

// Resolve sets data.task, data.target_scale, data.label_separator and data.label_thresholds of the experiment from the
// fitted targets.
func Resolve(in *task.Input, ts Targets) {
	d := &in.Spec.Data
	if len(ts) == 0 {
		return
	}
	kind := ts[0].Task
	for _, t := range ts {
		if t.Task == prep.Labels {
			d.LabelSeparator, d.LabelThresholds = t.Separator, thresholdsF1
			if t.Half {
				d.LabelThresholds = thresholdsHalf
			}
		}
		if t.Task == prep.Regression && d.Scale == "" {
			d.Scale = Scale(in)
		}
		if t.Task != kind {
			return // one word cannot say it of both
		}
	}
	d.Task = string(kind)
}
