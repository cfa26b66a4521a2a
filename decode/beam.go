package decode

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"gorae/tensor"
)

// Beam is a beam search. Of each sentence the Width sequences of the greatest probability are kept from step to step; a
// sequence that ends is put aside, and the search of a sentence ends with Width of those, with none that can still
// become better, or with Most ids. Sequences that ended are ranked by
//
//	ln p / lp,   lp = ((5 + n) / 6)^Penalty
//
// n counting the ids and the end (Wu et al. 2016, formula 14, without coverage). Width 1 is greedy decoding: the
// likeliest id at each step. Equal scores go by the lower id, so that the same scores give the same sequences.
type Beam struct {
	Width   int     // 0 means 1
	Penalty float64 // 0 ranks by probability, which favours short sequences; 0.6 to 1 are usual
	Most    int     // ids of a sequence at most, the end not counted
	Begin   int32   // the id before the first
	End     int32   // the id behind the last
	Never   []int32 // ids that no sequence holds, such as padding
	Logits  bool    // scores are logits and not probabilities
}

// Sequence is what a search found.
type Sequence struct {
	IDs   []int32 // without begin and end
	Log   float64 // ln p of the ids and, where Ended, of the end
	Score float64 // Log / lp
	Ended bool    // false: cut at Most ids
}

// live is a sequence that goes on.
type live struct {
	row int32 // of the steps
	ids []int32
	log float64
}

// candidate is a sequence with one more id.
type candidate struct {
	of  int // of the live sequences
	id  int32
	log float64
}

// Check returns an error for values out of range.
func (b Beam) Check() error {
	switch {
	case b.Width < 0 || b.Width > 1000:
		return fmt.Errorf("beam: a width of %d; give 1 to 1000", b.Width)
	case math.IsNaN(b.Penalty) || b.Penalty < 0 || b.Penalty > 10:
		return fmt.Errorf("beam: a length penalty of %v; give a number from 0 to 10", b.Penalty)
	case b.Most < 1:
		return fmt.Errorf("beam: %d ids at most; give 1 or more", b.Most)
	}
	return nil
}

// Search decodes n sentences over steps with b.Width rows for each, and returns the sequences of each sentence, the
// best first: at least one, at most Width.
func (b Beam) Search(ctx context.Context, steps Steps, n int) ([][]Sequence, error) {
	if err := b.Check(); err != nil {
		return nil, err
	}
	s := search{Beam: b, sentences: make([]sentence, n)}
	s.Width = max(1, b.Width)
	s.ids, s.from = make([]int32, n*s.Width), make([]int32, n*s.Width)
	for i := range s.sentences {
		s.sentences[i].live = []live{{row: int32(i * s.Width)}}
	}
	for i := range s.ids {
		s.ids[i], s.from[i] = b.Begin, int32(i)
	}
	for at := 0; at <= b.Most && !s.done(); at++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		scores, err := steps.Step(s.ids, s.from)
		if err != nil {
			return nil, err
		}
		if i := (&tensor.Tensor{F32: scores}).NonFinite(); i >= 0 {
			k := len(scores) / len(s.ids)
			return nil, fmt.Errorf("after %d ids the network's output %d is %s; train it anew with a lower learning "+
				"rate "+
				"or with clipped gradients", at, i%k, tensor.Say(scores[i]))
		}
		for i := range s.sentences {
			s.extend(i, at, scores)
		}
	}
	out := make([][]Sequence, n)
	for i := range out {
		out[i] = s.sentences[i].ended
	}
	return out, nil
}

// search is a Beam at work.
type search struct {
	Beam
	sentences []sentence
	ids, from []int32 // of the next step, by row
	found     []candidate
}

// sentence is the state of one sentence.
type sentence struct {
	live  []live
	ended []Sequence // the best first
}

// done reports whether no sentence goes on.
func (s *search) done() bool {
	return !slices.ContainsFunc(s.sentences, func(x sentence) bool { return len(x.live) > 0 })
}

