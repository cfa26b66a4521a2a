package board

import (
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"gorae/internal/par"
	"gorae/report"
	"gorae/run"
	"gorae/train"
	"gorae/tune/study"
)

// State is how far a run is.
type State string

// The states.
const (
	Training   State = "training"   // a file of it changed a short time ago
	Unfinished State = "unfinished" // it was stopped, and can be resumed
	Finished   State = "finished"
	Damaged    State = "damaged" // its files cannot be read
)

// Run is a line of the table.
type Run struct {
	ID     string `json:"id"` // the path of its directory below the folder, with slashes
	State  State  `json:"state"`
	Error  string `json:"error,omitempty"` // of a damaged run
	Epochs int    `json:"epochs"`          // so far
	Of     int    `json:"of"`              // that the experiment gives
	Best   int    `json:"best_epoch,omitempty"`
	// Metrics are those of the whole part that is judged (test, else validation) of a finished run, and of the last
	// epoch of another, by name.
	Metrics  map[string]float64 `json:"metrics"`
	Part     string             `json:"part,omitempty"`
	Seconds  float64            `json:"seconds"`
	Begun    time.Time          `json:"begun"`
	Changed  time.Time          `json:"changed"`
	Settings map[string]string  `json:"-"`
	Pictures []string           `json:"pictures,omitempty"` // files
	Note     string             `json:"note,omitempty"`
	Hidden   bool               `json:"hidden,omitempty"`
}

// recent is for how long a run counts as training after its last change: checkpoints are written every few seconds, and
// a large one less often.
const recent = time.Minute

// depth is how far below the folder runs are looked for.
const depth = 3

// library is the runs below a folder, read again where their files have changed.
type library struct {
	dir      string
	lock     sync.Mutex
	read     map[string]*cached
	searched map[string]searched
}

// cached is a run as it was read, and when its files were written.
type cached struct {
	stamps [3]stamp
	run    Run
}

// stamp tells versions of a file apart.
type stamp struct {
	size int64
	at   time.Time
}

func stampOf(path string) stamp {
	st, err := os.Stat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{st.Size(), st.ModTime()}
}

// runs returns the runs of directories in the order of their names, numbers by their size.
func (l *library) runs(dirs []string) []Run {
	l.lock.Lock()
	defer l.lock.Unlock()
	out := make([]Run, len(dirs))
	fresh := make([]*cached, len(dirs))
	par.Each(len(dirs), func(i int) {
		fresh[i] = l.one(dirs[i])
		out[i] = fresh[i].run
	})
	l.read = map[string]*cached{}
	for i, c := range fresh {
		l.read[dirs[i]] = c
	}
	sort.Slice(out, func(i, j int) bool { return natural(out[i].ID, out[j].ID) })
	return out
}

// find lists the directories that hold an experiment, and those of studies, whose trials are runs.
func (l *library) find() (runs, studies []string, err error) {
	below := func(rel string) bool { // a study
		return len(studies) > 0 && strings.HasPrefix(rel, studies[len(studies)-1]+"/")
	}
	err = filepath.WalkDir(l.dir, func(path string, d fs.DirEntry, err error) error {
		rel, relErr := filepath.Rel(l.dir, path)
		switch {
		case path == l.dir && err != nil:
			return err
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile
			return nil
		case err != nil || relErr != nil || !d.IsDir():
			return nil
		case rel != "." && strings.HasPrefix(d.Name(), "."):
			return fs.SkipDir
		}
		rel = filepath.ToSlash(rel)
		if _, err := os.Stat(filepath.Join(path, run.ExperimentFile)); err == nil && rel != "." {
			runs = append(runs, rel)
			return fs.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, study.DatabaseFile)); err == nil && rel != "." {
			studies = append(studies, rel)
			return nil
		}
		if rel != "." && strings.Count(rel, "/") >= depth-1 && !below(rel) {
			return fs.SkipDir
		}
		return nil
	})
	return runs, studies, err
}

// one reads a run, unless it is as it was.
func (l *library) one(id string) *cached {
	dir := filepath.Join(l.dir, filepath.FromSlash(id))
	stamps := [3]stamp{}
	for i, name := range []string{run.ExperimentFile, run.MetricsFile, run.HistoryFile} {
		stamps[i] = stampOf(filepath.Join(dir, name))
	}
	c, ok := l.read[id]
	if !ok || c.stamps != stamps {
		c = &cached{stamps: stamps, run: summarize(dir, id)}
	}
	if c.run.State == Training || c.run.State == Unfinished {
		r := c.run
		r.Changed = changed(stamps, dir)
		if r.State = Unfinished; time.Since(r.Changed) < recent {
			r.State = Training
		}
		c = &cached{stamps: stamps, run: r}
	}
	return c
}

