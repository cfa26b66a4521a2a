package tune

import (
	"math"
	"slices"
	"sort"
)

// Importance returns how much each parameter matters for coming among the best tenth of trials, as shares of 1: the
// measure PED-ANOVA with the definitions and defaults of Optuna 5. Values of a parameter are put on a grid of 50
// places; Parzen estimators, whose width is Scott's, are fitted to those of the best trials and to those of all; the
// measure is the Pearson divergence of the two, Σ p_all·(p_best/p_all − 1)². A parameter that does not always exist
// counts by the trials in which it does. Where nothing can be told, for one thing of fewer than two trials, all shares
// are equal.
//
// Trials without a finite value are left out; their values must be comparable, such as those after the same number of
// epochs.
//
// Source: Watanabe, Bansal and Hutter, "PED-ANOVA: efficiently quantifying hyperparameter importance in arbitrary
// subspaces", 2023; Iwazaki et al., "Conditional PED-ANOVA", 2026.
func Importance(s Space, trials []Trial) []float64 {
	trials = slices.DeleteFunc(slices.Clone(trials), func(t Trial) bool {
		return math.IsNaN(t.Value) || math.IsInf(t.Value, 0)
	})
	out := make([]float64, len(s))
	if best := bestTenth(trials); len(trials) > 1 {
		for i, p := range s {
			out[i] = p.divergence(i, trials, best)
		}
	}
	total := 0.0
	for _, v := range out {
		total += v
	}
	for i := range out {
		if total > 0 {
			out[i] /= total
		} else {
			out[i] = 1 / float64(len(out))
		}
	}
	return out
}

// bestTenth returns the greatest value of the best ⌈n/10⌉ trials.
func bestTenth(trials []Trial) float64 {
	if len(trials) == 0 {
		return 0
	}
	values := make([]float64, len(trials))
	for i, t := range trials {
		values[i] = t.Value
	}
	slices.Sort(values)
	return values[int(math.Ceil(0.1*float64(len(values))))-1]
}

// leastRegime is the number of trials in which a parameter must exist to be measured.
const leastRegime = 2

// divergence is the measure of parameter i before the shares are taken.
func (p Param) divergence(i int, trials []Trial, best float64) float64 {
	var all, top []float64
	chosen := 0
	for _, t := range trials {
		good := t.Value <= best
		if good {
			chosen++
		}
		if v := t.Values[i]; !math.IsNaN(v) {
			if all = append(all, v); good {
				top = append(top, v)
			}
		}
	}
	if len(all) < leastRegime || len(top) == 0 || p.steps() == 1 {
		return 0
	}
	pTop, pAll := p.gridDensity(top), p.gridDensity(all)
	d := 0.0
	for k := range pTop {
		d += pAll[k] * math.Pow(pTop[k]/pAll[k]-1, 2)
	}
	share := float64(len(top)) / float64(chosen)
	return share * share / (float64(len(all)) / float64(len(trials))) * d
}

// gridDensity returns the Parzen estimate of values at each place of the parameter's grid.
func (p Param) gridDensity(values []float64) []float64 {
	counts := p.gridCounts(values)
	var places, weights []float64
	for k, n := range counts {
		if n > 0 {
			places, weights = append(places, float64(k)), append(weights, n)
		}
	}
	e := &parzen{params: []Param{{Kind: Int, High: float64(len(counts) - 1)}}}
	if p.Kind == Choice {
		e.params[0] = Param{Kind: Choice, Options: p.Options}
		e.chances = [][][]float64{optionChances(p.Options, places)}
	} else {
		mu, sigma := scott(places, weights, float64(len(counts)))
		e.mu, e.sigma, e.chances = [][]float64{mu}, [][]float64{sigma}, [][][]float64{nil}
	}
	total := priorWeight + 0.0
	for _, w := range weights {
		total += w
	}
	for _, w := range append(weights, priorWeight) {
		e.weights = append(e.weights, w/total)
	}
	out := make([]float64, len(counts))
	for k := range out {
		out[k] = math.Exp(e.logDensity([]float64{float64(k)})) + 1e-12
	}
	return out
}

// gridPlaces is the number of places of a range's grid.
const gridPlaces = 50

// gridCounts counts the values at each place; a value in the middle of two places counts to the lower one.
func (p Param) gridCounts(values []float64) []float64 {
	if p.Kind == Choice {
		counts := make([]float64, p.Options)
		for _, v := range values {
			counts[int(v)]++
		}
		return counts
	}
	n, low, high := gridPlaces, p.Low, p.top()
	switch {
	case p.Log && p.Kind == Int:
		n = min(n, int(math.Ceil(math.Log2(high-low+1)))+1)
	case p.steps() > 0:
		n = min(n, p.steps())
	}
	scale := func(v float64) float64 { return v }
	if p.Log {
		scale = math.Log
	}
	counts := make([]float64, n)
	size := (scale(high) - scale(low)) / float64(n-1)
	for _, v := range values {
		k := int(math.Ceil((scale(v)-scale(low))/size - 0.5))
		counts[min(max(k, 0), n-1)]++
	}
	return counts
}

// scott returns centres and widths of the components at places with weights, of the prior over n places last. The width
// is 1.059·min(IQR/1.34, s)·W^−1/5, s the weighted deviation and W the sum of the weights.
func scott(places, weights []float64, n float64) (mu, sigma []float64) {
	total, mean, square := 0.0, 0.0, 0.0
	cumulative := make([]float64, len(weights))
	for k, w := range weights {
		total, mean = total+w, mean+w*places[k]
		cumulative[k] = total
	}
	mean /= total
	for k, w := range weights {
		square += w * (places[k] - mean) * (places[k] - mean)
	}
	deviation := math.Sqrt(square / max(1, total-1))
	first := sort.SearchFloat64s(cumulative, math.Floor(total/4))
	third := sort.Search(len(cumulative), func(k int) bool { return cumulative[k] > math.Floor(total*3/4) })
	iqr := places[min(len(places)-1, third)] - places[first]
	width := max(1.059*min(iqr/1.34, deviation)*math.Pow(total, -0.2), 0.5/1.64)
	for range places {
		sigma = append(sigma, width)
	}
	return append(slices.Clone(places), (n-1)/2), append(sigma, n)
}
