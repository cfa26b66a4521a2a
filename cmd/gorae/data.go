package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"gorae/data"
	"gorae/data/source"
	"gorae/run"
	"gorae/task/inspect"
)

type dataWords struct {
	List      listWords      `cmd:"" help:"List the embedded samples, with their sources and licences."`
	Inspect   inspectWords   `cmd:"" help:"Report what a data file holds: shape, columns, missing values, classes."`
	Get       getWords       `cmd:"" help:"Get a published data set from the network or a mirror, checked by its SHA-256."`
	Convert   convertWords   `cmd:"" help:"Write a data file as one of another format: csv, tsv, JSON lines, Parquet, npy, npz."`
	Batch     batchWords     `cmd:"" help:"Print a batch of the training samples as the network is given it."`
	Vectorize vectorizeWords `cmd:"" help:"Print what texts become: one-hot rows, ids, bags of words."`
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
	if _, err := fmt.Fprintln(t, "source\trows\tcolumns\ttarget\ttask"); err != nil {
		return err
	}
	for _, s := range data.Samples() {
		if _, err := fmt.Fprintf(t, "%s%s\t%d\t%d\t%s\t%s\n", data.Embed, s.Name, s.Rows, s.Columns, s.Target,
			s.Task); err != nil {
			return err
		}
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, s := range data.Samples() {
		text := o.by.Sprintf("%s: %s. Source: %s. Licence: %s", data.Embed+s.Name, o.by.Text(s.About), s.Source,
			o.by.Text(s.Licence)) // the source has titles and names, which stay
		if _, err := fmt.Fprintln(o.said, text); err != nil {
			return err
		}
	}
	return nil
}

type inspectWords struct {
	File     string `arg:"" help:"Data file: csv, tsv, JSON lines, Parquet, xlsx, npy, npz, IDX (also .gz), a folder of pictures by class, a csv of their paths, sequences (.ts, .zip, a folder of csv files), embed:NAME, an experiment file (.yaml), or - for standard input."`
	Target   string `placeholder:"COLUMN" help:"Target's column: a name, a 1-based number, or last; columns of labels with commas between."`
	Labels   string `placeholder:"FILE" help:"File of the labels, where they are not in the same file."`
	Time     string `placeholder:"COLUMN" help:"Column of the time (or two, date and time of day, with a comma): the rows are a series. A column of dates is taken for it if left out."`
	Sequence string `placeholder:"COLUMN" help:"Column that tells sequences apart, of a table in long form; after a comma the one that orders their steps."`
	JSON     bool   `help:"Print one JSON object."`
	Network  bool   `name:"allow-network" help:"Let the experiment open URLs and databases."`

	data.Layout
}

// Run prints the report.
func (w *inspectWords) Run(o *environment) error {
	if err := w.Check(); err != nil {
		return usageError{fmt.Errorf("--%w", err)}
	}
	if holdsModel(w.File) {
		if w.JSON {
			return usageError{fmt.Errorf("--json: %s holds no samples; leave it out", w.File)}
		}
		return (&summaryWords{Of: w.File}).Run(o)
	}
	if experimentFile(w.File) {
		return w.experiment(o)
	}
	options := source.Options{CSV: w.CSV(), Labels: w.Labels, Stdin: o.stdin}
	options.CSV.Flags = true
	i, err := source.Find(w.File, options)
	if err != nil {
		return err
	}
	q := inspect.Request{Source: i, Layout: w.Layout, Target: w.Target, Time: columns(w.Time)}
	if c := columns(w.Sequence); c != nil {
		if q.ID = c[0]; len(c) > 1 {
			q.Step = c[1]
		}
	}
	o.at("reading %s", w.File)
	r, err := q.Report()
	if err != nil {
		return err
	}
	if w.JSON {
		return json.NewEncoder(o.stdout).Encode(r)
	}
	shown := *r
	shown.Name = line(r.Name) // a file's name may hold line ends
	_, err = fmt.Fprint(o.report, &shown)
	return err
}

// columns returns the columns that a word names, with commas between.
func columns(word string) []string {
	if word == "" {
		return nil
	}
	var names []string
	for _, name := range strings.Split(word, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	return names
}

type batchWords struct {
	Experiment string   `arg:"" help:"Experiment file (YAML)."`
	Number     int      `default:"1" placeholder:"N" help:"Which batch of the epoch, from 1."`
	Epoch      int      `default:"1" placeholder:"N" help:"Which epoch, from 1: each has an order of its own."`
	Rows       int      `default:"3" placeholder:"N" help:"How many samples of the batch to print."`
	Set        []string `placeholder:"PATH=VALUE" sep:"none" help:"Change a setting, such as train.epochs=3 or model[0].dense.units=32. May be repeated."`
	Network    bool     `name:"allow-network" help:"Let the experiment open URLs and databases."`
}

// Run prints a batch.
func (w *batchWords) Run(o *environment) error {
	if w.Rows < 1 {
		return usageError{fmt.Errorf("--rows %d: give 1 or more", w.Rows)}
	}
	f, err := run.Read(w.Experiment, w.Set...)
	if err != nil {
		return err
	}
	f.AllowNetwork = w.Network
	p, err := run.Prepare(o.ctx, f)
	if err != nil {
		return err
	}
	b, err := p.Batch(w.Epoch, w.Number)
	if err != nil {
		return usageError{err}
	}
	return b.Write(o.report, o.stdout, w.Rows)
}
