package series

import (
	"gorae/data/series"
	"gorae/loss"
	"gorae/metric"
	"gorae/task"
	"gorae/train"
)

// Loss hides from a loss what a window's target carries behind what is learnt (series.Levelled).
func (f *Fitted) Loss(_ int, l loss.Loss) loss.Loss { return task.Learnt(l, len(f.Targets)) }

// Metrics returns a metric of all targets in their units and, where there are several, of each by itself under the name
// rmse(Open): a metric over several mixes their units.
func (f *Fitted) Metrics(_ int, name string, m metric.Metric, _ loss.Loss) []metric.Metric {
	units, k := f.Units(), len(f.Spec.Targets)
	all := []metric.Metric{train.NamedMetric{Metric: metric.Exact(m, lift(units, 0, 1)), Name: name}}
	if k < 2 {
		return all
	}
	for t, target := range f.Spec.Targets {
		one := metric.Exact(m, lift(units, t, k)) // outputs are step by step, the targets within
		all = append(all, train.NamedMetric{Metric: one, Name: name + "(" + target + ")"})
	}
	return all
}

// lift reads outputs first, first + stride, … of a window in the units of their targets; of several steps that are
// predicted from, the last one's.
func lift(units []series.Unit, first, stride int) metric.Lift {
	k := len(units)
	return metric.Lift{Width: (k - first + stride - 1) / stride, Read: func(y, pred []float32, truth, said []float64) {
		y, pred = y[len(y)-series.Carried*k:], pred[len(pred)-k:]
		for n := range truth {
			i := first + n*stride
			var level float64
			truth[n], level = series.Carry(y, i, k)
			said[n] = units[i].Value(pred[i], level)
		}
	}}
}
