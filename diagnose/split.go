package diagnose

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"gorae/chart"
	"gorae/run"
	"gorae/stat"
	"gorae/task"
)

// splitDetectors see faults of the parts.
func splitDetectors() []Detector {
	return []Detector{
		{Doc{Code: "split/copied-rows", Kinds: []int{8},
			Why:    "the network has seen them, so that the figures are better than on new samples",
			Remedy: "remove the copies from the file"}, copiedRows},
		{Doc{Code: "split/sorted", Kinds: []int{16, 15}, Before: true,
			Why:    "the network learns other targets than it is tested on, so that figures say nothing",
			Remedy: "draw the parts at random",
			Explains: []string{"result/", "split/covariate-shift", "dynamics/", "data/imbalance",
				"data/target-leak"}}, sortedSplit},
		{Doc{Code: "split/target-shift", Kinds: []int{15, 14, 16}, Before: true,
			Why:      "the network learns other targets than it is tested on",
			Remedy:   "draw both parts from the same rows, each class by itself",
			Explains: []string{"result/", "data/imbalance", "data/target-leak"}}, targetShift},
		{Doc{Code: "split/covariate-shift", Kinds: []int{14}, Before: true,
			Why:      "the network is asked where it has not learnt",
			Remedy:   "draw both parts from the same rows, or collect training rows like those of the test",
			Explains: []string{"result/overfit", "result/no-better-than-baseline"}}, covariateShift},
		{Doc{Code: "split/group-leak", Kinds: []int{9}, Before: true,
			Why: "what is tested belongs to persons, machines or places that the network has learnt from: on new " +
				"ones it " +
				"will do worse",
			Remedy: "keep the rows of one value in one part: split: {group: COLUMN}"}, groupLeak},
	}
}

// Bounds of copies.
const (
	copiedShare  = 0.01 // of the part
	copiedLeast  = 3
	copiedP      = 1e-3
	copiedChance = 0.05 // pairs of samples that are equal by chance
	coincident   = 4    // features that are taken for independent: of more, most go along with these
)

// coincidences returns how many of all pairs of so many samples of two parts would be equal by chance: the product of
// the probabilities that two different training samples have the same value, over the features of which these are
// least. It is infinite where samples are no rows of numbers.
func (c *Case) coincidences(n, training int) (float64, error) {
	p, err := c.part(task.Train)
	if err != nil || p == nil || p.x == nil {
		return math.Inf(1), err
	}
	seen := map[string]bool{}
	var rows []int
	for i := range p.n {
		if key := bytesOf(p.row(i)); !seen[key] {
			seen[key] = true
			rows = append(rows, i)
		}
	}
	m := float64(len(rows))
	var logs []float64
	for k := range p.width {
		counts := map[float32]float64{}
		for _, i := range rows {
			counts[p.row(i)[k]]++
		}
		same := 1.0 // one pair more than there are, for columns without any
		for _, v := range counts {
			same += v * (v - 1) / 2
		}
		logs = append(logs, math.Log(min(1, same/max(1, m*(m-1)/2))))
	}
	slices.Sort(logs)
	log := math.Log(float64(n)) + math.Log(float64(training))
	for _, l := range logs[:min(coincident, len(logs))] {
		log += l
	}
	return math.Exp(log), nil
}

func copiedRows(c *Case) ([]Finding, error) {
	if c.Report == nil {
		return nil, nil
	}
	var out []Finding
	for _, d := range c.Report.Duplicates {
		if d.Part != c.unseen().String() || float64(d.Equal) < max(copiedLeast, copiedShare*float64(d.Samples)) ||
			c.windows() {
			continue
		}
		expected, err := c.coincidences(d.Samples, d.Training)
		if err != nil {
			return nil, err
		}
		if d.P >= copiedP && !(expected < copiedChance) {
			continue
		}
		f := found(Fault, d.Part, "%d of %d %s %ss equal training %ss, inputs and targets, where chance explains "+
			"fewer",
			d.Equal, d.Samples, d.Part, c.Report.Unit, c.Report.Unit).
			with("share of copies", float64(d.Equal)/float64(d.Samples), copiedShare).
			with("p beside the training part's own repeats", d.P, copiedP).
			with("pairs that equal each other by chance", expected, copiedChance)
		if d.Metric != "" {
			f = f.with(d.Metric+" without the copies", d.Without, 0)
		}
		out = append(out, f.drawn(func() Drawing {
			return bars(chart.Sprintf("samples that equal training samples"), chart.Sprintf("share"),
				[]string{drawnPart(d.Part), chart.Sprintf("training")}, []float64{float64(d.Equal) / float64(d.Samples),
					float64(d.Repeated) / float64(max(1, d.Training))}, copiedShare, false)
		}))
	}
	return out, nil
}

