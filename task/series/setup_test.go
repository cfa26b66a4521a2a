package series

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
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
func prepare(file, text string) (*run.Prepared, error) {
	f, err := spec.Parse(file, "test", []byte(text))
	if err != nil {
		return nil, err
	}
	return run.Prepare(context.Background(), f)
}

func open(t *testing.T, text string) *run.Prepared {
	t.Helper()
	p, err := prepare("", text)
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
