package run

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"gorae/spec"
	"gorae/task"
)

// shared is what experiments that are prepared again and again have in common ([Prepared.Again]).
type shared struct {
	lock   sync.Mutex
	kept   []kept            // the last ones used stand last
	hashes map[string]string // of sources, by their paths
}

// kept is what is kept for experiments of one name: data, split and seed.
type kept struct {
	name string
	*task.Kept
}

// mostKept bounds how many are kept at a time: a search over the data section would fill the memory.
const mostKept = 4

// of returns what is kept for experiments with the data, split and seed of e.
func (s *shared) of(e *spec.Experiment) *task.Kept {
	all := spec.Flatten(e)
	maps.DeleteFunc(all, func(path, _ string) bool {
		return path != "seed" && !strings.HasPrefix(path, "data.") && !strings.HasPrefix(path, "split.")
	})
	var name strings.Builder
	for _, path := range slices.Sorted(maps.Keys(all)) {
		name.WriteString(path + "=" + all[path] + "\n")
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	i := slices.IndexFunc(s.kept, func(k kept) bool { return k.name == name.String() })
	k := kept{name.String(), &task.Kept{}}
	if i >= 0 {
		k = s.kept[i]
		s.kept = slices.Delete(s.kept, i, i+1)
	}
	s.kept = append(s.kept, k)
	s.kept = s.kept[max(0, len(s.kept)-mostKept):]
	return k.Kept
}

// hash returns the hash of a source, which compute finds where it is not known.
func (s *shared) hash(path string, compute func() (string, error)) (string, error) {
	if s == nil {
		return compute()
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if h, ok := s.hashes[path]; ok {
		return h, nil
	}
	h, err := compute()
	if err == nil {
		if s.hashes == nil {
			s.hashes = map[string]string{}
		}
		s.hashes[path] = h
	}
	return h, err
}
