package pb

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"google.golang.org/protobuf/encoding/protowire"

	"gorae/tensor"
)

func (d *decoder) tensor(s span) (*Tensor, error) {
	t := &Tensor{}
	return t, s.fields(func(f field) (err error) {
		switch f.num {
		case 1:
			err = numbers(d, f, protowire.VarintType, func(v uint64) { t.Dims = append(t.Dims, int64(v)) })
		case 2:
			t.Elem = Elem(f.v)
		case 4, 5, 7, 10, 11:
			if f.typ != protowire.BytesType {
				return fmt.Errorf("tensor %q: its numbers are not packed", t.Name)
			}
			err = d.count(1)
			t.packed = append(t.packed, f.body)
		case 6:
			err = add(d, &t.Texts, f.body, d.text)
		case 8:
			t.Name, err = f.body.text()
		case 9:
			t.raw = f.body
		case 13:
			err = add(d, &t.External, f.body, d.pair)
		}
		return err
	})
}

// ReadTensor reads a file of a tensor alone.
func ReadTensor(b []byte) (*Tensor, error) {
	return (&decoder{}).tensor(span{n: int64(len(b)), data: b})
}

// Locate says where the elements of a tensor with External lie.
func (t *Tensor) Locate(r io.ReaderAt, off, n int64) { t.raw = span{r: r, off: off, n: n} }

// Located reports whether the elements are in the file, or it is known where else they are.
func (t *Tensor) Located() bool { return len(t.External) == 0 || t.raw.n > 0 }

// Keep reads the elements of a tensor of a file into Raw, so that it can be written.
func (t *Tensor) Keep() error {
	n, err := t.Size()
	if err != nil || t.Raw != nil {
		return err
	}
	size := int(t.Elem.Bytes())
	raw := make([]byte, n*size)
	err = t.each(func(i int, bits uint64) {
		for k := range size {
			raw[i*size+k] = byte(bits >> (8 * k))
		}
	})
	t.Raw = raw
	return err
}

// Size is the number of elements that the dimensions say; an error where the file holds another number of them.
func (t *Tensor) Size() (int, error) {
	n := int64(1)
	for _, d := range t.Dims {
		if d < 0 || d > 0 && n > math.MaxInt32*64/d {
			return 0, fmt.Errorf("tensor %q has the dimensions %v", t.Name, t.Dims)
		}
		n *= d
	}
	size := t.Elem.Bytes()
	var held int64
	switch {
	case t.Elem == Text:
		held = int64(len(t.Texts))
	case size == 0:
		return 0, fmt.Errorf("tensor %q is of %v, which is not read", t.Name, t.Elem)
	case t.Raw != nil:
		held = int64(len(t.Raw)) / size
	case t.raw.n > 0:
		if held = t.raw.n / size; t.raw.n%size != 0 {
			held = -1
		}
	default:
		wire, width := t.Elem.wire()
		for _, p := range t.packed {
			if wire != protowire.VarintType {
				held += p.n / int64(width)
				continue
			}
			if p.n < n-held { // an integer takes a byte at least
				return 0, fmt.Errorf("tensor %q has %d bytes for the %d elements of %v", t.Name, p.n, n, t.Dims)
			}
			held = n // they are counted as they are read
		}
	}
	if held != n {
		return 0, fmt.Errorf("tensor %q has %d elements of %v; its dimensions are %v", t.Name, held, t.Elem, t.Dims)
	}
	return int(n), nil
}

// wire is how the fields that are no raw_data hold an element, and the width of one that is fixed.
func (e Elem) wire() (protowire.Type, int) {
	switch e {
	case F32, Complex64:
		return protowire.Fixed32Type, 4
	case F64, Complex128:
		return protowire.Fixed64Type, 8
	}
	return protowire.VarintType, 0
}

