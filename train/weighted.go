package train

import (
	"slices"

	"gorae/graph"
	"gorae/metric"
)

// weighted is a metric that counts samples by their weights.
type weighted struct{ metric.Metric }

// Unwrap implements metric.Wrapper.
func (m weighted) Unwrap() metric.Metric { return m.Metric }

// weightedMetrics is metrics that count samples by their weights, under names that no other metric of the output has.
func weightedMetrics(others, list []metric.Metric) []metric.Metric {
	taken := map[string]bool{}
	for _, m := range others {
		taken[metricName(m)] = true
	}
	var out []metric.Metric
	for _, m := range list {
		name := metricName(m)
		if taken[name] {
			name = "weighted_" + name
		}
		out = append(out, NamedMetric{weighted{unnamed(m)}, name})
	}
	return out
}

// isWeighted reports whether a metric counts samples by their weights.
func isWeighted(m metric.Metric) bool {
	_, ok := unnamed(m).(weighted)
	return ok
}

// weigh is how much each sample, or each step where there is a mask [batch, steps, …], counts by the weights [batch] of
// the samples; counts is the mask as [batch·steps·…], nil without one. Weights may be nil: all 1.
func weigh(counts, mask, weights *graph.Node) *graph.Node {
	switch {
	case weights == nil:
		return counts
	case mask == nil:
		return weights.AsFloat()
	}
	first := slices.Repeat([]int{1}, len(mask.Shape))
	first[0] = mask.Shape[0]
	return counts.AsFloat().Reshape(mask.Shape...).Mul(weights.AsFloat().Reshape(first...)).Reshape(-1)
}
