package task

import (
	"gorae/data"
	"gorae/train"
)

// statistic is a number that is computed of samples, which may repeat.
type statistic struct {
	value func(samples []int) float64
	// parts puts together what the statistic takes of each part of the samples, and returns the statistic of some of
	// the parts; nil where it is computed from the samples alone.
	parts func(parts [][]int) func(parts []int) float64
}

// statisticOf is metric k of samples.
func statisticOf(p *train.PerSample, k int) statistic {
	s := statistic{value: func(samples []int) float64 { return p.Value(k, samples) }}
	if p.Sums(k) {
		s.parts = func(parts [][]int) func([]int) float64 { return p.Parts(k, parts) }
	}
	return s
}

// ofParts returns the statistic of some parts of the samples.
func (s statistic) ofParts(parts [][]int) func(parts []int) float64 {
	if s.parts != nil {
		return s.parts(parts)
	}
	var samples []int
	return func(chosen []int) float64 {
		samples = samples[:0]
		for _, k := range chosen {
			samples = append(samples, parts[k]...)
		}
		return s.value(samples)
	}
}

// leave is the statistic of all parts, and of those that are left when each is left out in turn.
func (s statistic) leave(parts [][]int) (whole float64, left []float64) {
	of, all := s.ofParts(parts), data.Range(len(parts))
	kept := make([]int, 0, len(parts))
	for k := range parts {
		left = append(left, of(append(append(kept, all[:k]...), all[k+1:]...)))
	}
	return of(all), left
}
