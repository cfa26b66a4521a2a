package board

import (
	"os"
	"path/filepath"
	"sort"

	"gorae/tune/study"
)

// Study is a search for values below the folder. Its trials are runs.
type Study struct {
	ID       string `json:"id"` // the path of its directory below the folder, with slashes
	Finished bool   `json:"finished"`
	Error    string `json:"error,omitempty"` // of a study whose result cannot be read
	Trials   int    `json:"trials"`          // so far
	// Objective, Best and Value are what was compared, the best trial and its value; of a finished study.
	Objective string  `json:"objective,omitempty"`
	Best      int     `json:"best"`
	Value     float64 `json:"value"`
}

// searched is a study as it was read, and when its result was written.
type searched struct {
	stamp stamp
	study Study
}

// studies returns the studies of directories, numbers in names by their size.
func (l *library) studies(dirs []string) []Study {
	l.lock.Lock()
	defer l.lock.Unlock()
	fresh := map[string]searched{}
	out := make([]Study, 0, len(dirs))
	for _, id := range dirs {
		dir := filepath.Join(l.dir, filepath.FromSlash(id))
		at := stampOf(filepath.Join(dir, study.ResultFile))
		s, ok := l.searched[id]
		if !ok || s.stamp != at || at == (stamp{}) {
			s = searched{at, search(dir, id, at != (stamp{}))}
		}
		fresh[id] = s
		out = append(out, s.study)
	}
	l.searched = fresh
	sort.Slice(out, func(i, j int) bool { return natural(out[i].ID, out[j].ID) })
	return out
}

// search reads what the page shows of a study.
func search(dir, id string, finished bool) Study {
	s := Study{ID: id, Finished: finished}
	if !finished {
		begun, err := os.ReadDir(filepath.Join(dir, study.TrialsDir))
		if err == nil { // else no trial has begun
			s.Trials = len(begun)
		}
		return s
	}
	r, err := study.Read(dir)
	if err != nil {
		s.Finished, s.Error = false, err.Error()
		return s
	}
	s.Trials, s.Objective, s.Best, s.Value = len(r.Trials), r.Objective, r.Best, r.Value
	return s
}
