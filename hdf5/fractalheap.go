package hdf5

import "math/bits"

// A fractalHeap keeps the links and attributes of large groups and objects of the newer format. Objects are managed
// (in blocks of a doubling table), huge (elsewhere in the file) or tiny (within their own identifier).
//
// Header: "FRHP" 0, identifier size 2, filter size 2, flags, largest managed object 4, huge objects (next number,
// tree), free space (size, manager), space (managed, allocated, next block), counts and sizes 5 lengths, table (width
// 2, first block, largest direct block, bits of offsets 2, first rows 2, root, rows of root 2), checksum.
type fractalHeap struct {
	f                      *File
	addr                   uint64
	idSize                 int
	checksums              bool
	hugeTree               uint64
	width                  uint64
	first, largest         uint64 // bytes of the first block and of the largest direct block
	offsetBytes, sizeBytes int    // of an offset and a length within an identifier
	root                   uint64
	rows                   int
	blocks                 map[uint64][]byte // direct and indirect blocks already read
	huge                   map[uint64][2]uint64
	w                      *walk
}

func (f *File) fractalHeap(addr uint64) (*fractalHeap, error) {
	h := &fractalHeap{f: f, addr: addr, blocks: map[uint64][]byte{}, w: f.walk()}
	c, err := h.w.block("fractal heap", addr, uint64(26+12*f.lengthSize+3*f.offsetSize))
	if err != nil {
		return nil, err
	}
	c.signature("FRHP")
	c.version(0)
	h.idSize = int(c.u16())
	filters := c.u16()
	h.checksums = c.u8()&2 != 0
	managed := c.u32()
	c.length()
	h.hugeTree = c.offset()
	c.length()
	c.offset()
	for range 8 {
		c.length()
	}
	h.width = uint64(c.u16())
	h.first, h.largest = c.length(), c.length()
	offsetBits := int(c.u16())
	c.u16()
	h.root, h.rows = c.offset(), int(c.u16())
	if c.err == nil && filters != 0 {
		c.fail("is compressed, which is not supported; write the file with h5py's defaults")
	}
	c.checksum()
	power := func(x uint64) bool { return x != 0 && x&(x-1) == 0 }
	if c.err == nil && (!power(h.width) || !power(h.first) || !power(h.largest) || h.largest < h.first ||
		h.largest > 1<<40 || offsetBits == 0 || offsetBits > 64 || h.rows > 64 || h.idSize < 1) {
		c.fail("table of width %d, blocks %d to %d, offsets of %d bits, %d rows, identifiers of %d bytes",
			h.width, h.first, h.largest, offsetBits, h.rows, h.idSize)
	}
	h.offsetBytes = (offsetBits + 7) / 8
	h.sizeBytes = min((bits.Len64(h.largest)-1+7)/8, (bits.Len32(managed)+7)/8)
	return h, c.err
}

// object is the bytes of the object with an identifier, and where they stand.
func (h *fractalHeap) object(id []byte) (uint64, []byte, error) {
	c := &cursor{f: h.f, what: "fractal heap identifier", addr: h.addr, b: id}
	head := c.u8()
	if c.err == nil && head>>6 != 0 {
		c.fail("version %d; want 0", head>>6)
	}
	switch kind := head >> 4 & 3; {
	case c.err != nil:
	case kind == 0:
		at, n := c.uint(h.offsetBytes), c.uint(h.sizeBytes)
		if c.err != nil {
			break
		}
		return h.managed(at, n)
	case kind == 1:
		return h.hugeObject(c)
	case kind == 2:
		n := int(head&15) + 1
		if h.idSize > 17 { // identifiers of more bytes have room for longer objects
			n = int(head&15)<<8 + int(c.u8()) + 1
		}
		b := c.take(n)
		return h.addr, b, c.err
	default:
		c.fail("type %d is not known", kind)
	}
	return 0, nil, c.err
}

// rowSize is the bytes of one block in a row: the first two rows hold first, every later row doubles.
func (h *fractalHeap) rowSize(row int) uint64 {
	if row == 0 {
		return h.first
	}
	if row-1+bits.Len64(h.first) > 60 {
		return 1 << 60
	}
	return h.first << (row - 1)
}

