package series

import (
	"math"
	"slices"

	"gorae/config"
	"gorae/internal/spell"
)

// WindowScales are the words of Spec.WindowScale.
var WindowScales = []string{"none", "last", "mean", "zscore"}

// leastVariance is added to the variance of a window in units of the training span's, so that a window without changes
// is not divided by 0; RevIN has the same.
const leastVariance = 1e-5

// instance is the normalisation of one column within each window: (v − level) / divisor, undone for what is predicted.
// The level of a column that is learnt as differences is taken off already.
type instance struct {
	how     string
	level   bool
	divisor float64 // of the column's scale in the training span
	length  int     // steps of a window
}

// instanceOf returns the normalisation of a column.
func (t *Fitted) instanceOf(name string) instance {
	n := instance{how: t.Spec.WindowScale, level: t.lag(name) == 0, divisor: 1, length: t.Spec.Window}
	if k := slices.Index(t.Spec.Features, name); k >= 0 && k < len(t.Features) {
		n.divisor = t.Features[k].Divisor
	}
	return n
}

// none reports whether nothing is normalised.
func (n instance) none() bool { return n.how == "" || n.how == "none" }

// of returns the level and the divisor of the window that ends with a step of the frame, in units of the transformed
// column.
func (n instance) of(c channel, end int) (level, divisor float64) {
	if n.none() {
		return 0, 1
	}
	return n.moments(n.length, n.divisor, func(i int) float64 { return c.at(end + 1 - n.length + i) })
}

// moments returns the level and the divisor of a window of so many steps; unit is that of the training span.
func (n instance) moments(steps int, unit float64, at func(i int) float64) (level, divisor float64) {
	var variance float64
	if n.how == "last" {
		level = at(steps - 1)
	} else {
		level, variance = moments(steps, at)
	}
	divisor = 1
	if n.how == "zscore" {
		divisor = unit * math.Sqrt(variance/(unit*unit)+leastVariance)
	}
	if !n.level {
		level = 0
	}
	return level, divisor
}

// moments returns the mean and the variance of n values.
func moments(n int, at func(i int) float64) (mean, variance float64) {
	for i := range n {
		mean += at(i) / float64(n)
	}
	for i := range n {
		variance += (at(i) - mean) * (at(i) - mean) / float64(n)
	}
	return mean, variance
}

// normalise normalises the features of a window [steps, width] in place, which are scaled by the training span.
func (t *Fitted) normalise(window []float32) {
	width := t.width()
	steps := len(window) / width
	for k, name := range t.Spec.Features {
		n := t.instanceOf(name)
		at := func(i int) float64 { return float64(window[i*width+k]) }
		level, divisor := n.moments(steps, 1, at)
		for i := range steps {
			window[i*width+k] = float32((at(i) - level) / divisor)
		}
	}
}

// checkInstance returns an error for a normalisation that is none, and for one that cannot be undone.
func (s *Spec) checkInstance() error {
	if s.WindowScale == "" || s.WindowScale == "none" {
		return nil
	}
	const key = "series.window_scale"
	if !slices.Contains(WindowScales, s.WindowScale) {
		return config.Errorf(key, "%q is none of none, last, mean, zscore%s", s.WindowScale,
			spell.Hint(s.WindowScale, WindowScales))
	}
	if s.Every {
		return config.Errorf(key, "what is predicted from the first steps of a window would know of its last ones").
			Fix("leave window_scale or every out")
	}
	for _, name := range s.Targets {
		if !slices.Contains(s.Features, name) {
			return config.Errorf(key, "the target %s is no feature, so its level in a window is not known", name).
				Fix("name it in series.features too")
		}
	}
	return nil
}
