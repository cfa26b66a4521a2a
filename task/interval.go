package task

import (
	"fmt"
	"math"
	"slices"

	"gorae/data"
	"gorae/internal/words"
	"gorae/loss"
	"gorae/metric"
	"gorae/stat"
	"gorae/train"
)

// level is the confidence level of the intervals of metrics.
const level = 0.95

// groupsLeftOut is the method of many samples in many groups.
const groupsLeftOut = "jackknife of groups"

const (
	fewest      = 10    // samples for an interval
	fewestOf    = 5     // samples of each class for an interval of a metric to which each matters alike
	approximate = 50    // samples, groups, or of an area samples of a class, below which an interval is approximate
	resampled   = 2000  // samples up to which an interval is a bootstrap's
	jackknifed  = 200   // groups that the jackknife leaves out in turn
	mostRanked  = 20000 // samples up to which a metric that keeps all of them, such as AUC, is computed again and again
)

// Dependence says which samples of a part depend on each other. The zero value: none.
type Dependence struct {
	// Serial: the samples follow each other in time.
	Serial bool
	// Groups is the number of each sample's group, by sample of the part, where samples belong to persons, machines or
	// other groups of like samples; else nil.
	Groups []int
}

// none reports whether all samples are independent.
func (d Dependence) none() bool { return !d.Serial && d.Groups == nil }

// Interval is the 95 % confidence interval of a metric, or why there is none.
type Interval struct {
	Metric string `json:"metric"`
	stat.Interval
	Method string `json:"method,omitempty"`
	// Approximate: samples or groups are few, and the interval covers less than it says, 90 % or so.
	Approximate bool   `json:"approximate,omitempty"`
	Why         string `json:"why,omitempty"` // there is no interval; "" where there is one
}

// Intervals returns an interval for each metric of an evaluated part, or for some of them, whose evaluation gave ms:
//
//   - for a share of independent samples, such as accuracy, Wilson's;
//   - for the area under the ROC curve of independent samples a score interval ([stat.AUC]);
//   - for samples in the order of time, Student's t over the periodogram of the jackknife's pseudo-values
//     ([stat.Serial]), for shares as Wilson's and for what cannot be negative on the scale of its logarithm;
//   - for samples in groups, the bootstrap of whole groups; above 2,000 samples in 400 groups or more, value ± t · the
//     standard error of the jackknife, which leaves out whole groups;
//   - for a share of dependent samples that are all right or all wrong, Wilson's of as many samples as there are groups
//     or blocks;
//   - else the bootstrap of samples, and above 2,000 samples, where the metric's distribution is as good as normal,
//     value ± t · the jackknife's standard error.
//
// Intervals of the bootstrap are studentised for means, roots of means and R², else bias-corrected, accelerated and
// expanded ([stat.Bootstrapped]).
func Intervals(ms train.Metrics, p *train.PerSample, d Dependence, seed uint64, only ...string) []Interval {
	n := len(p.Samples())
	var out []Interval
	for k, name := range p.Names() {
		if len(only) > 0 && !slices.Contains(only, name) {
			continue
		}
		i := Interval{Metric: name}
		_, _, area := p.Scores(k)
		area = area && d.none()
		mean, ofLoss := p.Metric(k).(metric.Mean)
		rarest, known := p.Rarest(k)
		switch {
		case n < fewest:
			i.Why = fmt.Sprintf("%d samples; an interval needs %d or more", n, fewest)
		case ofLoss && loss.BySum(mean.Loss):
			i.Why = "the loss is a sum over the samples of a batch, which depends on their number"
		case !p.Sums(k) && !area && n > mostRanked:
			i.Why = fmt.Sprintf("the metric looks at all samples together, and %d are more than %d", n, mostRanked)
		case !p.Kept(k):
			i.Why = "the metric keeps too much of each sample"
		case known && rarest < fewestOf:
			i.Why = fmt.Sprintf("%s of the rarest class; an interval of this metric needs %d or more of each class",
				words.Plural(rarest, "sample"), fewestOf)
		default:
			i.find(p, k, d, seed)
			i.Approximate = i.Approximate || i.Why == "" && n < approximate && i.Method != "wilson"
		}
		if name == "loss" && i.Why == "" {
			// The loss contains penalties of regularisers, which are the same for all samples.
			if shift := ms.Of(name) - p.Value(k, data.Range(n)); !math.IsNaN(shift) {
				i.Low, i.High = i.Low+shift, i.High+shift
			}
		}
		out = append(out, i)
	}
	return out
}

