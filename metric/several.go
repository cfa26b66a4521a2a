package metric

import "gorae/config"

// Several is a metric of several values, such as one of several thresholds or one of each class. Each value is a metric
// by itself, with its name, direction and state.
type Several interface {
	// Parts are the metrics of the values, nil where there is only one; outputs is the number of outputs of a sample,
	// the last axis of the prediction.
	Parts(outputs int) []Part
}

// Part is one value of a metric of several. Its name is the metric's with Suffix behind it: precision@0.3, r2_score_0.
type Part struct {
	Suffix string
	Metric Metric
}

// Expand is the values of a metric, for predictions with so many outputs. A metric of one value is that value.
func Expand(m Metric, outputs int) []Part {
	if s, ok := config.Filled(m).(Several); ok {
		if parts := s.Parts(outputs); parts != nil {
			return parts
		}
	}
	return []Part{{Metric: m}}
}
