package series

import (
	"gorae/data/series"
	"gorae/loss"
	"gorae/metric"
	"gorae/quantile"
	"gorae/task"
	"gorae/train"
)

// Loss hides from a loss what a window's target carries behind what is learnt (series.Levelled).
func (f *Fitted) Loss(_ int, l loss.Loss) loss.Loss {
	return task.Learnt(task.OfQuantiles(l, f.Spec.Quantiles), len(f.Targets))
}

// Metrics returns a metric of all targets in their units and, where there are several, of each by itself under the name
// rmse(Open): a metric over several mixes their units.
func (f *Fitted) Metrics(_ int, name string, m metric.Metric, _ loss.Loss) []metric.Metric {
	k := len(f.Spec.Targets)
	all := []metric.Metric{train.NamedMetric{Metric: metric.Exact(m, f.lift(0, 1)), Name: name}}
	if k < 2 {
		return all
	}
	for t, target := range f.Spec.Targets {
		one := metric.Exact(m, f.lift(t, k)) // outputs are step by step, the targets within
		all = append(all, train.NamedMetric{Metric: one, Name: name + "(" + target + ")"})
	}
	return all
}

// lift reads outputs first, first + stride, … of a window in the units of their targets; of several steps that are
// predicted from, the last one's; of quantiles the middle one.
func (f *Fitted) lift(first, stride int) metric.Lift {
	units, levels := f.Units(), f.Spec.Quantiles
	k, width := len(units), levels.Width()
	return metric.Lift{Width: (k - first + stride - 1) / stride, Read: func(y, pred []float32, truth, said []float64) {
		y, pred = y[len(y)-series.Carried*k:], pred[len(pred)-k*width:]
		for n := range truth {
			i := first + n*stride
			var level, spread float64
			truth[n], level, spread = series.Carry(y, i, k)
			z := pred[i*width]
			if width > 1 {
				z = quantile.Arranged(pred[i*width : (i+1)*width])[levels.Middle()]
			}
			said[n] = units[i].Value(z, level, spread)
		}
	}}
}
