package spec

import (
	"fmt"
	"reflect"
	"slices"

	"gorae/config"
	"gorae/data"
)

// Data says where the samples are and what each column is. Keys of one kind of data alone are in its section: see
// [RegisterData].
type Data struct {
	// Source is a file or embed:NAME. A relative path is relative to the experiment
	// file; ${NAME} stands for the environment variable NAME, and a path that
	// begins with one is relative to the current directory.
	Source string `keras:"source,required,file,remedy=name a data file or a sample such as embed:iris"`
	Labels string `keras:"labels,file"` // the labels' file (IDX, npy), or their array in an .npz
	// Target is what to predict: columns by name, 1-based number or the word last, or the word input for a network that
	// learns its own input (an autoencoder).
	Target []string `keras:"target,column,lone"`
	// Task is inferred from the target where it is left out.
	Task string `keras:"task,oneof=classification|regression|labels"`
	// LabelSeparator parts the labels of a cell where a sample may have several (task: labels): a mark such as |, ; or
	// a comma, which is found where it is left out.
	LabelSeparator string `keras:"label_separator"`
	// LabelThresholds says above which probability a label is said: half, 0.5, or f1, another one where the F1 score of
	// the label on the validation samples is clearly greater, which is inferred and needs test samples that judge it.
	LabelThresholds string `keras:"label_thresholds,oneof=f1|half"`
	// Scale says how the values of a regression are learnt: standardised with zscore,
	// which is inferred, or as they are with none.
	Scale string `keras:"target_scale,oneof=zscore|none"`
	data.Layout
	Rows     int      `keras:"rows,min=1,what=number of rows"` // the first rows of the file (lines of a text) alone
	Time     []string `keras:"time,column,lone"`               // the columns of the time, which orders rows
	Features Features `keras:"features"`
	Inputs   Inputs   `keras:"inputs"` // the columns of each named input of the network; nil: one input of all
	Test     *Test    `keras:"test"`   // a test set in files of its own

	sections []any // pointers to the sections of the tasks, in the order of registered
}

// OwnInput is the word in the place of a target that makes the input the target.
const OwnInput = "input"

// Test is a test set in files of its own.
type Test struct {
	Source string `keras:"source,required,file,remedy=name the file of the test set"`
	Labels string `keras:"labels,file"`
	Rows   int    `keras:"rows,min=1,what=number of rows"`
}

// Check finds what contradicts itself.
func (d *Data) Check() error {
	if err := d.Layout.Check(); err != nil {
		return err
	}
	if i := repeated(d.Target); i >= 0 {
		return config.Errorf("target", "%s stands twice", d.Target[i]).Fix("leave one out").Coded(config.Conflict)
	}
	if len(d.Target) > 1 && slices.Contains(d.Target, OwnInput) {
		return config.Errorf("target", "%s stands for all of the input", OwnInput).Fix("leave the other targets out").
			Coded(config.Conflict)
	}
	return nil
}

// repeated returns the index of the first word that stood before, −1 if there is none.
func repeated(words []string) int {
	for i, w := range words {
		if slices.Contains(words[:i], w) {
			return i
		}
	}
	return -1
}

// section is the registered keys of a task.
type section struct {
	task  string
	proto reflect.Type
	keys  []string
}

var registered []*section

// RegisterData gives a task keys of its own below data: the tagged fields of the struct that proto points to, such as
// &struct{ Series *Series `keras:"series"` }{}. It panics where a key has an owner already, which is a mistake in the
// program.
func RegisterData(task string, proto any) {
	t := reflect.TypeOf(proto)
	if t == nil || t.Kind() != reflect.Pointer || t.Elem().Kind() != reflect.Struct {
		panic(fmt.Sprintf("spec: the section of %s is %T, not a pointer to a struct", task, proto))
	}
	s := &section{task, t.Elem(), config.Keys(proto)}
	taken := config.Keys(&Data{})
	for _, k := range s.keys {
		if slices.Contains(taken, k) {
			panic(fmt.Sprintf("spec: the key data.%s of %s has an owner already", k, task))
		}
	}
	if slices.ContainsFunc(registered, func(r *section) bool { return r.task == task }) {
		panic("spec: the task " + task + " has a section already")
	}
	registered = append(registered, s)
	slices.SortFunc(registered, func(a, b *section) int { return slices.Compare([]string{a.task}, []string{b.task}) })
}

// Extensions returns the sections of the tasks; they implement [config.Extended].
func (d *Data) Extensions() []any {
	for _, s := range registered[len(d.sections):] {
		d.sections = append(d.sections, reflect.New(s.proto).Interface())
	}
	return d.sections
}

// Section returns the section of a task: a pointer to a struct of the type that the task registered, nil for a task
// that registered none.
func (d *Data) Section(task string) any {
	for i, s := range registered {
		if s.task != task {
			continue
		}
		if i < len(d.sections) {
			return d.sections[i]
		}
		return reflect.New(s.proto).Interface()
	}
	return nil
}

// WithSection returns d with another section of a task.
func (d Data) WithSection(task string, section any) Data {
	d.sections = slices.Clone(d.Extensions())
	for i, s := range registered {
		if s.task == task {
			if reflect.TypeOf(section) != reflect.PointerTo(s.proto) {
				panic(fmt.Sprintf("spec: the section of %s is %T, want *%v", task, section, s.proto))
			}
			d.sections[i] = section
		}
	}
	return d
}

// Owner returns the task that a key below data belongs to, "" for the keys of Data itself and for unknown ones.
func (Data) Owner(key string) string {
	for _, s := range registered {
		if slices.Contains(s.keys, key) {
			return s.task
		}
	}
	return ""
}

// Keys returns the keys that are set, those of the sections included, in their order.
func (d Data) Keys() []string {
	set := config.Given(&d)
	for _, s := range d.sections {
		set = append(set, config.Given(s)...)
	}
	return set
}

// Given reports whether a key is set.
func (d Data) Given(key string) bool { return slices.Contains(d.Keys(), key) }

// Foreign returns the first key that is set and belongs to another task, "" if there is none.
func (d Data) Foreign(task string) string {
	for _, k := range d.Keys() {
		if o := d.Owner(k); o != "" && o != task {
			return k
		}
	}
	return ""
}
