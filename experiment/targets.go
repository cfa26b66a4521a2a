package experiment

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorae/data"
	"gorae/data/series"
	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/train"
)

// each is a metric of each target by itself, under the name rmse(Open): a figure over all of several
// mixes their units.
func (a appliedSeries) each(name string, m metric.Metric) []metric.Metric {
	targets := a.recipe.Series.Spec.Targets
	k := len(targets)
	if k < 2 {
		return nil
	}
	see := unitsOf(a.recipe.Series.Units())
	var out []metric.Metric
	for t, target := range targets {
		only := func(v *graph.Node) *graph.Node { // outputs are step by step, the targets within
			n := v.Shape[0]
			return v.Reshape(n, -1, k).Narrow(2, t, t+1).Reshape(n, -1)
		}
		out = append(out, named(name+"("+target+")", m, func(y, pred *graph.Node) (*graph.Node, *graph.Node) {
			y, pred = see(y, pred)
			return only(y), only(pred)
		}))
	}
	return out
}

func (plain) each(string, metric.Metric) []metric.Metric { return nil }

func (language) each(string, metric.Metric) []metric.Metric { return nil }

// Overall parts figures into those of the loss and of all targets together, and those of single ones.
func Overall(f train.Metrics) (whole, single train.Metrics) {
	for _, x := range f {
		if strings.HasSuffix(x.Name, ")") {
			single = append(single, x)
		} else {
			whole = append(whole, x)
		}
	}
	return whole, single
}

// scalesApart is from which ratio of their standard deviations targets are told to differ in scale: with
// errors in that proportion the greater one makes up four fifths of a mean square.
const scalesApart = 2

// mixed says where a figure over all targets is not to be taken at its word: they differ in scale, so that
// it is that of the greatest. part is windows of p.
func mixed(m *Remarks, p *series.Problem, part data.Subset, metrics []Named) error {
	targets := p.Fitted.Spec.Targets
	name := ""
	for _, n := range metrics {
		if named, err := decodeMetric(n.Written); err != nil {
			return fmt.Errorf("metric %s: %w", n.Name, err)
		} else if metric.TraitsOf(named).Units != loss.NoUnits {
			name = n.Name
			break
		}
	}
	if len(targets) < 2 || name == "" || part.Len() == 0 {
		return nil
	}
	sd := make([]float64, len(targets))
	for k := range targets {
		n, mean, square := 0.0, 0.0, 0.0
		for _, r := range part.Rows {
			y := p.Actual(p.Origin(r))
			for j := k; j < len(y); j += len(targets) {
				n++
				d := y[j] - mean
				mean += d / n
				square += d * (y[j] - mean)
			}
		}
		sd[k] = math.Sqrt(square / n)
	}
	least, most := slices.Min(sd), slices.Max(sd)
	if !(most > scalesApart*least) {
		return nil
	}
	low, high := targets[slices.Index(sd, least)], targets[slices.Index(sd, most)]
	m.Words = append(m.Words, fmt.Sprintf("the targets differ in scale (standard deviation %.4g of %s, %.4g of %s): %s over all of them is mostly that of %[4]s; go by each one's own, such as %[5]s(%[2]s)",
		least, low, most, high, name))
	return nil
}
