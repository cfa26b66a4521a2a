package supervised

import (
	"slices"

	"gorae/prep"
	"gorae/train"
)

// tally counts the classes and labels, and adds up the numbers, of the training samples.
type tally struct {
	targets Targets
	n       float64
	shares  [][]float64 // of each class, by target
	means   []float64   // of numbers, by target
}

func newTally(ts Targets) *tally {
	t := &tally{targets: ts, means: make([]float64, len(ts))}
	for _, g := range ts {
		t.shares = append(t.shares, make([]float64, len(g.Classes)))
	}
	return t
}

// Batch implements train.Consumer. Means and shares are kept up as running means.
func (t *tally) Batch(b *train.EvalBatch) error {
	for i := range b.Samples {
		t.n++
		for k, g := range t.targets {
			y := b.Targets[k].Rows(i, i+1)
			if g.Task == prep.Regression {
				t.means[k] += (g.Number(y.F32) - t.means[k]) / t.n
				continue
			}
			has := present(y.F32) // the labels of a sample, or its class
			if g.Task == prep.Classification {
				has = []int{ClassOf(y)}
			}
			for c, share := range t.shares[k] {
				is := 0.0
				if slices.Contains(has, c) {
					is = 1
				}
				t.shares[k][c] += (is - share) / t.n
			}
		}
	}
	return nil
}
