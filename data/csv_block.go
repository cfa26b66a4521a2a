package data

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
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
	again   bool    // what a block's fields were gathered in is used again
}

// cell is the place of a field in a block's text; with aside in from, in the block's other text.
type cell struct{ from, to uint32 }

// aside marks fields that are not in the text as they mean: with doubled quotation marks, or CR LF in quotes.
const aside = 1 << 31

// padding is how many bytes behind a block's text may be read, whatever they are.
const padding = 64

// block is a part of a CSV file from the beginning of a record on, cut into fields.
type block struct {
	text   []byte // with at least padding bytes of capacity behind
	end    int    // where the whole records end, of which the fields are cut
	odd    bool   // what stands at end is for the scanner
	cells  []cell // of the rows, column by column: field f of row r is cells[f*most+r]
	most   int    // rows that there is room for
	other  []byte // the fields that are aside
	found  []uint32
	lines  []int // on which rows begin, from 0
	blanks []int // lines without a field
	feeds  int   // line ends before end
	last   int   // the line of the last record, −1 without one

	marks, repeated, first int // byte order marks; lines that repeat the header, and the first of them
	columns                []piece
	bytes                  [][]byte // the texts of the columns, where they are used again
}

const (
	ones   = 0x0101010101010101
	lower7 = 0x7f * ones
	upper  = 0x80 * ones
)

// marks returns which bytes of a word of eight are one of three characters of ASCII, each of which stands in all eight
// bytes of a, b and c: the bit of the place for each.
func marks(word, a, b, c uint64) uint64 {
	w := word & lower7
	others := ((w ^ a) + lower7) & ((w ^ b) + lower7) & ((w ^ c) + lower7)
	// The product has the upper bits of the eight bytes side by side in its upper byte.
	return (^(others | word) & upper) >> 7 * 0x0102040810204080 >> 56
}

func load(b []byte, at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }

// cut cuts the text into records; final says that the file ends behind it, else a record ends where its line end does.
func (k *cutter) cut(b *block, final bool) {
	b.empty()
	// A record has a byte for each of its fields at least, but the last one of a file.
	if b.most = len(b.text)/k.width + 2; len(b.cells) < b.most*k.width {
		b.cells = make([]cell, b.most*k.width)
	}
	if bytes.IndexByte(b.text, 0) >= 0 || !utf8.Valid(b.text) ||
		k.decoded && bytes.ContainsRune(b.text, utf8.RuneError) {
		b.odd = true
		return
	}
	c := cutting{cutter: k, block: b, final: final, returns: bytes.IndexByte(b.text, '\r') >= 0}
	c.run()
	if c.returns && bytes.Count(b.text[:b.end], []byte{'\r'}) != c.crlf { // some stand alone
		b.empty()
		b.odd = true
	}
}

// empty takes all records from a block.
func (b *block) empty() {
	b.end, b.odd, b.feeds, b.last, b.marks, b.repeated = 0, false, 0, -1, 0, 0
	b.other, b.lines, b.blanks = b.other[:0], b.lines[:0], nil
}

// cutting is a block while it is cut.
type cutting struct {
	*cutter
	*block
	final   bool
	returns bool // there are CR in the text
	crlf    int  // CR LF before end
	seen    int  // CR LF before the present place
	line    int  // line ends before the present place
	begins  int  // the line on which the present record begins
	quoted  bool // a field of the record was in quotes
	marked  bool // a byte order mark stands before the record
}

