package table

import (
	"gorae/data"
	"gorae/task"
)

// noteDoubts adds notes about what may make figures better than they will be in use and what the rows alone say: copies
// of rows, and groups whose rows are in all parts. Of columns that say the target, and of rows in the order of time,
// package diagnose speaks. training is rows of l.known.
func noteDoubts(in *task.Input, l labelled, f *Fitted, training []int) {
	if n := l.whole.Duplicates(); n > 0 {
		in.Notes = append(in.Notes, l.whole.Name+": "+data.SameRows(n))
	}
	noteKeys(in, l, f, training)
}
