package data

import "unsafe"

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

// gather makes pieces of columns of the fields of the rows, which lie in the strips.
func (b *block) gather() {
	rows := len(b.lines)
	for i := range b.columns {
		if b.columns[i] = (piece{}); rows > 0 {
			s := &b.strips[i]
			b.columns[i] = piece{unsafe.String(unsafe.SliceData(s.text), s.from(rows)), s.ends[:rows]}
		}
	}
}
