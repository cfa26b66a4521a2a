package mem

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// advise asks for huge pages under the whole ones that lie within b. Pages come when they are first
// written, so that no more memory is taken. It is advice: an error means that there are none.
func advise(b []byte) {
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) % huge
	if n := uintptr(len(b)); skip < n && n-skip >= huge {
		_ = unix.Madvise(b[skip:skip+(n-skip)/huge*huge], unix.MADV_HUGEPAGE)
	}
}
