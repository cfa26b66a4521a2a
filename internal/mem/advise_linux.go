package mem

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// advise asks for huge pages under the whole ones that lie within x. Pages come when they are first
// written, so that no more memory is taken. It is advice: an error means that there are none.
func advise(x []float32) {
	start := uintptr(unsafe.Pointer(unsafe.SliceData(x)))
	skip := -start % huge
	if whole := (uintptr(4*len(x)) - skip) / huge * huge; skip < uintptr(4*len(x)) && whole > 0 {
		_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(x)), skip)), whole),
			unix.MADV_HUGEPAGE)
	}
}
