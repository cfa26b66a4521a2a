package run

import (
	"fmt"
	"math"
	"strings"

	"gorae/internal/words"
	"gorae/metric"
	"gorae/stat"
	"gorae/task"
	"gorae/train"
)

// Gap is the sign of overfitting: by how much the network does better on the samples that it was trained on than on
// those that it never saw.
type Gap struct {
	Metric string `json:"metric"`
	// Difference is the metric of the training samples minus that of the test samples (or the validation samples,
	// where there are no test samples).
	Difference float64 `json:"difference"`
	// Interval is the 95 % interval of the difference, from the intervals of both parts; nil where one is missing.
	Interval *stat.Interval `json:"interval,omitempty"`
	// Minimize: smaller values of the metric are better.
	Minimize bool `json:"minimize,omitempty"`
	// Later: the unseen samples come after the training samples in time, so that a gap may come of a change meanwhile.
	Later bool `json:"later,omitempty"`
	// Remedies against overfitting that the experiment does not use yet; nil where the gap is none.
	Remedies []string `json:"remedies,omitempty"`
}

// Meaning is the interpretation of a gap.
type Meaning uint8

const (
	Unknown      Meaning = iota // there is no interval
	Chance                      // no more than chance explains
	Overfitting                 // the network does better on the training samples
	BetterUnseen                // the network does better on the samples that it never saw
)

// Meaning returns a sentence on the gap; one of chance where the interval contains 0.
func (g *Gap) Meaning() Meaning {
	if g.Interval == nil {
		return Unknown
	}
	if g.Interval.Contains(0) {
		return Chance
	}
	if (g.Difference < 0) == g.Minimize {
		return Overfitting
	}
	return BetterUnseen
}

// String is a sentence on the gap.
func (g *Gap) String() string {
	s := fmt.Sprintf("%s %s", g.Metric, words.Signed(g.Difference))
	if g.Interval == nil {
		return s + ": without an interval it cannot be told from chance"
	}
	s += fmt.Sprintf(" (95 %%: %s to %s)", words.Signed(g.Interval.Low), words.Signed(g.Interval.High))
	switch g.Meaning() {
	case Overfitting:
		switch remedies := strings.Join(g.Remedies, ", "); {
		case remedies == "": // of a report of an earlier version
			return s + ": overfitting"
		case g.Later:
			return s + fmt.Sprintf(": overfitting, or a change in time, as the unseen samples are later ones; of the "+
				"remedies against overfitting this experiment does not use yet: %s", remedies)
		default:
			return s + fmt.Sprintf(": overfitting; of the remedies this experiment does not use yet: %s", remedies)
		}
	case BetterUnseen:
		return s + ": better on the samples that it never saw, which is not overfitting; the parts differ"
	}
	return s + fmt.Sprintf(": no more than chance explains; overfitting by %s is not excluded", words.Number(g.Worst()))
}

// Worst returns the greatest gap in the direction of overfitting that the interval contains, 0 without an interval or
// where there is none.
func (g *Gap) Worst() float64 {
	if g.Interval == nil {
		return 0
	}
	if g.Minimize {
		return max(0, -g.Interval.Low)
	}
	return max(0, g.Interval.High)
}

// evaluated is the result of an evaluation of a part.
type evaluated struct {
	metrics   train.Metrics
	intervals []task.Interval
}

// interval returns the interval of a metric; false where there is none.
func (e evaluated) interval(name string) (stat.Interval, bool) {
	for _, i := range e.intervals {
		if i.Metric == name {
			return i.Interval, i.Why == ""
		}
	}
	return stat.Interval{}, false
}

// gapMetric returns the metric that the gap is told in: the first one, or the loss where there is none.
func (p *Prepared) gapMetric() (string, metric.Direction) {
	for i, list := range p.Training.Metrics {
		if len(list) > 0 {
			name := list[0].Name
			if outputs := p.Model.OutputNames(); len(outputs) > 1 {
				name = outputs[i] + "_" + name
			}
			return name, metric.DirectionOf(list[0].Metric)
		}
	}
	return "loss", metric.Min
}

// gap compares the training samples with unseen ones; nil where there are no unseen samples.
func (p *Prepared) gap(seen, unseen evaluated) *Gap {
	name, direction := p.gapMetric()
	a, b := seen.metrics.Of(name), unseen.metrics.Of(name)
	if math.IsNaN(a-b) || math.IsInf(a-b, 0) {
		return nil // JSON has no word for it, and it says nothing
	}
	g := &Gap{Metric: name, Difference: a - b, Minimize: direction == metric.Min}
	ofA, ok := seen.interval(name)
	ofB, also := unseen.interval(name)
	if ok && also && direction != metric.Unknown {
		d := stat.Difference(a, ofA, b, ofB)
		g.Interval = &d
	}
	if g.Meaning() == Overfitting {
		g.Remedies = p.Remedies()
	}
	return g
}
