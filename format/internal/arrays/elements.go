package arrays

import (
	"encoding/binary"
	"fmt"
	"math"

	"gorae/tensor"
)

// Element is a type of numbers by its name in safetensors files.
type Element string

// widths are the bytes of an element.
var widths = map[Element]int{"BOOL": 1, "U8": 1, "I8": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2, "I32": 4, "U32": 4,
	"F32": 4, "I64": 8, "U64": 8, "F64": 8}

// Width is how many bytes an element takes; 0 for a type that is not read.
func (e Element) Width() int { return widths[e] }

// Decode reads little-endian elements of b into dst as the nearest float32, len(dst) of them.
func (e Element) Decode(dst []float32, b []byte) {
	le, width := binary.LittleEndian, e.Width()
	for i := range dst {
		p := b[i*width:]
		switch e {
		case "F32":
			dst[i] = math.Float32frombits(le.Uint32(p))
		case "F16":
			dst[i] = tensor.Half(le.Uint16(p))
		case "BF16":
			dst[i] = math.Float32frombits(uint32(le.Uint16(p)) << 16)
		case "F64":
			dst[i] = float32(math.Float64frombits(le.Uint64(p)))
		case "I64":
			dst[i] = float32(int64(le.Uint64(p)))
		case "U64":
			dst[i] = float32(le.Uint64(p))
		case "I32":
			dst[i] = float32(int32(le.Uint32(p)))
		case "U32":
			dst[i] = float32(le.Uint32(p))
		case "I16":
			dst[i] = float32(int16(le.Uint16(p)))
		case "U16":
			dst[i] = float32(le.Uint16(p))
		case "I8":
			dst[i] = float32(int8(p[0]))
		default: // U8, BOOL
			dst[i] = float32(p[0])
		}
	}
}

// Size is the number of elements of a shape, of limit at most.
func Size(shape []int64, limit int64) (int64, error) {
	size := int64(1)
	for _, d := range shape {
		if d < 0 {
			return 0, fmt.Errorf("shape %v has a negative extent", shape)
		}
		if d == 0 {
			return 0, nil
		}
	}
	for _, d := range shape {
		if size > limit/d {
			return 0, fmt.Errorf("shape %v has more elements than the file can hold", shape)
		}
		size *= d
	}
	return size, nil
}

// Ints is a shape whose elements [Size] has counted.
func Ints(shape []int64) tensor.Shape {
	s := make(tensor.Shape, len(shape))
	for i, d := range shape {
		s[i] = int(d)
	}
	return s
}
