// Package scaffold chooses an experiment for a data file: what is predicted, what kind of samples the rows are, and how
// they are split. Everything else is what a training infers (package run), so that the file of gorae init and a
// training without one agree.
//
// It stands above run, which reads the data and sets the defaults that are written down here.
package scaffold

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gorae/data"
	"gorae/data/source"
	"gorae/internal/file"
	"gorae/run"
	"gorae/spec"
	"gorae/task/inspect"
)

// Kinds of samples that Request.Task may ask for.
const (
	Classification = "classification"
	Regression     = "regression"
	Series         = "series"
	Groups         = "groups" // without a target
)

// Kinds lists the words of Request.Task.
func Kinds() []string { return []string{Classification, Regression, Series, Groups} }

// Request is a data file and what the user says of it.
type Request struct {
	Source string // a file, a folder, embed:NAME or a URL
	Labels string // the file of the labels, "" without one
	Target string // the column to predict, "" where nothing is said
	Task   string // one of Kinds, "" where nothing is said
	// Path is where the experiment file is to stand: relative paths in it start from its folder.
	Path         string
	Set          []string // assignments (path=value), which go before every choice
	AllowNetwork bool
	Cache        *data.Cache // of large tables; nil: they are read into memory
	// Read is the source where it is read already; nil: it is not.
	Read *source.Info
}

// Draft is the experiment that was chosen, and why.
type Draft struct {
	File *spec.File
	// Report is what inspection says of the data; nil where the kind of data has none.
	Report *data.Report
	// Reasons say why a key has its value.
	Reasons []spec.Comment

	settings []string
	source   *source.Info
}

// Source is the source that the experiment was chosen by.
func (d *Draft) Source() *source.Info { return d.source }

// Prepare prepares the experiment. The data are those that it was chosen by, and are not read again.
func (d *Draft) Prepare(ctx context.Context) (*run.Prepared, error) {
	return run.Prepare(ctx, d.File, d.source)
}

// New chooses an experiment.
func New(ctx context.Context, r Request) (*Draft, error) {
	if r.Source == "-" {
		return nil, fmt.Errorf("standard input: an experiment file names data that can be read again; write them " +
			"into a file and name that")
	}
	if r.Task != "" && !slices.Contains(Kinds(), r.Task) {
		return nil, fmt.Errorf("--task %s: not one of %s", r.Task, strings.Join(Kinds(), ", "))
	}
	d := &Draft{}
	from, err := r.within(r.Source)
	if err != nil {
		return nil, err
	}
	d.set("data.source", from)
	if r.Labels != "" {
		labels, err := r.within(r.Labels)
		if err != nil {
			return nil, err
		}
		d.set("data.labels", labels)
	}
	if r.Target != "" && r.Task == Groups {
		return nil, fmt.Errorf("--task groups: groups of samples have no target; leave --target %s out", r.Target)
	}
	if r.Target != "" {
		d.set("data.target", r.Target)
	}
	i, err := Find(r.Source, r.Labels, r.AllowNetwork, r.Cache)
	if err != nil {
		return nil, err
	}
	i.Reuse(r.Read)
	d.source = i
	if err := d.choose(r, i); err != nil {
		return nil, err
	}
	f, err := spec.Parse(r.Path, nameOf(r.Source), []byte("{}"), append(d.settings, r.Set...)...)
	if err != nil {
		return nil, err
	}
	// Nobody wrote the text, so that mistakes that are found later have no place in it.
	d.File = &spec.File{Name: f.Name, Path: f.Path, Dir: f.Dir, AllowNetwork: r.AllowNetwork, Cache: r.Cache,
		Experiment: f.Experiment}
	return d, nil
}

// Find finds the source that an experiment is to be chosen for. A cache of nil reads tables into memory.
func Find(name, labels string, network bool, cache *data.Cache) (*source.Info, error) {
	return source.Find(name, source.Options{Labels: labels, NoNetwork: !network, Cache: cache})
}

// set makes an assignment.
func (d *Draft) set(path, value string) {
	d.settings = append(d.settings, path+"="+strconv.Quote(value))
}

// because notes why a key has its value.
func (d *Draft) because(path, format string, args ...any) {
	d.Reasons = append(d.Reasons, spec.Comment{Path: path, Text: fmt.Sprintf(format, args...)})
}

// within returns the name of a source as an experiment file at Path has it.
func (r *Request) within(name string) (string, error) {
	if strings.Contains(name, ":") && !filepath.IsAbs(name) || filepath.IsAbs(name) || r.Path == "" {
		return name, nil
	}
	rel, err := filepath.Rel(filepath.Dir(r.Path), name)
	if err != nil {
		return "", fmt.Errorf("%s: cannot be named from %s: %w", name, filepath.Dir(r.Path), file.Cause(err))
	}
	return filepath.ToSlash(rel), nil
}

// nameOf is the name of an experiment about a source.
func nameOf(s string) string {
	s = strings.TrimSuffix(filepath.ToSlash(s), "/")
	s = s[strings.LastIndexAny(s, "/:")+1:]
	s = strings.TrimSuffix(s, ".gz")
	if s = strings.TrimSuffix(s, filepath.Ext(s)); s == "" {
		return "experiment"
	}
	return s
}

// choose looks at the source.
func (d *Draft) choose(r Request, i *source.Info) error {
	if i.Is("text") && !i.Once && r.Labels == "" && r.Target == "" {
		if src, err := i.Read(); err != nil || src.Table != nil && len(src.Table.Columns) == 1 {
			d.settings = append(d.settings, "data.text.window=100")
			d.because("data.text", "one text: a language model learns to go on with it")
			return nil
		}
	}
	if !i.Readable() {
		return nil // folders and pictures are what their task makes of them
	}
	src, err := i.Read()
	if err != nil {
		return err
	}
	if src.Table != nil {
		if i, src, err = d.layout(r, i, src); err != nil {
			return err
		}
		if err := d.table(r, src); err != nil {
			return err
		}
	} else if r.Task == Groups {
		d.settings = append(d.settings, "data.cluster={}")
	}
	q := inspect.Request{Source: i, Target: r.Target}
	d.Report, err = q.Report()
	return err
}

// IsData reports whether a path names data and no experiment file: an embedded sample, a URL, or a file or folder that
// is there and is no YAML.
func IsData(path string) bool {
	if path == "" {
		return false
	}
	if strings.HasPrefix(path, data.Embed) || strings.Contains(path, "://") {
		return true
	}
	switch strings.ToLower(filepath.Ext(path)) {
	case ".yaml", ".yml", ".json":
		return false
	}
	st, err := os.Stat(path)
	if err != nil {
		return false
	}
	if st.IsDir() { // of a run
		_, err := os.Stat(filepath.Join(path, spec.ExperimentFile))
		return err != nil
	}
	return true
}
