// Package rowhash tells whether samples are equal by hashes of what a network is given of them: its inputs and its
// targets, after preprocessing.
//
// A hash is 64 bits of BLAKE2b over a salt and the numbers of the sample; two different samples have the same hash with
// a probability of 2⁻⁶⁴. The salt keeps hashes of one run from being looked up in those of another; whoever has the
// file and the salt can still try whether a sample that he knows is among them, as the file is for.
package rowhash

import (
	"encoding/binary"
	"hash"
	"math"
	"slices"

	"gorae/data"
	"gorae/tensor"
	"gorae/train"

	"golang.org/x/crypto/blake2b"
)

// Salt enters all hashes of a run.
type Salt [16]byte

// newHash returns BLAKE2b-256. It links a tenth of what SHA-256 of the standard library does, which programs that only
// predict would carry.
func newHash() hash.Hash {
	h, _ := blake2b.New256(nil) // without a key there is no error
	return h
}

// NewSalt makes a salt of words that tell the run's data from others.
func NewSalt(words ...string) (s Salt) {
	h := newHash()
	for _, w := range words {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(w)))
		_, _ = h.Write(n[:]) // a hash takes everything
		_, _ = h.Write([]byte(w))
	}
	copy(s[:], h.Sum(nil))
	return s
}

// Hashes is a train.Consumer that hashes the samples of an evaluation.
type Hashes struct {
	Inputs []uint64 // by number of the sample in the dataset, until Sort: of its inputs
	Rows   []uint64 // of its inputs and its targets

	salt   Salt
	data   data.Dataset
	spec   data.Spec
	ragged bool
	sum    hash.Hash
	buffer []byte
}

// New returns a consumer for the evaluation of d.
func New(salt Salt, d data.Dataset) *Hashes {
	h := &Hashes{Inputs: make([]uint64, d.Len()), Rows: make([]uint64, d.Len()), salt: salt, data: d, spec: d.Spec(),
		sum: newHash()}
	h.ragged = h.spec.Length != nil && slices.ContainsFunc(h.spec.Fields(), func(f data.Field) bool { return f.Ragged })
	return h
}

// Sort sorts the hashes, so that others can be looked for among them.
func (h *Hashes) Sort() {
	slices.Sort(h.Inputs)
	slices.Sort(h.Rows)
}

// Batch implements train.Consumer. Samples of unlike lengths are read once more, each into a row of its own length,
// since batches pad them.
func (h *Hashes) Batch(b *train.EvalBatch) error {
	for i, sample := range b.Samples {
		h.sum.Reset()
		_, _ = h.sum.Write(h.salt[:]) // a hash takes everything
		inputs, targets := len(h.spec.Inputs), len(h.spec.Targets)
		if h.ragged {
			row := h.row(sample)
			if err := h.data.Read(0, sample, row); err != nil {
				return err
			}
			for k := range inputs {
				h.write(&row[k], 0, row[k].Len())
			}
			h.Inputs[sample] = h.take()
			for k := range targets {
				h.write(&row[inputs+k], 0, row[inputs+k].Len())
			}
		} else {
			h.places(b.Inputs[:inputs], i)
			h.Inputs[sample] = h.take()
			h.places(b.Targets[:targets], i)
		}
		h.Rows[sample] = h.take()
	}
	return nil
}

// row returns a row for a sample in which each ragged field has the length of the sample, 1 at least.
func (h *Hashes) row(sample int) data.Row {
	var row data.Row
	length := max(1, h.spec.Length(sample))
	for _, f := range h.spec.Fields() {
		shape := f.Shape.Clone()
		if f.Ragged {
			shape[0] = min(length, shape[0])
		}
		row = append(row, *tensor.New(f.DType, shape...))
	}
	return row
}

// places writes place i of the tensors of a batch.
func (h *Hashes) places(batch []*tensor.Tensor, i int) {
	for _, x := range batch {
		size := x.Len() / x.Shape[0]
		h.write(x, i*size, (i+1)*size)
	}
}

// write writes the number of some values of a tensor, and the values. Of float32 values that are mostly zeros, as in a
// bag of words, it writes those that are not, each behind its place: most of the time of a hash is BLAKE2b's.
func (h *Hashes) write(x *tensor.Tensor, from, to int) {
	b := binary.LittleEndian.AppendUint32(h.buffer[:0], uint32(to-from))
	switch {
	case x.F32 != nil && 2*filled(x.F32[from:to]) < to-from:
		for k, v := range x.F32[from:to] {
			if bits := math.Float32bits(v); bits != 0 {
				b = binary.LittleEndian.AppendUint32(b, uint32(k))
				b = binary.LittleEndian.AppendUint32(b, bits)
			}
		}
		b = append(b, 1) // no number of values of 4 bytes
	case x.F32 != nil:
		for _, v := range x.F32[from:to] {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	case x.I32 != nil:
		for _, v := range x.I32[from:to] {
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		}
	default:
		b = append(b, x.U8[from:to]...)
	}
	_, _ = h.sum.Write(b) // a hash takes everything
	h.buffer = b
}

// filled returns the number of values that are not 0.
func filled(x []float32) (n int) {
	for _, v := range x {
		if math.Float32bits(v) != 0 {
			n++
		}
	}
	return n
}

// take returns the hash of what was written so far.
func (h *Hashes) take() uint64 {
	var room [blake2b.Size256]byte
	return binary.LittleEndian.Uint64(h.sum.Sum(room[:0]))
}
