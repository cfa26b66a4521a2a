package hdf5

import (
	"bytes"
	"fmt"
)

// A Dataset is an array of elements. Its values are read from the file each time they are asked for.
type Dataset struct {
	object
	values
	layout string
}

// Layout is how the data are stored: "compact", "contiguous", "chunked", or what is not supported.
func (d *Dataset) Layout() string { return d.layout }

func (f *File) dataset(h *header, path string) (*Dataset, error) {
	o, err := f.object(h, path)
	if err != nil {
		return nil, err
	}
	d := &Dataset{object: *o, values: values{f: f, what: "dataset " + shown(path), grow: 1}}
	if err := d.open(h); err != nil {
		return nil, fmt.Errorf("%w (in %s)", err, shown(path))
	}
	return d, nil
}

// open reads type, space, fill value, filters and layout. Only a type or space that cannot be read is an error here;
// a layout that cannot is kept for the moment when the values are wanted.
func (d *Dataset) open(h *header) error {
	sm, tm := h.find(msgDataspace), h.find(msgDatatype)
	if sm == nil || tm == nil {
		return bad("object header", h.addr, "a dataset without a datatype or a dataspace")
	}
	space, err := d.values.f.dataspace(sm)
	if err != nil {
		return err
	}
	if d.dtype, err = d.values.f.datatype(tm); err != nil {
		return err
	}
	if d.dtype.kind == Opaque && d.dtype.size == 2 && d.bfloat16() {
		d.dtype.kind = BFloat16
	}
	c := sm.cursor(d.values.f, "dataspace")
	if d.shape, d.n = c.shape(space, d.dtype); c.err != nil {
		return c.err
	}
	d.err = d.storage(h, space)
	return nil
}

// bfloat16 reports whether opaque elements of two bytes are bfloat16: h5py has no such type, so that Keras stores
// bytes, and says in the attribute dtype what they are.
func (d *Dataset) bfloat16() bool {
	a := d.attrs["dtype"]
	if a == nil {
		return false
	}
	s, err := a.Text()
	return err == nil && s == "bfloat16"
}

// storage reads the layout message and sets scan.
func (d *Dataset) storage(h *header, space dataspace) error {
	f := d.values.f
	fill, err := d.fillValue(h)
	if err != nil {
		return err
	}
	var filters []filter
	if m := h.find(msgFilters); m != nil {
		if m, err = f.shared(m, "filter pipeline"); err != nil {
			return err
		}
		if filters, err = f.pipeline(m); err != nil {
			return err
		}
	}
	c := h.find(msgLayout).cursor(f, "layout")
	l := c.layout()
	if c.err != nil {
		d.layout = "unknown"
		return c.err
	}
	bytes := uint64(d.n) * uint64(d.dtype.size)
	switch l.class {
	case 0:
		d.layout = "compact"
		if uint64(len(l.data)) < bytes {
			return bad("layout", c.addr, "%d bytes of data; shape %v needs %d", len(l.data), d.shape, bytes)
		}
		d.scan = func(put func(int, []byte) error) error { return put(0, l.data[:bytes]) }
	case 1:
		d.layout = "contiguous"
		switch {
		case h.find(msgExternal) != nil:
			d.layout = "external"
			return bad("layout", c.addr, "the data lie in another file, which is not supported")
		case l.addr == undefined:
			d.scan = func(put func(int, []byte) error) error { return fillAll(d.n, d.dtype.size, fill, put) }
			return nil
		}
		if err := f.inside("data", l.addr, bytes); err != nil {
			return err
		}
		d.scan = func(put func(int, []byte) error) error { return f.contiguous(l.addr, d.n, d.dtype.size, put) }
		d.direct = func(dst []byte) error { return f.straight(l.addr, dst) }
	case 2:
		d.layout = "chunked"
		k, err := d.chunked(c, l, space, filters, fill)
		if err != nil {
			return err
		}
		d.scan = k.scan
	default:
		d.layout = "virtual"
		return bad("layout", c.addr, "class %d (3: a virtual dataset) is not supported", l.class)
	}
	return nil
}

// A layout is what a data layout message says.
type layout struct {
	class uint8
	data  []byte // compact
	addr  uint64 // of the data, or of the chunk index
	dims  []uint64
	index uint8 // of chunks: 0 the B-tree of version 1, else as the message numbers them
	flags uint8 // of a message of version 4
	size  uint64
	mask  uint32
	page  int // page bits of arrays
}

