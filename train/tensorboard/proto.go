package tensorboard

import (
	"encoding/binary"
	"math"
)

// message is a protocol buffer that grows: fields one behind the other, each with its number and wire type
// (protobuf.dev/programming-guides/encoding).
type message []byte

const (
	varint  = 0
	fixed64 = 1
	length  = 2
)

func (m message) key(field, wire int) message {
	return binary.AppendUvarint(m, uint64(field)<<3|uint64(wire))
}

// number adds an integer; 0, the default of every field, is left out.
func (m message) number(field int, v int64) message {
	if v == 0 {
		return m
	}
	return binary.AppendUvarint(m.key(field, varint), uint64(v))
}

// double adds a float64.
func (m message) double(field int, v float64) message {
	return binary.LittleEndian.AppendUint64(m.key(field, fixed64), math.Float64bits(v))
}

// bytes adds a field of bytes, a message within the message among them.
func (m message) bytes(field int, v []byte) message {
	return append(binary.AppendUvarint(m.key(field, length), uint64(len(v))), v...)
}

// text adds a string.
func (m message) text(field int, v string) message {
	return append(binary.AppendUvarint(m.key(field, length), uint64(len(v))), v...)
}
