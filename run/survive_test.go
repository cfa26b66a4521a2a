package run_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/bundle"
	"gorae/format/keras"
	"gorae/internal/file"
	"gorae/internal/file/filetest"
	"gorae/run"
	"gorae/train"
)

// long reports whether tests take the hours of .ci/long.
func long() bool { return os.Getenv("GORAE_LONG") != "" }

// survivors are experiments of the kinds of data, by name; their files are made in a directory by survivorFiles.
var survivors = map[string]string{
	"table": "data: {source: t.csv, target: y}\nmodel: [{dense: {units: 8, activation: relu}}, {dropout: 0.3}, " +
		"{batch_normalization: {}}, {dense: {units: 1, activation: sigmoid}}]\n" +
		"train: {epochs: 3, callbacks: [{csv_logger: logs/l.csv}, {reduce_lr_on_plateau: {patience: 1}}, " +
		"{model_checkpoint: {filepath: 'kept/e{epoch}.keras'}}]}\n",
	"image": "data: {source: pictures}\nmodel: [{conv2d: {filters: 2, kernel_size: 3}}, {flatten: {}}, " +
		"{dropout: 0.2}, {dense: {units: 2, activation: softmax}}]\ntrain: {epochs: 2}\n",
	"series": "data: {source: s.csv, time: day, target: v, series: {window: 5}}\nmodel: [{gru: {units: 4}}, " +
		"{dropout: 0.2}, {dense: 1}]\ntrain: {epochs: 2}\n",
	"text": "data: {source: w.csv, target: mood, features: {words: {text: {words: 30, length: 6}}}}\nmodel: " +
		"[{embedding: {input_dim: vocabulary, output_dim: 4}}, {lstm: {units: 3}}, {dropout: 0.2}, " +
		"{dense: {units: 1, activation: sigmoid}}]\ntrain: {epochs: 2}\n",
}

