package run

import (
	"context"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"gorae/bundle"
	"gorae/data"
	"gorae/data/source"
	"gorae/format"
	"gorae/internal/doing"
	"gorae/internal/file"
	"gorae/internal/rowhash"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
)

// Prepared is an experiment with its data, read, split and preprocessed, and with all defaults of the experiment set.
type Prepared struct {
	Name  string
	Spec  *spec.Experiment // resolved
	Task  task.Task
	Model *model.Model // built, with its first weights

	// Parts are the samples by part with targets in the encoding of the losses; nil where there are none.
	// Augmented is the training samples as training sees them.
	Parts     [3]data.Dataset
	Augmented data.Dataset
	Fitted    task.Fitted
	Problem   task.Problem
	Training  *task.Training
	Notes     []string // decisions that the experiment left open, a line each
	// Guesses are the assumptions about tables that their files do not confirm.
	Guesses []data.Guess
	Assumed bool       // the target is a table's last column because the experiment names none
	Uses    *data.Uses // what the columns of a table become beside their values; nil where there is no table
	// Dependence says of each part which of its samples depend on each other.
	Dependence [3]task.Dependence

	how method // in which the network learns

	origin *origin           // the model file of train.start_from, where all layers begin with its weights
	state  *format.Optimizer // of the optimizer, which goes on from it; nil: it begins anew

	file    *spec.File
	read    []*source.Info     // that are read already
	sources []*source.Info     // of the samples and of the test set
	shared  *shared            // with further experiments; nil: nothing is
	once    sync.Once          // makes shared
	listed  []string           // the files that the source lists, such as pictures
	stdin   hash.Hash          // of what came from standard input
	found   *Inputs            // of the run directory, once it is opened
	hashes  [3]*rowhash.Hashes // of the samples by part, once they are evaluated
	copies  [3][]bool          // by part and sample: it is taken for a copy of a training sample; nil where none is
	known   *known             // what is left of the source, once the test samples are withheld
}

// Rows returns the number of samples of a part.
func (p *Prepared) Rows(part task.Part) int {
	if p.Parts[part] == nil {
		return 0
	}
	return p.Parts[part].Len()
}

// From says where the samples come from: data.source, or the key and the value in its place.
func (p *Prepared) From() string {
	if key := p.Spec.Data.Instead(); key != "" {
		return strings.TrimSpace(key + " " + spec.Flatten(p.Spec)["data."+key])
	}
	return p.Spec.Data.Source
}

// Source finds the source of the samples again, unread; nil where there is none, or where it can be read only once.
func (p *Prepared) Source() (*source.Info, error) {
	if d := &p.Spec.Data; d.Instead() != "" || d.Source == "-" {
		return nil, nil
	}
	s, err := p.source("data.source", p.Spec.Data.Source, p.Spec.Data.Labels, p.Spec.Data.Rows)
	if err != nil {
		return nil, p.file.Locate(err)
	}
	return s.Info, nil
}

// Prepare reads the data of an experiment and sets its defaults. Errors carry line and column of the experiment file.
// A source that is among those of read is not read again.
func Prepare(ctx context.Context, f *spec.File, read ...*source.Info) (*Prepared, error) {
	p := &Prepared{Name: f.Name, Spec: f.Experiment.Clone(), file: f, read: read}
	if err := p.prepare(ctx); err != nil {
		return nil, f.Locate(err)
	}
	return p, nil
}

// Again prepares another experiment as [Prepare] does. What it has in common with p is not read or computed again: the
// sources, and where data, split and seed are the same, what [task.Once] keeps. It may be called by several goroutines.
func (p *Prepared) Again(ctx context.Context, f *spec.File) (*Prepared, error) {
	p.once.Do(func() { p.shared = &shared{} })
	q := &Prepared{Name: f.Name, Spec: f.Experiment.Clone(), file: f, read: p.sources, shared: p.shared}
	if err := q.prepare(ctx); err != nil {
		return nil, f.Locate(err)
	}
	return q, nil
}

