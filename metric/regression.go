package metric

import (
	"math"

	"gorae/graph"
	"gorae/loss"
)

func init() {
	Metrics.Register(MeanSquaredError{}, "mse", "mean_squared_error")
	Metrics.Register(MeanAbsoluteError{}, "mae", "mean_absolute_error")
	Metrics.Register(RootMeanSquaredError{}, "rmse", "root_mean_squared_error")
	Metrics.RegisterAs("R2Score", R2Score{}, "r2", "r2_score")
}

// MeanSquaredError is the mean of (y − ŷ)².
type MeanSquaredError struct{}

// Terms implements Metric.
func (MeanSquaredError) Terms(y, pred, w *graph.Node) []*graph.Node {
	return average(loss.MeanSquaredError{}.Value(y, pred), w)
}

// Traits implements Described.
func (MeanSquaredError) Traits() loss.Traits { return loss.MeanSquaredError{}.Traits() }

// Direction implements Directed.
func (MeanSquaredError) Direction() Direction { return Min }

// Result implements Metric.
func (MeanSquaredError) Result(sums []float64) float64 { return ratio(sums) }

// MeanAbsoluteError is the mean of |y − ŷ|.
type MeanAbsoluteError struct{}

// Terms implements Metric.
func (MeanAbsoluteError) Terms(y, pred, w *graph.Node) []*graph.Node {
	return average(loss.MeanAbsoluteError{}.Value(y, pred), w)
}

// Traits implements Described.
func (MeanAbsoluteError) Traits() loss.Traits { return loss.MeanAbsoluteError{}.Traits() }

// Direction implements Directed.
func (MeanAbsoluteError) Direction() Direction { return Min }

// Result implements Metric.
func (MeanAbsoluteError) Result(sums []float64) float64 { return ratio(sums) }

// RootMeanSquaredError is the root of the mean of (y − ŷ)² over all samples: not
// the mean of the batches' roots.
type RootMeanSquaredError struct{}

// Terms implements Metric.
func (RootMeanSquaredError) Terms(y, pred, w *graph.Node) []*graph.Node {
	return MeanSquaredError{}.Terms(y, pred, w)
}

// Traits implements Described.
func (RootMeanSquaredError) Traits() loss.Traits { return loss.MeanAbsoluteError{}.Traits() }

// Direction implements Directed.
func (RootMeanSquaredError) Direction() Direction { return Min }

// Result implements Metric.
func (RootMeanSquaredError) Result(sums []float64) float64 { return math.Sqrt(ratio(sums)) }

// R2Score is 1 − Σ(y − ŷ)²/Σ(y − ȳ)², averaged over the columns of the target.
// A target that does not vary gives 0 (or 1 if every prediction is right), as in Keras.
//
// The sums of squares about the mean are taken batch by batch about the batch's own
// mean and joined by Chan, Golub and LeVeque's formula (1979), so that a target far
// from 0 loses no digits.
type R2Score struct {
	_ struct{} `keras:"class_aggregation=uniform_average,num_regressors=0"`
}

// Terms implements Metric: the number of samples that count, then for each column its mean, what
// the mean lacks for being float32, the sum of squares about it, and the sum of squared errors.
func (R2Score) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	n := y.Shape[0]
	y, pred = y.Reshape(n, -1), pred.Reshape(n, -1)
	count, mean := y.Graph().Scalar(float64(n)), func(v *graph.Node) *graph.Node { return v.Mean(0) }
	if w != nil {
		count = w.Sum()
		mean = func(v *graph.Node) *graph.Node { return weighed(v, w).Sum(0).Div(count.MaxC(1e-30)) }
	}
	first := mean(y)
	d := y.Sub(first)
	rest := mean(d)
	return []*graph.Node{count, first, rest, weighed(d.Sub(rest).Square(), w).Sum(0),
		weighed(y.Sub(pred).Square(), w).Sum(0)}
}

// Traits implements Described.
func (R2Score) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (R2Score) Direction() Direction { return Max }

// Merge implements Merger.
func (R2Score) Merge(sums, batch []float64) {
	if batch[0] == 0 {
		return
	}
	c := (len(sums) - 1) / 4
	na, nb := sums[0], batch[0]
	for i := 1; i <= c; i++ {
		mean := sums[i] + sums[c+i]
		d := batch[i] + batch[c+i] - mean
		sums[i], sums[c+i] = mean+d*nb/(na+nb), 0
		sums[2*c+i] += batch[2*c+i] + d*d*na*nb/(na+nb)
		sums[3*c+i] += batch[3*c+i]
	}
	sums[0] += nb
}

// Result implements Metric.
func (R2Score) Result(sums []float64) float64 {
	c := (len(sums) - 1) / 4
	total := 0.0
	for i := 1; i <= c; i++ {
		switch spread, wrong := sums[2*c+i], sums[3*c+i]; {
		case spread != 0: // also NaN
			total += 1 - wrong/spread
		case wrong == 0:
			total++
		}
	}
	return total / float64(c)
}
