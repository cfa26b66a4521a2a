package run

import (
	"gorae/chart"
	"gorae/train"
)

// AcrossOf is what is said of measured gradients, and the picture of them.
func (p *Prepared) AcrossOf(norms []train.StepNorms) ([]Across, chart.Heat) {
	said := p.across(norms)
	return said, heat("x", norms, said)
}
