// Package arrayfile keeps arrays of numbers in files of the disk that are read where they lie in memory, so that a
// process holds no more of them than it uses at a time.
//
// A Scratch is for arrays of one process: it grows as they come, and nothing of it is left. A Writer writes arrays that
// are kept, each with its checksum, and Open reads them back; docs/format/columns.md has the bytes. Where the system
// maps no files into memory there is neither (Supported), and arrays stay on the heap.
//
// It stands below package data and knows nothing of tables.
package arrayfile

import (
	"unsafe"
)

// Element is the types that arrays are of. Their bytes are those of memory: files are of one byte order, little-endian.
type Element interface {
	~bool | ~uint8 | ~int32 | ~uint32 | ~float32 | ~int64 | ~float64 | ~int
}

// Bytes returns the bytes of an array, in the same memory.
func Bytes[T Element](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*int(unsafe.Sizeof(*new(T))))
}

// Of returns the array that bytes are, in the same memory. The bytes begin at a multiple of an element's size, and end
// with an element.
func Of[T Element](b []byte) []T {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(*new(T))))
}

// Text returns the string that bytes are, in the same memory.
func Text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// align is what the places of arrays in files are multiples of.
const align = 64

// little reports whether numbers lie in memory with their lowest byte first.
func little() bool {
	x := uint16(1)
	return *(*byte)(unsafe.Pointer(&x)) == 1
}

// Supported reports whether arrays can be kept in files here: on systems of 64 bits that map files into memory.
func Supported() bool { return mapping && little() && unsafe.Sizeof(uintptr(0)) == 8 }
