package hdf5

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
)

// values are the elements of a dataset or an attribute: what both have in common.
type values struct {
	f     *File
	what  string // `dataset "/a"` or `attribute "b"`, for errors
	dtype datatype
	shape []int
	n     int
	err   error  // why the values cannot be read, though the object can be listed
	grow  uint64 // how many times larger than its file the data may be: 1, or ratio under deflate
	// scan calls put with runs of elements as they stand in the file: raw holds whole elements, the first of them
	// the off-th in row-major order. Every element is put at least once.
	scan func(put func(off int, raw []byte) error) error
	// direct, if not nil, reads all elements as they stand in the file.
	direct func(dst []byte) error
}

// Shape is the dimensions, none for a scalar. A null dataspace (h5py.Empty) has the shape [0].
func (v *values) Shape() []int { return slices.Clone(v.shape) }

// Len is the number of elements, the product of Shape.
func (v *values) Len() int { return v.n }

// Type is the type of the elements.
func (v *values) Type() Type { return v.dtype.kind }

// A number is an element type that values convert to.
type number interface{ float32 | float64 | int64 }

// Float32s gives all elements in row-major order, rounded to float32. Booleans are 0 and 1; strings are an error.
func (v *values) Float32s() ([]float32, error) {
	return collect(v, func(dst []float32) error { return v.ReadFloat32s(dst) })
}

// Float64s gives all elements in row-major order as float64.
func (v *values) Float64s() ([]float64, error) {
	return collect(v, func(dst []float64) error { return read(v, dst) })
}

// Int64s gives all elements in row-major order. Floating-point elements are an error, and so is a uint64 above the
// largest int64.
func (v *values) Int64s() ([]int64, error) {
	switch v.dtype.kind {
	case Float16, BFloat16, Float32, Float64:
		return nil, fmt.Errorf("hdf5: %s: %s is no integer; read it as floats", v.what, v.dtype.kind)
	}
	return collect(v, func(dst []int64) error { return read(v, dst) })
}

// ReadFloat32s is Float32s into dst, which must have Len elements: weights go from the file to their place without a
// second copy.
func (v *values) ReadFloat32s(dst []float32) error { return read(v, dst) }

