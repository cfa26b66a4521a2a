package hdf5

import (
	"encoding/binary"
	"unsafe"
)

// native are the bytes of numbers in memory, where they lie as a file has them: little-endian; nil elsewhere.
func native(x []float32) []byte {
	if len(x) == 0 || binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 4*len(x))
}
