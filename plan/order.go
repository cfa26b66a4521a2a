package plan

import (
	"errors"
	"slices"
)

// errCircle says that steps wait for each other. It is a defect of a fusion: two calls have one step although a third
// step lies between them.
var errCircle = errors.New("plan: two fused steps wait for each other's results; this is a defect of gorae")

// sorted returns the steps in an order in which each comes after the steps whose results it reads.
func (b *builder) sorted() ([]*step, error) {
	const open, done = 1, 2
	var sorted []*step
	state := map[*step]int{}
	circle := false
	var visit func(s *step)
	visit = func(s *step) {
		if state[s] != 0 {
			circle = circle || state[s] == open
			return
		}
		state[s] = open
		for _, c := range s.all() {
			for _, x := range c.In {
				if m := b.makerCall(x); m != nil && b.stepOf[m] != s {
					visit(b.stepOf[m])
				}
			}
		}
		state[s] = done
		sorted = append(sorted, s)
	}
	for _, c := range b.g.Calls {
		if s := b.stepOf[c]; s != nil {
			visit(s)
		}
	}
	if circle {
		return nil, errCircle
	}
	return sorted, nil
}

// line gives each step its place in the order of the calls, which each step has to itself at first.
func (b *builder) line() {
	for _, c := range b.g.Calls {
		if s := b.stepOf[c]; s != nil {
			s.place = len(b.places)
			b.places = append(b.places, s)
		}
	}
}

// between reports whether a path leads from s to k through a third step. Steps with one must not become one step.
func (b *builder) between(s, k *step) bool {
	_, met := b.after(s, k)
	return met
}

// after lists the steps to which a path leads from s and which have a place before that of k, and reports whether a
// path leads through them to k.
//
// Each step has a place after the places of all steps whose results it reads, so that paths through later places than
// that of k cannot come back to it. unite keeps this up (Pearce and Kelly, "A dynamic topological sort algorithm for
// directed acyclic graphs", 2006).
func (b *builder) after(s, k *step) (found []*step, met bool) {
	if s.place >= k.place {
		return nil, false
	}
	b.turn++
	s.turn = b.turn
	for next := []*step{s}; len(next) > 0; {
		t := next[len(next)-1]
		next = next[:len(next)-1]
		for _, c := range t.all() {
			for _, u := range b.users[c] {
				n := b.stepOf[u]
				if n == k && t != s {
					met = true
				}
				if n.turn != b.turn && n.place < k.place {
					n.turn = b.turn
					found, next = append(found, n), append(next, n)
				}
			}
		}
	}
	return found, met
}

// unite moves the calls of step s into step k and finds a place for it: of the places from one of the two to the other,
// the steps that wait for the earlier one take the last, and k the one before.
func (b *builder) unite(s, k *step) {
	early, late := s, k
	if early.place > late.place {
		early, late = late, early
	}
	waiting, _ := b.after(early, late)
	from, to := early.place, late.place
	window := slices.Clone(b.places[from : to+1])
	slices.SortFunc(waiting, func(x, y *step) int { return x.place - y.place })
	at := to + 1
	put := func(t *step) {
		at--
		b.places[at] = t
		if t != nil {
			t.place = at
		}
	}
	for _, t := range slices.Backward(waiting) {
		put(t)
	}
	put(k)
	for _, t := range slices.Backward(window) {
		if t != nil && t != s && t != k && t.turn != b.turn {
			put(t)
		}
	}
	for at > from {
		put(nil)
	}

	k.calls, k.again = append(k.calls, s.calls...), k.again || s.again
	if s.root != nil {
		k.root = s.root
	}
	for _, c := range s.all() {
		b.stepOf[c] = k
		for _, o := range c.Out {
			b.value[o].maker = k
		}
	}
}
