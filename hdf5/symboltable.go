package hdf5

import "strings"

// symbolTable reads a group of the older format: a tree "TREE" (version 1, type 0) whose leaves are nodes "SNOD" of
// links, with the names in a local heap "HEAP".
func (g *Group) symbolTable(m *message) error {
	c := m.cursor(g.f, "symbol table message")
	tree, heapAddr := c.offset(), c.offset()
	if c.err != nil {
		return c.err
	}
	heap, err := g.f.localHeap(heapAddr)
	if err != nil {
		return err
	}
	return g.f.tree1(tree, 0, 0, func(w *walk, _ *cursor, child uint64) error {
		return g.symbolNode(w, child, heap)
	})
}

// A localHeap is the bytes that hold the names of one group.
type localHeap struct {
	addr uint64
	data string
}

// localHeap reads: "HEAP" 0 reserved 3, size, free list, address of the bytes.
func (f *File) localHeap(addr uint64) (*localHeap, error) {
	c, err := f.at("local heap", addr, uint64(8+2*f.lengthSize+f.offsetSize))
	if err != nil {
		return nil, err
	}
	c.signature("HEAP")
	c.version(0)
	c.take(3)
	size := c.length()
	c.length()
	at := c.offset()
	if c.err != nil {
		return nil, c.err
	}
	b, err := f.read("local heap data", at, size)
	return &localHeap{at, string(b)}, err
}

// name is the NUL-terminated string at offset, a part of the heap's own string.
func (h *localHeap) name(c *cursor, offset uint64) string {
	if c.err != nil {
		return ""
	}
	if offset >= uint64(len(h.data)) {
		c.fail("a name at %d in a heap of %d bytes", offset, len(h.data))
		return ""
	}
	s := h.data[offset:min(uint64(len(h.data)), offset+maxName)]
	s, _, ok := strings.Cut(s, "\x00")
	if !ok {
		c.fail("the name at %d of the heap at %#x has no end", offset, h.addr)
	}
	return s
}

// symbolNode reads: "SNOD" 1 reserved, count 2, entries of name, header, cache type 4, reserved 4, scratch 16.
func (g *Group) symbolNode(w *walk, addr uint64, heap *localHeap) error {
	const what = "symbol table node"
	entry := uint64(2*g.f.offsetSize + 24)
	p, err := g.f.at(what, addr, 8)
	if err != nil {
		return err
	}
	p.signature("SNOD")
	p.version(1)
	p.u8()
	n := int(p.u16())
	if p.err != nil {
		return p.err
	}
	c, err := w.block(what, addr, 8+uint64(n)*entry)
	if err != nil {
		return err
	}
	c.take(8)
	for range n {
		name := heap.name(c, c.offset())
		l := link{addr: c.offset()}
		kind := c.u32()
		c.u32()
		if scratch := c.take(16); kind == 2 && c.err == nil {
			s := &cursor{f: g.f, b: scratch}
			l.soft = heap.name(c, uint64(s.u32()))
		}
		if c.err == nil {
			g.add(c, name, l)
		}
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// tree1 walks a B-tree of version 1 and calls leaf with every child of its lowest nodes and the cursor at that child's
// key. A node is: "TREE" type level, entries 2, siblings, then keys of keySize (0: a length) and children in turn,
// one key more than children.
func (f *File) tree1(addr uint64, kind uint8, keySize int, leaf func(w *walk, key *cursor, child uint64) error) error {
	if keySize == 0 {
		keySize = f.lengthSize
	}
	return f.walk().node1(addr, kind, keySize, -1, leaf)
}

// node1 reads one node, which must stand at the level given (−1: any, at the root).
func (w *walk) node1(addr uint64, kind uint8, keySize, level int, leaf func(*walk, *cursor, uint64) error) error {
	const what = "B-tree node"
	head := 8 + 2*w.f.offsetSize
	p, err := w.f.at(what, addr, uint64(head))
	if err != nil {
		return err
	}
	p.signature("TREE")
	k, l, n := p.u8(), int(p.u8()), int(p.u16())
	switch {
	case p.err != nil:
	case k != kind:
		p.fail("is of type %d; want %d", k, kind)
	case level >= 0 && l != level:
		p.fail("stands at level %d; want %d", l, level)
	}
	if p.err != nil {
		return p.err
	}
	c, err := w.block(what, addr, uint64(head+n*(keySize+w.f.offsetSize)))
	if err != nil {
		return err
	}
	c.take(head)
	for range n {
		key := &cursor{f: w.f, what: what, addr: addr, b: c.take(keySize)}
		child := c.offset()
		if c.err != nil {
			return c.err
		}
		if l == 0 {
			err = leaf(w, key, child)
		} else {
			err = w.node1(child, kind, keySize, l-1, leaf)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
