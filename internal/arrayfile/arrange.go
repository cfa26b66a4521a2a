package arrayfile

import (
	"math"
	"os"
	"slices"
	"sync"
)

// Arrangement is an order in which records are read. Those of a random order are laid in a file of their own: one pass
// over the records writes each to its window, a part of the order that fits in memory, so that going through the order
// costs the bytes of the records three times, however many there are. A window comes in one reading, the next one while
// it is used. An ascending order is read from the records' own file.
//
// It is advice: Records.Read gives the same records in any order.
type Arrangement struct {
	of      *Records
	loading sync.Mutex // held while a window is read, before mu

	mu      sync.Mutex
	own     *os.File // with the records window by window, where laid; else the file is that of the records
	laid    bool
	ids     []uint32 // the order: the record of each place
	each    int      // records of a window
	next    int      // the place behind the record that was read last
	entered int      // the number of the window that was read last
	windows [2]window
	free    []byte // room for one more, which is being read
	closed  bool

	wanted []wanted // room for lay
}

// window is records side by side: those of the order's places, or where the order ascends those of the file.
type window struct {
	number int // from 1; 0 without
	bytes  []byte
}

const (
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
	return a
}

// Seek says that the record at a place of the order is read next.
func (a *Arrangement) Seek(place int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.next = place
}

// Close ends the arrangement: its records are read as if there had been none.
func (a *Arrangement) Close() {
	a.loading.Lock()
	defer a.loading.Unlock()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	a.closed = true
	s := &Arrangement{of: a.of, own: a.own, ids: a.ids[:0], wanted: a.wanted, free: a.free}
	for k, w := range a.windows {
		s.windows[k].bytes = w.bytes
	}
	a.own, a.ids, a.wanted, a.free, a.windows = nil, nil, nil, nil, [2]window{}
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
	a.mu.Lock()
	defer a.mu.Unlock()
	place := a.next
	if place >= len(a.ids) || int(a.ids[place]) != i {
		return false
	}
	k := a.at(place) / a.each
	if a.windows[k%2].number != k+1 {
		a.mu.Unlock()
		a.load(k)
		a.mu.Lock()
	}
	if !a.take(place, i, take) {
		return false
	}
	if a.entered != k+1 {
		a.entered = k + 1
		go a.load(k + 1)
	}
	return true
}

// find is read for a record that is near the next one: several goroutines read a batch.
func (a *Arrangement) find(i int, take func(record []byte)) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for place := max(0, a.next-around); place < min(a.next+around, len(a.ids)); place++ {
		if int(a.ids[place]) == i {
			return a.take(place, i, take)
		}
	}
	return false
}

// at is which record a place has among those of all windows.
func (a *Arrangement) at(place int) int {
	if a.laid {
		return place
	}
	return int(a.ids[place])
}

// take calls take with record i at a place, if it is in memory.
func (a *Arrangement) take(place, i int, take func(record []byte)) bool {
	if place >= len(a.ids) || int(a.ids[place]) != i { // it was closed meanwhile
		return false
	}
	at := a.at(place)
	k := at / a.each
	w := &a.windows[k%2]
	if w.number != k+1 {
		return false
	}
	take(w.bytes[(at-k*a.each)*a.of.size:][:a.of.size])
	a.next = place + 1
	return true
}

// load reads a window, unless it is there.
func (a *Arrangement) load(k int) {
	a.loading.Lock()
	defer a.loading.Unlock()
	a.mu.Lock()
	n, b := a.of.n, a.free
	if a.laid {
		n = len(a.ids)
	}
	n = min(a.each, n-k*a.each)
	there := a.closed || n <= 0 || a.windows[k%2].number == k+1
	a.mu.Unlock()
	if there {
		return
	}
	size := a.of.size
	if cap(b) < n*size {
		b = make([]byte, a.each*size)
	}
	if b = b[:n*size]; !a.window(b, k, n) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	w := &a.windows[k%2]
	a.free, w.bytes, w.number = w.bytes, b, k+1
}
