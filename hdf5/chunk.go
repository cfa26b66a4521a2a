package hdf5

// chunks is a chunked dataset: a grid of boxes of equal shape, each stored by itself, found through an index.
type chunks struct {
	d       *Dataset
	l       layout
	at      uint64   // of the layout message, for errors
	dims    []uint64 // of the dataset, in elements of the file's type
	max     []uint64 // the largest dims, 0 without end
	box     []uint64 // the chunk's shape
	unit    int      // elements of values in one element of the file: more than 1 for array types
	bytes   int      // of a whole chunk
	filters []filter
	fill    []byte
}

// A chunk is where one chunk is stored; size counts filtered bytes.
type chunk struct {
	addr, size uint64
	mask       uint32
}

func (d *Dataset) chunked(c *cursor, l layout, s dataspace, filters []filter, fill []byte) (*chunks, error) {
	rank := len(s.dims)
	if rank == 0 || len(l.dims) != rank+1 {
		return nil, bad("layout", c.addr, "chunks of %d dimensions in a dataset of %d", len(l.dims)-1, rank)
	}
	k := &chunks{d: d, l: l, at: c.addr, dims: s.dims, max: s.max, box: l.dims[:rank], filters: filters, fill: fill,
		unit: product(d.dtype.dims)}
	size := uint64(d.dtype.size * k.unit)
	if size != l.dims[rank] {
		return nil, bad("layout", c.addr, "elements of %d bytes; the datatype says %d", l.dims[rank], size)
	}
	if size == 0 {
		return nil, bad("layout", c.addr, "chunks of elements without bytes")
	}
	for _, p := range filters {
		if p.id == filterDeflate {
			d.grow = ratio
		}
	}
	// A chunk is held in memory whole, so it obeys the same bound as the dataset.
	limit := slack + d.grow*uint64(min(d.values.f.size, 1<<50))
	for _, b := range k.box {
		if b == 0 || size > limit/b {
			return nil, bad("layout", c.addr, "chunks of shape %v are more than a file of %d bytes can hold", k.box,
				d.values.f.size)
		}
		size *= b
	}
	k.bytes = int(size)
	return k, nil
}

// grid is how many chunks stand side by side in dimension i of a dataset of dims.
func (k *chunks) grid(dims []uint64, i int) uint64 {
	return dims[i]/k.box[i] + min(1, dims[i]%k.box[i])
}

// scan puts the fill value everywhere if some chunk is not stored, then every stored chunk that lies in the dataset.
func (k *chunks) scan(put func(int, []byte) error) error {
	f := k.d.values.f
	limit := slack + k.d.grow*uint64(min(f.size, 1<<50))
	total := uint64(1)
	for i := range k.dims {
		n := k.grid(k.dims, i)
		if n != 0 && total > limit/n {
			return bad("layout", k.at, "more chunks than a file of %d bytes can hold", f.size)
		}
		total *= n
	}
	if total > limit/uint64(k.bytes)+1 {
		return bad("layout", k.at, "%d chunks of %d bytes are more than a file of %d bytes can hold", total, k.bytes,
			f.size)
	}
	found := map[uint64]chunk{} // by the chunk's row-major number in the grid
	err := k.index(func(at []uint64, c chunk) error {
		n := uint64(0)
		for i, x := range at {
			g := k.grid(k.dims, i)
			if x >= g {
				return nil // left over from before the dataset shrank
			}
			n = n*g + x
		}
		if _, twice := found[n]; twice {
			return bad("chunk", c.addr, "chunk %v is stored twice", at)
		}
		found[n] = c
		return nil
	})
	if err != nil {
		return err
	}
	if uint64(len(found)) < total {
		if err := fillAll(k.d.n, k.d.dtype.size, k.fill, put); err != nil {
			return err
		}
	}
	at := make([]uint64, len(k.dims))
	left := uint64(f.size) // chunks do not overlap
	for n := range total {
		c, ok := found[n]
		if !ok {
			continue
		}
		for i, rest := len(at)-1, n; i >= 0; i-- {
			g := k.grid(k.dims, i)
			at[i], rest = rest%g, rest/g
		}
		if c.size > left {
			return bad("chunk", c.addr, "%v of %s has %d bytes, more than the rest of the file; the chunks overlap",
				at, shown(k.d.path), c.size)
		}
		left -= c.size
		b, err := k.load(at, c)
		if err != nil {
			return err
		}
		if err := k.place(at, b, put); err != nil {
			return err
		}
	}
	return nil
}

// load reads one chunk and undoes its filters.
func (k *chunks) load(at []uint64, c chunk) ([]byte, error) {
	b, err := k.d.values.f.read("chunk", c.addr, c.size)
	if err != nil {
		return nil, err
	}
	filters := k.filters
	if k.l.flags&1 != 0 && k.l.index != 0 { // chunks that the edge cuts are stored unfiltered
		for i, x := range at {
			if (x+1)*k.box[i] > k.dims[i] {
				filters = nil
			}
		}
	}
	if b, err = unfilter(filters, c.mask, b, k.bytes); err != nil {
		return nil, bad("chunk", c.addr, "%v of %s: %v", at, shown(k.d.path), err)
	}
	if len(b) != k.bytes {
		return nil, bad("chunk", c.addr, "%v of %s has %d bytes; want %d", at, shown(k.d.path), len(b), k.bytes)
	}
	return b, nil
}

