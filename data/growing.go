package data

import (
	"gorae/internal/arrayfile"
	"gorae/internal/mem"
)

// growing is a slice that becomes longer. It lies in one piece of memory where no more values come than are expected.
type growing[T arrayfile.Element] struct {
	values  int // that are expected; 0: it is not known how many
	scratch *arrayfile.Scratch
	parts   [][]T // before the last one
	last    []T
	n       int // values in all parts
}

const (
	// longPart is the number of values of a part from which on another one begins.
	longPart = 1 << 17
	// mostExpected is how many values memory is made for at most before they come: a file may begin unlike the rest.
	mostExpected = 1 << 21
)

// room returns the place for k values more.
func (g *growing[T]) room(k int) []T {
	switch from, size := len(g.last), cap(g.last); {
	case from+k <= size:
	case size < longPart:
		size = max(from+k, 2*size, min(g.values, mostExpected))
		g.last = append(mem.Huge(make([]T, size))[:0], g.last...)
	default:
		part := arrayfile.Put(g.scratch, g.last)
		if g.parts = append(g.parts, part); &part[0] != &g.last[0] && k <= size { // in the file
			g.last = g.last[:0]
		} else {
			g.last = mem.Huge(make([]T, max(k, longPart)))[:0]
		}
	}
	from := len(g.last)
	g.last, g.n = g.last[:from+k], g.n+k
	return g.last[from:]
}

// drop takes the values off again for which there was made room last.
func (g *growing[T]) drop(k int) { g.last, g.n = g.last[:len(g.last)-k], g.n-k }

// whole returns all values.
func (g *growing[T]) whole() []T {
	if len(g.parts) == 0 {
		return g.last[:g.n:g.n]
	}
	out := mem.Huge(make([]T, g.n))[:0]
	for _, p := range g.parts {
		out = append(out, p...)
	}
	return append(out, g.last...)
}
