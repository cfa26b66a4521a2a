package diagnose

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"gorae/chart"
	"gorae/task"
)

// Bounds of a leak.
const (
	leakSkill  = 0.97
	leakFault  = 0.99
	leakBefore = 0.05 // of the best column before the next one
	leakRows   = 150  // of fewer, a column that is nearly perfect says little,
	leakFar    = 0.3  // unless it is so far before the next one
	leakFewest = 60
	leakOthers = 20  // samples that have not the commonest class: a column tells fewer apart by chance
	leakWidth  = 400 // features
)

func targetLeak(c *Case) ([]Finding, error) {
	p, err := c.numbersOf(task.Train)
	if err != nil || p == nil || p.y == nil || p.n < leakFewest || p.width > leakWidth || c.windows() || p.width < 2 {
		return nil, err
	}
	classes := len(c.classes())
	if classes > 0 && (1-slices.Max(classShares(p.y, classes)))*float64(p.n) < leakOthers {
		return nil, nil
	}
	best, next, at := 0.0, 0.0, -1
	for k := range p.width {
		s := alone(p.column(k), p.y, classes)
		if s > best {
			best, next, at = s, best, k
		} else if s > next {
			next = s
		}
	}
	if at < 0 || best < leakSkill || next > best-leakBefore || p.n < leakRows && next > best-leakFar {
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
	if c.Spec.Data.Features.Columns == nil || c.hasTransform(name) {
		f = f.set(columnKey(name) + "=drop")
	}
	x, y := p.column(at), p.y
	return []Finding{f.drawn(func() Drawing {
		return points(chart.Sprintf("%s by %s", c.Fitted.Outputs()[0].Name, name), name,
			c.Fitted.Outputs()[0].Name, x, y)
	})}, nil
}

// aloneNear is the number of nearest values by which a column predicts.
const aloneNear = 3

// alone is the skill of a column alone: of the most frequent class, or the mean, of the samples with the nearest
// values, fitted on every other sample and judged on those between; or of a straight line, whichever is greater.
func alone(x, y []float64, classes int) float64 {
	var fit, judge []int
	for i := range x {
		if i%2 == 0 {
			fit = append(fit, i)
		} else {
			judge = append(judge, i)
		}
	}
	slices.SortStableFunc(fit, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	mean, shares := 0.0, make([]int, max(1, classes))
	for _, i := range fit {
		if mean += y[i] / float64(len(fit)); classes > 0 {
			shares[int(y[i])]++
		}
	}
	wrong, constant := 0.0, 0.0
	for _, i := range judge {
		near := beside(fit, x, x[i])
		if classes > 0 {
			votes := make([]int, classes)
			for _, j := range near {
				votes[int(y[j])]++
			}
			wrong += float64(one(slices.Index(votes, slices.Max(votes)) != int(y[i])))
			constant += float64(one(slices.Index(shares, slices.Max(shares)) != int(y[i])))
			continue
		}
		guess := 0.0
		for _, j := range near {
			guess += y[j] / float64(len(near))
		}
		wrong, constant = wrong+(y[i]-guess)*(y[i]-guess), constant+(y[i]-mean)*(y[i]-mean)
	}
	if constant == 0 {
		return 0
	}
	if classes > 0 {
		return 1 - wrong/constant
	}
	r := correlation(x, y)
	return max(1-wrong/constant, r*r)
}

// beside lists, of samples in the order of x, those with a value, or those with the nearest ones where they are few.
func beside(ordered []int, x []float64, value float64) []int {
	low := sort.Search(len(ordered), func(k int) bool { return x[ordered[k]] >= value })
	high := sort.Search(len(ordered), func(k int) bool { return x[ordered[k]] > value })
	for high-low < aloneNear && (low > 0 || high < len(ordered)) {
		if high == len(ordered) || low > 0 && value-x[ordered[low-1]] <= x[ordered[high]]-value {
			low--
		} else {
			high++
		}
	}
	return ordered[low:high]
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
