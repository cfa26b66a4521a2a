package sequence

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
	_ "gorae/spec/yaml" // of experiment files
	"gorae/task"
	_ "gorae/task/arrays"
	_ "gorae/task/tabular"
	"gorae/tensor"
)

// parse reads and prepares an experiment.
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

// resolved is the experiment of a run as its directory has it.
func resolved(t *testing.T, p *run.Prepared) string {
	t.Helper()
	b, err := spec.Marshal(p.Spec)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// trained is a network that a run has left in its directory.
type trained struct{ *bundle.Bundle }

// fit trains and opens the model file.
func fit(t *testing.T, p *run.Prepared) (*run.Result, trained) {
	t.Helper()
	r, err := run.Run(t.Context(), p, run.Options{Out: filepath.Join(t.TempDir(), "run")})
	if err != nil {
		t.Fatal(err)
	}
	b, err := bundle.Open(filepath.Join(r.Dir, run.ModelFile))
	if err != nil {
		t.Fatal(err)
	}
	return r, trained{b}
}

func find(path string, stdin io.Reader) (*task.Source, error) {
	i, err := source.Find(path, source.Options{Stdin: stdin})
	return &task.Source{Info: i}, err
}

// predict is the outputs for a file, and the predictions as CSV.
func (p trained) predict(path string, stdin io.Reader) ([]*tensor.Tensor, string, *task.Bound, error) {
	s, err := find(path, stdin)
	if err != nil {
		return nil, "", nil, err
	}
	bound, err := p.Bind(s)
	if err != nil {
		return nil, "", nil, err
	}
	out, err := p.Predict(context.Background(), bound)
	if err != nil {
		return nil, "", nil, err
	}
	var b strings.Builder
	err = bound.WriteCSV(&b, out)
	return out, b.String(), bound, err
}

func (p trained) evaluate(path, column string) (*bundle.Evaluated, error) {
	s, err := find(path, nil)
	if err != nil {
		return nil, err
	}
	return p.Evaluate(context.Background(), s, column)
}

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func rows(p *run.Prepared) [3]int {
	return [3]int{p.Rows(task.Train), p.Rows(task.Validation), p.Rows(task.Test)}
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

// writeNPZ writes arrays into a file.
func writeNPZ(t *testing.T, all ...tensor.Named) string {
	t.Helper()
	var b bytes.Buffer
	if err := tensor.WriteNPZ(&b, all); err != nil {
		t.Fatal(err)
	}
	return put(t, filepath.Join(t.TempDir(), "x.npz"), b.String())
}