// managed finds n bytes at offset of the heap's own space, going down the table of blocks.
func (h *fractalHeap) managed(offset, n uint64) (uint64, []byte, error) {
	start, block, size, rows := uint64(0), h.root, h.first, h.rows
	if rows == 0 {
		// The root is one direct block, as large as the heap has grown without a table: the first block.
		return h.direct(block, start, size, offset, n)
	}
	direct := bits.Len64(h.largest) - bits.Len64(h.first) + 2
	for depth := 0; depth < 64; depth++ {
		b, err := h.indirect(block, rows)
		if err != nil {
			return 0, nil, err
		}
		row, at := 0, start
		for ; row < rows; row++ {
			size = h.rowSize(row)
			if offset-at < size*h.width {
				break
			}
			at += size * h.width
		}
		if row == rows {
			return 0, nil, bad("fractal heap", h.addr, "offset %#x lies beyond its %d rows", offset, rows)
		}
		column := (offset - at) / size
		entry := &cursor{f: h.f, what: "fractal heap block", addr: block, b: b}
		entry.take(int(uint64(row)*h.width+column) * h.f.offsetSize)
		block, start = entry.offset(), at+column*size
		if entry.err != nil {
			return 0, nil, entry.err
		}
		if row < direct {
			return h.direct(block, start, size, offset, n)
		}
		rows = bits.Len64(size) - bits.Len64(h.first*h.width) + 1
		if rows < 1 {
			break
		}
	}
	return 0, nil, bad("fractal heap", h.addr, "offset %#x lies too deep", offset)
}

// block reads and keeps one block and checks "FHDB" or "FHIB", 0, address of the header.
func (h *fractalHeap) block(what, sign string, addr, n uint64, checksum int) ([]byte, error) {
	if b, ok := h.blocks[addr]; ok {
		if uint64(len(b)) != n {
			return nil, bad(what, addr, "is used with %d and with %d bytes", len(b), n)
		}
		return b, nil
	}
	c, err := h.w.block(what, addr, n)
	if err != nil {
		return nil, err
	}
	c.signature(sign)
	c.version(0)
	if owner := c.offset(); c.err == nil && owner != h.addr {
		c.fail("belongs to the heap at %#x; want %#x", owner, h.addr)
	}
	c.take(h.offsetBytes)
	if checksum >= 0 && c.err == nil && !h.f.lax {
		if checksum > len(c.b)-4 || checksum < 0 {
			c.fail("%d bytes are too few", len(c.b))
			return nil, c.err
		}
		sum := append([]byte(nil), c.b...)
		copy(sum[checksum:], []byte{0, 0, 0, 0})
		if checksum == len(c.b)-4 {
			sum = sum[:checksum]
		}
		want := (&cursor{b: c.b[checksum:]}).u32()
		if got := lookup3(sum); got != want {
			c.fail("checksum is %#08x; the file says %#08x: the file is damaged", got, want)
		}
	}
	h.blocks[addr] = c.b
	return c.b, c.err
}

// direct is n bytes at offset of the heap within the direct block that begins at start and has size bytes.
func (h *fractalHeap) direct(addr, start, size, offset, n uint64) (uint64, []byte, error) {
	head := 5 + h.f.offsetSize + h.offsetBytes
	checksum := -1
	if h.checksums {
		checksum = head
	}
	b, err := h.block("fractal heap direct block", "FHDB", addr, size, checksum)
	if err != nil {
		return 0, nil, err
	}
	if at := offset - start; offset >= start && at <= size && n <= size-at {
		return addr + at, b[at : at+n : at+n], nil
	}
	return 0, nil, bad("fractal heap direct block", addr, "object of %d bytes at %#x does not lie in it", n, offset)
}

// indirect is the addresses of the blocks of an indirect block.
func (h *fractalHeap) indirect(addr uint64, rows int) ([]byte, error) {
	head := 5 + h.f.offsetSize + h.offsetBytes
	n := uint64(head) + uint64(rows)*h.width*uint64(h.f.offsetSize) + 4
	b, err := h.block("fractal heap indirect block", "FHIB", addr, n, int(n)-4)
	if err != nil {
		return nil, err
	}
	return b[head : len(b)-4], nil
}

// hugeObject finds an object by its number in the heap's tree of huge objects, or by the address in the identifier
// where that has room for one.
func (h *fractalHeap) hugeObject(c *cursor) (uint64, []byte, error) {
	if h.f.offsetSize+h.f.lengthSize <= h.idSize-1 {
		addr, n := c.offset(), c.length()
		if c.err != nil {
			return 0, nil, c.err
		}
		return h.hugeBytes(addr, n)
	}
	number := c.uint(min(c.left(), 8))
	if h.huge == nil {
		h.huge = map[uint64][2]uint64{}
		err := h.f.tree2(h.hugeTree, 1, func(r *cursor) error {
			addr, n := r.offset(), r.length()
			h.huge[r.length()] = [2]uint64{addr, n}
			return r.err
		})
		if err != nil {
			return 0, nil, err
		}
	}
	at, ok := h.huge[number]
	if !ok {
		return 0, nil, bad("fractal heap", h.addr, "has no huge object %d", number)
	}
	return h.hugeBytes(at[0], at[1])
}

func (h *fractalHeap) hugeBytes(addr, n uint64) (uint64, []byte, error) {
	c, err := h.w.block("huge object", addr, n)
	if err != nil {
		return 0, nil, err
	}
	return addr, c.b, nil
}
