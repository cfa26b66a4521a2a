package tensor

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Original is the elements of a file that float32 holds rounded: either F64, or integers beyond int32.
type Original struct {
	F64      []float64
	I64      []int64
	Unsigned bool // I64 has the bits of uint64
}

func (o *Original) float(i int) float64 {
	switch {
	case o.F64 != nil:
		return o.F64[i]
	case o.Unsigned:
		return float64(uint64(o.I64[i]))
	}
	return float64(o.I64[i])
}

func (o *Original) len() int { return max(len(o.F64), len(o.I64)) }

func (o *Original) clone() *Original {
	if o == nil {
		return nil
	}
	return &Original{slices.Clone(o.F64), slices.Clone(o.I64), o.Unsigned}
}

// slice returns the elements i up to j.
func (o *Original) slice(i, j int) *Original {
	switch {
	case o == nil:
		return nil
	case o.F64 != nil:
		return &Original{F64: o.F64[i:j:j]}
	}
	return &Original{I64: o.I64[i:j:j], Unsigned: o.Unsigned}
}

// Digits returns element i of a tensor of integers as text, with all of its digits; "" for another tensor.
func (t *Tensor) Digits(i int) string {
	switch o := t.Original; {
	case o != nil && o.Unsigned:
		return strconv.FormatUint(uint64(o.I64[i]), 10)
	case o != nil && o.I64 != nil:
		return strconv.FormatInt(o.I64[i], 10)
	case t.I32 != nil:
		return strconv.Itoa(int(t.I32[i]))
	case t.U8 != nil:
		return strconv.Itoa(int(t.U8[i]))
	}
	return ""
}

// narrow sets the elements to those of o: I32 where all are within int32, else F32. Original is kept where F32 is not
// as good.
func (t *Tensor) narrow(o *Original) {
	if o.F64 == nil && o.fit32() {
		t.I32 = make([]int32, len(o.I64))
		for i, v := range o.I64 {
			t.I32[i] = int32(v)
		}
		return
	}
	t.F32 = make([]float32, o.len())
	same := true
	for i := range t.F32 {
		v := o.float(i)
		t.F32[i] = float32(v)
		same = same && (float64(t.F32[i]) == v || math.IsNaN(v))
	}
	if o.F64 != nil && (same || len(t.Shape) > 2 && !o.loses(t.Shape[len(t.Shape)-1])) {
		return
	}
	t.Original = o
}

// OfFloat64 returns values as a tensor of Float32. It keeps them as its Original, and does not copy them, where float32
// holds one of them rounded. It panics when their number is not the shape's size.
func OfFloat64(values []float64, shape ...int) *Tensor {
	t := New(Float32, shape...)
	if len(values) != len(t.F32) {
		panic(fmt.Sprintf("tensor.OfFloat64: %d elements do not fill shape %v", len(values), t.Shape))
	}
	for i, v := range values {
		if t.F32[i] = float32(v); float64(t.F32[i]) != v && !math.IsNaN(v) && t.Original == nil {
			t.Original = &Original{F64: values}
		}
	}
	return t
}

func (o *Original) fit32() bool {
	for _, v := range o.I64 {
		if v != int64(int32(v)) || o.Unsigned && v < 0 {
			return false
		}
	}
	return true
}

// loses reports whether rounding to float32 takes more than a millionth of the range of the values at some place of the
// last axis: of 1700000000 ± 60, but not of numbers from 0.1 to 0.9. A value that is the same
// everywhere loses what it has to lose: others of its kind may differ from it by that.
func (o *Original) loses(places int) bool {
	lo, hi := make([]float64, places), make([]float64, places)
	for k := range places {
		lo[k], hi[k] = math.Inf(1), math.Inf(-1)
	}
	for i, v := range o.F64 {
		k := i % places
		lo[k], hi[k] = min(lo[k], v), max(hi[k], v)
	}
	for k := range lo {
		size := max(math.Abs(lo[k]), math.Abs(hi[k]))
		if hi[k] > lo[k] && size/(1<<24) > 1e-6*(hi[k]-lo[k]) || size > math.MaxFloat32 && !math.IsInf(size, 0) ||
			hi[k] == lo[k] && float64(float32(lo[k])) != lo[k] {
			return true
		}
	}
	return false
}
