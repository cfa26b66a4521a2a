package arrow

import (
	"encoding/binary"
	"errors"
)

var errSchema = errors.New("its schema is damaged")

// sound returns an error for a file or a stream whose schema cannot be: arrow-go makes room for as many fields, keys
// and blocks as it says before it looks at them. Only lengths and places are looked at; see Schema.fbs, Message.fbs and
// File.fbs of Arrow's format.
func sound(file []byte, whole bool) error {
	if !whole {
		if len(file) < 8 {
			return errSchema
		}
		at := 4
		if string(file[:4]) == stream { // before version 0.15 there was none
			at = 8
		}
		n := int64(binary.LittleEndian.Uint32(file[at-4:]))
		if int64(at)+n > int64(len(file)) {
			return errSchema
		}
		f := flat{file[at : int64(at)+n], 1 << 16}
		return f.check(func() { f.schema(f.child(f.root(), 2)) })
	}
	const tail = 4 + len(magic)
	if len(file) < tail {
		return errSchema
	}
	end := len(file) - tail
	n := int64(binary.LittleEndian.Uint32(file[end:]))
	if n > int64(end) {
		return errSchema
	}
	f := flat{file[int64(end)-n : end], 1 << 16}
	return f.check(func() {
		root := f.root()
		f.schema(f.child(root, 1))
		f.vector(root, 2, 24) // blocks of dictionaries
		f.vector(root, 3, 24) // blocks of records
		f.pairs(root, 4)
	})
}

// flat is a flatbuffer. Its methods panic with errSchema where something lies beyond its end.
type flat struct {
	b    []byte
	left int // tables that are looked at, so that tables within themselves come to an end
}

// check returns the error of reading.
func (f *flat) check(read func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errSchema
		}
	}()
	read()
	return nil
}

func (f *flat) u32(at int) int { return int(binary.LittleEndian.Uint32(f.b[at:])) }

// root is the place of the root table.
func (f *flat) root() int { return f.u32(0) }

// field is the place of a table's field; 0 where the table has none. Table 0 has no fields.
func (f *flat) field(table, slot int) int {
	if table == 0 {
		return 0
	}
	if f.left--; f.left < 0 {
		panic(errSchema)
	}
	fields := table - int(int32(f.u32(table)))
	if size := int(binary.LittleEndian.Uint16(f.b[fields:])); size < 6+2*slot {
		return 0
	}
	if at := int(binary.LittleEndian.Uint16(f.b[fields+4+2*slot:])); at > 0 {
		return table + at
	}
	return 0
}

// child is the place of the table in a field; 0 without.
func (f *flat) child(table, slot int) int {
	at := f.field(table, slot)
	if at == 0 {
		return 0
	}
	return at + f.u32(at)
}

// vector is the place of the first element of a vector in a field, and their number, which are within the buffer.
func (f *flat) vector(table, slot, size int) (first, n int) {
	at := f.child(table, slot)
	if at == 0 {
		return 0, 0
	}
	first, n = at+4, f.u32(at)
	if n > (len(f.b)-first)/size {
		panic(errSchema)
	}
	return first, n
}

// pairs looks at a vector of keys with values.
func (f *flat) pairs(table, slot int) { f.vector(table, slot, 4) }

// schema looks at the fields of a schema.
func (f *flat) schema(table int) {
	f.fields(table, 1)
	f.pairs(table, 2)
	f.vector(table, 3, 8)
}

// fields looks at a vector of fields, and at those within them.
func (f *flat) fields(table, slot int) {
	first, n := f.vector(table, slot, 4)
	for k := range n {
		at := first + 4*k
		field := at + f.u32(at)
		f.fields(field, 5)
		f.pairs(field, 6)
	}
}
