package supervised

import (
	"cmp"
	"math"
	"slices"

	"gorae/data"
	"gorae/prep"
	"gorae/task"
	"gorae/train"
)

// scores collects the probability of each label, and whether the sample has it, of the samples of a part.
type scores struct {
	targets Targets
	rules   []task.Rule
	part    string      // "" in a later evaluation
	seen    []bool      // by sample
	p       [][]float32 // by target: [samples, labels]; nil for other targets
	has     [][]bool
}

func newScores(ts Targets, rules []task.Rule, samples int) *scores {
	s := &scores{targets: ts, rules: rules, seen: make([]bool, samples), p: make([][]float32, len(ts)),
		has: make([][]bool, len(ts))}
	for k, g := range ts {
		if g.Task == prep.Labels {
			s.p[k], s.has[k] = make([]float32, samples*len(g.Classes)), make([]bool, samples*len(g.Classes))
		}
	}
	return s
}

// Batch implements train.Consumer.
func (s *scores) Batch(b *train.EvalBatch) error {
	for k, g := range s.targets {
		if g.Task != prep.Labels {
			continue
		}
		n := len(g.Classes)
		for i, sample := range b.Samples {
			s.seen[sample] = true
			copy(s.p[k][sample*n:(sample+1)*n], s.rules[k].Values(b.Outputs[k].F32[i*n:(i+1)*n]))
			for j, v := range b.Targets[k].F32[i*n : (i+1)*n] {
				s.has[k][sample*n+j] = v > 0.5
			}
		}
	}
	return nil
}

// label returns the probabilities of label j of target k and whether the samples have it.
func (s *scores) label(k, j int) one {
	n := len(s.targets[k].Classes)
	out := one{p: make([]float32, 0, len(s.seen)), has: make([]bool, 0, len(s.seen))}
	for i := range s.seen {
		out.p, out.has = append(out.p, s.p[k][i*n+j]), append(out.has, s.has[k][i*n+j])
	}
	return out
}

// thresholds returns the threshold of each label of target k.
func (s *scores) thresholds(k int) []float64 {
	var out []float64
	for j := range s.targets[k].Classes {
		l := s.label(k, j)
		out = append(out, l.threshold())
	}
	return out
}

// fewMarked is the number of samples with a label, and of those without it, below which its threshold stays 0.5.
const fewMarked = 10

// one is the probabilities of one label, and whether the samples have it.
type one struct {
	p   []float32
	has []bool
}

// scores returns the probabilities in float64.
func (l *one) scores() []float64 {
	out := make([]float64, len(l.p))
	for i, p := range l.p {
		out[i] = float64(p)
	}
	return out
}

// order returns the samples by falling probability.
func (l *one) order() []int {
	order := data.Range(len(l.p))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(l.p[b], l.p[a]) })
	return order
}

// positives counts the samples with the label.
func (l *one) positives() (n int) {
	for _, has := range l.has {
		if has {
			n++
		}
	}
	return n
}

// thresholdGrid lists the thresholds that are tried, the nearest to 0.5 first.
var thresholdGrid = func() []float64 {
	grid := []float64{0.01, 0.02, 0.03}
	for i := 1; i < 20; i++ {
		grid = append(grid, float64(i)/20)
	}
	slices.SortStableFunc(grid, func(a, b float64) int { return cmp.Compare(math.Abs(a-0.5), math.Abs(b-0.5)) })
	return grid
}()

// threshold returns the probability above which the label is said: of 0.01, 0.02, 0.03, 0.05, 0.1, …, 0.95 the nearest
// to 0.5 whose F1 score on these samples is below the greatest by no more than two standard errors of the difference.
// The threshold of the greatest score itself fits chance among few samples: on others 0.5 is often better. It is 0.5
// where fewer than 10 samples have the label or lack it.
func (l *one) threshold() float64 {
	positives := l.positives()
	if min(positives, len(l.p)-positives) < fewMarked {
		return 0.5
	}
	best, score := 0.5, -1.0
	for _, t := range thresholdGrid {
		if f1 := l.counts(t).f1(); f1 > score {
			best, score = t, f1
		}
	}
	for _, t := range thresholdGrid {
		if score-l.counts(t).f1() <= 2*l.deviation(t, best) {
			return t
		}
	}
	return best
}

