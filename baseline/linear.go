package baseline

import (
	"context"
	"math"
	"slices"
)

// Target is what a linear model learns of some samples: classes or numbers.
type Target struct {
	Count   int     // of classes; 0: numbers
	Classes []int32 // of each sample, 0 … Count − 1
	Numbers []float64
}

// outputs is the number of scores: one for numbers and for two classes, else one a class.
func (t *Target) outputs() int {
	if t.Count <= 2 {
		return 1
	}
	return t.Count
}

// of is the targets of some samples.
func (t *Target) of(rows []int) Target {
	out := Target{Count: t.Count}
	for _, i := range rows {
		if t.Count > 0 {
			out.Classes = append(out.Classes, t.Classes[i])
		} else {
			out.Numbers = append(out.Numbers, t.Numbers[i])
		}
	}
	return out
}

// Outputs is the number of scores of a model of a number of classes; 0 classes are a number.
func Outputs(classes int) int { return (&Target{Count: classes}).outputs() }

// Linear is a fitted linear model.
type Linear struct {
	Lambda    float64 // the penalty
	Samples   int     // that it was fitted to
	Converged bool    // false: the bound of work ended the fit before its minimum

	of      *Design
	outputs int
	weights []float64
	mean    float64 // of the numbers to learn, and their standard deviation
	sd      float64
}

// Penalties that are tried: each a tenth of the one before, from 1 on, until two in a row are no better than the best.
const (
	firstPenalty  = 1.0
	mostPenalties = 9
	worseInARow   = 2
	gain          = 1e-3 // share by which the loss must fall to count as better
)

const (
	tolerance       = 3e-5 // of the gradient of the mean loss
	mostPairs       = 10   // of L-BFGS
	mostEvaluations = 250  // for one penalty
	fewEvaluations  = 20   // for the last fit, or fewer samples
)

// Work is the work that a fit may take, in multiply-adds: two seconds on two cores or so.
const Work = 1 << 35

// Fit fits a linear model to the training samples s with the targets y. The penalty is chosen on the validation
// samples; without (nil) it is 1/n, which is C = 1 or alpha = 1 in scikit-learn. Numbers are standardised while they
// are learnt.
//
// The work is bounded by a number of multiply-adds, not by the time, so that the same samples give the same bits. Where
// the bound does not allow for all penalties on all samples, half of it goes to the choice of the penalty on a share of
// the samples, which follows from the seed, and the fit to all samples begins where that ended. Where that leaves less
// than 10 evaluations of the loss of all samples, the fit takes a share of the samples too: Samples is their number.
func Fit(ctx context.Context, x *Design, s *Samples, y Target, validation *Samples, truth Target, work float64,
	seed uint64) (*Linear, error) {
	l := &Linear{of: x, outputs: y.outputs(), sd: 1}
	if y.Count == 0 {
		l.mean, l.sd = moments(y.Numbers)
	}
	if validation == nil || validation.N == 0 {
		l.Lambda = 1 / float64(s.N)
		return l, l.last(ctx, s, y, work, seed)
	}
	all := l.objective(s, y)
	evaluations := work / all.cost()
	if evaluations >= mostPenalties*mostEvaluations/4 {
		l.Converged = l.path(ctx, s, y, validation, truth, work)
		l.Samples = s.N
		l.round()
		return l, ctx.Err()
	}
	share := int(work / 2 / (mostPenalties * mostEvaluations / 4) / all.cost() * float64(s.N))
	rows := pick(s.N, share, seed)
	some := s.rows(rows)
	l.path(ctx, some, y.of(rows), validation, truth, work/2)
	l.Lambda *= float64(some.N) / float64(s.N)
	return l, l.last(ctx, s, y, work/2, seed)
}

// minimizer is one for an objective within some work.
func (l *Linear) minimizer(o *objective, work float64) *minimizer {
	most := int(min(mostEvaluations, work/o.cost()))
	return &minimizer{eval: o.eval, tolerance: tolerance, lambda: o.lambda, most: most,
		memory: max(3, min(mostPairs, laneSize/o.size()))}
}

// trial is a fit with a penalty.
type trial struct {
	lambda  float64
	weights []float64
	done    bool // it came to its minimum
}

