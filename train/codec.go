package train

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"

	"gorae/tensor"
)

// The format of a snapshot, drawn in docs/format/state.md: a head of magic,
// version, length and checksum, and a body of fields in the order of put and get
// below. All numbers are little-endian; a list or string has its length before it.

const (
	magic   = "gorae state\n"
	version = 3 // 1 has no sessions; before 3 there are one step and no passes
	head    = len(magic) + 4 + 8 + 4
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// MarshalBinary writes the snapshot.
func (s *Snapshot) MarshalBinary() ([]byte, error) {
	w := writer{make([]byte, head, head+s.size())}
	w.snapshot(s)
	body := w.b[head:]
	copy(w.b, magic)
	binary.LittleEndian.PutUint32(w.b[len(magic):], version)
	binary.LittleEndian.PutUint64(w.b[len(magic)+4:], uint64(len(body)))
	binary.LittleEndian.PutUint32(w.b[len(magic)+12:], crc32.Checksum(body, castagnoli))
	return w.b, nil
}

// size is about the number of bytes the body takes.
func (s *Snapshot) size() int {
	n := 4096 + 8*len(s.Sums)
	lists := [][]tensor.Named{s.Weights, s.BestSaved, s.Sessions}
	for _, p := range s.Steps {
		lists = append(lists, p.Slots)
		n += 64
	}
	for _, list := range lists {
		for _, t := range list {
			n += 64 + len(t.Name) + t.Len()*t.DType().Size()
		}
	}
	for _, c := range s.Callbacks {
		n += 64 + len(c.State)
	}
	for _, r := range s.Rows {
		n += 16
		for _, f := range r.Metrics {
			n += 16 + len(f.Name)
		}
	}
	return n
}

// UnmarshalBinary reads what MarshalBinary wrote. It trusts no length, and an
// error leaves s as it was.
func (s *Snapshot) UnmarshalBinary(b []byte) error {
	if len(b) < head || string(b[:len(magic)]) != magic {
		return errors.New("training state: not one of gorae's")
	}
	v := binary.LittleEndian.Uint32(b[len(magic):])
	if v < 1 || v > version {
		return fmt.Errorf("training state: version %d, where this program knows versions 1 to %d", v, version)
	}
	body := b[head:]
	if n := binary.LittleEndian.Uint64(b[len(magic)+4:]); n != uint64(len(body)) {
		return fmt.Errorf("training state: %d bytes where its head says %d; it is cut off or added to", len(body), n)
	}
	if sum := binary.LittleEndian.Uint32(b[len(magic)+12:]); sum != crc32.Checksum(body, castagnoli) {
		return errors.New("training state: the checksum is wrong; the file is damaged")
	}
	r := reader{b: body}
	var t Snapshot
	if v < 3 {
		r.former(&t, v)
	} else {
		r.snapshot(&t)
	}
	if r.err == nil && len(r.b) > 0 {
		r.fail("%d bytes too many", len(r.b))
	}
	if r.err != nil {
		return r.err
	}
	*s = t
	return nil
}

type writer struct{ b []byte }

func (w *writer) u8(v uint8)    { w.b = append(w.b, v) }
func (w *writer) u32(v uint32)  { w.b = binary.LittleEndian.AppendUint32(w.b, v) }
func (w *writer) u64(v uint64)  { w.b = binary.LittleEndian.AppendUint64(w.b, v) }
func (w *writer) count(n int)   { w.u32(uint32(n)) }
func (w *writer) f64(v float64) { w.u64(math.Float64bits(v)) }
func (w *writer) str(s string)  { w.count(len(s)); w.b = append(w.b, s...) }
func (w *writer) bytes(s []byte) {
	w.u64(uint64(len(s)))
	w.b = append(w.b, s...)
}

func (w *writer) flag(v bool) { w.u8(map[bool]uint8{true: 1}[v]) }

func (w *writer) snapshot(s *Snapshot) {
	w.u64(s.Seed)
	w.u64(uint64(s.Samples)) // −1 is all ones
	w.u64(uint64(s.BatchSize))
	for _, n := range []int{s.Epoch, s.Batch, s.Pass, s.PassBatch} {
		w.u64(uint64(n))
	}
	w.flag(s.Ended)
	w.flag(s.Stopped)
	w.f64(s.Elapsed)
	w.count(len(s.Sums))
	for _, v := range s.Sums {
		w.f64(v)
	}
	w.u64(uint64(s.Best))
	w.f64(s.BestValue)
	w.count(len(s.Rows))
	for _, r := range s.Rows {
		w.u64(uint64(r.Epoch))
		w.f64(r.Seconds)
		w.count(len(r.Metrics))
		for _, f := range r.Metrics {
			w.str(f.Name)
			w.f64(f.Value)
		}
	}
	w.tensors(s.Weights)
	w.count(len(s.Steps))
	for _, p := range s.Steps {
		w.str(p.Name)
		w.u64(p.Count)
		w.u32(math.Float32bits(p.LearningRate))
		w.tensors(p.Slots)
	}
	w.tensors(s.BestSaved)
	w.tensors(s.Sessions)
	w.count(len(s.Callbacks))
	for _, c := range s.Callbacks {
		w.str(c.Name)
		w.bytes(c.State)
	}
}

func (w *writer) tensors(list []tensor.Named) {
	w.count(len(list))
	for _, t := range list {
		w.str(t.Name)
		w.u8(uint8(t.DType()))
		w.u8(uint8(len(t.Shape)))
		for _, d := range t.Shape {
			w.u64(uint64(d))
		}
		switch t.DType() {
		case tensor.Int32:
			for _, v := range t.I32 {
				w.u32(uint32(v))
			}
		case tensor.Uint8:
			w.b = append(w.b, t.U8...)
		default:
			for _, v := range t.F32 {
				w.u32(math.Float32bits(v))
			}
		}
	}
}

// reader takes fields off the front of b. After an error it gives zeros.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("training state: "+format, args...)
	}
	r.b = nil
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.fail("a field of %d bytes where %d are left", n, len(r.b))
		return nil
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p
}

