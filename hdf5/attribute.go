package hdf5

import (
	"fmt"
	"slices"
)

// An Attr is a named value of a group or a dataset.
type Attr struct {
	values
	name string
}

// Name is the attribute's name.
func (a *Attr) Name() string { return a.name }

// An object is what groups and datasets have in common: a path and attributes.
type object struct {
	f     *File
	head  *header
	path  string
	attrs map[string]*Attr
	names []string
}

// Path is where the object was found, from the root: "/layers/dense/vars/0".
func (o *object) Path() string { return o.path }

// Attrs are the names of the attributes, sorted.
func (o *object) Attrs() []string { return slices.Clone(o.names) }

// Attr is the attribute called name; it is an error that there is none.
func (o *object) Attr(name string) (*Attr, error) {
	if a := o.attrs[name]; a != nil {
		return a, nil
	}
	return nil, fmt.Errorf("hdf5: %s has no attribute %q; it has %s", shown(o.path), name, listed(o.names))
}

// HasAttr says whether there is an attribute called name.
func (o *object) HasAttr(name string) bool { return o.attrs[name] != nil }

// listed names at most eight names, for errors.
func listed(names []string) string {
	switch {
	case len(names) == 0:
		return "none"
	case len(names) > 8:
		return fmt.Sprintf("%.60q and %d more", names[:8], len(names)-8)
	}
	return fmt.Sprintf("%.60q", names)
}

func (f *File) object(h *header, path string) (*object, error) {
	o := &object{f: f, head: h, path: path, attrs: map[string]*Attr{}}
	for i := range h.messages {
		var err error
		switch m := &h.messages[i]; m.kind {
		case msgAttribute:
			if m, err = f.shared(m, "attribute"); err == nil {
				err = o.attribute(m)
			}
		case msgAttrInfo:
			err = o.denseAttributes(m)
		}
		if err != nil {
			return nil, fmt.Errorf("%w (in %s)", err, shown(path))
		}
	}
	slices.Sort(o.names)
	return o, nil
}

// attribute reads an attribute message. Version 1 pads name, type and space to 8 bytes each; 2 does not; 3 adds the
// name's character set. An attribute whose name can be read but whose type cannot is kept with its error.
func (o *object) attribute(m *message) error {
	c := m.cursor(o.f, "attribute")
	v := c.version(1, 2, 3)
	flags := c.u8()
	if v == 1 {
		flags = 0 // reserved
	}
	nameSize, typeSize, spaceSize := int(c.u16()), int(c.u16()), int(c.u16())
	if v == 3 {
		c.u8()
	}
	part := func(n int) (uint64, []byte) {
		at := c.pos
		b := c.take(n)
		if v == 1 && n%8 != 0 {
			c.take(8 - n%8)
		}
		return m.addr + uint64(at), b
	}
	_, name := part(nameSize)
	typeAt, typeBody := part(typeSize)
	spaceAt, spaceBody := part(spaceSize)
	if c.err != nil {
		return c.err
	}
	text := (&cursor{b: name}).text(len(name))
	if o.attrs[text] != nil {
		c.fail("a second attribute is called %q", text)
		return c.err
	}
	a := &Attr{name: text, values: values{f: o.f, grow: 1}}
	a.what = fmt.Sprintf("attribute %.60q of %s", text, shown(o.path))
	o.attrs[text] = a
	o.names = append(o.names, text)
	dtype, err := o.f.datatype(&message{msgDatatype, flags & 1 * msgShared, typeAt, typeBody})
	if err != nil {
		a.err = err
		return nil
	}
	space, err := o.f.dataspace(&message{msgDataspace, flags >> 1 & 1 * msgShared, spaceAt, spaceBody})
	if err != nil {
		a.err = err
		return nil
	}
	a.dtype = dtype
	if a.shape, a.n = c.shape(space, dtype); c.err == nil {
		raw := c.take(a.n * dtype.size)
		a.scan = func(put func(int, []byte) error) error { return put(0, raw) }
	}
	a.err = c.err
	return nil
}

// denseAttributes reads attributes kept in a fractal heap, as the attribute info message says: version 0, flags,
// [largest index 2], heap, tree by name, [tree by order].
func (o *object) denseAttributes(m *message) error {
	c := m.cursor(o.f, "attribute info")
	c.version(0)
	if c.u8()&1 != 0 {
		c.u16()
	}
	heapAddr, tree := c.offset(), c.offset()
	if c.err != nil || heapAddr == undefined {
		return c.err
	}
	heap, err := o.f.fractalHeap(heapAddr)
	if err != nil {
		return err
	}
	return o.f.tree2(tree, 8, func(r *cursor) error {
		id, flags := r.take(8), r.u8()
		if r.err != nil {
			return r.err
		}
		addr, body, err := heap.object(id)
		if err != nil {
			return err
		}
		am, err := o.f.shared(&message{msgAttribute, flags, addr, body}, "attribute")
		if err != nil {
			return err
		}
		return o.attribute(am)
	})
}