func (c *cutting) run() {
	text, n, comma := c.text, len(c.text), c.comma
	c.find()
	cells, most, width := c.cells, c.most, c.width
	from, field, slot, skip := c.begin(0), 0, 0, 0
	for _, mark := range c.found {
		to := int(mark)
		if to < skip { // in quotes
			continue
		}
		kind := text[to]
		if kind == '"' && skipBlanks(text[from:to], comma) != to-from {
			continue // a character like any other
		}
		if field == width {
			c.odd = true
			return
		}
		if kind == '"' {
			place, end := c.inQuotes(to)
			if end < 0 {
				return
			}
			cells[slot] = place
			if end == n {
				c.record(n, field+1)
				return
			}
			to, kind, skip = end, text[end], end+1
		} else {
			a, b := from, to
			if c.returns && kind == '\n' && b > a && text[b-1] == '\r' {
				b--
				c.seen++
			}
			for a < b && text[a] <= ' ' && blankIn(text[a], comma) {
				a++
			}
			for b > a && text[b-1] <= ' ' && blankIn(text[b-1], comma) {
				b--
			}
			cells[slot] = cell{uint32(a), uint32(b)}
		}
		field++
		slot += most
		if from = to + 1; kind == '\n' {
			c.line++
			if !c.record(from, field) {
				return
			}
			from, field, slot = c.begin(from), 0, len(c.lines)
		}
	}
	switch {
	case from >= n && field == 0 && (c.final || !c.marked): // no record is begun
		c.end = n
		if c.marked {
			c.marks++
		}
	case c.final && field == width:
		c.odd = true
	case c.final:
		a, b := from, n
		a += skipBlanks(text[a:b], comma)
		for b > a && blankIn(text[b-1], comma) {
			b--
		}
		cells[slot] = cell{uint32(a), uint32(b)}
		c.record(n, field+1)
	}
}

// find sets found to the places of separators, line ends and quotation marks.
func (c *cutting) find() {
	text, n := c.text[:len(c.text)+padding], len(c.text)
	commas, feeds, quotes := ones*uint64(c.comma), uint64(ones*'\n'), uint64(ones*'"')
	if !c.quotes || bytes.IndexByte(c.text, '"') < 0 {
		quotes = feeds
	}
	found, k := c.found[:cap(c.found)], 0
	for at := 0; at < n; at += 64 {
		t := text[at : at+64]
		mask := marks(load(t, 0), commas, feeds, quotes) | marks(load(t, 8), commas, feeds, quotes)<<8 |
			marks(load(t, 16), commas, feeds, quotes)<<16 | marks(load(t, 24), commas, feeds, quotes)<<24 |
			marks(load(t, 32), commas, feeds, quotes)<<32 | marks(load(t, 40), commas, feeds, quotes)<<40 |
			marks(load(t, 48), commas, feeds, quotes)<<48 | marks(load(t, 56), commas, feeds, quotes)<<56
		if n-at < 64 {
			mask &= 1<<(n-at) - 1
		}
		if len(found)-k < 64 {
			found = append(found, make([]uint32, len(found)+64)...)
		}
		for ; mask != 0; mask &= mask - 1 {
			found[k] = uint32(at + bits.TrailingZeros64(mask))
			k++
		}
	}
	c.found = found[:k]
}

// blankIn reports whether a byte is a blank around fields that a comma separates.
func blankIn(b, comma byte) bool { return b == ' ' || b == '\t' && comma != '\t' }

// skipBlanks returns the number of blanks at the beginning of a text.
func skipBlanks(text []byte, comma byte) int {
	n := 0
	for n < len(text) && blankIn(text[n], comma) {
		n++
	}
	return n
}

// begin begins a record and returns where its first field begins: behind a byte order mark.
func (c *cutting) begin(at int) int {
	c.begins, c.quoted, c.marked = c.line, false, false
	if t := c.text[at:]; len(t) >= len(bom) && t[0] == bom[0] && string(t[:len(bom)]) == bom {
		c.marked = true
		return at + len(bom)
	}
	return at
}

// record ends a record of some fields before the place next. It returns false where the scanner has to read it.
func (c *cutting) record(next, fields int) bool {
	row := len(c.lines)
	switch {
	case fields == 1 && c.cells[row].from == c.cells[row].to && !c.quoted:
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
	default:
		c.lines, c.last = append(c.lines, c.begins), c.begins
	}
	if c.marked {
		c.marks++
	}
	c.end, c.feeds, c.crlf = next, c.line, c.seen
	return true
}