// layout reads versions 1 to 4 of a data layout message; the last of dims is the element's size.
func (c *cursor) layout() (l layout) {
	v := c.version(1, 2, 3, 4)
	if v < 3 {
		rank := int(c.u8())
		l.class = c.u8()
		c.take(5)
		if l.class != 0 {
			l.addr = c.offset()
		}
		l.dims = c.dims(rank, 4)
		if l.class == 0 {
			l.data = c.take(int(c.u32()))
		}
		return l
	}
	l.class = c.u8()
	switch {
	case l.class == 0:
		l.data = c.take(int(c.u16()))
	case l.class == 1:
		l.addr = c.offset()
		c.length()
	case l.class == 2 && v == 3:
		rank := int(c.u8())
		l.addr = c.offset()
		l.dims = c.dims(rank, 4)
	case l.class == 2:
		c.layout4(&l)
	}
	return l
}

func (c *cursor) dims(rank, width int) (dims []uint64) {
	if rank > maxRank+1 {
		c.fail("%d dimensions; at most %d are allowed", rank, maxRank+1)
	}
	for range rank {
		if c.err != nil {
			return nil
		}
		dims = append(dims, c.uint(width))
	}
	return dims
}

// layout4 reads a chunked layout of version 4: flags, rank, width of sizes, sizes, index, its parameters, address.
func (c *cursor) layout4(l *layout) {
	l.flags = c.u8()
	rank, width := int(c.u8()), int(c.u8())
	l.dims = c.dims(rank, width)
	l.index = c.u8()
	switch l.index {
	case 1: // a single chunk
		if l.flags&2 != 0 {
			l.size, l.mask = c.length(), c.u32()
		}
	case 2: // implicit: all chunks in a row
	case 3: // fixed array
		l.page = int(c.u8())
	case 4: // extensible array, whose header repeats the parameters
		c.take(5)
	case 5: // B-tree of version 2, whose header repeats them
		c.take(6)
	default:
		c.fail("chunk index %d is not known", l.index)
	}
	l.addr = c.offset()
}

// fillValue is the bytes of the element that stands where nothing was written; nil for zeros.
func (d *Dataset) fillValue(h *header) ([]byte, error) {
	f := d.values.f
	m := h.find(msgFill)
	old := m == nil
	if old {
		if m = h.find(msgOldFill); m == nil {
			return nil, nil
		}
	}
	m, err := f.shared(m, "fill value")
	if err != nil {
		return nil, err
	}
	c := m.cursor(f, "fill value")
	defined := true
	if !old {
		switch v := c.version(1, 2, 3); v {
		case 3:
			defined = c.u8()&0x20 != 0
		default:
			c.u8()
			c.u8()
			defined = c.u8() != 0 || v == 1
		}
	}
	if !defined || c.err != nil {
		return nil, c.err
	}
	n := c.u32()
	if n == 0 || n == 1<<32-1 {
		return nil, c.err
	}
	b := c.take(int(n))
	if c.err == nil && len(b) != d.dtype.size*product(d.dtype.dims) {
		c.fail("%d bytes for elements of %d", len(b), d.dtype.size)
	}
	if d.dtype.vlen {
		return nil, c.err // its reference is to nothing that the file keeps
	}
	return b, c.err
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// piece is how many bytes are read and converted at once: enough that the system call does not count, and within the
// second-level cache.
const piece = 64 << 10

// contiguous puts n elements of size bytes that stand at addr, piece by piece.
func (f *File) contiguous(addr uint64, n, size int, put func(int, []byte) error) error {
	if n == 0 || size == 0 {
		return put(0, nil)
	}
	step := max(1, piece/size)
	buf := make([]byte, min(n, step)*size)
	for i := 0; i < n; i += step {
		b := buf[:min(step, n-i)*size]
		if err := f.readInto("data", addr+uint64(i)*uint64(size), b); err != nil {
			return err
		}
		if err := put(i, b); err != nil {
			return err
		}
	}
	return nil
}

// straight reads dst at addr, piece by piece: who computes a checksum of what is read finds it in the cache.
func (f *File) straight(addr uint64, dst []byte) error {
	for len(dst) > 0 {
		n := min(len(dst), 2*piece)
		if err := f.readInto("data", addr, dst[:n]); err != nil {
			return err
		}
		addr, dst = addr+uint64(n), dst[n:]
	}
	return nil
}

// fillAll puts n elements of the fill value. A fill value of an array type covers several elements.
func fillAll(n, size int, fill []byte, put func(int, []byte) error) error {
	if size == 0 {
		return put(0, nil)
	}
	unit := max(1, len(fill)/size)
	step := max(1, piece/(unit*size)) * unit
	b := make([]byte, min(n, step)*size)
	if len(fill) > 0 {
		b = bytes.Repeat(fill, (len(b)+len(fill)-1)/len(fill))
	}
	for i := 0; i < n; i += step {
		if err := put(i, b[:min(step, n-i)*size]); err != nil {
			return err
		}
	}
	return nil
}
