package task

import (
	"gorae/loss"
	"gorae/metric"
	"gorae/train"
)

// Plain is the Objective of targets that losses and metrics compare as they stand.
type Plain struct{}

// Loss returns l itself.
func (Plain) Loss(_ int, l loss.Loss) loss.Loss { return l }

// Metrics returns m under its name.
func (Plain) Metrics(_ int, name string, m metric.Metric, _ loss.Loss) []metric.Metric {
	return []metric.Metric{train.NamedMetric{Metric: m, Name: name}}
}
