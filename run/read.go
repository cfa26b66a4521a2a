package run

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gorae/internal/file"
	"gorae/spec"
	_ "gorae/spec/yaml" // of experiment files
)

// Read reads an experiment file and applies the assignments (path=value) in their order. A folder or a data file in its
// place is an error that says how to write an experiment for it.
func Read(path string, set ...string) (*spec.File, error) {
	if err := notExperiment(path); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, file.OpenError(path, err)
	}
	return spec.Read(path, set...)
}

// notExperiment returns an error for a path of a folder or of a data file; nil where it may be an experiment file.
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
		return fmt.Errorf("%s: a directory, not an experiment; write data: {source: %s} into a file, as my.yaml, and "+
			"name that", path, path)
	}
	if slices.Contains(dataFiles, strings.ToLower(filepath.Ext(path))) {
		return fmt.Errorf("%s: data, not an experiment; write data: {source: %s} into a file, as my.yaml, and name "+
			"that", path, path)
	}
	return nil
}

// dataFiles are the extensions of files that hold data and no experiment.
var dataFiles = []string{".csv", ".tsv", ".gz", ".npy", ".npz", ".keras", ".png", ".jpg", ".jpeg"}

// Default returns the experiment that needs no file: handwritten digits.
func Default(set ...string) (*spec.File, error) {
	return spec.Parse("", "digits", []byte(defaultText), set...)
}

const defaultText = `data: {source: embed:digits, features: minmax}
model:
  - dense: {units: 256, activation: relu}
  - dropout: 0.2
  - dense: {units: 64, activation: relu}
  - dense: {units: 10, activation: softmax}
train: {epochs: 60}
`
