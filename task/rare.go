package task

import (
	"fmt"
	"math"

	"gorae/stat"
)

// RareClass is the rarest class of an imbalanced target, and how the network does on it.
type RareClass struct {
	Target string `json:"target"`
	Class  string `json:"class"`
	// Count is the number of its samples among Of, by which it is rare: the training samples, or in a later evaluation
	// the evaluated ones; Commonest is that of the commonest class, and More how many other classes are as rare.
	Count     int    `json:"count"`
	Of        int    `json:"of"`
	Commonest int    `json:"commonest"`
	More      int    `json:"more,omitempty"`
	Part      string `json:"part,omitempty"` // of the samples that Recall and Precision are of; "" in a later evaluation
	Recall    Rate   `json:"recall"`         // of the samples of the class, those that were found
	Precision Rate   `json:"precision"`      // of the samples that were taken for the class, those that are
}

// Rate is a share of samples with its 95 % interval.
type Rate struct {
	Right    int            `json:"right"`
	Of       int            `json:"of"`
	Interval *stat.Interval `json:"interval,omitempty"` // nil: there is none
}

// RateOf returns the share of samples that are right, by their numbers in a part; the interval is Wilson's, or as
// [Intervals] has it where samples depend on each other.
func RateOf(samples []int, right func(sample int) bool, d Dependence, seed uint64) Rate {
	r := Rate{Of: len(samples)}
	for _, s := range samples {
		if right(s) {
			r.Right++
		}
	}
	switch {
	case r.Of == 0:
	case !d.Serial && d.Groups == nil:
		i := stat.Wilson(r.Right, r.Of, level)
		r.Interval = &i
	default:
		var i Interval
		i.of(samples, statistic{value: func(places []int) float64 {
			n := 0.0
			for _, p := range places {
				if right(samples[p]) {
					n++
				}
			}
			return n / float64(len(places))
		}}, nil, d, seed, level)
		if i.Why == "" {
			r.Interval = &i.Interval
		}
	}
	return r
}

// Name is the class, with its target where there are several targets.
func (r *RareClass) Name(several bool) string {
	if several {
		return fmt.Sprintf("%s=%s", r.Target, r.Class)
	}
	return r.Class
}

// Frequency says how rare the class is.
func (r *RareClass) Frequency() string {
	times := math.Round(float64(r.Commonest) / float64(max(1, r.Count)))
	if r.Part == "" {
		return fmt.Sprintf("%d of %d samples; the commonest class has %.0f times as many", r.Count, r.Of, times)
	}
	return fmt.Sprintf("%d of %d training samples; the commonest class has %.0f times as many", r.Count, r.Of, times)
}

// Value returns the share.
func (r Rate) Value() float64 { return float64(r.Right) / float64(r.Of) }
