package word2vec

import (
	"fmt"
	"math"
	"slices"

	"gorae/internal/kernel/philox"
	"gorae/internal/kernel/vec"
	"gorae/internal/spell"
)

// Vectors is words with their vectors, which have Size numbers each and lie one after the other in Data. Any number of
// goroutines may use one.
type Vectors struct {
	Words []string
	Size  int
	Data  []float32

	id    map[string]int
	scale []float32 // 1 over the length of each vector; 0 for a vector of zeros
}

// NewVectors returns words with their vectors. It keeps the slices. A word that comes twice has its first vector.
func NewVectors(words []string, size int, data []float32) *Vectors {
	v := &Vectors{Words: words, Size: size, Data: data, id: make(map[string]int, len(words))}
	for i, w := range words {
		if _, twice := v.id[w]; !twice {
			v.id[w] = i
		}
	}
	v.scale = make([]float32, len(words))
	for i := range words {
		ss := 0.0
		for _, x := range v.Vector(i) {
			ss += float64(x) * float64(x)
		}
		if ss > 0 {
			v.scale[i] = float32(1 / math.Sqrt(ss))
		}
	}
	return v
}

// Vector returns the vector of word i.
func (v *Vectors) Vector(i int) []float32 { return v.Data[i*v.Size:][:v.Size:v.Size] }

// ID returns the number of a word.
func (v *Vectors) ID(word string) (int, bool) {
	id, ok := v.id[word]
	return id, ok
}

// Find is ID; the error for an unknown word names one that is written much like it.
func (v *Vectors) Find(word string) (int, error) {
	if id, ok := v.id[word]; ok {
		return id, nil
	}
	hint := ""
	if near := spell.Nearest(word, v.Words); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return 0, fmt.Errorf("%q has no vector%s", word, hint)
}

// Cosine returns the cosine of the vectors of two words, 0 where one is all zeros.
func (v *Vectors) Cosine(i, j int) float64 {
	return float64(vec.Dot(v.Vector(i), v.Vector(j))) * float64(v.scale[i]) * float64(v.scale[j])
}

// Neighbour is a word near another.
type Neighbour struct {
	Word   string
	ID     int
	Cosine float64
}

// Near returns the n words whose vectors have the greatest cosine with that of a word, the nearest first.
func (v *Vectors) Near(word string, n int) ([]Neighbour, error) {
	id, err := v.Find(word)
	if err != nil {
		return nil, err
	}
	return v.nearest(v.Vector(id), n, id), nil
}

// Analogy returns the n words d for which c is to d as a is to b, the best first: those with the greatest cosine of d
// with b/|b| − a/|a| + c/|c|, without the three. Source: Mikolov, Yih and Zweig, "Linguistic regularities in continuous
// space word representations", NAACL 2013 (3CosAdd).
func (v *Vectors) Analogy(a, b, c string, n int) ([]Neighbour, error) {
	var ids [3]int
	for k, w := range []string{a, b, c} {
		id, err := v.Find(w)
		if err != nil {
			return nil, err
		}
		ids[k] = id
	}
	return v.nearest(v.offset(ids), n, ids[:]...), nil
}

// offset returns b/|b| − a/|a| + c/|c|.
func (v *Vectors) offset(ids [3]int) []float32 {
	out := make([]float32, v.Size)
	for k, sign := range []float32{-1, 1, 1} {
		s := sign * v.scale[ids[k]]
		for d, x := range v.Vector(ids[k]) {
			out[d] += s * x
		}
	}
	return out
}

// nearest returns the n words of the greatest cosine with x, but for those in without; of equal cosine the more
// frequent first.
func (v *Vectors) nearest(x []float32, n int, without ...int) []Neighbour {
	length := math.Sqrt(float64(vec.SumSquares(x)))
	if length == 0 {
		length = 1
	}
	var out []Neighbour
	for i, s := range v.scale {
		c := float64(vec.Dot(v.Vector(i), x)) * float64(s) / length
		if len(out) == n && (n == 0 || c <= out[n-1].Cosine) || slices.Contains(without, i) {
			continue
		}
		at, _ := slices.BinarySearchFunc(out, c, func(o Neighbour, c float64) int {
			if o.Cosine >= c {
				return -1
			}
			return 1
		})
		out = slices.Insert(out, at, Neighbour{v.Words[i], i, c})
		out = out[:min(n, len(out))]
	}
	return out
}

// best returns the word of the greatest cosine with x, but for those in without.
func (v *Vectors) best(x []float32, without ...int) int {
	at, most := -1, float32(0)
	for i, s := range v.scale {
		if c := vec.Dot(v.Vector(i), x) * s; (at < 0 || c > most) && !slices.Contains(without, i) {
			at, most = i, c
		}
	}
	return at
}

// Random returns vectors of normal numbers for words: what vectors are worth that know nothing of the words.
func Random(words []string, size int, seed uint64) *Vectors {
	data := make([]float32, len(words)*size)
	philox.Normal(data, philox.KeyOf(seed), streamRandom, 0, 0)
	return NewVectors(words, size, data)
}
