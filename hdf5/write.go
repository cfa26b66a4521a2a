package hdf5

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
)

// Write writes root and all below it as an HDF5 file. Headers, names and strings are laid out in memory; the values of
// datasets then go from their slices to w through a small buffer, in one pass, so w may be a zip member or a pipe.
// The same tree gives the same bytes: members and attributes stand in the order of their names.
func Write(w io.Writer, root *Node) error {
	p := &image{onPath: map[*Node]bool{}}
	p.meta = make([]byte, superblockSize)
	top, err := p.group(root, "/", 0)
	if err != nil {
		return err
	}
	p.heaps()
	p.align(8)
	end := uint64(len(p.meta))
	for _, f := range p.fixes {
		at := end
		if f.data.bytes() == 0 {
			at = undefined
		} else {
			end = (end + f.data.bytes() + 7) &^ 7
		}
		binary.LittleEndian.PutUint64(p.meta[f.at:], at)
	}
	p.superblock(top, end)
	if _, err := w.Write(p.meta); err != nil {
		return fmt.Errorf("hdf5: writing: %w", err)
	}
	for _, f := range p.fixes {
		if err := writeData(w, f.data); err != nil {
			return fmt.Errorf("hdf5: writing %s: %w", f.path, err)
		}
	}
	return nil
}

const (
	superblockSize = 96
	leafK          = 4  // a symbol table node holds up to 2·leafK links
	internalK      = 16 // a B-tree node has up to 2·internalK children
	// maxMessage is the largest body of an object header message: its size is a field of 16 bits, a multiple of 8.
	maxMessage = 0xfff8
	// heapSize is the smallest global heap collection that HDF5 makes.
	heapSize = 4096
)

// An image is the file but for the datasets' values, as it grows from byte 0.
type image struct {
	meta   []byte
	fixes  []fix
	texts  []text
	onPath map[*Node]bool
}

// A fix is a place in meta where the address of a dataset's values will stand.
type fix struct {
	at   int
	path string
	data *encoding
}

// A text is a string for the global heap, with the place of the reference to it: in meta, or, if in is not nil, there.
type text struct {
	at int
	in []byte
	s  string
}

// An entry is where a group's or a dataset's header stands, and for groups its tree and heap, which its parent caches.
type entry struct {
	header, tree, heap uint64
	group              bool
}

func (p *image) align(n int) {
	for len(p.meta)%n != 0 {
		p.meta = append(p.meta, 0)
	}
}

func (p *image) u16(v int)    { p.meta = binary.LittleEndian.AppendUint16(p.meta, uint16(v)) }
func (p *image) u32(v int)    { p.meta = binary.LittleEndian.AppendUint32(p.meta, uint32(v)) }
func (p *image) u64(v uint64) { p.meta = binary.LittleEndian.AppendUint64(p.meta, v) }
func (p *image) here() uint64 { return uint64(len(p.meta)) }

// superblock fills the first 96 bytes: version 0, as h5py writes by default.
func (p *image) superblock(root entry, end uint64) {
	b := append([]byte(magic), 0, 0, 0, 0, 0, 8, 8, 0, leafK, 0, internalK, 0, 0, 0, 0, 0)
	for _, v := range []uint64{0, undefined, end, undefined} { // base, free space, end, driver
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	copy(p.meta, rootEntry(b, 0, root))
}

// rootEntry appends a symbol table entry: name, header, cache type 4, reserved 4, scratch 16.
func rootEntry(b []byte, name uint64, e entry) []byte {
	b = binary.LittleEndian.AppendUint64(b, name)
	b = binary.LittleEndian.AppendUint64(b, e.header)
	cache := uint64(0)
	if e.group {
		cache = 1
	}
	b = binary.LittleEndian.AppendUint64(b, cache)
	b = binary.LittleEndian.AppendUint64(b, e.tree)
	return binary.LittleEndian.AppendUint64(b, e.heap)
}

// group lays out members first, then names, symbol table, tree and header, so that every address is known when it is
// written.
func (p *image) group(n *Node, path string, depth int) (entry, error) {
	switch {
	case n == nil:
		return entry{}, fmt.Errorf("hdf5: %s is a nil Node", path)
	case p.onPath[n]:
		return entry{}, fmt.Errorf("hdf5: %s is a group within itself", path)
	case depth > maxDepth:
		return entry{}, fmt.Errorf("hdf5: groups are nested more than %d deep", maxDepth)
	}
	p.onPath[n] = true
	defer delete(p.onPath, n)
	names := slices.AppendSeq(slices.Collect(maps.Keys(n.Groups)), maps.Keys(n.Datasets))
	slices.Sort(names)
	entries := make([]entry, len(names))
	for i, name := range names {
		full := strings.TrimSuffix(path, "/") + "/" + name
		if name == "" || name == "." || len(name) > maxName-1 || strings.ContainsAny(name, "/\x00") {
			return entry{}, fmt.Errorf("hdf5: %.80q cannot be a name in %s: it is empty, \".\", too long, or contains a slash or NUL", name, path)
		}
		if i > 0 && names[i-1] == name {
			return entry{}, fmt.Errorf("hdf5: %s is both a group and a dataset", full)
		}
		var err error
		if d, ok := n.Datasets[name]; ok {
			entries[i], err = p.dataset(d, full)
		} else {
			entries[i], err = p.group(n.Groups[name], full, depth+1)
		}
		if err != nil {
			return entry{}, err
		}
	}
	e := entry{group: true}
	e.tree, e.heap = p.symbols(names, entries)
	h := &headerImage{}
	h.add(msgSymbolTable, 0, binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, e.tree), e.heap))
	if err := h.attributes(n.Attrs, path); err != nil {
		return entry{}, err
	}
	var err error
	e.header, err = p.header(h, path)
	return e, err
}

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

