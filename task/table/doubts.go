package table

import (
	"cmp"
	"fmt"
	"slices"

	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/task/supervised"
)

// noteDoubts adds notes about what may make figures better than they will be in use: copies of rows, rows in the order
// of time that are split at random, a column that says the class, and groups whose rows are in all parts. training is
// rows of l.known.
func noteDoubts(in *task.Input, l labelled, f *Fitted, training []int) {
	if n := l.whole.Duplicates(); n > 0 {
		in.Notes = append(in.Notes, l.whole.Name+": "+data.SameRows(n))
	}
	noteOrder(in, l.whole)
	noteAlone(in, l, f, training)
	noteKeys(in, l, f, training)
}

// noteOrder adds a note where the rows are in the order of a column of times, and the parts are drawn at random.
func noteOrder(in *task.Input, t *data.Table) {
	if by := in.Spec.Split.By; in.Test != nil || t.Rows < 3 || by != "random" && by != "stratified" {
		return
	}
	first := t.Select(data.Range(min(t.Rows, firstTimes)))
	for i := range t.Columns {
		name := t.Columns[i].Name
		if !t.MayBeTime(&t.Columns[i]) {
			continue
		}
		// Most columns that are in no order are in none soon.
		if rises, falls := order(first, name); rises && falls {
			continue
		}
		if rises, falls := order(t, name); rises != falls {
			in.Notes = append(in.Notes, fmt.Sprintf("%s: the rows are in the order of %s, and the parts are drawn at "+
				"random: test rows lie among training rows in time, so that the figures say nothing of rows of "+
				"a later time; split: {by: time} with data: {time: %s} tests on the latest rows", t.Name, name,
				supervised.Quoted(name)))
			return
		}
	}
}

// firstTimes is the number of rows of which times are read first.
const firstTimes = 1000

// order reports whether the times of a column rise or fall from one row to another; neither where they are no times.
func order(t *data.Table, name string) (rises, falls bool) {
	clock, err := t.Clock(name)
	if err != nil {
		return false, false
	}
	for r := 1; r < t.Rows; r++ {
		d := clock.Compare(r, r-1)
		rises, falls = rises || d > 0, falls || d < 0
	}
	return rises, falls
}

// Bounds of what is said of one column that says the class.
const (
	nearlyAllClasses = 0.95 // least share of the rows outside of the most frequent class that the column has right
	fewestOutside    = 10   // of these rows
	mostCuts         = 20   // classes up to which columns are judged
	aloneWork        = 2e8  // steps of the dynamic programmes of all columns
)

// noteAlone adds a note where one column that the network is given tells the classes of the only target apart by itself
// in nearly all training rows: numbers by as many intervals as there are classes, text by its values. Such a column is
// often the target under another name, or comes of it.
func noteAlone(in *task.Input, l labelled, f *Fitted, training []int) {
	if len(f.Targets) != 1 || len(l.columns) != 1 || f.Targets[0].Task != prep.Classification {
		return
	}
	g := f.Targets[0]
	codes, levels := l.columns[0].Codes()
	k := len(levels)
	if k < 2 || k > mostCuts {
		return
	}
	if most := int(aloneWork / float64(k*k*max(1, len(f.Pipeline.Columns)))); len(training) > most {
		training = training[:max(most, 1)] // in the order that the split has drawn
	}
	classes := make([]int, len(training))
	counts := make([]int, k)
	for i, r := range training {
		classes[i] = codes[r]
		counts[codes[r]]++
	}
	outside := len(training)
	for _, n := range counts {
		outside = min(outside, len(training)-n)
	}
	if outside < fewestOutside {
		return
	}
	rows := l.rowsOf(training)
	best, name := int(float64(outside)*(1-nearlyAllClasses))+1, ""
	for _, c := range f.Pipeline.Columns {
		column, err := l.whole.Column(c.Name)
		if c.Spec.Drop || err != nil {
			continue
		}
		if wrong := mistakes(column, rows, classes, k); wrong < best {
			best, name = wrong, c.Name
		}
	}
	if name == "" {
		return
	}
	in.Notes = append(in.Notes, fmt.Sprintf("%s alone tells the classes of %s apart in %.1f %% of the training rows, "+
		"of which the most frequent class is %.1f %%: if it is not known before %[2]s is, the figures will not hold "+
		"in use; features: {%[5]s: drop} leaves it out", name, g.Name, 100*(1-float64(best)/float64(len(rows))),
		100*(1-float64(outside)/float64(len(rows))), supervised.Quoted(name)))
}

// mistakes is the number of rows whose class differs from the one that column c says: of numbers, that of the best of
// all divisions into as many intervals as there are classes; of text, and of missing values, the most frequent class of
// the other rows with the same value.
func mistakes(c *data.Column, rows, classes []int, k int) int {
	var numbers []int // places in rows
	counts := map[int][]int{}
	var codes []int // of a column of text; numbers that are missing are one value
	if c.Kind != data.Number {
		codes = c.Groups()
	}
	for i, r := range rows {
		code := -1
		switch {
		case c.Kind != data.Number:
			code = codes[r]
		case !c.IsMissing(r):
			numbers = append(numbers, i)
			continue
		}
		if counts[code] == nil {
			counts[code] = make([]int, k)
		}
		counts[code][classes[i]]++
	}
	wrong := 0
	for _, of := range counts {
		for class, n := range of {
			for other, m := range of {
				if other != class && m >= n-1 || n == 1 { // of n rows of the class each has n − 1 like it
					wrong += n
					break
				}
			}
		}
	}
	slices.SortFunc(numbers, func(i, j int) int { return cmp.Compare(c.Numbers[rows[i]], c.Numbers[rows[j]]) })
	return wrong + intervals(numbers, func(i int) float64 { return c.Numbers[rows[i]] }, classes, k)
}

// intervals is the least number of mistakes where sorted numbers are divided into at most k intervals of one class
// each: a dynamic programme over the number of intervals so far and the class of the present one.
func intervals(sorted []int, value func(i int) float64, classes []int, k int) int {
	if len(sorted) == 0 {
		return 0
	}
	least, next, count := make([]int, k*k), make([]int, k*k), make([]int, k)
	for from := 0; from < len(sorted); {
		to := from
		for j := range count {
			count[j] = 0
		}
		for ; to < len(sorted) && value(sorted[to]) == value(sorted[from]); to++ {
			count[classes[sorted[to]]]++
		}
		for s := range k {
			before := 0 // where no number has been seen
			if from > 0 && s > 0 {
				before = slices.Min(least[(s-1)*k : s*k])
			} else if from > 0 {
				before = len(sorted)
			}
			for c := range k {
				v := before
				if from > 0 {
					v = min(v, least[s*k+c])
				}
				next[s*k+c] = v + to - from - count[c]
			}
		}
		least, next, from = next, least, to
	}
	return slices.Min(least)
}
