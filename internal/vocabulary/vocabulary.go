// Package vocabulary is what Keras's StringLookup and IntegerLookup have in common: tokens, their indices, and the
// indices before them, for the token that is masked and for tokens that the vocabulary does not have.
package vocabulary

import (
	"cmp"
	"math"
	"slices"

	"gorae/config"
)

// Spec is the arguments of such a layer. Output is int, one_hot, multi_hot, count or tf_idf.
type Spec[T cmp.Ordered] struct {
	Vocabulary []T // it may begin with Start
	IDF        []float64
	Mask       *T
	OOV        T
	NumOOV     int
	Output     string
	Max        int // 0: no bound
	Pad        bool
	Invert     bool
	Hash       func(v T, n int) uint64 // the one of n indices for a token that is not there, where n > 1
}

// Start lists the tokens before the vocabulary's own: the masked one where the output is int, and NumOOV times OOV.
func (s Spec[T]) Start() (tokens []T) {
	if s.Mask != nil && s.Output == "int" {
		tokens = append(tokens, *s.Mask)
	}
	return append(tokens, slices.Repeat([]T{s.OOV}, s.NumOOV)...)
}

// Own is the vocabulary without Start, and how many tokens were taken off.
func (s Spec[T]) Own() ([]T, int) {
	if start := s.Start(); len(s.Vocabulary) >= len(start) && slices.Equal(s.Vocabulary[:len(start)], start) {
		return s.Vocabulary[len(start):], len(start)
	}
	return s.Vocabulary, 0
}

// All is the token of each index.
func (s Spec[T]) All() []T {
	own, _ := s.Own()
	return append(s.Start(), own...)
}

// Check tests the vocabulary and the arguments that go together; keys are Keras's.
func (s Spec[T]) Check() error {
	own, off := s.Own()
	seen := map[T]bool{}
	for _, v := range own {
		if seen[v] {
			return config.Errorf("vocabulary", "%v is in it twice", v).Fix("give each token once")
		}
		seen[v] = true
	}
	n := len(own) + len(s.Start())
	conflict := func(key, format string, args ...any) *config.Error {
		return config.Errorf(key, format, args...).Coded(config.Conflict)
	}
	switch {
	case s.Mask != nil && seen[*s.Mask]:
		return conflict("mask_token", "%v is in the vocabulary too", *s.Mask).Fix("leave it out there")
	case s.Invert && seen[s.OOV]:
		return conflict("oov_token", "%v is in the vocabulary too", s.OOV).Fix("give another one")
	case s.Invert && s.Output != "int":
		return conflict("output_mode", "%s does not go with invert", s.Output).Fix("give int")
	case s.Max > 0 && n > s.Max:
		return conflict("max_tokens", "%d are fewer than the %d of the vocabulary", s.Max, n).Fix("give %d", n)
	case s.Pad && s.Max == 0:
		return conflict("pad_to_max_tokens", "goes with max_tokens").Fix("give max_tokens")
	case len(s.IDF) > 0 && s.Output != "tf_idf":
		return conflict("idf_weights", "goes with output_mode: tf_idf, not %s", s.Output).Fix("leave it out")
	case s.Output == "tf_idf" && len(own) > 0 && len(s.IDF) != len(own)+off:
		return conflict("idf_weights", "there are %d for a vocabulary of %d", len(s.IDF), len(own)+off).
			Fix("give one for each token")
	}
	return nil
}

// Size is the number of features in modes other than int.
func (s Spec[T]) Size() int {
	if s.Pad {
		return s.Max
	}
	return len(s.All())
}

// Weights are the factors of tf_idf, Size of them: the mean for tokens whose frequency is not known, 0 beyond the
// vocabulary.
func (s Spec[T]) Weights() []float64 {
	_, off := s.Own()
	mean := 0.0
	for _, w := range s.IDF {
		mean += w / float64(len(s.IDF))
	}
	all := append(slices.Repeat([]float64{mean}, len(s.Start())-off), s.IDF...)
	return append(all, make([]float64, max(0, s.Size()-len(all)))...)
}

// Absent is the index of a token that no row counts: the masked one in modes other than int.
const Absent = math.MaxInt32

// Index returns the function of a token to its index: −1 for one that is not in the vocabulary where NumOOV is 0.
func (s Spec[T]) Index() func(v T) int {
	start := len(s.Start())
	own, _ := s.Own()
	index := make(map[T]int, len(own))
	for i, v := range own {
		index[v] = start + i
	}
	return func(v T) int {
		i, ok := index[v]
		switch {
		case s.Mask != nil && v == *s.Mask && s.Output == "int":
			return 0
		case s.Mask != nil && v == *s.Mask:
			return Absent
		case ok:
			return i
		case s.NumOOV == 0:
			return -1
		case s.NumOOV == 1:
			return start - 1
		}
		return start - s.NumOOV + int(s.Hash(v, s.NumOOV))
	}
}

// Learnt is s with the vocabulary of documents: tokens by frequency, the greater of equally frequent ones first, and
// for tf_idf the weights ln(1 + n/(1 + d)) of n documents, of which d have the token.
func (s Spec[T]) Learnt(documents [][]T) (Spec[T], error) {
	count, within := map[T]int{}, map[T]int{}
	for _, d := range documents {
		seen := map[T]bool{}
		for _, v := range d {
			if v == s.OOV || s.Mask != nil && v == *s.Mask {
				continue
			}
			count[v]++
			if !seen[v] {
				seen[v] = true
				within[v]++
			}
		}
	}
	s.Vocabulary, s.IDF = nil, nil
	for v := range count {
		s.Vocabulary = append(s.Vocabulary, v)
	}
	slices.SortFunc(s.Vocabulary, func(a, b T) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(b, a))
	})
	if most := s.Max - len(s.Start()); s.Max > 0 && len(s.Vocabulary) > most {
		s.Vocabulary = s.Vocabulary[:max(0, most)]
	}
	if len(s.Vocabulary) == 0 {
		return s, config.Errorf("", "%d samples have no token for a vocabulary", len(documents)).
			Fix("give samples with tokens, or a greater max_tokens")
	}
	if s.Output == "tf_idf" {
		for _, v := range s.Vocabulary {
			s.IDF = append(s.IDF, math.Log(1+float64(len(documents))/float64(1+within[v])))
		}
	}
	return s, nil
}
