package cluster

import (
	"math"
	"slices"
)

// search is the state of one start: the centres, the group of each sample, and bounds of its distances. A sample whose
// distance to its own centre is at most half the way from there to the next centre, or at most the least possible
// distance to any other, keeps its group without a distance computed.
type search struct {
	x, centres *matrix
	labels     []int
	upper      []float64 // of the distance to the own centre
	lower      []float64 // of the distance to every other centre
	half       []float64 // of each centre: half the distance to the nearest other one
	began      bool
}

func newSearch(x, centres *matrix) *search {
	s := &search{x: x, centres: centres, labels: make([]int, x.n), upper: make([]float64, x.n),
		lower: make([]float64, x.n), half: make([]float64, centres.n)}
	return s
}

// assign gives each sample the nearest centre's group, and reports whether any sample changed its group.
func (s *search) assign() bool {
	for a := range s.half {
		s.half[a] = math.Inf(1)
		for b := range s.centres.n {
			if a != b {
				s.half[a] = min(s.half[a], math.Sqrt(squared(s.centres.row(a), s.centres.row(b)))/2)
			}
		}
	}
	changes := make([]bool, (s.x.n+block-1)/block)
	s.x.blocks(func(from, end int) {
		for i := from; i < end; i++ {
			if s.nearest(i) {
				changes[from/block] = true
			}
		}
	})
	first := !s.began
	s.began = true
	return first || slices.Contains(changes, true)
}

// nearest finds the group of sample i, and reports whether it is another one.
func (s *search) nearest(i int) bool {
	row, own := s.x.row(i), s.labels[i]
	if s.began {
		bound := max(s.half[own], s.lower[i])
		if s.upper[i] < bound {
			return false
		}
		if s.upper[i] = math.Sqrt(squared(row, s.centres.row(own))); s.upper[i] < bound {
			return false
		}
	}
	best, least, second := 0, math.Inf(1), math.Inf(1)
	for c := range s.centres.n {
		if d := squared(row, s.centres.row(c)); d < least {
			best, least, second = c, d, least
		} else if d < second {
			second = d
		}
	}
	s.upper[i], s.lower[i] = math.Sqrt(least), math.Sqrt(second)
	s.labels[i] = best
	return best != own
}

// move puts each centre to the mean of its samples, and returns the sum of the squared moves.
func (s *search) move() float64 {
	means, counts := s.sums()
	s.refill(means, counts)
	total, far, next := 0.0, -1, 0.0 // the greatest move, and the greatest of the others
	moves := make([]float64, s.centres.n)
	for c := range s.centres.n {
		for k, v := range means.row(c) {
			means.row(c)[k] = v / counts[c]
		}
		square := squared(means.row(c), s.centres.row(c))
		total += square
		moves[c] = math.Sqrt(square)
		if far < 0 || moves[c] > moves[far] {
			if far >= 0 {
				next = moves[far]
			}
			far = c
		} else {
			next = max(next, moves[c])
		}
	}
	s.centres = means
	for i, l := range s.labels {
		s.upper[i] += moves[l]
		if l == far {
			s.lower[i] -= next
		} else {
			s.lower[i] -= moves[far]
		}
	}
	return total
}

// sums returns the sum of each group's samples and their number.
func (s *search) sums() (*matrix, []float64) {
	k, d := s.centres.n, s.x.d
	parts := make([]*matrix, (s.x.n+block-1)/block)
	s.x.blocks(func(from, end int) {
		part := &matrix{n: k, d: d, v: make([]float64, k*d)}
		for i := from; i < end; i++ {
			to := part.row(s.labels[i])
			for j, v := range s.x.row(i) {
				to[j] += v
			}
		}
		parts[from/block] = part
	})
	whole := parts[0]
	for _, p := range parts[1:] {
		for j, v := range p.v {
			whole.v[j] += v
		}
	}
	counts := make([]float64, k)
	for _, l := range s.labels {
		counts[l]++
	}
	return whole, counts
}

// refill gives each group without samples one that is far from its centre, as scikit-learn does: the farthest sample
// to the first empty group, and so on.
func (s *search) refill(sums *matrix, counts []float64) {
	if !slices.Contains(counts, 0) {
		return
	}
	distances, order := make([]float64, s.x.n), make([]int, s.x.n)
	for i, l := range s.labels {
		distances[i], order[i] = squared(s.x.row(i), s.centres.row(l)), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case distances[a] > distances[b]:
			return -1
		case distances[a] < distances[b]:
			return 1
		}
		return 0
	})
	next := 0
	for c, n := range counts {
		if n > 0 {
			continue
		}
		for next < len(order)-1 && counts[s.labels[order[next]]] < 2 { // its group would be empty in turn
			next++
		}
		i := order[next]
		next++
		old := s.labels[i]
		counts[old]--
		counts[c] = 1
		for j, v := range s.x.row(i) {
			sums.row(old)[j] -= v
			sums.row(c)[j] = v
		}
		s.labels[i] = c
		s.upper[i], s.lower[i] = math.Inf(1), 0
	}
}
