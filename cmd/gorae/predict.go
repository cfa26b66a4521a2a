package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/data/series"
	"gorae/experiment"
	"gorae/internal/file"
	"gorae/tensor"
)

type predictWords struct {
	Model   string `arg:"" help:"Model file (.keras)."`
	Input   string `required:"" placeholder:"FILE" help:"Raw samples: csv (rows, a series or sequences), lines of text, npy, npz (also of the columns of a table), IDX, .ts, .zip, a picture, a folder or a csv of pictures, embed:NAME, or - for standard input."`
	Output  string `required:"" placeholder:"FILE" help:".csv: ids, prediction and p(CLASS); .npy: the network's raw output (.npz: of several outputs); - is csv on standard output."`
	Steps   int    `placeholder:"N" help:"Of a series: foretell N steps beyond its end, each forecast fed back as if it had happened."`
	Threads int    `placeholder:"N" help:"Threads to use; all cores if left out."`
}

// Run writes the predictions.
func (w *predictWords) Run(o *outlet) error {
	if err := threads(w.Threads); err != nil {
		return err
	}
	ext := strings.ToLower(filepath.Ext(w.Output))
	if w.Output != "-" && ext != ".csv" && ext != ".npy" && ext != ".npz" {
		return badWords{fmt.Errorf("--output %s: %q is no form of predictions; give a name that ends in .csv, .npy or .npz, or -", w.Output, ext)}
	}
	p, err := experiment.OpenProduct(w.Model)
	if err != nil {
		return err
	}
	src, err := p.Read(w.Input, o.stdin, "")
	if err != nil {
		return err
	}
	if w.Steps != 0 {
		return w.forecast(o, p, src, ext)
	}
	if err := o.note(src); err != nil {
		return err
	}
	out, err := p.Predict(o.ctx, src)
	if err != nil {
		return err
	}
	if err := o.noted(src.Table); err != nil {
		return err
	}
	names := p.Model.OutputNames()
	if len(out) > 1 && ext != ".npz" {
		return badWords{fmt.Errorf("--output %s: the model has the outputs %s; give a name that ends in .npz", w.Output, strings.Join(names, ", "))}
	}
	write := func(to io.Writer) error { return p.WriteCSV(to, src, out[0]) }
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
	return w.write(o, write)
}

// forecast writes what a series is foretold to become.
func (w *predictWords) forecast(o *outlet, p *experiment.Product, src *data.Source, ext string) error {
	if ext == ".npz" {
		return badWords{fmt.Errorf("--output %s: a forecast is one array; give a name that ends in .csv or .npy, or -", w.Output)}
	}
	if w.Steps < 0 || w.Steps > series.MaxAhead {
		return badWords{fmt.Errorf("--steps %d is no number of steps to foretell; give 1 to %d", w.Steps, series.MaxAhead)}
	}
	f, err := p.Forecast(o.ctx, src, w.Steps)
	if err != nil {
		return err
	}
	if err := o.noted(src.Table); err != nil {
		return err
	}
	if ext == ".npy" {
		return w.write(o, func(to io.Writer) error { return tensor.WriteNPY(to, f.Tensor()) })
	}
	return w.write(o, f.WriteCSV)
}

func (w *predictWords) write(o *outlet, write func(io.Writer) error) error {
	if w.Output == "-" {
		return write(o.stdout)
	}
	return file.Replace(w.Output, write)
}
