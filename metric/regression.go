package metric

import (
	"math"
	"strconv"

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

// R2Score is 1 − Σ(y − ŷ)²/Σ(y − ȳ)² of each column of the target.
// A target that does not vary gives 0 (or 1 if every prediction is right), as in Keras.
//
// The sums of squares about the mean are taken batch by batch about the batch's own
// mean and joined by Chan, Golub and LeVeque's formula (1979), so that a target far
// from 0 loses no digits.
type R2Score struct {
	// ClassAggregation makes one value of those of the columns: their mean, or their mean with the variances of the
	// columns; with none each column has a value of its own.
	ClassAggregation string `keras:"class_aggregation,default=uniform_average,null=none,oneof=uniform_average|variance_weighted_average|none"`
	// NumRegressors is the number p of independent variables of a model whose R² is adjusted for them:
	// 1 − (1 − R²)(n − 1)/(n − p − 1) of n samples; 0: it is not.
	NumRegressors int `keras:"num_regressors,min=0"`
	column        int // from 1: the only column that counts
}

// Parts implements Several: without an aggregation one metric for each column.
func (m R2Score) Parts(outputs int) (list []Part) {
	if m.ClassAggregation != "none" || m.column > 0 {
		return nil
	}
	for i := range outputs {
		m.column = i + 1
		list = append(list, Part{"_" + strconv.Itoa(i), m})
	}
	return list
}

// Terms implements Metric: how much the samples count and how many do, then for each column its mean, what
// the mean lacks for being float32, the sum of squares about it, and the sum of squared errors.
func (m R2Score) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	n := y.Shape[0]
	y, pred = y.Reshape(n, -1), pred.Reshape(n, -1)
	switch k := y.Shape[1]; {
	case m.column > k:
		y.Graph().Fail("r2_score", "there is no column %d, the target has %d", m.column-1, k)
	case m.column > 0:
		y, pred = y.Narrow(1, m.column-1, m.column), pred.Narrow(1, m.column-1, m.column)
	case m.ClassAggregation == "none":
		y.Graph().Fail("r2_score", "%d columns have %d values; give class_aggregation, or metric.Expand", k, k)
	}
	count, mean := y.Graph().Scalar(float64(n)), func(v *graph.Node) *graph.Node { return v.Mean(0) }
	samples := count
	if w != nil {
		count, samples = w.Sum(), w.Gt(w.Graph().Scalar(0)).AsFloat().Sum()
		mean = func(v *graph.Node) *graph.Node { return weighed(v, w).Sum(0).Div(count.MaxC(1e-30)) }
	}
	first := mean(y)
	d := y.Sub(first)
	rest := mean(d)
	return []*graph.Node{count, samples, first, rest, weighed(d.Sub(rest).Square(), w).Sum(0),
		weighed(y.Sub(pred).Square(), w).Sum(0)}
}

// Traits implements Described.
func (R2Score) Traits() loss.Traits { return unitless() }

// Direction implements Directed.
func (R2Score) Direction() Direction { return Max }

// Undefined implements Partial.
func (m R2Score) Undefined() string {
	if m.NumRegressors > 0 {
		return "the samples must be more than num_regressors + 1"
	}
	return ""
}

// Merge implements Merger.
func (R2Score) Merge(sums, batch []float64) {
	if batch[0] == 0 {
		return
	}
	na, nb := sums[0], batch[0]
	sums[0] += nb
	sums[1] += batch[1]
	sums, batch = sums[2:], batch[2:]
	c := len(sums) / 4
	for i := range c {
		mean := sums[i] + sums[c+i]
		d := batch[i] + batch[c+i] - mean
		sums[i], sums[c+i] = mean+d*nb/(na+nb), 0
		sums[2*c+i] += batch[2*c+i] + d*d*na*nb/(na+nb)
		sums[3*c+i] += batch[3*c+i]
	}
}

// Result implements Metric.
func (m R2Score) Result(sums []float64) float64 {
	samples := sums[1]
	sums = sums[2:]
	c := len(sums) / 4
	total, of := 0.0, 0.0
	for i := range c {
		w, spread, wrong := 1.0, sums[2*c+i], sums[3*c+i]
		if m.ClassAggregation == "variance_weighted_average" {
			w = spread
		}
		of += w
		switch {
		case spread != 0: // also NaN
			total += w * (1 - wrong/spread)
		case wrong == 0:
			total += w
		}
	}
	if of == 0 && c > 0 { // no column varies
		m.ClassAggregation = ""
		return m.Result(append([]float64{samples, samples}, sums...))
	}
	r2 := total / of
	if p := float64(m.NumRegressors); p > 0 {
		if samples <= p+1 {
			return math.NaN()
		}
		r2 = 1 - (1-r2)*(samples-1)/(samples-p-1)
	}
	return r2
}

// Influence implements Influencer: of a column
// ((1 − R²)(y − ȳ)² − (y − ŷ)²) over the mean of (y − ȳ)².
func (m R2Score) Influence(total, sample []float64) float64 {
	n, w, c := total[1], sample[0], (len(total)-2)/4
	total, sample = total[2:], sample[2:]
	all, wrong := 0.0, 0.0 // of all columns
	for i := range c {
		all, wrong = all+total[2*c+i], wrong+total[3*c+i]
	}
	u, together := 0.0, m.ClassAggregation == "variance_weighted_average"
	for i := range c {
		spread, of := total[2*c+i], total[3*c+i]
		if together {
			spread, of = all, wrong
		}
		if spread == 0 {
			continue
		}
		d := sample[i] + sample[c+i] - total[i] - total[c+i]
		u += (of/spread*(sample[2*c+i]+w*d*d) - sample[3*c+i]) / spread
	}
	if !together {
		u /= float64(c)
	}
	if p := float64(m.NumRegressors); p > 0 {
		u *= (n - 1) / (n - p - 1)
	}
	return n * u
}
