package weight

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gorae/internal/mem"
	"gorae/tensor"
)

// Kind says who changes a variable.
type Kind uint8

// A Weight is moved by an optimiser, a State is recorded by the layer that has it, a Session is what
// a stateful layer remembers from batch to batch.
const (
	Weight Kind = iota
	State
	Session
)

// Var is a named tensor of float32.
type Var struct {
	Path        string         // "dense_1/kernel"
	Value       *tensor.Tensor // a view into the store's buffer; nil before Alloc
	Shape       tensor.Shape
	Trainable   bool
	Kind        Kind
	Init        Initializer
	Regularizer Regularizer
	at          int // where Value starts in the buffer
}

// Store is an ordered set of variables over one buffer. Its lock guards the
// values: whoever reads them while training may go on holds RLock, whoever writes them
// holds Lock, which also makes a new [Store.Version]. Adding variables is for one
// goroutine, before Alloc.
type Store struct {
	lock    sync.RWMutex
	version uint64 // how often the lock was taken for writing
	vars    []*Var
	byPath  map[string]*Var
	flat    []float32
	moved   int // elements of flat that hold weights; states follow

	sessions sync.Map // path and shape → *Var
	memory   sync.Mutex
}

// align is where each variable starts: on a cache line.
const align = mem.Line

// NewStore is an empty store.
func NewStore() *Store { return &Store{byPath: map[string]*Var{}} }

// Lock is for whoever writes values.
func (s *Store) Lock() {
	s.lock.Lock()
	s.version++
}

// Unlock ends Lock.
func (s *Store) Unlock() { s.lock.Unlock() }

// RLock is for whoever reads values.
func (s *Store) RLock() { s.lock.RLock() }

// RUnlock ends RLock.
func (s *Store) RUnlock() { s.lock.RUnlock() }

// Version changes whenever values may have changed; it is read while RLock is held. What follows
// from the weights alone (packed kernels, folded normalisations) need be computed only
// once for each version.
func (s *Store) Version() uint64 { return s.version }

// Add declares a variable. Its path must be new and its shape positive; the values
// come with Alloc.
func (s *Store) Add(v Var) (*Var, error) {
	if s.byPath[v.Path] != nil {
		return nil, fmt.Errorf("weight %q exists already", v.Path)
	}
	if s.flat != nil {
		return nil, fmt.Errorf("weight %q is new, but the store is laid out", v.Path)
	}
	size := 1
	for _, d := range v.Shape {
		if d < 1 || size > maxElements/d {
			return nil, fmt.Errorf("weight %q cannot have shape %v", v.Path, v.Shape)
		}
		size *= d
	}
	if v.Init == nil {
		v.Init = Zeros{}
	}
	v.Shape = v.Shape.Clone()
	if v.Shape == nil {
		v.Shape = tensor.Shape{}
	}
	p := &v
	s.vars = append(s.vars, p)
	s.byPath[v.Path] = p
	return p, nil
}

// maxElements bounds a variable: 16 GiB of float32.
const maxElements = 1 << 32

// Var is the variable at a path, nil if there is none.
func (s *Store) Var(path string) *Var { return s.byPath[path] }

// Vars lists the variables in the order in which they were added.
func (s *Store) Vars() []*Var { return s.vars }

// Trainable lists the weights that an optimiser moves.
func (s *Store) Trainable() []*Var {
	var vs []*Var
	for _, v := range s.vars {
		if v.Trainable && v.Kind == Weight {
			vs = append(vs, v)
		}
	}
	return vs
}

// Alloc lays the variables out, weights before states, each at the start of a
// cache line, all zero. A second call does nothing.
func (s *Store) Alloc() {
	if s.flat != nil {
		return
	}
	total := 0
	for _, k := range []Kind{Weight, State} {
		for _, v := range s.vars {
			if v.Kind == k {
				v.at = total
				total += (v.Shape.Size() + align - 1) / align * align
			}
		}
		if k == Weight {
			s.moved = total
		}
	}
	s.flat = mem.Floats(total)
	for _, v := range s.vars {
		n := v.Shape.Size()
		v.Value = &tensor.Tensor{Shape: v.Shape, F32: s.flat[v.at : v.at+n : v.at+n]}
	}
}

// Flat is the buffer of all weights, trainable or frozen; between two of them lie zeros.
func (s *Store) Flat() []float32 { return s.flat[:s.moved] }

