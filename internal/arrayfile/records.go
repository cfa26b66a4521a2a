package arrayfile

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// Records is records of one size, in memory where they are few, else in a file without a name. They are written once
// and then read: in an order that Arrange was told of quickly, others by a reading of the file each. Several goroutines
// may write, and several read.
type Records struct {
	n, size int
	of      *Scratch
	memory  []byte   // all of them; nil where they lie in the file
	file    *os.File // nil where they are in memory
	buffers sync.Pool

	mu    sync.Mutex                     // of live and spare
	live  atomic.Pointer[[]*Arrangement] // the newest first
	spare *Arrangement                   // that is closed: its room is used again
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
		b := make([]byte, size)
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
	if all := r.live.Load(); all != nil {
		for _, a := range *all {
			if a.read(i, take) {
				return nil
			}
		}
		for _, a := range *all {
			if a.find(i, take) {
				return nil
			}
		}
	}
	b := r.buffers.Get().(*[]byte)
	defer r.buffers.Put(b)
	if _, err := r.file.ReadAt(*b, int64(i)*int64(r.size)); err != nil {
		return fmt.Errorf("the file of prepared rows: %w", err)
	}
	take(*b)
	return nil
}
