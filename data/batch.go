package data

import (
	"fmt"
	"io"
	"math"
	"sync"
	"sync/atomic"

	"gorae/tensor"
)

// Batch is some samples side by side: in each tensor the first axis counts them.
type Batch struct {
	Epoch, Step     int // whose batch this is, both from 0
	Samples         []int
	Inputs, Targets []*tensor.Tensor

	spec   Spec
	fields []Field
	whole  []*tensor.Tensor // inputs and targets at full size
	parts  []*tensor.Tensor // inputs and targets, of the samples that it holds
	row    Row              // of a sample of a stream
	all    *epochOrder      // the samples of its epoch
}

// Loader makes batches of a dataset. Which samples a batch holds depends on the
// seed, the epoch and the step alone, so that a run taken up in the middle of an
// epoch meets the same batches.
type Loader struct {
	Data    Dataset
	Size    int    // samples in a batch; 0 means 32
	Shuffle bool   // a new order each epoch; otherwise the dataset's own
	Seed    uint64 // of the orders
	// Bucket puts samples of like lengths into one batch, padded to its longest (rounded up to one of 16 extents),
	// where fields are ragged; other datasets are batched as without it.
	Bucket bool
	// Lists, if not nil, are the samples that are used, in several lists, as those of the networks of an ensemble. A
	// batch holds Size samples of the first list, then as many of the next one; each list has an order of its own. An
	// epoch ends with the shortest list, and its last batch has equally many of each. Not together with Bucket.
	Lists [][]int
}

// Batch size where none is given.
const defaultSize = 32

func (l *Loader) size() int {
	if l.Size == 0 {
		return defaultSize
	}
	return l.Size
}

// Steps returns the number of batches in an epoch: ⌈samples / size⌉, or −1 for a stream. The last batch may be smaller
// than the rest.
func (l *Loader) Steps() int {
	n := l.each()
	if n < 0 {
		return -1
	}
	return (n + l.size() - 1) / l.size()
}

// each is how many samples of each list, or of the dataset, an epoch has; −1 for a stream.
func (l *Loader) each() int {
	if l.Lists == nil {
		return l.Data.Len()
	}
	n := len(l.Lists[0])
	for _, rows := range l.Lists {
		n = min(n, len(rows))
	}
	return n
}

// New returns an empty batch for Fill: the only memory that a loader needs.
func (l *Loader) New() (*Batch, error) {
	if l.size() < 1 {
		return nil, fmt.Errorf("batch_size: %d is no number of samples; give 1 or more", l.Size)
	}
	if n := l.Data.Len(); n > 0 && uint64(n) > math.MaxUint32 {
		return nil, fmt.Errorf("data: %d samples; an epoch has 4294967295 at most, a stream any number", n)
	}
	spec := l.Data.Spec()
	b := &Batch{spec: spec, fields: spec.Fields(), all: &epochOrder{}}
	n := l.size()
	if all := l.each(); all >= 0 {
		n = min(n, max(1, all))
	}
	n *= max(1, len(l.Lists))
	for _, f := range b.fields {
		whole := tensor.New(f.DType, append([]int{n}, f.Shape...)...)
		part := *whole
		part.Shape = whole.Shape.Clone()
		b.whole, b.parts = append(b.whole, whole), append(b.parts, &part)
	}
	k := len(spec.Inputs)
	b.Inputs, b.Targets, b.Samples = b.parts[:k:k], b.parts[k:], make([]int, 0, n)
	return b, nil
}

// Fill puts the samples of one step of one epoch into b, overwriting what it held. It allocates nothing but, at most
// once per batch, room for the order, unless several goroutines read. Steps of a stream must be filled in order; a step
// beyond the stream's end is io.EOF.
func (l *Loader) Fill(b *Batch, epoch, step int) error {
	n := l.Data.Len()
	if n < 0 {
		return l.follow(b, epoch, step)
	}
	if step < 0 || step >= l.Steps() {
		return fmt.Errorf("data: no step %d in an epoch of %d", step, l.Steps())
	}
	b.all.is(l, epoch, b.spec)
	b.Epoch, b.Step = epoch, step
	b.Samples = b.all.samples(b.Samples[:0], step, l.size())
	b.all.reach(b.spec, step, l.size(), len(b.Samples))
	if l.Bucket && l.Lists == nil {
		b.fit()
	}
	b.cut(len(b.Samples))
	return l.read(b)
}

