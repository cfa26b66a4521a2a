package hdf5

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"
)

// A Node is a group to be written: attributes, sub-groups and datasets by name. The zero value is an empty group.
// Names are UTF-8, not empty, not ".", and without slashes and NULs.
//
// Attribute values are what Data.Values may be, and besides: a string or number by itself makes a scalar, a slice an
// array of one dimension, and a Data (without attributes) an array of any shape.
type Node struct {
	Attrs    map[string]any
	Groups   map[string]*Node
	Datasets map[string]*Data
}

// Data is a dataset to be written. Values hold the product of Shape elements in row-major order; a nil Shape is a
// scalar, whose value may stand by itself: Data{Values: float32(2)}. Values may be
//
//   - []float32, []float64, []int8 … []int64, []uint8 … []uint64, and []int (as int64);
//   - []bool, as h5py's boolean enumeration;
//   - []string, of variable length in UTF-8, and Fixed, padded to the longest.
//
// Values are not copied; they must not change before Write returns.
type Data struct {
	Attrs  map[string]any
	Shape  []int
	Values any
}

// Fixed are strings of fixed length, the longest one's, padded by NULs: how Keras's older files keep lists of names.
type Fixed []string

// An encoding is values with their type and space messages, as they will stand in the file.
type encoding struct {
	dtype []byte
	shape []int
	n     int // elements
	size  int // bytes of one
	// put appends elements from i to j.
	put func(b []byte, i, j int) []byte
	// texts are strings of variable length: put gives references to them, which the writer makes.
	texts []string
}

func (e *encoding) bytes() uint64 { return uint64(e.n) * uint64(e.size) }

// encode prepares a value; scalar says whether the value stands by itself.
func encode(value any) (e *encoding, scalar bool, err error) {
	switch v := value.(type) {
	case float32:
		e, scalar = fixedSize([]float32{v}), true
	case float64:
		e, scalar = fixedSize([]float64{v}), true
	case int:
		e, scalar = fixedSize([]int64{int64(v)}), true
	case int8:
		e, scalar = fixedSize([]int8{v}), true
	case int16:
		e, scalar = fixedSize([]int16{v}), true
	case int32:
		e, scalar = fixedSize([]int32{v}), true
	case int64:
		e, scalar = fixedSize([]int64{v}), true
	case uint8:
		e, scalar = fixedSize([]uint8{v}), true
	case uint16:
		e, scalar = fixedSize([]uint16{v}), true
	case uint32:
		e, scalar = fixedSize([]uint32{v}), true
	case uint64:
		e, scalar = fixedSize([]uint64{v}), true
	case bool:
		e, scalar = bools([]bool{v}), true
	case string:
		e, err = texts([]string{v})
		scalar = true
	case []float32:
		e = fixedSize(v)
	case []float64:
		e = fixedSize(v)
	case []int:
		e = ints(v)
	case []int8:
		e = fixedSize(v)
	case []int16:
		e = fixedSize(v)
	case []int32:
		e = fixedSize(v)
	case []int64:
		e = fixedSize(v)
	case []uint8:
		e = fixedSize(v)
	case []uint16:
		e = fixedSize(v)
	case []uint32:
		e = fixedSize(v)
	case []uint64:
		e = fixedSize(v)
	case []bool:
		e = bools(v)
	case []string:
		e, err = texts(v)
	case Fixed:
		e, err = fixedText(v)
	case nil:
		return nil, false, fmt.Errorf("has no value")
	default:
		return nil, false, fmt.Errorf("values of Go type %T cannot be written; give numbers, booleans or strings",
			value)
	}
	if err != nil {
		return nil, false, err
	}
	e.shape = []int{e.n}
	if scalar {
		e.shape = nil
	}
	return e, scalar, nil
}

// encodeAttr is encode for attributes, which may also be a Data or *Data.
func encodeAttr(value any) (*encoding, error) {
	if d, ok := value.(Data); ok {
		value = &d
	}
	if d, ok := value.(*Data); ok {
		if d == nil || len(d.Attrs) > 0 {
			return nil, fmt.Errorf("an attribute cannot be a nil Data, nor have attributes")
		}
		return encodeData(d)
	}
	e, _, err := encode(value)
	return e, err
}

func encodeData(d *Data) (*encoding, error) {
	e, _, err := encode(d.Values)
	if err != nil {
		return nil, err
	}
	if len(d.Shape) > maxRank {
		return nil, fmt.Errorf("has %d dimensions; at most %d are allowed", len(d.Shape), maxRank)
	}
	n := 1
	for _, x := range d.Shape {
		if x < 0 || x > 0 && n > math.MaxInt/x {
			return nil, fmt.Errorf("shape %v cannot be", d.Shape)
		}
		n *= x
	}
	if n != e.n {
		return nil, fmt.Errorf("shape %v has %d elements; %d values are given", d.Shape, n, e.n)
	}
	e.shape = d.Shape
	return e, nil
}

