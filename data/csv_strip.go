package data

import (
	"unsafe"

	"gorae/internal/mem"
)

// strip is the fields of one column, end to end, while a block is cut.
type strip struct {
	text []byte // up to at, with room behind
	at   int
	ends []uint32 // of the fields of rows
}

// room sees to it that some more bytes fit in.
func (s *strip) room(n int) {
	if len(s.text)-s.at < n {
		s.text = append(s.text, make([]byte, len(s.text)+n)...)
	}
}

// add adds a part of a field.
func (s *strip) add(part []byte) {
	s.room(len(part))
	s.at += copy(s.text[s.at:], part)
}

// from returns where the field of a row begins.
func (s *strip) from(row int) int {
	if row == 0 {
		return 0
	}
	return int(s.ends[row-1])
}

// isNumber reports whether the first of some values that is there is a number.
func (s *strip) isNumber(rows int) bool {
	for row := range rows {
		if from, to := s.from(row), int(s.ends[row]); from < to {
			_, _, ok := plainNumber(string(s.text[from:to]))
			return ok
		}
	}
	return false
}

// gather makes pieces of columns of the fields of the rows.
func (c *cutting) gather() {
	rows := len(c.lines)
	if c.columns == nil {
		c.columns = make([]piece, c.width)
	}
	for i := range c.columns {
		c.columns[i] = piece{}
		if rows == 0 {
			continue
		}
		s := &c.strips[i]
		to := &c.slabs[0]
		if s.isNumber(rows) {
			to = &c.slabs[1]
		}
		c.columns[i] = to.piece(s.text[:s.from(rows)], s.ends[:rows], c.again)
	}
}

// slabs are what the fields of columns lie in, most columns of text in the first one and those of numbers in the
// second: the text of numbers is kept, that of others is not where the column is coded.
type slabs [2]slab

// slab is memory for pieces of several columns.
type slab struct {
	text part[byte]
	ends part[uint32]
}

// ownText is the length of the text of a piece from which on it has memory of its own.
const ownText = 16 << 10

// piece returns a copy of a piece; again says that memory is used again.
func (s *slab) piece(text []byte, ends []uint32, again bool) piece {
	p := piece{ends: s.ends.copyOf(ends)}
	if len(text) < ownText || again {
		own := s.text.copyOf(text)
		p.text = unsafe.String(unsafe.SliceData(own), len(own))
	} else {
		p.text = string(text)
	}
	return p
}

// reset gives all memory free, of which the last part is used again.
func (s *slab) reset() {
	s.text.free, s.ends.free = s.text.whole, s.ends.whole
}

// part is a large slice that others are cut of.
type part[T any] struct {
	whole, free []T
}

// Parts are from leastPart to mostPart bytes long, each twice as long as the one before.
const (
	leastPart = 64 << 10
	mostPart  = 8 << 20
)

// copyOf returns a copy of a slice.
func (p *part[T]) copyOf(x []T) []T {
	if len(p.free) < len(x) {
		size := int(unsafe.Sizeof(*new(T)))
		p.whole = mem.Huge(make([]T, max(len(x), min(max(2*len(p.whole), leastPart/size), mostPart/size))))
		p.free = p.whole
	}
	out := p.free[:len(x):len(x)]
	p.free = p.free[len(x):]
	copy(out, x)
	return out
}
