package word2vec

import "math"

// alias is a table from which words are drawn with given probabilities by one comparison (Walker 1977; built as by Vose
// 1991).
type alias struct {
	keep  []uint32 // of 2³²
	other []int32
}

// newAlias returns the table for probabilities in proportion to weights.
func newAlias(weights []float64) *alias {
	n := len(weights)
	a := &alias{keep: make([]uint32, n), other: make([]int32, n)}
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	p := make([]float64, n)
	var small, large []int
	for i, w := range weights {
		p[i] = w / sum * float64(n)
		if p[i] < 1 {
			small = append(small, i)
		} else {
			large = append(large, i)
		}
	}
	set := func(i, other int, p float64) {
		a.keep[i], a.other[i] = uint32(min(math.MaxUint32, p*(1<<32))), int32(other)
	}
	for len(small) > 0 && len(large) > 0 {
		s, l := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		set(s, l, p[s])
		if p[l] -= 1 - p[s]; p[l] < 1 {
			large = large[:len(large)-1]
			small = append(small, l)
		}
	}
	for _, i := range append(small, large...) { // what is left is 1 but for rounding
		set(i, i, 1)
	}
	return a
}

// draw returns a word by two random words of 32 bits.
func (a *alias) draw(x, y uint32) int32 {
	i := int32(uint64(x) * uint64(len(a.keep)) >> 32)
	if y < a.keep[i] {
		return i
	}
	return a.other[i]
}

// noise returns the distribution of negative samples: counts to the power 3/4.
func noise(counts []int64) *alias {
	w := make([]float64, len(counts))
	for i, c := range counts {
		w[i] = math.Pow(float64(c), 0.75)
	}
	return newAlias(w)
}

// keeps returns for each word below which random word of 32 bits one of its occurrences is kept.
func keeps(counts []int64, sample float64) []uint32 {
	total := 0.0
	for _, c := range counts {
		total += float64(c)
	}
	out := make([]uint32, len(counts))
	for i, c := range counts {
		p := 1.0
		if sample > 0 {
			f := float64(c) / total
			p = math.Sqrt(sample/f) + sample/f
		}
		out[i] = uint32(min(math.MaxUint32, p*(1<<32)))
	}
	return out
}