// deviation returns the standard error of the difference of the F1 scores at two thresholds, by the first-order
// influence of each sample: of F = 2·TP/S, where S counts the samples that have the label and those that are said to,
// (2·tp − F·s)/S.
func (l *one) deviation(a, b float64) float64 {
	x, y := l.counts(a), l.counts(b)
	square := 0.0
	for i := range l.p {
		d := x.influence(l.p[i] > float32(a), l.has[i]) - y.influence(l.p[i] > float32(b), l.has[i])
		square += d * d
	}
	return math.Sqrt(square)
}

// influence is that of a sample on the F1 score.
func (c counts) influence(said, has bool) (v float64) {
	f := c.f1()
	if said {
		v -= f
	}
	if has {
		v -= f
	}
	if said && has {
		v += 2
	}
	return v / float64(max(1, 2*c.tp+c.fp+c.fn))
}

// counts is the 2 × 2 table of a label: samples that have it and are said to, that have it not and are said to, that
// have it and are not said to, and the rest.
type counts struct{ tp, fp, fn, tn int }

// counts returns the table of the samples at a threshold.
func (l *one) counts(threshold float64) counts {
	return l.among(threshold, nil)
}

// among returns the table of some samples, which may repeat; nil: of all.
func (l *one) among(threshold float64, samples []int) (c counts) {
	t := float32(threshold)
	add := func(i int) {
		switch said := l.p[i] > t; {
		case said && l.has[i]:
			c.tp++
		case said:
			c.fp++
		case l.has[i]:
			c.fn++
		default:
			c.tn++
		}
	}
	if samples == nil {
		for i := range l.p {
			add(i)
		}
	}
	for _, i := range samples {
		add(i)
	}
	return c
}

// precision is the share of the samples that are said to have the label that have it; 0 where none is said to.
func (c counts) precision() float64 {
	if c.tp == 0 {
		return 0
	}
	return float64(c.tp) / float64(c.tp+c.fp)
}

// recall is the share of the samples that have the label that are said to; NaN where none has it.
func (c counts) recall() float64 { return float64(c.tp) / float64(c.tp+c.fn) }

// f1 is 2·TP / (2·TP + FP + FN); 0 where no sample has the label or is said to.
func (c counts) f1() float64 {
	if c.tp == 0 {
		return 0
	}
	return float64(2*c.tp) / float64(2*c.tp+c.fp+c.fn)
}

// ranking computes the area under the ROC curve of any choice of the samples, in time in proportion to their number.
type ranking struct {
	*one
	order []int
	times []int // that each sample is chosen
}

func (l *one) ranking() *ranking { return &ranking{l, l.order(), make([]int, len(l.p))} }

// auc is the share of the pairs of a sample with the label and one without it that are in order, ties counting half;
// NaN without a pair.
func (r *ranking) auc(samples []int) float64 {
	clear(r.times)
	for _, i := range samples {
		r.times[i]++
	}
	above, pairs, without := 0.0, 0.0, 0.0 // samples with the label so far, pairs in order, samples without it
	for at := 0; at < len(r.order); {
		yes, no := 0.0, 0.0
		for p := r.p[r.order[at]]; at < len(r.order) && r.p[r.order[at]] == p; at++ {
			i := r.order[at]
			if r.has[i] {
				yes += float64(r.times[i])
			} else {
				no += float64(r.times[i])
			}
		}
		pairs += no * (above + yes/2)
		above, without = above+yes, without+no
	}
	return pairs / (above * without)
}
