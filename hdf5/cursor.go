package hdf5

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"unicode"
	"unicode/utf8"
)

// undefined is the address that HDF5 writes where there is none: all bits set, whatever the width of addresses.
const undefined = ^uint64(0)

// A cursor takes little-endian fields out of one structure of the file. The first failure stays, and every later read
// gives zero, so that a decoder reads its fields in order and looks at err once.
type cursor struct {
	f    *File
	what string // the structure, for errors
	addr uint64 // where b[0] stands in the file
	b    []byte
	pos  int
	err  error
}

// bad is an error about the structure what at addr.
func bad(what string, addr uint64, format string, args ...any) error {
	return fmt.Errorf("hdf5: %s at %#x: %s", what, addr, fmt.Sprintf(format, args...))
}

// shown is a path or name from a file as errors show it: on one line, of bounded length.
func shown(path string) string {
	const most = 300
	if len(path) > most {
		path = path[:most] + "…"
	}
	for _, r := range path {
		if !unicode.IsPrint(r) || r == utf8.RuneError {
			return strconv.Quote(path)
		}
	}
	return path
}

func (c *cursor) fail(format string, args ...any) {
	if c.err == nil {
		c.err = bad(c.what, c.addr, format, args...)
	}
}

// take gives the next n bytes, without copying; nil after a failure.
func (c *cursor) take(n int) []byte {
	if c.err != nil {
		return nil
	}
	if n < 0 || n > len(c.b)-c.pos {
		c.fail("ends after %d bytes; %d more are needed at byte %d", len(c.b), n, c.pos)
		return nil
	}
	c.pos += n
	return c.b[c.pos-n : c.pos : c.pos]
}

func (c *cursor) left() int { return len(c.b) - c.pos }

// uint is an unsigned number of n bytes, 0 ≤ n ≤ 8.
func (c *cursor) uint(n int) uint64 {
	if n < 0 || n > 8 {
		c.fail("has a field of %d bytes; at most 8 are known", n)
		return 0
	}
	var v uint64
	for i, x := range c.take(n) {
		v |= uint64(x) << (8 * i)
	}
	return v
}

func (c *cursor) u8() uint8 {
	b := c.take(1)
	if b == nil {
		return 0
	}
	return b[0]
}

func (c *cursor) u16() uint16 {
	b := c.take(2)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint16(b)
}

func (c *cursor) u32() uint32 {
	b := c.take(4)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (c *cursor) u64() uint64 {
	b := c.take(8)
	if b == nil {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

// offset is a file address, in the width that the superblock gives; all bits set become undefined.
func (c *cursor) offset() uint64 {
	v := c.uint(c.f.offsetSize)
	if c.f.offsetSize < 8 && v == 1<<(8*c.f.offsetSize)-1 {
		return undefined
	}
	return v
}

// length is a size within the file, in the width that the superblock gives.
func (c *cursor) length() uint64 { return c.uint(c.f.lengthSize) }

// signature fails unless the next four bytes are s.
func (c *cursor) signature(s string) {
	if b := c.take(4); b != nil && string(b) != s {
		c.fail("signature is %q; want %q", b, s)
	}
}

// version fails unless the next byte is one of the versions given.
func (c *cursor) version(known ...uint8) uint8 {
	v := c.u8()
	if c.err != nil {
		return 0
	}
	for _, k := range known {
		if v == k {
			return v
		}
	}
	c.fail("version %d is not known; want %v", v, known)
	return 0
}

// align skips to the next multiple of n, counted from the start of the structure; a structure may end short of it.
func (c *cursor) align(n int) {
	if r := c.pos % n; r != 0 {
		c.pos = min(c.pos+n-r, len(c.b))
	}
}

// text is a NUL-terminated string within the next n bytes.
func (c *cursor) text(n int) string {
	b := c.take(n)
	for i, x := range b {
		if x == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// checksum takes the four bytes that end a structure of the newer formats, and compares them with what came before.
func (c *cursor) checksum() {
	at := c.pos
	want := c.u32()
	if c.err != nil || c.f.lax {
		return
	}
	if got := lookup3(c.b[:at]); got != want {
		c.fail("checksum is %#08x; the file says %#08x: the file is damaged", got, want)
	}
}

// lookup3 is Bob Jenkins's hash of that name (hashlittle, initial value 0), which HDF5 uses as its metadata checksum.
// Source: http://burtleburtle.net/bob/c/lookup3.c, public domain.
func lookup3(k []byte) uint32 {
	rot := func(x uint32, n uint) uint32 { return x<<n | x>>(32-n) }
	a := 0xdeadbeef + uint32(len(k))
	b, c := a, a
	word := func(i int) uint32 {
		var v uint32
		for j := 0; j < 4 && i+j < len(k); j++ {
			v |= uint32(k[i+j]) << (8 * j)
		}
		return v
	}
	for len(k) > 12 {
		a, b, c = a+word(0), b+word(4), c+word(8)
		a -= c
		a ^= rot(c, 4)
		c += b
		b -= a
		b ^= rot(a, 6)
		a += c
		c -= b
		c ^= rot(b, 8)
		b += a
		a -= c
		a ^= rot(c, 16)
		c += b
		b -= a
		b ^= rot(a, 19)
		a += c
		c -= b
		c ^= rot(b, 4)
		b += a
		k = k[12:]
	}
	if len(k) == 0 {
		return c
	}
	a, b, c = a+word(0), b+word(4), c+word(8)
	c ^= b
	c -= rot(b, 14)
	a ^= c
	a -= rot(c, 11)
	b ^= a
	b -= rot(a, 25)
	c ^= b
	c -= rot(b, 16)
	a ^= c
	a -= rot(c, 4)
	b ^= a
	b -= rot(a, 14)
	c ^= b
	c -= rot(b, 24)
	return c
}
