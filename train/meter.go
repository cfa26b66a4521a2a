package train

import (
	"errors"
	"math"

	"gorae/metric"
	"gorae/tensor"
)

// NamedMetric is a metric under another name than its own.
type NamedMetric struct {
	metric.Metric
	Name string
}

// Unwrap implements metric.Wrapper.
func (m NamedMetric) Unwrap() metric.Metric { return m.Metric }

// metricName is the name under which a metric is shown.
func metricName(m metric.Metric) string {
	switch m := m.(type) {
	case NamedMetric:
		return m.Name
	case metric.Mean:
		return lossName(m.Loss)
	}
	return metric.Metrics.Word(m)
}

// unnamed is the metric itself.
func unnamed(m metric.Metric) metric.Metric {
	if n, ok := m.(NamedMetric); ok {
		return n.Metric
	}
	return m
}

// meter computes the running averages of an epoch from its batches, as Keras
// does: a loss is Σ batch loss · samples / Σ samples, a metric follows from the sums of
// its terms.
type meter struct {
	samples float64
	losses  []float64 // sums: the whole, and each output's if there are several
	metrics []*metric.Accumulator
	why     []string // by metric: when it is not defined
	o       *objective
	result  Metrics
}

// newMeter is a meter for an objective, which must be traced before anything is added.
func newMeter(o *objective) *meter {
	m := &meter{losses: make([]float64, 1), o: o}
	if n := len(o.losses); n > 1 {
		m.losses = make([]float64, 1+n)
	}
	for _, list := range o.metrics {
		for _, x := range list {
			m.metrics = append(m.metrics, metric.NewAccumulator(unnamed(x)))
			m.why = append(m.why, metric.Undefined(x))
		}
	}
	for _, n := range o.names {
		m.result = append(m.result, Metric{Name: n})
	}
	return m
}

// add takes the loss and the outputs of a batch of n samples.
func (m *meter) add(n int, loss float64, outs []*tensor.Tensor) {
	m.samples += float64(n)
	m.losses[0] += loss * float64(n)
	for i := range m.losses[1:] {
		m.losses[1+i] += float64(outs[0].F32[0]) * float64(n)
		outs = outs[1:]
	}
	for i, a := range m.metrics {
		n := m.o.terms[i]
		a.Add(outs[:n]...)
		outs = outs[n:]
	}
}

// now returns the metrics so far. They are valid until the next call.
func (m *meter) now() Metrics {
	k := 0
	for _, s := range m.losses {
		x := &m.result[k]
		if x.Value, x.Why = s/m.samples, ""; math.IsInf(x.Value, 0) {
			x.Why = "beyond float32"
		}
		k++
	}
	for i, a := range m.metrics {
		x := &m.result[k]
		if x.Value, x.Why = a.Result(), ""; math.IsNaN(x.Value) && m.samples > 0 {
			x.Why = m.why[i]
		}
		k++
	}
	return m.result
}

func (m *meter) reset() {
	m.samples = 0
	clear(m.losses)
	for _, a := range m.metrics {
		a.Reset()
	}
}

// state returns everything added so far: the samples, the losses, and for each metric the
// number of its sums and the sums.
func (m *meter) state() []float64 {
	s := append([]float64{m.samples}, m.losses...)
	for _, a := range m.metrics {
		sums := a.Sums()
		s = append(append(s, float64(len(sums))), sums...)
	}
	return s
}

// restore sets the sums from a slice that state returned.
func (m *meter) restore(s []float64) error {
	wrong := errors.New("the saved state's sums do not fit the metrics; they have changed since")
	if len(s) < 1+len(m.losses) {
		return wrong
	}
	samples, rest := s[0], s[1+len(m.losses):]
	var sums [][]float64
	for range m.metrics {
		if len(rest) == 0 || !(rest[0] >= 0 && rest[0] < float64(len(rest))) {
			return wrong
		}
		n := int(rest[0])
		sums = append(sums, rest[1:1+n])
		rest = rest[1+n:]
	}
	if len(rest) > 0 {
		return wrong
	}
	m.samples = samples
	copy(m.losses, s[1:])
	for i, a := range m.metrics {
		if err := a.Restore(sums[i]); err != nil {
			return wrong
		}
	}
	return nil
}
