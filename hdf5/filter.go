package hdf5

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
)

// A filter is one step that a chunk went through when it was written.
type filter struct {
	id   uint16
	data []uint32
}

const (
	filterDeflate  = 1
	filterShuffle  = 2
	filterFletcher = 3
)

var filterNames = map[uint16]string{4: "szip", 5: "n-bit", 6: "scale-offset", 32000: "lzf"}

// pipeline reads a filter message. Version 1: count, reserved 6, then identifier 2, name length 2, flags 2, values 2,
// name, values of 4, padded to 8. Version 2: no reserved bytes, no padding, and no name under identifier 256.
func (f *File) pipeline(m *message) ([]filter, error) {
	c := m.cursor(f, "filter pipeline")
	v := c.version(1, 2)
	n := int(c.u8())
	if v == 1 {
		c.take(6)
	}
	var out []filter
	for range n {
		p := filter{id: c.u16()}
		name := 0
		if v == 1 || p.id >= 256 {
			name = int(c.u16())
		}
		c.u16()
		count := int(c.u16())
		if v == 1 {
			name = (name + 7) &^ 7
		}
		c.take(name)
		for range count {
			if c.err != nil {
				return nil, c.err
			}
			p.data = append(p.data, c.u32())
		}
		if v == 1 && count%2 != 0 {
			c.take(4)
		}
		if c.err == nil && (p.id < filterDeflate || p.id > filterFletcher) {
			name := filterNames[p.id]
			if name == "" {
				name = "unknown"
			}
			c.fail("filter %d (%s) is not supported; write the data with deflate (gzip) or uncompressed", p.id, name)
		}
		out = append(out, p)
	}
	return out, c.err
}

// unfilter undoes the filters, last first, and leaves out those whose bit of mask is set. The result has size bytes at
// most.
func unfilter(filters []filter, mask uint32, b []byte, size int) ([]byte, error) {
	sums := 0 // bytes of checksums that stand around what is still filtered
	for i, p := range filters {
		if p.id == filterFletcher && (i >= 32 || mask>>i&1 == 0) {
			sums += 4
		}
	}
	for i := len(filters) - 1; i >= 0; i-- {
		if i < 32 && mask>>i&1 != 0 {
			continue
		}
		var err error
		switch p := filters[i]; p.id {
		case filterDeflate:
			b, err = inflate(b, size+sums)
		case filterShuffle:
			width := 1
			if len(p.data) > 0 {
				width = int(p.data[0])
			}
			b = unshuffle(b, width)
		case filterFletcher:
			sums -= 4
			b, err = checkFletcher(b)
		}
		if err != nil {
			return nil, err
		}
	}
	return b, nil
}

// inflate undoes deflate; more than size bytes are an error, met before they are kept.
func inflate(b []byte, size int) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, errors.New("deflate: " + err.Error())
	}
	var out bytes.Buffer
	if most := len(b) * ratio; most < size {
		out.Grow(most)
	} else {
		out.Grow(size + bytes.MinRead)
	}
	n, err := io.Copy(&out, io.LimitReader(z, int64(size)+1))
	if err != nil {
		return nil, errors.New("deflate: " + err.Error())
	}
	if n > int64(size) {
		return nil, errors.New("deflate: grows beyond the size of a chunk")
	}
	return out.Bytes(), nil
}

// unshuffle undoes shuffle, which keeps all first bytes of elements together, then all second bytes, and so on; bytes
// beyond the last whole element stay where they are.
func unshuffle(b []byte, width int) []byte {
	n := 0
	if width > 1 {
		n = len(b) / width
	}
	if n <= 1 {
		return b
	}
	out := make([]byte, len(b))
	for j := range width {
		for i, x := range b[j*n : (j+1)*n] {
			out[i*width+j] = x
		}
	}
	copy(out[n*width:], b[n*width:])
	return out
}

// checkFletcher compares and removes the Fletcher-32 sum in the last four bytes.
func checkFletcher(b []byte) ([]byte, error) {
	if len(b) < 4 {
		return nil, errors.New("fletcher32: too few bytes for a checksum")
	}
	b, end := b[:len(b)-4], b[len(b)-4:]
	if want := binary.LittleEndian.Uint32(end); fletcher32(b) != want {
		return nil, errors.New("fletcher32: the checksum differs; the chunk is damaged")
	}
	return b, nil
}

// fletcher32 sums big-endian words of 16 bits modulo 65535; an odd last byte is the high byte of a word. As HDF5 does,
// a sum that is a multiple of 65535 but not 0 is 65535.
func fletcher32(b []byte) uint32 {
	var s1, s2 uint32
	fold := func(s uint32) uint32 { return s&0xffff + s>>16 }
	for len(b) > 0 {
		n := min(720, len(b)) // 360 words between foldings, as HDF5 has it
		for i := 0; i < n; i += 2 {
			w := uint32(b[i]) << 8
			if i+1 < n {
				w |= uint32(b[i+1])
			}
			s1 += w
			s2 += s1
		}
		s1, s2, b = fold(s1), fold(s2), b[n:]
	}
	return fold(s2)<<16 | fold(s1)
}
