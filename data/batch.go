package data

import (
	"fmt"
	"sync"
	"sync/atomic"

	"gorae/tensor"
)

// Batch is some samples side by side: in each tensor the first axis counts them.
type Batch struct {
	Epoch, Step     int // whose batch this is, both from 0
	Samples         []int
	Inputs, Targets []*tensor.Tensor

	fields []Field
	whole  []*tensor.Tensor // inputs and targets at full size
	rows   []Row            // rows[i] is sample i's part of whole
	order  []int            // the samples' order, of
	of     orderKey

	bucketed bool // the rows' shapes are their own
	length   func(i int) int
	ragged   []bool
}

// orderKey is all that an epoch's order depends on.
type orderKey struct {
	n, epoch int
	shuffle  bool
	seed     uint64
	bucket   int // the batch size where batches are of like lengths, else 0
}

// Loader makes batches of a dataset. Which samples a batch holds depends on the
// seed, the epoch and the step alone, so that a run taken up in the middle of an
// epoch meets the same batches.
type Loader struct {
	Data    Dataset
	Size    int    // samples in a batch; 0 means 32
	Shuffle bool   // a new order each epoch; otherwise the dataset's own
	Seed    uint64 // of the orders
	// Bucket puts samples of like lengths into one batch, padded to its longest (rounded up to
	// one of 16 extents), where the dataset is Ragged; others are batched as ever.
	Bucket bool
}

// Batch size where none is given.
const defaultSize = 32

func (l *Loader) size() int {
	if l.Size == 0 {
		return defaultSize
	}
	return l.Size
}

// Steps is the number of batches in an epoch: ⌈samples / size⌉. The last may be
// smaller than the rest.
func (l *Loader) Steps() int { return (l.Data.Len() + l.size() - 1) / l.size() }

// New is an empty batch for Fill: the only memory that a loader needs.
func (l *Loader) New() (*Batch, error) {
	if l.size() < 1 {
		return nil, fmt.Errorf("batch_size: %d is no number of samples; give 1 or more", l.Size)
	}
	spec := l.Data.Spec()
	b := &Batch{fields: spec.Fields()}
	n := min(l.size(), max(1, l.Data.Len()))
	for k, f := range b.fields {
		whole := tensor.New(f.DType, append([]int{n}, f.Shape...)...)
		part := *whole
		part.Shape = whole.Shape.Clone()
		b.whole = append(b.whole, whole)
		if k < len(spec.Inputs) {
			b.Inputs = append(b.Inputs, &part)
		} else {
			b.Targets = append(b.Targets, &part)
		}
	}
	b.rows = make([]Row, n)
	for i := range b.rows {
		for k, f := range b.fields {
			v := *b.whole[k].Rows(i, i+1)
			v.Shape = f.Shape
			b.rows[i] = append(b.rows[i], v)
		}
	}
	return b, nil
}

// Fill puts the samples of one step of one epoch into b, overwriting what it
// held. It allocates nothing but, at most once per batch, room for the order, unless
// the dataset wants its samples read several at a time.
func (l *Loader) Fill(b *Batch, epoch, step int) error {
	n := l.Data.Len()
	if step < 0 || step >= l.Steps() {
		return fmt.Errorf("data: no step %d in an epoch of %d", step, l.Steps())
	}
	key := orderKey{n, epoch, l.Shuffle, l.Seed, 0}
	if l.Bucket {
		key.bucket = l.size()
	}
	if b.of != key {
		b.order, b.of = order(b.order, n, l.Shuffle, l.Seed, epoch), key
		if l.Bucket {
			if b.length, b.ragged, _ = lengths(l.Data); b.length != nil {
				bucketed(b.order, l.size(), l.Shuffle, l.Seed, epoch, b.length)
			}
		}
	}
	from := step * l.size()
	to := min(n, from+l.size())
	b.Epoch, b.Step, b.Samples = epoch, step, b.order[from:to]
	if l.Bucket {
		if err := l.fit(b); err != nil {
			return err
		}
	}
	if err := l.read(b); err != nil {
		return err
	}
	for k, whole := range b.whole {
		part := b.part(k)
		part.Shape[0] = to - from
		size := part.Shape.Size()
		switch {
		case whole.I32 != nil:
			part.I32 = whole.I32[:size]
		case whole.U8 != nil:
			part.U8 = whole.U8[:size]
		default:
			part.F32 = whole.F32[:size]
		}
	}
	return nil
}

