package task

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"gorae/spec"
)

// Task is a kind of data. Implementations are stateless and safe for concurrent use.
type Task interface {
	// Name is the word for the task in model files and messages: tabular, image, series, ….
	Name() string
	// Section is a pointer to a new struct whose tagged fields are the keys of the data section
	// that belong to the task, all unset; nil if it has none.
	Section() any
	// Detect returns how well the task fits the source, which is there. It need not look at keys of its own section: a
	// task with a key that is given is asked alone, and refuses sources that it cannot read by [None].
	Detect(in *Input) (Score, error)
	// Prepare reads the samples, splits them, fits the preprocessing on the training samples alone, and sets the
	// keys of in.Spec.Data and in.Spec.Split that were left open.
	Prepare(ctx context.Context, in *Input) (*Prepared, error)
	// Restore reads the JSON of a Fitted. It refuses values that no training could have written: model files may be
	// untrusted.
	Restore(b json.RawMessage) (Fitted, error)
}

// Score is how well a task fits a source.
type Score uint8

const (
	None     Score = iota // the task cannot read the source
	Fallback              // the task can read any source of this type
	Likely                // the content looks like the task's
	Typical               // the form of the file is the task's own
)

var tasks []Task // in the order of their names

// Register adds a task. It panics if the name or a key of the section is taken.
func Register(t Task) {
	if _, ok := Find(t.Name()); ok {
		panic("task: " + t.Name() + " is registered twice")
	}
	if s := t.Section(); s != nil {
		spec.RegisterData(t.Name(), s)
	}
	tasks = append(tasks, t)
	for i := len(tasks) - 1; i > 0 && tasks[i].Name() < tasks[i-1].Name(); i-- {
		tasks[i], tasks[i-1] = tasks[i-1], tasks[i]
	}
}

// Reader reads the JSON of a [Fitted], as Task.Restore does.
type Reader func(b json.RawMessage) (Fitted, error)

// readers are those that were registered without their tasks, or before them.
var readers = map[string]Reader{}

// RegisterFitted adds what opens the models of a task of that name. A task's package needs it only where programs that
// predict import that part alone, since a registered Task links all that an experiment may hold.
func RegisterFitted(name string, r Reader) { readers[name] = r }

// FindReader returns what opens the models of a task.
func FindReader(name string) (Reader, bool) {
	if r, ok := readers[name]; ok {
		return r, true
	}
	if t, ok := Find(name); ok {
		return t.Restore, true
	}
	return nil, false
}

// All returns the registered tasks, in the order of their names.
func All() []Task {
	return append([]Task(nil), tasks...)
}

// Find returns the task of a name.
func Find(name string) (Task, bool) {
	for _, t := range tasks {
		if t.Name() == name {
			return t, true
		}
	}
	return nil, false
}

// Names lists the tasks whose models can be opened.
func Names() []string {
	var names []string
	for _, t := range tasks {
		names = append(names, t.Name())
	}
	for name := range readers {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Of returns the task of an experiment's source: the one whose keys the experiment gives, or else the one with the
// greatest score. Equal scores of two tasks are a mistake in their Detect methods, which is reported and not
// decided at random.
func Of(in *Input) (Task, error) {
	if t, err := given(in); t != nil || err != nil {
		return t, err
	}
	var best, tie Task
	var score Score
	var failed error // of reading the source; a task may know it without having read it
	for _, t := range All() {
		s, err := t.Detect(in)
		if err != nil && failed == nil {
			failed = err
		}
		switch {
		case s > score:
			best, tie, score = t, nil, s
		case s == score && s > None:
			tie = t
		}
	}
	switch {
	case failed != nil && score < Typical:
		return nil, in.Source.Errorf("%v", failed)
	case best == nil && in.Source.Format() != nil && !in.Source.Readable(): // a format that is known and not read
		_, err := in.Source.Read()
		return nil, in.Source.Errorf("%v", err)
	case best == nil:
		return nil, Errorf("data.source", "%s is no kind of data that this program reads (%s)", in.Source.Name,
			strings.Join(Names(), ", "))
	case tie != nil:
		return nil, Errorf("data.source", "%s may be data for the tasks %s and %s", in.Source.Name, best.Name(),
			tie.Name()).
			Fix("give a key of one of them below data")
	}
	return best, nil
}

// Reconstructor is a Task whose networks can learn their own input, which data.codes and data.cluster ask for.
type Reconstructor interface {
	Task
	Reconstructs()
}

// given returns the task whose keys the experiment gives; nil where it gives none.
func given(in *Input) (Task, error) {
	d := &in.Spec.Data
	key, owner := "", ""
	for _, k := range d.Keys() {
		switch o := d.Owner(k); {
		case o == "" || o == owner:
		case owner == "":
			key, owner = k, o
		default:
			return nil, Errorf("data."+k, "is a key of the task %s, but data.%s is one of the task %s", o, key,
				owner).AtKey().Fix("leave one of them out")
		}
	}
	if owner == "" {
		return nil, nil
	}
	t, _ := Find(owner)
	if in.Source == nil { // the key in the place of data.source is the task's own
		return t, nil
	}
	s, err := t.Detect(in)
	switch {
	case err != nil:
		return nil, in.Source.Errorf("%v", err)
	case s == None:
		return nil, Errorf("data."+key, "is a key of the task %s, which %s is no data for", owner,
			in.Source.Name).AtKey().Fix("leave it out")
	}
	return t, nil
}
