package experiment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/internal/yamltree"
	"gorae/loss"
	"gorae/metric"
	"gorae/prep/text"
	"gorae/source"
	"gorae/tensor"
)

// A form is what the samples of an experiment are: pictures, a table, arrays, …. Open, Run and
// Product are the same for all forms; where forms differ, form decides while a network is made and
// applied while it is used, and nothing else does. What both must know stands in the Recipe.

// kind is how a form is found.
type kind struct {
	// keys are those of the section data that decode reads.
	keys   []string
	decode func(e *Experiment) error
	// files are the keys below data that name files, for run directories.
	files []string
	// of is the form of a source, nil where the source is not of this kind.
	of func(r *Ready, o *origin) (form, error)
	// member is the key of the Recipe that says how raw data of this kind are read; "" where
	// another kind does it. applied is nil for a recipe without it.
	member  string
	applied func(r *Recipe) applied
}

// kinds are all of them: the first that takes a source, or a recipe, has it.
var kinds = []kind{languageKind, sequenceKind, seriesKind, pictureKind, tableKind, arrayKind}

// form makes networks of one kind of data.
type form interface {
	// open makes samples, parts them, fits what is fitted on the learning samples alone, and
	// sets its part of the Recipe.
	open(r *Ready) (samples, error)
	// network is the value of the key model where there is none.
	network(r *Ready, s samples) *yamltree.Node
	// fits says whether the model's output [batch, …] is what targets are compared with;
	// place is the key that decides on its extent.
	fits(r *Ready, out tensor.Shape, place string) error
	// loss and metrics are those of an experiment that has none; the model is known by then.
	loss(r *Ready) string
	metrics(r *Ready) []string
	// agrees finds a loss or a metric that can say nothing about the targets.
	agrees(r *Ready) error
	// about says in a few words what is foretold.
	about(r *Ready) string
	// finish adds to the report and to the run directory what is particular to the form;
	// the model has its best weights.
	finish(ctx context.Context, r *Ready, dir string, p *Report) error
}

// applied takes raw data of one kind through a trained network.
type applied interface {
	// check refuses a recipe that could not have been written.
	check() error
	// read opens raw samples: a path, embed:NAME, or "-" for stdin.
	read(p *Product, path string, stdin io.Reader, labels string) (*data.Source, error)
	// inputs is raw samples as the network takes them, without targets.
	inputs(p *Product, src *data.Source) (data.Dataset, error)
	// pairs is inputs beside targets as a loss compares them. target names another column
	// than that of the learning data; "" is the same.
	pairs(p *Product, src *data.Source, target string, l loss.Loss) (data.Dataset, error)
	// judge and measure are a loss and a metric (under its name) as they see targets and outputs:
	// metrics in the target's units.
	judge(l loss.Loss) loss.Loss
	measure(name string, m metric.Metric, l loss.Loss) metric.Metric
	// each is a metric for each target by itself, where there are several in units of their own.
	each(name string, m metric.Metric) []metric.Metric
	// remark says beside the figures what is particular to samples of this kind.
	remark(ctx context.Context, p *Product, src *data.Source, m *Remarks) error
	// rows is predictions as a table for people.
	rows(p *Product, src *data.Source, out *tensor.Tensor) (*rows, error)
}

// rows is a table that is written row by row.
type rows struct {
	header []string
	n      int
	row    func(i int, to []string) []string // appends row i
}

// samples is data as the network is to see it.
type samples struct {
	x     data.Dataset // inputs; also the targets, where labels is nil
	noun  string       // what samples are called; "" is rows
	shape tensor.Shape // of one sample
	dtype tensor.DType
	parts [3][]int // samples to learn from, to validate, to test
	// labels makes the targets, [samples, …], once the Recipe has its Target; the loss says in which
	// shape it wants them.
	labels func() (*tensor.Tensor, error)
	bytes  data.Dataset // x before it was scaled, where it is pictures of bytes
	// vocabulary is of text that became ids or bags; nil without text.
	vocabulary *text.Vocabulary
	apart      *samples // a test set apart; its parts are not looked at
}

// origin is the file or folder that holds the samples.
type origin struct {
	at     string // the key that names it
	path   string
	folder bool
	read   func() (*data.Source, error) // reads the file, once; a folder is an empty source
}

// origin finds what a key of the experiment names, unread.
func (r *Ready) origin(at, path, labels string) (*origin, error) {
	full, err := r.expand(at, path)
	if err != nil {
		return nil, err
	}
	o := &origin{at: at, path: full}
	rows := r.Data.Rows
	if at == "data.test.source" {
		rows = r.Data.Test.Rows
	}
	if st, err := os.Stat(full); err == nil && st.IsDir() && !data.HasTexts(os.DirFS(full)) {
		o.folder = true
		o.read = func() (*data.Source, error) { return &data.Source{}, nil }
		return o, nil
	} else if os.IsNotExist(err) && !strings.HasPrefix(full, data.Embed) {
		return nil, r.mistake(at, "%s: no such file; check the path, which is relative to the experiment file%s", full, neighbour(full))
	}
	options := source.Options{CSV: r.Data.CSV(), Labels: labels}
	if labels != "" && !strings.HasSuffix(strings.ToLower(full), ".npz") {
		if options.Labels, err = r.expand(strings.Replace(at, "source", "labels", 1), labels); err != nil {
			return nil, err
		}
	}
	var src *data.Source
	o.read = func() (*data.Source, error) {
		var err error
		if src != nil {
			return src, nil
		}
		if src, err = openTexts(full, options); src == nil && err == nil {
			src, err = source.Open(full, options)
			if data.IsText(full) && (err != nil || src.Table != nil && len(src.Table.Columns) == 1) {
				return nil, r.mistake(at, "%s is no table of columns; a language model of one text is data: {text: {window: 100}}, lines with a label each need labels: FILE", filepath.Base(full))
			}
		}
		if err == nil && rows > 0 {
			src = src.Head(rows)
		}
		return src, err
	}
	return o, nil
}

// find is the form of the experiment's data.
func (r *Ready) find() (form, error) {
	o, err := r.origin("data.source", r.Data.Source, r.Data.Labels)
	if err != nil {
		return nil, err
	}
	for _, k := range kinds {
		if f, err := k.of(r, o); f != nil || err != nil {
			return f, err
		}
	}
	return nil, errors.New("data.source: no kind of data") // the last kind takes all
}

// applied is how raw data go through the network of this recipe.
func (r *Recipe) applied() applied {
	for _, k := range kinds {
		if k.member == "" {
			continue
		}
		if a := k.applied(r); a != nil {
			return a
		}
	}
	return nil // check refuses such a recipe
}

// check wants data of exactly one kind.
func (r *Recipe) check() error {
	var members, claimed []string
	for _, k := range kinds {
		if k.member == "" {
			continue
		}
		members = append(members, k.member)
		if k.applied(r) != nil {
			claimed = append(claimed, k.member)
		}
	}
	if len(claimed) != 1 {
		return fmt.Errorf("exactly one of %s is needed", strings.Join(members, ", "))
	}
	return r.applied().check()
}

// fileKeys are the keys that name files.
func fileKeys() []string {
	keys := []string{"data.source", "data.labels", "data.test.source", "data.test.labels"}
	for _, k := range kinds {
		for _, f := range k.files {
			keys = append(keys, "data."+f)
		}
	}
	return keys
}
