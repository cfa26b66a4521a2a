package metric

import (
	"math"

	"gorae/tensor"
)

// labelled is the state of the exact areas of several labels, whose mean with the labels' weights is the result.
type labelled struct {
	weights []float64
	one     func() *ranked
	labels  []*ranked
	areas   []float64
	columns []*tensor.Tensor // a label's predictions and targets, and the weights
}

// Add implements State: terms are scores and targets, [n, labels] each, and perhaps weights of samples.
func (s *labelled) Add(terms []*tensor.Tensor) {
	rows, labels := terms[0].Shape[0], terms[0].Shape[1]
	for len(s.labels) < labels {
		s.labels = append(s.labels, s.one())
	}
	if s.columns == nil || s.columns[0].Shape[0] != rows {
		s.columns = []*tensor.Tensor{tensor.New(tensor.Float32, rows), tensor.New(tensor.Float32, rows)}
	}
	s.columns = append(s.columns[:2], terms[2:]...)
	for l, r := range s.labels {
		for k, column := range s.columns[:2] {
			for i := range rows {
				column.F32[i] = terms[k].F32[i*labels+l]
			}
		}
		r.Add(s.columns)
	}
}

// Result implements State: NaN where one of the areas is.
func (s *labelled) Result() float64 {
	s.areas = s.areas[:0]
	for _, r := range s.labels {
		s.areas = append(s.areas, r.Result())
	}
	if len(s.areas) == 0 {
		return math.NaN()
	}
	return meanOf(s.areas, s.weights)
}

// Reset implements State.
func (s *labelled) Reset() {
	for _, r := range s.labels {
		r.Reset()
	}
}

// Sums implements State: for each label the number of its sums and the sums.
func (s *labelled) Sums() []float64 {
	var out []float64
	for _, r := range s.labels {
		sums := r.Sums()
		out = append(append(out, float64(len(sums))), sums...)
	}
	return out
}

// Restore implements State.
func (s *labelled) Restore(sums []float64) error {
	s.labels = s.labels[:0]
	for len(sums) > 0 {
		if !(sums[0] >= 4 && sums[0] <= float64(len(sums)-1)) {
			return errSums
		}
		n, r := int(sums[0]), s.one()
		if err := r.Restore(sums[1 : 1+n]); err != nil {
			return err
		}
		s.labels, sums = append(s.labels, r), sums[1+n:]
	}
	return nil
}
