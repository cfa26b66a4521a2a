// Package inspect reports on what a source holds before anything is trained: it finds the source's format as every
// command does (data/source), reads it, and puts together what the packages of its kind of data say of it.
package inspect

import (
	"fmt"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/data/image"
	"gorae/data/sequence"
	"gorae/data/series"
	"gorae/data/source"
	"gorae/prep/text"
)

// Request is the source to report on, with the settings for reading it.
type Request struct {
	Source *source.Info
	// Layout is how a table is read, as the user gave it; an error where it is given and the source is no table. The
	// options of Source have it too.
	Layout data.Layout
	// Target is the target's column, or columns of labels with commas between; "": none, or that of an embedded sample.
	Target string
	// Time is the columns of the time, by name or place; none: columns of dates are taken for it.
	Time []string
	// ID is the column that tells sequences apart, of a table in long form, and Step the one that orders their steps.
	ID, Step string
}

// Report reads the source and reports on it.
func (q *Request) Report() (*data.Report, error) {
	r, err := q.report()
	if err == nil {
		r.WarnImbalance()
	}
	return r, err
}

func (q *Request) report() (*data.Report, error) {
	switch i := q.Source; {
	case q.ID != "" || i.Is("ts", "zip", "sequences"):
		return q.sequences()
	case i.Is("picture", "pictures") && !i.Once:
		return q.pictures()
	case i.Is("texts"):
		return q.texts()
	}
	return q.samples()
}

// foreign returns an error where the user says how a table is read and the source is none.
func (q *Request) foreign(what string) error {
	if key := q.Layout.Given(); key != "" {
		return fmt.Errorf("%s: %s says how a table is read, but this is %s; leave it out", q.Source.Path,
			q.Source.CSV.Setting(key), what)
	}
	return nil
}

// samples reports on a table, on arrays, or on a text that is no table.
func (q *Request) samples() (*data.Report, error) {
	if err := q.Source.Foreign(); err != nil {
		return nil, err
	}
	src, err := q.Source.Read()
	if q.Source.Is("text") && !q.Source.Once && q.Layout.Given() == "" &&
		(err != nil || src.Table != nil && len(src.Table.Columns) == 1) {
		return q.text()
	}
	if err != nil {
		return nil, err
	}
	if src.Table == nil {
		err = q.foreign("an array")
	} else if src.Sample != nil {
		err = q.foreign("a sample whose columns are known")
	}
	if err != nil {
		return nil, err
	}
	if src.Sample != nil && q.Target == "" {
		q.Target = src.Sample.Target
	}
	if src.Table == nil {
		if q.Time != nil {
			return nil, fmt.Errorf("%s: --time %s: only a table's rows are a series; leave it out", q.Source.Path,
				strings.Join(q.Time, ","))
		}
		r, err := data.Inspect(src, "")
		if err != nil {
			return nil, err
		}
		return r, labelArray(r, src.Arrays)
	}
	return q.table(src)
}

// table reports on a table: of columns, of paths of pictures; on the series that its rows are; on its prose.
func (q *Request) table(src *data.Source) (r *data.Report, err error) {
	several, target := q.labelColumns(src.Table), q.Target
	if several != nil {
		target = several[len(several)-1]
	}
	if paths := image.PathColumn(src.Table); paths != "" && q.Source.Scheme == "file" {
		r, err = image.InspectList(src.Table, paths, filepath.Dir(q.Source.Path), target, image.Options{})
	} else {
		r, err = data.Inspect(src, target)
	}
	if err != nil {
		return nil, err
	}
	if err := labels(r, src.Table, several); err != nil {
		return nil, err
	}
	if err := series.Report(r, src.Table, q.Time); err != nil {
		return nil, err
	}
	text.Report(r, src.Table)
	return r, nil
}

// text reports on one text.
func (q *Request) text() (*data.Report, error) {
	s, err := q.Source.Text()
	if err != nil {
		return nil, err
	}
	name := q.Source.Name
	return &data.Report{Name: name, Samples: 1, Texts: []data.TextReport{text.Describe(name, []string{s})}}, nil
}

// texts reports on a folder of texts by class.
func (q *Request) texts() (*data.Report, error) {
	if err := q.foreign("a folder of texts"); err != nil {
		return nil, err
	}
	src, err := q.Source.Read()
	if err != nil {
		return nil, err
	}
	r, err := data.Inspect(src, "class")
	if err != nil {
		return nil, err
	}
	text.Report(r, src.Table)
	return r, nil
}

// pictures reports on a folder of pictures, or on one.
func (q *Request) pictures() (*data.Report, error) {
	if err := q.foreign("pictures"); err != nil {
		return nil, err
	}
	files := image.Single(q.Source.Path)
	if q.Source.Folder {
		var err error
		if files, err = image.Folder(q.Source.Path); err != nil {
			return nil, err
		}
	}
	return image.Inspect(files, image.Options{})
}

// sequences reports on samples that are sequences of their own.
func (q *Request) sequences() (*data.Report, error) {
	if q.Source.Is("ts") {
		if err := q.foreign("a file of sequences"); err != nil {
			return nil, err
		}
	}
	r := sequence.Reading{ID: q.ID, Step: q.Step, Labels: q.Source.Labels, Target: q.Target}
	var set *sequence.Set
	var err error
	if q.Source.Readable() && !q.Source.Is("npz") {
		var src *data.Source
		if src, err = q.Source.Read(); err == nil {
			set, err = r.From(src)
		}
	} else {
		set, err = r.Open(q.Source.Path, q.Source.CSV)
	}
	if err != nil {
		return nil, err
	}
	return sequence.Inspect(set)
}
