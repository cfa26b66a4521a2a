package hdf5

import "math/bits"

// fixedArray reads the index of a dataset whose largest shape is known.
//
// Header: "FAHD" 0 kind, entry size, page bits, entries, block, checksum. Block: "FADB" 0 kind, header, then either
// entries and a checksum, or a bitmap of the pages in use, a checksum, and pages of entries with a checksum each.
func (k *chunks) fixedArray() (map[uint64]chunk, error) {
	f := k.d.values.f
	w := f.walk()
	h, err := w.block("fixed array", k.l.addr, uint64(12+f.lengthSize+f.offsetSize))
	if err != nil {
		return nil, err
	}
	h.signature("FAHD")
	h.version(0)
	client, width, pageBits := h.u8(), int(h.u8()), h.u8()
	n, block := h.length(), h.offset()
	h.checksum()
	k.checkEntries(h, client, width)
	if h.err == nil && (n > uint64(f.size) && pageBits > 30 || n > 1<<40 || pageBits > 40) {
		h.fail("%d entries in pages of 2^%d", n, pageBits)
	}
	if h.err != nil || block == undefined || n == 0 {
		return nil, h.err
	}
	out := map[uint64]chunk{}
	page := uint64(1) << pageBits
	prefix := uint64(6 + f.offsetSize)
	pages := uint64(0)
	size := prefix + n*uint64(width) + 4
	if n > page {
		pages = (n + page - 1) / page
		size = prefix + (pages+7)/8 + 4
	}
	c, err := w.block("fixed array block", block, size)
	if err != nil {
		return nil, err
	}
	c.signature("FADB")
	c.version(0)
	c.u8()
	c.offset()
	if pages == 0 {
		k.entries(c, 0, n, width, out)
		return out, c.err
	}
	used := c.take(int(pages+7) / 8)
	c.checksum()
	if c.err != nil {
		return nil, c.err
	}
	return out, k.pages(w, used, 0, block+size, 0, n, page, width, out)
}

// entries takes n entries, the first of them number first, and the checksum that ends the block.
func (k *chunks) entries(c *cursor, first, n uint64, width int, out map[uint64]chunk) {
	for i := range n {
		if e, ok := k.entry(c, width); ok {
			out[first+i] = e
		}
		if c.err != nil {
			return
		}
	}
	c.checksum()
}

// pages reads the pages whose bit is set in used (highest bit first, from bit on), which stand at addr one after
// another: n entries, the first of them number first.
func (k *chunks) pages(w *walk, used []byte, bit, addr, first, n, page uint64, width int, out map[uint64]chunk) error {
	for i := uint64(0); i*page < n; i++ {
		b := bit + i
		if b/8 >= uint64(len(used)) {
			return bad("chunk array page", addr, "page %d has no bit", i)
		}
		m := min(page, n-i*page)
		if used[b/8]&(0x80>>(b%8)) != 0 {
			c, err := w.block("chunk array page", addr, m*uint64(width)+4)
			if err != nil {
				return err
			}
			k.entries(c, first+i*page, m, width, out)
			if c.err != nil {
				return c.err
			}
		}
		addr += m*uint64(width) + 4
	}
	return nil
}

// An extensible is the header of an extensible array: "EAHD" 0 kind, entry size, bits of a number, entries in the
// index block, entries in the smallest data block, pointers in the smallest secondary block, page bits, six counts,
// index block, checksum.
type extensible struct {
	k                          *chunks
	w                          *walk
	client                     uint8
	width                      int
	bits                       int
	inIndex, inBlock, pointers uint64
	page                       uint64
	out                        map[uint64]chunk
}

// extensibleArray reads the index of a dataset that grows in one dimension.
//
// Index block: "EAIB" 0 kind, header, entries, addresses of data blocks, addresses of secondary blocks, checksum.
// Secondary block u holds 2^⌊u/2⌋ data blocks of 2^⌈u/2⌉ times the smallest number of entries; those of the first few
// are named by the index block itself.
func (k *chunks) extensibleArray() (map[uint64]chunk, error) {
	f := k.d.values.f
	w := f.walk()
	h, err := w.block("extensible array", k.l.addr, uint64(16+6*f.lengthSize+f.offsetSize))
	if err != nil {
		return nil, err
	}
	h.signature("EAHD")
	h.version(0)
	a := &extensible{k: k, w: w, out: map[uint64]chunk{}}
	a.client, a.width, a.bits = h.u8(), int(h.u8()), int(h.u8())
	a.inIndex, a.inBlock, a.pointers = uint64(h.u8()), uint64(h.u8()), uint64(h.u8())
	pageBits := h.u8()
	for range 6 {
		h.length()
	}
	index := h.offset()
	h.checksum()
	k.checkEntries(h, a.client, a.width)
	power := func(x uint64) bool { return x != 0 && x&(x-1) == 0 }
	if h.err == nil && (!power(a.inBlock) || !power(a.pointers) || a.pointers < 2 || a.bits > 64 || pageBits > 40 ||
		a.bits < bits.Len64(a.inBlock)-1) {
		h.fail("%d entries in a data block, %d pointers in a secondary block, numbers of %d bits, pages of 2^%d",
			a.inBlock, a.pointers, a.bits, pageBits)
	}
	if h.err != nil || index == undefined {
		return nil, h.err
	}
	a.page = 1 << pageBits
	return a.out, a.indexBlock(index)
}

