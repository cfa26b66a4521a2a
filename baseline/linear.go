package baseline

import (
	"context"
	"math"
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

// Outputs is the number of scores of a model of a number of classes; 0 classes are a number.
func Outputs(classes int) int { return (&Target{Count: classes}).outputs() }

// Linear is a fitted linear model.
type Linear struct {
	Lambda  float64 // the penalty
	of      *Design
	outputs int
	weights []float64
	mean    float64 // of the numbers to learn, and their standard deviation
	sd      float64
}

// Penalties from which the one with the least loss on the validation samples is taken: each a tenth of the one before,
// from 1 on, until two in a row are no better than the best.
const (
	firstPenalty  = 1.0
	mostPenalties = 9
	worseInARow   = 2
	gain          = 1e-3 // share by which the loss must fall to count as better
)

const (
	tolerance = 3e-5    // of the gradient of the mean loss
	fewSteps  = 40      // of L-BFGS at least
	manySteps = 200     // at most
	stepWork  = 1 << 33 // products that all steps of one penalty may take
)

// Fit fits a linear model to the training samples s with the targets y. Without validation samples (nil) the penalty is
// 1/n, which is C = 1 or alpha = 1 in scikit-learn. Numbers are standardised while they are learnt.
func Fit(ctx context.Context, x *Design, s *Samples, y Target, validation *Samples, truth Target) (*Linear, error) {
	l := &Linear{of: x, outputs: y.outputs(), sd: 1}
	if y.Count == 0 {
		l.mean, l.sd = moments(y.Numbers)
	}
	o := l.objective(s, y)
	work := float64(len(s.dense)+2*len(s.ids)+1) * float64(o.outputs)
	m := minimizer{eval: o.eval, tolerance: tolerance, memory: max(3, min(10, laneSize/o.size())),
		steps: int(max(fewSteps, min(manySteps, stepWork/work)))}
	w := make([]float64, o.size())
	if validation == nil || validation.N == 0 {
		o.lambda = 1 / float64(s.N)
		m.run(w)
		l.weights, l.Lambda = w, o.lambda
		return l, ctx.Err()
	}
	held := l.objective(validation, truth)
	best, worse := math.Inf(1), 0
	o.lambda = firstPenalty
	for range mostPenalties {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.run(w)
		if v := held.loss(w); v < best*(1-gain) {
			best, worse = v, 0
			l.weights, l.Lambda = append(l.weights[:0], w...), o.lambda
		} else if worse++; worse == worseInARow {
			break
		}
		o.lambda /= 10
	}
	if l.weights == nil { // the validation loss is not a number
		l.weights, l.Lambda = w, o.lambda
	}
	return l, nil
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