// Bytes gives the elements as they stand in the file, after filters: byte order and padding are the file's.
func (v *values) Bytes() ([]byte, error) {
	if v.dtype.vlen || v.dtype.kind == Other {
		return nil, v.wrong("bytes")
	}
	var out []byte
	err := v.scanned(func() { out = make([]byte, v.n*v.dtype.size) }, func(off int, raw []byte) error {
		copy(out[off*v.dtype.size:], raw)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Text is the one string of a scalar, or of an array of one element.
func (v *values) Text() (string, error) {
	if v.n != 1 {
		return "", fmt.Errorf("hdf5: %s: has shape %v; a single string is wanted", v.what, v.shape)
	}
	s, err := v.Strings()
	if err != nil {
		return "", err
	}
	return s[0], nil
}

// Strings gives all elements in row-major order, without their padding. Numbers are an error.
func (v *values) Strings() ([]string, error) {
	if v.dtype.kind != String {
		return nil, v.wrong("strings")
	}
	heap := v.f.globalHeap()
	var out []string
	err := v.scanned(func() { out = make([]string, v.n) }, func(off int, raw []byte) error {
		if !v.dtype.vlen {
			if v.dtype.size == 0 {
				return nil
			}
			for i := 0; i < len(raw); i += v.dtype.size {
				out[off+i/v.dtype.size] = unpad(raw[i:i+v.dtype.size], v.dtype.pad)
			}
			return nil
		}
		for i := 0; i+v.dtype.size <= len(raw); i += v.dtype.size {
			s, err := heap.text(raw[i : i+v.dtype.size])
			if err != nil {
				return fmt.Errorf("%w (element %d of %s)", err, off+i/v.dtype.size, v.what)
			}
			out[off+i/v.dtype.size] = s
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func unpad(b []byte, pad uint8) string {
	switch s := string(b); pad {
	case 0:
		s, _, _ = strings.Cut(s, "\x00")
		return s
	case 2:
		return strings.TrimRight(s, " ")
	default:
		return strings.TrimRight(s, "\x00")
	}
}

func (v *values) wrong(want string) error {
	name := v.dtype.kind.String()
	if v.dtype.kind == Other {
		name = v.dtype.name + " type"
	}
	return fmt.Errorf("hdf5: %s: a %s (shape %v) cannot be read as %s", v.what, name, v.shape, want)
}

// collect makes the slice once the size is known to be plausible, and fills it.
func collect[T number](v *values, into func([]T) error) ([]T, error) {
	if err := v.plausible(); err != nil {
		return nil, err
	}
	out := make([]T, v.n)
	if err := into(out); err != nil {
		return nil, err
	}
	return out, nil
}

// scanned calls ready when the size is known to be plausible, then scans.
func (v *values) scanned(ready func(), put func(off int, raw []byte) error) error {
	if err := v.plausible(); err != nil {
		return err
	}
	ready()
	if v.n == 0 {
		return nil
	}
	return v.scan(put)
}

// ratio is the most that deflate can shrink: 258 bytes in two bits.
const ratio = 1032

// slack is what a dataset may declare over its file's size times ratio: sparse chunks and fill values take no room.
const slack = 4 << 20

// plausible compares the declared size with what the file can hold, before memory is taken for it.
func (v *values) plausible() error {
	if v.err != nil {
		return v.err
	}
	limit := slack + v.grow*uint64(min(v.f.size, 1<<50))
	if size := max(v.dtype.size, 1); uint64(v.n) > limit/uint64(size) {
		return fmt.Errorf("hdf5: %s: shape %v of %d-byte elements is more than a file of %d bytes can hold",
			v.what, v.shape, size, v.f.size)
	}
	return nil
}

// read converts all elements into dst.
func read[T number](v *values, dst []T) error {
	if len(dst) != v.n {
		return fmt.Errorf("hdf5: %s: shape %v has %d elements; the destination has %d", v.what, v.shape, v.n, len(dst))
	}
	switch v.dtype.kind {
	case Other, String, Opaque:
		return v.wrong("numbers")
	}
	if err := v.plausible(); err != nil {
		return err
	}
	if d, is := any(dst).([]float32); is && v.direct != nil && v.dtype.kind == Float32 && !v.dtype.big {
		if to := native(d); to != nil {
			return v.direct(to)
		}
	}
	return v.scanned(func() {}, func(off int, raw []byte) error {
		d := dst[off : off+len(raw)/v.dtype.size]
		if i, ok := convert(d, raw, v.dtype); !ok {
			return fmt.Errorf("hdf5: %s: element %d is beyond the largest int64", v.what, off+i)
		}
		return nil
	})
}

// convert reads len(dst) elements of raw; it fails at i where a uint64 does not fit the int64 wanted.
func convert[T number](dst []T, raw []byte, t datatype) (i int, ok bool) {
	var order binary.ByteOrder = binary.LittleEndian
	if t.big {
		order = binary.BigEndian
	}
	switch t.kind {
	case Int8:
		for i := range dst {
			dst[i] = T(int8(raw[i]))
		}
	case Uint8:
		for i := range dst {
			dst[i] = T(raw[i])
		}
	case Bool:
		for i := range dst {
			if raw[i] != 0 {
				dst[i] = 1
			} else {
				dst[i] = 0
			}
		}
	case Int16:
		for i := range dst {
			dst[i] = T(int16(order.Uint16(raw[2*i:])))
		}
	case Uint16:
		for i := range dst {
			dst[i] = T(order.Uint16(raw[2*i:]))
		}
	case Int32:
		for i := range dst {
			dst[i] = T(int32(order.Uint32(raw[4*i:])))
		}
	case Uint32:
		for i := range dst {
			dst[i] = T(order.Uint32(raw[4*i:]))
		}
	case Int64:
		for i := range dst {
			dst[i] = T(int64(order.Uint64(raw[8*i:])))
		}
	case Uint64:
		for i := range dst {
			u := order.Uint64(raw[8*i:])
			if _, is := any(dst).([]int64); is && u > math.MaxInt64 {
				return i, false
			}
			dst[i] = T(u)
		}
	case Float16:
		for i := range dst {
			dst[i] = T(half(order.Uint16(raw[2*i:])))
		}
	case BFloat16:
		for i := range dst {
			dst[i] = T(math.Float32frombits(uint32(order.Uint16(raw[2*i:])) << 16))
		}
	case Float32:
		if d, is := any(dst).([]float32); is && !t.big {
			if to := native(d); to != nil {
				copy(to, raw)
				break
			}
		}
		if t.big {
			for i := range dst {
				dst[i] = T(math.Float32frombits(binary.BigEndian.Uint32(raw[4*i:])))
			}
			break
		}
		for i := range dst {
			dst[i] = T(math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:])))
		}
	case Float64:
		for i := range dst {
			dst[i] = T(math.Float64frombits(order.Uint64(raw[8*i:])))
		}
	}
	return 0, true
}

// half is the IEEE 754 binary16 number with bits h.
func half(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0: // zero and subnormals: frac · 2⁻²⁴
		return math.Float32frombits(math.Float32bits(float32(frac)*(1.0/(1<<24))) | sign)
	case 31:
		return math.Float32frombits(sign | 255<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+127-15)<<23 | frac<<13)
}