// Release says that no batch is filled by b before the next pass, so that its dataset need keep nothing at hand for the
// order that it was told of.
func (b *Batch) Release() { b.all.release() }

// follow fills b with the next samples of a stream.
func (l *Loader) follow(b *Batch, epoch, step int) error {
	if step < 0 {
		return fmt.Errorf("data: no step %d in an epoch", step)
	}
	b.Epoch, b.Step, b.Samples = epoch, step, b.Samples[:0]
	n := l.size()
	b.cut(n)
	for i := range n {
		sample := step*n + i
		b.row.of(b.parts, i)
		if err := l.Data.Read(epoch, sample, b.row); err == io.EOF {
			break
		} else if err != nil {
			return fmt.Errorf("sample %d: %w", sample, err)
		}
		b.Samples = append(b.Samples, sample)
	}
	if len(b.Samples) == 0 {
		return io.EOF
	}
	b.cut(len(b.Samples))
	return nil
}

// cut sets the first axis of the batch's tensors to n samples.
func (b *Batch) cut(n int) {
	for k, whole := range b.whole {
		part := b.parts[k]
		part.Shape[0] = n
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
}

// read reads the samples of b, several at a time where the dataset says so.
func (l *Loader) read(b *Batch) error {
	workers := min(b.spec.Workers, len(b.Samples))
	if workers <= 1 {
		if n, err := ReadBatch(l.Data, b.Epoch, b.Samples, b.parts); err != nil {
			return fmt.Errorf("sample %d: %w", b.Samples[n], err)
		}
		return nil
	}
	errs := make([]error, len(b.Samples))
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			var row Row
			for i := int(next.Add(1)) - 1; i < len(errs); i = int(next.Add(1)) - 1 {
				row.of(b.parts, i)
				errs[i] = l.Data.Read(b.Epoch, b.Samples[i], row)
			}
		})
	}
	all.Wait()
	// The first of the batch, whichever was met first: messages do not depend on chance.
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("sample %d: %w", b.Samples[i], err)
		}
	}
	return nil
}

// Stream hands out a loader's batches in order, epoch after epoch, and prepares the next one meanwhile. Only one
// goroutine may call Next.
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
	all := &epochOrder{}
	for range 2 {
		b, err := l.New()
		if err != nil {
			return nil, err
		}
		b.all = all // they are filled one after the other
		s.free <- b
	}
	steps := l.Steps()
	if epoch < 0 || step < 0 || steps >= 0 && step > steps {
		return nil, fmt.Errorf("data: no step %d of epoch %d: an epoch has %d steps", step, epoch, steps)
	}
	if step == steps { // where a run stopped between epochs
		epoch, step = epoch+1, 0
	}
	go s.produce(*l, all, epoch, step)
	return s, nil
}

func (s *Stream) produce(l Loader, all *epochOrder, epoch, step int) {
	defer close(s.done)
	defer all.release()
	for steps := l.Steps(); ; {
		var f filled
		select {
		case f.b = <-s.free:
		case <-s.stop:
			return
		}
		if f.err = l.Fill(f.b, epoch, step); f.err == io.EOF && step == 0 {
			f.err = fmt.Errorf("data: the stream has no samples in epoch %d", epoch)
		}
		select {
		case s.ready <- f:
		case <-s.stop:
			return
		}
		if f.err != nil && f.err != io.EOF {
			return
		}
		if step++; step == steps || f.err == io.EOF {
			epoch, step = epoch+1, 0
		}
	}
}

// Next returns the next batch. It stays valid until the following call of Next or Close. Where the dataset is a stream,
// the end of each epoch is io.EOF, and the call after it begins the next epoch. After another error every call gives
// that error.
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
		if f.err == io.EOF {
			s.free <- f.b // never blocks: two batches, room for two
			return nil, io.EOF
		}
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
