package task

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/metric"
	"gorae/stat"
	"gorae/train"
)

// Difference is by how much a metric of one network differs from that of another on the same samples.
type Difference struct {
	Value float64 `json:"difference"` // the first network's metric minus the second's
	// Interval is the confidence interval of the difference over the pairs of samples; its Metric names the metric.
	Interval
	// Direction says which values of the metric are better.
	Direction metric.Direction `json:"direction"`
	// McNemar is the p-value of McNemar's exact test for metrics that count independent samples as right or wrong, else
	// nil. Its interval contains 0 where the test does not tell the networks apart ([stat.Paired]).
	McNemar *float64 `json:"mcnemar,omitempty"`
}

// Decided reports whether the two networks can be told apart: by an interval that excludes 0.
func (d *Difference) Decided() bool { return d.Why == "" && !d.Contains(0) }

// Differences compares two networks on the same samples: for each metric that both have, its difference with an
// interval. Of every sample the difference is taken before samples are drawn, so that what makes samples hard for both
// networks does not count. level is the confidence of each interval.
func Differences(a, b *train.PerSample, d Dependence, seed uint64, level float64) ([]Difference, error) {
	n := len(a.Samples())
	ofA, ofB := inOrder(a.Samples()), inOrder(b.Samples())
	if len(ofB) != n {
		return nil, fmt.Errorf("%d samples of one network, %d of the other", n, len(ofB))
	}
	pick := func(order, samples []int, to *[]int) []int {
		*to = (*to)[:0]
		for _, i := range samples {
			*to = append(*to, order[i])
		}
		return *to
	}
	var out []Difference
	var inA, inB []int
	for k, name := range a.Names() {
		l := slices.Index(b.Names(), name)
		if l < 0 {
			continue
		}
		value := func(samples []int) float64 {
			return a.Value(k, pick(ofA, samples, &inA)) - b.Value(l, pick(ofB, samples, &inB))
		}
		x := Difference{Interval: Interval{Metric: name}, Value: value(data.Range(n)),
			Direction: metric.DirectionOf(a.Metric(k))}
		switch {
		case n < fewest:
			x.Why = fmt.Sprintf("%d samples; an interval needs %d or more", n, fewest)
		case !(a.Sums(k) && b.Sums(l)) && n > mostRanked:
			x.Why = fmt.Sprintf("the metric looks at all samples together, and %d are more than %d", n, mostRanked)
		case !a.Kept(k) || !b.Kept(l):
			x.Why = "the metric keeps too much of each sample"
		case math.IsNaN(x.Value):
			x.Why = "the metric is not a number for the samples"
		case x.shares(a, b, k, l, d, func(i int) (float64, float64) {
			return a.Value(k, ofA[i:i+1]), b.Value(l, ofB[i:i+1])
		}, level):
		default:
			of := statistic{value, func(parts [][]int) func([]int) float64 {
				ofA := statisticOf(a, k).ofParts(ordered(ofA, parts))
				ofB := statisticOf(b, l).ofParts(ordered(ofB, parts))
				return func(parts []int) float64 { return ofA(parts) - ofB(parts) }
			}}
			x.find(data.Range(n), of, influence(a, k, ofA).Less(influence(b, l, ofB)), d, seed, level)
			x.Approximate = x.Approximate || x.Why == "" && n < approximate
		}
		if !math.IsNaN(x.Value) && !math.IsInf(x.Value, 0) { // JSON has no word for it
			out = append(out, x)
		}
	}
	return out, nil
}

// find computes the interval: of independent samples with known influences by the delta method, and up to some number
// of them the bootstrap, else as of a metric.
func (x *Difference) find(samples []int, of statistic, influence stat.Influence, d Dependence, seed uint64,
	level float64) {
	if influence == nil || !d.none() {
		x.of(samples, of, influence, d, seed, level)
		return
	}
	var err error
	if len(samples) > resampled {
		x.Method = "delta"
		x.Interval.Interval, err = influence.Interval(x.Value, len(samples), level)
	} else {
		x.Method = "delta+bootstrap"
		x.Interval.Interval, err = stat.IntervalOfDifference(len(samples), of.value, influence,
			stat.Resampling{Level: level, Seed: seed})
	}
	if err != nil {
		x.Method, x.Why = "", err.Error()
	}
}

// ordered are parts of samples by their places in an order.
func ordered(order []int, parts [][]int) [][]int {
	out := make([][]int, len(parts))
	for k, part := range parts {
		for _, i := range part {
			out[k] = append(out[k], order[i])
		}
	}
	return out
}

// influence is that of the samples on metric k, by their places in an order; nil where it is not known.
func influence(p *train.PerSample, k int, order []int) stat.Influence {
	pick := func(samples []int, to []int) []int {
		for _, i := range samples {
			to = append(to, order[i])
		}
		return to
	}
	var places []int
	if of := p.Influence(k); of != nil {
		return func(samples []int, u []float64) {
			places = pick(samples, places[:0])
			of(places, u)
		}
	}
	return stat.InfluenceOf(len(order), func(samples []int) float64 {
		places = pick(samples, places[:0])
		return p.Value(k, places)
	})
}

// shares compares two shares of the same independent samples, by those that one of the networks alone has right; false
// where the metric is no share, or samples depend on each other.
func (x *Difference) shares(a, b *train.PerSample, k, l int, d Dependence, each func(i int) (ofA, ofB float64),
	level float64) bool {
	_, shareA := a.Share(k)
	_, shareB := b.Share(l)
	if !shareA || !shareB || !d.none() {
		return false
	}
	onlyA, onlyB, n := 0, 0, len(a.Samples())
	for i := range n {
		switch ofA, ofB := each(i); {
		case ofA > ofB:
			onlyA++
		case ofB > ofA:
			onlyB++
		}
	}
	var p float64
	x.Interval.Interval, p = stat.Paired(onlyA, onlyB, n, level)
	x.Method, x.McNemar = "tango", &p
	return true
}
