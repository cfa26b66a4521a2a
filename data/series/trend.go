package series

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"gorae/config"
)

// trend is the word of the transform that removes a line in time.
const trend = "trend"

// Trend is a line in time: Level + Slope·(time − Mean), time being a [Frame]'s At.
type Trend struct {
	Column string  `json:"column"`
	Mean   float64 `json:"mean"` // of the times that the line was fitted to
	Level  float64 `json:"level"`
	Slope  float64 `json:"slope"`
}

func (l Trend) at(time float64) float64 { return l.Level + l.Slope*(time-l.Mean) }

// fitTrends fits the lines by least squares to the values that were observed in the training span: with times t and
// values x, Slope = Σ (t − t̄)(x − x̄) / Σ (t − t̄)².
func (t *Fitted) fitTrends(f *Frame, learn Span) error {
	t.Trends = nil
	for _, name := range slices.Sorted(maps.Keys(t.Spec.Transform)) {
		if t.Spec.Transform[name] != trend {
			continue
		}
		key := "series.transform." + config.Step(name)
		if f.At == nil {
			return config.Errorf(key, "%s: a trend is a line in time, and these rows have no times", f.Name).
				Fix("name their column: time: COLUMN")
		}
		x, err := f.Column(name)
		if err != nil {
			return err
		}
		c := channel{x: x}
		if f.Filled != nil {
			c.filled = f.Filled[slices.Index(f.Names, name)]
		}
		line, ok := fitLine(f.At, c, learn)
		if !ok {
			return config.Errorf(key, "%s: the %d training steps of %s have no line in time", f.Name,
				learn.To-learn.From, name).Fix("leave it out")
		}
		line.Column = name
		t.Trends = append(t.Trends, line)
	}
	return nil
}

// fitLine fits a line to the observed values of a span; false where the times of fewer than two differ, or where the
// line is beyond float64.
func fitLine(times []float64, c channel, span Span) (l Trend, ok bool) {
	n := 0.0
	for i := span.From; i < span.To; i++ {
		if c.observed(i) {
			n++
			l.Mean += (times[i] - l.Mean) / n
			l.Level += (c.x[i] - l.Level) / n
		}
	}
	var sxy, sxx float64
	for i := span.From; i < span.To; i++ {
		if c.observed(i) {
			d := times[i] - l.Mean
			sxy, sxx = sxy+d*(c.x[i]-l.Level), sxx+d*d
		}
	}
	l.Slope = sxy / sxx
	return l, l.finite()
}

func (l Trend) finite() bool {
	for _, v := range []float64{l.Mean, l.Level, l.Slope} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}

// lineOf returns the line of a column for the steps of a frame, which must have times as those that it was fitted to.
func (t *Fitted) lineOf(f *Frame, name string) (Trend, error) {
	i := slices.IndexFunc(t.Trends, func(l Trend) bool { return l.Column == name })
	switch {
	case i < 0:
		return Trend{}, fmt.Errorf("series: the trend of %s is missing", name)
	case f.At == nil:
		return Trend{}, fmt.Errorf("%s: the model takes a trend in time off %s, and these rows have no times", f.Name,
			name)
	}
	return t.Trends[i], nil
}

// checkTrends refuses lines that no training could have fitted: one for each column whose transform is trend.
func checkTrends(lines []Trend, transform map[string]string) error {
	n := 0
	for name, how := range transform {
		if how != trend {
			continue
		}
		n++
		i := slices.IndexFunc(lines, func(l Trend) bool { return l.Column == name })
		if i < 0 || !lines[i].finite() {
			return fmt.Errorf("series: the trend of %s is missing", name)
		}
	}
	if n != len(lines) {
		return fmt.Errorf("series: %d trends of %d columns", len(lines), n)
	}
	return nil
}
