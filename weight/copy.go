package weight

import "fmt"

// size returns how many numbers a snapshot has: the buffer of s, then the shared variables in their order.
func (s *Store) size() int {
	n := len(s.flat)
	for _, v := range s.vars {
		if !s.Owns(v) {
			n += v.Shape.Size()
		}
	}
	return n
}

// Snapshot returns a copy of all values, to be given to Restore.
func (s *Store) Snapshot() []float32 {
	dst := make([]float32, s.size())
	s.RLock()
	defer s.RUnlock()
	s.copyOut(dst)
	return dst
}

// SnapshotInto copies all values into dst, which Snapshot made, without allocating.
func (s *Store) SnapshotInto(dst []float32) error {
	if err := s.fits(dst); err != nil {
		return err
	}
	s.RLock()
	defer s.RUnlock()
	s.copyOut(dst)
	return nil
}

// Restore brings a snapshot back.
func (s *Store) Restore(snapshot []float32) error {
	if err := s.fits(snapshot); err != nil {
		return err
	}
	s.Lock()
	defer s.Unlock()
	snapshot = snapshot[copy(s.flat, snapshot):]
	for _, v := range s.vars {
		if !s.Owns(v) {
			snapshot = snapshot[copy(v.Value.F32, snapshot):]
		}
	}
	return nil
}

func (s *Store) fits(snapshot []float32) error {
	if n := s.size(); len(snapshot) != n {
		return fmt.Errorf("a snapshot of %d numbers does not fit a store of %d", len(snapshot), n)
	}
	return nil
}

// copyOut copies all values into dst; RLock is held.
func (s *Store) copyOut(dst []float32) {
	dst = dst[copy(dst, s.flat):]
	for _, v := range s.vars {
		if !s.Owns(v) {
			dst = dst[copy(dst, v.Value.F32):]
		}
	}
}

// Clone returns a store of the same variables and values that shares no number with s.
func (s *Store) Clone() *Store {
	c := NewStore()
	copies := map[*Variable]*Variable{}
	for _, v := range s.vars {
		w := copies[v.Variable]
		if w == nil {
			w = &Variable{}
			*w = *v.Variable
			w.Value, w.guard, w.path = nil, c.own, v.Path
			copies[v.Variable] = w
		}
		c.put(&Var{v.Path, w})
	}
	if s.laid() {
		c.Alloc()
		s.RLock()
		defer s.RUnlock()
		for i, v := range s.vars {
			copy(c.vars[i].Value.F32, v.Value.F32)
		}
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
	both := Join(s, t)
	both.Lock()
	defer both.Unlock()
	for _, v := range s.vars {
		copy(v.Value.F32, t.byPath[v.Path].Value.F32)
	}
	return nil
}
