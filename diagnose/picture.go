package diagnose

import (
	"math"
	"slices"

	"gorae/chart"
	"gorae/stat"
)

// mostNames is the greatest number of names along an axis.
const mostNames = 24

// bars returns a picture with a point for each name, the greatest values first where they are many, beside the limit
// that they are held against (NaN: none); log10 of both if powers is set.
func bars(title, axis string, names []string, values []float64, limit float64, powers bool) Drawing {
	order := make([]int, len(values))
	for k := range order {
		order[k] = k
	}
	if len(order) > mostNames {
		slices.SortStableFunc(order, func(a, b int) int {
			switch {
			case values[a] > values[b]:
				return -1
			case values[a] < values[b]:
				return 1
			}
			return 0
		})
		order = order[:mostNames]
	}
	p := chart.Panel{X: axis, Head: true}
	var x, y, at []float64
	for place, k := range order {
		v, l := values[k], limit
		if powers {
			v, l = math.Log10(max(v, 1e-12)), math.Log10(max(l, 1e-12))
		}
		p.Rows = append(p.Rows, names[k])
		x, y, at = append(x, v), append(y, float64(place+1)), append(at, l)
	}
	p.Points = []chart.Points{{Name: chart.Sprintf("observed"), X: x, Y: y}}
	if limit == limit {
		p.Points = append(p.Points, chart.Points{Name: chart.Sprintf("limit"), X: at, Y: y})
	}
	return chart.Figure{Title: title, Panels: []chart.Panel{p}}
}

// histogram returns a picture of how often values occur; values that are no numbers are left out.
func histogram(title, axis string, values []float64) Drawing {
	x := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return v-v != 0 })
	const bins = 40
	low, high := 0.0, 1.0
	if len(x) > 0 {
		low, high = slices.Min(x), slices.Max(x)
	}
	if high <= low {
		high = low + 1
	}
	counts := make([]float64, bins)
	for _, v := range x {
		counts[min(bins-1, int(float64(bins)*(v-low)/(high-low)))]++
	}
	var at, y, base []float64
	for k, n := range counts {
		left, right := low+float64(k)*(high-low)/bins, low+float64(k+1)*(high-low)/bins
		at, y, base = append(at, left, right), append(y, n, n), append(base, 0, 0)
	}
	return chart.Figure{Title: title, Panels: []chart.Panel{{X: axis, Y: chart.Sprintf("number"),
		Lines: []chart.Line{{X: at, Y: y, Base: base, Color: chart.Blue}}}}}
}

// mostPoints is the greatest number of points of a picture.
const mostPoints = 1500

// points returns a picture with a point for each pair; nil x counts from 1.
func points(title, axis, upright string, x, y []float64) Drawing {
	step := max(1, (len(y)+mostPoints-1)/mostPoints)
	var px, py []float64
	for i := 0; i < len(y); i += step {
		v := float64(i + 1)
		if x != nil {
			v = x[i]
		}
		if v-v == 0 && y[i]-y[i] == 0 {
			px, py = append(px, v), append(py, y[i])
		}
	}
	return chart.Figure{Title: title, Panels: []chart.Panel{{X: axis, Y: upright,
		Points: []chart.Points{{X: px, Y: py}}}}}
}

// line is a named line of a picture.
type line struct {
	name string
	y    []float64
}

// lines returns a picture with lines over the epochs, or over x where it is given. What is no number is left out.
func lines(title, axis, upright string, x []float64, all ...line) Drawing {
	p := chart.Panel{X: axis, Y: upright, Head: len(all) > 1, Whole: x == nil}
	for k, l := range all {
		p.Lines = append(p.Lines, chart.Line{Name: l.name, X: x, Y: l.y, Color: chart.Palette[k%len(chart.Palette)]})
	}
	return chart.Figure{Title: title, Panels: []chart.Panel{p}}
}

// course is the learning curve of the loss.
func (c *Case) course() func() Drawing {
	return func() Drawing {
		all := []line{{chart.Sprintf("training"), c.Column("loss")}}
		if v := c.Column("val_loss"); len(v) > 0 && v[0] == v[0] {
			all = append(all, line{chart.Sprintf("validation"), v})
		}
		return lines(chart.Sprintf("learning curve"), chart.Sprintf("epoch"), "loss", nil, all...)
	}
}

// pair returns two groups of values as one picture: the shares of ranges of values.
func pair(title, axis, first, second string, a, b []float64) Drawing {
	all := slices.Concat(a, b)
	slices.Sort(all)
	low, high := stat.Quantile(all, 0.005), stat.Quantile(all, 0.995)
	if high <= low {
		high = low + 1
	}
	const bins = 30
	shares := func(x []float64) (at, y []float64) {
		counts := make([]float64, bins)
		for _, v := range x {
			counts[min(bins-1, max(0, int(float64(bins)*(v-low)/(high-low))))]++
		}
		for k, n := range counts {
			at = append(at, low+float64(k)*(high-low)/bins, low+float64(k+1)*(high-low)/bins)
			y = append(y, n/float64(max(1, len(x))), n/float64(max(1, len(x))))
		}
		return at, y
	}
	xa, ya := shares(a)
	xb, yb := shares(b)
	return chart.Figure{Title: title, Panels: []chart.Panel{{X: axis, Y: chart.Sprintf("share of the samples"),
		Head: true,
		Lines: []chart.Line{{Name: first, X: xa, Y: ya, Color: chart.Blue},
			{Name: second, X: xb, Y: yb, Color: chart.Orange}}}}}
}

// shares draws two shares for each name: those of two parts.
func shares(title, axis, first, second string, names []string, a, b []float64) Drawing {
	p := chart.Panel{X: axis, Rows: names, Head: true}
	n := min(len(names), mostNames)
	p.Rows = names[:n]
	var at []float64
	for k := range n {
		at = append(at, float64(k+1))
	}
	p.Points = []chart.Points{{Name: first, X: a[:n], Y: at}, {Name: second, X: b[:n], Y: at}}
	return chart.Figure{Title: title, Panels: []chart.Panel{p}}
}
