package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"gorae/data"
	"gorae/internal/arrayfile"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/prep"
	"gorae/tensor"
	"gorae/train"
)

// Workloads of a table of a million rows and twenty columns, with a number to predict.
const (
	tableRead    = "data:read"
	tablePrepare = "data:prepare"
	tableInspect = "data:inspect"
	tableEpoch   = "data:epoch"
	tableTrain   = "data:train"
	tableOpen    = "data:open"
	tableFiled   = "data:filed"
)

const tableTarget = "amount"

func init() {
	tasks = append(tasks,
		task{tableRead, "10⁶ × 20 from a CSV file to typed columns", 0, "MB/s", "≥ 150 MB/s a core", true, true},
		task{tablePrepare, "fitting and applying its preparation", 0, "MB/s", "≥ 100 MB/s", true, true},
		task{tableInspect, "reading it and reporting on its columns", 0, "s", "≤ 3 s", true, true},
		task{tableEpoch, "one epoch of 64-64 relu on it, batches of 256", 0, "s", "", true, true},
		task{tableTrain, "from the file to the trained model", 0, "s", "≤ 3 × the epoch alone", true, true},
		task{tableOpen, "opening it from the cache", 0, "s", "", true, true},
		task{tableFiled, "the epoch with all rows in a file", 0, "s", "≤ 1.11 × the epoch alone", true, true})
}

// ofTable reports whether the workload is one of the table.
func (t task) ofTable() bool { return strings.HasPrefix(t.name, "data:") }

// makeTable writes the table to a folder that is made for it, and sets the units of the workloads to its size.
func makeTable(ts []task) (folder, path string, err error) {
	if folder, err = os.MkdirTemp("", "bench"); err != nil {
		return "", "", err
	}
	path = filepath.Join(folder, "orders.csv")
	f, err := os.Create(path)
	if err != nil {
		return folder, path, err
	}
	if err := writeTable(f, tableRows, tableSeed); err != nil {
		f.Close()
		return folder, path, err
	}
	st, err := f.Stat()
	if err != nil {
		return folder, path, err
	}
	for i := range ts {
		if ts[i].ofTable() {
			ts[i].perIter = float64(st.Size()) / 1e6
		}
	}
	return folder, path, f.Close()
}

// pandas is the command of the workload in pandas and scikit-learn; why says that there is none.
func (t task) pandas(python, table string, threads int) (cmd *exec.Cmd, why string) {
	switch t.name {
	case tableEpoch, tableTrain, tableFiled:
		return nil, "pandas and scikit-learn train no such network"
	case tableOpen:
		return nil, "pandas keeps no tables"
	}
	if err := exec.Command(python, "-c", "import pandas, pyarrow, sklearn").Run(); err != nil {
		return nil, python + " has not pandas, pyarrow and scikit-learn; -pandas names a Python that has"
	}
	cmd = exec.Command(python, script("peer_data.py"), t.name, fmt.Sprint(threads), table)
	cmd.Env = tuned(threads)
	return cmd, ""
}

// tableWork is a workload of the table in a file.
func tableWork(name, path string) (func() error, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	read := func() (*data.Table, error) {
		return data.ReadCSV(bytes.NewReader(file), path, data.CSVOptions{})
	}
	switch name {
	case tableOpen, tableFiled:
		file = nil
		return filedWork(name, path)
	case tableRead:
		return func() error { _, err := read(); return err }, nil
	case tableInspect:
		return func() error {
			t, err := read()
			if err != nil {
				return err
			}
			_, err = data.Inspect(&data.Source{Table: t}, tableTarget)
			return err
		}, nil
	case tablePrepare, tableEpoch:
		t, err := read()
		if err != nil {
			return nil, err
		}
		file = nil
		if name == tablePrepare {
			return func() error { _, err := samples(t); return err }, nil
		}
		d, err := samples(t)
		if err != nil {
			return nil, err
		}
		return func() error { return epoch(d) }, nil
	case tableTrain:
		return func() error {
			t, err := read()
			if err != nil {
				return err
			}
			d, err := samples(t)
			if err != nil {
				return err
			}
			return epoch(d)
		}, nil
	}
	return nil, fmt.Errorf("no workload %q", name)
}

// filedWork is a workload of the table in a cache beside its file.
func filedWork(name, path string) (func() error, error) {
	c := data.Cache{Dir: filepath.Join(filepath.Dir(path), "cache")}
	read := func() (*data.Table, error) {
		return c.ReadCSV(func() (io.ReadCloser, error) { return os.Open(path) }, path, data.CSVOptions{})
	}
	t, err := read()
	if err != nil || name == tableOpen {
		return func() error { _, err := read(); return err }, err
	}
	arrayfile.Tune(1, 0, 12<<20) // the rows would fit in memory
	p, err := prep.Fit(t, nil, prep.Columns{Targets: []string{tableTarget}})
	if err != nil {
		return nil, err
	}
	x, err := p.Dataset(t)
	if err != nil {
		return nil, err
	}
	y, err := amounts(t)
	if err != nil {
		return nil, err
	}
	d, err := data.WithTargets(x, &data.Memory{Inputs: []tensor.Named{{Name: "y", Tensor: y}}})
	return func() error { return epoch(d) }, err
}

// samples fits the preparation of the table to its rows and applies it.
func samples(t *data.Table) (data.Dataset, error) {
	p, err := prep.Fit(t, nil, prep.Columns{Targets: []string{tableTarget}})
	if err != nil {
		return nil, err
	}
	x, err := p.Apply(t)
	if err != nil {
		return nil, err
	}
	y, err := amounts(t)
	if err != nil {
		return nil, err
	}
	return data.Of(x, y)
}

// amounts returns the standardised target.
func amounts(t *data.Table) (*tensor.Tensor, error) {
	c, err := t.Column(tableTarget)
	if err != nil {
		return nil, err
	}
	target, err := prep.FitTarget(t, tableTarget, nil, prep.TargetOptions{Task: prep.Regression})
	if err != nil {
		return nil, err
	}
	y := tensor.New(tensor.Float32, t.Rows, 1)
	for i, v := range c.Numbers {
		y.F32[i] = float32((v - target.Mean) / target.SD)
	}
	return y, nil
}

// epoch trains a network for one epoch.
func epoch(d data.Dataset) error {
	m := model.Sequential(layer.Input{Shape: d.Spec().Inputs[0].Shape}, relu(64), relu(64), layer.Dense{Units: 1})
	_, err := train.Fit(context.Background(), m, train.Data{Source: d}, train.Config{Loss: loss.MeanSquaredError{},
		Optimizer: optim.Adam{}, Epochs: 1, BatchSize: 256, Seed: 1})
	return err
}
