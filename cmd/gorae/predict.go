package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gorae/bundle"
	"gorae/data/series"
	"gorae/internal/file"
	"gorae/layer"
	"gorae/task"
	"gorae/tensor"
)

type predictWords struct {
	Model    string  `arg:"" help:"Model file (.keras, .h5)."`
	Input    string  `required:"" placeholder:"FILE" help:"Raw samples: csv, JSON lines, Parquet or xlsx (rows, a series or sequences), lines of text, npy, npz (also of the columns of a table), IDX, .ts, .zip, a picture, a folder or a csv of pictures, embed:NAME, or - for standard input."`
	Output   string  `required:"" placeholder:"FILE" help:".csv: ids, prediction and p(CLASS); .npy: the network's raw output (.npz: of several outputs); - is csv on standard output. Of restored pictures: a folder, .png of one, .npy of one size, .npz."`
	Steps    int     `placeholder:"N" help:"Of a series: predict N steps beyond its end, each forecast fed back as if it had been observed."`
	Spread   bool    `help:"Of an ensemble: add how far its networks are apart, as a column behind each prediction."`
	Interval float64 `placeholder:"P" help:"Add what a value is within with this probability, such as 0.9, by the errors on the validation samples: lower and upper of a number, the set of possible classes."`
	Threads  int     `placeholder:"N" help:"Threads to use; all cores if left out."`
}

// Run writes the predictions.
func (w *predictWords) Run(o *environment) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	ext := strings.ToLower(filepath.Ext(w.Output))
	pictures := ext == ".png" || ext == "" && w.Output != "-" // forms of pictures alone
	if w.Output != "-" && !pictures && ext != ".csv" && ext != ".npy" && ext != ".npz" {
		return usageError{w.form(ext)}
	}
	if ext != "" {
		if err := w.target(); err != nil {
			return err
		}
	}
	b, err := o.open(w.Model)
	if err != nil {
		return err
	}
	src, err := o.source(w.Input, "")
	if err != nil {
		return err
	}
	if w.Steps != 0 {
		return w.forecast(o, b, src, ext)
	}
	o.at("reading %s", w.Input)
	bound, err := b.Bind(src)
	if err != nil {
		return err
	}
	if err := o.note(bound.Notes); err != nil {
		return err
	}
	if bound.Pictures != nil && ext != ".npy" {
		return w.pictures(o, b, bound, ext)
	}
	if pictures {
		return usageError{w.form(ext)}
	}
	names := b.Model.OutputNames()
	if bound.Model != nil {
		names = bound.Model.OutputNames()
	}
	if len(names) > 1 && ext == ".npy" {
		return usageError{fmt.Errorf("--output %s: the model has the outputs %s; give a name that ends in .npz or "+
			".csv", w.Output, strings.Join(names, ", "))}
	}
	if ext != ".npy" && ext != ".npz" && bound.Decode == nil {
		return fmt.Errorf("%s: predictions for an array have no words; write them as .npy", bound.Name)
	}
	out, err := b.Predict(o.ctx, bound)
	if err != nil {
		return err
	}
	if (w.Spread || w.Interval != 0) && ext != ".csv" && w.Output != "-" {
		return usageError{fmt.Errorf("--spread and --interval are columns of a .csv; %s is none", w.Output)}
	}
	if w.Spread {
		if err := b.Spread(o.ctx, bound); err != nil {
			return err
		}
	}
	if w.Interval != 0 {
		if err := b.Interval(bound, w.Interval); err != nil {
			return err
		}
	}
	write := func(to io.Writer) error { return bound.WriteCSV(to, out) }
	switch ext {
	case ".npy":
		write = func(to io.Writer) error { return tensor.WriteNPY(to, out[0]) }
	case ".npz":
		var all []tensor.Named
		for i, t := range out {
			all = append(all, tensor.Named{Name: names[i], Tensor: t})
		}
		write = func(to io.Writer) error { return tensor.WriteNPZ(to, all) }
	}
	if err := w.write(o, write); err != nil || b.Target() == "" {
		return err
	}
	return w.done(o, b, bound)
}

// form is the error for an output of an extension that no predictions have.
func (w *predictWords) form(ext string) error {
	return fmt.Errorf("--output %s: %q is no form of predictions; give a name that ends in .csv, .npy or .npz, or -",
		w.Output, ext)
}

// done says what was predicted.
func (w *predictWords) done(o *environment, b *bundle.Bundle, bound *task.Bound) error {
	_, err := fmt.Fprintf(o.stderr, "%s: %s predicted for %s %ss\n", line(bound.Name), line(b.Target()),
		layer.Thousands(bound.Data.Len()), b.Fitted.Unit())
	return err
}

// forecast writes what a series is predicted to become.
func (w *predictWords) forecast(o *environment, b *bundle.Bundle, src *task.Source, ext string) error {
	if ext == ".npz" {
		return usageError{fmt.Errorf("--output %s: a forecast is one array; give a name that ends in .csv or .npy, "+
			"or -", w.Output)}
	}
	if w.Steps < 0 || w.Steps > series.MaxAhead {
		return usageError{fmt.Errorf("--steps %d is no number of steps to predict; give 1 to %d", w.Steps,
			series.MaxAhead)}
	}
	f, err := b.Forecast(o.ctx, src, w.Steps)
	if err != nil {
		return err
	}
	if err := o.note(f.Notes); err != nil {
		return err
	}
	if ext == ".npy" {
		return w.write(o, f.WriteNPY)
	}
	return w.write(o, f.WriteCSV)
}

func (w *predictWords) write(o *environment, write func(io.Writer) error) error {
	if w.Output == "-" {
		return write(o.stdout)
	}
	_, former, err := file.Target(w.Output)
	if err != nil {
		return err
	}
	if err := file.Replace(w.Output, write); err != nil || former == nil {
		return err
	}
	return o.note([]string{w.Output + ": there was such a file, and it has been replaced"})
}

// target returns an error for an output that cannot be written, before the work is done.
func (w *predictWords) target() error {
	if w.Output == "-" {
		return nil
	}
	_, former, err := file.Target(w.Output)
	if err != nil {
		return usageError{fmt.Errorf("--output %w", err)}
	}
	dir := filepath.Dir(w.Output)
	if _, err := os.Stat(dir); err != nil {
		return usageError{fmt.Errorf("--output %s: there is no directory %s; make it, or name another", w.Output, dir)}
	}
	for flag, name := range map[string]string{"--input": w.Input, "the model": w.Model} {
		if st, err := os.Stat(name); err == nil && former != nil && os.SameFile(st, former) {
			return usageError{fmt.Errorf("--output %s: it is the file of %s too, which would be lost; name another",
				w.Output, flag)}
		}
	}
	return nil
}