// read reads the samples of b, several at a time where the dataset says so.
func (l *Loader) read(b *Batch) error {
	workers := min(Workers(l.Data), len(b.Samples))
	if workers <= 1 {
		for i := range b.Samples {
			if err := l.sample(b, i); err != nil {
				return err
			}
		}
		return nil
	}
	errs := make([]error, len(b.Samples))
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(errs); i = int(next.Add(1)) - 1 {
				errs[i] = l.sample(b, i)
			}
		})
	}
	all.Wait()
	// The first of the batch, whichever was met first: messages do not depend on chance.
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *Loader) sample(b *Batch, i int) error {
	if err := ReadEpoch(l.Data, b.Epoch, b.Samples[i], b.rows[i]); err != nil {
		return fmt.Errorf("sample %d: %w", b.Samples[i], err)
	}
	return nil
}

func (b *Batch) part(k int) *tensor.Tensor {
	if k < len(b.Inputs) {
		return b.Inputs[k]
	}
	return b.Targets[k-len(b.Inputs)]
}

// Stream hands out a loader's batches in order, epoch after epoch, and prepares
// the next one meanwhile. Only one goroutine may call Next.
type Stream struct {
	ready chan filled
	free  chan *Batch
	stop  chan struct{}
	done  chan struct{}
	held  *Batch
	err   error
}

type filled struct {
	b   *Batch
	err error
}

// Stream begins with the given step of the given epoch and never ends by itself;
// Close releases it. Batches do not depend on how fast they are taken.
func (l *Loader) Stream(epoch, step int) (*Stream, error) {
	if l.Data.Len() == 0 {
		return nil, fmt.Errorf("data: no samples to make batches of")
	}
	s := &Stream{
		ready: make(chan filled, 1), free: make(chan *Batch, 2),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	for range 2 {
		b, err := l.New()
		if err != nil {
			return nil, err
		}
		s.free <- b
	}
	if epoch < 0 || step < 0 || step > l.Steps() {
		return nil, fmt.Errorf("data: no step %d of epoch %d: an epoch has %d steps", step, epoch, l.Steps())
	}
	if step == l.Steps() { // where a run stopped between epochs
		epoch, step = epoch+1, 0
	}
	go s.produce(*l, epoch, step)
	return s, nil
}

func (s *Stream) produce(l Loader, epoch, step int) {
	defer close(s.done)
	for steps := l.Steps(); ; {
		var f filled
		select {
		case f.b = <-s.free:
		case <-s.stop:
			return
		}
		f.err = l.Fill(f.b, epoch, step)
		select {
		case s.ready <- f:
		case <-s.stop:
			return
		}
		if f.err != nil {
			return
		}
		if step++; step == steps {
			epoch, step = epoch+1, 0
		}
	}
}

// Next is the next batch. It stays valid until the following call of Next or
// Close. After an error every call gives that error.
func (s *Stream) Next() (*Batch, error) {
	if s.err != nil {
		return nil, s.err
	}
	if s.held != nil {
		s.free <- s.held // never blocks: two batches, room for two
		s.held = nil
	}
	select {
	case f := <-s.ready:
		if f.err != nil {
			s.err = f.err
			return nil, s.err
		}
		s.held = f.b
		return f.b, nil
	case <-s.stop:
		return nil, errClosed
	}
}

// Close stops the preparation and waits for it. Closing twice is harmless.
func (s *Stream) Close() {
	select {
	case <-s.stop:
	default:
		close(s.stop)
	}
	<-s.done
}
