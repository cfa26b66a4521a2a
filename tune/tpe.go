package tune

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Sampler proposes the values of a trial.
type Sampler interface {
	// Sample returns values for trial number, from 0, after those of the history, the running ones included. ok is
	// false where there are no more values to try.
	Sample(s Space, history []Trial, number int, rng *rand.Rand) (v Values, ok bool)
}

// Random draws every value uniformly from its range, of a logarithmic range the logarithm.
type Random struct{}

// Sample implements Sampler.
func (Random) Sample(s Space, _ []Trial, _ int, rng *rand.Rand) (Values, bool) {
	return s.complete(make(Values, len(s)), nil, func(i int) float64 { return s[i].random(rng) }), true
}

// complete draws the parameters that are not given, in their order; those that do not exist are NaN.
func (s Space) complete(v Values, given []int, draw func(i int) float64) Values {
	for i := range s {
		switch {
		case !s.exists(i, v):
			v[i] = math.NaN()
		case !slices.Contains(given, i):
			v[i] = draw(i)
		}
	}
	return v
}

// TPE is the tree-structured Parzen estimator with the definitions and defaults of Optuna 5. Of n trials the best
// min(⌈n/10⌉, 25) are told from the others; a Parzen estimator l is fitted to the former, g to the latter and to trials
// that still run; of 24 draws from l the one of the greatest l/g is proposed. Parameters that all trials have are drawn
// together, the others one by one. The first trials are drawn at random.
//
// Trials that were trained to their end rank by their value; behind them come those that were stopped, by how far they
// came, then by their last value.
//
// Source: Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", 2011; Watanabe,
// "Tree-structured Parzen estimator: understanding its algorithm components", 2023.
type TPE struct {
	Startup    int // trials at random; 0 is 10
	Candidates int // draws from l; 0 is 24
}

// Sample implements Sampler.
func (t TPE) Sample(s Space, history []Trial, number int, rng *rand.Rand) (Values, bool) {
	startup, candidates := t.Startup, t.Candidates
	if startup == 0 {
		startup = 10
	}
	if candidates == 0 {
		candidates = 24
	}
	below, above, ended := split(history)
	if ended < startup {
		return Random{}.Sample(s, history, number, rng)
	}
	propose := func(params []int) []float64 {
		some := make([]Param, len(params))
		for k, i := range params {
			some[k] = s[i]
		}
		l, g := newParzen(some, observed(below, params)), newParzen(some, observed(above, params))
		var best []float64
		most := math.Inf(-1)
		for range candidates {
			x := l.sample(rng)
			if gain := l.logDensity(x) - g.logDensity(x); best == nil || gain > most {
				best, most = x, gain
			}
		}
		return best
	}
	v := make(Values, len(s))
	joint := common(s, history)
	if len(joint) > 0 {
		for k, x := range propose(joint) {
			v[joint[k]] = x
		}
	}
	return s.complete(v, joint, func(i int) float64 {
		if s[i].steps() == 1 {
			return s[i].clip(s[i].Low)
		}
		return propose([]int{i})[0]
	}), true
}

// common lists the parameters that exist in all trials and have more than one value.
func common(s Space, history []Trial) (list []int) {
	for i, p := range s {
		if p.steps() != 1 && !slices.ContainsFunc(history, func(t Trial) bool { return math.IsNaN(t.Values[i]) }) {
			list = append(list, i)
		}
	}
	return list
}

// split separates the best trials that have ended from all others, both in the order of their numbers.
func split(history []Trial) (below, above []Trial, ended int) {
	var ranked []Trial
	for _, t := range history {
		switch t.State {
		case Finished, Paused:
			ranked = append(ranked, t)
		case Running:
			above = append(above, t)
		}
	}
	slices.SortStableFunc(ranked, compare)
	ended = len(ranked)
	n := min((ended+9)/10, 25, ended)
	below, above = ranked[:n], append(above, ranked[n:]...)
	byNumber := func(a, b Trial) int { return a.Number - b.Number }
	slices.SortFunc(below, byNumber)
	slices.SortFunc(above, byNumber)
	return below, above, ended
}

// compare orders trials from the best to the worst.
func compare(a, b Trial) int {
	switch {
	case a.State == Finished && b.State != Finished:
		return -1
	case a.State != Finished && b.State == Finished:
		return 1
	case a.State != Finished && a.Epochs != b.Epochs:
		return b.Epochs - a.Epochs
	}
	return compareValues(a.Value, b.Value)
}

// compareValues orders values of the objective; NaN is the worst.
func compareValues(a, b float64) int {
	switch {
	case a < b || math.IsNaN(b) && !math.IsNaN(a):
		return -1
	case a > b || math.IsNaN(a) && !math.IsNaN(b):
		return 1
	}
	return 0
}

// observed returns the values of parameters in the trials that have all of them.
func observed(trials []Trial, params []int) [][]float64 {
	out := make([][]float64, len(params))
	for _, t := range trials {
		if slices.ContainsFunc(params, func(i int) bool { return math.IsNaN(t.Values[i]) }) {
			continue
		}
		for k, i := range params {
			out[k] = append(out[k], t.Values[i])
		}
	}
	return out
}
