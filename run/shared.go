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
	data   []*kept           // of experiments with the same data; the last ones used stand last
	hashes map[string]string // of sources, by their paths
}

// kept is what is kept for experiments of one name: their data, or of those their split and seed.
type kept struct {
	name   string
	kept   *task.Kept
	splits []*kept
}

// Bounds of what is kept at a time, as a search over the data section would fill the memory: so many data sections, and
// of each so many splits and seeds, such as folds.
const (
	mostData   = 4
	mostSplits = 10
)

// of returns what is kept for experiments with the data, split and seed of e.
func (s *shared) of(e *spec.Experiment) *task.Kept {
	all := spec.Flatten(e)
	name := func(sections ...string) string {
		var b strings.Builder
		for _, path := range slices.Sorted(maps.Keys(all)) {
			if section, _, _ := strings.Cut(path, "."); slices.Contains(sections, section) {
				b.WriteString(path + "=" + all[path] + "\n")
			}
		}
		return b.String()
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	data := use(&s.data, name("data"), mostData, nil)
	return use(&data.splits, name("split", "seed"), mostSplits, data.kept).kept
}

// use returns what is kept by a name, and makes it the last of its list.
func use(list *[]*kept, name string, most int, data *task.Kept) *kept {
	k := &kept{name: name, kept: &task.Kept{Data: data}}
	if i := slices.IndexFunc(*list, func(k *kept) bool { return k.name == name }); i >= 0 {
		k = (*list)[i]
		*list = slices.Delete(*list, i, i+1)
	}
	*list = append(*list, k)
	*list = (*list)[max(0, len(*list)-most):]
	return k
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
