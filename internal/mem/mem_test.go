package mem

import (
	"testing"
	"unsafe"
)

func TestFloats(t *testing.T) {
	for _, n := range []int{0, 1, 15, 16, 17, 1000, huge / 4, huge/4 + 1, 3*huge/4 + 5, 5 << 20} {
		x := Floats(n)
		if len(x) != n || cap(x) != n {
			t.Errorf("%d: length %d, capacity %d", n, len(x), cap(x))
		}
		if p := uintptr(unsafe.Pointer(unsafe.SliceData(x))); n > 0 && p%64 != 0 {
			t.Errorf("%d: begins at %#x", n, p)
		}
		for i := range x {
			if x[i] != 0 {
				t.Fatalf("%d: element %d is %v", n, i, x[i])
			}
			x[i] = float32(i)
		}
		for i := range x {
			if x[i] != float32(i) {
				t.Fatalf("%d: element %d is %v", n, i, x[i])
			}
		}
	}
}