// each calls f with the bits of each element: those of a float as they are, integers as int64.
func (t *Tensor) each(f func(i int, bits uint64)) error {
	n, err := t.Size()
	if err != nil {
		return err
	}
	size := int(t.Elem.Bytes())
	if size == 0 {
		return fmt.Errorf("tensor %q is of %v, not of numbers", t.Name, t.Elem)
	}
	if t.Raw == nil && t.raw.n == 0 && n > 0 {
		return t.eachPacked(n, f)
	}
	raw := t.raw
	if t.Raw != nil {
		raw = span{data: t.Raw, n: int64(len(t.Raw))}
	}
	const chunk = 1 << 16
	for at := 0; at < n; at += chunk {
		part := raw.part(int64(at*size), int64(min(chunk, n-at)*size))
		b, err := part.bytes()
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		for i := 0; len(b) > 0; i, b = i+1, b[size:] {
			f(at+i, t.Elem.bits(b))
		}
	}
	return nil
}

// part is n bytes of a span.
func (s span) part(off, n int64) span {
	if s.data != nil {
		return span{data: s.data[off : off+n], n: n}
	}
	return span{r: s.r, off: s.off + off, n: n}
}

// bits are those of the element at the begin of b.
func (e Elem) bits(b []byte) uint64 {
	switch e {
	case Uint8, Bool:
		return uint64(b[0])
	case Int8:
		return uint64(int8(b[0]))
	case Uint16, F16, BF16:
		return uint64(binary.LittleEndian.Uint16(b))
	case Int16:
		return uint64(int16(binary.LittleEndian.Uint16(b)))
	case I32:
		return uint64(int32(binary.LittleEndian.Uint32(b)))
	case F32, Uint32:
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

// eachPacked is each of elements in the fields of their type.
func (t *Tensor) eachPacked(n int, f func(i int, bits uint64)) error {
	i := 0
	wire, _ := t.Elem.wire()
	for _, p := range t.packed {
		b, err := p.bytes()
		if err != nil {
			return fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		for ; len(b) > 0; i++ {
			var v uint64
			var k int
			switch wire {
			case protowire.Fixed32Type:
				var v32 uint32
				v32, k = protowire.ConsumeFixed32(b)
				v = uint64(v32)
			case protowire.Fixed64Type:
				v, k = protowire.ConsumeFixed64(b)
			default:
				v, k = protowire.ConsumeVarint(b)
			}
			if k < 0 {
				return fmt.Errorf("tensor %q: %w", t.Name, protowire.ParseError(k))
			}
			if i == n {
				return fmt.Errorf("tensor %q has more than the %d elements of %v", t.Name, n, t.Dims)
			}
			f(i, v)
			b = b[k:]
		}
	}
	if i < n {
		return fmt.Errorf("tensor %q has %d elements of %v; its dimensions are %v", t.Name, i, t.Elem, t.Dims)
	}
	return nil
}

// Floats reads the elements of a tensor of floats into dst, which has its size.
func (t *Tensor) Floats(dst []float32) error {
	var of func(uint64) float32
	switch t.Elem {
	case F32:
		of = func(b uint64) float32 { return math.Float32frombits(uint32(b)) }
	case F64:
		of = func(b uint64) float32 { return float32(math.Float64frombits(b)) }
	case F16:
		of = func(b uint64) float32 { return tensor.Half(uint16(b)) }
	case BF16:
		of = func(b uint64) float32 { return math.Float32frombits(uint32(b) << 16) }
	default:
		return fmt.Errorf("tensor %q is of %v, not of floats", t.Name, t.Elem)
	}
	return t.each(func(i int, bits uint64) { dst[i] = of(bits) })
}

// Ints reads the elements of a tensor of integers or truth values into dst, which has its size.
func (t *Tensor) Ints(dst []int64) error {
	switch t.Elem {
	case F32, F64, F16, BF16:
		return fmt.Errorf("tensor %q is of %v, not of integers", t.Name, t.Elem)
	}
	return t.each(func(i int, bits uint64) { dst[i] = int64(bits) })
}
