package parquet

import (
	"encoding/binary"
	"errors"
)

// thrift reads Thrift's compact protocol, in which Parquet writes its metadata. The first error stays; what is read
// behind it is zero.
type thrift struct {
	b     []byte
	at    int
	depth int
	err   error
}

// The types of fields.
const (
	typeTrue   = 1
	typeFalse  = 2
	typeDouble = 7
	typeBinary = 8
	typeList   = 9
	typeSet    = 10
	typeMap    = 11
	typeStruct = 12
	typeUUID   = 13
)

// mostThrift is the number of structures in each other.
const mostThrift = 32

var errThrift = errors.New("the metadata are damaged")

func (t *thrift) fail() {
	if t.err == nil {
		t.err = errThrift
	}
	t.at = len(t.b)
}

func (t *thrift) byte() byte {
	if t.at >= len(t.b) {
		t.fail()
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) varint() uint64 {
	v, n := binary.Uvarint(t.b[t.at:])
	if n <= 0 {
		t.fail()
		return 0
	}
	t.at += n
	return v
}

// int reads a number of 16, 32 or 64 bits.
func (t *thrift) int() int64 {
	v := t.varint()
	return int64(v>>1) ^ -int64(v&1)
}

// bytes reads a text or bytes, which are those of the file.
func (t *thrift) bytes() []byte {
	n := t.varint()
	if n > uint64(len(t.b)-t.at) {
		t.fail()
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// fields calls see with each field of a structure. What see does not read it has to skip.
func (t *thrift) fields(see func(id int, typ byte)) {
	if t.depth++; t.depth > mostThrift {
		t.fail()
	}
	for id := 0; t.err == nil; {
		head := t.byte()
		typ := head & 15
		if typ == 0 {
			break
		}
		if head>>4 == 0 {
			id = int(int16(t.int()))
		} else {
			id += int(head >> 4)
		}
		see(id, typ)
	}
	t.depth--
}

// list calls see for each element of a list.
func (t *thrift) list(see func(typ byte)) {
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.varint()
	}
	if n > uint64(len(t.b)-t.at) { // an element has at least a byte
		t.fail()
	}
	for range n {
		if t.err != nil {
			break
		}
		see(head & 15)
	}
}

// skip passes over a value.
func (t *thrift) skip(typ byte) {
	switch typ {
	case typeTrue, typeFalse:
	case 3:
		t.byte()
	case 4, 5, 6:
		t.varint()
	case typeDouble:
		t.pass(8)
	case typeBinary:
		t.bytes()
	case typeUUID:
		t.pass(16)
	case typeList, typeSet:
		if t.depth++; t.depth > mostThrift {
			t.fail()
		}
		t.list(t.item)
		t.depth--
	case typeMap:
		n := t.varint()
		if n == 0 {
			return
		}
		if n > uint64(len(t.b)-t.at) {
			t.fail()
		}
		if t.depth++; t.depth > mostThrift {
			t.fail()
		}
		kinds := t.byte()
		for range n {
			if t.err != nil {
				break
			}
			t.item(kinds >> 4)
			t.item(kinds & 15)
		}
		t.depth--
	case typeStruct:
		t.fields(func(_ int, typ byte) { t.skip(typ) })
	default:
		t.fail()
	}
}

// item passes over a value in a list, where true and false take a byte.
func (t *thrift) item(typ byte) {
	if typ == typeTrue || typ == typeFalse {
		t.byte()
		return
	}
	t.skip(typ)
}

func (t *thrift) pass(n int) {
	if n > len(t.b)-t.at {
		t.fail()
		return
	}
	t.at += n
}
