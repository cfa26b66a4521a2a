package rl

import (
	"encoding/binary"
	"errors"
	"math"
)

// The state of an agent within a checkpoint: numbers of 8 bytes, lists with their length before them, little-endian.
// The checkpoint's snapshot has the checksum.
const stateVersion = 1

type writer struct{ b []byte }

func (w *writer) number(v uint64) { w.b = binary.LittleEndian.AppendUint64(w.b, v) }

func (w *writer) bytes(s []byte) {
	w.number(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) ints(s []int32) {
	w.number(uint64(len(s)))
	for _, v := range s {
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(v))
	}
}

func (w *writer) floats(s []float32) {
	w.number(uint64(len(s)))
	if need := len(w.b) + 4*len(s); cap(w.b) < need {
		w.b = append(make([]byte, 0, need+need/8), w.b...)
	}
	for _, v := range s {
		w.b = binary.LittleEndian.AppendUint32(w.b, math.Float32bits(v))
	}
}

func (w *writer) doubles(s []float64) {
	w.number(uint64(len(s)))
	for _, v := range s {
		w.number(math.Float64bits(v))
	}
}

// reader takes fields off the front of b. After an error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) take(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = errors.New("agent: the state does not belong to this training; its settings have changed, or it is " +
			"damaged")
	}
	r.b = nil
}

func (r *reader) number() uint64 {
	if p := r.take(8); p != nil {
		return binary.LittleEndian.Uint64(p)
	}
	return 0
}

func (r *reader) bytes() []byte { return r.take(r.number()) }

// doubles takes a list of float64; nil for an empty one.
func (r *reader) doubles() []float64 {
	n := r.number()
	if n > uint64(len(r.b))/8 {
		r.fail()
		return nil
	}
	var s []float64
	for range n {
		s = append(s, math.Float64frombits(r.number()))
	}
	return s
}

// list takes a list of elements of 4 bytes.
func (r *reader) list() []byte {
	n := r.number()
	if n > uint64(len(r.b))/4 {
		r.fail()
		return nil
	}
	return r.take(4 * n)
}

func (r *reader) ints() []int32 {
	p := r.list()
	s := make([]int32, len(p)/4)
	for i := range s {
		s[i] = int32(binary.LittleEndian.Uint32(p[4*i:]))
	}
	return s
}

func (r *reader) floats() []float32 {
	p := r.list()
	s := make([]float32, len(p)/4)
	for i := range s {
		s[i] = math.Float32frombits(binary.LittleEndian.Uint32(p[4*i:]))
	}
	return s
}

// into takes a list of as many floats as dst has.
func (r *reader) into(dst []float32) {
	p := r.list()
	if len(p) != 4*len(dst) {
		r.fail()
		return
	}
	for i := range dst {
		dst[i] = math.Float32frombits(binary.LittleEndian.Uint32(p[4*i:]))
	}
}
