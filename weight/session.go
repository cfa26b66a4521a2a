package weight

import (
	"cmp"
	"slices"
	"strings"

	"gorae/internal/mem"
	"gorae/tensor"
)

// Session returns a variable outside of the buffer for what a stateful layer remembers from batch to
// batch: zeros at first. It is found by its path and shape; snapshots, clones and files do not hold it. A layer that
// is shared with another store has its sessions there.
// Its values are guarded by InSession, not by the lock.
func (s *Store) Session(path string, shape tensor.Shape) *Var {
	if p, ok := s.shared(path); ok {
		return p.from.Session(p.there(path), shape)
	}
	v := &Var{path, &Variable{Shape: shape.Clone(), Kind: Session, Init: Zeros{}, guard: s.own, path: path}}
	v.Value = &tensor.Tensor{Shape: v.Shape, F32: mem.Floats(max(0, v.Shape.Size()))}
	known, _ := s.sessions.LoadOrStore(path+v.Shape.String(), v)
	return known.(*Var)
}

// Sessions returns the variables that Session gave, those of shared layers too, by path in s and shape.
func (s *Store) Sessions() []*Var {
	var all []*Var
	s.sessions.Range(func(_, v any) bool {
		all = append(all, v.(*Var))
		return true
	})
	for _, p := range s.parts {
		if p.from == s {
			continue
		}
		for _, v := range p.from.Sessions() {
			if here, ok := p.here(v.Path); ok {
				all = append(all, &Var{here, v.Variable})
			}
		}
	}
	slices.SortFunc(all, func(a, b *Var) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), slices.Compare(a.Shape, b.Shape))
	})
	return all
}

// ResetSessions makes all that stateful layers remember zeros again.
func (s *Store) ResetSessions() {
	_ = s.InSession(func() error {
		for _, v := range s.Sessions() {
			clear(v.Value.F32)
		}
		return nil
	})
}
