package experiment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/config"
)

// notExperiment says what a path names that is named for an experiment file and is none; nil where it may be one.
func notExperiment(path string) error {
	st, err := os.Stat(path)
	if err != nil {
		return nil
	}
	if st.IsDir() {
		inner := filepath.Join(path, ExperimentFile)
		if _, err := os.Stat(inner); err == nil {
			return fmt.Errorf("%s: a directory; name the experiment in it, %s", path, inner)
		}
		return fmt.Errorf("%s: a directory, not an experiment; write data: {source: %s} into a file, as my.yaml, and name that", path, path)
	}
	if slices.Contains(dataFiles, strings.ToLower(filepath.Ext(path))) {
		return fmt.Errorf("%s: data, not an experiment; write data: {source: %s} into a file, as my.yaml, and name that", path, path)
	}
	return nil
}

// dataFiles end the names of files that hold data and no experiment.
var dataFiles = []string{".csv", ".tsv", ".gz", ".npy", ".npz", ".keras", ".png", ".jpg", ".jpeg"}

// openError says in one line why a file cannot be read, and what to do.
func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s: no such file; check the path%s", path, neighbour(path))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s: not allowed to read it; change its permissions", path)
	}
	if st, serr := os.Stat(path); serr == nil && st.IsDir() {
		return fmt.Errorf("%s: a directory; name a file in it", path)
	}
	return fmt.Errorf("%s: %w", path, errors.Unwrap(err))
}

// neighbour suggests a file of nearly that name in the same directory.
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
		return fmt.Sprintf("; did you mean %s?", filepath.Join(filepath.Dir(path), s))
	}
	return ""
}

// Default is the experiment that needs no file: handwritten digits.
func Default(set ...string) (*Experiment, error) {
	return Parse("", "digits", []byte(defaultText), set...)
}

const defaultText = `data: {source: embed:digits, features: minmax}
model:
  - dense: {units: 256, activation: relu}
  - dropout: 0.2
  - dense: {units: 64, activation: relu}
  - dense: {units: 10, activation: softmax}
train: {epochs: 60}
`
