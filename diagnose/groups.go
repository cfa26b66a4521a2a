package diagnose

import (
	"slices"

	"gorae/chart"
	"gorae/data"
	"gorae/stat"
	"gorae/task"
)

// Bounds of groups.
const (
	fewestGroups = 8
	groupSize    = 2.5  // rows of a group in the mean
	groupGain    = 0.1  // of the skill
	groupLeakP   = 1e-3 // over all columns together (Bonferroni)
	groupMost    = 0.2  // from which skill on it is a fault, where most unseen samples have others of their value
	mostAsked    = 400  // unseen samples
)

// groupLeak looks for a column, which the network is not given, whose rows of one value stand in both parts and are
// known from each other: the nearest training rows say less of an unseen one where those of its own value are left
// out.
func groupLeak(c *Case) ([]Finding, error) {
	t, err := c.tableOnce()
	if err != nil || t == nil || c.windows() || c.Spec.Data.Test != nil || c.Spec.Split.By == "group" ||
		c.Spec.Split.By == "time" || !c.single() {
		return nil, err
	}
	seen, err := c.numbersOf(task.Train)
	if err != nil || seen == nil || seen.y == nil || seen.width > nearestWidth {
		return nil, err
	}
	unseen, err := c.numbersOf(c.unseen())
	if err != nil || unseen == nil || unseen.y == nil || len(unseen.numbers) != unseen.n ||
		len(seen.numbers) != seen.n {
		return nil, err
	}
	used := map[int]bool{}
	for _, i := range c.used() {
		used[i] = true
	}
	var worst *Finding
	most := 0.0
	for i := range t.Columns {
		col := &t.Columns[i]
		if used[i] || slices.Contains(c.Spec.Data.Target, col.Name) ||
			slices.Contains(c.Spec.Data.Time, col.Name) || col.Name == c.Spec.Data.SampleWeight {
			continue
		}
		if f, gain := c.knownBy(col, seen, unseen, len(t.Columns)); f != nil && gain > most {
			worst, most = f, gain
		}
	}
	if worst == nil {
		return nil, nil
	}
	return []Finding{*worst}, nil
}

// knownBy returns the finding of one of so many columns and the skill that is lost without rows of the same value; nil
// where rows of one value are not known from each other. Missing values are no group.
func (c *Case) knownBy(col *data.Column, seen, unseen *part, columns int) (*Finding, float64) {
	of := col.Groups()
	sizes, all := map[int]int{}, 0
	for i, g := range of {
		if !col.IsMissing(i) {
			sizes[g]++
			all++
		}
	}
	if len(sizes) < fewestGroups || float64(all) < groupSize*float64(len(sizes)) {
		return nil, 0
	}
	n := min(seen.n, nearestSeen)
	rows, asked := scaledRows(seen, n, seen), scaledRows(unseen, min(unseen.n, mostAsked), seen)
	var with, without []float64 // errors
	constant, classes, known := 0.0, len(c.classes()), 0
	common := commonAnswer(seen.y[:n], classes)
	for i := range asked {
		if col.IsMissing(unseen.numbers[i]) {
			continue
		}
		group := of[unseen.numbers[i]]
		var others [][]float32
		var targets []float64
		for j := range rows {
			if of[seen.numbers[j]] != group {
				others, targets = append(others, rows[j]), append(targets, seen.y[j])
			}
		}
		if len(others) == len(rows) || len(others) < nearestOf {
			continue
		}
		known++
		y := unseen.y[i]
		with = append(with, wrongBy(answer(rows, seen.y, asked[i], classes), y, classes))
		without = append(without, wrongBy(answer(others, targets, asked[i], classes), y, classes))
		constant += wrongBy(common, y, classes)
	}
	if known < nearestLeast || constant == 0 {
		return nil, 0
	}
	better, worse, sum := 0, 0, 0.0
	for i := range with {
		better, worse = better+one(with[i] < without[i]), worse+one(with[i] > without[i])
		sum += without[i] - with[i]
	}
	gain, p := sum/constant, float64(columns)*stat.BinomialTail(better, better+worse, 0.5)
	if gain < groupGain || p >= groupLeakP {
		return nil, 0
	}
	grade := Tip
	if gain >= groupMost && 2*known > len(asked) {
		grade = Fault
	}
	f := found(grade, col.Name, "rows with the same %s stand in the training and in the %s part, and are known "+
		"from each "+
		"other: without them the nearest training rows have a skill that is %.3f lower", col.Name, c.unseen(), gain).
		with("skill that is lost without rows of the same value", gain, groupGain).
		with("p times the number of columns", p, groupLeakP).with("different values", float64(len(sizes)),
		fewestGroups).
		set("split.by=group", "split.group="+col.Name)
	f = f.drawn(func() Drawing {
		return bars(chart.Sprintf("errors of the nearest training rows"), chart.Sprintf("by those of the "+
			"constant answer"),
			[]string{chart.Sprintf("all rows"), chart.Sprintf("other values")},
			[]float64{total(with) / constant, total(without) / constant}, 1, false)
	})
	return &f, gain
}

func total(x []float64) (sum float64) {
	for _, v := range x {
		sum += v
	}
	return sum
}

// commonAnswer is the most frequent class, or the mean.
func commonAnswer(y []float64, classes int) float64 {
	if classes == 0 {
		return mean(y)
	}
	s := classShares(y, classes)
	return float64(slices.Index(s, slices.Max(s)))
}

// answer is that of the nearest rows.
func answer(rows [][]float32, y []float64, to []float32, classes int) float64 {
	var of []float64
	for _, j := range closest(rows, to, -1, nearestOf) {
		of = append(of, y[j])
	}
	return commonAnswer(of, classes)
}

// wrongBy is the error of an answer: 1 of a wrong class, or the square of a difference.
func wrongBy(answer, y float64, classes int) float64 {
	if classes > 0 {
		return float64(one(answer != y))
	}
	return (answer - y) * (answer - y)
}
