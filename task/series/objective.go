package series

import (
	"gorae/data/series"
	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// A window's target holds, behind what is learnt, [k], the levels that it counts from, [k] (series.Levelled). The loss
// sees what is learnt, metrics see both put together in the units of the targets.

// Loss hides the levels from a loss.
func (f *Fitted) Loss(_ int, l loss.Loss) loss.Loss { return learnt{l, len(f.Targets)} }

// learnt is a loss that sees of a target with its levels, [batch, …, 2k], what is learnt, [batch, …, k].
type learnt struct {
	loss.Loss
	k int
}

// Value implements loss.Loss.
func (l learnt) Value(y, pred *graph.Node) *graph.Node {
	y = y.Narrow(len(y.Shape)-1, 0, l.k)
	return l.Loss.Value(y, pred.Reshape(y.Shape...))
}

// Metrics is a metric of all targets in their units and, where there are several, of each by itself under the name
// rmse(Open): a metric over several mixes their units.
func (f *Fitted) Metrics(_ int, name string, m metric.Metric, _ loss.Loss) []metric.Metric {
	see := unitsOf(f.Units())
	all := []metric.Metric{train.NamedMetric{Metric: task.Through(m, see), Name: name}}
	targets := f.Spec.Targets
	k := len(targets)
	if k < 2 {
		return all
	}
	for t, target := range targets {
		only := func(v *graph.Node) *graph.Node { // outputs are step by step, the targets within
			n := v.Shape[0]
			return v.Reshape(n, -1, k).Narrow(2, t, t+1).Reshape(n, -1)
		}
		one := task.Through(m, func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			y, pred = see(y, pred)
			return only(y), only(pred)
		})
		all = append(all, train.NamedMetric{Metric: one, Name: name + "(" + target + ")"})
	}
	return all
}

// unitsOf takes targets with their levels and a network's outputs into the units of the targets; of several steps
// that are predicted from, the last one's.
func unitsOf(units []series.Unit) task.View {
	k := len(units)
	row := func(g *graph.Graph, of func(u series.Unit) float64) *graph.Node {
		t := tensor.New(tensor.Float32, 1, k)
		for i, u := range units {
			t.F32[i] = float32(of(u))
		}
		return g.Const(t)
	}
	return func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
		g := y.Graph()
		if len(y.Shape) == 3 {
			last := y.Shape[1]
			y, pred = y.Narrow(1, last-1, last), pred.Narrow(1, last-1, last)
		}
		y, pred = y.Reshape(y.Shape[0], 2*k), pred.Reshape(y.Shape[0], k)
		divisor := row(g, func(u series.Unit) float64 { return u.Divisor })
		shift := row(g, func(u series.Unit) float64 { return u.Shift })
		logs := row(g, func(u series.Unit) float64 { return indicator(u.Log) })
		gains := row(g, func(u series.Unit) float64 { return indicator(u.Gain) })
		level := y.Narrow(1, k, 2*k)
		take := func(z *graph.Node) *graph.Node {
			v := z.Mul(divisor).Add(shift)
			// e⁰ where there is no logarithm: what stands in the other branch must not be infinite.
			e := v.Mul(logs).Exp().Mul(gains.Where(level, g.Scalar(1)))
			return logs.Where(e, v.Add(level))
		}
		return take(y.Narrow(1, 0, k)), take(pred)
	}
}

func indicator(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