// place puts the rows of a chunk that lie within the dataset, one run of the last dimension at a time.
func (k *chunks) place(at []uint64, b []byte, put func(int, []byte) error) error {
	rank := len(k.dims)
	size := uint64(k.d.dtype.size * k.unit)
	in := make([]uint64, rank) // how many elements of the chunk lie inside, in each dimension
	for i := range in {
		in[i] = min(k.box[i], k.dims[i]-at[i]*k.box[i])
	}
	for pos := make([]uint64, rank); ; {
		var from, to uint64
		for i := range rank {
			from = from*k.box[i] + pos[i]
			to = to*k.dims[i] + at[i]*k.box[i] + pos[i]
		}
		if err := put(int(to)*k.unit, b[from*size:(from+in[rank-1])*size]); err != nil {
			return err
		}
		i := rank - 2
		for ; i >= 0; i-- {
			if pos[i]++; pos[i] < in[i] {
				break
			}
			pos[i] = 0
		}
		if i < 0 {
			return nil
		}
	}
}

// index calls visit with the place in the grid and the storage of every chunk that the file has.
func (k *chunks) index(visit func(at []uint64, c chunk) error) error {
	f := k.d.values.f
	if k.l.addr == undefined {
		return nil
	}
	rank := len(k.dims)
	whole := uint64(k.bytes)
	switch k.l.index {
	case 0: // key: filtered size 4, mask 4, offset in elements 8 each and one more for the element
		return f.tree1(k.l.addr, 1, 8+8*(rank+1), func(_ *walk, key *cursor, child uint64) error {
			c := chunk{child, uint64(key.u32()), key.u32()}
			at := make([]uint64, rank)
			for i := range at {
				x := key.u64()
				if key.err == nil && x%k.box[i] != 0 {
					key.fail("a chunk begins at %d of dimension %d, which is no multiple of %d", x, i, k.box[i])
				}
				at[i] = x / k.box[i]
			}
			if key.err != nil {
				return key.err
			}
			return visit(at, c)
		})
	case 1:
		c := chunk{k.l.addr, whole, k.l.mask}
		if k.l.flags&2 != 0 {
			c.size = k.l.size
		}
		return visit(make([]uint64, rank), c)
	case 2:
		return k.numbered(visit, func(n uint64) (chunk, bool) {
			if n > uint64(f.size)/whole {
				return chunk{}, false
			}
			return chunk{addr: k.l.addr + n*whole, size: whole}, true
		}, false)
	case 3, 4:
		read := k.fixedArray
		if k.l.index == 4 {
			read = k.extensibleArray
		}
		list, err := read()
		if err != nil {
			return err
		}
		return k.numbered(visit, func(n uint64) (chunk, bool) {
			c, ok := list[n]
			return c, ok
		}, k.l.index == 4)
	}
	kind, width := uint8(10), 0
	if len(k.filters) > 0 {
		kind = 11
	}
	return f.tree2(k.l.addr, kind, func(r *cursor) error {
		c := chunk{addr: r.offset(), size: whole}
		if kind == 11 {
			width = r.left() - 4 - 8*rank
			c.size, c.mask = r.uint(width), r.u32()
		}
		at := make([]uint64, rank)
		for i := range at {
			at[i] = r.u64()
		}
		if r.err != nil {
			return r.err
		}
		return visit(at, c)
	})
}

// numbered visits the chunks of the dataset's grid whose storage an array gives by number. Chunks are numbered in
// row-major order over the largest dims that the dataset may grow to; the dimension without end, if first says so, is
// counted as the slowest.
func (k *chunks) numbered(visit func([]uint64, chunk) error, get func(uint64) (chunk, bool), first bool) error {
	rank := len(k.dims)
	order := make([]int, 0, rank)
	endless := -1
	for i := range rank {
		if k.max[i] == 0 {
			if endless >= 0 || !first {
				return bad("layout", k.at, "a chunk array cannot hold a dataset that grows in dimension %d", i)
			}
			endless = i
			order = append(order, i)
		}
	}
	for i := range rank {
		if i != endless {
			order = append(order, i)
		}
	}
	at := make([]uint64, rank)
	for i := range rank {
		if k.dims[i] == 0 {
			return nil
		}
	}
	for {
		n := uint64(0)
		for _, i := range order {
			if i != endless {
				n *= k.grid(k.max, i)
			}
			n += at[i]
		}
		if c, ok := get(n); ok {
			if err := visit(at, c); err != nil {
				return err
			}
		}
		i := rank - 1
		for ; i >= 0; i-- {
			if at[i]++; at[i] < k.grid(k.dims, i) {
				break
			}
			at[i] = 0
		}
		if i < 0 {
			return nil
		}
	}
}

// entry is one element of a chunk array: an address, and under filters the stored size and the mask.
func (k *chunks) entry(c *cursor, width int) (chunk, bool) {
	e := chunk{addr: c.offset(), size: uint64(k.bytes)}
	if len(k.filters) > 0 {
		e.size, e.mask = c.uint(width-c.f.offsetSize-4), c.u32()
	}
	return e, e.addr != undefined && c.err == nil
}

func (k *chunks) checkEntries(c *cursor, client uint8, width int) {
	switch filtered := len(k.filters) > 0; {
	case c.err != nil:
	case filtered != (client == 1) || client > 1:
		c.fail("is of kind %d, while the dataset has %d filters", client, len(k.filters))
	case !filtered && width != c.f.offsetSize, filtered && (width < c.f.offsetSize+5 || width > c.f.offsetSize+12):
		c.fail("entries of %d bytes", width)
	}
}
