package arrayfile

import (
	"math"
	"os"
	"slices"
	"sync"
	"sync/atomic"
)

// Arrangement is an order in which records are read. Those of a random order are laid in a file of their own: one pass
// over the records writes each to its window, a part of the order that fits in memory, so that going through the order
// costs the bytes of the records three times, however many there are. A window comes in one reading, the next one while
// it is used. An ascending order is read from the records' own file.
//
// It is advice: Records.Read gives the same records in any order.
type Arrangement struct {
	of      *Records
	next    atomic.Int64 // the place behind the record that was read last
	entered atomic.Int64 // the window that was read last
	loading sync.Mutex   // held while a window is read

	sync.RWMutex                 // of what follows
	own          *os.File        // with the records window by window, where laid
	laid         bool            // else the file is that of the records
	ids          []uint32        // the order: the record of each place
	at           []uint32        // of each place, where laid, which record of its own file it is
	each         int             // records of a window
	windows      [windows]window // a window has the place of its number, modulo windows
	free         []byte          // room for one more
	closed       bool

	places []uint32 // room for lay
}

// window is records side by side.
type window struct {
	number int // from 1; 0 without
	bytes  []byte
}

const (
	windows  = 2       // that are kept, beside the one that is being read from the file
	mostLive = 4       // arrangements at a time
	around   = 64      // places before and behind the last one at which a record is looked for
	page     = 4 << 10 // bytes: a disk reads no fewer
)

// Arrange lays n records so that they are quickly read in an order, which may have some several times and others not at
// all; it does not keep order. nil is none: where all records are in memory, the order has few of them, or the disk has
// no room. Where there are too many arrangements the oldest one ends.
func (r *Records) Arrange(n int, order func(place int) int) *Arrangement {
	if r.file == nil || n == 0 || r.n > math.MaxUint32 || n*page < r.n*r.size {
		return nil
	}
	a := r.room()
	ascending := true
	for place := range n {
		id := order(place)
		if id < 0 || id >= r.n {
			a.Close()
			return nil
		}
		ascending = ascending && (place == 0 || uint32(id) > a.ids[place-1])
		a.ids = append(a.ids, uint32(id))
	}
	if ascending {
		a.each = max(1, min(chunkBytes, windowBytes)/r.size)
	} else if a.laid = true; a.lay() != nil {
		a.Close()
		return nil
	}
	r.mu.Lock()
	all := []*Arrangement{a}
	if live := r.live.Load(); live != nil {
		all = append(all, *live...)
	}
	r.live.Store(&all)
	r.mu.Unlock()
	if len(all) > mostLive {
		all[mostLive].Close()
	}
	return a
}

// room returns an arrangement of no records, with the room of a closed one.
func (r *Records) room() *Arrangement {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := r.spare
	if r.spare = nil; a == nil {
		a = &Arrangement{of: r}
	}
	a.entered.Store(-1)
	return a
}

// Seek says that the record at a place of the order is read next.
func (a *Arrangement) Seek(place int) { a.next.Store(int64(place)) }

// Close ends the arrangement: its records are read as if there had been none.
func (a *Arrangement) Close() {
	a.loading.Lock()
	defer a.loading.Unlock()
	a.Lock()
	defer a.Unlock()
	if a.closed {
		return
	}
	a.closed = true
	s := &Arrangement{of: a.of, own: a.own, ids: a.ids[:0], at: a.at[:0], places: a.places, free: a.free}
	for k, w := range a.windows {
		s.windows[k].bytes = w.bytes
	}
	a.own, a.ids, a.at, a.places, a.free, a.windows = nil, nil, nil, nil, nil, [windows]window{}
	r := a.of
	r.mu.Lock()
	defer r.mu.Unlock()
	if live := r.live.Load(); live != nil {
		all := slices.DeleteFunc(slices.Clone(*live), func(x *Arrangement) bool { return x == a })
		r.live.Store(&all)
	}
	if r.spare != nil && r.spare.own != nil {
		_ = r.spare.own.Close() // it has no name
	}
	r.spare = s
}

// read calls take with record i where it is the next one of the order.
func (a *Arrangement) read(i int, take func(record []byte)) bool {
	place := int(a.next.Load())
	a.RLock()
	defer a.RUnlock()
	if place >= len(a.ids) || int(a.ids[place]) != i {
		return false
	}
	k := a.record(place) / a.each
	if a.windows[k%windows].number != k+1 {
		a.RUnlock()
		a.load(k)
		a.RLock()
	}
	if !a.take(place, take) {
		return false
	}
	if a.entered.Load() != int64(k) && a.entered.Swap(int64(k)) != int64(k) {
		go a.load(k + 1)
	}
	return true
}

// find is read for a record that is near the next one: several goroutines read a batch.
func (a *Arrangement) find(i int, take func(record []byte)) bool {
	place := int(a.next.Load())
	a.RLock()
	defer a.RUnlock()
	for k := max(0, place-around); k < min(place+around, len(a.ids)); k++ {
		if int(a.ids[k]) == i {
			return a.take(k, take)
		}
	}
	return false
}

// record is which record of the file that of a place is.
func (a *Arrangement) record(place int) int {
	if a.laid {
		return int(a.at[place])
	}
	return int(a.ids[place])
}

// take calls take with the record of a place, if it is in memory.
func (a *Arrangement) take(place int, take func(record []byte)) bool {
	if place >= len(a.ids) { // it was closed meanwhile
		return false
	}
	at := a.record(place)
	k := at / a.each
	w := &a.windows[k%windows]
	if w.number != k+1 {
		return false
	}
	take(w.bytes[(at-k*a.each)*a.of.size:][:a.of.size])
	a.next.Store(int64(place) + 1)
	return true
}

// load reads a window, unless it is there.
func (a *Arrangement) load(k int) {
	a.loading.Lock()
	defer a.loading.Unlock()
	a.RLock()
	file, n, b := a.of.file, a.of.n, a.free
	if a.laid {
		file, n = a.own, len(a.at)
	}
	n = min(a.each, n-k*a.each)
	there := a.closed || n <= 0 || a.windows[k%windows].number == k+1
	a.RUnlock()
	if there {
		return
	}
	size := a.of.size
	if cap(b) < n*size {
		b = make([]byte, a.each*size)
	}
	b = b[:n*size]
	if _, err := file.ReadAt(b, int64(k)*int64(a.each*size)); err != nil {
		return
	}
	a.Lock()
	defer a.Unlock()
	w := &a.windows[k%windows]
	a.free, w.bytes, w.number = w.bytes, b, k+1
}
