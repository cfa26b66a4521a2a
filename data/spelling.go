package data

import (
	"iter"
	"slices"
	"strings"
	"unsafe"

	"gorae/internal/arrayfile"
)

// spelling is the text of a column's values, in pieces.
type spelling struct {
	pieces []piece
	starts []int    // the first value of each piece, and the number of all
	places []uint32 // the piece of each stride-th value
	rows   []int    // which of the values these are; nil: all of them in their order
}

// piece is the text of consecutive values, less than 4 GiB, and where each value ends in it.
type piece struct {
	text string
	ends []uint32
}

// stride is the distance of the values whose piece is noted.
const stride = 1 << 10

// len returns the number of values.
func (s *spelling) len() int {
	if s.rows != nil {
		return len(s.rows)
	}
	return s.starts[len(s.pieces)]
}

// at returns the text of value i.
func (s *spelling) at(i int) string {
	if s.rows != nil {
		i = s.rows[i]
	}
	k := s.places[i/stride]
	for i >= s.starts[k+1] {
		k++
	}
	return s.pieces[k].at(i - s.starts[k])
}

// at returns the text of value i.
func (p *piece) at(i int) string {
	if i == 0 {
		return p.text[:p.ends[0]]
	}
	return p.text[p.ends[i-1]:p.ends[i]]
}

// all returns the texts with their numbers, in order.
func (s *spelling) all() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		if s.rows != nil {
			for i := range s.rows {
				if !yield(i, s.at(i)) {
					return
				}
			}
			return
		}
		i := 0
		for _, p := range s.pieces {
			from := uint32(0)
			for _, to := range p.ends {
				if !yield(i, p.text[from:to]) {
					return
				}
				i++
				from = to
			}
		}
	}
}

// pick returns the spelling of some of the values.
func (s *spelling) pick(rows []int) *spelling {
	if s == nil {
		return nil
	}
	out := *s
	if out.rows = rows; s.rows != nil {
		out.rows = pick(s.rows, rows)
	}
	return &out
}

// speller gathers a column's values end to end, so that a file costs little more than its own size, and not an
// allocation per field. It is not to be copied.
type speller struct {
	text    strings.Builder
	ends    []uint32
	pieces  []piece            // the values before those
	scratch *arrayfile.Scratch // where pieces lie; nil: in memory
	held    []byte             // the text of the last values, where there is a file, in which it is not yet
}

// longPiece is the length of a text from which on a speller begins another piece.
const longPiece = 1 << 30

func (s *speller) add(value string) {
	if s.scratch != nil {
		s.held = append(s.held, value...)
		s.ends = append(s.ends, uint32(len(s.held)))
		s.spill(filedPiece)
		return
	}
	s.text.WriteString(value)
	s.ends = append(s.ends, uint32(s.text.Len()))
	if s.text.Len() >= longPiece {
		s.finish()
	}
}

// finish makes a piece of what was added.
func (s *speller) finish() {
	if s.scratch != nil {
		s.spill(0)
		s.held, s.ends = nil, nil
		return
	}
	if len(s.ends) > 0 {
		s.pieces = append(s.pieces, piece{s.text.String(), s.ends})
		s.ends = nil
		s.text.Reset()
	}
}

// filedPiece is the length of the text of a piece in a file.
const filedPiece = 1 << 20

// spill makes a piece of the file of what is held, from a length on.
func (s *speller) spill(from int) {
	if len(s.held) < from && len(s.ends) < from || len(s.ends) == 0 {
		return
	}
	text := arrayfile.PutText(s.scratch, s.held)
	ends := arrayfile.Put(s.scratch, s.ends)
	if !filed(text, s.held) {
		text = string(s.held)
	}
	if &ends[0] == &s.ends[0] {
		ends = slices.Clone(ends)
	}
	s.pieces = append(s.pieces, piece{text, ends})
	s.held, s.ends = s.held[:0], s.ends[:0]
}

// filed reports whether a text lies elsewhere than the bytes that it was made of.
func filed(text string, of []byte) bool {
	return len(of) > 0 && unsafe.StringData(text) != unsafe.SliceData(of)
}

// join adds the values of a piece, of which there is one at least. With a file the piece may be changed afterwards.
func (s *speller) join(p piece) {
	if s.scratch != nil {
		from := uint32(len(s.held))
		s.held = append(s.held, p.text...)
		for _, end := range p.ends {
			s.ends = append(s.ends, from+end)
		}
		s.spill(filedPiece)
		return
	}
	s.finish()
	s.pieces = append(s.pieces, p)
}

// spelling returns the spellings that were added.
func (s *speller) spelling() *spelling {
	s.finish()
	out := &spelling{pieces: s.pieces, starts: make([]int, 1, len(s.pieces)+1)}
	n := 0
	for k, p := range s.pieces {
		n += len(p.ends)
		out.starts = append(out.starts, n)
		for len(out.places)*stride < n {
			out.places = append(out.places, uint32(k))
		}
	}
	return out
}

// spells reports whether the column knows how its values were written.
func (c *Column) spells() bool { return c.Kind == Category || c.spelled != nil }

// spelling returns the text of the values.
func (c *Column) spelling() *spelling {
	if c.spelled != nil {
		return c.spelled
	}
	var s speller
	for _, v := range c.Texts() {
		s.add(v)
	}
	return s.spelling()
}
