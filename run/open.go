package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gorae/internal/file"
	"gorae/spec"
)

// Open reads the experiment and the report of a finished run.
func Open(dir string) (*spec.File, *Report, error) {
	e, err := readFinished(dir)
	if err != nil {
		return nil, nil, err
	}
	r, err := ReadReport(dir)
	return e, r, err
}

// readFinished reads the experiment of a directory that holds a finished run.
func readFinished(dir string) (*spec.File, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, file.OpenError(dir, err)
	}
	if _, err := os.Stat(filepath.Join(dir, ExperimentFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: holds no %s, so it is no run", dir, ExperimentFile)
	}
	if _, err := os.Stat(filepath.Join(dir, MetricsFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: this run is not finished; go on with it by train --resume --out %s", dir, dir)
	}
	return Read(filepath.Join(dir, ExperimentFile))
}

// Settings returns every setting of an experiment by its path.
func Settings(f *spec.File) map[string]string { return spec.Flatten(&f.Experiment) }
