package weight

import (
	"fmt"
	"strings"
)

// part is a part of another store, whose variables a store has at paths of its own.
type part struct {
	at        string // the paths begin with it here
	from      *Store
	fromPaths string // and with this there
}

// there returns a path of the part in the other store.
func (p part) there(path string) string { return p.fromPaths + path[len(p.at):] }

// here returns a path of the other store in this one, and whether the part has it.
func (p part) here(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, p.fromPaths)
	return p.at + rest, ok
}

// Share makes the variables of from whose paths begin with prefix variables of s too, at paths that begin with at
// instead: at+"kernel" of s and prefix+"kernel" of from have one value. A variable comes into s when it is first
// looked up by [Store.Var]; until then s does not list it. Sharing is for one goroutine, before Alloc; from is laid
// out already, or is s itself, where a layer stands in two places: the first of them declares.
//
// The values stay in the buffer of the store that declared them, and so does their lock.
func (s *Store) Share(at string, from *Store, prefix string) error {
	if s.laid() || from != s && !from.laid() {
		return fmt.Errorf("weights %q can be shared with a store that is not laid out, from one that is", at)
	}
	s.parts = append(s.parts, part{at, from, prefix})
	return nil
}

// shared returns the part that a path belongs to.
func (s *Store) shared(path string) (part, bool) {
	for _, p := range s.parts {
		if strings.HasPrefix(path, p.at) {
			return p, true
		}
	}
	return part{}, false
}

// take brings a variable of a part into s.
func (s *Store) take(path string) *Var {
	p, ok := s.shared(path)
	if !ok {
		return nil
	}
	v := p.from.byPath[p.there(path)]
	if v == nil {
		return nil
	}
	s.add(v.Variable.guard)
	return s.put(&Var{path, v.Variable})
}

// Owns reports whether the values of a variable of s lie in the buffer of s.
func (s *Store) Owns(v *Var) bool { return v.guard == s.own }

// declared reports whether v is a variable of s under the path at which s declared it.
func (s *Store) declared(v *Var) bool { return s.Owns(v) && v.Path == v.path }
