package diagnose

import (
	"math"
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/stat"
	"gorae/task"
)

// labelDetectors see faults of the targets.
func labelDetectors() []Detector {
	return []Detector{
		{Doc{Code: "data/imbalance", Kinds: []int{11, 56},
			Why: "a network that always says the commonest class has a high accuracy, and training by accuracy or at " +
				"a threshold of 0.5 leaves it there",
			Remedy:   "weight the classes, or choose the threshold for what errors cost; judge by recall and precision",
			Explains: []string{"result/one-class", "result/no-better-than-baseline", "result/underfit"}}, imbalance},
		{Doc{Code: "data/wrong-labels", Kinds: []int{12, 19},
			Why: "the network learns wrong answers by heart, and figures on wrongly labelled samples blame it for " +
				"right " +
				"ones",
			Remedy: "look through the samples that are named; correct or drop them",
			Explains: []string{"result/overfit", "result/no-better-than-baseline", "dynamics/oscillation",
				"result/underfit"}}, wrongLabels},
		{Doc{Code: "data/conflicting-labels", Kinds: []int{13}, Before: true,
			Why: "no network can be right on both, so that the best accuracy is below 1 by their share",
			Remedy: "find out which label holds, or what tells the samples apart; the accuracy cannot exceed the " +
				"share",
			Explains: []string{"result/no-better-than-baseline", "result/overfit"}}, conflictingLabels},
	}
}

// Bounds of an imbalance.
const (
	rareRecall = 0.3
	rareArea   = 0.7
	rareLow    = 0.6
	rareCount  = 5 // samples of the class in the part
)

func imbalance(c *Case) ([]Finding, error) {
	names := c.classes()
	if len(names) < 2 || c.Report == nil {
		return nil, nil
	}
	learnt, err := c.part(task.Train)
	if err != nil || learnt == nil || learnt.y == nil {
		return nil, err
	}
	p, err := c.answers()
	if err != nil || p == nil {
		return nil, err
	}
	counts := make([]float64, len(names))
	for _, y := range learnt.y {
		counts[int(y)]++
	}
	most := slices.Max(counts)
	var out []Finding
	for k, n := range counts {
		if n == 0 || most < data.Imbalanced*n {
			continue
		}
		scores, positive := make([]float64, p.n), make([]bool, p.n)
		of, found1 := 0, 0
		for i := range p.n {
			scores[i], positive[i] = float64(p.p[i][k]), int(p.y[i]) == k
			if positive[i] {
				of++
				if p.class[i] == k {
					found1++
				}
			}
		}
		recall := float64(found1) / float64(max(1, of))
		area, err := stat.AUC(scores, positive, 0.9)
		apart := err == nil && area.Value >= rareArea && area.Interval.Low >= rareLow
		if of < rareCount || recall >= rareRecall || !apart {
			if f, ok := c.neverSaid(learnt, p, k, most); ok {
				out = append(out, f)
			}
			continue
		}
		f := found(Fault, names[k], "%s is %d of %d training samples, and the network says it of %d of the %d that "+
			"are "+
			"new, though its probabilities tell it apart (area under the ROC curve %.3f)", names[k], int(n), learnt.n,
			found1, of, area.Value).with("recall", recall, rareRecall).with("area under the ROC curve", area.Value,
			rareArea).with("times as frequent is the commonest class", most/n, data.Imbalanced).
			set("train.class_weight=balanced")
		out = append(out, f.drawn(func() Drawing {
			return c.confidence(chart.Sprintf("probability of %s", names[k]), p, k)
		}))
	}
	return out, nil
}

// neverSaid is the tip for a rare class that the network predicts for no sample, learnt or new, where it is not better
// than its baselines: whether it could tell the class apart, so few samples do not say. False where it does predict it.
func (c *Case) neverSaid(learnt, p *part, k int, most float64) (Finding, bool) {
	n := 0
	for _, y := range learnt.y {
		n += one(int(y) == k)
	}
	if n < rareCount || !c.look().Weak || slices.Contains(learnt.class, k) || slices.Contains(p.class, k) {
		return Finding{}, false
	}
	name := c.classes()[k]
	f := found(Tip, name, "%s is %d of %d training samples, and the network says it of no sample at all", name, n,
		learnt.n).with("times as frequent is the commonest class", most/float64(n), data.Imbalanced)
	f = f.set("train.class_weight=balanced")
	f.more = []string{"dynamics/stopped-early"}
	return f.drawn(func() Drawing { return c.confidence(chart.Sprintf("probability of %s", name), p, k) }), true
}

