// Package mem makes the large memory of the engine: weights, slots of optimisers, arenas of plans.
//
// It stands beside the way of the data; slices come out of it, and no numbers.
package mem

import "unsafe"

// Line is the number of float32s in a cache line.
const Line = 16

// Floats is n zeros that begin on a cache line. Where the system has huge pages they are asked
// for, for the whole ones that lie within: a product or a sweep over megabytes otherwise waits
// for the translation of addresses.
func Floats(n int) []float32 {
	all := make([]float32, n+Line-1)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(all)))%(4*Line)) / 4
	x := all[skip : skip+n : skip+n]
	return Huge(x)
}

// Huge returns x, for whose memory it asks for huge pages where it is large. It is for slices that were just made: the
// first writing to each page otherwise asks the system for it, which takes longer than the writing.
func Huge[T any](x []T) []T {
	if size := uintptr(len(x)) * unsafe.Sizeof(*new(T)); size >= huge {
		advise(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), size))
	}
	return x
}

// huge is the size of a huge page in bytes on amd64 and on arm64 with pages of 4 KB.
const huge = 2 << 20