// find computes the interval of metric k.
func (i *Interval) find(p *train.PerSample, k int, d Dependence, seed uint64) {
	of := statisticOf(p, k)
	value := of.value
	if right, ok := p.Share(k); ok {
		i.share(right, p.Samples(), of, p.Influence(k), d, seed)
		return
	}
	if scores, positive, ok := p.Scores(k); ok && d.none() {
		i.area(scores, positive)
		return
	}
	i.of(p.Samples(), of, p.Influence(k), d, seed, level)
	if !d.Serial || i.Why != "" {
		return
	}
	low, high := extremes(p.Samples(), value)
	centre, most1 := (i.Low+i.High)/2, high <= 1 && metric.DirectionOf(p.Metric(k)) == metric.Max
	switch {
	case most1 && low >= 0: // as AUC and F1
		i.Interval = i.Share(centre, level)
	case most1: // as R², which is 1 less something that cannot be negative
		rest := stat.Interval{Low: 1 - i.High, High: 1 - i.Low}.Positive(1 - centre)
		i.Interval = stat.Interval{Low: 1 - rest.High, High: 1 - rest.Low}
	case low >= 0:
		i.Interval = i.Positive(centre)
	}
}

// share computes the interval of the share of samples that are right, which value is. Dependent samples that are
// all right or all wrong say nothing of how much they depend on each other: the interval is Wilson's of as many samples
// as there are groups, or blocks of ∛n of the n samples in time. There is none of fewer than [stat.FewestClusters].
func (i *Interval) share(right int, samples []int, value statistic, influence stat.Influence, d Dependence,
	seed uint64) {
	n := len(samples)
	if d.none() {
		i.Method, i.Interval = "wilson", stat.Wilson(right, n, level)
		return
	}
	i.of(samples, value, influence, d, seed, level)
	switch {
	case i.Why == "" && (d.Serial || i.Method == groupsLeftOut):
		i.Interval = i.Share(float64(right)/float64(n), level)
	case i.Why != "" && (right == 0 || right == n):
		independent := int(float64(n) / math.Ceil(math.Cbrt(float64(n))))
		if !d.Serial {
			independent = len(clusters(samples, d.Groups))
		}
		if independent >= stat.FewestClusters {
			i.Method, i.Approximate, i.Why = "wilson", true, ""
			i.Interval = stat.Wilson(right/n*independent, independent, level)
		}
	}
}

// area computes the interval of the area under the ROC curve.
func (i *Interval) area(scores []float64, positive []bool) {
	a, err := stat.AUC(scores, positive, level)
	if err != nil {
		i.Why = stat.Reason(err).Error()
		return
	}
	rare := 0 // samples of the rarer class
	for _, p := range positive {
		if p {
			rare++
		}
	}
	rare = min(rare, len(positive)-rare)
	i.Method, i.Interval, i.Approximate = "score", a.Interval, rare < approximate
}

// of computes the interval of a statistic of samples, by their places in the list, without regard to its meaning.
// influence is the samples' where the caller knows it.
func (i *Interval) of(samples []int, of statistic, influence stat.Influence, d Dependence, seed uint64, level float64) {
	n := len(samples)
	var err error
	switch {
	case d.Serial:
		i.Method = "serial"
		i.Interval, err = serial(samples, of, level)
	case d.Groups != nil:
		i.Interval, err = i.ofGroups(clusters(samples, d.Groups), n, of, influence, seed, level)
	case n <= resampled:
		i.Method = "bootstrap"
		var b stat.Bootstrapped
		b, err = stat.Bootstrap(n, of.value, stat.Resampling{Level: level, Seed: seed, Influence: influence})
		i.Interval = b.Interval()
	default:
		i.Method = "jackknife"
		i.Interval = jackknife(dealt(data.Range(n), jackknifed), of, level)
	}
	if err == nil && math.IsNaN(i.High-i.Low) {
		err = fmt.Errorf("the metric is not a finite number for all samples")
	}
	if err != nil {
		i.Method, i.Interval, i.Approximate, i.Why = "", stat.Interval{}, false, stat.Reason(err).Error()
	}
}

// ofGroups computes the interval of n samples in groups that depend on each other. Where the samples are many, what the
// statistic takes of each group is put together once, and many groups are left out in parts.
func (i *Interval) ofGroups(groups [][]int, n int, of statistic, influence stat.Influence, seed uint64, level float64) (
	stat.Interval, error) {
	i.Method, i.Approximate = "bootstrap of groups", len(groups) < approximate
	o := stat.Resampling{Level: level, Seed: seed, Clusters: groups, Influence: influence}
	value := of.value
	switch {
	case n <= resampled:
	case len(groups) >= 2*jackknifed:
		i.Method = groupsLeftOut
		var parts [][]int
		for _, of := range dealt(data.Range(len(groups)), jackknifed) {
			var part []int
			for _, g := range of {
				part = append(part, groups[g]...)
			}
			parts = append(parts, part)
		}
		return jackknife(parts, of, level), nil
	case len(groups) >= stat.FewestClusters:
		n, value, o.Clusters, o.Influence = len(groups), of.ofParts(groups), nil, nil
	}
	b, err := stat.Bootstrap(n, value, o)
	return b.Interval(), err
}

