package run

import (
	"slices"

	"gorae/data"
	"gorae/task"
)

// known is the samples of the source that are left when the test samples are withheld.
type known struct {
	rows  []int   // their numbers, sorted; nil where the parts are no choice of samples
	of    int     // the samples of the source, of which rows is a choice
	share float64 // of the samples
}

// Withhold takes the test samples away: training, evaluation, report and diagnosis go by the training and the
// validation samples alone, as if the source had no others, and the network is not fitted again with them. It is called
// before a training.
func (p *Prepared) Withhold() {
	if p.Parts[task.Test] == nil || p.known != nil {
		return
	}
	train, validation := p.Rows(task.Train), p.Rows(task.Validation)
	k := &known{of: sourceLen(p.Parts[task.Train]), share: 1}
	if p.Spec.Data.Test == nil { // the test samples are of the same source
		k.share = float64(train+validation) / float64(train+validation+p.Rows(task.Test))
		k.rows = slices.Concat(subset(p.Parts[task.Train]), subset(p.Parts[task.Validation]))
		slices.Sort(k.rows)
		k.rows = slices.Compact(k.rows) // the validation samples may be training samples
	}
	p.Parts[task.Test], p.known = nil, k
	p.Spec.Train.Refit = false
}

// table returns the rows of a table that are left; nil where it cannot be told which they are.
func (k *known) table(t *data.Table, serial bool) *data.Table {
	switch {
	case k.share == 1:
		return t
	case k.rows != nil && k.of == t.Rows:
		return t.Select(k.rows)
	case serial: // samples that follow each other: those of the test are the last
		return t.Select(data.Range(int(k.share * float64(t.Rows))))
	}
	return nil
}

// numbers returns the places of samples among those that are left.
func (k *known) numbers(rows []int) []int {
	if k.share == 1 || k.rows == nil {
		return rows
	}
	out := make([]int, len(rows))
	for i, r := range rows {
		out[i], _ = slices.BinarySearch(k.rows, r)
	}
	return out
}