// dataset lays out a header; the values come at the end of the file.
func (p *image) dataset(d *Data, path string) (entry, error) {
	if d == nil {
		return entry{}, fmt.Errorf("hdf5: %s is a nil Data", path)
	}
	e, err := encodeData(d)
	if err != nil {
		return entry{}, fmt.Errorf("hdf5: %s: %w", path, err)
	}
	h := &headerImage{}
	h.add(msgDataspace, 0, space(e.shape))
	h.add(msgDatatype, 1, e.dtype)
	h.add(msgFill, 1, []byte{2, 2, 2, 1, 0, 0, 0, 0}) // version 2, allocated late, written if set, zero
	layout := make([]byte, 18)
	layout[0], layout[1] = 3, 1
	binary.LittleEndian.PutUint64(layout[10:], e.bytes())
	h.fixes = append(h.fixes, fix{at: h.add(msgLayout, 0, layout) + 2, path: path, data: e})
	if err := h.attributes(d.Attrs, path); err != nil {
		return entry{}, err
	}
	if e.texts != nil {
		refs := make([]byte, e.bytes())
		for i, s := range e.texts {
			p.texts = append(p.texts, text{16 * i, refs, s})
		}
		e.put = func(b []byte, i, j int) []byte { return append(b, refs[16*i:16*j]...) }
	}
	at, err := p.header(h, path)
	return entry{header: at}, err
}

// A headerImage is the messages of one object header.
type headerImage struct {
	body  []byte
	count int
	fixes []fix
	texts []text
}

// add appends a message and gives the place of its body.
func (h *headerImage) add(kind int, flags byte, body []byte) int {
	h.body = binary.LittleEndian.AppendUint16(h.body, uint16(kind))
	size := (len(body) + 7) &^ 7
	h.body = binary.LittleEndian.AppendUint16(h.body, uint16(size))
	h.body = append(h.body, flags, 0, 0, 0)
	at := len(h.body)
	h.body = append(append(h.body, body...), make([]byte, size-len(body))...)
	h.count++
	return at
}

// attributes appends attribute messages: version 1, or 3 where the name is not ASCII and must say so.
func (h *headerImage) attributes(attrs map[string]any, path string) error {
	for _, name := range slices.Sorted(maps.Keys(attrs)) {
		if name == "" || strings.Contains(name, "\x00") || len(name) > maxMessage/2 {
			return fmt.Errorf("hdf5: %s: %.80q cannot be an attribute's name", path, name)
		}
		e, err := encodeAttr(attrs[name])
		if err != nil {
			return fmt.Errorf("hdf5: %s: attribute %q: %w", path, name, err)
		}
		var b []byte
		dims := space(e.shape)
		version, pad := byte(1), 8
		if !ascii(name) {
			version, pad = 3, 1
		}
		b = append(b, version, 0)
		for _, n := range []int{len(name) + 1, len(e.dtype), len(dims)} {
			b = binary.LittleEndian.AppendUint16(b, uint16(n))
		}
		if version == 3 {
			b = append(b, 1) // UTF-8
		}
		for _, part := range [][]byte{append([]byte(name), 0), e.dtype, dims} {
			b = append(b, part...)
			if r := len(part) % pad; r != 0 {
				b = append(b, make([]byte, pad-r)...)
			}
		}
		if size := uint64(len(b)) + e.bytes(); size > maxMessage {
			return fmt.Errorf("hdf5: %s: attribute %q takes %d bytes; at most %d can be written: split it, or make it one string",
				path, name, size, maxMessage)
		}
		at := len(b)
		if e.texts != nil {
			b = append(b, make([]byte, e.bytes())...)
		} else {
			b = e.put(b, 0, e.n)
		}
		at += h.add(msgAttribute, 0, b)
		for i, s := range e.texts {
			h.texts = append(h.texts, text{at: at + 16*i, s: s})
		}
	}
	return nil
}

// header lays out an object header of version 1 in one block.
func (p *image) header(h *headerImage, path string) (uint64, error) {
	if h.count > math.MaxUint16 || len(h.body) > math.MaxInt32 {
		return 0, fmt.Errorf("hdf5: %s: %d attributes (%d bytes) are more than a header can hold", path, h.count, len(h.body))
	}
	at := p.here()
	p.meta = append(p.meta, 1, 0)
	p.u16(h.count)
	p.u32(1) // links to it
	p.u32(len(h.body))
	p.u32(0)
	body := len(p.meta)
	p.meta = append(p.meta, h.body...)
	for _, f := range h.fixes {
		f.at += body
		p.fixes = append(p.fixes, f)
	}
	for _, t := range h.texts {
		t.at += body
		p.texts = append(p.texts, t)
	}
	return at, nil
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

// writeData writes the values and pads them to 8 bytes.
func writeData(w io.Writer, e *encoding) error {
	step := max(1, piece/e.size)
	buf := make([]byte, 0, min(e.n, step)*e.size+8)
	for i := 0; i < e.n; i += step {
		buf = e.put(buf[:0], i, min(i+step, e.n))
		if i+step >= e.n {
			buf = append(buf, bytes.Repeat([]byte{0}, int(-e.bytes()&7))...)
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}
