package data

import (
	"iter"
	"math"
	"unsafe"

	"gorae/internal/arrayfile"
)

// spelling is the text of a column's values: in pieces, or as it follows from decimals or a coding.
type spelling struct {
	decimals *decimals
	coding   *coding
	pieces   []piece
	starts   []int    // the first value of each piece, and the number of all
	places   []uint32 // the piece of each stride-th value
	rows     []int    // which of the values these are; nil: all of them in their order
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
	switch {
	case s.decimals != nil:
		return len(s.decimals.how)
	case s.coding != nil:
		return len(s.coding.codes)
	}
	return s.starts[len(s.pieces)]
}

// at returns the text of value i.
func (s *spelling) at(i int) string {
	if s.rows != nil {
		i = s.rows[i]
	}
	switch {
	case s.decimals != nil:
		return s.decimals.at(i)
	case s.coding != nil:
		return s.coding.words[s.coding.codes[i]]
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

// short reports whether value i is a number that its digits stand for, and nothing else: at most 15 in plain numerals.
func (s *spelling) short(i int) bool {
	if s.decimals == nil {
		return false
	}
	if s.rows != nil {
		i = s.rows[i]
	}
	return s.decimals.how[i] < firstWord
}

// alike reports whether values i and j are written alike, as far as it is known without their texts.
func (s *spelling) alike(i, j int) bool {
	if s.decimals == nil {
		return false
	}
	if s.rows != nil {
		i, j = s.rows[i], s.rows[j]
	}
	d := s.decimals
	return d.how[i] == d.how[j] && (d.how[i] >= firstWord ||
		math.Float64bits(d.numbers[i]) == math.Float64bits(d.numbers[j]))
}

// all returns the texts with their numbers, in order.
func (s *spelling) all() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		if s.rows != nil || len(s.pieces) == 0 {
			for i := range s.len() {
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
	held    []byte // the text of the last values, of which no piece is made yet
	ends    []uint32
	pieces  []piece            // the values before those
	scratch *arrayfile.Scratch // where pieces lie; nil: in memory
	n       int                // values
}

// A piece is at least leastPiece bytes long and at most longPiece, where values are not longer, and each twice as long
// as the one before.
const (
	leastPiece = 256
	longPiece  = 1 << 20
)

// len returns the number of values.
func (s *speller) len() int { return s.n }

// room makes room for values and their text.
func (s *speller) room(values, text int) {
	if len(s.held)+text <= cap(s.held) && len(s.ends)+values <= cap(s.ends) {
		return
	}
	texts, ends := cap(s.held), cap(s.ends)
	s.finish()
	if cap(s.held) < text {
		s.held = make([]byte, 0, max(text, min(2*texts, longPiece), leastPiece))
	}
	if cap(s.ends) < values {
		s.ends = make([]uint32, 0, max(values, min(2*ends, longPiece/4), leastPiece/16))
	}
}

// add adds a value.
func (s *speller) add(value string) {
	s.room(1, len(value))
	s.held = append(s.held, value...)
	s.ends = append(s.ends, uint32(len(s.held)))
	s.n++
}

// join adds the values of a piece, whose memory is not kept.
func (s *speller) join(p piece) {
	s.room(len(p.ends), len(p.text))
	from := uint32(len(s.held))
	s.held = append(s.held, p.text...)
	for _, end := range p.ends {
		s.ends = append(s.ends, from+end)
	}
	s.n += len(p.ends)
}

// finish makes a piece of what is held. Its memory is used again where the piece lies in a file.
func (s *speller) finish() {
	if len(s.ends) == 0 {
		return
	}
	p := piece{arrayfile.PutText(s.scratch, s.held), arrayfile.Put(s.scratch, s.ends)}
	s.pieces = append(s.pieces, p)
	if s.held = s.held[:0]; unsafe.StringData(p.text) == unsafe.SliceData(s.held) {
		s.held = nil
	}
	if s.ends = s.ends[:0]; &p.ends[0] == unsafe.SliceData(s.ends) {
		s.ends = nil
	}
}

// spelling returns the spellings that were added.
func (s *speller) spelling() *spelling {
	s.finish()
	return ofPieces(s.pieces)
}

// ofPieces returns the spelling of values in pieces.
func ofPieces(pieces []piece) *spelling {
	out := &spelling{pieces: pieces, starts: make([]int, 1, len(pieces)+1)}
	n := 0
	for k, p := range pieces {
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
