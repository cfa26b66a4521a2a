package data

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"gorae/internal/kernel/marks"
)

// cutter is what the fields of a CSV file's blocks are cut by. It knows what the scanner knows, but for single CR as
// line ends, blank lines that are rows, records of another width and errors, which it leaves to the scanner.
type cutter struct {
	comma   byte
	quotes  bool
	rows    bool    // blank lines are rows
	decoded bool    // U+FFFD stands for bytes that are none of the encoding
	width   int     // fields of a record
	title   []field // the header where lines that repeat it are passed over, else nil
}

// padding is how many bytes behind a block's text may be read, whatever they are.
const padding = 64

// block is a part of a CSV file from the beginning of a record on, cut into fields.
type block struct {
	text   []byte // with at least padding bytes of capacity behind
	end    int    // where the whole records end, of which the fields are cut
	odd    bool   // what stands at end is for the scanner
	lines  []int  // on which rows begin, from 0
	blanks []int  // lines without a field
	feeds  int    // line ends before end
	last   int    // the line of the last record, −1 without one

	marks, repeated, first int // byte order marks; lines that repeat the header, and the first of them
	strips                 []strip
	columns                []piece // the fields of the rows, in the strips
}

const (
	ones  = 0x0101010101010101
	upper = 0x80 * ones
)