// super is the shape of secondary block u: its data blocks, the entries of each, and the number of its first entry,
// not counting those in the index block.
func (a *extensible) super(u int) (blocks, entries, first uint64) {
	for i := range u {
		first += 1 << (i/2 + (i+1)/2) * a.inBlock
	}
	return 1 << (u / 2), 1 << ((u + 1) / 2) * a.inBlock, first
}

func (a *extensible) indexBlock(addr uint64) error {
	f := a.w.f
	supers := 1 + a.bits - (bits.Len64(a.inBlock) - 1)
	near := min(2*(bits.Len64(a.pointers)-1), supers) // secondary blocks whose data blocks the index block names
	direct := uint64(0)
	for u := range near {
		n, _, _ := a.super(u)
		direct += n
	}
	size := uint64(6+f.offsetSize) + a.inIndex*uint64(a.width) + (direct+uint64(supers-near))*uint64(f.offsetSize) + 4
	c, err := a.w.block("extensible array index", addr, size)
	if err != nil {
		return err
	}
	c.signature("EAIB")
	c.version(0)
	c.u8()
	c.offset()
	for i := range a.inIndex {
		if e, ok := a.k.entry(c, a.width); ok {
			a.out[i] = e
		}
	}
	for u := range near {
		blocks, entries, first := a.super(u)
		for i := range blocks {
			if at := c.offset(); c.err == nil && at != undefined {
				if err := a.dataBlock(at, a.inIndex+first+i*entries, entries, nil, 0); err != nil {
					return err
				}
			}
		}
	}
	for u := near; u < supers; u++ {
		if at := c.offset(); c.err == nil && at != undefined {
			if err := a.secondary(at, u); err != nil {
				return err
			}
		}
	}
	c.checksum()
	return c.err
}

// number is the bytes of the field that says with which entry a block begins.
func (a *extensible) number() int { return (a.bits + 7) / 8 }

// secondary reads "EASB" 0 kind, header, first entry, [bitmaps of pages], addresses of data blocks, checksum.
func (a *extensible) secondary(addr uint64, u int) error {
	f := a.w.f
	blocks, entries, first := a.super(u)
	if u > 80 || entries > 1<<40 {
		return bad("extensible array block", addr, "secondary block %d", u)
	}
	bitmap := uint64(0)
	if entries > a.page {
		bitmap = (entries/a.page + 7) / 8
	}
	if bitmap > uint64(f.size) || blocks > uint64(f.size)/(bitmap+uint64(f.offsetSize)) {
		return bad("extensible array block", addr, "%d data blocks of %d entries in a file of %d bytes", blocks,
			entries, f.size)
	}
	c, err := a.w.block("extensible array block", addr,
		uint64(6+f.offsetSize+a.number())+blocks*(bitmap+uint64(f.offsetSize))+4)
	if err != nil {
		return err
	}
	c.signature("EASB")
	c.version(0)
	c.u8()
	c.offset()
	c.take(a.number())
	var maps []byte // one bitmap for all data blocks: the bits follow one another without gaps
	if bitmap > 0 {
		maps = c.take(int(blocks * bitmap))
	}
	for i := range blocks {
		if at := c.offset(); c.err == nil && at != undefined {
			if err := a.dataBlock(at, a.inIndex+first+i*entries, entries, maps, i*(entries/a.page)); err != nil {
				return err
			}
		}
	}
	c.checksum()
	return c.err
}

// dataBlock reads "EADB" 0 kind, header, first entry, then entries and a checksum, or (where used is not nil) a
// checksum and pages, whose bits in used begin at bit.
func (a *extensible) dataBlock(addr, first, n uint64, used []byte, bit uint64) error {
	size := uint64(6+a.w.f.offsetSize+a.number()) + 4
	if used == nil {
		size += n * uint64(a.width)
	}
	c, err := a.w.block("extensible array data", addr, size)
	if err != nil {
		return err
	}
	c.signature("EADB")
	c.version(0)
	c.u8()
	c.offset()
	c.take(a.number())
	if used == nil {
		a.k.entries(c, first, n, a.width, a.out)
		return c.err
	}
	c.checksum()
	if c.err != nil {
		return c.err
	}
	return a.k.pages(a.w, used, bit, addr+size, first, n, a.page, a.width, a.out)
}