// penalty returns lp of a number of ids, the end counted.
func (b Beam) penalty(n int) float64 { return math.Pow(float64(5+n)/6, b.Penalty) }

// extend lets sentence i go on after a step: at ids stand in its sequences.
func (s *search) extend(i, at int, scores []float32) {
	x := &s.sentences[i]
	if len(x.live) == 0 {
		return
	}
	k := len(scores) / len(s.ids)
	s.found = s.found[:0]
	for of, l := range x.live {
		s.candidates(of, l, scores[int(l.row)*k:][:k])
	}
	slices.SortFunc(s.found, better)
	first := int32(i * s.Width)
	var next []live
	for rank, c := range s.found {
		l := x.live[c.of]
		if c.id == s.End {
			// An end below the best Width goes under with the others of its rank.
			if rank < s.Width {
				x.end(Sequence{l.ids, c.log, c.log / s.penalty(at+1), true}, s.Width)
			}
			continue
		}
		if len(next) == s.Width || at == s.Most {
			continue
		}
		row := first + int32(len(next))
		s.ids[row], s.from[row] = c.id, l.row
		next = append(next, live{row, append(l.ids[:len(l.ids):len(l.ids)], c.id), c.log})
	}
	if at == s.Most { // what did not end is cut
		for _, l := range x.live {
			if len(x.ended) == 0 || !x.ended[0].Ended {
				x.end(Sequence{l.ids, l.log, l.log / s.penalty(at), false}, s.Width)
			}
		}
	}
	if x.live = next; s.over(x) {
		x.live = nil
	}
	for row := len(x.live); row < s.Width; row++ { // rows without a sequence repeat something valid
		s.ids[int(first)+row], s.from[int(first)+row] = s.Begin, first
	}
}

// over reports whether nothing that lives can change the result.
func (s *search) over(x *sentence) bool {
	if len(x.ended) >= s.Width {
		return true
	}
	if len(x.ended) == 0 || len(x.live) == 0 {
		return false
	}
	// ln p only falls, and no penalty divides by more than the longest sequence's.
	return x.ended[0].Score >= x.live[0].log/s.penalty(s.Most+1)
}

// end puts a sequence among those that ended.
func (x *sentence) end(q Sequence, width int) {
	at, _ := slices.BinarySearchFunc(x.ended, q.Score, func(e Sequence, score float64) int {
		if e.Score >= score { // equal ones stay in the order in which they ended
			return -1
		}
		return 1
	})
	x.ended = slices.Insert(x.ended, at, q)
	x.ended = x.ended[:min(len(x.ended), width)]
}

// better orders candidates by probability, equal ones by sequence and id.
func better(a, b candidate) int {
	return cmp.Or(cmp.Compare(b.log, a.log), cmp.Compare(a.of, b.of), cmp.Compare(a.id, b.id))
}

// candidates adds the 2·Width likeliest ids after a sequence: as many as can matter, as each sequence ends only once.
func (s *search) candidates(of int, l live, scores []float32) {
	shift := 0.0
	if s.Logits {
		shift = logSum(scores)
	}
	most := 2 * s.Width
	begin := len(s.found)
	for id, v := range scores {
		own := s.found[begin:]
		if len(own) == most && v <= scores[own[most-1].id] || slices.Contains(s.Never, int32(id)) {
			continue
		}
		at := len(own)
		for at > 0 && v > scores[own[at-1].id] {
			at--
		}
		s.found = slices.Insert(s.found, begin+at, candidate{of: of, id: int32(id)})
		if len(s.found)-begin > most {
			s.found = s.found[:begin+most]
		}
	}
	for i := range s.found[begin:] {
		c := &s.found[begin+i]
		if v := float64(scores[c.id]); s.Logits {
			c.log = l.log + v - shift
		} else {
			c.log = l.log + math.Log(math.Max(v, 1e-30))
		}
	}
}

// logSum returns ln Σ e^x.
func logSum(x []float32) float64 {
	top := float64(slices.Max(x))
	sum := 0.0
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	return top + math.Log(sum)
}
