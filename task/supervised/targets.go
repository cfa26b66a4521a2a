package supervised

import (
	"errors"
	"fmt"

	"gorae/data"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
)

// Targets is the fitted targets of a task, in the order of the network's outputs. A Fitted that embeds it has the
// methods of task.Fitted that concern targets.
type Targets []*prep.Target

// Check returns an error for targets that no training writes, such as those of a damaged file.
func (ts Targets) Check() error {
	if len(ts) == 0 {
		return errors.New("the target is missing")
	}
	for _, t := range ts {
		if t == nil {
			return errors.New("a target is missing")
		}
	}
	return nil
}

// Target returns the target of an output, nil where there is none.
func (ts Targets) Target(output int) *prep.Target {
	if output >= len(ts) {
		return nil
	}
	return ts[output]
}

// None reports whether the list is empty and not nil, as for an autoencoder.
func (ts Targets) None() bool { return ts != nil && len(ts) == 0 }

// Outputs returns the name and the classes of each output.
func (ts Targets) Outputs() []task.Output {
	var out []task.Output
	for _, t := range ts {
		o := task.Output{Name: t.Name, Classes: t.Classes, Each: t.Task == prep.Labels, Thresholds: t.Thresholds}
		if t.Decision != nil {
			o.Decision = t.Decision
		}
		out = append(out, o)
	}
	return out
}

// Loss returns l for classes, whose targets are encoded beforehand (task.Encode), and l on the scaled number for
// numbers (task.Learnt).
func (ts Targets) Loss(output int, l loss.Loss) loss.Loss {
	if g := ts[output]; g.Task == prep.Regression {
		return task.Learnt(task.OfQuantiles(l, g.Quantiles), 1)
	}
	return l
}

// Metrics returns m on numbers in the target's units, or on classes by the rule of the loss.
func (ts Targets) Metrics(output int, name string, m metric.Metric, l loss.Loss) []metric.Metric {
	return []metric.Metric{measure(name, m, ts[output], loss.TraitsOf(l).Predictions)}
}

// WithTargets returns the samples x with encoded targets, [samples, …] each; x itself where there are none.
func WithTargets(x data.Dataset, ts Targets, ys ...*tensor.Tensor) (data.Dataset, error) {
	if len(ys) == 0 {
		return x, nil
	}
	var named []tensor.Named
	for k, y := range ys {
		if n := y.Shape[0]; n != x.Len() {
			return nil, fmt.Errorf("%d targets %s for %d samples; each sample needs one", n, ts[k].Name, x.Len())
		}
		named = append(named, tensor.Named{Name: ts[k].Name, Tensor: y})
	}
	d, err := data.Tensors(named...)
	if err != nil {
		return nil, err
	}
	return data.WithTargets(x, d)
}
