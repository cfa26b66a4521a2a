package hdf5

import "math/bits"

// tree2 walks a B-tree of version 2 and calls record with a cursor over every record, in order.
//
// Header: "BTHD" 0 type, node size 4, record size 2, depth 2, split, merge, root, records in root 2, records in all,
// checksum. Leaf: "BTLF" 0 type, records, checksum. Internal: "BTIN" 0 type, records, one child more (address, its
// records, and above the last level the records in all below it), checksum.
func (f *File) tree2(addr uint64, kind uint8, record func(*cursor) error) error {
	const what = "B-tree header"
	w := f.walk()
	c, err := w.block(what, addr, uint64(22+f.offsetSize+f.lengthSize))
	if err != nil {
		return err
	}
	c.signature("BTHD")
	c.version(0)
	k := c.u8()
	t := tree2{w: w, kind: kind, record: record}
	nodeSize, recordSize, depth := c.u32(), c.u16(), int(c.u16())
	c.u16()
	root, n := c.offset(), uint64(c.u16())
	c.length()
	c.checksum()
	if c.err == nil && (k != kind || recordSize == 0 || nodeSize < 16+uint32(recordSize) ||
		uint64(nodeSize) > uint64(f.size)) {
		c.fail("type %d (want %d), %d-byte records in %d-byte nodes", k, kind, recordSize, nodeSize)
	}
	if c.err == nil && depth > 16 {
		c.fail("a depth of %d", depth)
	}
	if c.err != nil || root == undefined || n == 0 {
		return c.err
	}
	t.size = int(recordSize)
	t.levels(int(nodeSize), depth)
	return t.node(root, n, depth)
}

type tree2 struct {
	w      *walk
	kind   uint8
	size   int // bytes of a record
	count  int // bytes of a child's number of records
	total  []int
	record func(*cursor) error
}

// levels computes the widths of the counts in internal nodes: those that the most records possible need, at each
// level. (H5B2hdr.c does the same.)
func (t *tree2) levels(nodeSize, depth int) {
	width := func(n uint64) int { return (bits.Len64(n) + 7) / 8 }
	const overhead = 10 // signature, version, type, checksum
	most := uint64((nodeSize - overhead) / t.size)
	t.count = width(most)
	t.total = make([]int, depth+1)
	below := most
	for i := 1; i <= depth; i++ {
		pointer := t.w.f.offsetSize + t.count + t.total[i-1]
		n := uint64(max(0, (nodeSize-overhead-pointer)/(t.size+pointer)))
		hi, lo := bits.Mul64(n+1, below)
		if below = lo + n; hi != 0 || below < lo {
			below = undefined
		}
		t.total[i] = width(below)
	}
}

func (t *tree2) node(addr, n uint64, level int) error {
	what, sign, size := "B-tree leaf", "BTLF", 6+n*uint64(t.size)+4
	if n > uint64(t.w.f.size) {
		return bad(what, addr, "%d records in a file of %d bytes", n, t.w.f.size)
	}
	pointer := 0
	if level > 0 {
		pointer = t.w.f.offsetSize + t.count + t.total[level-1]
		what, sign, size = "B-tree internal node", "BTIN", size+(n+1)*uint64(pointer)
	}
	c, err := t.w.block(what, addr, size)
	if err != nil {
		return err
	}
	c.signature(sign)
	c.version(0)
	if k := c.u8(); c.err == nil && k != t.kind {
		c.fail("type %d; want %d", k, t.kind)
	}
	c.pos = len(c.b) - 4
	c.checksum()
	if c.err != nil {
		return c.err
	}
	records := c.b[6 : 6+int(n)*t.size]
	c.pos = 6 + len(records)
	for i := 0; i <= int(n); i++ {
		if level > 0 {
			child, k := c.offset(), c.uint(t.count)
			c.uint(t.total[level-1])
			if c.err != nil {
				return c.err
			}
			if err := t.node(child, k, level-1); err != nil {
				return err
			}
		}
		if i < int(n) {
			at := i * t.size
			r := &cursor{f: t.w.f, what: what, addr: addr, b: records[at : at+t.size]}
			if err := t.record(r); err != nil {
				return err
			}
		}
	}
	return nil
}