func (p *Prepared) prepare(ctx context.Context) error {
	in, err := p.input()
	if err != nil {
		return err
	}
	if p.shared != nil {
		in.Kept = p.shared.of(p.Spec)
	}
	if in.Source != nil {
		doing.Say(ctx, "reading %s", in.Source.Name)
	}
	for _, s := range []*task.Source{in.Source, in.Test} {
		if s != nil {
			p.sources = append(p.sources, s.Info)
		}
	}
	if p.Task, err = task.Of(in); err != nil {
		return err
	}
	if key := p.Spec.Data.Foreign(p.Task.Name()); key != "" {
		return task.Errorf("data."+key, "is a key for data of the kind %s, but %s is %s", p.Spec.Data.Owner(key),
			in.Source.Name, p.Task.Name()).
			AtKey().Fix("leave it out")
	}
	if _, key := p.Spec.Data.Bottleneck(); key != "" {
		if _, ok := p.Task.(task.Reconstructor); !ok {
			return task.Errorf("data."+key, "codes are of a network that learns its own input, and no network of the "+
				"kind %s does", p.Task.Name()).AtKey().Fix("leave it out, or give a table, arrays, pictures or texts")
		}
	}
	prepared, err := p.Task.Prepare(ctx, in)
	if err == nil && in.Spec.Data.SampleWeight != "" && prepared.Weights[task.Train] == nil {
		err = task.Errorf("data.sample_weight", "has no meaning for the task %s, whose samples are no rows of a table",
			p.Task.Name()).AtKey().Fix("leave it out")
	}
	if err != nil {
		return err
	}
	if q, ok := prepared.Fitted.(task.Quantiled); len(in.Spec.Data.Quantiles) > 0 && !(ok && q.Quantiles()) {
		return task.Errorf("data.quantiles", "has no meaning for the task %s, which predicts no numbers here",
			p.Task.Name()).AtKey().Fix("leave it out")
	}
	p.Fitted, p.Problem, p.Notes, p.listed = prepared.Fitted, prepared.Problem, in.Notes, in.Files
	p.Guesses, p.Dependence, p.Assumed, p.Uses = in.Guesses, in.Dependence, in.Assumed, in.Uses
	doing.Say(ctx, "building the network")
	if p.how, err = p.newMethod(); err != nil {
		return err
	}
	b, err := p.buildModel(prepared)
	if err != nil {
		return err
	}
	if err := p.how.settle(prepared, in, b); err != nil {
		return err
	}
	if err := p.checkMonitors(); err != nil {
		return err
	}
	if err := p.refittable(); err != nil {
		return err
	}
	return p.checkFiles()
}

// expand makes a path of the experiment file a path of the machine.
func (p *Prepared) expand(key, path string) (string, error) { return expand(p.file, key, path) }

// input returns the experiment and its sources for the task.
func (p *Prepared) input() (*task.Input, error) {
	in := &task.Input{Name: p.Name, Spec: p.Spec, Expand: p.expand, Model: p.openModel, Network: p.network}
	d := &p.Spec.Data
	var err error
	if d.Instead() == "" {
		if in.Source, err = p.source("data.source", d.Source, d.Labels, d.Rows); err != nil {
			return nil, err
		}
	}
	if t := d.Test; t != nil {
		in.Test, err = p.source("data.test.source", t.Source, t.Labels, t.Rows)
	}
	return in, err
}

// openModel opens a model file that a key of the experiment names.
func (p *Prepared) openModel(key, path string) (*task.Training, task.Fitted, error) {
	full, err := p.expand(key, path)
	if err != nil {
		return nil, nil, err
	}
	b, err := bundle.Open(full)
	if err != nil {
		return nil, nil, task.Errorf(key, "%v", err)
	}
	return task.NewTraining(b.Model, b.Losses, b.Metrics), b.Fitted, nil
}

// source finds what a key of the experiment names, without reading it.
func (p *Prepared) source(key, path, labels string, rows int) (*task.Source, error) {
	full, err := p.expand(key, path)
	if err != nil {
		return nil, err
	}
	o := source.Options{CSV: p.Spec.Data.CSV(), Labels: labels, Rows: rows, NoNetwork: !p.file.AllowNetwork,
		Cache: p.file.Cache}
	if full == "-" {
		p.stdin = sha256.New()
		o.Stdin = io.TeeReader(os.Stdin, p.stdin)
	}
	i, err := source.Find(full, o)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, task.Errorf(key, "%s: no such file",
			full).Fix("check the path, which is relative to the experiment file%s", file.Neighbour(full))
	case err != nil:
		return nil, task.Errorf(key, "%s", err)
	}
	if err := i.Foreign(); err != nil {
		return nil, task.Errorf(key, "%s", err)
	}
	if labels != "" && !i.Is("npz") && !i.Folder {
		if i.Labels, err = expand(p.file, strings.Replace(key, "source", "labels", 1), labels); err != nil {
			return nil, err
		}
	}
	for _, other := range p.read {
		i.Reuse(other)
	}
	return &task.Source{Info: i, Key: key}, nil
}

// modelName returns a name that Keras accepts for a model: letters, digits and _.
func modelName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, s)
	if s == "" {
		return "model"
	}
	return s
}
