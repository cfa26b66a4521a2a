package graph

import (
	"fmt"
	"strconv"
	"strings"

	"gorae/tensor"
)

// Convolutions and poolings move a window over the one to three spatial axes
// of values [N, spatial…, C]: steps, rows and columns, or planes, rows and columns.

// orFill returns v, or n times x where v is nil.
func orFill(v []int, n, x int) []int {
	if v != nil {
		return v
	}
	v = make([]int, n)
	for i := range v {
		v[i] = x
	}
	return v
}

// spatialAxes returns the number of spatial axes of x, and an error unless it is 1 to 3 and
// every attribute list has as many numbers.
func spatialAxes(x Type, lists ...[]int) (int, error) {
	n := len(x.Shape) - 2
	if x.DType != tensor.Float32 {
		return 0, fmt.Errorf("needs float32, got %v; use Cast", x)
	}
	if n < 1 || n > 3 {
		return 0, fmt.Errorf("needs [samples, 1 to 3 spatial axes, channels], got %v", x)
	}
	for _, l := range lists {
		if len(l) != n {
			return 0, fmt.Errorf("%v has %d spatial axes, %v gives %d numbers", x, n, l, len(l))
		}
	}
	return n, nil
}

// atLeast returns an error unless every number of a list is min or more, and small enough to compute with.
func atLeast(what string, list []int, min int) error {
	for _, v := range list {
		if v < min || v > maxSize {
			return fmt.Errorf("%s %v: %d is not allowed; give %d or more", what, list, v, min)
		}
	}
	return nil
}

// Times writes extents as 3×5.
func Times(extents []int) string {
	s := make([]string, len(extents))
	for i, d := range extents {
		s[i] = strconv.Itoa(d)
	}
	return strings.Join(s, "×")
}

// slide returns the number of positions that a window of the given extent takes when it
// moves by stride over n elements; 0 where it does not fit.
func slide(n, extent, stride int) int {
	if n < extent {
		return 0
	}
	return (n-extent)/stride + 1
}

// SamePadding returns the padding before and after n elements with which a window of k elements, dilation apart, takes
// ⌈n/stride⌉ positions; an odd rest lies after, as in Keras.
func SamePadding(n, k, stride, dilation int) (lo, hi int) {
	out := (n + stride - 1) / stride
	total := max(0, (out-1)*stride+(k-1)*dilation+1-n)
	return total / 2, total - total/2
}
