package pb

import (
	"fmt"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// loaded is the length up to which a message is read as a whole.
const loaded = 1 << 20

// span is a part of a file: a message, or bytes within one.
type span struct {
	r      io.ReaderAt
	off, n int64
	data   []byte // the part, where it is in memory
}

// field is a field of a message.
type field struct {
	num  protowire.Number
	typ  protowire.Type
	v    uint64 // of a number
	body span   // of bytes
}

// fields calls f for each field of a message.
func (s span) fields(f func(field) error) error {
	if s.data == nil && s.n <= loaded {
		var err error
		if s.data, err = s.bytes(); err != nil {
			return err
		}
	}
	for at := int64(0); at < s.n; {
		head := s.data
		if head != nil {
			head = head[at:]
		} else {
			var buf [20]byte // a tag and a length
			n, err := s.r.ReadAt(buf[:min(int64(len(buf)), s.n-at)], s.off+at)
			if err != nil && err != io.EOF {
				return err
			}
			head = buf[:n]
		}
		num, typ, k := protowire.ConsumeTag(head)
		if k < 0 {
			return fmt.Errorf("byte %d: %w", s.off+at, protowire.ParseError(k))
		}
		x := field{num: num, typ: typ}
		var m int
		switch head = head[k:]; typ {
		case protowire.VarintType:
			x.v, m = protowire.ConsumeVarint(head)
		case protowire.Fixed32Type:
			var v uint32
			v, m = protowire.ConsumeFixed32(head)
			x.v = uint64(v)
		case protowire.Fixed64Type:
			x.v, m = protowire.ConsumeFixed64(head)
		case protowire.BytesType:
			var n uint64
			if n, m = protowire.ConsumeVarint(head); m >= 0 {
				start := at + int64(k) + int64(m)
				if n > uint64(s.n-start) {
					return fmt.Errorf("byte %d: a field of %d bytes in a message that ends after %d", s.off+at, n,
						s.n-start)
				}
				x.body = span{r: s.r, off: s.off + start, n: int64(n)}
				if s.data != nil {
					x.body.data = s.data[start : start+int64(n) : start+int64(n)]
				}
				at += int64(n)
			}
		default:
			return fmt.Errorf("byte %d: wire type %d, which no field of ONNX has", s.off+at, typ)
		}
		if m < 0 {
			return fmt.Errorf("byte %d: %w", s.off+at, protowire.ParseError(m))
		}
		at += int64(k) + int64(m)
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}

// bytes reads the part.
func (s span) bytes() ([]byte, error) {
	if s.data != nil || s.n == 0 {
		return s.data, nil
	}
	b := make([]byte, s.n)
	if n, err := s.r.ReadAt(b, s.off); int64(n) < s.n {
		return nil, fmt.Errorf("byte %d: %w", s.off+int64(n), err)
	}
	return b, nil
}

// longestText bounds names, texts and other fields that are kept as they are.
const longestText = 64 << 20

// text reads the part as a text.
func (s span) text() (string, error) {
	if s.n > longestText {
		return "", fmt.Errorf("byte %d: a text of %d bytes", s.off, s.n)
	}
	b, err := s.bytes()
	return string(b), err
}
