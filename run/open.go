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

// ReadFinished reads the experiment and the report of a finished run. It reads no data.
func ReadFinished(dir string) (*spec.File, *Report, error) {
	e, err := experimentOf(dir)
	if err != nil {
		return nil, nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, MetricsFile)); errors.Is(err, fs.ErrNotExist) {
		return nil, nil, unfinished(dir)
	}
	r, err := ReadReport(dir)
	return e, r, err
}

// unfinished is the error of a run that has no report yet.
func unfinished(dir string) error {
	return fmt.Errorf("%s: this run is not finished; go on with it by train --resume --out %s", dir, dir)
}

// experimentOf reads the experiment of a run directory.
func experimentOf(dir string) (*spec.File, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, file.OpenError(dir, err)
	}
	path := filepath.Join(dir, ExperimentFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: holds no %s, so it is no run", dir, ExperimentFile)
	}
	return Read(path)
}

// Settings returns every setting of an experiment by its path.
func Settings(f *spec.File) map[string]string { return spec.Flatten(&f.Experiment) }
