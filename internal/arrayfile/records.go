package arrayfile

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"weak"
)

// directBytes is the size of records side by side that are read at once where no arrangement has them.
const directBytes = 64 << 10

// Records is records of one size, in memory where they are few, else in a file without a name. They are written once
// and then read: in an order that Arrange was told of quickly, others by a reading of the file each. Several goroutines
// may write, and several read.
type Records struct {
	n, size int
	of      *Scratch
	memory  []byte   // all of them; nil where they lie in the file
	file    *os.File // nil where they are in memory
	buffers sync.Pool

	mu   sync.Mutex                     // of live and spare
	live atomic.Pointer[[]*Arrangement] // the newest first
	// spare is a closed arrangement, whose room is used again where the garbage collector has not taken it: between
	// two epochs it has not, and after the last one it does.
	spare weak.Pointer[Arrangement]
}

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
	r.buffers.New = func() any {
		b := make([]byte, max(size, directBytes))
		return &b
	}
	return r
}

// Filed reports whether the records lie in a file.
func (r *Records) Filed() bool { return r.file != nil }

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
	id := [1]int{i}
	_, err := r.ReadAll(id[:], func(_ int, record []byte) { take(record) })
	return err
}

// ReadAll calls take with the records of ids in turn; k is which of them a record is, which is valid until take
// returns. n is how many there were before an error.
func (r *Records) ReadAll(ids []int, take func(k int, record []byte)) (n int, err error) {
	if r.file == nil {
		for k, i := range ids {
			take(k, r.memory[i*r.size:][:r.size])
		}
		return len(ids), nil
	}
	for n < len(ids) {
		next := r.arranged(ids, n, take)
		if next == n {
			if next, err = r.direct(ids, n, take); err != nil {
				return n, err
			}
		}
		n = next
	}
	return n, nil
}

// arranged is ReadAll from record k of ids on for those that an arrangement has at hand; it returns which one is next.
func (r *Records) arranged(ids []int, k int, take func(k int, record []byte)) int {
	all := r.live.Load()
	if all == nil {
		return k
	}
	for _, a := range *all {
		if n := a.read(ids, k, take); n > k {
			return n
		}
	}
	for _, a := range *all {
		if a.find(ids, k, take) {
			return k + 1
		}
	}
	return k
}

// direct is arranged for records that lie side by side in the file.
func (r *Records) direct(ids []int, k int, take func(k int, record []byte)) (int, error) {
	b := r.buffers.Get().(*[]byte)
	defer r.buffers.Put(b)
	first, n := ids[k], 1
	for k+n < len(ids) && ids[k+n] == first+n && (n+1)*r.size <= len(*b) {
		n++
	}
	if _, err := r.file.ReadAt((*b)[:n*r.size], int64(first)*int64(r.size)); err != nil {
		return k, fmt.Errorf("the file of prepared rows: %w", err)
	}
	for j := range n {
		take(k+j, (*b)[j*r.size:][:r.size])
	}
	return k + n, nil
}
