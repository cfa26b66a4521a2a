package run

import (
	"gorae/chart"
	"gorae/train"
)

// AcrossOf is what is said of measured gradients, and the picture of them.
func (p *Prepared) AcrossOf(norms []train.StepNorms) ([]Across, chart.Heat) {
	said := p.across(norms, 25)
	return said, heat("x", norms, said)
}

// Ranges and Tested are for tests of what looks.json holds.
type (
	Ranges = ranges
	Tested = tested
)

// Covered is which share of samples is among others.
func (t *tested) Covered(other *tested) float64 { return t.covered(other) }
