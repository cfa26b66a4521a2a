package arrayfile

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"gorae/internal/par"
)

const (
	chunkBytes  = 1 << 20  // of the records, that are read at a time
	mostChunk   = 32 << 20 // where there are many windows
	leastWindow = 1 << 20  // bytes
	leastRun    = 32 << 10 // bytes that a chunk has for a window, about
)

// chunks are the parts of a file of records in which it is read, and what a window has of each. Their extents are
// powers of two.
type chunks struct {
	shift, count int      // of a record's number; chunks
	ends         []int    // where the records of each chunk begin among all that are wanted, and the end
	firsts       []uint32 // [windows, chunks]: which record of the window is the first one of a chunk
}

// windowSize is the size of the windows of an arrangement of bytes: where memory allows it that of the chunks, so that
// what a chunk has for a window is leastRun.
func windowSize(all int) int {
	return min(windowBytes, max(leastWindow, int(math.Sqrt(leastRun*float64(all)))))
}

// cut sets the chunks and counts the records that the order wants of each.
func (a *Arrangement) cut() {
	r, n := a.of, len(a.ids)
	a.each = max(1, windowSize(n*r.size)/r.size)
	width := (n + a.each - 1) / a.each
	records := max(1, min(max(chunkBytes, leastRun*width), mostChunk)/r.size)
	a.shift = bits.Len(uint(records)) - 1
	a.count = (r.n-1)>>a.shift + 1
	a.firsts = slices.Grow(a.firsts[:0], width*a.count)[:width*a.count]
	clear(a.firsts)
	a.ends = slices.Grow(a.ends[:0], a.count+1)[:a.count+1]
	clear(a.ends)
	for w := range width {
		runs := a.firsts[w*a.count:][:a.count]
		for _, id := range a.ids[w*a.each : min(n, (w+1)*a.each)] {
			runs[id>>a.shift]++
		}
		first := uint32(0)
		for k, run := range runs {
			runs[k] = first
			first += run
			a.ends[k+1] += int(run)
		}
	}
	for k := range a.count {
		a.ends[k+1] += a.ends[k]
	}
}

// run returns which records of a window, from 0, are those of chunk k: the first one, and the one behind the last.
func (a *Arrangement) run(window, k int) (from, to int) {
	at := window*a.count + k
	if k+1 < a.count {
		return int(a.firsts[at]), int(a.firsts[at+1])
	}
	return int(a.firsts[at]), min(a.each, len(a.ids)-window*a.each)
}

// lay writes the records of the order to the arrangement's own file, window by window. The file of the records is read
// in chunks; those that a chunk has for one window are written side by side, in the order in which they are read.
func (a *Arrangement) lay() error {
	r, n := a.of, len(a.ids)
	if a.own == nil {
		var err error
		if a.own, err = r.of.sibling(int64(n) * int64(r.size)); err != nil {
			return err
		}
	}
	a.cut()
	a.wanted = slices.Grow(a.wanted[:0], n)[:n] // within their chunks, chunk by chunk
	next, in := slices.Clone(a.ends), uint32(1)<<a.shift-1
	for _, id := range a.ids {
		k := id >> a.shift
		a.wanted[next[k]] = id & in
		next[k]++
	}
	room := sync.Pool{New: func() any { return new([]byte) }}
	errs := make([]error, a.count)
	par.Each(a.count, func(k int) {
		b := room.Get().(*[]byte)
		defer room.Put(b)
		errs[k] = a.layChunk(b, k)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// layChunk writes the records of chunk k.
func (a *Arrangement) layChunk(room *[]byte, k int) error {
	all, size, first := a.wanted[a.ends[k]:a.ends[k+1]], a.of.size, k<<a.shift
	if len(all) == 0 {
		return nil
	}
	n := min(a.of.n-first, 1<<a.shift) * size
	b := slices.Grow((*room)[:0], n)[:n]
	if _, err := a.of.file.ReadAt(b, int64(first)*int64(size)); err != nil {
		return err
	}
	for w := 0; len(all) > 0; w++ {
		from, to := a.run(w, k)
		run := (to - from) * size
		b = slices.Grow(b[:n], run)[:n+run]
		out := b[n:]
		for i, record := range all[:to-from] {
			copy(out[i*size:i*size+size], b[int(record)*size:int(record)*size+size])
		}
		if _, err := a.own.WriteAt(out, int64(w*a.each+from)*int64(size)); err != nil {
			return err
		}
		all = all[to-from:]
	}
	*room = b
	return nil
}
