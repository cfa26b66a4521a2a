package arrayfile

import (
	"slices"
	"sync"

	"gorae/internal/par"
)

const (
	chunkBytes = 1 << 20  // of the records, that are read at a time
	mostChunk  = 32 << 20 // where there are many windows
	leastRun   = 16 << 10 // bytes that a chunk has for a window, about
)

// lay writes the records of the order to the arrangement's own file, window by window. The file of the records is read
// in chunks; those that a chunk has for one window are written side by side, in the order in which they are read.
func (a *Arrangement) lay() error {
	r, n := a.of, len(a.ids)
	a.each = max(1, windowBytes/r.size)
	width := (n + a.each - 1) / a.each // windows
	chunk := max(1, min(max(chunkBytes, leastRun*width), mostChunk)/r.size)
	chunks := (r.n + chunk - 1) / chunk

	// runs[c*width+w] is how many records chunk c has for window w.
	runs, ends := make([]uint32, chunks*width), make([]int, chunks+1)
	for place, id := range a.ids {
		c := int(id) / chunk
		runs[c*width+place/a.each]++
		ends[c+1]++
	}
	for c := range chunks {
		ends[c+1] += ends[c]
	}
	from := slices.Clone(ends)
	a.places = slices.Grow(a.places[:0], n)[:n] // by chunk, ascending in each
	for place, id := range a.ids {
		c := int(id) / chunk
		a.places[ends[c]] = uint32(place)
		ends[c]++
	}
	firsts := make([]uint32, chunks*width) // of each run, which record of the window its first one is
	for w := range width {
		first := uint32(0)
		for c := range chunks {
			firsts[c*width+w] = first
			first += runs[c*width+w]
		}
	}
	if a.own == nil {
		var err error
		if a.own, err = r.of.sibling(int64(n) * int64(r.size)); err != nil {
			return err
		}
	}
	a.at = slices.Grow(a.at[:0], n)[:n]
	errs := make([]error, chunks)
	room := sync.Pool{New: func() any {
		b := make([]byte, 0, 2*chunk*r.size)
		return &b
	}}
	par.Each(chunks, func(c int) {
		places := a.places[from[c]:from[c+1]]
		if len(places) == 0 {
			return
		}
		b := room.Get().(*[]byte)
		defer room.Put(b)
		first := c * chunk
		errs[c] = a.layChunk(*b, places, first, min(chunk, r.n-first), runs[c*width:][:width], firsts[c*width:][:width])
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// layChunk writes the records of a chunk.
func (a *Arrangement) layChunk(b []byte, places []uint32, first, n int, runs, firsts []uint32) error {
	size := a.of.size
	b = b[:n*size]
	if _, err := a.of.file.ReadAt(b, int64(first)*int64(size)); err != nil {
		return err
	}
	out := b[n*size : n*size : cap(b)]
	for w, run := range runs {
		at := w*a.each + int(firsts[w])
		out = out[:0]
		for k, place := range places[:run] {
			a.at[place] = uint32(at + k)
			from := (int(a.ids[place]) - first) * size
			out = append(out, b[from:from+size]...)
		}
		if _, err := a.own.WriteAt(out, int64(at)*int64(size)); err != nil {
			return err
		}
		places = places[run:]
	}
	return nil
}
