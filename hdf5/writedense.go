package hdf5

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// denseHeader lays out an object header of version 2 whose attributes stand in a fractal heap, which has no limit for
// the bytes of one. All of an object's attributes are there, as HDF5 wants it, each as a huge object: bytes of their
// own in the file, with a tree over their addresses and one over their names.
func (p *image) denseHeader(h *headerImage, path string) (uint64, error) {
	isAttribute := func(m bodyImage) bool { return m.kind == msgAttribute }
	first := slices.IndexFunc(h.messages, isAttribute)
	own, attrs := h.messages[:first], h.messages[first:]
	if len(attrs) > math.MaxUint16 {
		return 0, fmt.Errorf("hdf5: %s: %d attributes of which some are large are more than a tree can hold; at most "+
			"%d can be written", shown(path), len(attrs), math.MaxUint16)
	}

	// A record of the tree over names: the identifier in the heap (8), flags, order (4), hash of the name (4).
	type record struct {
		hash uint32
		m    *bodyImage
		b    []byte
	}
	huge, names := make([]byte, 0, 24*len(attrs)), make([]record, len(attrs))
	total := uint64(0)
	for i := range attrs {
		m := &attrs[i]
		p.align(8)
		for _, v := range []uint64{p.here(), uint64(len(m.body)), uint64(i + 1)} {
			huge = binary.LittleEndian.AppendUint64(huge, v)
		}
		total += uint64(len(m.body))
		p.place(m)
		id := uint64(i+1)<<8 | 0x10 // version 0, a huge object, its number
		b := append(binary.LittleEndian.AppendUint64(nil, id), 0, 0xff, 0xff, 0, 0)
		hash := lookup3([]byte(m.name))
		names[i] = record{hash, m, binary.LittleEndian.AppendUint32(b, hash)}
	}
	slices.SortFunc(names, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.m.name, b.m.name))
	})
	var byName []byte
	for _, r := range names {
		byName = append(byName, r.b...)
	}
	p.align(8)
	hugeTree := p.tree2(1, 24, huge)
	nameTree := p.tree2(8, 17, byName)
	heap := p.hugeHeap(hugeTree, uint64(len(attrs)), total)

	info := binary.LittleEndian.AppendUint64(make([]byte, 2, 18), heap)
	info = binary.LittleEndian.AppendUint64(info, nameTree)
	own = append(slices.Clone(own), bodyImage{kind: msgAttrInfo, body: info})
	size := 0
	for i := range own {
		size += 4 + len(own[i].body)
	}
	p.align(8)
	at := p.here()
	p.meta = append(p.meta, 'O', 'H', 'D', 'R', 2, 2) // the size of the messages has 4 bytes
	p.u32(size)
	for i := range own {
		p.meta = append(p.meta, byte(own[i].kind))
		p.u16(len(own[i].body))
		p.meta = append(p.meta, own[i].flags)
		p.place(&own[i])
	}
	p.sum(at)
	p.align(8)
	return at, nil
}

// sum leaves room for the checksum of all since from.
func (p *image) sum(from uint64) {
	p.sums = append(p.sums, span{int(from), len(p.meta)})
	p.u32(0)
}

// tree2 lays out a B-tree of version 2 with one leaf, in a node of HDF5's usual 512 bytes or of as many as the records
// take.
func (p *image) tree2(kind byte, size int, records []byte) uint64 {
	leaf := p.here()
	node := max(512, 10+len(records))
	p.meta = append(p.meta, 'B', 'T', 'L', 'F', 0, kind)
	p.meta = append(p.meta, records...)
	p.sum(leaf)
	p.meta = append(p.meta, make([]byte, int(leaf)+node-len(p.meta))...)
	p.align(8)
	at := p.here()
	p.meta = append(p.meta, 'B', 'T', 'H', 'D', 0, kind)
	p.u32(node)
	p.u16(size)
	p.u16(0)                           // depth
	p.meta = append(p.meta, 100, 40)   // per cent at which nodes are split and merged
	p.u64(leaf)                        // root
	p.u16(len(records) / size)         // in the root
	p.u64(uint64(len(records) / size)) // in all
	p.sum(at)
	p.align(8)
	return at
}

// hugeHeap lays out the header of a fractal heap whose objects are all huge, with the table of blocks that HDF5 gives
// to attributes, still empty.
func (p *image) hugeHeap(tree, objects, bytes uint64) uint64 {
	at := p.here()
	p.meta = append(p.meta, 'F', 'R', 'H', 'P', 0)
	p.u16(8)                   // bytes of an identifier
	p.u16(0)                   // of filters
	p.meta = append(p.meta, 2) // direct blocks have checksums
	p.u32(4096)                // largest managed object
	p.u64(objects)             // the greatest number of a huge object
	p.u64(tree)                // huge objects by number
	p.u64(0)                   // free space
	p.u64(undefined)           // manager of free space
	for range 4 {
		p.u64(0) // managed space: in all, allocated, next block, objects
	}
	p.u64(bytes)
	p.u64(objects)
	p.u64(0) // bytes of tiny objects
	p.u64(0) // tiny objects
	p.u16(4) // blocks in a row
	p.u64(1024)
	p.u64(1 << 16) // the first and the largest direct block
	p.u16(40)      // bits of an offset
	p.u16(1)       // rows of the first table
	p.u64(undefined)
	p.u16(0) // root, rows
	p.sum(at)
	p.align(8)
	return at
}
