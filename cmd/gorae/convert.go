package main

import (
	"fmt"

	"gorae/data"
	"gorae/data/export"
	"gorae/data/source"
	"gorae/internal/file"
	"gorae/internal/words"
	"gorae/layer"
)

type convertWords struct {
	From   string `arg:"" name:"data" help:"Data file that is read: whatever gorae data inspect reads as a table or arrays."`
	To     string `arg:"" name:"file" help:"File that is written; its extension names the format: .csv, .tsv, .jsonl, .parquet, .npy, .npz, those of text also with .gz."`
	Labels string `placeholder:"FILE" help:"File of the labels, where they are not in the same file."`
	Force  bool   `help:"Write over a file that is there."`

	data.Layout
}

// Help returns the text of gorae data convert --help.
func (convertWords) Help() string {
	return `Columns keep their types where the format has them: whole numbers, numbers, text, true and false, days and
times. Numbers are written with a decimal point and without marks between thousands. A missing value is an empty field,
null or NaN. Text is written as UTF-8. Of arrays each sample becomes a row.`
}

// Run converts a file.
func (w *convertWords) Run(o *environment) error {
	if err := w.Check(); err != nil {
		return usageError{fmt.Errorf("--%w", err)}
	}
	target, former, err := file.Target(w.To)
	if err != nil {
		return err
	}
	if former != nil && !w.Force {
		return usageError{fmt.Errorf("%s: there is a file of this name; --force writes over it", w.To)}
	}
	options := source.Options{CSV: w.CSV(), Labels: w.Labels, Stdin: o.stdin}
	options.CSV.Flags = true
	i, err := source.Find(w.From, options)
	if err != nil {
		return err
	}
	if err := i.Foreign(); err != nil {
		return err
	}
	o.at("reading %s", w.From)
	s, err := i.Read()
	if err != nil {
		return err
	}
	var notes []string
	if s.Table != nil {
		for _, g := range s.Table.Guesses {
			if g.Open {
				return fmt.Errorf("%s: %s", s.Table.Name, g)
			}
			notes = append(notes, s.Table.Name+": "+g.String())
		}
	}
	if err := o.note(notes); err != nil {
		return err
	}
	o.at("writing %s", w.To)
	write, err := export.For(w.To, s)
	if err != nil {
		return err
	}
	if err := file.Replace(target, write); err != nil {
		return err
	}
	what := "arrays"
	if t := s.Table; t != nil {
		what = fmt.Sprintf("%s × %s", words.Plural(t.Rows, "row"), words.Plural(len(t.Columns), "column"))
	} else if x := s.Arrays; x != nil && x.X != nil {
		what = fmt.Sprintf("%s samples of shape %v", layer.Thousands(x.X.Shape[0]), x.X.Shape[1:])
	}
	_, err = fmt.Fprintf(o.report, "%s: %s\n", line(w.To), what)
	return err
}
