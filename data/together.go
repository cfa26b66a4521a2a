package data

import (
	"fmt"
	"slices"
	"sync"

	"gorae/tensor"
)

// Batcher is a dataset that reads samples together faster than one by one. A type that others embed should not be one:
// with ReadBatch, theirs would pass over a Read of their own.
type Batcher interface {
	Dataset
	// ReadBatch writes what Read writes of samples of an epoch, samples[i] to row i of the tensors of to: one for each
	// field, though it may end early. n is how many there were before an error.
	ReadBatch(epoch int, samples []int, to []*tensor.Tensor) (n int, err error)
}

// ReadBatch writes samples of an epoch side by side, together where the dataset knows how, else one by one. n is how
// many there were before an error.
func ReadBatch(d Dataset, epoch int, samples []int, to []*tensor.Tensor) (n int, err error) {
	switch d := d.(type) {
	case *Memory:
		return d.readBatch(samples, to)
	case Subset:
		return d.readBatch(epoch, samples, to)
	case Untargeted:
		return ReadBatch(d.Dataset, epoch, samples, to)
	case Batcher:
		return d.ReadBatch(epoch, samples, to)
	}
	row := rowPool.Get().(*Row)
	defer rowPool.Put(row)
	for i, sample := range samples {
		row.of(to, i)
		if err := d.Read(epoch, sample, *row); err != nil {
			return i, err
		}
	}
	return len(samples), nil
}

// rowPool is rows whose tensors are set for each sample.
var rowPool = sync.Pool{New: func() any { return new(Row) }}

// of makes r row i of the tensors of a batch.
func (r *Row) of(to []*tensor.Tensor, i int) {
	*r = slices.Grow((*r)[:0], len(to))[:len(to)]
	for k, t := range to {
		v := tensor.Tensor{Shape: t.Shape[1:], Type: t.Type}
		n := v.Shape.Size()
		from, end := i*n, (i+1)*n
		switch {
		case t.I32 != nil:
			v.I32 = t.I32[from:end:end]
		case t.U8 != nil:
			v.U8 = t.U8[from:end:end]
		default:
			v.F32 = t.F32[from:end:end]
		}
		(*r)[k] = v
	}
}

// readBatch is ReadBatch of tensors in memory.
func (m *Memory) readBatch(samples []int, to []*tensor.Tensor) (int, error) {
	for n, i := range samples {
		if i < 0 || i >= m.Len() {
			return n, fmt.Errorf("data: no sample %d of %d", i, m.Len())
		}
	}
	for k, t := range to {
		from := m.field(k)
		switch size := t.Shape[1:].Size(); {
		case from.I32 != nil:
			gather(t.I32, from.I32, samples, size)
		case from.U8 != nil:
			gather(t.U8, from.U8, samples, size)
		default:
			gather(t.F32, from.F32, samples, size)
		}
	}
	return len(samples), nil
}

// subsetPool is room for the samples of a batch under other numbers.
var subsetPool = sync.Pool{New: func() any { return new([]int) }}

// readBatch is ReadBatch of some samples of a dataset.
func (s Subset) readBatch(epoch int, samples []int, to []*tensor.Tensor) (int, error) {
	own := subsetPool.Get().(*[]int)
	defer subsetPool.Put(own)
	*own = (*own)[:0]
	for n, i := range samples {
		if i < 0 || i >= len(s.Rows) {
			return n, fmt.Errorf("data: no sample %d of %d", i, len(s.Rows))
		}
		*own = append(*own, s.Rows[i])
	}
	return ReadBatch(s.Dataset, epoch, *own, to)
}

// ReadBatch implements Batcher: part by part, so that the memory of one is not waited for between the samples of
// another.
func (m *merged) ReadBatch(epoch int, samples []int, to []*tensor.Tensor) (int, error) {
	for k, d := range m.parts {
		fields := min(m.count[k], len(to))
		if n, err := ReadBatch(d, epoch, samples, to[:fields:fields]); err != nil {
			return n, err
		}
		if to = to[fields:]; len(to) == 0 {
			break
		}
	}
	return len(samples), nil
}

// ReadBatch implements Batcher.
func (r reconstruction) ReadBatch(epoch int, samples []int, to []*tensor.Tensor) (int, error) {
	fields := min(r.inputs, len(to))
	n, err := ReadBatch(r.Dataset, epoch, samples, to[:fields:fields])
	for k, t := range to[fields:] {
		copy(t.F32, to[k].F32)
		copy(t.I32, to[k].I32)
		copy(t.U8, to[k].U8)
	}
	return n, err
}

// gather copies rows of a size.
func gather[T uint8 | int32 | float32](to, from []T, rows []int, size int) {
	if size == 1 {
		for i, row := range rows {
			to[i] = from[row]
		}
		return
	}
	for i, row := range rows {
		copy(to[i*size:(i+1)*size], from[row*size:(row+1)*size])
	}
}
