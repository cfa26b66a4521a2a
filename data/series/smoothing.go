package series

import (
	"fmt"
	"slices"

	"gorae/data"
	"gorae/stat"
)

// mostSmoothed is the number of steps, the last of the training span, to which exponential smoothing is fitted.
const mostSmoothed = 1 << 17

// Smoothing is exponential smoothing of each target, in the target's units.
type Smoothing struct {
	Name   string            `json:"name"`
	Models []*stat.Smoothing `json:"models"` // by target
	// Begins is the first values of each target in the series that the state before the first step belongs to; nil: the
	// models were fitted to the last steps alone.
	Begins [][]float64 `json:"begins,omitempty"`
}

// begun is the number of first values that tell a series.
const begun = 4

// Check refuses one that could not have been fitted to a number of targets.
func (s *Smoothing) Check(targets int) error {
	if len(s.Models) != targets || s.Begins != nil && len(s.Begins) != targets {
		return fmt.Errorf("%s of %d targets, not %d", s.Name, len(s.Models), targets)
	}
	for _, m := range s.Models {
		if m == nil {
			return fmt.Errorf("%s: a target is missing", s.Name)
		}
		if err := m.Check(); err != nil {
			return err
		}
	}
	return nil
}

// smoothing fits exponential smoothing to the steps that the windows of a part span, up to the last of their targets.
// Values that were missing are missing to it too, whatever they were filled in with.
func (p *Problem) smoothing(name string, learn data.Subset, trend bool, season int) (*Smoothing, error) {
	end := 0
	for _, r := range learn.Rows {
		end = max(end, p.Origin(r)+p.Lead+p.Horizon+p.Steps)
	}
	s := &Smoothing{Name: name}
	for k, c := range p.targets {
		x := c.gaps()[:end]
		if end > mostSmoothed {
			x = x[end-mostSmoothed:]
		} else {
			s.Begins = append(s.Begins, slices.Clone(c.x[:min(begun, end)]))
		}
		m, err := stat.FitSmoothing(x, trend, season)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Fitted.Spec.Targets[k], stat.Reason(err))
		}
		s.Models = append(s.Models, m)
	}
	return s, nil
}

// Smooth forecasts a part: at each window's present the state has seen all steps of the frame up to it. A frame that
// begins as the training frame did begins with its state, another with what its first season tells.
func (p *Problem) Smooth(s *Smoothing, part data.Subset) (*Forecasts, error) {
	if err := s.Check(len(p.targets)); err != nil {
		return nil, err
	}
	ahead := map[int][]float64{} // by present: step by step, each step's targets
	last := 0
	for _, r := range part.Rows {
		o := p.Origin(r) + p.Lead
		ahead[o] = make([]float64, p.outputs)
		last = max(last, o)
	}
	for k, m := range s.Models {
		x := p.targets[k].x
		state := m.Online()
		if s.Begins != nil && len(x) >= len(s.Begins[k]) && slices.Equal(s.Begins[k], x[:len(s.Begins[k])]) {
			state = m.Begin()
		}
		for i, v := range p.targets[k].gaps()[:last+1] {
			state.Add(v)
			if y := ahead[i]; y != nil {
				for step := range p.Steps {
					y[step*len(p.targets)+k] = state.Ahead(p.Horizon + step)
				}
			}
		}
	}
	f := &Forecasts{Name: s.Name}
	for _, r := range part.Rows {
		o := p.Origin(r)
		f.Origins = append(f.Origins, o+p.Lead)
		f.Values = append(f.Values, ahead[o+p.Lead])
		f.Actual = append(f.Actual, p.Actual(o))
	}
	return f, nil
}
