package metric

import (
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

// Lift reads the numbers of one sample in the units of its target, in float64.
type Lift struct {
	Width int // how many numbers are compared
	// Read writes the truth and what the network says of it, Width numbers each, of a sample's target and outputs as
	// they are learnt.
	Read func(y, pred []float32, truth, said []float64)
}

// Exact is a metric in float64: what a network gives and what it is compared with are lifted into the target's units
// sample by sample, and everything from there on is float64. Terms of the graph, which are float32, would lose a
// number that is large beside its differences, and overflow at the square of 10²⁰.
//
// A metric that is no [Double] is evaluated batch by batch by graph.Evaluator, which allocates.
func Exact(m Metric, l Lift) Metric { return exact{config.Filled(m), l} }

// Double is a metric that adds up samples in float64. Sample adds one of weight w to the sums, which are nil or zeros
// before the first, and returns them; Result is the metric's.
type Double interface {
	Sample(sums, truth, said []float64, w float64) []float64
}

type exact struct {
	Metric
	lift Lift
}

// Unwrap implements Wrapper.
func (m exact) Unwrap() Metric { return m.Metric }

// Terms implements Metric: targets, outputs and weights of the samples. What the metric cannot compare is found now.
func (m exact) Terms(y, pred, w *graph.Node) []*graph.Node {
	if _, ok := find[Double](m.Metric); !ok {
		m.trace(y.Shape[0], w != nil)
	}
	terms := []*graph.Node{y.AsFloat(), pred.AsFloat()}
	if w != nil {
		terms = append(terms, w)
	}
	return terms
}

// Keep implements Keeper.
func (m exact) Keep() State {
	s := &doubles{exact: m, traces: map[traceKey]*trace{}}
	if d, ok := find[Double](m.Metric); ok {
		s.double = d
	} else {
		s.merger, _ = find[Merger](m.Metric)
	}
	return s
}

// doubles is the state of a metric in float64.
type doubles struct {
	exact  exact
	double Double // nil: terms are evaluated
	merger Merger
	sums   []float64
	seen   bool // a sample that counts, or a batch that was evaluated

	truth, said, weights, batch []float64
	traces                      map[traceKey]*trace
}

// Add implements State.
func (s *doubles) Add(terms []*tensor.Tensor) {
	y, pred := terms[0], terms[1]
	n := y.Shape[0]
	if n == 0 {
		return
	}
	width := s.exact.lift.Width
	ys, ps := y.Len()/n, pred.Len()/n
	s.truth, s.said = grow(s.truth, n*width), grow(s.said, n*width)
	s.weights = s.weights[:0]
	for i := range n {
		truth, said := s.truth[i*width:(i+1)*width], s.said[i*width:(i+1)*width]
		s.exact.lift.Read(y.F32[i*ys:(i+1)*ys], pred.F32[i*ps:(i+1)*ps], truth, said)
		w := 1.0
		if len(terms) > 2 {
			w = float64(terms[2].F32[i])
			s.weights = append(s.weights, w)
		}
		if s.double != nil && w != 0 {
			s.sums, s.seen = s.double.Sample(s.sums, truth, said, w), true
		}
	}
	if s.double == nil {
		s.evaluate(n)
	}
}

// grow is n numbers in the memory of x, if they fit.
func grow(x []float64, n int) []float64 {
	if cap(x) < n {
		return make([]float64, n)
	}
	return x[:n]
}

// traceKey is what the trace of a metric's terms depends on.
type traceKey struct {
	n       int
	weights bool
}

// trace is the terms of a metric in a graph of their own.
type trace struct {
	terms []*graph.Node
	types [3]graph.Type // of targets, predictions and weights
}

func (m exact) trace(n int, weights bool) *trace {
	g := graph.New()
	rows := graph.F32(n, m.lift.Width)
	t := &trace{types: [3]graph.Type{rows, rows, graph.F32(n)}}
	var w *graph.Node
	if weights {
		w = g.Input("w", t.types[2])
	}
	t.terms = m.Metric.Terms(g.Input("y", rows), g.Input("p", rows), w)
	return t
}

// evaluate adds the terms of a batch.
func (s *doubles) evaluate(n int) {
	key := traceKey{n, len(s.weights) > 0}
	t := s.traces[key]
	if t == nil {
		t = s.exact.trace(n, key.weights)
		s.traces[key] = t
	}
	e := graph.Evaluator{Leaves: map[string]*graph.Array{"y": {Type: t.types[0], V: s.truth},
		"p": {Type: t.types[1], V: s.said}, "w": {Type: t.types[2], V: s.weights}}}
	s.batch = s.batch[:0]
	for _, node := range t.terms {
		v, err := e.Value(node)
		if err != nil { // leaves of other types than the trace's: there are none
			s.batch = append(s.batch, math.NaN())
			continue
		}
		s.batch = append(s.batch, v.V...)
	}
	if !s.seen {
		s.sums = s.sums[:0]
	}
	s.sums, s.seen = join(s.sums, s.batch, s.merger), true
}

// Result implements State.
func (s *doubles) Result() float64 {
	if !s.seen {
		return math.NaN()
	}
	return s.exact.Metric.Result(s.sums)
}

// Reset implements State.
func (s *doubles) Reset() {
	clear(s.sums)
	s.seen = false
}

// Sums implements State.
func (s *doubles) Sums() []float64 {
	if !s.seen {
		return []float64{}
	}
	return append([]float64(nil), s.sums...)
}

// Restore implements State.
func (s *doubles) Restore(sums []float64) error {
	s.sums, s.seen = append(s.sums[:0], sums...), len(sums) > 0
	return nil
}

// mean adds the sum and the number of a sample's values to sums of two, each as often as the sample counts.
func mean(sums []float64, sum float64, n int, w float64) []float64 {
	if sums == nil {
		sums = make([]float64, 2)
	}
	sums[0] += w * sum
	sums[1] += w * float64(n)
	return sums
}

// Sample implements Double.
func (MeanSquaredError) Sample(sums, truth, said []float64, w float64) []float64 {
	square := 0.0
	for i, y := range truth {
		square += (y - said[i]) * (y - said[i])
	}
	return mean(sums, square, len(truth), w)
}

// Sample implements Double.
func (RootMeanSquaredError) Sample(sums, truth, said []float64, w float64) []float64 {
	return MeanSquaredError{}.Sample(sums, truth, said, w)
}

// Sample implements Double.
func (MeanAbsoluteError) Sample(sums, truth, said []float64, w float64) []float64 {
	sum := 0.0
	for i, y := range truth {
		sum += math.Abs(y - said[i])
	}
	return mean(sums, sum, len(truth), w)
}

// Sample implements Double, by West's recurrence (1979) for means and sums of squares with weights.
func (m R2Score) Sample(sums, truth, said []float64, w float64) []float64 {
	if m.column > 0 {
		truth, said = truth[m.column-1:m.column], said[m.column-1:m.column]
	}
	c := len(truth)
	if sums == nil {
		sums = make([]float64, 2+4*c)
	}
	sums[0] += w
	sums[1]++
	of := sums[2:]
	for i, y := range truth {
		d := y - of[i]
		of[i] += d * w / sums[0]
		of[2*c+i] += w * d * (y - of[i])
		of[3*c+i] += w * (y - said[i]) * (y - said[i])
	}
	return sums
}

var (
	_ Double = MeanSquaredError{}
	_ Double = MeanAbsoluteError{}
	_ Double = RootMeanSquaredError{}
	_ Double = R2Score{}
)