// confidence draws the probabilities of a class: of the samples of the class, and of the others.
func (c *Case) confidence(title string, p *part, k int) Drawing {
	var of, others []float64
	for i := range p.n {
		if int(p.y[i]) == k {
			of = append(of, float64(p.p[i][k]))
		} else {
			others = append(others, float64(p.p[i][k]))
		}
	}
	return pair(title, chart.Sprintf("probability"), chart.Sprintf("samples of the class"), chart.Sprintf("others"), of,
		others)
}

// Bounds of wrong labels.
const (
	wrongNeighbours = 10
	wrongAgree      = 0.8
	wrongShare      = 0.04
	wrongLow        = 0.03
	wrongClear      = 0.8  // share of the samples whose neighbours agree: with classes that overlap it is lower
	wrongFewest     = 80   // samples whose neighbours agree
	wrongOfClass    = 20   // likewise, of a class that is judged by itself
	wrongMost       = 3000 // samples that are compared
	wrongWidth      = 1024
)

// doubtful counts, by class, the samples whose nearest neighbours agree on it, and lists those of them with another
// class.
func doubtful(p *part, classes int) (agreed, against []int, wrong []int) {
	agreed, against = make([]int, classes), make([]int, classes)
	rows := scaledRows(p, min(p.n, wrongMost), p)
	for i := range rows {
		nearest := closest(rows, rows[i], i, wrongNeighbours)
		counts := make([]int, classes)
		for _, j := range nearest {
			counts[int(p.y[j])]++
		}
		best := 0
		for k, m := range counts {
			if m > counts[best] {
				best = k
			}
		}
		if float64(counts[best]) >= wrongAgree*float64(len(nearest)) {
			agreed[best]++
			if best != int(p.y[i]) {
				against[best]++
				wrong = append(wrong, i)
			}
		}
	}
	return agreed, against, wrong
}

// allParts puts the samples of all parts together; nil where they are no rows of numbers with targets.
func (c *Case) allParts() (*part, error) {
	var all *part
	for _, of := range []task.Part{task.Train, task.Validation, task.Test} {
		if of == task.Validation && c.Folded() {
			continue
		}
		p, err := c.part(of)
		switch {
		case err != nil:
			return nil, err
		case p == nil:
		case p.x == nil || p.y == nil || all != nil && p.width != all.width:
			return nil, nil
		case all == nil:
			all = &part{n: p.n, width: p.width, x: slices.Clone(p.x), shape: p.shape, y: slices.Clone(p.y),
				numbers: slices.Clone(p.numbers)}
		default:
			all.n, all.x, all.y = all.n+p.n, append(all.x, p.x...), append(all.y, p.y...)
			if all.numbers != nil && p.numbers != nil {
				all.numbers = append(all.numbers, p.numbers...)
			} else {
				all.numbers = nil
			}
		}
	}
	return all, nil
}

// scaledRows returns the first n rows of a part, divided by the deviations of another's features where these are of
// unlike sizes; pixels, and features that were scaled, stay as they are.
func scaledRows(p *part, n int, by *part) [][]float32 {
	_, deviations := moments(by)
	most, middle := slices.Max(deviations), stat.Quantile(sorted(deviations), 0.5)
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = slices.Clone(p.row(i))
		if most < unscaledLimit*middle {
			continue
		}
		for k, d := range deviations {
			if d > 0 {
				rows[i][k] /= float32(d)
			}
		}
	}
	return rows
}

