package data

import (
	"cmp"
	"slices"
)

// bucketBatches is the number of batches whose samples are sorted by length together: enough that neighbours are alike,
// few enough that batches mix.
const bucketBatches = 32

// bucketExtents is the number of different extents that batches may have: a network is compiled for each, and an extent
// is rounded up by less than a sixteenth of the greatest.
const bucketExtents = 16

// bucketed orders an epoch so that batches hold samples of like lengths: the epoch's
// own order is cut into blocks, each sorted by length, equal lengths in the epoch's
// order; then whole batches are shuffled, a smaller last one staying last.
func bucketed(order []uint32, size int, shuffle bool, seed uint64, epoch int, of func(i int) int) {
	for from := 0; from < len(order); from += size * bucketBatches {
		block := order[from:min(len(order), from+size*bucketBatches)]
		slices.SortStableFunc(block, func(a, b uint32) int { return cmp.Compare(of(int(a)), of(int(b))) })
	}
	if !shuffle {
		return
	}
	batches := make([]int, len(order)/size)
	for i := range batches {
		batches[i] = i
	}
	permute(batches, stream(seed, streamBucket, uint64(epoch)))
	was := slices.Clone(order)
	for i, b := range batches {
		copy(order[i*size:(i+1)*size], was[b*size:(b+1)*size])
	}
}

// fit gives the ragged fields of b the extent of its longest sample.
func (b *Batch) fit() {
	of := b.spec.Length
	if of == nil {
		return
	}
	extent := 1
	for _, i := range b.Samples {
		extent = max(extent, of(i))
	}
	greatest := 1
	for _, f := range b.fields {
		if f.Ragged && len(f.Shape) > 0 {
			greatest = max(greatest, f.Shape[0])
		}
	}
	grain := (greatest + bucketExtents - 1) / bucketExtents
	extent = (extent + grain - 1) / grain * grain
	for k, f := range b.fields {
		if f.Ragged && len(f.Shape) > 0 {
			b.parts[k].Shape[1] = min(extent, f.Shape[0])
		}
	}
}
