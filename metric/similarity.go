package metric

import (
	"gorae/config"
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(CosineSimilarity{})
	Metrics.Register(LogCoshError{})
}

// CosineSimilarity is the mean of the cosine of the angle between target and prediction, Σ y·ŷ/(|y|·|ŷ|): 1 of equal
// directions, 0 of a right angle, −1 of opposite ones. That of a vector of zeros is 0.
type CosineSimilarity struct {
	// Axis is the axis of the vectors' elements: -1, the last one, where none is given.
	Axis int `keras:"axis,main,default=-1"`
}

// Terms implements Metric.
func (m CosineSimilarity) Terms(y, pred, w *graph.Node) []*graph.Node {
	return average(loss.Cosine(y, pred, config.Filled(m).Axis), w)
}

// Traits implements Described.
func (CosineSimilarity) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (CosineSimilarity) Direction() Direction { return Max }

// Result implements Metric.
func (CosineSimilarity) Result(sums []float64) float64 { return ratio(sums) }

// LogCoshError is the mean of ln cosh(ŷ − y).
type LogCoshError struct{}

// Terms implements Metric.
func (LogCoshError) Terms(y, pred, w *graph.Node) []*graph.Node {
	return average(loss.LogCosh{}.Value(y, pred), w)
}

// Traits implements Described.
func (LogCoshError) Traits() loss.Traits { return loss.LogCosh{}.Traits() }

// Direction implements Directed.
func (LogCoshError) Direction() Direction { return Min }

// Result implements Metric.
func (LogCoshError) Result(sums []float64) float64 { return ratio(sums) }
