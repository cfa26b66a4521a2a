package translate

import (
	"fmt"

	"gorae/data"
	"gorae/tensor"
)

// samples is pairs as a dataset: the inputs source, a sentence, and target, the translation with the boundary before it;
// the target next is the translation with the boundary behind it. The boundary is the id behind the vocabulary.
type samples struct {
	source, target [][]int32
	boundary       int32
	// The steps of the network's inputs; longer sentences lose their ends.
	sourceLength, targetLength int
}

// samples encodes pairs.
func (f *Fitted) samples(p *pairs) *samples {
	s := &samples{boundary: int32(f.Target.Size()), sourceLength: f.SourceLength, targetLength: f.TargetLength}
	for i := range p.from {
		s.source = append(s.source, f.Source.Encode(p.from[i]))
		s.target = append(s.target, f.Target.Encode(p.to[i]))
	}
	return s
}

// fitting returns those of the rows whose sentences are not cut.
func (s *samples) fitting(rows []int) []int {
	var out []int
	for _, i := range rows {
		if len(s.source[i]) <= s.sourceLength && len(s.target[i]) < s.targetLength {
			out = append(out, i)
		}
	}
	return out
}

// Spec implements data.Dataset.
func (s *samples) Spec() data.Spec {
	field := func(name string, n int) data.Field {
		return data.Field{Name: name, DType: tensor.Int32, Shape: tensor.Shape{n}, Ragged: true}
	}
	return data.Spec{Inputs: []data.Field{field("source", s.sourceLength), field("target", s.targetLength)},
		Targets: []data.Field{field("next", s.targetLength)}, Traits: data.Traits{Length: s.length}}
}

// length is the number of steps of the longer side of a pair.
func (s *samples) length(i int) int {
	return max(1, min(len(s.source[i]), s.sourceLength), min(len(s.target[i])+1, s.targetLength))
}

// Len implements data.Dataset.
func (s *samples) Len() int { return len(s.source) }

// Read implements data.Dataset.
func (s *samples) Read(_, i int, row data.Row) error {
	if i < 0 || i >= len(s.source) {
		return fmt.Errorf("translate: no pair %d of %d", i, len(s.source))
	}
	for k := range row {
		to := row[k].I32
		n := 0
		switch k {
		case 0:
			n = copy(to, s.source[i])
		case 1:
			to[0] = s.boundary
			n = 1 + copy(to[1:], s.target[i])
		case 2:
			if n = copy(to, s.target[i]); n < len(to) {
				to[n] = s.boundary
				n++
			}
		}
		clear(to[n:])
	}
	return nil
}
