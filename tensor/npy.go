package tensor

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"
)

// chunk is the number of bytes that are read at once. A header that promises more elements than the file holds costs at
// most twice the memory of the file.
const chunk = 64 << 10

// ReadNPY reads one NumPy array (.npy, versions 1 to 3, either byte order,
// either axis order). Floating-point elements become Float32, uint8 and bool
// become Uint8, other integers Int32. Where float64 elements are rounded so (of
// three axes and more: by more than a millionth of their range), and for integers
// beyond int32, which become Float32, Float still gives the element of the file.
// An element type without numbers is an error that names it.
// The layout is in docs/format/npy.md.
func ReadNPY(r io.Reader) (*Tensor, error) {
	br := bufio.NewReader(r)
	h, err := readHeader(br)
	if err == nil && h.text() {
		err = unread(h.descr)
	}
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return readArray(br, h)
}

// readArray reads the array of numbers after its header.
func readArray(br *bufio.Reader, h header) (*Tensor, error) {
	t, err := readElements(br, h)
	if err == nil {
		err = ended(br, h)
	}
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	if h.fortran {
		t = rowMajor(t)
	}
	return t, nil
}

// ended returns an error where bytes follow the elements.
func ended(br *bufio.Reader, h header) error {
	if _, err := br.ReadByte(); err == nil {
		return fmt.Errorf("bytes follow the %d elements of shape %v", h.shape.Size(), h.shape)
	} else if err != io.EOF {
		return err
	}
	return nil
}

// readElements reads the elements in the order in which they stand in the file.
// Memory grows with what has arrived, not with what the header states.
func readElements(r io.Reader, h header) (*Tensor, error) {
	t := &Tensor{Shape: h.shape}
	switch {
	case h.kind == 'b':
		t.Type = Bool
	case h.kind == 'f' && h.size == 2:
		t.Type = Float16
	}
	n := h.shape.Size()
	first := min(n, chunk)
	var wide *Original
	switch {
	case h.kind == 'f' && h.size == 8:
		wide = &Original{F64: make([]float64, 0, first)}
	case h.kind != 'f' && (h.size == 8 || h.kind == 'u' && h.size == 4):
		wide = &Original{I64: make([]int64, 0, first), Unsigned: h.kind == 'u'}
	case h.kind == 'f':
		t.F32 = make([]float32, 0, first)
	case h.size == 1 && h.kind != 'i':
		t.U8 = make([]uint8, 0, first)
	default:
		t.I32 = make([]int32, 0, first)
	}
	buf := make([]byte, chunk)
	for done := 0; done < n; {
		b := buf[:min((n-done)*h.size, chunk)]
		got, err := io.ReadFull(r, b)
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return nil, err
		}
		if got < len(b) {
			return nil, fmt.Errorf("the file ends after %d of the %d elements of shape %v", done+got/h.size, n, h.shape)
		}
		if err := t.appendElements(b, h, done, wide); err != nil {
			return nil, err
		}
		done += len(b) / h.size
	}
	if wide != nil {
		t.narrow(wide)
	}
	return t, nil
}

// appendElements decodes the whole elements in b; done of them came before.
func (t *Tensor) appendElements(b []byte, h header, done int, wide *Original) error {
	o := h.order
	switch {
	case h.kind == 'b':
		for i, v := range b {
			if v > 1 {
				return fmt.Errorf("element %d: %d is no truth value", done+i, v)
			}
		}
		t.U8 = append(t.U8, b...)
	case h.kind == 'u' && h.size == 1:
		t.U8 = append(t.U8, b...)
	case h.kind == 'f':
		for i := 0; i < len(b); i += h.size {
			switch h.size {
			case 2:
				t.F32 = append(t.F32, Half(o.Uint16(b[i:])))
			case 4:
				t.F32 = append(t.F32, math.Float32frombits(o.Uint32(b[i:])))
			case 8:
				wide.F64 = append(wide.F64, math.Float64frombits(o.Uint64(b[i:])))
			}
		}
	default:
		for i := 0; i < len(b); i += h.size {
			switch string([]byte{h.kind, byte('0' + h.size)}) {
			case "i1":
				t.I32 = append(t.I32, int32(int8(b[i])))
			case "i2":
				t.I32 = append(t.I32, int32(int16(o.Uint16(b[i:]))))
			case "u2":
				t.I32 = append(t.I32, int32(o.Uint16(b[i:])))
			case "i4":
				t.I32 = append(t.I32, int32(o.Uint32(b[i:])))
			case "u4":
				wide.I64 = append(wide.I64, int64(o.Uint32(b[i:])))
			case "i8", "u8":
				wide.I64 = append(wide.I64, int64(o.Uint64(b[i:])))
			}
		}
	}
	return nil
}

