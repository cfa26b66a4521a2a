package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"gorae/format"
	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// filePeak is what loading may take over 1.3 times the weights, in MB.
const filePeak = 30

func init() {
	tasks = append(tasks,
		task{"files:load:100", "a .keras file of 100 MB, loaded from the page cache", 100, "MB/s", "≥ 1000 MB/s", true,
			true},
		task{"files:load:400", "one of 400 MB", 400, "MB/s", "≥ 1000 MB/s", true, true},
		task{"files:predict:100", "one of 100 MB, loaded, and 64 samples predicted", 100, "MB/s", "", true, true},
		task{"files:save:100", "100 MB written to a .keras file on tmpfs", 100, "MB/s", "≥ 500 MB/s", true, true},
		task{"files:cold:command", "gorae predict, one digit by the MNIST CNN", 0, "ms", "≤ 60 ms", false, true},
		task{"files:cold:program", "a program that predicts one digit by it", 0, "ms", "≤ 60 ms", false, true})
}

// ofFiles reports whether the workload is one of model files.
func (t task) ofFiles() bool { return strings.HasPrefix(t.name, "files:") }

// once prints the most memory that a fresh process has had after one turn of the workload.
func (t task) once(cmd *exec.Cmd) error {
	if strings.HasPrefix(t.name, "files:cold") {
		return nil
	}
	p, err := start(cmd)
	if err != nil {
		return err
	}
	defer p.stop()
	times := 1.3
	if strings.HasPrefix(t.name, "files:predict") {
		times++ // packed copies
	}
	const mega = 1e6 / (1 << 20) // the weights in units of 2²⁰ bytes, as Linux counts
	fmt.Printf("%-52s %9.0f MB   ≤ %.0f, %v × the weights + %d\n", "  peak memory of once in a new process", p.peak(),
		times*t.perIter*mega+filePeak, times, filePeak)
	return nil
}

// makeFiles makes a folder, on tmpfs where Linux has one, with what the workloads of files open and run.
func makeFiles(ts []task) (folder string, err error) {
	where := "/dev/shm"
	if st, err := os.Stat(where); err != nil || !st.IsDir() {
		where = ""
	}
	if folder, err = os.MkdirTemp(where, "bench"); err != nil {
		return "", err
	}
	for _, t := range ts {
		var err error
		switch {
		case strings.HasPrefix(t.name, "files:cold"):
			err = makeCold(folder)
		case t.ofFiles():
			size := t.name[strings.LastIndexByte(t.name, ':')+1:]
			var m *model.Model
			if m, err = fileModel(atoi(size)); err == nil {
				err = keras.SaveFile(filepath.Join(folder, size+".keras"), m)
			}
		}
		if err != nil {
			return folder, err
		}
	}
	return folder, nil
}

// fileModel is a network with megabytes of weights.
func fileModel(megabytes int) (*model.Model, error) {
	const in, out = 1000, 250 // in and out: (in + out)·units weights
	m := model.Sequential(layer.Input{Shape: []int{in}},
		layer.Dense{Units: megabytes * 1_000_000 / 4 / (in + out), Activation: "relu"}, layer.Dense{Units: out})
	return m, m.Build(1)
}

// fileWork is a workload of the files in a folder.
func fileWork(what, folder string) (func() error, error) {
	kind, rest, _ := strings.Cut(what, ":")
	if kind == "cold" {
		return coldStart(rest, folder)
	}
	path := filepath.Join(folder, rest+".keras")
	switch kind {
	case "load":
		return func() error { _, err := format.Load(path); return err }, nil
	case "predict":
		return func() error {
			f, err := format.Load(path)
			if err != nil {
				return err
			}
			_, err = f.Model.Predict(context.Background(), tensor.New(tensor.Float32, 64, 1000))
			return err
		}, nil
	case "save":
		m, err := fileModel(atoi(rest))
		if err != nil {
			return nil, err
		}
		return func() error {
			f, err := os.Create(filepath.Join(folder, "saved.keras"))
			if err != nil {
				return err
			}
			if err := keras.Save(f, m); err != nil {
				f.Close()
				return err
			}
			return f.Close()
		}, nil
	}
	return nil, fmt.Errorf("no workload files:%s", what)
}

// digitProgram reads a model file and predicts the digit of an array file, as a user's program does.
const digitProgram = `package main

import (
	"context"
	"fmt"
	"os"

	"gorae/bundle"
	"gorae/tensor"
)

func main() {
	b, err := bundle.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	y, err := b.Model.Predict(context.Background(), tensor.New(tensor.Float32, 1, 28, 28, 1))
	if err != nil {
		panic(err)
	}
	fmt.Println(y[0].F32)
}
`

// makeCold puts the command, a program that predicts, both without tables for debuggers, the MNIST CNN and a digit
// into a folder.
func makeCold(folder string) error {
	if _, err := os.Stat(filepath.Join(folder, "digit.npy")); err == nil {
		return nil
	}
	source := filepath.Join(folder, "program.go")
	if err := os.WriteFile(source, []byte(digitProgram), 0o644); err != nil {
		return err
	}
	for name, of := range map[string]string{"command": "./cmd/gorae", "program": source} {
		cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", filepath.Join(folder, name), of)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", name, err, out)
		}
	}
	n, err := find("cnn")
	if err != nil {
		return err
	}
	if err := n.model.Build(1); err != nil {
		return err
	}
	if err := keras.SaveFile(filepath.Join(folder, "cnn.keras"), n.model); err != nil {
		return err
	}
	var digit bytes.Buffer
	if err := tensor.WriteNPY(&digit, tensor.New(tensor.Float32, 1, 28, 28, 1)); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "digit.npy"), digit.Bytes(), 0o644)
}

// coldStart runs the command or the program from its start to its end.
func coldStart(which, folder string) (func() error, error) {
	args := []string{filepath.Join(folder, "cnn.keras")}
	if which == "command" {
		args = []string{"predict", args[0], "--input", filepath.Join(folder, "digit.npy"), "--output",
			filepath.Join(folder, "p.csv")}
	}
	return func() error {
		if out, err := exec.Command(filepath.Join(folder, which), args...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", which, err, out)
		}
		return nil
	}, nil
}
