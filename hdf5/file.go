package hdf5

import (
	"errors"
	"fmt"
	"io"
)

// magic begins a superblock.
const magic = "\x89HDF\r\n\x1a\n"

// A File is an open HDF5 file. It keeps no state but what Open read, so many goroutines may read it at once, if they
// may use its io.ReaderAt at once.
type File struct {
	r          io.ReaderAt
	base       int64 // where the superblock stands; addresses count from here
	size       int64 // bytes from base to the end
	offsetSize int   // bytes of an address
	lengthSize int   // bytes of a length
	root       *Group
	lax        bool // do not compare checksums: only fuzzing sets it, to reach what lies behind them
}

// Open reads the superblock and the root group of the HDF5 file that r holds in size bytes. The superblock may stand
// at byte 0, 512, 1024, 2048, … as the format allows. r must stay readable while the file is in use.
func Open(r io.ReaderAt, size int64) (*File, error) { return open(r, size, false) }

func open(r io.ReaderAt, size int64, lax bool) (*File, error) {
	f := &File{r: r, lax: lax}
	found := false
	var b [8]byte
	for at := int64(0); at+int64(len(b)) <= size; at = max(512, 2*at) {
		if _, err := readFull(r, b[:], at); err != nil {
			return nil, fmt.Errorf("hdf5: reading at %#x: %w", at, err)
		}
		if string(b[:]) == magic {
			f.base, f.size, found = at, size-at, true
			break
		}
	}
	if !found {
		return nil, fmt.Errorf("hdf5: no HDF5 signature in %d bytes; the file is not HDF5", size)
	}
	if err := f.superblock(); err != nil {
		return nil, err
	}
	return f, nil
}

// Root is the group "/".
func (f *File) Root() *Group { return f.root }

// superblock reads versions 0 to 3 and opens the root group.
func (f *File) superblock() error {
	f.offsetSize, f.lengthSize = 8, 8
	n := min(f.size, 128)
	b, err := f.read("superblock", 0, uint64(n))
	if err != nil {
		return err
	}
	c := &cursor{f: f, what: "superblock", b: b, pos: len(magic)}
	v := c.version(0, 1, 2, 3)
	if v < 2 {
		c.take(4) // versions of free space, root group and shared headers, and a reserved byte
	}
	so, sl := c.u8(), c.u8()
	if c.err == nil && (so != 2 && so != 4 && so != 8 || sl != 2 && sl != 4 && sl != 8) {
		c.fail("addresses of %d bytes and lengths of %d; want 2, 4 or 8", so, sl)
	}
	if c.err != nil {
		return c.err
	}
	f.offsetSize, f.lengthSize = int(so), int(sl)
	c.u8() // reserved, or consistency flags
	var header uint64
	if v < 2 {
		c.take(8) // K of leaf and internal nodes, flags: nodes tell their own size when they are read
		if v == 1 {
			c.take(4)
		}
		c.offset() // base address: by the specification where the superblock stands
		c.offset()
		end := c.offset()
		f.truncated(c, end)
		c.offset() // driver information
		c.offset() // name of the root: none
		header = c.offset()
	} else {
		c.offset()
		c.offset() // superblock extension
		end := c.offset()
		header = c.offset()
		c.checksum()
		f.truncated(c, end)
	}
	if c.err != nil {
		return c.err
	}
	f.root, err = f.group(header, "/")
	return err
}

// truncated fails where the file is shorter than its superblock says. The end counts from byte 0 of the whole file.
func (f *File) truncated(c *cursor, end uint64) {
	if c.err == nil && end != undefined && end > uint64(f.base+f.size) {
		c.fail("the file has %d bytes; the superblock says %d: it is cut short", f.base+f.size, end)
	}
}

// read gives n bytes at addr, having compared both with the size of the file.
func (f *File) read(what string, addr, n uint64) ([]byte, error) {
	if err := f.inside(what, addr, n); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	return b, f.readInto(what, addr, b)
}

func (f *File) inside(what string, addr, n uint64) error {
	if addr == undefined {
		return fmt.Errorf("hdf5: %s: has no address", what)
	}
	if size := uint64(f.size); addr > size || n > size-addr {
		return bad(what, addr, "%d bytes reach beyond the file's %d; it is cut short or damaged", n, f.size)
	}
	return nil
}

// readInto fills b from addr; the caller has checked that it lies inside.
func (f *File) readInto(what string, addr uint64, b []byte) error {
	if _, err := readFull(f.r, b, f.base+int64(addr)); err != nil {
		return fmt.Errorf("hdf5: %s at %#x: %w", what, addr, err)
	}
	return nil
}

// readFull is r.ReadAt, where an end of file after the last byte is no error.
func readFull(r io.ReaderAt, b []byte, at int64) (int, error) {
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return n, nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// A walk reads the blocks of one structure (a tree, a heap, a chain of continuations). It reads no block twice and no
// more bytes in all than the file has, so a file that points in circles, or a thousand times at one place, ends in an
// error after bounded work.
type walk struct {
	f    *File
	seen map[uint64]bool
	left uint64
}

func (f *File) walk() *walk { return &walk{f: f, seen: map[uint64]bool{}, left: uint64(f.size)} }

// block is a cursor over n bytes at addr.
func (w *walk) block(what string, addr, n uint64) (*cursor, error) {
	if w.seen[addr] {
		return nil, bad(what, addr, "is reached twice; the file points in a circle")
	}
	w.seen[addr] = true
	if err := w.f.inside(what, addr, n); err != nil {
		return nil, err
	}
	if n > w.left {
		return nil, bad(what, addr, "is larger than the rest of its structure can be; the blocks overlap")
	}
	w.left -= n
	b, err := w.f.read(what, addr, n)
	if err != nil {
		return nil, err
	}
	return &cursor{f: w.f, what: what, addr: addr, b: b}, nil
}

// at is a cursor over n bytes at addr, outside of any walk.
func (f *File) at(what string, addr, n uint64) (*cursor, error) {
	b, err := f.read(what, addr, n)
	if err != nil {
		return nil, err
	}
	return &cursor{f: f, what: what, addr: addr, b: b}, nil
}
