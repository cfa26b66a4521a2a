package metric

import (
	"gorae/config"
	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(PearsonCorrelation{})
	Metrics.Register(ConcordanceCorrelation{})
}

// PearsonCorrelation is the mean over the samples of the correlation of a sample's outputs with its targets,
// cov(y, ŷ)/(σ(y)·σ(ŷ)) along an axis.
type PearsonCorrelation struct {
	// Axis is the axis along which numbers are correlated: -1, the last one, where none is given.
	Axis int `keras:"axis,main,default=-1"`
}

// Terms implements Metric.
func (m PearsonCorrelation) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	a := config.Filled(m).Axis
	dy, dp := centred(y, a), centred(pred, a)
	of := dy.Square().Mean(a).Sqrt().Mul(dp.Square().Mean(a).Sqrt())
	return average(dy.Mul(dp).Mean(a).Div(of), w)
}

// Traits implements Described.
func (PearsonCorrelation) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (PearsonCorrelation) Direction() Direction { return Max }

// Undefined implements Partial.
func (PearsonCorrelation) Undefined() string {
	return "a sample has targets or outputs that are all equal"
}

// Result implements Metric.
func (PearsonCorrelation) Result(sums []float64) float64 { return ratio(sums) }

// ConcordanceCorrelation is the mean over the samples of Lin's coefficient (1989) of a sample's outputs and targets,
// 2·cov(y, ŷ)/(σ²(y) + σ²(ŷ) + (ȳ − ŷ̄)² + 10⁻⁷) along an axis: the correlation, less for what is off in level or
// scale.
type ConcordanceCorrelation struct {
	// Axis is the axis along which numbers are compared: -1, the last one, where none is given.
	Axis int `keras:"axis,main,default=-1"`
}

// Terms implements Metric.
func (m ConcordanceCorrelation) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	a := config.Filled(m).Axis
	dy, dp := centred(y, a), centred(pred, a)
	of := dy.Square().Mean(a).Add(dp.Square().Mean(a)).Add(y.Mean(a).Sub(pred.Mean(a)).Square()).AddC(1e-7)
	return average(dy.Mul(dp).Mean(a).MulC(2).Div(of), w)
}

// Traits implements Described.
func (ConcordanceCorrelation) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (ConcordanceCorrelation) Direction() Direction { return Max }

// Result implements Metric.
func (ConcordanceCorrelation) Result(sums []float64) float64 { return ratio(sums) }

// centred is x less its mean along an axis.
func centred(x *graph.Node, axis int) *graph.Node { return x.Sub(x.KeepDims(x.Mean(axis), axis)) }
