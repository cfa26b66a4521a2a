package parquet

import (
	"encoding/binary"
	"fmt"
	"math"

	"gorae/internal/ram"
)

// values are those of a page or of a dictionary: one of the lists, by the physical type.
type values struct {
	ints   []int64 // of booleans, too
	floats []float64
	bytes  [][]byte
}

// The encodings by their numbers.
const (
	plain           = 0
	plainDictionary = 2
	rle             = 3
	deltaBinary     = 5
	deltaLength     = 6
	deltaByteArray  = 7
	rleDictionary   = 8
	byteStreamSplit = 9
)

// levels are the repetition and definition levels of a page, nil where all are 0.
type levels [2][]int32

// pages calls see with the levels and the values of each page of a chunk.
func (l *leaf) pages(file []byte, c chunk, see func(n int, at levels, v values) error) error {
	from := c.offset
	if c.dict > 0 && c.dict < from {
		from = c.dict
	}
	switch {
	case c.away:
		return fmt.Errorf("its values are in another file; give one file with all columns")
	case c.physical != l.physical:
		return errPacked
	case from < 4 || c.all < 0 || from > int64(len(file)) || c.all > int64(len(file))-from:
		return fmt.Errorf("its values lie beyond the end of the file; fetch it again")
	}
	b := file[from : from+c.all]
	var dict *values
	for left := c.values; left > 0; {
		t := &thrift{b: b}
		p := t.page()
		if t.err != nil || p.packed < 0 || p.packed > len(b)-t.at {
			return errPacked
		}
		body := b[t.at : t.at+p.packed]
		b = b[t.at+p.packed:]
		switch {
		case p.kind == 1: // an index
			continue
		case p.values < 0 || p.kind != 2 && int64(p.values) > left:
			return errPacked
		}
		if err := ram.FitsBeside(32 * float64(p.values)); err != nil {
			return fmt.Errorf("%w; give fewer rows", err)
		}
		switch p.kind {
		case 2:
			all, err := unpack(c.codec, body, p.unpacked)
			if err != nil {
				return err
			}
			s := &input{b: all}
			v := l.plain(s, p.values)
			if s.err != nil {
				return s.err
			}
			dict = &v
		case 0, 3:
			at, s, err := l.levels(p, c.codec, body)
			if err != nil {
				return err
			}
			n := p.values
			if d := at[definition]; d != nil {
				n = 0
				for _, v := range d {
					if int(v) == l.most[definition] {
						n++
					}
				}
			}
			v := l.decode(s, p.encoding, n, dict)
			if s.err != nil {
				return s.err
			}
			if err := see(p.values, at, v); err != nil {
				return err
			}
			left -= int64(p.values)
		default:
			return errPacked
		}
	}
	return nil
}

// levels returns the levels of a page, and its values as bytes.
func (l *leaf) levels(p page, codec int, body []byte) (at levels, s *input, err error) {
	if p.kind == 3 { // levels stand before what is compressed
		head := &input{b: body}
		for _, k := range []int{repetition, definition} {
			part := &input{b: head.take(p.levels[k])}
			if l.most[k] > 0 {
				at[k] = part.levels(l.most[k], p.values)
			}
			if part.err != nil || head.err != nil {
				return at, nil, errPacked
			}
		}
		if p.plain {
			codec = 0
		}
		body, err = unpack(codec, head.b, p.unpacked-p.levels[0]-p.levels[1])
		return at, &input{b: body}, err
	}
	if body, err = unpack(codec, body, p.unpacked); err != nil {
		return at, nil, err
	}
	s = &input{b: body}
	for _, k := range []int{repetition, definition} {
		if l.most[k] == 0 {
			continue
		}
		if p.levels[k] != rle {
			return at, nil, fmt.Errorf("its levels are packed in bits, as before format version 2; write it anew")
		}
		size := s.take(4)
		if s.err != nil {
			return at, nil, errPacked
		}
		part := &input{b: s.take(int(int32(binary.LittleEndian.Uint32(size))))}
		if at[k] = part.levels(l.most[k], p.values); part.err != nil || s.err != nil {
			return at, nil, errPacked
		}
	}
	return at, s, nil
}

