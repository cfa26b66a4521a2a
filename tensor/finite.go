package tensor

import "fmt"

// NonFinite returns the place of the first element that is NaN or infinite; −1 where there is none. Integers are
// finite.
func (t *Tensor) NonFinite() int {
	for i, v := range t.F32 {
		if v-v != 0 {
			return i
		}
	}
	return -1
}

// Index returns the indices along the axes of element i of a tensor of this shape.
func (s Shape) Index(i int) []int {
	at := make([]int, len(s))
	for k := len(s) - 1; k >= 0; k-- {
		at[k], i = i%s[k], i/s[k]
	}
	return at
}

// Say words a number that is not finite: NaN, +Inf or −Inf.
func Say(v float32) string {
	if v < 0 {
		return "−Inf"
	}
	return fmt.Sprint(v)
}