// path chooses the penalty of the least mean loss of the validation samples, the stronger of those that are equal. It
// reports whether that fit came to its minimum.
//
// The strongest penalty within a standard error of that one, which is sometimes taken, makes a weaker model: 2 to 6 %
// more loss on other samples of the tables housing, diabetes and pima. A network would seem better than it is.
func (l *Linear) path(ctx context.Context, s *Samples, y Target, validation *Samples, truth Target,
	work float64) (done bool) {
	o, held := l.objective(s, y), l.objective(validation, truth)
	w := make([]float64, o.size())
	best, least, worse := trial{}, math.Inf(1), 0
	o.lambda = firstPenalty
	for range mostPenalties {
		if ctx.Err() != nil {
			return false
		}
		m := l.minimizer(o, work)
		t := trial{lambda: o.lambda, done: m.run(w)}
		work -= float64(m.evaluations) * o.cost()
		t.weights = slices.Clone(w)
		if best.weights == nil {
			best = t
		}
		loss := mean(held.each(w))
		if math.IsNaN(loss) {
			break
		}
		if loss < least*(1-gain) {
			best, least, worse = t, loss, 0
		} else if worse++; worse == worseInARow {
			break
		}
		if work < o.cost() {
			break
		}
		o.lambda /= 10
	}
	l.weights, l.Lambda = best.weights, best.lambda
	return best.done
}

func mean(x []float64) (m float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	return m
}

// last fits to the penalty, from the present weights on, to all samples or as many as the work allows.
func (l *Linear) last(ctx context.Context, s *Samples, y Target, work float64, seed uint64) error {
	o := l.objective(s, y)
	if evaluations := work / o.cost(); evaluations < fewEvaluations/2 {
		n := int(evaluations / fewEvaluations * float64(s.N))
		rows := pick(s.N, n, seed+1)
		s, y = s.rows(rows), y.of(rows)
		o = l.objective(s, y)
	}
	o.lambda = l.Lambda
	if l.weights == nil {
		l.weights = make([]float64, o.size())
	}
	l.Converged, l.Samples = l.minimizer(o, work).run(l.weights), s.N
	l.round()
	return ctx.Err()
}

// round rounds the weights to float32, so that those of a file give the same scores.
func (l *Linear) round() {
	for i, v := range l.weights {
		l.weights[i] = float64(float32(v))
	}
}

// objective is the model's loss over samples.
func (l *Linear) objective(s *Samples, y Target) *objective {
	o := newObjective(l.of, s, l.outputs)
	if y.Count > 0 {
		o.classes = y.Classes
		return o
	}
	for _, v := range y.Numbers {
		o.numbers = append(o.numbers, (v-l.mean)/l.sd)
	}
	return o
}

// Outputs is the number of scores of a sample.
func (l *Linear) Outputs() int { return l.outputs }

// moments is the mean and the standard deviation of numbers, 1 where they are all equal.
func moments(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for _, v := range x {
		sd += (v - mean) * (v - mean) / float64(len(x))
	}
	if sd = math.Sqrt(sd); !(sd > 0) {
		sd = 1
	}
	return mean, sd
}

// Scores are the model's answers, [samples, outputs]: numbers in their units, or logits, of two classes the second
// one's alone.
func (l *Linear) Scores(s *Samples) []float64 {
	o := newObjective(l.of, s, l.outputs)
	o.scores = make([]float64, s.N*l.outputs)
	o.run(l.weights)
	for i := range o.scores {
		o.scores[i] = o.scores[i]*l.sd + l.mean
	}
	return o.scores
}

// rows are some of the samples; their targets are left out.
func (s *Samples) rows(rows []int) *Samples {
	out := &Samples{N: len(rows)}
	width := len(s.dense) / max(1, s.N)
	if s.starts != nil {
		out.starts = make([]int, 1, len(rows)+1)
	}
	out.dense = make([]float32, 0, width*len(rows))
	for _, i := range rows {
		out.dense = append(out.dense, s.dense[i*width:(i+1)*width]...)
		if s.starts != nil {
			a, b := s.starts[i], s.starts[i+1]
			out.ids, out.values = append(out.ids, s.ids[a:b]...), append(out.values, s.values[a:b]...)
			out.starts = append(out.starts, len(out.ids))
		}
	}
	return out
}
