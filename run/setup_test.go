package run_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/data"
	"gorae/data/source"
	"gorae/run"
	"gorae/spec"
	"gorae/task"
	"gorae/task/table"
	"gorae/task/tabular/fitted"
	"gorae/task/text"
	"gorae/tensor"
)

// prepare reads and prepares an experiment; file is the name that its mistakes bear.
func prepare(file, text string, set ...string) (*run.Prepared, error) {
	f, err := spec.Parse(file, "test", []byte(text), set...)
	if err != nil {
		return nil, err
	}
	return run.Prepare(context.Background(), f)
}

func open(t *testing.T, text string, set ...string) *run.Prepared {
	t.Helper()
	p, err := prepare("", text, set...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// resolved is the experiment as its run directory has it.
func resolved(t *testing.T, p *run.Prepared) string {
	t.Helper()
	b, err := spec.Marshal(p.Spec)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func rows(p *run.Prepared) [3]int {
	return [3]int{p.Rows(task.Train), p.Rows(task.Validation), p.Rows(task.Test)}
}

// tableOf is what was fitted to a table, whose task is tabular or text.
func tableOf(f task.Fitted) *table.Fitted {
	if f, ok := f.(*text.Fitted); ok {
		return f.Fitted
	}
	return f.(*fitted.Fitted).Fitted
}

// numbers is which samples a part consists of.
func numbers(d data.Dataset) []int {
	for {
		if s, ok := d.(data.Subset); ok {
			return s.Rows
		}
		d = d.(interface{ Unwrap() data.Dataset }).Unwrap()
	}
}

// sample reads one sample of an epoch.
func sample(t *testing.T, d data.Dataset, epoch, i int) data.Row {
	t.Helper()
	row := d.Spec().Row()
	if err := d.Read(epoch, i, row); err != nil {
		t.Fatal(err)
	}
	return row
}

// trained is the content of a model file.
type trained struct{ *bundle.Bundle }

// fit runs an experiment in a directory and opens its model file.
func fit(t *testing.T, p *run.Prepared, dir string) (*run.Result, trained) {
	t.Helper()
	r, err := run.Run(t.Context(), p, run.Options{Out: dir})
	if err != nil {
		t.Fatal(err)
	}
	return r, load(t, filepath.Join(dir, run.ModelFile))
}

func load(t *testing.T, path string) trained {
	t.Helper()
	b, err := bundle.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return trained{b}
}

// untrained is the bundle of an experiment before its first step.
func untrained(t *testing.T, text string) trained {
	t.Helper()
	return trained{open(t, text).Bundle()}
}

func find(path string, stdin io.Reader, labels string) (*task.Source, error) {
	i, err := source.Find(path, source.Options{Stdin: stdin, Labels: labels})
	return &task.Source{Info: i}, err
}

// predicted is what a network says of a file.
type predicted struct {
	out   []*tensor.Tensor
	csv   string
	bound *task.Bound
}

func (b trained) predict(path string, stdin io.Reader) (*predicted, error) {
	s, err := find(path, stdin, "")
	if err != nil {
		return nil, err
	}
	p := &predicted{}
	if p.bound, err = b.Bind(s); err != nil {
		return nil, err
	}
	if p.out, err = b.Predict(context.Background(), p.bound); err != nil || p.bound.Decode == nil {
		return p, err
	}
	var csv strings.Builder
	err = p.bound.WriteCSV(&csv, p.out)
	p.csv = csv.String()
	return p, err
}

func (b trained) evaluate(path, labels, column string) (*bundle.Evaluated, error) {
	s, err := find(path, nil, labels)
	if err != nil {
		return nil, err
	}
	return b.Evaluate(context.Background(), s, column)
}

// write writes a file, and the directories that it is in.
func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// writeNPZ writes arrays into an .npz file of a new directory.
func writeNPZ(t *testing.T, arrays ...tensor.Named) string {
	t.Helper()
	var b bytes.Buffer
	if err := tensor.WriteNPZ(&b, arrays); err != nil {
		t.Fatal(err)
	}
	return write(t, filepath.Join(t.TempDir(), "a.npz"), b.String())
}
