package hdf5

import "encoding/binary"

// symbols lays out the local heap, the symbol table nodes and the tree over them, level by level.
func (p *image) symbols(names []string, entries []entry) (tree, heap uint64) {
	data := make([]byte, 8) // the empty name, at 0
	offsets := make([]uint64, len(names))
	for i, name := range names {
		offsets[i] = uint64(len(data))
		data = append(data, name...)
		data = append(data, make([]byte, 8-len(name)%8)...)
	}
	heap = p.here()
	p.meta = append(p.meta, "HEAP\x00\x00\x00\x00"...)
	p.u64(uint64(len(data)))
	p.u64(1) // no free block
	p.u64(heap + 32)
	p.meta = append(p.meta, data...)

	// A child is a node of the level below, with the largest name in it.
	type child struct{ addr, last uint64 }
	var level []child
	for i := 0; i < len(names); i += 2 * leafK {
		n := min(2*leafK, len(names)-i)
		at := p.here()
		p.meta = append(p.meta, "SNOD\x01\x00"...)
		p.u16(n)
		for j := i; j < i+n; j++ {
			p.meta = rootEntry(p.meta, offsets[j], entries[j])
		}
		p.meta = append(p.meta, make([]byte, (2*leafK-n)*40)...)
		level = append(level, child{at, offsets[i+n-1]})
	}
	const nodeSize = 24 + 2*internalK*8 + (2*internalK+1)*8
	for height := 0; ; height++ {
		var up []child
		last := uint64(0) // the key before the first child: the empty name
		first := p.here()
		for i := 0; i == 0 || i < len(level); i += 2 * internalK {
			n := min(2*internalK, len(level)-i)
			at := p.here()
			left, right := at-nodeSize, at+nodeSize
			if at == first {
				left = undefined
			}
			if i+n >= len(level) {
				right = undefined
			}
			p.meta = append(p.meta, 'T', 'R', 'E', 'E', 0, byte(height))
			p.u16(n)
			p.u64(left)
			p.u64(right)
			p.u64(last)
			for _, c := range level[i : i+n] {
				p.u64(c.addr)
				p.u64(c.last)
				last = c.last
			}
			p.meta = append(p.meta, make([]byte, int(at)+nodeSize-len(p.meta))...)
			up = append(up, child{at, last})
		}
		if level = up; len(level) == 1 {
			return level[0].addr, heap
		}
	}
}

// heaps lays out the strings in global heap collections, and writes the references. A collection takes strings as they
// come until 4096 bytes are full; a longer string gets one of its own.
func (p *image) heaps() {
	for i := 0; i < len(p.texts); {
		at := p.here()
		p.meta = append(p.meta, "GCOL\x01\x00\x00\x00"...)
		p.u64(0)
		index := 1
		for ; i < len(p.texts); i++ {
			t := p.texts[i]
			refs := t.in
			if refs == nil {
				refs = p.meta
			}
			if t.s == "" {
				putReference(refs[t.at:], 0, 0, 0)
				continue
			}
			used := len(p.meta) - int(at)
			if index > 1 && used+16+(len(t.s)+7)&^7 > heapSize {
				break
			}
			putReference(refs[t.at:], len(t.s), at, index)
			p.u16(index)
			p.meta = append(p.meta, 1, 0, 0, 0, 0, 0)
			p.u64(uint64(len(t.s)))
			p.meta = append(p.meta, t.s...)
			p.align(8)
			index++
		}
		if index == 1 { // only empty strings were left
			p.meta = p.meta[:at]
			return
		}
		if free := heapSize - (len(p.meta) - int(at)); free > 0 {
			b := make([]byte, free)
			if free >= 16 {
				binary.LittleEndian.PutUint64(b[8:], uint64(free)) // object 0: free space, with its own header
			}
			p.meta = append(p.meta, b...)
		}
		binary.LittleEndian.PutUint64(p.meta[at+8:], p.here()-at)
	}
}
