package metric

import (
	"errors"
	"math"

	"gorae/config"
	"gorae/tensor"
)

// State is what is kept of the batches that a metric has seen.
type State interface {
	// Add takes the terms of a batch.
	Add(terms []*tensor.Tensor)
	// Result is the value over everything added, at least one batch; NaN where it is not defined.
	Result() float64
	// Reset forgets everything.
	Reset()
	// Sums are everything kept, as numbers to be saved and given to Restore, which refuses what Sums cannot have given.
	Sums() []float64
	Restore(sums []float64) error
}

// Keeper is a metric that keeps more of a batch than sums of its terms. Its Result is not asked for.
type Keeper interface{ Keep() State }

// Merger is a metric whose terms are not simply added.
type Merger interface {
	Merge(sums, batch []float64)
}

// Partial is a metric that has no value, and is NaN, for some samples. Undefined says in words for which: "there are
// samples of one class only".
type Partial interface{ Undefined() string }

// Counted is a metric to which a rare class matters as much as any other, so that a few samples decide on its value.
type Counted interface {
	// Positives returns the sums of the targets of each class among the metric's sums; nil where a rare class hardly
	// matters.
	Positives(sums []float64) []float64
}

// Positives returns what a metric, or the metric that it wraps, counts of each class ([Counted]); nil where it counts
// none.
func Positives(m Metric, sums []float64) []float64 {
	if c, ok := find[Counted](m); ok {
		return c.Positives(sums)
	}
	return nil
}

// Influencer is a metric that knows how much a sample matters to it.
type Influencer interface {
	// Influence returns the derivative of the metric of samples, whose sums are total, with respect to the weight of
	// one of them in shares of all: of a mean its value less the mean.
	Influence(total, sample []float64) float64
}

// Influence returns the influences of a metric, or of the metric that it wraps ([Influencer]); nil where it has none.
func Influence(m Metric) func(total, sample []float64) float64 {
	if i, ok := find[Influencer](m); ok {
		return i.Influence
	}
	return nil
}

// Undefined says in words why a metric, or the metric that it wraps, is NaN; "" where it is a number for any samples.
func Undefined(m Metric) string {
	if p, ok := find[Partial](m); ok {
		return p.Undefined()
	}
	return ""
}

// find is the metric, or the first one within its wrappers, that is a T.
func find[T any](m Metric) (T, bool) {
	for m != nil {
		m = config.Filled(m)
		if t, ok := m.(T); ok {
			return t, true
		}
		w, ok := m.(Wrapper)
		if !ok {
			break
		}
		m = w.Unwrap()
	}
	var none T
	return none, false
}

// Accumulator adds up the terms of one metric.
type Accumulator struct {
	state State
	seen  bool // a batch
}

// NewAccumulator is an accumulator that has seen nothing.
func NewAccumulator(m Metric) *Accumulator {
	m = config.Filled(m)
	if k, ok := find[Keeper](m); ok {
		return &Accumulator{state: k.Keep()}
	}
	s := &sums{metric: m}
	s.merger, _ = find[Merger](m)
	return &Accumulator{state: s}
}

// Add takes the terms of a batch.
func (a *Accumulator) Add(terms ...*tensor.Tensor) {
	a.state.Add(terms)
	a.seen = true
}

// Result is the value over everything added; not-a-number before anything was.
func (a *Accumulator) Result() float64 {
	if !a.seen {
		return math.NaN()
	}
	return a.state.Result()
}

// Reset forgets everything.
func (a *Accumulator) Reset() {
	a.state.Reset()
	a.seen = false
}

// Sums are the state of the accumulator, to be kept and given to Restore; nil before anything was added.
func (a *Accumulator) Sums() []float64 {
	if !a.seen {
		return nil
	}
	return a.state.Sums()
}

// Restore brings back what Sums gave.
func (a *Accumulator) Restore(sums []float64) error {
	a.Reset()
	if len(sums) == 0 {
		return nil
	}
	if err := a.state.Restore(sums); err != nil {
		return err
	}
	a.seen = true
	return nil
}

// errSums is the error of a state that is given sums of another metric.
var errSums = errors.New("the saved sums are not those of this metric")

// sums is the state of a metric whose terms are added up, or merged.
type sums struct {
	metric Metric
	merger Merger // nil: the terms are added up
	total  []float64
	batch  []float64
}

// Add implements State.
func (s *sums) Add(terms []*tensor.Tensor) {
	s.batch = s.batch[:0]
	for _, t := range terms {
		for _, v := range t.F32 {
			s.batch = append(s.batch, float64(v))
		}
	}
	s.total = join(s.total, s.batch, s.merger)
}

// join is sums with those of a batch, which the merger, or without one addition, puts together.
func join(total, batch []float64, m Merger) []float64 {
	switch {
	case len(total) == 0:
		return append(total, batch...)
	case m != nil:
		m.Merge(total, batch)
	default:
		for i, v := range batch {
			total[i] += v
		}
	}
	return total
}

// Result implements State.
func (s *sums) Result() float64 { return s.metric.Result(s.total) }

// Reset implements State.
func (s *sums) Reset() { s.total = s.total[:0] }

// Sums implements State.
func (s *sums) Sums() []float64 { return append([]float64(nil), s.total...) }

// Restore implements State.
func (s *sums) Restore(sums []float64) error {
	s.total = append(s.total[:0], sums...)
	return nil
}

// Join returns how what a metric keeps of some samples ([Accumulator.Sums]) is put together with what it keeps of
// others; nil for a metric that keeps the samples themselves, as AUC does.
func Join(m Metric) func(total, sums []float64) []float64 {
	if k, ok := find[Keeper](m); ok {
		e, ok := k.(exact)
		if !ok {
			return nil
		}
		m = e.Metric
		if Join(m) == nil {
			return nil
		}
	}
	merger, _ := find[Merger](m)
	return func(total, sums []float64) []float64 { return join(total, sums, merger) }
}
