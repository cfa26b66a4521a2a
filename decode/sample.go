package decode

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gorae/weight"
)

// Sampler draws what comes next from the scores of a step.
type Sampler struct {
	// Temperature t draws from p^(1/t): 1 leaves the network's distribution, less than 1 sharpens it, 0 takes the
	// likeliest id (of equally likely ones the smallest).
	Temperature float64
	// TopK draws among the K likeliest ids (Fan et al. 2018); 0: among all.
	TopK int
	// TopP draws among the fewest likeliest ids whose probabilities add up to P or more: the nucleus (Holtzman et al.
	// 2020); 0: among all.
	TopP float64
	// First is the smallest id that is drawn; those below it stand for no text.
	First  int32
	Logits bool // scores are logits and not probabilities
	Rand   *weight.Rand

	p     []float64
	order []int32
}

// Check returns an error for values out of range.
func (s *Sampler) Check() error {
	switch {
	case !(s.Temperature >= 0) || math.IsInf(s.Temperature, 0):
		return fmt.Errorf("temperature %v; give a number from 0: 1 as the network has it, less is more cautious",
			s.Temperature)
	case s.TopK < 0:
		return fmt.Errorf("top-k %d; give 1 or more, or 0 for all", s.TopK)
	case !(s.TopP >= 0 && s.TopP <= 1):
		return fmt.Errorf("top-p %v; give a probability above 0 to 1, or 0 for all", s.TopP)
	}
	return nil
}

// Draw returns the id that comes next.
func (s *Sampler) Draw(scores []float32) int32 {
	if len(s.p) != len(scores) {
		s.p = make([]float64, len(scores))
	}
	best := int(s.First)
	for i, v := range scores {
		x := float64(v)
		if !s.Logits {
			x = math.Log(x)
		}
		s.p[i] = x
		if i > best && x > s.p[best] {
			best = i
		}
	}
	if s.Temperature == 0 {
		return int32(best)
	}
	top, sum := s.p[best], 0.0
	for i := range s.p {
		if i < int(s.First) {
			s.p[i] = 0
			continue
		}
		s.p[i] = math.Exp((s.p[i] - top) / s.Temperature)
		sum += s.p[i]
	}
	if s.TopK > 0 || s.TopP > 0 && s.TopP < 1 {
		sum = s.cut(sum)
	}
	u := s.Rand.Uniform() * sum
	for i, p := range s.p {
		if u -= p; u < 0 {
			return int32(i)
		}
	}
	return int32(best)
}

// cut leaves the likeliest ids alone, by TopK and TopP, and returns the sum of their p.
func (s *Sampler) cut(sum float64) float64 {
	s.order = s.order[:0]
	for i := int(s.First); i < len(s.p); i++ {
		s.order = append(s.order, int32(i))
	}
	slices.SortFunc(s.order, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.p[b], s.p[a]), cmp.Compare(a, b))
	})
	keep, kept := len(s.order), 0.0
	if s.TopK > 0 {
		keep = min(keep, s.TopK)
	}
	total := sum
	if s.TopK > 0 && s.TopP > 0 { // the nucleus of the K likeliest
		total = 0
		for _, i := range s.order[:keep] {
			total += s.p[i]
		}
	}
	n := 0
	for n < keep && (s.TopP == 0 || n == 0 || kept < s.TopP*total) {
		kept += s.p[s.order[n]]
		n++
	}
	for _, i := range s.order[n:] {
		s.p[i] = 0
	}
	return kept
}
