package spec

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/config"
)

// ExperimentFile is the name of the experiment in a run directory.
const ExperimentFile = "experiment.yaml"

// Read reads the experiment file at a path and then carries out the assignments (path=value) of --set in their order. A
// folder or a data file in its place is an error that says how to come to an experiment.
func Read(path string, set ...string) (*File, error) {
	if err := notExperiment(path); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, OpenError(path, err)
	}
	name := filepath.Base(path)
	return Parse(path, strings.TrimSuffix(name, filepath.Ext(name)), text, set...)
}

// notExperiment returns the error for a path that names data or a directory; nil where it may be an experiment.
func notExperiment(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return nil
	}
	remedy := "gorae init %s writes one"
	if st.IsDir() {
		inner := filepath.Join(path, ExperimentFile)
		if _, err := os.Stat(inner); err == nil {
			return config.Errorf("", "%s: a directory", path).Fix("name the experiment in it, %s", inner)
		}
		return config.Errorf("", "%s: a directory, not an experiment", path).Fix(remedy, path)
	}
	if slices.Contains(dataFiles, strings.ToLower(filepath.Ext(path))) {
		return config.Errorf("", "%s: data, not an experiment", path).Fix(remedy, path)
	}
	return nil
}

// dataFiles are the extensions of files that hold data and no experiment.
var dataFiles = []string{".csv", ".tsv", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".parquet", ".txt", ".ts", ".npy",
	".npz", ".gz", ".zip", ".keras", ".png", ".jpg", ".jpeg"}

// OpenError returns the error for a file that cannot be opened, with what to do.
func OpenError(path string, err error) error {
	e := config.Errorf("", "%s: %v", path, err)
	var of *fs.PathError
	if errors.As(err, &of) {
		e = config.Errorf("", "%s: %v", path, of.Err)
	}
	e.Err = err
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Problem = config.Say("%s: no such file", path)
		if near := neighbour(path); near != "" {
			return e.Fix("check the path; did you mean %s?", near)
		}
		return e.Fix("check the path")
	case errors.Is(err, fs.ErrPermission):
		e.Problem = config.Say("%s: not allowed to read it", path)
		return e.Fix("change its permissions")
	}
	if st, serr := os.Stat(path); serr == nil && st.IsDir() {
		e.Problem = config.Say("%s: a directory", path)
		return e.Fix("name a file in it")
	}
	return e
}

// neighbour returns a file of nearly that name in the same directory, "" if there is none.
func neighbour(path string) string {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return ""
	}
	var names []string
	for _, d := range entries {
		if d.Name() != filepath.Base(path) { // a link to nowhere
			names = append(names, d.Name())
		}
	}
	if s := config.Suggest(filepath.Base(path), names); s != "" {
		return filepath.Join(filepath.Dir(path), s)
	}
	return ""
}