// dealt deals samples to a number of parts in turn.
func dealt(samples []int, parts int) [][]int {
	out := make([][]int, parts)
	for at, sample := range samples {
		out[at%parts] = append(out[at%parts], sample)
	}
	return out
}

// jackknife is the interval value ± t · the jackknife's standard error, which leaves out each of the parts in turn.
func jackknife(parts [][]int, of statistic, level float64) stat.Interval {
	whole, left := of.leave(parts)
	n := float64(len(parts))
	mean, square := 0.0, 0.0
	for _, v := range left {
		mean += v / n
	}
	for _, v := range left {
		square += (v - mean) * (v - mean)
	}
	half := stat.StudentQuantile((1+level)/2, n-1) * math.Sqrt(square*(n-1)/n)
	return stat.Interval{Low: whole - half, High: whole + half}
}

// serial is the interval of samples in the order of time, from the pseudo-values of up to 400 spans of them.
func serial(samples []int, of statistic, level float64) (stat.Interval, error) {
	n := len(samples)
	order := inOrder(samples)
	spans := make([][]int, min(n, 2*jackknifed))
	for s := range spans {
		spans[s] = order[s*n/len(spans) : (s+1)*n/len(spans)]
	}
	whole, left := of.leave(spans)
	pseudo := make([]float64, len(spans))
	for s, v := range left {
		size := float64(len(spans[s]))
		pseudo[s] = (float64(n)*whole - (float64(n)-size)*v) / size
	}
	return stat.Serial(whole, pseudo, level)
}

// extremes returns the least and the greatest value of a statistic over spans of samples, of one or a few samples and
// of ten, which tell what it can be: means of losses and their roots are never negative. Spans in which it is not
// defined, as R² of one sample, are passed over; without any other it may be anything.
func extremes(samples []int, value func([]int) float64) (low, high float64) {
	order := inOrder(samples)
	n := len(order)
	low, high = math.Inf(1), math.Inf(-1)
	for _, spans := range []int{min(n, 2*jackknifed), min(max(1, n/10), 2*jackknifed)} {
		for s := range spans {
			if v := value(order[s*n/spans : (s+1)*n/spans]); !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low > high {
		return math.Inf(-1), math.Inf(1)
	}
	return low, high
}

// inOrder returns the places of samples by their number in the dataset.
func inOrder(samples []int) []int {
	order := data.Range(len(samples))
	slices.SortFunc(order, func(a, b int) int { return samples[a] - samples[b] })
	return order
}

// clusters returns the places of the samples of each group, in the order of the groups' numbers.
func clusters(samples, groups []int) [][]int {
	at := map[int]int{}
	var out [][]int
	for _, place := range inOrder(samples) {
		g := groups[samples[place]]
		c, ok := at[g]
		if !ok {
			c = len(out)
			at[g] = c
			out = append(out, nil)
		}
		out[c] = append(out[c], place)
	}
	return out
}

// IntervalOf returns the 95 % interval of a statistic of n samples, of which value computes it for any choice that may
// repeat; see [Intervals]. Metric is left empty.
func IntervalOf(n int, value func(samples []int) float64, d Dependence, seed uint64) Interval {
	var i Interval
	if n < fewest {
		i.Why = fmt.Sprintf("%d samples; an interval needs %d or more", n, fewest)
		return i
	}
	i.of(data.Range(n), statistic{value: value}, nil, d, seed, level)
	i.Approximate = i.Approximate || i.Why == "" && n < approximate
	return i
}

// IntervalOfShare returns the 95 % interval of the share of samples that are right; see [Intervals]. Metric is left
// empty.
func IntervalOfShare(right []bool, d Dependence, seed uint64) Interval {
	var i Interval
	if n := len(right); n < fewest {
		i.Why = fmt.Sprintf("%d samples; an interval needs %d or more", n, fewest)
		return i
	}
	count := func(samples []int) (k int) {
		for _, s := range samples {
			if right[s] {
				k++
			}
		}
		return k
	}
	all := data.Range(len(right))
	value := func(samples []int) float64 { return float64(count(samples)) / float64(len(samples)) }
	i.share(count(all), all, statistic{value: value}, nil, d, seed)
	return i
}

// IntervalOfArea returns the 95 % interval of the area under the ROC curve of independent samples; see [stat.AUC].
// Metric is left empty.
func IntervalOfArea(scores []float64, positive []bool) Interval {
	var i Interval
	if n := len(scores); n < fewest {
		i.Why = fmt.Sprintf("%d samples; an interval needs %d or more", n, fewest)
		return i
	}
	i.area(scores, positive)
	return i
}
