package tune

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"sync"

	"gorae/data/sqlite"
	"gorae/internal/file"
)

// Store keeps a study in an SQLite database. Every change is a transaction: the database as it was is replaced by the
// one with the change, under a temporary name, synced and renamed, so that a process may be killed at any instant.
//
//	study(key, value)                                             the settings
//	trials(number, state, value, epochs, seconds, error)          value and the rest as of the last rung
//	params(trial, name, value)                                    of the parameters that exist; a choice by its option
//	jobs(trial, until, state, ended, diverged, failed, seconds)   trainings up to a rung
//	curves(trial, until, training, epoch, value)                  the objective after each epoch, to be minimised
type Store struct {
	path   string
	lock   sync.Mutex
	keys   []string
	values []string
	trials []storedTrial
	jobs   []storedJob
}

type storedTrial struct {
	Trial
	names  []string
	params []float64
}

type storedJob struct {
	trial, until int
	done         bool
	Outcome
}

// Settings are the settings of a study by their names, in their order.
type Settings [][2]string

// OpenStore opens the database of a study, or makes one where there is none. One of other settings is an error.
func OpenStore(path string, settings Settings) (*Store, error) {
	s := &Store{path: path}
	all, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, file.OpenError(path, err)
	default:
		if err := s.read(all); err != nil {
			return nil, fmt.Errorf("%w; begin another study", err)
		}
		for _, x := range settings {
			i := slices.Index(s.keys, x[0])
			if i < 0 || s.values[i] == x[1] {
				continue
			}
			return nil, &ChangedError{Path: path, Setting: x[0], Was: s.values[i], Is: x[1]}
		}
		return s, nil
	}
	for _, x := range settings {
		s.keys, s.values = append(s.keys, x[0]), append(s.values, x[1])
	}
	return s, s.write()
}

// ChangedError is the error of a study that was begun with another setting.
type ChangedError struct{ Path, Setting, Was, Is string }

func (e *ChangedError) Error() string {
	return fmt.Sprintf("%s: the study was begun with another %s: it was %s, is %s; undo that, or begin another study",
		e.Path, e.Setting, e.Was, e.Is)
}

// Setting returns a setting of the study; "" where it has none of this name.
func (s *Store) Setting(name string) string {
	if i := slices.Index(s.keys, name); i >= 0 {
		return s.values[i]
	}
	return ""
}

// Outcome returns what a trial has come to, as far as it is stored; nil: nothing is.
func (s *Store) Outcome(trial int) (o *Outcome) {
	s.lock.Lock()
	defer s.lock.Unlock()
	until := -1
	for i := range s.jobs {
		if j := &s.jobs[i]; j.done && j.trial == trial && j.until > until {
			o, until = &j.Outcome, j.until
		}
	}
	return o
}

