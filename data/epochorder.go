package data

import "slices"

// orderKey is all that an epoch's order depends on.
type orderKey struct {
	n, epoch int
	shuffle  bool
	seed     uint64
	bucket   int     // the batch size where batches are of like lengths, else 0
	loader   *Loader // where it has lists of samples, else nil
}

// epochOrder is the order of an epoch's samples, for the batches that are filled one after another.
type epochOrder struct {
	of    orderKey
	order []uint32
	lists [][]int // the orders of a loader with lists, in place of order

	told     bool // the dataset was told of it
	arranged Arrangement
	next     int // the place behind the samples that were read last
}

// is makes e the order of an epoch of the loader.
func (e *epochOrder) is(l *Loader, number int, spec Spec) {
	key := orderKey{l.each(), number, l.Shuffle, l.Seed, 0, nil}
	switch {
	case l.Lists != nil:
		key.loader = l // lists may have changed between two uses of a batch; those of one loader do not
	case l.Bucket:
		key.bucket = l.size()
	}
	if e.of == key {
		return
	}
	e.of = key
	e.release()
	if l.Lists == nil {
		e.order = order(e.order, key.n, l.Shuffle, l.Seed, number)
		if l.Bucket && spec.Length != nil {
			bucketed(e.order, l.size(), l.Shuffle, l.Seed, number, spec.Length)
		}
		return
	}
	k := len(l.Lists)
	e.lists = slices.Grow(e.lists[:0], k)[:k]
	for i, rows := range l.Lists {
		e.lists[i] = append(e.lists[i][:0], rows...)
		if l.Shuffle {
			permute(e.lists[i], stream(l.Seed, streamOrder, uint64(number)*uint64(k)+uint64(i)))
		}
	}
}

// samples appends those of a step to dst.
func (e *epochOrder) samples(dst []int, step, size int) []int {
	from, to := step*size, min(e.of.n, (step+1)*size)
	if e.lists == nil {
		for _, i := range e.order[from:to] {
			dst = append(dst, int(i))
		}
		return dst
	}
	for _, rows := range e.lists {
		dst = append(dst, rows[from:to]...)
	}
	return dst
}

// reach tells a dataset whose samples lie in a file that n samples are read from a step on.
func (e *epochOrder) reach(spec Spec, step, size, n int) {
	if spec.Arrange == nil {
		return
	}
	k := max(1, len(e.lists))
	if !e.told {
		e.told, e.next = true, 0
		e.arranged = spec.Arrange(e.of.n*k, func(place int) int { return e.at(place, size) })
	}
	if from := step * size * k; from != e.next && e.arranged != nil {
		e.arranged.Seek(from)
		e.next = from
	}
	e.next += n
}

// at is the sample at a place of the order in which batches of a size are read.
func (e *epochOrder) at(place, size int) int {
	if e.lists == nil {
		return int(e.order[place])
	}
	k := len(e.lists)
	first := place / (size * k) * size // of the step in each list
	size = min(size, e.of.n-first)
	place -= first * k
	return e.lists[place/size][first+place%size]
}

// release says that no more is read in the order before the next pass.
func (e *epochOrder) release() {
	if e.arranged != nil {
		e.arranged.Close()
	}
	e.told, e.arranged = false, nil
}
