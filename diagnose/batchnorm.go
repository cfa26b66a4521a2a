package diagnose

import (
	"math"
	"slices"

	"gorae/layer"
)

// Bounds of batch normalization.
const (
	mismatchLoss   = 1.5
	mismatchFactor = 2.0
)

// batchNormMismatch sees networks that compute something else in inference mode than in training mode: by the losses of
// both, or by the moving averages, since dropout and penalties make the loss in training mode higher.
func batchNormMismatch(c *Case) ([]Finding, error) {
	var change []string
	first := -1
	all := c.layers()
	for k, l := range all {
		if _, ok := l.Layer.(layer.BatchNormalization); ok {
			change = append(change, l.change("momentum", "0.9")...)
			if first < 0 {
				first = k
			}
		}
	}
	losses := c.Column("loss")
	if first < 0 || c.Report == nil || c.Report.BestEpoch < 1 || c.Report.BestEpoch > len(losses) || !c.look().Weak {
		return nil, nil
	}
	grade := Tip
	if c.look().Harmed() {
		grade = Fault
	}
	var f Finding
	learning, inference := losses[c.Report.BestEpoch-1], c.Report.Train.Of("loss")
	if learning > 0 && inference > mismatchLoss*learning {
		f = found(grade, "", "the training samples have a loss of %.4g in training mode and of %.4g in inference mode",
			learning, inference).with("loss in inference mode by that in training mode", inference/learning,
			mismatchLoss)
	} else {
		ratio, err := c.lag(first)
		if err != nil || !(math.Abs(math.Log(ratio)) > math.Log(mismatchFactor)) {
			return nil, err
		}
		f = found(grade, all[first].name, "the moving deviations of %s are %.3g times those of what it is given",
			all[first].name, ratio).with("moving deviation by that of the training samples", ratio, mismatchFactor)
	}
	return []Finding{f.set(change...).drawn(c.course())}, nil
}

// lag is the median over the channels of √(moving variance + ε) / √(σ² + ε), where σ² is the variance of what a batch
// normalization is given by training samples in inference mode; NaN where it is the first layer, where the layer before
// it gives several values, or where it normalizes another axis than the last one.
func (c *Case) lag(k int) (float64, error) {
	l := c.layers()[k]
	of := l.Layer.(layer.BatchNormalization)
	m := c.Model
	if all := m.Networks(); len(all) > 1 {
		m = all[0]
	}
	moving := m.Store().Var(l.name + "/moving_variance")
	before := ""
	for _, row := range m.Summary().Rows {
		if row.Name == l.name && len(row.From) == 1 {
			before = row.From[0]
		}
	}
	if moving == nil || !slices.ContainsFunc(c.layers(), func(o link) bool { return o.name == before }) {
		return math.NaN(), nil
	}
	upto, err := m.Upto(before)
	if err != nil {
		return 0, err
	}
	inputs, _, err := c.watched()
	if err != nil {
		return 0, err
	}
	out, err := upto.Predict(c.ctx, inputs...)
	if err != nil {
		return 0, err
	}
	shape := out[0].Shape
	channels := shape[len(shape)-1]
	if a := of.Axis; a != nil && *a != -1 && *a != len(shape)-1 || channels != moving.Value.Len() {
		return math.NaN(), nil
	}
	var ratios []float64
	values := make([]float64, out[0].Len()/channels)
	for j := range channels {
		for i := range values {
			values[i] = float64(out[0].F32[i*channels+j])
		}
		mu, square := mean(values), 0.0
		for _, v := range values {
			square += (v - mu) * (v - mu) / float64(len(values))
		}
		if square > 0 {
			ratios = append(ratios, math.Sqrt((float64(moving.Value.F32[j])+of.Epsilon)/(square+of.Epsilon)))
		}
	}
	if len(ratios) == 0 {
		return math.NaN(), nil
	}
	return middle(ratios), nil
}