func fixedSize[T float32 | float64 | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64](v []T) *encoding {
	e := &encoding{n: len(v)}
	switch v := any(v).(type) {
	case []uint8:
		e.put = func(b []byte, i, j int) []byte { return append(b, v[i:j]...) }
	case []float32: // the case that counts: weights
		e.put = func(b []byte, i, j int) []byte {
			if raw := native(v[i:j]); raw != nil {
				return append(b, raw...)
			}
			for _, x := range v[i:j] {
				b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
			}
			return b
		}
	default:
		e.put = func(b []byte, i, j int) []byte {
			b, _ = binary.Append(b, binary.LittleEndian, v.([]T)[i:j]) // fails for other types only
			return b
		}
	}
	var zero T
	e.size = binary.Size(zero)
	switch any(zero).(type) {
	case float32:
		e.dtype = []byte{0x11, 0x20, 31, 0, 4, 0, 0, 0, 0, 0, 32, 0, 23, 8, 0, 23, 127, 0, 0, 0}
	case float64:
		e.dtype = []byte{0x11, 0x20, 63, 0, 8, 0, 0, 0, 0, 0, 64, 0, 52, 11, 0, 52, 0xff, 3, 0, 0}
	default:
		e.dtype = integerType(e.size, zero-1 < zero)
	}
	return e
}

// integerType is the message of a little-endian integer.
func integerType(size int, signed bool) []byte {
	b := []byte{0x10, 0, 0, 0, byte(size), 0, 0, 0, 0, 0, byte(8 * size), 0}
	if signed {
		b[1] = 8
	}
	return b
}

func ints(v []int) *encoding {
	return &encoding{dtype: integerType(8, true), n: len(v), size: 8, put: func(b []byte, i, j int) []byte {
		for _, x := range v[i:j] {
			b = binary.LittleEndian.AppendUint64(b, uint64(x))
		}
		return b
	}}
}

func bools(v []bool) *encoding {
	t := []byte{0x18, 2, 0, 0, 1, 0, 0, 0}
	t = append(t, integerType(1, true)...)
	t = append(t, "FALSE\x00\x00\x00TRUE\x00\x00\x00\x00\x00\x01"...)
	return &encoding{dtype: t, n: len(v), size: 1, put: func(b []byte, i, j int) []byte {
		for _, x := range v[i:j] {
			if x {
				b = append(b, 1)
			} else {
				b = append(b, 0)
			}
		}
		return b
	}}
}

// checkText refuses what a NUL-terminated string cannot keep.
func checkText(s string) error {
	if strings.Contains(s, "\x00") {
		return fmt.Errorf("the string %.40q contains a NUL, which HDF5 takes for its end", s)
	}
	if len(s) > math.MaxInt32 {
		return fmt.Errorf("a string of %d bytes; at most %d can be written", len(s), math.MaxInt32)
	}
	return nil
}

func texts(v []string) (*encoding, error) {
	for _, s := range v {
		if err := checkText(s); err != nil {
			return nil, err
		}
	}
	t := append([]byte{0x19, 1, 1, 0, 16, 0, 0, 0}, integerType(1, false)...)
	return &encoding{dtype: t, n: len(v), size: 16, texts: v}, nil
}

func fixedText(v Fixed) (*encoding, error) {
	size, charset := 1, byte(0)
	for _, s := range v {
		if err := checkText(s); err != nil {
			return nil, err
		}
		size = max(size, len(s))
		if !ascii(s) {
			charset = 1
		}
	}
	t := binary.LittleEndian.AppendUint32([]byte{0x13, 1 | charset<<4, 0, 0}, uint32(size))
	return &encoding{dtype: t, n: len(v), size: size, put: func(b []byte, i, j int) []byte {
		for _, s := range v[i:j] {
			b = append(append(b, s...), make([]byte, size-len(s))...)
		}
		return b
	}}, nil
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// space is the message of a shape: version 1, with the largest dimensions equal to the present ones.
func space(shape []int) []byte {
	b := []byte{1, byte(len(shape)), 0, 0, 0, 0, 0, 0}
	if len(shape) > 0 {
		b[2] = 1
	}
	for range 2 {
		for _, d := range shape {
			b = binary.LittleEndian.AppendUint64(b, uint64(d))
		}
	}
	return b
}
