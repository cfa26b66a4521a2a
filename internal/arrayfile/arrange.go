package arrayfile

import (
	"math"
	"os"
	"slices"
	"sync"
	"weak"
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
	chunks           // of the records' file, where laid
	next    int      // the place behind the record that was read last
	entered int      // the number of the window that was read last
	windows [2]window
	free    []byte // room for one more, which is being read
	closed  bool

	wanted []uint32 // room for lay
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
	a.ids = slices.Grow(a.ids[:0], n)[:n]
	ascending, last := true, -1
	for place := range a.ids {
		id := order(place)
		if id < 0 || id >= r.n {
			a.Close()
			return nil
		}
		ascending = ascending && id > last
		a.ids[place], last = uint32(id), id
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
	a := r.spare.Value()
	if r.spare = (weak.Pointer[Arrangement]{}); a == nil {
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
	s := &Arrangement{of: a.of, own: a.own, ids: a.ids[:0], chunks: a.chunks, wanted: a.wanted, free: a.free}
	for k, w := range a.windows {
		s.windows[k] = window{bytes: w.bytes, next: w.next}
	}
	a.own, a.ids, a.chunks, a.wanted, a.free, a.windows = nil, nil, chunks{}, nil, nil, [2]window{}
	r := a.of
	r.mu.Lock()
	defer r.mu.Unlock()
	if live := r.live.Load(); live != nil {
		all := slices.DeleteFunc(slices.Clone(*live), func(x *Arrangement) bool { return x == a })
		r.live.Store(&all)
	}
	if old := r.spare.Value(); old != nil && old.own != nil {
		_ = old.own.Close() // it has no name
	}
	r.spare = weak.Make(s)
}

// read calls take with the records of ids from number k on, as long as they are the next ones of the order, and returns
// which one is not.
func (a *Arrangement) read(ids []int, k int, take func(k int, record []byte)) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	for k < len(ids) && a.next < len(a.ids) && int(a.ids[a.next]) == ids[k] {
		number := a.number(a.next)
		w := a.held(number)
		if w == nil {
			a.mu.Unlock()
			a.load(number)
			a.mu.Lock()
			if a.held(number) == nil {
				break
			}
			continue // the next one may be another by now
		}
		if a.entered != number {
			a.entered = number
			go a.load(number + 1)
		}
		k = a.inWindow(w, ids, k, take)
	}
	return k
}

// inWindow is read for records of one window, in which the next place lies.
func (a *Arrangement) inWindow(w *window, ids []int, k int, take func(k int, record []byte)) int {
	size, end := a.of.size, min(len(ids), k+len(a.ids)-a.next)
	if a.laid {
		end = min(end, k+w.number*a.each-a.next)
		a.turn(w, a.next)
	}
	for ; k < end && int(a.ids[a.next]) == ids[k]; k++ {
		at := a.take(w, a.next)
		if at >= a.each { // of an ascending order: the next window
			break
		}
		take(k, w.bytes[at*size:at*size+size])
		a.next++
	}
	return k
}

// find is read for record k alone, which is near the next one: several goroutines read a batch.
func (a *Arrangement) find(ids []int, k int, take func(k int, record []byte)) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for place := max(0, a.next-around); place < min(a.next+around, len(a.ids)); place++ {
		if int(a.ids[place]) != ids[k] {
			continue
		}
		w := a.held(a.number(place))
		if w == nil {
			return false
		}
		a.next = place
		return a.inWindow(w, ids[:k+1], k, take) > k
	}
	return false
}
