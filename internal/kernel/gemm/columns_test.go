package gemm

import "testing"

func TestPackColumns(t *testing.T) {
	for _, v := range Variants() {
		w := machines[v].width()
		for _, rows := range []int{1, w - 1, w, w + 1, 2 * w} {
			for _, cols := range []int{1, w - 1, w, 3*w + 2} {
				ld, stride := cols+3, ceil(rows, w)*w
				src, dst := make([]float32, rows*ld), make([]float32, cols*stride)
				for i := range src {
					src[i] = float32(i)
				}
				PackColumns(v, dst, src[:extent(rows, cols, ld)], rows, ld, cols, stride)
				for j := range cols {
					for r := range rows {
						if got := dst[j*stride+r]; got != src[r*ld+j] {
							t.Fatalf("%v: %d rows, %d columns: dst[%d, %d] = %v, want %v", v, rows, cols, j, r, got,
								src[r*ld+j])
						}
					}
				}
			}
		}
	}
}
