package arrayfile

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"gorae/internal/par"
)

const (
	chunkBytes = 1 << 20  // of the records, that are read at a time
	mostChunk  = 32 << 20 // where there are many windows
	leastRun   = 16 << 10 // bytes that a chunk has for a window, about
	placeBytes = 4        // that stand behind a record in the arrangement's file: its place in the window
)

// wanted is a record that an order wants, within its chunk, and the place of the order.
type wanted struct{ record, place uint32 }

// chunks are the parts of a file of records in which it is read. Their extents are powers of two.
type chunks struct {
	shift, width int      // of a record's number; windows
	ends         []int    // where the records of each chunk begin among all that are wanted, and the end
	runs         []uint32 // [chunks, windows]: how many records of a chunk are wanted in a window
	firsts       []uint32 // [chunks, windows]: the first of them is which one of the window
}

// chunked counts the records that the order wants of each chunk.
func (a *Arrangement) chunked() *chunks {
	r, n := a.of, len(a.ids)
	width := (n + a.each - 1) / a.each
	records := max(1, min(max(chunkBytes, leastRun*width), mostChunk)/r.size)
	c := &chunks{shift: bits.Len(uint(records)) - 1, width: width}
	count := (r.n-1)>>c.shift + 1
	c.runs, c.firsts, c.ends = make([]uint32, count*width), make([]uint32, count*width), make([]int, count+1)
	for w := range width {
		for _, id := range a.ids[w*a.each : min(n, (w+1)*a.each)] {
			c.runs[int(id>>c.shift)*width+w]++
		}
		first := uint32(0)
		for k := range count {
			c.firsts[k*width+w] = first
			first += c.runs[k*width+w]
			c.ends[k+1] += int(c.runs[k*width+w])
		}
	}
	for k := range count {
		c.ends[k+1] += c.ends[k]
	}
	return c
}

// lay writes the records of the order to the arrangement's own file, window by window. The file of the records is read
// in chunks; those that a chunk has for one window are written side by side, in the order in which they are read.
func (a *Arrangement) lay() error {
	r, n := a.of, len(a.ids)
	a.each = max(1, windowBytes/r.size)
	if a.own == nil {
		var err error
		if a.own, err = r.of.sibling(int64(n) * int64(r.size+placeBytes)); err != nil {
			return err
		}
	}
	c := a.chunked()
	a.wanted = slices.Grow(a.wanted[:0], n)[:n] // by chunk
	next, in := slices.Clone(c.ends), uint32(1)<<c.shift-1
	for place, id := range a.ids {
		k := id >> c.shift
		a.wanted[next[k]] = wanted{id & in, uint32(place)}
		next[k]++
	}
	room := sync.Pool{New: func() any {
		b := make([]byte, 0, (2*r.size+placeBytes)<<c.shift)
		return &b
	}}
	errs := make([]error, len(c.ends)-1)
	par.Each(len(errs), func(k int) {
		b := room.Get().(*[]byte)
		defer room.Put(b)
		errs[k] = a.layChunk(*b, c, k)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// layChunk writes the records of chunk k.
func (a *Arrangement) layChunk(b []byte, c *chunks, k int) error {
	all, size, first := a.wanted[c.ends[k]:c.ends[k+1]], a.of.size, k<<c.shift
	if len(all) == 0 {
		return nil
	}
	n := min(a.of.n-first, 1<<c.shift)
	b = b[:n*size]
	if _, err := a.of.file.ReadAt(b, int64(first)*int64(size)); err != nil {
		return err
	}
	out := b[n*size : n*size : cap(b)]
	for w, run := range c.runs[k*c.width:][:c.width] {
		out = out[:0]
		for _, x := range all[:run] {
			from := int(x.record) * size
			out = append(out, b[from:from+size]...)
			out = binary.LittleEndian.AppendUint32(out, x.place-uint32(w*a.each))
		}
		at := w*a.each + int(c.firsts[k*c.width+w])
		if _, err := a.own.WriteAt(out, int64(at)*int64(size+placeBytes)); err != nil {
			return err
		}
		all = all[run:]
	}
	return nil
}

// window reads n records of window k and puts them in their places; false where it cannot.
func (a *Arrangement) window(to []byte, k, n int) bool {
	size := a.of.size
	if !a.laid {
		_, err := a.of.file.ReadAt(to, int64(k)*int64(a.each*size))
		return err == nil
	}
	const piece = 4096 // records
	b := make([]byte, min(piece, n)*(size+placeBytes))
	for first := 0; first < n; first += piece {
		b = b[:min(piece, n-first)*(size+placeBytes)]
		if _, err := a.own.ReadAt(b, int64(k*a.each+first)*int64(size+placeBytes)); err != nil {
			return false
		}
		for at := 0; at < len(b); at += size + placeBytes {
			place := int(binary.LittleEndian.Uint32(b[at+size:]))
			if place >= n {
				return false
			}
			copy(to[place*size:][:size], b[at:])
		}
	}
	return true
}
