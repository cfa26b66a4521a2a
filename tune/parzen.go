package tune

import (
	"math"
	"math/rand/v2"
	"slices"
)

// parzen is the Parzen estimator of the tree-structured Parzen estimator: a mixture of products, one component for each
// observation and a last one, the prior, over the whole space. A number's factor is a normal distribution that is cut
// off at the ends of the range, integrated over each step where there are steps; a choice's are probabilities.
type parzen struct {
	params    []Param
	weights   []float64 // by component
	mu, sigma [][]float64
	chances   [][][]float64 // by parameter and component: of each option
}

// priorWeight is the weight of the prior beside observations of weight 1.
const priorWeight = 1

// ramp weighs n observations: the last 25 by 1, those before them by numbers that rise from 1/n to 1.
func ramp(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		switch old := n - 25; {
		case i >= old:
			w[i] = 1
		case old == 1:
			w[i] = 1 / float64(n)
		default:
			w[i] = 1/float64(n) + (1-1/float64(n))*float64(i)/float64(old-1)
		}
	}
	return w
}

// newParzen fits the estimator to observations, the oldest first: a list of values for each parameter.
func newParzen(params []Param, observed [][]float64) *parzen {
	n := len(observed[0])
	e := &parzen{params: params, weights: []float64{1}, mu: make([][]float64, len(params)),
		sigma: make([][]float64, len(params)), chances: make([][][]float64, len(params))}
	if n > 0 {
		e.weights = append(ramp(n), priorWeight)
	}
	total := 0.0
	for _, w := range e.weights {
		total += w
	}
	for i := range e.weights {
		e.weights[i] /= total
	}
	for d, p := range params {
		if p.Kind == Choice {
			e.chances[d] = optionChances(p.Options, observed[d])
		} else {
			e.mu[d], e.sigma[d] = kernels(p, observed[d])
		}
	}
	return e
}

// optionChances returns the probabilities of a choice's options by component: of an observation those of the observed
// option and of the prior, smoothed by priorWeight/(n + 1).
func optionChances(options int, observed []float64) [][]float64 {
	out := make([][]float64, len(observed)+1)
	smooth := float64(priorWeight) / float64(len(out))
	for k := range out {
		row, total := make([]float64, options), float64(options)*smooth
		for i := range row {
			row[i] = smooth
		}
		if k < len(observed) {
			row[int(observed[k])]++
			total++
		}
		for i := range row {
			row[i] /= total
		}
		out[k] = row
	}
	return out
}

// kernels returns centre and width of each component along a number, of the prior last. A width is the greater distance
// to a neighbour; the first and the last observation leave the ends of the range out where there are two or more. It
// is at least 1/(n + 2) of the range, at most a hundredth where n is large, and no more than the range.
func kernels(p Param, observed []float64) (mu, sigma []float64) {
	low, high := p.ends()
	n := len(observed)
	for _, v := range observed {
		if p.Log {
			v = math.Log(v)
		}
		mu = append(mu, v)
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case mu[a] < mu[b]:
			return -1
		case mu[a] > mu[b]:
			return 1
		}
		return 0
	})
	sigma = make([]float64, n)
	least := (high - low) / min(100, float64(n)+2)
	for at, k := range order {
		left, right := low, high
		if at > 0 {
			left = mu[order[at-1]]
		}
		if at+1 < n {
			right = mu[order[at+1]]
		}
		width := max(mu[k]-left, right-mu[k])
		switch {
		case n < 2:
		case at == 0:
			width = right - mu[k]
		case at == n-1:
			width = mu[k] - left
		}
		sigma[k] = min(max(width, least), high-low)
	}
	return append(mu, (low+high)/2), append(sigma, high-low)
}

// sample draws values of all parameters from one component.
func (e *parzen) sample(rng *rand.Rand) []float64 {
	k := pick(e.weights, rng.Float64())
	out := make([]float64, len(e.params))
	for d, p := range e.params {
		if p.Kind == Choice {
			out[d] = float64(pick(e.chances[d][k], rng.Float64()))
			continue
		}
		low, high := p.ends()
		out[d] = p.at(truncated(rng.Float64(), e.mu[d][k], e.sigma[d][k], low, high))
	}
	return out
}

// pick returns the first index at which the sum of probabilities passes u.
func pick(chances []float64, u float64) int {
	sum := 0.0
	for i, c := range chances {
		if sum += c; u < sum {
			return i
		}
	}
	return len(chances) - 1
}

// logDensity is the logarithm of the density at values: of numbers without steps per unit of the sampled interval.
func (e *parzen) logDensity(x []float64) float64 {
	sum := math.Inf(-1)
	for k, w := range e.weights {
		v := math.Log(w)
		for d, p := range e.params {
			if p.Kind == Choice {
				v += math.Log(e.chances[d][k][int(x[d])])
			} else {
				v += p.logKernel(x[d], e.mu[d][k], e.sigma[d][k])
			}
		}
		sum = logAdd(sum, v)
	}
	return sum
}

// logKernel is the logarithm of the truncated normal density at a value of the range, or of its probability where the
// range has steps.
func (p Param) logKernel(x, mu, sigma float64) float64 {
	low, high := p.ends()
	whole := logMass((low-mu)/sigma, (high-mu)/sigma)
	at := func(v float64) float64 {
		if p.Log {
			v = math.Log(v)
		}
		return (v - mu) / sigma
	}
	if step := p.step(); step > 0 {
		return logMass(at(x-step/2), at(x+step/2)) - whole
	}
	z := at(x)
	return -z*z/2 - halfLog2Pi - math.Log(sigma) - whole
}