// begin notes that a trial is trained, and returns the outcome where it is known already. A nil Store knows nothing.
func (s *Store) begin(space Space, t *Trial, until int) (*Outcome, error) {
	if s == nil {
		return nil, nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	row := storedTrial{Trial: *t}
	for i, v := range t.Values {
		if !math.IsNaN(v) {
			row.names, row.params = append(row.names, space[i].Name), append(row.params, v)
		}
	}
	if i := slices.IndexFunc(s.trials, func(x storedTrial) bool { return x.Number == t.Number }); i >= 0 {
		if was := &s.trials[i]; !slices.Equal(was.names, row.names) || !slices.Equal(was.params, row.params) {
			return nil, mismatch(s.path, t.Number)
		}
	}
	i := slices.IndexFunc(s.jobs, func(j storedJob) bool { return j.trial == t.Number && j.until == until })
	if i >= 0 {
		if j := &s.jobs[i]; j.done {
			return &j.Outcome, nil
		}
		return nil, nil
	}
	row.State = Running
	s.put(row)
	s.jobs = append(s.jobs, storedJob{trial: t.Number, until: until})
	return nil, s.write()
}

// end notes what came of a training.
func (s *Store) end(t *Trial, until int, o *Outcome) error {
	if s == nil {
		return nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	for i := range s.jobs {
		if j := &s.jobs[i]; j.trial == t.Number && j.until == until {
			j.done, j.Outcome = true, *o
		}
	}
	i := slices.IndexFunc(s.trials, func(x storedTrial) bool { return x.Number == t.Number })
	s.trials[i].Trial = *t
	return s.write()
}

// promoted notes a trial that has come to a further rung without being trained.
func (s *Store) promoted(t *Trial) error {
	if s == nil {
		return nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	i := slices.IndexFunc(s.trials, func(x storedTrial) bool { return x.Number == t.Number })
	s.trials[i].Trial = *t
	return s.write()
}

// put adds a trial or replaces it.
func (s *Store) put(row storedTrial) {
	if i := slices.IndexFunc(s.trials, func(x storedTrial) bool { return x.Number == row.Number }); i >= 0 {
		s.trials[i] = row
		return
	}
	s.trials = append(s.trials, row)
}

// write replaces the database.
func (s *Store) write() error {
	study := sqlite.Table{Name: "study", Columns: []string{"key", "value"}}
	for i, k := range s.keys {
		study.Rows = append(study.Rows, []any{k, s.values[i]})
	}
	trials := sqlite.Table{Name: "trials", Columns: []string{"number", "state", "value", "epochs", "seconds", "error"}}
	params := sqlite.Table{Name: "params", Columns: []string{"trial", "name", "value"}}
	for _, t := range s.trials {
		trials.Rows = append(trials.Rows, []any{t.Number, t.State.String(), t.Value, t.Epochs, t.Seconds, t.Error})
		for i, name := range t.names {
			params.Rows = append(params.Rows, []any{t.Number, name, t.params[i]})
		}
	}
	jobs := sqlite.Table{Name: "jobs", Columns: []string{"trial", "until", "state", "ended", "diverged", "failed",
		"seconds"}}
	curves := sqlite.Table{Name: "curves", Columns: []string{"trial", "until", "training", "epoch", "value"}}
	for _, j := range s.jobs {
		state, ended := Running, 0
		if j.done {
			state = Finished
		}
		if j.Ended {
			ended = 1
		}
		jobs.Rows = append(jobs.Rows, []any{j.trial, j.until, state.String(), ended, j.Diverged, j.Failed, j.Seconds})
		for k, c := range j.Curves {
			for e, v := range c {
				curves.Rows = append(curves.Rows, []any{j.trial, j.until, k, e + 1, v})
			}
		}
	}
	return file.Replace(s.path, func(w io.Writer) error {
		return sqlite.Write(w, study, trials, params, jobs, curves)
	})
}

// read takes the content of a database.
func (s *Store) read(all []byte) error {
	for _, t := range []struct {
		name string
		see  func(r row) error
	}{
		{"study", s.readSetting}, {"trials", s.readTrial}, {"params", s.readParam}, {"jobs", s.readJob},
		{"curves", s.readPoint},
	} {
		err := sqlite.Rows(all, t.name, func(values map[string]any) error { return t.see(values) })
		if err != nil {
			return fmt.Errorf("%s: %s: %w", s.path, t.name, err)
		}
	}
	return nil
}

func (s *Store) readSetting(r row) error {
	s.keys, s.values = append(s.keys, r.text("key")), append(s.values, r.text("value"))
	return nil
}

func (s *Store) readTrial(r row) error {
	state := slices.Index(stateNames, r.text("state"))
	if state < 0 {
		return fmt.Errorf("%q is no state of a trial", r.text("state"))
	}
	s.trials = append(s.trials, storedTrial{Trial: Trial{Number: r.whole("number"), State: State(state),
		Value: r.number("value"), Epochs: r.whole("epochs"), Seconds: r.number("seconds"), Error: r.text("error")}})
	return nil
}

func (s *Store) readParam(r row) error {
	k := slices.IndexFunc(s.trials, func(t storedTrial) bool { return t.Number == r.whole("trial") })
	if k < 0 {
		return fmt.Errorf("values of a trial %d that is not there", r.whole("trial"))
	}
	t := &s.trials[k]
	t.names, t.params = append(t.names, r.text("name")), append(t.params, r.number("value"))
	return nil
}

func (s *Store) readJob(r row) error {
	s.jobs = append(s.jobs, storedJob{trial: r.whole("trial"), until: r.whole("until"),
		done: r.text("state") == Finished.String(), Outcome: Outcome{Ended: r.whole("ended") == 1,
			Diverged: r.text("diverged"), Failed: r.text("failed"), Seconds: r.number("seconds")}})
	return nil
}

func (s *Store) readPoint(r row) error {
	k := slices.IndexFunc(s.jobs, func(j storedJob) bool {
		return j.trial == r.whole("trial") && j.until == r.whole("until")
	})
	training := r.whole("training")
	if k < 0 || training < 0 || training > len(s.jobs[k].Curves) {
		return errors.New("a curve of a training that is not there")
	}
	j := &s.jobs[k]
	if training == len(j.Curves) {
		j.Curves = append(j.Curves, nil)
	}
	j.Curves[training] = append(j.Curves[training], r.number("value"))
	return nil
}

// row is a row of a table by its columns.
type row map[string]any

func (r row) text(name string) string {
	v, _ := r[name].(string)
	return v
}

func (r row) whole(name string) int {
	v, _ := r[name].(int64)
	return int(v)
}

// number returns a number; NaN where there is none.
func (r row) number(name string) float64 {
	switch v := r[name].(type) {
	case float64:
		return v
	case int64:
		return float64(v)
	}
	return math.NaN()
}
