package diagnose

import (
	"math"
	"math/rand/v2"
	"slices"

	"gorae/chart"
	"gorae/task"
)

// Bounds of calibration.
const (
	calibratedLeast = 100 // samples
	calibratedBins  = 10
	calibratedDraws = 300
	calibratedGap   = 0.05
	calibratedP     = 0.005
)

// calibrationError is the expected calibration error: the mean distance between the probability of the predicted class
// and the share of right answers, over bins of as many samples each, in the order of the probability.
func calibrationError(sure []float64, right func(i int) float64) float64 {
	n, sum := len(sure), 0.0
	for b := range calibratedBins {
		from, to := b*n/calibratedBins, (b+1)*n/calibratedBins
		gap := 0.0
		for i := from; i < to; i++ {
			gap += sure[i] - right(i)
		}
		sum += math.Abs(gap)
	}
	return sum / float64(n)
}

// miscalibrated compares the calibration error with those of answers that are drawn with the network's probabilities: a
// calibrated network's own error is not 0 on so many samples.
func miscalibrated(c *Case) ([]Finding, error) {
	if c.classes() == nil || c.Report == nil || c.Spec.Train.Calibration != "" {
		return nil, nil
	}
	p, err := c.part(c.unseen())
	if err != nil || p == nil || p.p == nil || p.n < calibratedLeast {
		return nil, err
	}
	order, of := make([]int, p.n), make([]float64, p.n)
	for i := range order {
		order[i], of[i] = i, float64(slices.Max(p.p[i]))
	}
	slices.SortStableFunc(order, func(a, b int) int { return one(of[a] > of[b]) - one(of[a] < of[b]) })
	sure, right := make([]float64, p.n), make([]float64, p.n)
	for k, i := range order {
		best := slices.Index(p.p[i], slices.Max(p.p[i]))
		sure[k], right[k] = min(1, of[i]), float64(one(best == int(p.y[i])))
	}
	seen := calibrationError(sure, func(i int) float64 { return right[i] })
	r := rand.New(rand.NewPCG(1, 59))
	expected, more := 0.0, 0
	drawn := make([]float64, p.n)
	for range calibratedDraws {
		for i := range drawn {
			drawn[i] = float64(one(r.Float64() < sure[i]))
		}
		e := calibrationError(sure, func(i int) float64 { return drawn[i] })
		expected += e / calibratedDraws
		more += one(e >= seen)
	}
	gap, pv := seen-expected, float64(more+1)/(calibratedDraws+1)
	if gap < calibratedGap || pv >= calibratedP {
		return nil, nil
	}
	f := found(Tip, "", "probabilities are off by %.3f in the mean, %.3f more than those of a calibrated network "+
		"would be",
		seen, gap).with("calibration error beyond that of chance", gap, calibratedGap).with("p", pv, calibratedP)
	if c.Rows(task.Validation) > 0 {
		f = f.set("train.calibration=temperature")
	}
	var x, y []float64
	for b := range calibratedBins {
		from, to := b*p.n/calibratedBins, (b+1)*p.n/calibratedBins
		x, y = append(x, mean(sure[from:to])), append(y, mean(right[from:to]))
	}
	return []Finding{f.drawn(func() Drawing {
		return points(chart.Sprintf("calibration"), chart.Sprintf("probability of the predicted class"),
			chart.Sprintf("share of right answers"), x, y)
	})}, nil
}
