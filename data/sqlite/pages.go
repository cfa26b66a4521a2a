package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf16"
)

// magic begins every database.
var magic = string([]byte{'S', 'Q', 'L', 'i', 't', 'e', ' ', 'f', 'o', 'r', 'm', 'a', 't', ' ', '3', 0})

var errDamaged = errors.New("the database is damaged; copy it again, or run PRAGMA integrity_check")

// database is the bytes of a file.
type database struct {
	file     []byte
	size     int // of a page
	usable   int // bytes of a page without those that are reserved at its end
	encoding uint32
}

// open reads the header of the file.
func open(file []byte) (*database, error) {
	if len(file) < 100 || string(file[:len(magic)]) != magic {
		return nil, errors.New("it does not begin as an SQLite database does; give it the extension of its format")
	}
	d := &database{file: file, size: int(binary.BigEndian.Uint16(file[16:])),
		encoding: binary.BigEndian.Uint32(file[56:])}
	if d.size == 1 {
		d.size = 1 << 16
	}
	d.usable = d.size - int(file[20])
	if d.size < 512 || d.size&(d.size-1) != 0 || d.usable < 480 || d.encoding > 3 || file[18] > 2 || file[19] > 2 {
		return nil, errDamaged
	}
	if len(file) < d.size {
		return nil, errors.New("the file was cut off; copy it again")
	}
	return d, nil
}

// page returns a page by its number, from 1; a part of a page is none.
func (d *database) page(n uint32) ([]byte, error) {
	if n == 0 || uint64(n)*uint64(d.size) > uint64(len(d.file)) {
		return nil, fmt.Errorf("page %d lies beyond the end of the file; copy it again", n)
	}
	return d.file[(int(n)-1)*d.size:][:d.size], nil
}

// The kinds of pages of b-trees.
const (
	indexInner = 2
	tableInner = 5
	indexLeaf  = 10
	tableLeaf  = 13
)

// tree walks over the cells of a b-tree. A page may be met once, and all payloads together are no more bytes than the
// file: the walk ends, whatever the file says.
type tree struct {
	*database
	index bool // keys are records, and inner pages hold some of them
	seen  map[uint32]bool
	left  int                               // bytes of payloads that may still come
	see   func(rowid int64, p []byte) error // nil: cells are counted alone
	count int
}

// mostDeep is the number of pages of a b-tree one below the other.
const mostDeep = 24

func (d *database) tree(index bool, see func(int64, []byte) error) *tree {
	return &tree{database: d, index: index, seen: map[uint32]bool{}, left: len(d.file), see: see}
}

// walk goes over a page and those below it.
func (t *tree) walk(n uint32, deep int) error {
	if t.seen[n] || deep > mostDeep {
		return errDamaged
	}
	t.seen[n] = true
	p, err := t.page(n)
	if err != nil {
		return err
	}
	head := 0
	if n == 1 {
		head = 100
	}
	kind, cells := p[head], int(binary.BigEndian.Uint16(p[head+3:]))
	inner := kind == indexInner || kind == tableInner
	if kind != indexInner && kind != tableInner && kind != indexLeaf && kind != tableLeaf ||
		t.index != (kind == indexInner || kind == indexLeaf) {
		return errDamaged
	}
	at := head + 8
	if inner {
		at += 4
	}
	if at+2*cells > t.usable {
		return errDamaged
	}
	for k := range cells {
		cell := int(binary.BigEndian.Uint16(p[at+2*k:]))
		if cell < at+2*cells || cell+4 > t.usable {
			return errDamaged
		}
		c := p[cell:t.usable]
		if inner {
			if err := t.walk(binary.BigEndian.Uint32(c), deep+1); err != nil {
				return err
			}
			if c = c[4:]; kind == tableInner {
				continue
			}
		}
		if err := t.cell(c); err != nil {
			return err
		}
	}
	if inner {
		return t.walk(binary.BigEndian.Uint32(p[head+8:]), deep+1)
	}
	return nil
}

