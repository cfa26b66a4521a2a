package parquet

import (
	"encoding/binary"
	"math/bits"
)

// input is the bytes of a page that are still to be read. The first mistake stays.
type input struct {
	b   []byte
	err error
}

func (s *input) fail() {
	s.err = errPacked
	s.b = nil
}

// take returns the next n bytes.
func (s *input) take(n int) []byte {
	if n < 0 || n > len(s.b) {
		s.fail()
		return nil
	}
	out := s.b[:n]
	s.b = s.b[n:]
	return out
}

func (s *input) uvarint() uint64 {
	v, n := binary.Uvarint(s.b)
	if n <= 0 {
		s.fail()
		return 0
	}
	s.b = s.b[n:]
	return v
}

func (s *input) varint() int64 {
	v := s.uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// hybrid reads n numbers of so many bits, written as runs of one number and as groups of eight in bits.
func (s *input) hybrid(width, n int) []int32 {
	if width < 0 || width > 32 {
		s.fail()
		return nil
	}
	out := make([]int32, 0, n)
	if width == 0 {
		return out[:n]
	}
	for len(out) < n && s.err == nil {
		head := s.uvarint()
		if head&1 == 0 {
			run := head >> 1
			b := s.take((width + 7) / 8)
			v := uint32(0)
			for i := len(b) - 1; i >= 0; i-- {
				v = v<<8 | uint32(b[i])
			}
			for range min(run, uint64(n-len(out))) {
				out = append(out, int32(v))
			}
			if run == 0 && s.err == nil && len(s.b) == 0 {
				s.fail()
			}
			continue
		}
		groups := head >> 1
		if groups == 0 || groups > uint64(len(s.b)) {
			s.fail()
			break
		}
		// The last groups of a page may be cut where no number needs them.
		b := s.take(min(int(groups)*width, len(s.b)))
		for i := 0; i < int(groups)*8 && len(out) < n; i++ {
			if (i+1)*width > len(b)*8 {
				s.fail()
				break
			}
			out = append(out, int32(packedAt(b, i*width, width)))
		}
	}
	if s.err != nil {
		return nil
	}
	return out
}

// levels reads n levels, from 0 to most.
func (s *input) levels(most, n int) []int32 {
	out := s.hybrid(bits.Len(uint(most)), n)
	for _, v := range out {
		if int(v) > most || v < 0 {
			s.fail()
			return nil
		}
	}
	return out
}

// packedAt returns the number of width bits from a bit on, the least bits first.
func packedAt(b []byte, from, width int) uint64 {
	v, got := uint64(0), 0
	for got < width {
		at := from + got
		part := uint64(b[at/8] >> (at % 8))
		k := 8 - at%8
		v |= part << got
		got += k
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// delta reads numbers of DELTA_BINARY_PACKED, at most n.
func (s *input) delta(n int) []int64 {
	block, minis, count := s.uvarint(), s.uvarint(), s.uvarint()
	v := s.varint()
	if s.err != nil || block == 0 || block%128 != 0 || block > 1<<20 || minis == 0 || block%minis != 0 ||
		block/minis%32 != 0 || count > uint64(n) {
		s.fail()
		return nil
	}
	out := make([]int64, 0, count)
	if count > 0 {
		out = append(out, v)
	}
	per := int(block / minis)
	for len(out) < int(count) && s.err == nil {
		least := s.varint()
		widths := s.take(int(minis))
		for _, width := range widths {
			if len(out) >= int(count) {
				break
			}
			if width > 64 {
				s.fail()
				break
			}
			b := s.take(per * int(width) / 8)
			for i := 0; i < per && len(out) < int(count) && s.err == nil; i++ {
				d := uint64(0)
				if width > 0 {
					d = packedAt(b, i*int(width), int(width))
				}
				v += least + int64(d)
				out = append(out, v)
			}
		}
	}
	if s.err != nil {
		return nil
	}
	return out
}

// deltaLengths reads byte arrays of DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
func (s *input) deltaLengths(n int) [][]byte {
	var out [][]byte
	for _, size := range s.delta(n) {
		if size < 0 || size > int64(len(s.b)) {
			s.fail()
			return nil
		}
		out = append(out, s.take(int(size)))
	}
	return out
}

// deltaStrings reads byte arrays of DELTA_BYTE_ARRAY: how much each shares with the one before, and the rest of it.
func (s *input) deltaStrings(n int) [][]byte {
	shared := s.delta(n)
	rest := s.deltaLengths(n)
	if len(shared) != len(rest) {
		s.fail()
		return nil
	}
	var before []byte
	total := 0
	for i, k := range shared {
		if k < 0 || k > int64(len(before)) {
			s.fail()
			return nil
		}
		if k > 0 {
			if total += int(k) + len(rest[i]); total > 1<<30 {
				s.fail()
				return nil
			}
			rest[i] = append(before[:k:k], rest[i]...)
		}
		before = rest[i]
	}
	return rest
}