// Init lays the variables out and draws the first values. Those of a variable are a function of the
// seed and its path only, so that another layer beside it changes nothing.
func (s *Store) Init(seed uint64) error {
	s.Alloc()
	s.Lock()
	defer s.Unlock()
	for _, v := range s.vars {
		if err := v.Init.Fill(v.Value.F32, v.Shape, NewRand(seed, v.Path)); err != nil {
			return fmt.Errorf("%s: %w", v.Path, err)
		}
	}
	return nil
}

// Snapshot is a copy of all values, to be given to Restore.
func (s *Store) Snapshot() []float32 {
	s.RLock()
	defer s.RUnlock()
	return append([]float32(nil), s.flat...)
}

// SnapshotInto copies all values into dst, which Snapshot made, without allocating.
func (s *Store) SnapshotInto(dst []float32) error {
	s.RLock()
	defer s.RUnlock()
	if len(dst) != len(s.flat) {
		return fmt.Errorf("a snapshot of %d numbers does not fit a store of %d", len(dst), len(s.flat))
	}
	copy(dst, s.flat)
	return nil
}

// Restore brings a snapshot back.
func (s *Store) Restore(snapshot []float32) error {
	if len(snapshot) != len(s.flat) {
		return fmt.Errorf("a snapshot of %d numbers does not fit a store of %d", len(snapshot), len(s.flat))
	}
	s.Lock()
	defer s.Unlock()
	copy(s.flat, snapshot)
	return nil
}

// Clone is a store of the same variables and values that shares no number with s.
func (s *Store) Clone() *Store {
	c := NewStore()
	for _, v := range s.vars {
		w := *v
		w.Value = nil
		c.vars = append(c.vars, &w)
		c.byPath[w.Path] = &w
	}
	if s.flat != nil {
		c.Alloc()
		s.RLock()
		copy(c.flat, s.flat)
		s.RUnlock()
	}
	return c
}

// CopyFrom takes the values of every variable of s from the variable of t with the
// same path and shape.
func (s *Store) CopyFrom(t *Store) error {
	for _, v := range s.vars {
		w := t.byPath[v.Path]
		switch {
		case w == nil:
			return fmt.Errorf("weight %q is missing in the source", v.Path)
		case !w.Shape.Equal(v.Shape):
			return fmt.Errorf("weight %q has shape %v, the source has %v", v.Path, v.Shape, w.Shape)
		}
	}
	t.RLock()
	src := append([]float32(nil), t.flat...) // never hold two locks
	t.RUnlock()
	s.Lock()
	defer s.Unlock()
	for _, v := range s.vars {
		copy(v.Value.F32, src[t.byPath[v.Path].at:])
	}
	return nil
}

// Set gives a variable its values.
func (s *Store) Set(path string, t *tensor.Tensor) error {
	v := s.byPath[path]
	switch {
	case v == nil:
		return fmt.Errorf("there is no weight %q", path)
	case !v.Shape.Equal(t.Shape) || t.DType() != tensor.Float32:
		return fmt.Errorf("weight %q is float32%v and cannot take %v%v", path, v.Shape, t.DType(), t.Shape)
	case v.Value == nil:
		return fmt.Errorf("weight %q has no memory yet; build the model first", path)
	}
	s.Lock()
	defer s.Unlock()
	copy(v.Value.F32, t.F32)
	return nil
}

// Session is a variable outside of the buffer for what a stateful layer remembers from batch to
// batch: zeros at first. It is found by its path and shape; snapshots, clones and files do not hold it.
// Its values are guarded by InSession, not by the lock.
func (s *Store) Session(path string, shape tensor.Shape) *Var {
	v := &Var{Path: path, Shape: shape.Clone(), Kind: Session, Init: Zeros{}}
	v.Value = &tensor.Tensor{Shape: v.Shape, F32: mem.Floats(max(0, v.Shape.Size()))}
	known, _ := s.sessions.LoadOrStore(path+v.Shape.String(), v)
	return known.(*Var)
}

// Sessions are the variables that Session gave, by path and shape.
func (s *Store) Sessions() []*Var {
	var all []*Var
	s.sessions.Range(func(_, v any) bool {
		all = append(all, v.(*Var))
		return true
	})
	slices.SortFunc(all, func(a, b *Var) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), slices.Compare(a.Shape, b.Shape))
	})
	return all
}

// InSession runs f while nobody else does.
func (s *Store) InSession(f func() error) error {
	s.memory.Lock()
	defer s.memory.Unlock()
	return f()
}

// ResetSessions makes all that stateful layers remember zeros again.
func (s *Store) ResetSessions() {
	s.memory.Lock()
	defer s.memory.Unlock()
	s.sessions.Range(func(_, v any) bool {
		clear(v.(*Var).Value.F32)
		return true
	})
}
