package hdf5

import (
	"fmt"
	"math"
)

// A Type is what one element is. Byte order and padding are a matter of the file and do not show.
type Type uint8

// The types of elements. Bool is h5py's: an enumeration of FALSE and TRUE over one byte; any other enumeration is its
// integers. Opaque elements can only be had as bytes; Other (compound types, references, …) not at all.
const (
	Other Type = iota
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float16
	BFloat16
	Float32
	Float64
	Bool
	String
	Opaque
)

var typeNames = [...]string{"other", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
	"float16", "bfloat16", "float32", "float64", "bool", "string", "opaque"}

// String is the type's name in lower case, as numpy says it: "float32".
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("Type(%d)", uint8(t))
}

// A datatype is a Type with its form in the file.
type datatype struct {
	kind Type
	size int   // bytes of one element in the file
	big  bool  // big-endian
	vlen bool  // a string kept in the global heap
	pad  uint8 // of a fixed string: 0 ends at NUL, 1 padded by NUL, 2 padded by blanks
	dims []int // of an array type: dimensions that come after the dataspace's
	name string
}

var classNames = [...]string{"integer", "float", "time", "string", "bit field", "opaque", "compound", "reference",
	"enumeration", "variable-length", "array"}

// maxRank is HDF5's own limit of dimensions.
const maxRank = 32

func (f *File) datatype(m *message) (datatype, error) {
	m, err := f.shared(m, "datatype")
	if err != nil {
		return datatype{}, err
	}
	c := m.cursor(f, "datatype")
	t := c.datatype(0)
	return t, c.err
}

// datatype reads a datatype message, nested at most depth deep: class and version 1, bits 3, size 4, properties.
func (c *cursor) datatype(depth int) (t datatype) {
	if depth > 4 {
		c.fail("types are nested more than %d deep", depth-1)
		return t
	}
	cv := c.u8()
	bits := uint32(c.uint(3))
	size := c.u32()
	class, version := cv&15, cv>>4
	if c.err == nil && (version < 1 || version > 4) {
		c.fail("version %d is not known; want 1 to 4", version)
	}
	if c.err == nil && (size == 0 && class != 3 || size > 1<<30) {
		c.fail("an element of %d bytes", size)
	}
	if c.err != nil {
		return t
	}
	t.size = int(size)
	t.name = fmt.Sprintf("class %d", class)
	if int(class) < len(classNames) {
		t.name = classNames[class]
	}
	switch class {
	case 0, 4: // integer, bit field
		t.big = bits&1 != 0
		offset, precision := c.u16(), c.u16()
		if offset == 0 && int(precision) == 8*t.size {
			t.kind = integer(t.size, class == 0 && bits&8 != 0)
		}
	case 1:
		t.big = bits&1 != 0
		c.float(&t, bits)
	case 3:
		t.kind, t.pad = String, uint8(bits&15)
	case 5:
		t.kind = Opaque
		c.take(int(bits & 255))
	case 8:
		c.enum(&t, int(bits&0xffff), version, depth)
	case 9:
		if bits&15 == 1 {
			t.kind, t.vlen = String, true
		}
	case 10:
		c.array(&t, version, depth)
	}
	return t
}

func integer(size int, signed bool) Type {
	t := map[int]Type{1: Uint8, 2: Uint16, 4: Uint32, 8: Uint64}[size]
	if signed && t != Other {
		t -= Uint8 - Int8
	}
	return t
}

// float knows the forms of IEEE 754 and bfloat16, by where exponent and mantissa stand.
func (c *cursor) float(t *datatype, bits uint32) {
	offset, precision := c.u16(), c.u16()
	eloc, esize, mloc, msize := c.u8(), c.u8(), c.u8(), c.u8()
	bias := c.u32()
	if offset != 0 || mloc != 0 || int(precision) != 8*t.size || bits&0x40 != 0 || eloc != msize ||
		bits>>8&255 != uint32(precision)-1 || bits>>4&3 != 2 {
		return
	}
	switch [3]uint32{uint32(esize), uint32(msize), bias} {
	case [3]uint32{5, 10, 15}:
		t.kind = Float16
	case [3]uint32{8, 7, 127}:
		t.kind = BFloat16
	case [3]uint32{8, 23, 127}:
		t.kind = Float32
	case [3]uint32{11, 52, 1023}:
		t.kind = Float64
	}
}