// survivorFiles makes the files of the experiments.
func survivorFiles(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	var table, series, words strings.Builder
	table.WriteString("a,b,y\n")
	series.WriteString("day,v\n")
	words.WriteString("words,mood\n")
	said := []string{"good sun", "bad rain", "warm good day", "cold bad night"}
	for i := range 80 {
		fmt.Fprintf(&table, "%d,%.3f,%d\n", i*7%31, float64(i*i%17)/3, (i*i/3+i)%2)
		fmt.Fprintf(&series, "2001-%02d-%02d,%d\n", 1+i/28, 1+i%28, i*i%23+i)
		fmt.Fprintf(&words, "%s %s,%s\n", said[i%4], said[i*i%3], []string{"up", "down"}[i%2])
	}
	files := map[string]string{"t.csv": table.String(), "s.csv": series.String(), "w.csv": words.String()}
	for name, text := range survivors {
		files[name+".yaml"] = text
	}
	for i := range 24 {
		m := image.NewGray(image.Rect(0, 0, 8, 8))
		for k := range m.Pix {
			m.Pix[k] = uint8(k*(i+3)%97 + 100*(i%2))
		}
		m.SetGray(i%8, i/8, color.Gray{255})
		var b strings.Builder
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		files[fmt.Sprintf("pictures/%c/%02d.png", 'a'+i%2, i)] = b.String()
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755),
			os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// trainIn trains an experiment in a run directory, from the beginning or from where it stands. The checkpoint is
// written after every batch, so that every run makes the same changes to files.
func trainIn(experiment, dir string) (*run.Result, error) {
	f, err := run.Read(experiment, "train.checkpoint_seconds=1e-9")
	if err != nil {
		return nil, err
	}
	p, err := run.Prepare(context.Background(), f)
	if err != nil {
		return nil, err
	}
	return run.Run(context.Background(), p, run.Options{Out: dir, Resume: true})
}

// outcome is all of a run directory that must not depend on interruptions: the model's bytes, the metrics and the
// history without seconds, and which other files there are.
func outcome(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		switch {
		case file.Partial(name):
			t.Errorf("%s is left", path)
		case name == run.MetricsFile:
			var m map[string]any
			if err := json.Unmarshal(b, &m); err != nil {
				return err
			}
			delete(m, "seconds")
			b, err = json.Marshal(m)
		case name == run.HistoryFile || name == "l.csv":
			lines := strings.Split(string(b), "\n")
			for i, l := range lines {
				lines[i] = l[:max(0, strings.LastIndexByte(l, ','))]
			}
			b = []byte(strings.Join(lines, "\n"))
		case name == run.LastFile: // it holds seconds too
			b = nil
		}
		fmt.Fprintf(&out, "%s: %q\n", name, b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// differ says where two outcomes differ.
func differ(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("%.100s…, want %.100s…", a[i], b[i])
		}
	}
	return fmt.Sprintf("%d files, want %d", len(a), len(b))
}

// whole checks that every file of a run directory is one that can be read to its end.
func whole(t *testing.T, when, dir string) {
	t.Helper()
	check := map[string]func(path string) error{
		run.ExperimentFile: func(path string) error { _, err := run.Read(path); return err },
		run.MetricsFile:    func(path string) error { _, err := run.ReadReport(dir); return err },
		run.ModelFile:      func(path string) error { _, err := bundle.Open(path); return err },
		run.InputsFile: func(path string) error {
			b, err := os.ReadFile(path)
			if err == nil && !json.Valid(b) {
				err = errors.New("no JSON")
			}
			return err
		},
		run.LastFile: func(path string) error {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if _, err := train.ReadSnapshot(strings.NewReader(string(b)), int64(len(b))); err != nil {
				return err
			}
			_, _, err = keras.LoadFile(path)
			return err
		},
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || file.Partial(d.Name()) {
			if path == dir && errors.Is(err, fs.ErrNotExist) {
				err = nil // the directory could not be made
			}
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		switch c := check[d.Name()]; {
		case c != nil:
			err = c(path)
		case filepath.Ext(path) == ".png":
			_, err = png.Decode(f)
		case filepath.Ext(path) == ".csv":
			_, err = csv.NewReader(f).ReadAll() // with as many fields in each line
		case filepath.Ext(path) == ".keras":
			_, _, err = keras.LoadFile(path)
		}
		if err != nil {
			t.Errorf("%s: %s: %v", when, d.Name(), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestEveryFault fails each creating, writing, syncing, closing, renaming and removing of a training once. Every file
// is then whole, and going on gives the bits of a training without a fault. Without GORAE_LONG it takes some of them.
func TestEveryFault(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	data := survivorFiles(t)
	faults := 0
	for kind := range maps.Keys(survivors) {
		experiment := filepath.Join(data, kind+".yaml")
		sound := filepath.Join(data, kind+"-sound")
		count := &filetest.Faulty{}
		undo := file.Through(count)
		_, err := trainIn(experiment, sound)
		undo()
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		whole(t, kind, sound)
		want := outcome(t, sound)
		step := max(1, count.Done()/7)
		if long() {
			step = 1
		}
		for fail := 1; fail <= count.Done(); fail += step {
			dir := filepath.Join(data, fmt.Sprintf("%s-fault-%d", kind, fail))
			disk := &filetest.Faulty{Fail: fail}
			undo := file.Through(disk)
			r, err := trainIn(experiment, dir)
			undo()
			when := kind + ", fault " + disk.Failed()
			switch {
			case disk.Failed() == "":
				t.Fatalf("%s: operation %d of %d was not reached", kind, fail, count.Done())
			case err != nil && !strings.Contains(err.Error(), "input/output error"):
				t.Errorf("%s: %v", when, err)
			case err == nil && len(r.Warnings) == 0:
				t.Errorf("%s: neither an error nor a warning", when)
			}
			faults++
			whole(t, when, dir)
			warned := err == nil
			if _, err := trainIn(experiment, dir); err != nil {
				t.Fatalf("%s, then: %v", when, err)
			}
			whole(t, when, dir)
			if got := outcome(t, dir); got != want && !warned { // a finished run without its picture stays so
				t.Errorf("%s: %s", when, differ(got, want))
			}
		}
	}
	t.Logf("%d faults", faults)
}

// TestEveryCrash records what a failure of the power may leave after each operation of a training. Every file is whole,
// and going on gives the same bits. Without GORAE_LONG it takes some of the images.
func TestEveryCrash(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	data := survivorFiles(t)
	crashes := 0
	for kind := range maps.Keys(survivors) {
		experiment := filepath.Join(data, kind+".yaml")
		sound := filepath.Join(data, kind+"-sound")
		disk := &filetest.Recorder{Dir: sound}
		undo := file.Through(disk)
		_, err := trainIn(experiment, sound)
		undo()
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		want := outcome(t, sound)
		images := filetest.Distinct(disk.Images())
		step := max(1, len(images)/5)
		if long() {
			step = 1
		}
		for i := 0; i < len(images); i += step {
			when := kind + ", crash after " + images[i].After
			dir := filepath.Join(data, fmt.Sprintf("%s-crash-%d", kind, i))
			if err := images[i].Write(dir); err != nil {
				t.Fatal(err)
			}
			crashes++
			whole(t, when, dir)
			if _, err := trainIn(experiment, dir); err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			if got := outcome(t, dir); got != want {
				t.Errorf("%s: %s", when, differ(got, want))
			}
		}
	}
	t.Logf("%d crashes", crashes)
}
