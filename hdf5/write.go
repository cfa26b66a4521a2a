package hdf5

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
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
	for _, s := range p.sums {
		binary.LittleEndian.PutUint32(p.meta[s.to:], lookup3(p.meta[s.from:s.to]))
	}
	if _, err := w.Write(p.meta); err != nil {
		return fmt.Errorf("hdf5: writing: %w", err)
	}
	for _, f := range p.fixes {
		if err := writeData(w, f.data); err != nil {
			return fmt.Errorf("hdf5: writing %s: %w", shown(f.path), err)
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
	sums   []span
	onPath map[*Node]bool
}

// A span of meta has its checksum behind it, which is computed once all addresses are known.
type span struct{ from, to int }

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
		return entry{}, fmt.Errorf("hdf5: %s is a nil Node", shown(path))
	case p.onPath[n]:
		return entry{}, fmt.Errorf("hdf5: %s is a group within itself", shown(path))
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
			return entry{}, fmt.Errorf("hdf5: %.80q cannot be a name in %s: it is empty, \".\", too long, or "+
				"contains a slash or NUL", name, shown(path))
		}
		if i > 0 && names[i-1] == name {
			return entry{}, fmt.Errorf("hdf5: %s is both a group and a dataset", shown(full))
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

// dataset lays out a header; the values come at the end of the file.
func (p *image) dataset(d *Data, path string) (entry, error) {
	if d == nil {
		return entry{}, fmt.Errorf("hdf5: %s is a nil Data", shown(path))
	}
	e, err := encodeData(d)
	if err != nil {
		return entry{}, fmt.Errorf("hdf5: %s: %w", shown(path), err)
	}
	h := &headerImage{}
	h.add(msgDataspace, 0, space(e.shape))
	h.add(msgDatatype, 1, e.dtype)
	h.add(msgFill, 1, []byte{2, 2, 2, 1, 0, 0, 0, 0}) // version 2, allocated late, written if set, zero
	layout := make([]byte, 18)
	layout[0], layout[1] = 3, 1
	binary.LittleEndian.PutUint64(layout[10:], e.bytes())
	h.add(msgLayout, 0, layout).data = &fix{at: 2, path: path, data: e}
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
