package weight

import (
	"fmt"

	"gorae/tensor"
)

// CheckFinite is an error that names the first variable with a NaN or an infinity, where in it that stands, and how
// many numbers of the variable are such.
func (s *Store) CheckFinite() error {
	for _, v := range s.vars {
		first, n := -1, 0
		for i, x := range v.Value.F32 {
			if finite(x) {
				continue
			}
			if n++; first < 0 {
				first = i
			}
		}
		if n > 0 {
			return fmt.Errorf("the weight %s is %v at %v, and %d of its %d numbers are no finite ones; nothing can be "+
				"computed with it: train again, or take an earlier file", v.Path, float64(v.Value.F32[first]),
				position(first, v.Shape), n, v.Shape.Size())
		}
	}
	return nil
}

// position is the indices along the axes of element i.
func position(i int, shape tensor.Shape) tensor.Shape {
	at := make(tensor.Shape, len(shape))
	for k := len(shape) - 1; k >= 0; k-- {
		at[k] = i % shape[k]
		i /= shape[k]
	}
	return at
}

// finite reports whether a number is neither NaN nor an infinity, whose differences from themselves are NaN.
func finite(x float32) bool { return x-x == 0 }