// Bounds of shifts.
const (
	shiftP        = 1e-6
	sortedBy      = 0.25
	targetBy      = 0.15
	featureBy     = 0.2
	fewestShifted = 20 // samples of each part
)

// shift is how far two samples of targets are apart.
func shift(a, b []float64, classes int) (distance, p float64) {
	if classes == 0 {
		return kolmogorov(a, b)
	}
	count := func(x []float64) []float64 {
		n := make([]float64, classes)
		for _, v := range x {
			n[int(v)]++
		}
		return n
	}
	ca, cb := count(a), count(b)
	na, nb := float64(len(a)), float64(len(b))
	chi, df := 0.0, -1.0
	for k := range classes {
		distance += math.Abs(ca[k]/na-cb[k]/nb) / 2
		all := ca[k] + cb[k]
		if all == 0 {
			continue
		}
		df++
		ea, eb := all*na/(na+nb), all*nb/(na+nb)
		chi += (ca[k]-ea)*(ca[k]-ea)/ea + (cb[k]-eb)*(cb[k]-eb)/eb
	}
	if df < 1 {
		return 0, 1
	}
	return distance, stat.ChiSquareTail(chi, df)
}

// kolmogorov is the two-sample Kolmogorov-Smirnov statistic with its asymptotic p-value.
func kolmogorov(a, b []float64) (d, p float64) {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	i, j := 0, 0
	na, nb := float64(len(a)), float64(len(b))
	for i < len(a) && j < len(b) {
		v := min(a[i], b[j])
		for i < len(a) && a[i] <= v {
			i++
		}
		for j < len(b) && b[j] <= v {
			j++
		}
		d = max(d, math.Abs(float64(i)/na-float64(j)/nb))
	}
	n := math.Sqrt(na * nb / (na + nb))
	l := (n + 0.12 + 0.11/n) * d
	sign := 1.0
	for k := 1.0; k <= 100; k++ {
		term := sign * 2 * math.Exp(-2*l*l*k*k)
		p += term
		if math.Abs(term) < 1e-16 {
			break
		}
		sign = -sign
	}
	if l < 0.2 {
		p = 1
	}
	return d, min(1, max(0, p))
}

// shiftOf returns how far the targets of the training and the unseen part are apart; false where that says nothing.
func (c *Case) shiftOf() (a, b *part, distance, p float64, ok bool, err error) {
	if c.windows() || !c.single() {
		return nil, nil, 0, 1, false, nil
	}
	if a, err = c.part(task.Train); err != nil || a == nil || len(a.y) < fewestShifted {
		return nil, nil, 0, 1, false, err
	}
	if b, err = c.part(c.unseen()); err != nil || b == nil || len(b.y) < fewestShifted {
		return nil, nil, 0, 1, false, err
	}
	distance, p = shift(a.y, b.y, len(c.classes()))
	return a, b, distance, p, true, nil
}

// tail reports whether the parts are cut along the file.
func (c *Case) tail() bool { return c.Spec.Split.By == "time" && c.Spec.Data.Test == nil }

func sortedSplit(c *Case) ([]Finding, error) {
	a, b, d, p, ok, err := c.shiftOf()
	if !ok || p >= shiftP || d < sortedBy || !c.tail() {
		return nil, err
	}
	f := found(Fault, c.unseen().String(), "the parts are cut along the file, and the targets of the %s part are "+
		"others "+
		"than those of the training part (distance %.3f, %s)", c.unseen(), d, stat.Result{P: p,
		Bound: "="}.Probability())
	f = f.with("distance of the distributions", d, sortedBy).with("p", p, shiftP).set("split.by=random")
	return []Finding{f.drawn(c.shifted(a, b))}, nil
}

