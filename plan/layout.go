package plan

import "slices"

// layout gives each value its offset in the arena. Values that live at different times share memory: it is allocated
// wave by wave, first fit, and freed after the last wave that reads it. A result takes the memory of an operand that
// dies in the same step where the kernel allows it.
func (b *builder) layout() {
	for _, v := range b.p.values {
		v.first, v.last = -1, -1
	}
	for _, s := range b.steps {
		for _, v := range s.out {
			v.first, v.last = s.index, s.index
		}
		for _, v := range s.temps {
			v.first, v.last = s.index, s.index
		}
		for _, v := range s.in {
			v.last = s.index
		}
	}
	for v := range b.keep {
		v.pinned = true
	}
	m := &memory{}
	for _, w := range b.waves {
		readers := map[*Value]int{} // steps of the wave that read a value
		for _, s := range w {
			for _, v := range s.in {
				readers[v]++
			}
		}
		taken := map[*Value]bool{}
		for _, s := range w {
			for _, pair := range s.inPlace {
				y, x := pair[0], pair[1]
				if y.inArena() && x.inArena() && y.offset < 0 && !taken[x] && !x.pinned &&
					x.last == s.index && readers[x] == 1 && x.words() == y.words() {
					y.offset = x.offset
					taken[x] = true
				}
			}
			for _, v := range slices.Concat(s.out, s.temps) {
				if v.inArena() && v.offset < 0 {
					v.offset = m.take(v.words())
				}
			}
		}
		for _, s := range w {
			for _, v := range slices.Concat(s.in, s.out, s.temps) {
				if v.inArena() && v.last == s.index && !v.pinned && !taken[v] {
					m.give(v.offset, v.words())
					taken[v] = true // an operand listed twice
				}
			}
		}
	}
	b.p.arena = m.top
}

// memory allocates spans of float32s.
type memory struct {
	free []span // sorted, not touching each other
	top  int
}

type span struct{ at, n int }

func (m *memory) take(n int) int {
	if n == 0 {
		return 0
	}
	for i, s := range m.free {
		if s.n >= n {
			if m.free[i] = (span{s.at + n, s.n - n}); s.n == n {
				m.free = slices.Delete(m.free, i, i+1)
			}
			return s.at
		}
	}
	at := m.top
	if k := len(m.free); k > 0 && m.free[k-1].at+m.free[k-1].n == m.top { // grow the last hole
		at = m.free[k-1].at
		m.free = m.free[:k-1]
	}
	m.top = at + n
	return at
}

func (m *memory) give(at, n int) {
	if n == 0 {
		return
	}
	i, _ := slices.BinarySearchFunc(m.free, at, func(s span, at int) int { return s.at - at })
	m.free = slices.Insert(m.free, i, span{at, n})
	if i+1 < len(m.free) && at+n == m.free[i+1].at {
		m.free[i].n += m.free[i+1].n
		m.free = slices.Delete(m.free, i+1, i+2)
	}
	if i > 0 && m.free[i-1].at+m.free[i-1].n == at {
		m.free[i-1].n += m.free[i].n
		m.free = slices.Delete(m.free, i, i+1)
	}
}

// bind makes the launches.
func (b *builder) bind() {
	for _, s := range b.steps {
		s.launch = s.bind(b)
		for l := &s.launch; l != nil; l = l.Next {
			b.p.scratch = max(b.p.scratch, l.Scratch)
		}
	}
	b.p.steps, b.p.waves = b.steps, b.waves
}
