package supervised

import (
	"gorae/prep"
	"gorae/task"
	"gorae/tensor"
	"gorae/train"
)

// alone is a train.Consumer of the training samples, rows of a table whose only target is a number: it adds up how the
// target goes along with each feature. One feature that says nearly all of the target is often the target itself under
// another name, or comes of it: faults of that kind look like a very good network.
type alone struct {
	target   *prep.Target
	features []string

	n, mean, spread float64   // of the target
	means, spreads  []float64 // by feature
	joint           []float64
}

// Bounds of what is said of one feature.
const (
	nearlyAll  = 0.98 // least share of the target's variance
	fewestRows = 30
)

// newAlone returns nil where the samples are none of that kind.
func newAlone(ts Targets, features []string) *alone {
	if len(features) == 0 || len(ts) != 1 || ts[0].Task != prep.Regression {
		return nil
	}
	k := len(features)
	return &alone{target: ts[0], features: features, means: make([]float64, k), spreads: make([]float64, k),
		joint: make([]float64, k)}
}

// Batch implements train.Consumer. The sums are those of Welford's algorithm.
func (a *alone) Batch(b *train.EvalBatch) error {
	x, k := b.Inputs[0], len(a.features)
	if x.DType() != tensor.Float32 || len(x.Shape) != 2 || x.Shape[1] != k {
		return nil
	}
	for i := range b.Samples {
		y := a.target.Number(b.Targets[0].Rows(i, i+1).F32)
		a.n++
		before := y - a.mean
		a.mean += before / a.n
		a.spread += before * (y - a.mean)
		for j, v := range x.F32[i*k : (i+1)*k] {
			d := float64(v) - a.means[j]
			a.means[j] += d / a.n
			a.spreads[j] += d * (float64(v) - a.means[j])
			a.joint[j] += d * (y - a.mean)
		}
	}
	return nil
}

// best returns the feature of the greatest r², the square of its correlation with the target.
func (a *alone) best() (feature string, r2 float64) {
	for j, s := range a.joint {
		if v := s * s / (a.spreads[j] * a.spread); v > r2 { // never of a constant, whose v is NaN
			feature, r2 = a.features[j], v
		}
	}
	return feature, r2
}

// say names a feature that says nearly all of the target by itself.
func (a *alone) say(f *task.Findings) {
	if a == nil || a.n < fewestRows {
		return
	}
	if feature, r2 := a.best(); r2 >= nearlyAll {
		f.Say("%s alone says %s (r2 %.4f of a line, training rows): if it is not known before %[2]s is, leave it out, as "+
			"the figures are then better than they will be", feature, a.target.Name, r2)
	}
}