// Half returns the number of an IEEE 754 half: sign 1, exponent 5, fraction 10 bits.
func Half(h uint16) float32 {
	sign := uint32(h>>15) << 31
	exp, frac := uint32(h>>10)&31, uint32(h)&1023
	switch exp {
	case 31:
		return math.Float32frombits(sign | 255<<23 | frac<<13)
	case 0: // ±0 and denormals: frac · 2⁻²⁴
		f := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(f) | sign)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// rowMajor returns a tensor whose elements stand in column-major order, put into
// row-major order.
func rowMajor(t *Tensor) *Tensor {
	if len(t.Shape) < 2 || t.Len() == 0 {
		return t
	}
	out := New(t.DType(), t.Shape...)
	stride := make([]int, len(t.Shape)) // of the column-major source
	step := 1
	for k, d := range t.Shape {
		stride[k] = step
		step *= d
	}
	index := make([]int, len(t.Shape))
	src := 0
	o := t.Original.clone()
	out.Original = o
	for dst := range out.Len() {
		switch {
		case t.F32 != nil:
			out.F32[dst] = t.F32[src]
			switch {
			case o == nil:
			case o.F64 != nil:
				o.F64[dst] = t.Original.F64[src]
			default:
				o.I64[dst] = t.Original.I64[src]
			}
		case t.I32 != nil:
			out.I32[dst] = t.I32[src]
		default:
			out.U8[dst] = t.U8[src]
		}
		for k := len(index) - 1; k >= 0; k-- {
			index[k]++
			src += stride[k]
			if index[k] < t.Shape[k] {
				break
			}
			src -= index[k] * stride[k]
			index[k] = 0
		}
	}
	return out
}

// WriteNPY writes t as a NumPy array: version 1, little-endian, row-major, of
// dtype float32, int32 or uint8.
func WriteNPY(w io.Writer, t *Tensor) error {
	if err := t.whole(); err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	if err := writeHeader(w, map[DType]string{Float32: "<f4", Int32: "<i4", Uint8: "|u1"}[t.DType()],
		t.Shape); err != nil {
		return err
	}
	if t.DType() == Uint8 {
		_, err := w.Write(t.U8)
		return err
	}
	buf := make([]byte, 0, chunk)
	for i := range t.Len() {
		if t.I32 != nil {
			buf = binary.LittleEndian.AppendUint32(buf, uint32(t.I32[i]))
		} else {
			buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(t.F32[i]))
		}
		if len(buf) == chunk {
			if _, err := w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
	}
	_, err := w.Write(buf)
	return err
}

// WriteNPYFloat64 writes numbers in the order of a shape as a NumPy array of dtype float64.
func WriteNPYFloat64(w io.Writer, s Shape, values []float64) error {
	if len(values) != s.Size() {
		return fmt.Errorf("npy: %d numbers for shape %v", len(values), s)
	}
	if err := writeHeader(w, "<f8", s); err != nil {
		return err
	}
	return binary.Write(w, binary.LittleEndian, values)
}

// writeHeader writes what precedes the elements of an npy file.
func writeHeader(w io.Writer, descr string, s Shape) error {
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %v, }", descr, s)
	// The elements begin at a multiple of 64 bytes, as NumPy aligns them.
	const prefix = 10
	pad := (64 - (prefix+len(text)+1)%64) % 64
	text += strings.Repeat(" ", pad) + "\n"
	if len(text) > math.MaxUint16 {
		return fmt.Errorf("npy: shape %v is too long for a header", s)
	}
	head := append([]byte("\x93NUMPY\x01\x00"), byte(len(text)), byte(len(text)>>8))
	_, err := w.Write(append(head, text...))
	return err
}

// whole returns an error where the number of elements is not the size of the shape.
func (t *Tensor) whole() error {
	if n := len(t.F32) + len(t.I32) + len(t.U8); n != t.Len() {
		return fmt.Errorf("%d elements under shape %v", n, t.Shape)
	}
	return nil
}
