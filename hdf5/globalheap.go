package hdf5

import (
	"encoding/binary"
	"strings"
)

// A globalHeap reads strings of variable length out of collections "GCOL", each read once.
//
// A reference is: length 4, address of the collection, index 4. A collection is: "GCOL" 1 reserved 3, size, objects of
// index 2, references 2, reserved 4, size, bytes padded to 8; index 0 is free space.
type globalHeap struct {
	w           *walk
	collections map[uint64]map[uint32]string
}

func (f *File) globalHeap() *globalHeap {
	return &globalHeap{f.walk(), map[uint64]map[uint32]string{}}
}

// text follows one reference. A length of 0 is the empty string, wherever it points.
func (g *globalHeap) text(ref []byte) (string, error) {
	const what = "global heap reference"
	c := &cursor{f: g.w.f, what: what, b: ref}
	n, addr, index := c.u32(), c.offset(), c.u32()
	if c.err != nil {
		return "", c.err
	}
	if n == 0 || addr == 0 && index == 0 {
		return "", nil
	}
	objects, ok := g.collections[addr]
	if !ok {
		var err error
		if objects, err = g.collection(addr); err != nil {
			return "", err
		}
		g.collections[addr] = objects
	}
	s, ok := objects[index]
	if !ok {
		return "", bad("global heap", addr, "has no object %d", index)
	}
	if uint64(n) > uint64(len(s)) {
		return "", bad("global heap", addr, "object %d has %d bytes; its reference says %d", index, len(s), n)
	}
	s, _, _ = strings.Cut(s[:n], "\x00")
	return s, nil
}

func (g *globalHeap) collection(addr uint64) (map[uint32]string, error) {
	const what = "global heap"
	p, err := g.w.f.at(what, addr, uint64(8+g.w.f.lengthSize))
	if err != nil {
		return nil, err
	}
	p.signature("GCOL")
	p.version(1)
	p.take(3)
	size := p.length()
	if p.err != nil {
		return nil, p.err
	}
	c, err := g.w.block(what, addr, size)
	if err != nil {
		return nil, err
	}
	c.take(p.pos)
	text := string(c.b) // objects are parts of it: a reference costs no copy
	objects := map[uint32]string{}
	for head := 8 + c.f.lengthSize; c.err == nil && c.left() >= head; {
		index := c.u16()
		c.take(6)
		n := c.length()
		if index == 0 {
			break
		}
		if n > uint64(c.left()) {
			c.fail("object %d of %d bytes is longer than the rest of the collection", index, n)
			break
		}
		objects[uint32(index)] = text[c.pos : c.pos+int(n)]
		c.take(int(n))
		c.align(8)
	}
	return objects, c.err
}

// putReference writes what text reads, with addresses of eight bytes.
func putReference(b []byte, n int, addr uint64, index int) {
	binary.LittleEndian.PutUint32(b, uint32(n))
	binary.LittleEndian.PutUint64(b[4:], addr)
	binary.LittleEndian.PutUint32(b[12:], uint32(index))
}
