package chart

import "fmt"

// Confusion is a confusion matrix: Counts[i][j] is the number of samples of class i that were predicted as class j. A
// row adds up to the samples of its class; the diagonal holds the correct predictions.
type Confusion struct {
	Title   string
	Classes []string
	Counts  [][]int
}

// Check returns an error where the counts do not match the classes.
func (c Confusion) Check() error {
	if len(c.Classes) < 1 || len(c.Counts) != len(c.Classes) {
		return fmt.Errorf("plot: confusion of %d classes with %d rows", len(c.Classes), len(c.Counts))
	}
	for i, row := range c.Counts {
		if len(row) != len(c.Classes) {
			return fmt.Errorf("plot: confusion: row %d has %d counts for %d classes", i+1, len(row), len(c.Classes))
		}
	}
	return nil
}