// field returns what a cell holds.
func (b *block) field(c cell) []byte {
	if c.from&aside != 0 {
		return b.other[c.from&^aside : c.to&^aside]
	}
	return b.text[c.from:c.to]
}

// repeats reports whether the fields of a row are those of the header.
func (c *cutting) repeats(row int) bool {
	for i, t := range c.title {
		f := c.cells[i*c.most+row]
		if int(f.to-f.from) != len(t.text) || string(c.field(f)) != t.text {
			return false
		}
	}
	return true
}

// inQuotes cuts the field whose opening mark stands at a place. end is where its separator or line end stands, or the
// end of the text; −1 where the field does not end in the text, or the scanner has to read it.
func (c *cutting) inQuotes(at int) (place cell, end int) {
	c.quoted = true
	text, n := c.text, len(c.text)
	start, from, doubled := len(c.other), at+1, false
	to := from
	for {
		k := bytes.IndexByte(text[to:], '"')
		if k < 0 {
			c.odd = c.final
			return cell{}, -1
		}
		if to += k; to+1 == n || text[to+1] != '"' {
			break
		}
		c.other, doubled = append(c.other, text[from:to+1]...), true
		to += 2
		from = to
	}
	inside := text[at+1 : to]
	c.line += bytes.Count(inside, []byte{'\n'})
	switch {
	case c.returns && bytes.IndexByte(inside, '\r') >= 0:
		c.seen += bytes.Count(inside, []byte("\r\n"))
		plain := append(bytes.Clone(c.other[start:]), text[from:to]...)
		c.other = append(c.other[:start], bytes.ReplaceAll(plain, []byte("\r\n"), []byte{'\n'})...)
		place = cell{uint32(start) | aside, uint32(len(c.other)) | aside}
	case doubled:
		c.other = append(c.other, text[from:to]...)
		place = cell{uint32(start) | aside, uint32(len(c.other)) | aside}
	default:
		place = cell{uint32(from), uint32(to)}
	}
	end = to + 1
	end += skipBlanks(text[end:], c.comma)
	switch {
	case end == n:
		if !c.final {
			end = -1
		}
		return place, end
	case text[end] == '\r' && end+1 < n && text[end+1] == '\n':
		c.seen++
		return place, end + 1
	case text[end] != '\n' && text[end] != c.comma:
		c.odd, end = true, -1
	}
	return place, end
}

// gather makes pieces of columns of the fields.
func (k *cutter) gather(b *block) {
	if !k.again || b.columns == nil {
		b.columns, b.bytes = make([]piece, k.width), make([][]byte, k.width)
	}
	text := b.text[:len(b.text)+padding]
	for i := range b.columns {
		cells := b.cells[i*b.most:][:len(b.lines)]
		total := 0
		for _, c := range cells {
			total += int(c.to - c.from)
		}
		to, ends := b.bytes[i], b.columns[i].ends
		if cap(to) < total+padding {
			to = make([]byte, total+padding)
		}
		if cap(ends) < len(cells) {
			ends = make([]uint32, len(cells))
		}
		to, ends = to[:total+padding], ends[:len(cells)]
		at := 0
		for r, c := range cells {
			if n := int(c.to - c.from); c.from&aside == 0 && n <= 16 {
				// What is copied beyond the field is overwritten by the next one.
				binary.LittleEndian.PutUint64(to[at:], load(text, int(c.from)))
				if n > 8 {
					binary.LittleEndian.PutUint64(to[at+8:], load(text, int(c.from)+8))
				}
				at += n
			} else {
				at += copy(to[at:], b.field(c))
			}
			ends[r] = uint32(at)
		}
		b.columns[i] = piece{unsafe.String(unsafe.SliceData(to), total), ends}
		b.bytes[i] = to
	}
}