// decode reads n values in an encoding.
func (l *leaf) decode(s *input, encoding, n int, dict *values) (v values) {
	switch encoding {
	case plain:
		return l.plain(s, n)
	case plainDictionary, rleDictionary:
		if n == 0 {
			return v
		}
		width := s.take(1)
		if s.err != nil || dict == nil {
			s.fail()
			return v
		}
		return dict.pick(s, s.hybrid(int(width[0]), n))
	case rle:
		if l.physical != boolean {
			break
		}
		s.take(4) // the length
		for _, b := range s.hybrid(1, n) {
			v.ints = append(v.ints, int64(b))
		}
		return v
	case deltaBinary:
		if l.physical != int32s && l.physical != int64s {
			break
		}
		if v.ints = s.delta(n); l.physical == int32s {
			for i, x := range v.ints {
				v.ints[i] = int64(int32(x))
			}
		}
		l.full(s, len(v.ints), n)
		return v
	case deltaLength, deltaByteArray:
		if l.physical != byteArrays && l.physical != fixedArrays {
			break
		}
		if encoding == deltaLength {
			v.bytes = s.deltaLengths(n)
		} else {
			v.bytes = s.deltaStrings(n)
		}
		l.full(s, len(v.bytes), n)
		return v
	case byteStreamSplit:
		size := l.size()
		if size == 0 || l.physical == boolean || n > len(s.b)/size {
			break
		}
		all := s.take(n * size)
		joined := make([]byte, len(all))
		for i := range n {
			for k := range size {
				joined[i*size+k] = all[k*n+i]
			}
		}
		return l.plain(&input{b: joined}, n)
	}
	s.fail()
	return v
}

// full fails where an encoding has fewer values than the page.
func (*leaf) full(s *input, got, want int) {
	if got != want {
		s.fail()
	}
}

// pick returns the values of a dictionary with these numbers.
func (v *values) pick(s *input, at []int32) (out values) {
	all := max(len(v.ints), len(v.floats), len(v.bytes))
	for _, i := range at {
		if i < 0 || int(i) >= all {
			s.fail()
			return out
		}
		switch {
		case v.ints != nil:
			out.ints = append(out.ints, v.ints[i])
		case v.floats != nil:
			out.floats = append(out.floats, v.floats[i])
		default:
			out.bytes = append(out.bytes, v.bytes[i])
		}
	}
	return out
}

// size is the number of bytes of a value, 0 where that varies.
func (l *leaf) size() int {
	switch l.physical {
	case int32s, floats:
		return 4
	case int64s, doubles:
		return 8
	case int96s:
		return 12
	case fixedArrays:
		return max(0, l.length)
	}
	return 0
}

// plain reads n values one after another.
func (l *leaf) plain(s *input, n int) (v values) {
	if size := l.size(); size > 0 && n > len(s.b)/size {
		s.fail()
		return v
	}
	switch l.physical {
	case boolean:
		b := s.take((n + 7) / 8)
		for i := 0; i < n && s.err == nil; i++ {
			v.ints = append(v.ints, int64(b[i/8]>>(i%8)&1))
		}
	case int32s:
		for range n {
			v.ints = append(v.ints, int64(int32(binary.LittleEndian.Uint32(s.take(4)))))
		}
	case int64s:
		for range n {
			v.ints = append(v.ints, int64(binary.LittleEndian.Uint64(s.take(8))))
		}
	case floats:
		for range n {
			v.floats = append(v.floats, float64(math.Float32frombits(binary.LittleEndian.Uint32(s.take(4)))))
		}
	case doubles:
		for range n {
			v.floats = append(v.floats, math.Float64frombits(binary.LittleEndian.Uint64(s.take(8))))
		}
	case byteArrays:
		for i := 0; i < n && s.err == nil; i++ {
			if size := s.take(4); s.err == nil {
				v.bytes = append(v.bytes, s.take(int(int32(binary.LittleEndian.Uint32(size)))))
			}
		}
	case int96s, fixedArrays:
		if l.size() == 0 {
			s.fail()
			break
		}
		for range n {
			v.bytes = append(v.bytes, s.take(l.size()))
		}
	default:
		s.fail()
	}
	return v
}