func (r *reader) u8() uint8 {
	if p := r.take(1); p != nil {
		return p[0]
	}
	return 0
}

func (r *reader) u32() uint32 {
	if p := r.take(4); p != nil {
		return binary.LittleEndian.Uint32(p)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if p := r.take(8); p != nil {
		return binary.LittleEndian.Uint64(p)
	}
	return 0
}

// number is a u64 that must fit an int, and be a count of something.
func (r *reader) number() int {
	v := r.u64()
	if v > math.MaxInt32 {
		r.fail("%d is too great", v)
		return 0
	}
	return int(v)
}

// count is the length of a list whose entries take at least size bytes each, so
// that no list is longer than the file can hold.
func (r *reader) count(size int) int {
	n := int64(r.u32())
	if n*int64(size) > int64(len(r.b)) {
		r.fail("a list of %d entries where %d bytes are left", n, len(r.b))
		return 0
	}
	return int(n)
}

func (r *reader) f64() float64 { return math.Float64frombits(r.u64()) }
func (r *reader) str() string  { return string(r.take(r.count(1))) }

func (r *reader) bytes() []byte {
	n := r.u64()
	if n > uint64(len(r.b)) {
		r.fail("a field of %d bytes where %d are left", n, len(r.b))
		return nil
	}
	return append([]byte{}, r.take(int(n))...)
}

func (r *reader) snapshot(s *Snapshot) {
	s.Seed = r.u64()
	if s.Samples = -1; len(r.b) < 8 || binary.LittleEndian.Uint64(r.b) != math.MaxUint64 {
		s.Samples = r.number()
	} else {
		r.take(8)
	}
	s.BatchSize = r.number()
	for _, n := range []*int{&s.Epoch, &s.Batch, &s.Pass, &s.PassBatch} {
		*n = r.number()
	}
	s.Ended, s.Stopped = r.u8() == 1, r.u8() == 1
	s.Elapsed = r.f64()
	r.course(s)
	s.Weights = r.tensors()
	s.Steps = make([]StepState, r.count(20))
	for i := range s.Steps {
		s.Steps[i] = StepState{Name: r.str(), Count: r.u64(), LearningRate: math.Float32frombits(r.u32())}
		s.Steps[i].Slots = r.tensors()
	}
	s.BestSaved = r.tensors()
	s.Sessions = r.tensors()
	r.callbacks(s)
}

// former reads versions 1 and 2.
func (r *reader) former(s *Snapshot, version uint32) {
	s.Seed = r.u64()
	s.Samples = r.number()
	s.BatchSize = r.number()
	s.Epoch = r.number()
	s.Batch = r.number()
	s.Pass, s.PassBatch = s.Epoch, s.Batch
	s.Ended = s.BatchSize > 0 && s.Batch > 0 && s.Batch == (s.Samples+s.BatchSize-1)/s.BatchSize
	step := StepState{Count: r.u64()}
	s.Stopped = r.u8() == 1
	step.LearningRate = math.Float32frombits(r.u32())
	s.Elapsed = r.f64()
	r.course(s)
	s.Weights = r.tensors()
	step.Slots = r.tensors()
	s.Steps = []StepState{step}
	s.BestSaved = r.tensors()
	r.callbacks(s)
	if version > 1 {
		s.Sessions = r.tensors()
	}
}

// course reads the running averages and the history.
func (r *reader) course(s *Snapshot) {
	s.Sums = make([]float64, r.count(8))
	for i := range s.Sums {
		s.Sums[i] = r.f64()
	}
	s.Best = r.number()
	s.BestValue = r.f64()
	s.Rows = make([]Row, r.count(20))
	for i := range s.Rows {
		row := Row{Epoch: r.number(), Seconds: r.f64()}
		row.Metrics = make(Metrics, r.count(12))
		for j := range row.Metrics {
			row.Metrics[j] = Metric{Name: r.str(), Value: r.f64()}
		}
		s.Rows[i] = row
	}
}

func (r *reader) callbacks(s *Snapshot) {
	s.Callbacks = make([]CallbackState, r.count(12))
	for i := range s.Callbacks {
		s.Callbacks[i] = CallbackState{r.str(), r.bytes()}
	}
}

func (r *reader) tensors() []tensor.Named {
	list := make([]tensor.Named, r.count(6))
	for i := range list {
		list[i] = tensor.Named{Name: r.str(), Tensor: r.tensor()}
	}
	return list
}

func (r *reader) tensor() *tensor.Tensor {
	dt, axes := tensor.DType(r.u8()), int(r.u8())
	if axes > len(r.b)/8 {
		r.fail("a tensor of %d axes where %d bytes are left", axes, len(r.b))
		return tensor.New(tensor.Float32, 0)
	}
	shape := make(tensor.Shape, axes)
	if dt > tensor.Uint8 {
		r.fail("%v is no element type", dt)
		return tensor.New(tensor.Float32, 0)
	}
	// The size is bounded at every axis, so that the product cannot overflow.
	size := 1
	for i := range shape {
		shape[i] = r.number()
		if size > 0 && shape[i] > len(r.b)/size {
			r.fail("a tensor of shape %v and more where %d bytes are left", shape[:i+1], len(r.b))
		}
		if r.err != nil {
			return tensor.New(tensor.Float32, 0)
		}
		size *= shape[i]
	}
	if size*dt.Size() > len(r.b) {
		r.fail("a tensor of shape %v where %d bytes are left", shape, len(r.b))
		return tensor.New(tensor.Float32, 0)
	}
	p := r.take(size * dt.Size())
	t := tensor.New(dt, shape...)
	switch dt {
	case tensor.Int32:
		for i := range t.I32 {
			t.I32[i] = int32(binary.LittleEndian.Uint32(p[4*i:]))
		}
	case tensor.Uint8:
		copy(t.U8, p)
	default:
		for i := range t.F32 {
			t.F32[i] = math.Float32frombits(binary.LittleEndian.Uint32(p[4*i:]))
		}
	}
	return t
}
