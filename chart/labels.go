package chart

import "errors"

// Labels is a sheet of 2 × 2 tables, one for each of several labels that a sample may have.
type Labels struct {
	Title  string
	Labels []Label
}

// Label is the table of one label: Counts[i][j] is the number of samples that have it (i = 1) or not (0) and are said
// to have it (j = 1) or not (0).
type Label struct {
	Name   string
	Counts [2][2]int
}

// Check returns an error where there is no label.
func (l Labels) Check() error {
	if len(l.Labels) == 0 {
		return errors.New("plot: tables of no labels")
	}
	return nil
}
