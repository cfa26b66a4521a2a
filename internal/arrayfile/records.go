package arrayfile

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// Records is records of one size, in memory where they are few, else in a file without a name. They are written once
// and then read in any order: those that Gather was told of quickly, others by a reading of the file each. Several
// goroutines may write, and several read.
type Records struct {
	n, size int
	of      *Scratch
	memory  []byte   // all of them; nil where they lie in the file
	file    *os.File // nil where they are in memory
	buffers sync.Pool

	slots   []uint32      // of each record, its place in a window: see Gather
	next    atomic.Uint32 // the place behind the record that was read last, as in slots
	gather  sync.Mutex
	count   uint32 // windows so far
	windows [windows]window
}

// window is records side by side that are read next.
type window struct {
	sync.RWMutex
	number uint32 // of the window, from 1; its lower bits stand in slots
	ids    []uint32
	bytes  []byte
}

const (
	chunkBytes = 1 << 20 // that are read at a time
	windows    = 4       // that are kept: two for each of two orders of reading
	slotBits   = 25      // of the place in a window
	mostWindow = 1 << slotBits
	numberMask = 1<<(32-slotBits) - 1
)

// Records returns n records of a size in bytes, all zeros. Without a scratch file they are in memory, and also where a
// file cannot be made.
func (s *Scratch) Records(n, size int) *Records {
	r := &Records{n: n, size: size, of: s}
	if s != nil && n > mostHeld/size {
		var err error
		if r.file, err = s.sibling(int64(n) * int64(size)); err != nil {
			s.fail(err)
		}
	}
	if r.file == nil {
		r.memory = make([]byte, n*size)
		return r
	}
	r.slots = make([]uint32, n)
	r.buffers.New = func() any {
		b := make([]byte, size)
		return &b
	}
	return r
}

// Write writes records from one on. An error is the scratch file's from then on.
func (r *Records) Write(from int, b []byte) error {
	if r.file == nil {
		copy(r.memory[from*r.size:], b)
		return nil
	}
	_, err := r.file.WriteAt(b, int64(from)*int64(r.size))
	if err != nil {
		r.of.fail(err)
	}
	return err
}

// Read calls take with record i, which is valid until take returns.
func (r *Records) Read(i int, take func(record []byte)) error {
	if r.file == nil {
		take(r.memory[i*r.size:][:r.size])
		return nil
	}
	// Most records are read in the order of their window: the place of others is looked up.
	if r.at(r.next.Load(), i, take) || r.at(atomic.LoadUint32(&r.slots[i]), i, take) {
		return nil
	}
	b := r.buffers.Get().(*[]byte)
	defer r.buffers.Put(b)
	if _, err := r.file.ReadAt(*b, int64(i)*int64(r.size)); err != nil {
		return fmt.Errorf("the file of prepared rows: %w", err)
	}
	take(*b)
	return nil
}

// at calls take with record i where it is at a place of a window, else it returns false.
func (r *Records) at(slot uint32, i int, take func(record []byte)) bool {
	w, at := &r.windows[slot>>slotBits%windows], int(slot&(mostWindow-1))
	w.RLock()
	defer w.RUnlock()
	if slot == 0 || w.number&numberMask != slot>>slotBits || at >= len(w.ids) || int(w.ids[at]) != i {
		return false
	}
	take(w.bytes[at*r.size:][:r.size])
	r.next.Store(slot + 1)
	return true
}

// Window returns how many records Gather takes at most; 0 where all are in memory.
func (r *Records) Window() int {
	if r.file == nil {
		return 0
	}
	return max(1, min(windowBytes/r.size, mostWindow-1))
}

// Gather reads records in one pass over the file, so that they are at hand when they are read in this order. It is
// advice: those of which it could not read are read one by one.
func (r *Records) Gather(ids []int) {
	if r.file == nil || len(ids) == 0 {
		return
	}
	r.gather.Lock()
	defer r.gather.Unlock()
	ids = ids[:min(len(ids), r.Window())]
	r.count++
	if r.count&numberMask == 0 { // it stands for no window
		r.count++
	}
	w := &r.windows[r.count&numberMask%windows]
	w.Lock()
	defer w.Unlock()
	w.number, w.ids = r.count, w.ids[:0]
	if cap(w.bytes) < len(ids)*r.size {
		w.bytes = make([]byte, r.Window()*r.size)
	}
	w.bytes = w.bytes[:len(ids)*r.size]
	for _, id := range ids {
		w.ids = append(w.ids, uint32(id))
	}
	if err := r.fill(w); err != nil {
		w.ids = w.ids[:0]
		return
	}
	for at, id := range w.ids {
		atomic.StoreUint32(&r.slots[id], (r.count&numberMask)<<slotBits|uint32(at))
	}
}

// fill reads the records of a window, chunk by chunk of the file.
func (r *Records) fill(w *window) error {
	each := max(1, chunkBytes/r.size) // records of a chunk
	ends := make([]int32, (r.n+each-1)/each+1)
	for _, id := range w.ids {
		ends[int(id)/each+1]++
	}
	for k := 1; k < len(ends); k++ {
		ends[k] += ends[k-1]
	}
	places := make([]uint32, len(w.ids)) // in the window, by chunk
	for at, id := range w.ids {
		k := int(id) / each
		places[ends[k]] = uint32(at)
		ends[k]++ // it ends where the next chunk's began
	}
	chunk, from := make([]byte, each*r.size), int32(0)
	for k, to := range ends[:len(ends)-1] {
		if from < to {
			first := k * each
			b := chunk[:min(each, r.n-first)*r.size]
			if _, err := r.file.ReadAt(b, int64(first)*int64(r.size)); err != nil {
				return err
			}
			for _, at := range places[from:to] {
				copy(w.bytes[int(at)*r.size:][:r.size], b[(int(w.ids[at])-first)*r.size:])
			}
		}
		from = to
	}
	return nil
}
