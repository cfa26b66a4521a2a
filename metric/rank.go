package metric

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"gorae/tensor"
)

// ranked is the state of the exact area under the ROC curve, a rank statistic: the share of the pairs of a positive
// and a negative sample in which the positive one has the greater score, a tie counting as half a pair (Mann and
// Whitney, 1947; Hanley and McNeil, 1982).
//
// The count of pairs is kept up to date while samples come, so that the value after each batch costs nothing. The
// samples so far lie in sorted runs of growing sizes, merged as those of Bentley and Saxe's logarithmic method (1980):
// a sample is compared with each run by binary search, O(log² n) for one of n samples.
type ranked struct {
	positive, negative float64 // weights of all samples
	pairs              float64 // weights of the pairs in order, ties as halves
	broken             bool    // a score was NaN
	precision          bool    // the area wanted is the average precision
	runs               [][]rank
	at                 []int    // by run: scores that the average precision has not taken yet
	free               [][]rank // memory of former runs
}

// rank is the samples of one score. The weights of its positives and negatives are cumulated over the run, this score
// included.
type rank struct{ score, positive, negative float64 }

// Add implements State: terms are scores and targets from 0 to 1, [n] each, and perhaps weights of samples, each for
// as many values.
func (s *ranked) Add(terms []*tensor.Tensor) {
	score, y := terms[0].F32, terms[1].F32
	var w []float32
	per := 1
	if len(terms) > 2 && len(terms[2].F32) > 0 {
		w = terms[2].F32
		per = len(score) / len(w)
	}
	run := s.room(len(score))
	for i, v := range score {
		weight := 1.0
		if w != nil {
			weight = float64(w[i/per])
		}
		if weight == 0 {
			continue
		}
		if v != v {
			s.broken = true
			continue
		}
		run = append(run, rank{float64(v), weight * float64(y[i]), weight * (1 - float64(y[i]))})
	}
	if len(run) == 0 {
		s.free = append(s.free, run)
		return
	}
	slices.SortFunc(run, func(a, b rank) int { return cmp.Compare(a.score, b.score) })
	run = cumulate(run)
	for _, other := range s.runs {
		s.compare(run, other)
	}
	s.compare(run, run)
	last := run[len(run)-1]
	s.positive += last.positive
	s.negative += last.negative
	s.push(run)
}

// cumulate puts samples of one score together and cumulates weights.
func cumulate(run []rank) []rank {
	n := 0
	for i, r := range run {
		switch {
		case i == 0:
			run[0] = r
		case r.score == run[n].score:
			run[n].positive += r.positive
			run[n].negative += r.negative
		default:
			n++
			r.positive += run[n-1].positive
			r.negative += run[n-1].negative
			run[n] = r
		}
	}
	return run[:n+1]
}

// compare counts the pairs between a new run and another one, or within it.
func (s *ranked) compare(run, other []rank) {
	all := other[len(other)-1]
	var before rank
	for _, r := range run {
		positive, negative := r.positive-before.positive, r.negative-before.negative
		before = r
		at := sort.Search(len(other), func(i int) bool { return other[i].score >= r.score })
		var below, upTo rank // weights of lower scores, and of those with this one
		if at > 0 {
			below = other[at-1]
		}
		if upTo = below; at < len(other) && other[at].score == r.score {
			upTo = other[at]
		}
		s.pairs += positive * (below.negative + upTo.negative) / 2
		if &run[0] != &other[0] {
			s.pairs += negative * (2*all.positive - upTo.positive - below.positive) / 2
		}
	}
}

// push adds a run; the last two are merged while the one before is not longer.
func (s *ranked) push(run []rank) {
	for n := len(s.runs); n > 0 && len(s.runs[n-1]) <= len(run); n = len(s.runs) {
		merged := s.merge(s.runs[n-1], run)
		s.free = append(s.free, s.runs[n-1], run)
		s.runs, run = s.runs[:n-1], merged
	}
	s.runs = append(s.runs, run)
}

