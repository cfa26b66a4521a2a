package diagnose

import (
	"math"
	"slices"

	"gorae/chart"
	"gorae/task"
)

// Bounds of a leak.
const (
	leakSkill  = 0.95
	leakFault  = 0.98
	leakBefore = 0.05 // of the best column before the next one
	leakRows   = 60
	leakWidth  = 400 // features
)

func targetLeak(c *Case) ([]Finding, error) {
	p, err := c.numbersOf(task.Train)
	if err != nil || p == nil || p.y == nil || p.n < leakRows || p.width > leakWidth || c.windows() || p.width < 2 {
		return nil, err
	}
	classes := len(c.classes())
	best, next, at := 0.0, 0.0, -1
	for k := range p.width {
		s := alone(p.column(k), p.y, classes)
		if s > best {
			best, next, at = s, best, k
		} else if s > next {
			next = s
		}
	}
	if at < 0 || best < leakSkill || next > best-leakBefore {
		return nil, nil
	}
	o := c.look()
	if o.Judged && o.Unseen > best+max(0.03, 0.1*(1-best)) {
		return nil, nil // the network knows more than the column says
	}
	grade := Tip
	if best >= leakFault {
		grade = Fault
	}
	name := nameOr(c.feature(at), at)
	f := found(grade, name, "%s alone says %s: skill %.3f, where the next column has %.3f", name,
		c.Fitted.Outputs()[0].Name, best, next).with("skill of the column alone", best, leakSkill).
		with("skill of the next column", next, best-leakBefore)
	if _, ok := c.Spec.Data.Features.Of(name); ok || c.Spec.Data.Features.Columns == nil {
		f = f.set(columnKey(name) + "=drop")
	}
	x, y := p.column(at), p.y
	return []Finding{f.drawn(func() Drawing {
		return points(chart.Sprintf("%s by %s", c.Fitted.Outputs()[0].Name, name), name,
			c.Fitted.Outputs()[0].Name, x, y)
	})}, nil
}

// aloneBins is the number of ranges of equally many values by which a column predicts.
const aloneBins = 24

// alone is the skill of a column alone: of the most frequent class or the line through the mean of each range of its
// values, fitted on every other sample and judged on those between, or of a straight line, whichever is greater.
func alone(x, y []float64, classes int) float64 {
	var fit, judge []int
	for i := range x {
		if i%2 == 0 {
			fit = append(fit, i)
		} else {
			judge = append(judge, i)
		}
	}
	sorted := make([]float64, len(fit))
	for k, i := range fit {
		sorted[k] = x[i]
	}
	slices.Sort(sorted)
	var cuts []float64
	for b := 1; b < aloneBins; b++ {
		if v := sorted[b*len(sorted)/aloneBins]; len(cuts) == 0 || v > cuts[len(cuts)-1] {
			cuts = append(cuts, v)
		}
	}
	bin := func(v float64) int {
		at, _ := slices.BinarySearch(cuts, v)
		if at < len(cuts) && cuts[at] == v {
			at++
		}
		return at
	}
	if classes > 0 {
		return aloneClass(x, y, classes, fit, judge, len(cuts)+1, bin)
	}
	sum, n := make([]float64, len(cuts)+1), make([]float64, len(cuts)+1)
	mean := 0.0
	for _, i := range fit {
		sum[bin(x[i])] += y[i]
		n[bin(x[i])]++
		mean += y[i] / float64(len(fit))
	}
	left, all := 0.0, 0.0
	for _, i := range judge {
		guess := mean
		if b := bin(x[i]); n[b] > 0 {
			guess = sum[b] / n[b]
		}
		left, all = left+(y[i]-guess)*(y[i]-guess), all+(y[i]-mean)*(y[i]-mean)
	}
	r := correlation(x, y)
	if all == 0 {
		return 0
	}
	return max(1-left/all, r*r)
}

// aloneClass is the skill of the most frequent class of each range.
func aloneClass(x, y []float64, classes int, fit, judge []int, bins int, bin func(float64) int) float64 {
	counts := make([]int, bins*classes)
	shares := make([]int, classes)
	for _, i := range fit {
		counts[bin(x[i])*classes+int(y[i])]++
	}
	right := 0
	for _, i := range judge {
		shares[int(y[i])]++
		of := counts[bin(x[i])*classes:][:classes]
		best := 0
		for k, n := range of {
			if n > of[best] {
				best = k
			}
		}
		if best == int(y[i]) {
			right++
		}
	}
	constant := float64(slices.Max(shares)) / float64(len(judge))
	if constant >= 1 {
		return 0
	}
	return (float64(right)/float64(len(judge)) - constant) / (1 - constant)
}

// correlation is Pearson's; 0 of a constant.
func correlation(x, y []float64) float64 {
	n, mx, my := float64(len(x)), 0.0, 0.0
	for i := range x {
		mx, my = mx+x[i]/n, my+y[i]/n
	}
	xy, xx, yy := 0.0, 0.0, 0.0
	for i := range x {
		a, b := x[i]-mx, y[i]-my
		xy, xx, yy = xy+a*b, xx+a*a, yy+b*b
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}
