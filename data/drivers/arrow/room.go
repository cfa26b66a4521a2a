package arrow

import "github.com/apache/arrow-go/v18/arrow/memory"

// Values that are packed may take perByte bytes for each of the file, and leastRoom more: a small file must not take
// all the memory.
const (
	perByte   = 256
	leastRoom = 64 << 20
)

// room is an allocator that hands out so many bytes, and panics with an error beyond.
type room struct {
	memory.GoAllocator
	left int64
}

type fullError struct{}

func (fullError) Error() string { return "its values take far more bytes than the file has" }

func (r *room) take(n int) {
	if r.left -= int64(n); r.left < 0 {
		panic(fullError{})
	}
}

// Allocate implements memory.Allocator.
func (r *room) Allocate(size int) []byte {
	r.take(size)
	return r.GoAllocator.Allocate(size)
}

// Reallocate implements memory.Allocator.
func (r *room) Reallocate(size int, b []byte) []byte {
	r.take(max(0, size-len(b)))
	return r.GoAllocator.Reallocate(size, b)
}