// merge is two runs as one.
func (s *ranked) merge(a, b []rank) []rank {
	out := s.room(len(a) + len(b))
	var ra, rb rank // what has been taken of each
	for len(a) > 0 || len(b) > 0 {
		var score float64
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].score <= b[0].score:
			score = a[0].score
		default:
			score = b[0].score
		}
		if len(a) > 0 && a[0].score == score {
			ra, a = a[0], a[1:]
		}
		if len(b) > 0 && b[0].score == score {
			rb, b = b[0], b[1:]
		}
		out = append(out, rank{score, ra.positive + rb.positive, ra.negative + rb.negative})
	}
	return out
}

// room is an empty run for n scores, in memory of a former run if one is large enough.
func (s *ranked) room(n int) []rank {
	best := -1
	for i, f := range s.free {
		if cap(f) >= n && (best < 0 || cap(f) < cap(s.free[best])) {
			best = i
		}
	}
	if best < 0 {
		return make([]rank, 0, n)
	}
	run := s.free[best][:0]
	s.free = slices.Delete(s.free, best, best+1)
	return run
}

// Result implements State: NaN where samples of a class are missing.
func (s *ranked) Result() float64 {
	if s.precision {
		return s.averagePrecision()
	}
	if s.broken || s.positive == 0 || s.negative == 0 {
		return math.NaN()
	}
	return s.pairs / (s.positive * s.negative)
}

// averagePrecision is Σ (R(t) − R(t'))·P(t) over the distinct scores t from the greatest down, t' the one before, with
// recall R and precision P of the samples from t on (as sklearn.metrics.average_precision_score).
func (s *ranked) averagePrecision() float64 {
	if s.broken || s.positive == 0 {
		return math.NaN()
	}
	s.at = s.at[:0]
	for _, run := range s.runs {
		s.at = append(s.at, len(run))
	}
	at := s.at
	var tp, fp, area float64
	for {
		score, left := math.Inf(-1), false
		for i, run := range s.runs {
			if at[i] > 0 {
				score, left = max(score, run[at[i]-1].score), true
			}
		}
		if !left {
			return area / s.positive
		}
		gain := 0.0
		for i, run := range s.runs {
			if at[i] == 0 || run[at[i]-1].score != score {
				continue
			}
			at[i]--
			var below rank
			if at[i] > 0 {
				below = run[at[i]-1]
			}
			gain += run[at[i]].positive - below.positive
			fp += run[at[i]].negative - below.negative
		}
		if tp += gain; gain != 0 {
			area += gain * tp / (tp + fp)
		}
	}
}

// Reset implements State.
func (s *ranked) Reset() {
	s.free = append(s.free, s.runs...)
	s.runs = s.runs[:0]
	s.positive, s.negative, s.pairs, s.broken = 0, 0, 0, false
}

// Sums implements State: the weights of positives, negatives and pairs, whether a score was NaN, and for each run the
// number of its scores and the scores with their weights.
func (s *ranked) Sums() []float64 {
	out := []float64{s.positive, s.negative, s.pairs, 0}
	if s.broken {
		out[3] = 1
	}
	for _, run := range s.runs {
		out = append(out, float64(len(run)))
		for _, r := range run {
			out = append(out, r.score, r.positive, r.negative)
		}
	}
	return out
}

// Restore implements State.
func (s *ranked) Restore(sums []float64) error {
	s.Reset()
	if len(sums) < 4 {
		return errSums
	}
	s.positive, s.negative, s.pairs, s.broken = sums[0], sums[1], sums[2], sums[3] != 0
	for rest := sums[4:]; len(rest) > 0; {
		if !(rest[0] >= 1 && rest[0] <= float64(len(rest)-1)/3) {
			return errSums
		}
		n := int(rest[0])
		run := s.room(n)
		for i := range n {
			run = append(run, rank{rest[1+3*i], rest[2+3*i], rest[3+3*i]})
		}
		s.runs, rest = append(s.runs, run), rest[1+3*n:]
	}
	return nil
}
