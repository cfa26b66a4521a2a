package data

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"gorae/tensor"
)

// idxTypes are the element types of IDX by their code in the third byte, and the
// bytes of one element.
var idxTypes = map[byte]int{0x08: 1, 0x09: 1, 0x0B: 2, 0x0C: 4, 0x0D: 4, 0x0E: 8}

// IsIDX reports whether a file that begins with b is an IDX file: two zero bytes,
// a type code, a number of axes.
func IsIDX(b []byte) bool {
	return len(b) >= 4 && b[0] == 0 && b[1] == 0 && idxTypes[b[2]] > 0 && b[3] <= 8
}

// ReadIDX reads an array in the format of the MNIST files: big-endian, the first
// axis counting the samples. Unsigned bytes become Uint8, other integers Int32,
// floating-point numbers Float32. Grey images (unsigned bytes of three axes) get
// a channel axis: [samples, height, width, 1]. Memory grows with what has
// arrived, not with what the header states.
//
// Source: http://yann.lecun.com/exdb/mnist, "The IDX file format"; the byte
// diagram is in docs/format/idx.md.
func ReadIDX(r io.Reader) (*tensor.Tensor, error) {
	br := bufio.NewReader(r)
	var magic [4]byte
	if _, err := io.ReadFull(br, magic[:]); err != nil {
		return nil, fmt.Errorf("idx: the file ends within its first 4 bytes")
	}
	if !IsIDX(magic[:]) || magic[3] == 0 {
		return nil, fmt.Errorf("idx: it begins with % x, which is no IDX file of 1 to 8 axes", magic)
	}
	code, size := magic[2], idxTypes[magic[2]]
	shape := tensor.Shape{}
	n := 1
	for range magic[3] {
		var b [4]byte
		if _, err := io.ReadFull(br, b[:]); err != nil {
			return nil, fmt.Errorf("idx: the file ends within the extents of its %d axes", magic[3])
		}
		d := int(binary.BigEndian.Uint32(b[:]))
		if d > math.MaxInt/16/n {
			return nil, fmt.Errorf("idx: shape %v, %d is larger than any memory", shape, d)
		}
		n *= max(d, 1)
		shape = append(shape, d)
	}
	n = shape.Size()
	t := &tensor.Tensor{Shape: shape}
	switch code {
	case 0x08:
		t.U8 = []uint8{}
	case 0x0D, 0x0E:
		t.F32 = []float32{}
	default:
		t.I32 = []int32{}
	}
	buf := make([]byte, 64<<10)
	for done := 0; done < n; {
		b := buf[:min(len(buf), (n-done)*size)]
		got, err := io.ReadFull(br, b)
		if got < len(b) {
			if err != io.EOF && err != io.ErrUnexpectedEOF {
				return nil, fmt.Errorf("idx: %w", err)
			}
			return nil, fmt.Errorf("idx: the file ends after %d of the %d elements of shape %v", done+got/size, n,
				shape)
		}
		if err := appendIDX(t, code, size, b); err != nil {
			return nil, err
		}
		done += len(b) / size
	}
	if _, err := br.ReadByte(); err == nil {
		return nil, fmt.Errorf("idx: bytes follow the %d elements of shape %v", n, shape)
	} else if err != io.EOF {
		return nil, fmt.Errorf("idx: %w", err)
	}
	return withChannel(t), nil
}

func appendIDX(t *tensor.Tensor, code byte, size int, b []byte) error {
	if code == 0x08 {
		t.U8 = append(t.U8, b...)
		return nil
	}
	be := binary.BigEndian
	for i := 0; i < len(b); i += size {
		switch code {
		case 0x09:
			t.I32 = append(t.I32, int32(int8(b[i])))
		case 0x0B:
			t.I32 = append(t.I32, int32(int16(be.Uint16(b[i:]))))
		case 0x0C:
			t.I32 = append(t.I32, int32(be.Uint32(b[i:])))
		case 0x0D:
			t.F32 = append(t.F32, math.Float32frombits(be.Uint32(b[i:])))
		case 0x0E:
			v := math.Float64frombits(be.Uint64(b[i:]))
			f := float32(v)
			if math.IsInf(float64(f), 0) && !math.IsInf(v, 0) {
				return fmt.Errorf("idx: element %d: %g is beyond float32 (3.4e38); scale it down", len(t.F32), v)
			}
			t.F32 = append(t.F32, f)
		}
	}
	return nil
}

// withChannel gives uint8 images without channels, [samples, height, width], the
// channel axis that convolutions expect; other tensors stay as they are.
func withChannel(t *tensor.Tensor) *tensor.Tensor {
	if t.DType() == tensor.Uint8 && len(t.Shape) == 3 {
		t.Shape = append(t.Shape, 1)
	}
	return t
}