// cell takes a cell that holds a payload.
func (t *tree) cell(c []byte) error {
	if t.count++; t.see == nil {
		return nil
	}
	size, used := varint(c)
	if used == 0 || size > uint64(t.left) {
		return errDamaged
	}
	t.left -= int(size)
	c = c[used:]
	var rowid uint64
	if !t.index {
		if rowid, used = varint(c); used == 0 {
			return errDamaged
		}
		c = c[used:]
	}
	p, err := t.payload(c, int(size))
	if err != nil {
		return err
	}
	return t.see(int64(rowid), p)
}

// payload returns the bytes of a cell, with those on overflow pages.
func (t *tree) payload(c []byte, size int) ([]byte, error) {
	most := t.usable - 35
	if t.index {
		most = (t.usable-12)*64/255 - 23
	}
	if size <= most {
		if size > len(c) {
			return nil, errDamaged
		}
		return c[:size], nil
	}
	least := (t.usable-12)*32/255 - 23
	local := least + (size-least)%(t.usable-4)
	if local > most {
		local = least
	}
	if local+4 > len(c) {
		return nil, errDamaged
	}
	out := append(make([]byte, 0, size), c[:local]...)
	next := binary.BigEndian.Uint32(c[local:])
	for len(out) < size {
		p, err := t.page(next)
		if err != nil {
			return nil, err
		}
		next = binary.BigEndian.Uint32(p)
		out = append(out, p[4:min(t.usable, 4+size-len(out))]...)
	}
	return out, nil
}

// varint reads a number of one to nine bytes, seven bits each and eight of the ninth; used 0: it is cut off.
func varint(b []byte) (v uint64, used int) {
	for i := range min(len(b), 9) {
		if i == 8 {
			return v<<8 | uint64(b[i]), 9
		}
		v = v<<7 | uint64(b[i]&0x7f)
		if b[i] < 0x80 {
			return v, i + 1
		}
	}
	return 0, 0
}

// The kinds of values.
const (
	null = iota
	integer
	real
	text
	blob
)

// value is one of a record.
type value struct {
	kind int
	i    int64
	f    float64
	b    []byte // of a blob, and of a text in the encoding of the database
	s    string // of a text that is a default
}

// record is the values of a row: their types, and the bytes of each.
type record struct {
	types []uint64
	at    []int
	body  []byte
}

// parse reads a record; types and places are kept in r, which is used again.
func (r *record) parse(p []byte) error {
	r.types, r.at = r.types[:0], r.at[:0]
	head, used := varint(p)
	if used == 0 || head > uint64(len(p)) || int(head) < used {
		return errDamaged
	}
	h, at := p[used:head], 0
	r.body = p[head:]
	for len(h) > 0 {
		t, used := varint(h)
		n := width(t)
		if used == 0 || n < 0 || n > len(r.body)-at {
			return errDamaged
		}
		r.types, r.at = append(r.types, t), append(r.at, at)
		h, at = h[used:], at+n
	}
	return nil
}

// width returns the number of bytes of a value of a serial type, −1 of one that is reserved.
func width(t uint64) int {
	switch {
	case t >= 12 && t < math.MaxInt32:
		return int(t-12) / 2
	case t < 10:
		return []int{0, 1, 2, 3, 4, 6, 8, 8, 0, 0}[t]
	}
	return -1
}

// value returns a value, or the fallback where the record is shorter.
func (r *record) value(i int, fallback value) value {
	if i >= len(r.types) {
		return fallback
	}
	t := r.types[i]
	b := r.body[r.at[i]:][:width(t)]
	switch {
	case t == 0:
		return value{}
	case t == 7:
		return value{kind: real, f: math.Float64frombits(binary.BigEndian.Uint64(b))}
	case t == 8, t == 9:
		return value{kind: integer, i: int64(t - 8)}
	case t < 7:
		v := int64(int8(b[0]))
		for _, x := range b[1:] {
			v = v<<8 | int64(x)
		}
		return value{kind: integer, i: v}
	case t%2 == 1:
		return value{kind: text, b: b}
	}
	return value{kind: blob, b: b}
}

// text returns the text of bytes in the encoding of the database.
func (d *database) text(b []byte) string {
	if d.encoding < 2 {
		return string(b)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		if units[i] = binary.LittleEndian.Uint16(b[2*i:]); d.encoding == 3 {
			units[i] = binary.BigEndian.Uint16(b[2*i:])
		}
	}
	return string(utf16.Decode(units))
}