// closest lists the k rows that are nearest to one, but row number but.
func closest(rows [][]float32, to []float32, but, k int) []int {
	near, distances := make([]int, 0, k+1), make([]float64, 0, k+1)
	for j := range rows {
		if j == but {
			continue
		}
		bound := math.Inf(1)
		if len(near) == k {
			bound = distances[k-1]
		}
		d := distance(to, rows[j], bound)
		if d >= bound {
			continue
		}
		at := len(near)
		for at > 0 && distances[at-1] > d {
			at--
		}
		near, distances = slices.Insert(near, at, j), slices.Insert(distances, at, d)
		if len(near) > k {
			near, distances = near[:k], distances[:k]
		}
	}
	return near
}

// distance is the squared distance of two rows, or any number from bound up where it is that or more.
func distance(a, b []float32, bound float64) float64 {
	d := 0.0
	for len(a) >= 16 && len(b) >= 16 {
		x, y := (*[16]float32)(a), (*[16]float32)(b)
		var s [4]float32 // four sums, so that no addition waits for the one before it
		for j := 0; j < 16; j += 4 {
			v0, v1, v2, v3 := x[j]-y[j], x[j+1]-y[j+1], x[j+2]-y[j+2], x[j+3]-y[j+3]
			s[0], s[1], s[2], s[3] = s[0]+v0*v0, s[1]+v1*v1, s[2]+v2*v2, s[3]+v3*v3
		}
		if d += float64(s[0] + s[1] + s[2] + s[3]); d >= bound {
			return d
		}
		a, b = a[16:], b[16:]
	}
	for j, v := range a {
		v -= b[j]
		d += float64(v * v)
	}
	return d
}

func wrongLabels(c *Case) ([]Finding, error) {
	names := c.classes()
	if len(names) < 2 || c.takesIDs() || c.windows() {
		return nil, nil
	}
	p, err := c.allParts()
	if err != nil || p == nil || p.width > wrongWidth {
		return nil, err
	}
	ofClass, against, wrong := doubtful(p, len(names))
	agreed, least, judged := 0, 1.0, 0
	for k, n := range ofClass {
		if agreed += n; n >= wrongOfClass {
			judged++
			least = min(least, float64(against[k])/float64(n))
		}
	}
	if judged < 2 { // samples that all stand among those of one class say nothing of the labels
		least = 0
	}
	share := float64(len(wrong)) / float64(max(1, agreed))
	limits := stat.Wilson(len(wrong), agreed, 0.95)
	// If labels were wrong at random at this share, so many samples had neighbours that agree.
	expected := 1 - stat.BinomialTail(wrongNeighbours-int(wrongAgree*wrongNeighbours)+1, wrongNeighbours, share)
	// Of an imbalanced target the rare class stands among the common one everywhere.
	counts := make([]int, len(names))
	for _, y := range p.y {
		counts[int(y)]++
	}
	rare := make([]int, len(names))
	for _, i := range wrong {
		rare[int(p.y[i])]++
	}
	grade := Tip // classes that overlap in odd ways look like it, and baselines suffer as the network does
	if share >= 2*wrongShare && c.look().Harmed() {
		grade = Fault
	}
	f := found(grade, "", "%d of %d samples whose neighbours agree have another class than these", len(wrong),
		agreed).with("share of doubtful labels", share, wrongShare).with("lower limit of the share", limits.Low,
		wrongLow)
	if agreed < wrongFewest || share < wrongShare || limits.Low < wrongLow || least < wrongLow ||
		lopsided(counts, rare) || float64(agreed) < wrongClear*expected*float64(min(p.n, wrongMost)) {
		s, err := c.surelyWrong(p, len(names))
		if err != nil || s == nil {
			return nil, err
		}
		wrong, rare = s.wrong, make([]int, len(names))
		for _, i := range wrong {
			rare[int(p.y[i])]++
		}
		share = float64(len(wrong)) / float64(s.n)
		f = found(Tip, "", "%d of the %d new samples that the network is surest of have another class, which their "+
			"neighbours do not have", len(wrong), s.n).with("share of doubtful labels", share, sureShare).
			with("lower limit of the share", s.low, sureLow)
	}
	if p.numbers != nil {
		var rows []any
		for _, i := range wrong[:min(5, len(wrong))] {
			rows = append(rows, p.numbers[i]+1)
		}
		for len(rows) < 5 {
			rows = append(rows, rows[len(rows)-1])
		}
		f.Remedy = sprintRows(rows)
	}
	shareOf := make([]float64, len(names))
	for k := range names {
		shareOf[k] = float64(rare[k]) / float64(max(1, counts[k]))
	}
	return []Finding{f.drawn(func() Drawing {
		return bars(chart.Sprintf("doubtful labels"), chart.Sprintf("share of the samples of the class"), names,
			shareOf, wrongShare, false)
	})}, nil
}