func targetShift(c *Case) ([]Finding, error) {
	a, b, d, p, ok, err := c.shiftOf()
	if !ok || p >= shiftP || d < targetBy || c.tail() && d >= sortedBy {
		return nil, err
	}
	f := found(Fault, c.unseen().String(), "the targets of the %s part are others than those of the training part "+
		"(distance %.3f, %s)", c.unseen(), d, stat.Result{P: p, Bound: "="}.Probability()).
		with("distance of the distributions", d, targetBy).with("p", p, shiftP)
	if c.Spec.Data.Test == nil {
		f = f.set("split.by=random")
	}
	return []Finding{f.drawn(c.shifted(a, b))}, nil
}

// shifted draws the targets of two parts.
func (c *Case) shifted(a, b *part) func() Drawing {
	return func() Drawing {
		title := chart.Sprintf("targets of the parts")
		first, second := chart.Sprintf("training"), drawnPart(c.unseen().String())
		if names := c.classes(); names != nil {
			return shares(title, chart.Sprintf("share of the samples"), first, second, names,
				classShares(a.y, len(names)), classShares(b.y, len(names)))
		}
		return pair(title, chart.Sprintf("target, as it is learnt"), first, second, a.y, b.y)
	}
}

// drawnPart is the name of a part in a picture.
func drawnPart(name string) string {
	switch name {
	case task.Test.String():
		return chart.Sprintf("test")
	case task.Validation.String():
		return chart.Sprintf("validation")
	}
	return chart.Sprintf("training")
}

// classShares is the share of each class.
func classShares(y []float64, classes int) []float64 {
	out := make([]float64, classes)
	for _, v := range y {
		out[int(v)] += 1 / float64(len(y))
	}
	return out
}

func covariateShift(c *Case) ([]Finding, error) {
	if c.windows() {
		return nil, nil
	}
	a, err := c.numbersOf(task.Train)
	if err != nil || a == nil || a.n < fewestShifted || a.width > leakWidth {
		return nil, err
	}
	b, err := c.numbersOf(c.unseen())
	if err != nil || b == nil || b.n < fewestShifted || b.width != a.width {
		return nil, err
	}
	at, worst, least := -1, 0.0, 1.0
	n := 0
	for k := range a.width {
		d, p := kolmogorov(a.column(k), b.column(k))
		if p*float64(a.width) < shiftP && d >= featureBy {
			n++
			if d > worst {
				at, worst, least = k, d, p
			}
		}
	}
	if at < 0 {
		return nil, nil
	}
	grade := Tip
	if o := c.look(); o.Weak || o.Gap != nil && o.Gap.Meaning() == run.Overfitting {
		grade = Fault
	}
	name := nameOr(c.feature(at), at)
	f := found(grade, name, "%d of %d features are distributed otherwise in the %s part: %s most (KS distance %.3f)", n,
		a.width, c.unseen(), name, worst).with("KS distance", worst, featureBy).
		with("p times the number of features", least*float64(a.width), shiftP)
	if c.tail() {
		f = f.set("split.by=random")
	}
	x, y := a.column(at), b.column(at)
	return []Finding{f.drawn(func() Drawing {
		return pair(chart.Sprintf("%s in both parts", name), name, chart.Sprintf("training"),
			drawnPart(c.unseen().String()), x, y)
	})}, nil
}

// bytesOf is the bits of some numbers, as a key.
func bytesOf(x []float32) string {
	b := make([]byte, 0, 4*len(x))
	for _, v := range x {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v+0))
	}
	return string(b)
}

// sprintRows is the remedy that names five rows.
func sprintRows(rows []any) string {
	return fmt.Sprintf("look through these samples, correct or drop them: numbers %d, %d, %d, %d, %d of the file first",
		rows...)
}
