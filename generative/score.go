package generative

import (
	"math"

	"gorae/tensor"
)

// ClassScore returns the inception score by another classifier: exp of the mean divergence of the classes of a sample
// from the classes of all samples,
//
//	exp(E KL(p(c|x) ‖ p(c))),  from 1 to the number of classes,
//
// where p(c) is the mean of p(c|x). It is great where every sample clearly is of a class and all classes are made
// equally often. p [samples, classes] are probabilities.
//
// Source: Salimans and others, "Improved techniques for training GANs" (2016).
func ClassScore(p *tensor.Tensor) float64 {
	n, k := p.Shape[0], p.Shape[1]
	if n == 0 {
		return math.NaN()
	}
	all := make([]float64, k)
	for i, v := range p.F32 {
		all[i%k] += float64(v) / float64(n)
	}
	sum := 0.0
	for i, v := range p.F32 {
		if v > 0 {
			sum += float64(v) * math.Log(float64(v)/all[i%k])
		}
	}
	return math.Exp(sum / float64(n))
}

// Shares returns the share of samples of each class, the one with the greatest probability in p [samples, classes].
func Shares(p *tensor.Tensor) []float64 {
	n, k := p.Shape[0], p.Shape[1]
	shares := make([]float64, k)
	for i := range n {
		best := 0
		for c, v := range p.F32[i*k : (i+1)*k] {
			if v > p.F32[i*k+best] {
				best = c
			}
		}
		shares[best] += 1 / float64(n)
	}
	return shares
}

// Nearest returns for each of the samples x the number of the sample of among with the least Euclidean distance, and
// that distance. Both have the shape [samples, …].
func Nearest(x, among *tensor.Tensor) (numbers []int, distances []float64) {
	n := x.Shape[0]
	d := x.Len() / max(1, n)
	for i := range n {
		a := x.F32[i*d : (i+1)*d]
		best, least := -1, math.Inf(1)
		for j := range among.Shape[0] {
			sum := 0.0
			for k, v := range among.F32[j*d : (j+1)*d] {
				e := float64(v - a[k])
				sum += e * e
				if k%64 == 63 && sum >= least {
					break
				}
			}
			if sum < least {
				best, least = j, sum
			}
		}
		numbers, distances = append(numbers, best), append(distances, math.Sqrt(least))
	}
	return numbers, distances
}