// lopsided reports whether nearly all doubtful labels are of classes that are much rarer than the commonest one: these
// have neighbours of the commonest class wherever classes overlap.
func lopsided(counts, wrong []int) bool {
	most, of, all := slices.Max(counts), 0, 0
	for k, n := range wrong {
		all += n
		if 3*counts[k] <= most {
			of += n
		}
	}
	return all > 0 && float64(of) >= 0.8*float64(all)
}

// apartInFile is the share, of the samples with equal features and several classes, that have other cells in the file
// than the first of their equals; NaN where there is no table.
func (c *Case) apartInFile(p *part, equal map[string][]int) (float64, error) {
	t, err := c.tableOnce()
	if err != nil || t == nil || len(p.numbers) != p.n {
		return math.NaN(), err
	}
	first, n, apart := map[string]string{}, 0, 0
	for i := range p.n {
		key := bytesOf(p.row(i))
		if several := slices.Max(equal[key]) < sum(equal[key]); !several || p.numbers[i] >= t.Rows {
			continue
		}
		cells := ""
		for _, k := range c.used() {
			cells += t.Columns[k].Text(p.numbers[i]) + "\x00"
		}
		if was, ok := first[key]; !ok {
			first[key] = cells
			continue
		} else if n++; was != cells {
			apart++
		}
	}
	return float64(apart) / float64(n), nil
}

func sum(x []int) (n int) {
	for _, v := range x {
		n += v
	}
	return n
}

// Bounds of conflicting labels.
const (
	conflictShare  = 0.02
	conflictCoarse = 0.3 // share of samples with equals from which on a table is coarse
)

func conflictingLabels(c *Case) ([]Finding, error) {
	names := c.classes()
	if len(names) < 2 || c.windows() {
		return nil, nil
	}
	p, err := c.part(task.Train)
	if err != nil || p == nil || p.x == nil || p.y == nil || p.n < 50 {
		return nil, err
	}
	equal := map[string][]int{}
	for i := range p.n {
		key := bytesOf(p.row(i))
		if equal[key] == nil {
			equal[key] = make([]int, len(names))
		}
		equal[key][int(p.y[i])]++
	}
	against, repeated := 0, 0
	other, err := c.apartInFile(p, equal)
	if err != nil {
		return nil, err
	}
	for _, counts := range equal {
		if n := sum(counts); n > 1 {
			repeated += n
			against += n - slices.Max(counts)
		}
	}
	share := float64(against) / float64(p.n)
	if share < conflictShare || float64(repeated) >= conflictCoarse*float64(p.n) && against*3 < repeated {
		return nil, nil
	}
	// Where few different samples exist, equal ones of several classes are the noise of the classes.
	if len(equal)*2 < p.n {
		return nil, nil
	}
	grade := Fault
	if other > 0.5 {
		grade = Tip // rows that differ in the file: what prepares them makes them alike
	}
	f := found(grade, "", "%d of %d training samples have another class than the commonest of the samples with the "+
		"same "+
		"features: no network is right on more than %.4g of them", against, p.n, 1-share).
		with("share that contradicts", share, conflictShare).with("greatest accuracy", 1-share, 0).
		with("share of them that differ in the file", other, 0)
	return []Finding{f.drawn(func() Drawing {
		return bars(chart.Sprintf("samples with equal features"), chart.Sprintf("number"),
			[]string{chart.Sprintf("all"), chart.Sprintf("with equals"), chart.Sprintf("contradicting")},
			[]float64{float64(p.n), float64(repeated), float64(against)},
			conflictShare*float64(p.n), false)
	})}, nil
}
