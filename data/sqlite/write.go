package sqlite

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// Table is the content of a table to be written. Values of rows are int, int64, float64, string, []byte or nil; NaN is
// NULL.
type Table struct {
	Name    string
	Columns []string
	Rows    [][]any
}

// pageSize is the size of the pages that Write writes.
const pageSize = 4096

// Write writes a database with these tables, whose columns have no type: page 1 with the header and the table
// sqlite_schema, then each table's b-tree from its leaves up. Names of tables and columns are words without quotes.
func Write(w io.Writer, tables ...Table) error {
	b := &writer{pages: make([][]byte, 1)}
	var schema [][]byte
	for _, t := range tables {
		root, err := b.table(t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		p, err := encode([]any{"table", t.Name, t.Name, int64(root),
			"CREATE TABLE " + t.Name + "(" + strings.Join(t.Columns, ", ") + ")"})
		if err != nil {
			return err
		}
		schema = append(schema, p)
	}
	leaf := newPage(tableLeaf, 100)
	for i, p := range schema {
		if !leaf.add(b.cell(int64(i+1), p)) {
			return fmt.Errorf("the description of %d tables fills more than a page", len(tables))
		}
	}
	b.pages[0] = leaf.bytes()
	b.header()
	for _, p := range b.pages {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}

// writer collects the pages of a database; number n is pages[n-1].
type writer struct{ pages [][]byte }

// header fills the first hundred bytes.
func (b *writer) header() {
	h := b.pages[0]
	copy(h, magic)
	binary.BigEndian.PutUint16(h[16:], pageSize)
	h[18], h[19], h[21], h[22], h[23] = 1, 1, 64, 32, 32 // a rollback journal, and the fractions that are fixed
	for _, f := range []struct{ at, v int }{
		{24, 1}, {28, len(b.pages)}, {40, 1}, {44, 4}, {56, 1}, {92, 1}, {96, 3045000},
	} {
		binary.BigEndian.PutUint32(h[f.at:], uint32(f.v))
	}
}

// put adds a page and returns its number.
func (b *writer) put(p []byte) uint32 {
	b.pages = append(b.pages, p)
	return uint32(len(b.pages))
}

// child is a page of a b-tree with the greatest number of a row in it.
type child struct {
	page uint32
	last int64
}

// table writes the b-tree of a table and returns its root.
func (b *writer) table(t Table) (uint32, error) {
	var level []child
	leaf := newPage(tableLeaf, 0)
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return 0, fmt.Errorf("row %d has %d values, not %d", i+1, len(row), len(t.Columns))
		}
		p, err := encode(row)
		if err != nil {
			return 0, fmt.Errorf("row %d: %w", i+1, err)
		}
		c := b.cell(int64(i+1), p)
		if !leaf.add(c) {
			level = append(level, child{b.put(leaf.bytes()), int64(i)})
			leaf = newPage(tableLeaf, 0)
			leaf.add(c)
		}
	}
	level = append(level, child{b.put(leaf.bytes()), int64(len(t.Rows))})
	for len(level) > 1 {
		level = b.inner(level)
	}
	return level[0].page, nil
}

// inner writes the pages above a level.
func (b *writer) inner(level []child) (above []child) {
	const most = (pageSize - 12) / (2 + 4 + 9) // cells that fit whatever the numbers of rows
	pages := (len(level) + most) / (most + 1)
	for k := range pages { // as many children in each, so that none is alone
		part := level[k*len(level)/pages : (k+1)*len(level)/pages]
		p := newPage(tableInner, 0)
		for _, c := range part[:len(part)-1] {
			p.add(appendVarint(binary.BigEndian.AppendUint32(nil, c.page), uint64(c.last)))
		}
		end := part[len(part)-1]
		p.right = end.page
		above = append(above, child{b.put(p.bytes()), end.last})
	}
	return above
}

