package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"gorae/explain"
	"gorae/internal/file"
)

type plotWords struct {
	Activations activationsWords `cmd:"" help:"Draw activation functions."`
}

type activationsWords struct {
	Names  []string `arg:"" optional:"" help:"Activations, as gorae help activations lists them; relu, sigmoid, tanh and linear if left out."`
	Output string   `required:"" placeholder:"FILE" help:"Picture to write: its name ends in .png or .svg."`
}

// Run draws the curves.
func (w *activationsWords) Run(o *environment) error {
	ext := strings.ToLower(filepath.Ext(w.Output))
	if ext != ".png" && ext != ".svg" {
		return usageError{fmt.Errorf("--output %s: %q is no form of pictures; give a name that ends in .png or .svg",
			w.Output, ext)}
	}
	f, err := explain.Activations(o.ctx, w.Names...)
	if err != nil {
		return usageError{err}
	}
	write := f.PNG
	if ext == ".svg" {
		write = f.SVG
	}
	if err := file.Replace(w.Output, write); err != nil {
		return err
	}
	_, err = fmt.Fprintln(o.report, w.Output)
	return err
}
