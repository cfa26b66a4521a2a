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
	kept   map[string]*task.Kept // by data, split and seed
	hashes map[string]string     // of sources, by their paths
}

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
	if s.kept == nil {
		s.kept = map[string]*task.Kept{}
	}
	if s.kept[name.String()] == nil {
		s.kept[name.String()] = &task.Kept{}
	}
	return s.kept[name.String()]
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