// cell returns the cell of a row in a leaf; what does not fit goes to overflow pages.
func (b *writer) cell(rowid int64, payload []byte) []byte {
	c := appendVarint(appendVarint(nil, uint64(len(payload))), uint64(rowid))
	const most, least = pageSize - 35, (pageSize-12)*32/255 - 23
	if len(payload) <= most {
		return append(c, payload...)
	}
	local := least + (len(payload)-least)%(pageSize-4)
	if local > most {
		local = least
	}
	rest := payload[local:]
	c = binary.BigEndian.AppendUint32(append(c, payload[:local]...), uint32(len(b.pages)+1))
	for len(rest) > 0 {
		p := make([]byte, pageSize)
		n := copy(p[4:], rest)
		if rest = rest[n:]; len(rest) > 0 {
			binary.BigEndian.PutUint32(p, uint32(len(b.pages)+2))
		}
		b.put(p)
	}
	return c
}

// page is a page of a b-tree: its header and the places of the cells grow from the front, the cells from the back.
type page struct {
	data  []byte
	head  int // where the header stands: behind that of the file on page 1
	kind  byte
	cells int
	free  int    // where the last cell begins
	right uint32 // the last child of an inner page
}

func newPage(kind byte, head int) *page {
	return &page{data: make([]byte, pageSize), head: head, kind: kind, free: pageSize}
}

// first is where the places of the cells begin.
func (p *page) first() int {
	if p.kind == tableInner {
		return p.head + 12
	}
	return p.head + 8
}

// add puts a cell into the page, if there is room.
func (p *page) add(cell []byte) bool {
	at := p.first() + 2*p.cells
	if at+2 > p.free-len(cell) {
		return false
	}
	p.free -= len(cell)
	copy(p.data[p.free:], cell)
	binary.BigEndian.PutUint16(p.data[at:], uint16(p.free))
	p.cells++
	return true
}

func (p *page) bytes() []byte {
	h := p.data[p.head:]
	h[0] = p.kind
	binary.BigEndian.PutUint16(h[3:], uint16(p.cells))
	binary.BigEndian.PutUint16(h[5:], uint16(p.free))
	if p.kind == tableInner {
		binary.BigEndian.PutUint32(h[8:], p.right)
	}
	return p.data
}

// encode returns a record.
func encode(row []any) ([]byte, error) {
	var types, body []byte
	for _, v := range row {
		var t uint64
		switch v := v.(type) {
		case nil:
		case int:
			t, body = whole(body, int64(v))
		case int64:
			t, body = whole(body, v)
		case float64:
			if !math.IsNaN(v) {
				t, body = 7, binary.BigEndian.AppendUint64(body, math.Float64bits(v))
			}
		case string:
			t, body = 13+2*uint64(len(v)), append(body, v...)
		case []byte:
			t, body = 12+2*uint64(len(v)), append(body, v...)
		default:
			return nil, fmt.Errorf("%T is no value of a database", v)
		}
		types = appendVarint(types, t)
	}
	size := len(types) + 1
	if size > 127 { // the length counts itself
		size++
	}
	return append(append(appendVarint(nil, uint64(size)), types...), body...), nil
}

// whole appends a whole number in its shortest form and returns its type.
func whole(body []byte, v int64) (uint64, []byte) {
	for t, bits := range []uint{0, 8, 16, 24, 32, 48} {
		if t > 0 && v >= -1<<(bits-1) && v < 1<<(bits-1) {
			for at := int(bits) - 8; at >= 0; at -= 8 {
				body = append(body, byte(v>>at))
			}
			return uint64(t), body
		}
	}
	return 6, binary.BigEndian.AppendUint64(body, uint64(v))
}

// appendVarint appends a number of seven bits a byte, the highest first.
func appendVarint(b []byte, v uint64) []byte {
	if v > 1<<56-1 { // the ninth byte has eight bits
		for shift := 57; shift >= 8; shift -= 7 {
			b = append(b, byte(v>>shift)&0x7f|0x80)
		}
		return append(b, byte(v))
	}
	n := 1
	for x := v >> 7; x > 0; x >>= 7 {
		n++
	}
	for n--; n > 0; n-- {
		b = append(b, byte(v>>(7*n))&0x7f|0x80)
	}
	return append(b, byte(v)&0x7f)
}
