package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"gorae/data"
	"gorae/data/image"
	"gorae/data/sequence"
	"gorae/data/series"
	"gorae/data/source"
	"gorae/prep/text"
)

type dataWords struct {
	List    listWords    `cmd:"" help:"List the embedded samples, with their sources and licences."`
	Inspect inspectWords `cmd:"" help:"Report what a data file holds: shape, columns, missing values, classes."`
}

type listWords struct {
	JSON bool `help:"Print a JSON object a line."`
}

// Run lists the samples.
func (w *listWords) Run(o *environment) error {
	if w.JSON {
		e := json.NewEncoder(o.stdout)
		for _, s := range data.Samples() {
			if err := e.Encode(s); err != nil {
				return err
			}
		}
		return nil
	}
	t := tabwriter.NewWriter(o.report, 0, 0, 2, ' ', 0)
	if _, err := fmt.Fprintln(t, "source\trows\tcolumns\ttarget\ttask\tabout"); err != nil {
		return err
	}
	for _, s := range data.Samples() {
		if _, err := fmt.Fprintf(t, "%s%s\t%d\t%d\t%s\t%s\t%s\n", data.Embed, s.Name, s.Rows, s.Columns, s.Target,
			s.Task, s.About); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, s := range data.Samples() {
		if _, err := fmt.Fprintf(o.report, "%s%s: %s. Licence: %s\n", data.Embed, s.Name, s.Source,
			s.Licence); err != nil {
			return err
		}
	}
	return nil
}

type inspectWords struct {
	File     string `arg:"" help:"Data file: csv, tsv, npy, npz, IDX (also .gz), a folder of pictures by class, a csv of their paths, sequences (.ts, .zip, a folder of csv files), embed:NAME, or - for standard input."`
	Target   string `placeholder:"COLUMN" help:"Target's column: a name, a 1-based number, or last."`
	Labels   string `placeholder:"FILE" help:"File of the labels, where they are not in the same file."`
	Time     string `placeholder:"COLUMN" help:"Column of the time (or two, date and time of day, with a comma): the rows are a series. A column of dates is taken for it if left out."`
	Sequence string `placeholder:"COLUMN" help:"Column that tells sequences apart, of a table in long form; after a comma the one that orders their steps."`
	JSON     bool   `help:"Print one JSON object."`

	data.Layout
}

// csv is how the words have a table read.
func (w *inspectWords) csv() data.CSVOptions {
	o := w.CSV()
	o.Flags = true
	return o
}

// noTable is an error where the words say how a table is read and the file is none.
func (w *inspectWords) noTable(what string) error {
	if key := w.Given(); key != "" {
		return fmt.Errorf("%s: --%s says how a table is read, but this is %s; leave it out", w.File, key, what)
	}
	return nil
}

// Run prints the report.
func (w *inspectWords) Run(o *environment) error {
	if key, err := w.Check(); err != nil {
		return usageError{fmt.Errorf("--%s: %w", key, err)}
	}
	if w.Sequence != "" || sequence.IsFile(w.File) || sequence.IsFolder(w.File) {
		return w.sequences(o)
	}
	var src *data.Source
	var err error
	if w.File == "-" {
		src, err = source.Read(o.stdin, "standard input", source.Options{CSV: w.csv(), Labels: w.Labels})
	} else {
		if _, serr := os.Stat(w.File); errors.Is(serr, fs.ErrNotExist) && !strings.HasPrefix(w.File, data.Embed) {
			return fmt.Errorf("%s: no such file; check the path, or see %s data list", w.File, program)
		}
		if st, err := os.Stat(w.File); err == nil && st.IsDir() && data.HasTexts(os.DirFS(w.File)) {
			return w.texts(o)
		} else if err == nil && st.IsDir() || image.LooksLike(w.File) {
			return w.pictures(o)
		}
		src, err = source.Open(w.File, source.Options{CSV: w.csv(), Labels: w.Labels})
		if data.IsText(w.File) && w.Given() == "" && (err != nil || src.Table != nil && len(src.Table.Columns) == 1) {
			return w.text(o) // no table
		}
	}
	if err != nil {
		return err
	}
	if src.Table == nil {
		err = w.noTable("an array")
	} else if src.Sample != nil {
		err = w.noTable("a sample whose columns are known")
	}
	if err != nil {
		return err
	}
	if src.Sample != nil && w.Target == "" {
		w.Target = src.Sample.Target
	}
	var r *data.Report
	if src.Table != nil && w.File != "-" && image.PathColumn(src.Table) != "" {
		r, err = image.InspectList(src.Table, image.PathColumn(src.Table), filepath.Dir(w.File), w.Target,
			image.Options{})
	} else {
		r, err = data.Inspect(src, w.Target)
	}
	if err != nil {
		return err
	}
	if src.Table != nil {
		time, err := series.TimeColumns(src.Table)
		if err != nil {
			r.Warnings = append(r.Warnings, err.Error())
		}
		if w.Time != "" {
			time = nil
			for _, name := range strings.Split(w.Time, ",") {
				c, err := src.Table.Column(strings.TrimSpace(name))
				if err != nil {
					return fmt.Errorf("--time: %w", err)
				}
				time = append(time, c.Name)
			}
		}
		if time != nil {
			var guesses []data.Guess
			if r.Series, guesses, err = series.Inspect(src.Table, time); err != nil {
				return err
			}
			r.Guesses = append(r.Guesses, guesses...)
		}
	} else if w.Time != "" {
		return fmt.Errorf("%s: --time %s: only a table's rows are a series; leave it out", w.File, w.Time)
	}
	describe(r, src.Table)
	return w.print(o, r)
}

// describe adds what there is to say of a table's prose.
func describe(r *data.Report, t *data.Table) {
	if t == nil {
		return
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Name == r.Target || !text.IsProse(c) {
			continue
		}
		texts := make([]string, t.Rows)
		for k := range texts {
			texts[k] = c.Text(k)
		}
		r.Texts = append(r.Texts, text.Describe(c.Name, texts))
	}
}

// text reports on one text.
func (w *inspectWords) text(o *environment) error {
	s, err := data.OpenText(w.File)
	if err != nil {
		return err
	}
	name := filepath.Base(w.File)
	return w.print(o, &data.Report{Name: name, Samples: 1, Texts: []data.TextReport{text.Describe(name, []string{s})}})
}

// texts reports on a folder of texts by class.
func (w *inspectWords) texts(o *environment) error {
	if err := w.noTable("a folder of texts"); err != nil {
		return err
	}
	t, err := data.TextFolder(os.DirFS(w.File), w.File)
	if err != nil {
		return err
	}
	r, err := data.Inspect(&data.Source{Table: t}, "class")
	if err != nil {
		return err
	}
	describe(r, t)
	return w.print(o, r)
}

// sequences reports on samples that are sequences of their own.
func (w *inspectWords) sequences(o *environment) error {
	if sequence.IsFile(w.File) && !strings.HasSuffix(strings.ToLower(w.File), ".zip") {
		if err := w.noTable("a file of sequences"); err != nil {
			return err
		}
	}
	id, step, _ := strings.Cut(w.Sequence, ",")
	r := sequence.Reading{ID: strings.TrimSpace(id), Step: strings.TrimSpace(step), Labels: w.Labels, Target: w.Target}
	var set *sequence.Set
	var err error
	if w.File == "-" {
		var src *data.Source
		if src, err = source.Read(o.stdin, "standard input", source.Options{CSV: w.csv()}); err == nil {
			set, err = r.From(src)
		}
	} else {
		set, err = r.Open(w.File, w.csv())
	}
	if err != nil {
		return err
	}
	report, err := sequence.Inspect(set)
	if err != nil {
		return err
	}
	return w.print(o, report)
}

// pictures reports on a folder of pictures, or on one.
func (w *inspectWords) pictures(o *environment) error {
	if err := w.noTable("pictures"); err != nil {
		return err
	}
	files := image.Single(w.File)
	if st, err := os.Stat(w.File); err == nil && st.IsDir() {
		var err error
		if files, err = image.Folder(w.File); err != nil {
			return err
		}
	}
	r, err := image.Inspect(files, image.Options{})
	if err != nil {
		return err
	}
	return w.print(o, r)
}

func (w *inspectWords) print(o *environment, r *data.Report) error {
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(r)
	}
	shown := *r
	shown.Name = line(r.Name) // a file's name may hold line ends
	_, err := fmt.Fprint(o.report, &shown)
	return err
}