func changed(stamps [3]stamp, dir string) time.Time {
	at := stampOf(filepath.Join(dir, run.LastFile)).at
	for _, s := range stamps {
		if s.at.After(at) {
			at = s.at
		}
	}
	return at
}

// summarize reads what the table shows of a run.
func summarize(dir, id string) Run {
	r := Run{ID: id, State: Unfinished, Metrics: map[string]float64{}}
	fail := func(err error) Run {
		r.State, r.Error = Damaged, err.Error()
		return r
	}
	e, err := run.Read(filepath.Join(dir, run.ExperimentFile))
	if err != nil {
		return fail(err)
	}
	r.Settings, r.Of = run.Settings(e), e.Train.Epochs
	r.Begun = stampOf(filepath.Join(dir, run.ExperimentFile)).at
	r.Pictures = pictures(dir)
	if path := filepath.Join(dir, run.HistoryFile); stampOf(path) != (stamp{}) {
		h, err := report.ReadHistory(path)
		if err != nil {
			return fail(err)
		}
		r.last(h)
	}
	if stampOf(filepath.Join(dir, run.MetricsFile)) == (stamp{}) {
		return r
	}
	rep, err := run.ReadReport(dir)
	if err != nil {
		return fail(err)
	}
	r.State, r.Best, r.Seconds = Finished, rep.BestEpoch, rep.Seconds
	r.Changed = stampOf(filepath.Join(dir, run.MetricsFile)).at
	r.Metrics = map[string]float64{}
	r.take("train", rep.Train)
	r.take("validation", rep.Validation)
	r.take("test", rep.Test)
	return r
}

// last takes the metrics of the last epoch of a history.
func (r *Run) last(h *report.History) {
	r.Epochs = len(h.Epochs)
	if r.Epochs == 0 {
		return
	}
	for k, name := range h.Names {
		v := h.Values[k][r.Epochs-1]
		part, of := "train", name
		if rest, ok := strings.CutPrefix(name, "val_"); ok {
			part, of = "validation", rest
		}
		if name == "seconds" {
			for _, s := range h.Values[k] {
				r.Seconds += s
			}
		} else if finite(v) {
			r.Metrics[part+" "+of] = v
		}
	}
}

// take takes the metrics of a part, those of whole outputs.
func (r *Run) take(part string, all train.Metrics) {
	whole, _ := run.Overall(all)
	for _, m := range whole {
		if finite(m.Value) {
			r.Metrics[part+" "+m.Name] = m.Value
		}
	}
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// pictures lists the pictures of a run, vector ones where there are both.
func pictures(dir string) []string {
	var out []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	has := map[string]bool{}
	for _, d := range entries {
		has[d.Name()] = d.Type().IsRegular()
	}
	for name := range has {
		ext := filepath.Ext(name)
		if ext == ".svg" || ext == ".png" && !has[strings.TrimSuffix(name, ext)+".svg"] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// differing returns the paths of the settings in which runs differ; those of damaged runs do not count.
func differing(runs []Run) []string {
	values, count := map[string]map[string]int{}, 0
	for _, r := range runs {
		if r.Settings == nil {
			continue
		}
		count++
		for path, v := range r.Settings {
			if values[path] == nil {
				values[path] = map[string]int{}
			}
			values[path][v]++
		}
	}
	var out []string
	for path, of := range values {
		sum := 0
		for _, n := range of {
			sum += n
		}
		if len(of) > 1 || sum < count {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// natural orders names with numbers in them: run-9 before run-10.
func natural(a, b string) bool {
	for a != "" && b != "" {
		x, restA := number(a)
		y, restB := number(b)
		if x >= 0 && y >= 0 {
			if x != y {
				return x < y
			}
			a, b = restA, restB
			continue
		}
		if a[0] != b[0] {
			return a[0] < b[0]
		}
		a, b = a[1:], b[1:]
	}
	return len(a) < len(b)
}

// number is the number that a text begins with and what follows; -1 where there is none, or one of too many digits.
func number(s string) (n int, rest string) {
	i := 0
	for i < len(s) && i < 15 && s[i] >= '0' && s[i] <= '9' {
		n = 10*n + int(s[i]-'0')
		i++
	}
	if i == 0 {
		return -1, s
	}
	return n, s[i:]
}