// enum reads the base type, then the names, then the values.
func (c *cursor) enum(t *datatype, members int, version uint8, depth int) {
	base := c.datatype(depth + 1)
	if c.err == nil && base.size != t.size {
		c.fail("an enumeration of %d bytes over integers of %d", t.size, base.size)
	}
	var names []string
	for range members {
		if c.err != nil {
			return
		}
		start := c.pos
		end := start
		for end < len(c.b) && c.b[end] != 0 {
			end++
		}
		names = append(names, string(c.b[start:end]))
		n := end + 1 - start
		if version < 3 {
			n = (n + 7) &^ 7
		}
		c.take(n)
	}
	values := c.take(members * base.size)
	t.kind, t.big = base.kind, base.big
	if c.err == nil && base.size == 1 && members == 2 && names[0] == "FALSE" && names[1] == "TRUE" &&
		values[0] == 0 && values[1] == 1 {
		t.kind = Bool
	}
}

// array reads the dimensions and the base type; the elements become the base type's.
func (c *cursor) array(t *datatype, version uint8, depth int) {
	rank := int(c.u8())
	if version < 3 {
		c.take(3)
	}
	if c.err == nil && (rank == 0 || rank > maxRank) {
		c.fail("an array type of %d dimensions", rank)
	}
	var dims []int
	n := 1
	for range rank {
		d := int(c.u32())
		if c.err == nil && (d == 0 || n > t.size/d) {
			c.fail("an array of %v and %d does not fit its %d bytes", dims, d, t.size)
		}
		if c.err != nil {
			return
		}
		n *= d
		dims = append(dims, d)
	}
	if version < 3 {
		c.take(4 * rank) // permutations, never used
	}
	base := c.datatype(depth + 1)
	if c.err == nil && base.size*n != t.size {
		c.fail("an array of %v elements of %d bytes in %d bytes", dims, base.size, t.size)
	}
	base.dims = append(dims, base.dims...)
	*t = base
}

// A dataspace is a shape; max holds the largest shape that the dataset may grow to, 0 where it has no end.
type dataspace struct {
	dims, max []uint64
	null      bool
}

// dataspace reads versions 1 (rank, flags, reserved 5) and 2 (rank, flags, kind).
func (f *File) dataspace(m *message) (s dataspace, err error) {
	m, err = f.shared(m, "dataspace")
	if err != nil {
		return s, err
	}
	c := m.cursor(f, "dataspace")
	v := c.version(1, 2)
	rank, flags := int(c.u8()), c.u8()
	if v == 1 {
		c.take(5)
	} else {
		s.null = c.u8() == 2
	}
	if c.err == nil && rank > maxRank {
		c.fail("%d dimensions; at most %d are allowed", rank, maxRank)
	}
	for range rank {
		s.dims = append(s.dims, c.length())
	}
	s.max = append(s.max, s.dims...)
	if flags&1 != 0 {
		for i := range rank {
			s.max[i] = c.length()
			if c.err == nil && s.max[i] < s.dims[i] {
				c.fail("dimension %d is %d, beyond its largest, %d", i, s.dims[i], s.max[i])
			}
			if s.max[i] == undefined || f.lengthSize < 8 && s.max[i] == 1<<(8*f.lengthSize)-1 {
				s.max[i] = 0
			}
		}
	}
	return s, c.err
}

// shape is the dataspace and the array type's dimensions in ints, and the number of elements, both known to be
// below half of the largest int in bytes.
func (c *cursor) shape(s dataspace, t datatype) (shape []int, n int) {
	shape, n = []int{}, 1
	if s.null {
		return []int{0}, 0
	}
	elements := uint64(1)
	for _, d := range s.dims {
		if d == 0 {
			elements = 0
		}
		if d > math.MaxInt {
			c.fail("a dimension of %d", d)
			return nil, 0
		}
		shape = append(shape, int(d))
	}
	shape = append(shape, t.dims...)
	if elements == 0 {
		return shape, 0
	}
	for _, d := range shape {
		if n > math.MaxInt/2/max(t.size, 1)/d {
			c.fail("shape %v of %d-byte elements is larger than any file", shape, t.size)
			return nil, 0
		}
		n *= d
	}
	return shape, n
}