func load(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

// cut cuts the text of a block into records; final says that the file ends behind it, else a record ends where its line
// end does.
func (c *cutting) cut(k *cutter, b *block, final bool) {
	c.cutter, c.block, c.final = k, b, final
	b.empty()
	mark := byte('"')
	if !k.quotes {
		mark = '\n'
	}
	var seen marks.Seen
	c.places, seen = marks.Find(c.places, b.text, k.comma, '\n', mark, '\r')
	c.returns = seen&marks.Fourth != 0
	if seen&marks.Zero != 0 || seen&marks.Upper != 0 && (!utf8.Valid(b.text) ||
		k.decoded && bytes.ContainsRune(b.text, utf8.RuneError)) {
		b.odd = true
	} else {
		c.begin()
		c.run()
		// Some CR may stand alone.
		if c.returns && bytes.Count(b.text[:b.end], []byte{'\r'}) != c.crlf {
			b.empty()
			b.odd = true
		}
	}
	c.gather()
}

// empty takes all records from a block.
func (b *block) empty() {
	b.end, b.odd, b.feeds, b.last, b.marks, b.repeated = 0, false, 0, -1, 0, 0
	b.lines, b.blanks = b.lines[:0], nil
}

// cutting is a block while it is cut, and what one thread needs for that.
type cutting struct {
	*cutter
	*block
	final   bool
	places  []uint64 // of separators, line ends and quotation marks: see marks.Find
	returns bool     // there are CR in the text
	crlf    int      // CR LF before end
	seen    int      // CR LF before the present place
	line    int      // line ends before the present place
	begins  int      // the line on which the present record begins
	quoted  bool     // a field of the record was in quotes
	marked  bool     // a byte order mark stands before the record
}

// begin makes room for the fields of the block.
func (c *cutting) begin() {
	c.crlf, c.seen, c.line = 0, 0, 0
	if c.strips == nil {
		c.strips, c.columns = make([]strip, c.width), make([]piece, c.width)
	}
	// A record has a byte for each of its fields at least, but the last one of a file.
	for most, i := len(c.text)/c.width+2, 0; i < c.width; i++ {
		s := &c.strips[i]
		s.at = 0
		if s.room(most); len(s.ends) < most {
			s.ends = make([]uint32, most)
		}
	}
}

func (c *cutting) run() {
	text, n, comma := c.text[:len(c.text)+padding], len(c.text), c.comma
	strips, row := c.strips, 0
	from, field, skip := c.record(0), 0, 0
	for g, mask := range c.places {
		for ; mask != 0; mask &= mask - 1 {
			to := 64*g + bits.TrailingZeros64(mask)
			if to < skip { // in quotes
				continue
			}
			kind := text[to]
			if kind == '"' && skipBlanks(text[from:to], comma) != to-from {
				continue // a character like any other
			}
			if field == len(strips) {
				c.odd = true
				return
			}
			s := &strips[field]
			if kind == '"' {
				end := c.inQuotes(s, to)
				if end < 0 {
					return
				}
				s.ends[row] = uint32(s.at)
				if end == n {
					c.finish(n, field+1)
					return
				}
				to, kind, skip = end, text[end], end+1
			} else {
				a, b := from, to
				if c.returns && kind == '\n' && b > a && text[b-1] == '\r' {
					b--
					c.seen++
				}
				if a < b && (text[a] <= ' ' || text[b-1] <= ' ') {
					a, b = trim(text, a, b, comma)
				}
				if at := s.at; b-a <= 16 && at+16 <= len(s.text) {
					// What is copied beyond the field is overwritten by the next one.
					*(*[16]byte)(s.text[at:]) = *(*[16]byte)(text[a:])
					s.at = at + b - a
				} else {
					s.add(text[a:b])
				}
				s.ends[row] = uint32(s.at)
			}
			field++
			if from = to + 1; kind == '\n' {
				c.line++
				if !c.finish(from, field) {
					return
				}
				from, field, row = c.record(from), 0, len(c.lines)
			}
		}
	}
	switch {
	case from >= n && field == 0 && (c.final || !c.marked): // no record is begun
		c.end = n
		if c.marked {
			c.marks++
		}
	case c.final && field == c.width:
		c.odd = true
	case c.final:
		a, b := trim(text, from, n, comma)
		s := &strips[field]
		s.add(text[a:b])
		s.ends[row] = uint32(s.at)
		c.finish(n, field+1)
	}
}

// blankIn reports whether a byte is a blank around fields that a comma separates.
func blankIn(b, comma byte) bool { return b == ' ' || b == '\t' && comma != '\t' }

// trim returns the bounds of a field without the blanks around it.
func trim(text []byte, a, b int, comma byte) (from, to int) {
	for a < b && blankIn(text[a], comma) {
		a++
	}
	for b > a && blankIn(text[b-1], comma) {
		b--
	}
	return a, b
}

// skipBlanks returns the number of blanks at the beginning of a text.
func skipBlanks(text []byte, comma byte) int {
	n := 0
	for n < len(text) && blankIn(text[n], comma) {
		n++
	}
	return n
}

// record begins a record and returns where its first field begins: behind a byte order mark.
func (c *cutting) record(at int) int {
	c.begins, c.quoted, c.marked = c.line, false, false
	if t := c.text[at:]; len(t) >= len(bom) && t[0] == bom[0] && string(t[:len(bom)]) == bom {
		c.marked = true
		return at + len(bom)
	}
	return at
}

// finish ends a record of some fields before the place next. It returns false where the scanner has to read it.
func (c *cutting) finish(next, fields int) bool {
	row := len(c.lines)
	switch first := &c.strips[0]; {
	case fields == 1 && first.at == first.from(row) && !c.quoted:
		if c.odd = c.rows; c.odd {
			return false
		}
		c.blanks = append(c.blanks, c.begins)
	case fields != c.width:
		c.odd = true
		return false
	case c.title != nil && c.repeats(row):
		if c.repeated++; c.repeated == 1 {
			c.block.first = c.begins
		}
		c.last = c.begins
		for i := range c.strips {
			c.strips[i].at = c.strips[i].from(row)
		}
	default:
		c.lines, c.last = append(c.lines, c.begins), c.begins
	}
	if c.marked {
		c.marks++
	}
	c.end, c.feeds, c.crlf = next, c.line, c.seen
	return true
}

// repeats reports whether the fields of a row are those of the header.
func (c *cutting) repeats(row int) bool {
	for i, t := range c.title {
		s := &c.strips[i]
		if from := s.from(row); s.at-from != len(t.text) || string(s.text[from:s.at]) != t.text {
			return false
		}
	}
	return true
}

// inQuotes adds the field whose opening mark stands at a place. end is where its separator or line end stands, or the
// end of the text; −1 where the field does not end in the text, or the scanner has to read it.
func (c *cutting) inQuotes(s *strip, at int) (end int) {
	c.quoted = true
	text, n := c.text, len(c.text)
	start, from := s.at, at+1
	to := from
	for {
		k := bytes.IndexByte(text[to:], '"')
		if k < 0 {
			c.odd = c.final
			return -1
		}
		if to += k; to+1 == n || text[to+1] != '"' {
			break
		}
		s.add(text[from : to+1])
		to += 2
		from = to
	}
	s.add(text[from:to])
	inside := text[at+1 : to]
	c.line += bytes.Count(inside, []byte{'\n'})
	if c.returns && bytes.IndexByte(inside, '\r') >= 0 {
		c.seen += bytes.Count(inside, []byte("\r\n"))
		s.at = start + copy(s.text[start:], bytes.ReplaceAll(s.text[start:s.at], []byte("\r\n"), []byte{'\n'}))
	}
	end = to + 1
	end += skipBlanks(text[end:], c.comma)
	switch {
	case end == n:
		if !c.final {
			end = -1
		}
		return end
	case text[end] == '\r' && end+1 < n && text[end+1] == '\n':
		c.seen++
		return end + 1
	case text[end] != '\n' && text[end] != c.comma:
		c.odd, end = true, -1
	}
	return end
}
