package prep

import (
	"errors"
	"fmt"
	"math"
)

// Decision is the rule by which the probabilities of classes become a class; nil: the greatest probability.
type Decision struct {
	// Threshold is, of two classes, the probability above which a sample is of the second class.
	Threshold float64 `json:"threshold,omitempty"`
	// Costs are what it costs to take a sample of a class (row) for another or the same (column). The class of the
	// least expected cost is predicted, Σ p(row)·cost(row, column) (Elkan 2001).
	Costs [][]float64 `json:"costs,omitempty"`
}

// Class returns the class of a sample by the probability of each class.
func (d *Decision) Class(p []float32) int {
	if d.Costs == nil {
		if p[1] > float32(d.Threshold) {
			return 1
		}
		return 0
	}
	best, least := 0, math.Inf(1)
	for said := range d.Costs {
		cost := 0.0
		for class, v := range p {
			cost += float64(v) * d.Costs[class][said]
		}
		if cost < least {
			best, least = said, cost
		}
	}
	return best
}

// check returns an error for a decision among classes that could not have been made.
func (d *Decision) check(classes int) error {
	if d.Costs == nil {
		if classes != 2 || !(d.Threshold > 0 && d.Threshold < 1) {
			return fmt.Errorf("target: the threshold %v of %d classes", d.Threshold, classes)
		}
		return nil
	}
	bad := d.Threshold != 0 || len(d.Costs) != classes
	for _, row := range d.Costs {
		bad = bad || len(row) != classes
		for _, v := range row {
			bad = bad || math.IsNaN(v) || math.IsInf(v, 0)
		}
	}
	if bad {
		return errors.New("target: the costs are no matrix of numbers, a row and a column for each class")
	}
	return nil
}
