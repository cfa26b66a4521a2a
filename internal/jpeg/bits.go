package jpeg

import (
	"encoding/binary"
	"image/jpeg"
	"io"
)

// file is the bytes of a file, and its bits where it is coded.
type file struct {
	b     []uint8
	at    int
	bits  uint64 // the lowest n are not read yet
	n     uint
	zeros uint // of the n, how many stand for what the file lacks
	wrong bool // a code that no table has was met
}

// marker goes to the next marker and past it. What lies before is passed over, as in libjpeg and image/jpeg.
func (f *file) marker() (uint8, error) {
	for ; f.at+1 < len(f.b); f.at++ {
		if m := f.b[f.at+1]; f.b[f.at] == 0xff && m != 0 && m != 0xff {
			f.at += 2
			return m, nil
		}
	}
	return 0, io.ErrUnexpectedEOF
}

// segment is what follows a marker, by the length that it begins with.
func (f *file) segment() ([]uint8, error) {
	rest := f.b[f.at:]
	if len(rest) < 2 {
		return nil, io.ErrUnexpectedEOF
	}
	n := int(binary.BigEndian.Uint16(rest))
	if n < 2 {
		return nil, jpeg.FormatError("short segment length")
	}
	if n > len(rest) {
		return nil, io.ErrUnexpectedEOF
	}
	f.at += n
	return rest[2:n], nil
}

// fill reads bytes until there are at least 57 bits. A byte 0xff is followed by 0 (T.81 B.1.1.5); anything else is a
// marker, from which on zeros are read.
func (f *file) fill() {
	for f.n <= 56 {
		var v uint8
		switch {
		case f.at >= len(f.b):
			f.zeros += 8
		case f.b[f.at] != 0xff:
			v = f.b[f.at]
			f.at++
		case f.at+1 < len(f.b) && f.b[f.at+1] == 0:
			v = 0xff
			f.at += 2
		default:
			f.zeros += 8
		}
		f.bits = f.bits<<8 | uint64(v)
		f.n += 8
	}
}

// sound is the error of the bits read so far.
func (f *file) sound() error {
	switch {
	case f.wrong:
		return jpeg.FormatError("bad Huffman code")
	case f.n >= f.zeros:
		return nil
	case f.at+1 >= len(f.b):
		return io.ErrUnexpectedEOF
	}
	return jpeg.FormatError("short Huffman data")
}

// restart drops the bits that are left and goes past the marker of a restart.
func (f *file) restart(count int) error {
	f.bits, f.n, f.zeros = 0, 0, 0
	m, err := f.marker()
	if err == nil && m != rst0+uint8(count&7) {
		err = jpeg.FormatError("bad RST marker")
	}
	return err
}

// get reads up to 16 bits as a whole number.
func (f *file) get(n uint8) int32 {
	if f.n < 32 {
		f.fill()
	}
	return f.got(n)
}

// got is get where fill has been called for them.
func (f *file) got(n uint8) int32 {
	f.n -= uint(n)
	return int32(f.bits>>f.n) & (1<<n - 1)
}

// extended reads a number of n bits, of which the lower half are negative (T.81 F.2.2.1, EXTEND), where symbol has been
// called before.
func (f *file) extended(n uint8) int32 {
	if n == 0 {
		return 0
	}
	v := f.got(n)
	if v < 1<<(n-1) {
		v -= 1<<n - 1
	}
	return v
}

// lookBits is the length of codes that are looked up at once.
const lookBits = 9

// huffman is a table of codes of up to 16 bits.
type huffman struct {
	look   [1 << lookBits]uint16 // length << 8 | value, by the bits to come; 0 where the code is longer
	most   [17]int32             // the greatest code of a length; -1 without any
	offset [17]int32             // of a code of that length to its place in values
	values []uint8
}

// huffmanTables reads tables of codes, T.81 B.2.4.2.
func (d *decoder) huffmanTables(s []uint8) error {
	for len(s) > 0 {
		if len(s) < 17 {
			return jpeg.FormatError("DHT has wrong length")
		}
		class, n, counts := s[0]>>4, s[0]&15, s[1:17]
		if class > 1 {
			return jpeg.FormatError("bad Tc value")
		}
		if n > 3 || d.baseline && n > 1 {
			return jpeg.FormatError("bad Th value")
		}
		total := 0
		for _, c := range counts {
			total += int(c)
		}
		switch s = s[17:]; {
		case total == 0:
			return jpeg.FormatError("Huffman table has zero length")
		case total > 256:
			return jpeg.FormatError("Huffman table has excessive length")
		case total > len(s):
			return jpeg.FormatError("DHT has wrong length")
		}
		h, err := newHuffman(counts, s[:total])
		if err != nil {
			return err
		}
		d.huff[class][n] = h
		s = s[total:]
	}
	return nil
}

// newHuffman gives the values their codes, T.81 annex C.
func newHuffman(counts, values []uint8) (*huffman, error) {
	h := &huffman{values: values}
	code, at := int32(0), int32(0)
	for length := int32(1); length <= 16; length++ {
		n := int32(counts[length-1])
		h.most[length], h.offset[length] = -1, at-code
		if n > 0 {
			h.most[length] = code + n - 1
		}
		if code+n > 1<<length {
			return nil, jpeg.FormatError("Huffman table has more codes than their lengths allow")
		}
		for ; n > 0; n-- {
			if length <= lookBits {
				free := lookBits - length
				for i := range int32(1) << free {
					h.look[code<<free|i] = uint16(length)<<8 | uint16(values[at])
				}
			}
			code++
			at++
		}
		code <<= 1
	}
	return h, nil
}

// symbol reads a code and gives its value. There are bits for 16 more then.
func (f *file) symbol(h *huffman) uint8 {
	if f.n < 32 {
		f.fill()
	}
	if v := h.look[f.bits>>(f.n-lookBits)&(1<<lookBits-1)]; v != 0 {
		f.n -= uint(v >> 8)
		return uint8(v)
	}
	for length := uint(lookBits + 1); length <= 16; length++ {
		code := int32(f.bits>>(f.n-length)) & (1<<length - 1)
		if code <= h.most[length] {
			f.n -= length
			return h.values[code+h.offset[length]]
		}
	}
	f.wrong = true
	return 0
}
