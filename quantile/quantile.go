// Package quantile has what forecasts of several quantiles of a number need beside the network: the levels with the
// names of their columns, quantiles that do not cross, the pinball loss, and how often quantiles and the intervals
// between them hold.
package quantile

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"gorae/config"
)

// Most is the greatest number of levels.
const Most = 99

// Levels are the probabilities of quantiles, in rising order: 0.1 is the value below which a tenth lies.
type Levels []float64

// Valid reports whether levels are above 0, below 1 and rising.
func (l Levels) Valid() bool {
	for i, q := range l {
		if !(q > 0 && q < 1) || i > 0 && q <= l[i-1] {
			return false
		}
	}
	return len(l) <= Most
}

// Check returns an error for levels that are not above 0, below 1 and rising.
func (l Levels) Check() error {
	if l.Valid() {
		return nil
	}
	return config.Errorf("quantiles", "%s are no numbers between 0 and 1 in rising order, at most %d", l.Words(), Most).
		Fix("give quantiles such as [0.1, 0.5, 0.9]").Coded(config.Conflict)
}

// Words writes the levels as a list: [0.1, 0.5, 0.9].
func (l Levels) Words() string {
	var all []string
	for _, q := range l {
		all = append(all, strconv.FormatFloat(q, 'g', -1, 64))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// Width is the number of outputs for a number: one for each level, or one without levels.
func (l Levels) Width() int { return max(1, len(l)) }

// Middle returns the level nearest to 0.5, whose quantile stands for the number itself.
func (l Levels) Middle() int {
	at := 0
	for i, q := range l {
		if math.Abs(q-0.5) < math.Abs(l[at]-0.5) {
			at = i
		}
	}
	return at
}

// Columns names the columns of the quantiles: q(0.1), or q(NAME=0.1) of one of several numbers.
func (l Levels) Columns(name string) []string {
	var out []string
	for _, q := range l {
		s := strconv.FormatFloat(q, 'g', -1, 64)
		if name != "" {
			s = name + "=" + s
		}
		out = append(out, "q("+s+")")
	}
	return out
}

// Arranged returns the outputs of one number in rising order, so that no quantile lies above a higher one. It never
// makes the pinball loss greater (Chernozhukov, Fernández-Val and Galichon, 2010).
func Arranged(outputs []float32) []float32 {
	out := slices.Clone(outputs)
	for i := range out { // they are few
		for k := i; k > 0 && out[k] < out[k-1]; k-- {
			out[k], out[k-1] = out[k-1], out[k]
		}
	}
	return out
}

// Pinball returns the pinball loss of a quantile v of the level q where the truth is y: q·(y − v) above it, (1 − q)·
// (v − y) below it.
func Pinball(q, y, v float64) float64 { return max(q*(y-v), (q-1)*(y-v)) }

// Mean returns the mean of the pinball losses of the quantiles of a number.
func (l Levels) Mean(y float64, quantiles []float64) float64 {
	sum := 0.0
	for i, q := range l {
		sum += Pinball(q, y, quantiles[i])
	}
	return sum / float64(len(l))
}

// Of returns the empirical quantiles of values, linear between neighbours (definition 7 of Hyndman and Fan, NumPy's
// default); nil without values.
func (l Levels) Of(values []float64) []float64 {
	if len(values) == 0 || len(l) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(values))
	out := make([]float64, len(l))
	for i, q := range l {
		out[i] = At(sorted, q)
	}
	return out
}

// At returns the quantile q of sorted values, of which there is one at least, linear between neighbours.
func At(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	if k+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[k] + (at-float64(k))*(sorted[k+1]-sorted[k])
}

// Score says how good quantiles of one number are on some samples.
type Score struct {
	Name    string  `json:"name"` // of the forecast
	Target  string  `json:"target"`
	Samples int     `json:"samples"`
	Pinball float64 `json:"pinball"` // mean over samples and levels, in the units of the target
	Levels  []Level `json:"quantiles"`
	// Intervals are those between two levels equally far from 0 and 1, the widest first.
	Intervals []Interval `json:"intervals,omitempty"`
}

// Level is one quantile.
type Level struct {
	Level   float64 `json:"level"`
	Pinball float64 `json:"pinball"`
	Below   float64 `json:"below"` // share of the samples that are at most the quantile
}

// Interval is the numbers between two quantiles.
type Interval struct {
	Lower   float64 `json:"lower"`
	Upper   float64 `json:"upper"`
	Level   float64 `json:"level"`   // share that should lie within
	Covered float64 `json:"covered"` // share that does, bounds included
	Width   float64 `json:"width"`   // mean
}

// Judge compares quantiles with the truth, sample by sample; there is one at least.
func (l Levels) Judge(name, target string, truth []float64, quantiles [][]float64) Score {
	s := Score{Name: name, Target: target, Samples: len(truth)}
	n := float64(len(truth))
	for i, q := range l {
		level := Level{Level: q}
		for k, y := range truth {
			level.Pinball += Pinball(q, y, quantiles[k][i]) / n
			if y <= quantiles[k][i] {
				level.Below += 1 / n
			}
		}
		s.Levels = append(s.Levels, level)
		s.Pinball += level.Pinball / float64(len(l))
	}
	for i, j := 0, len(l)-1; i < j; {
		switch d := l[i] + l[j] - 1; {
		case d > 1e-9:
			j--
			continue
		case d < -1e-9:
			i++
			continue
		}
		of := Interval{Lower: l[i], Upper: l[j], Level: math.Round((l[j]-l[i])*1e9) / 1e9}
		for k, y := range truth {
			low, high := quantiles[k][i], quantiles[k][j]
			of.Width += (high - low) / n
			if low <= y && y <= high {
				of.Covered += 1 / n
			}
		}
		s.Intervals = append(s.Intervals, of)
		i, j = i+1, j-1
	}
	return s
}
