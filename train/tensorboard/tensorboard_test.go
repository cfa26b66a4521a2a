package tensorboard

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

var errBroken = errors.New("broken off")

// network is a small network.
func network() *model.Model {
	return model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "tanh"},
		layer.Dropout{Rate: 0.5}, layer.Dense{Units: 1})
}

// fit trains the network with the callback, up to a step where it is broken off.
func fit(t *testing.T, c *TensorBoard, checkpoint string, breakAt uint64) error {
	t.Helper()
	x, y := tensor.New(tensor.Float32, 20, 3), tensor.New(tensor.Float32, 20, 1)
	for i := range x.F32 {
		x.F32[i] = float32(i*7%11) / 11
	}
	for i := range y.F32 {
		y.F32[i] = x.F32[3*i] - x.F32[3*i+2]
	}
	d := train.Pairs(x, y)
	run := train.Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: 4, BatchSize: 4, Seed: 3,
		Validation: &d, Callbacks: []train.Callback{c, train.Lambda{BatchEnd: func(e train.Event) error {
			if e.Step == breakAt {
				return errBroken
			}
			return nil
		}}}}
	if checkpoint != "" {
		run.Checkpoint = &train.Checkpoint{Path: checkpoint, Resume: true}
	}
	_, err := train.Fit(t.Context(), network(), d, run)
	return err
}

// read are the events of the only file of a folder.
func read(t *testing.T, dir, folder string) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, folder, "events.out.tfevents.*.v2"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%s has the event files %q, %v", folder, files, err)
	}
	return records(t, files[0])
}

// TestContinued: the event files of a training that is broken off twice have the events of one that is not: none is
// missing and none is there twice. TestTensorBoard of internal/judge compares the values with Keras's.
func TestContinued(t *testing.T) {
	options := TensorBoard{HistogramFreq: 1, WriteImages: true, UpdateFreq: 2}
	whole, broken := options, options
	whole.LogDir = filepath.Join(t.TempDir(), "logs")
	if err := fit(t, &whole, "", 0); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	broken.LogDir = filepath.Join(dir, "logs")
	for _, at := range []uint64{3, 14, 0} { // an epoch has 5 steps
		c := broken
		if err := fit(t, &c, filepath.Join(dir, "last.keras"), at); at > 0 != errors.Is(err, errBroken) {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"train", "validation"} {
		got, want := read(t, broken.LogDir, folder), read(t, whole.LogDir, folder)
		if !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("%s: %d events, %d without a break\n%q\n%q", folder, len(got), len(want), got, want)
		}
	}
}

// TestOptions: what the settings leave out is not there, and what they ask for is.
func TestOptions(t *testing.T) {
	for i, c := range []struct {
		options TensorBoard
		has     []string
		lacks   []string
	}{
		{TensorBoard{}, []string{"epoch_loss", "epoch_learning_rate", "graph_keras_model", "dense/matmul"},
			[]string{"histogram", "image", "batch_loss", "per_second"}},
		{TensorBoard{NoGraph: true, HistogramFreq: 3, WriteStepsPerSecond: true, UpdateEach: "batch"},
			[]string{"sequential/dense/kernel/histogram", "batch_loss", "batch_steps_per_second",
				"epoch_steps_per_second"}, []string{"graph_keras_model", "matmul", "image"}},
	} {
		dir := t.TempDir()
		c.options.LogDir = dir
		if err := fit(t, &c.options, "", 0); err != nil {
			t.Fatal(err)
		}
		all := string(bytes.Join(read(t, dir, "train"), nil))
		for _, s := range c.has {
			if !strings.Contains(all, s) {
				t.Errorf("case %d: there is no %s", i, s)
			}
		}
		for _, s := range c.lacks {
			if strings.Contains(all, s) {
				t.Errorf("case %d: there is %s", i, s)
			}
		}
		if n := strings.Count(all, "dense/kernel/histogram"); c.options.HistogramFreq == 3 && n != 2 {
			t.Errorf("%d histograms in epochs 0 to 3, want those of 0 and 3", n)
		}
	}
}

// TestConfig: the callback is made from Keras's arguments, and wrong ones are refused.
func TestConfig(t *testing.T) {
	c, err := train.Callbacks.New("TensorBoard", map[string]any{"log_dir": "x", "update_freq": 7, "write_graph": false,
		"histogram_freq": 2, "profile_batch": 0, "embeddings_freq": 0})
	b, ok := c.(*TensorBoard)
	if err != nil || !ok || b.LogDir != "x" || b.UpdateFreq != 7 || !b.NoGraph || b.HistogramFreq != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, path := (&TensorBoard{}).Within("run").(train.FileCallback).File(); path != filepath.Join("run", "logs") {
		t.Errorf("the folder within run is %s", path)
	}
	for key, v := range map[string]any{"update_freq": "hour", "histogram_freq": -1, "profile_batch": 2} {
		if _, err := train.Callbacks.New("tensorboard", map[string]any{key: v}); err == nil {
			t.Errorf("%s: %v is taken", key, v)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	err = fit(t, &TensorBoard{LogDir: file}, "", 0)
	if err == nil || !strings.Contains(err.Error(), "cannot make this directory") ||
		strings.Contains(err.Error(), "\n") {
		t.Errorf("a folder that is a file: %v", err)
	}
}

// TestBatchAllocates: the values of a batch take no memory of their own, so that a training step has none.
func TestBatchAllocates(t *testing.T) {
	e, err := create(t.TempDir(), "events")
	if err != nil {
		t.Fatal(err)
	}
	defer e.close()
	c := &TensorBoard{UpdateFreq: 1, train: e, tags: map[string]string{"loss": "batch_loss"}}
	metrics := train.Metrics{{Name: "loss", Value: 0.5}}
	batch := func() {
		if err := c.batch(train.Event{Kind: train.BatchEnd, Metrics: metrics}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2000 { // until what is gathered has been written, and its memory is used again
		batch()
	}
	if n := testing.AllocsPerRun(2000, batch); n != 0 {
		t.Errorf("a batch takes %v pieces of memory", n)
	}
}

// Example writes the event files that TensorBoard shows.
func Example() {
	dir, err := os.MkdirTemp("", "logs")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	x, y := tensor.Of([]float32{0, 1, 2, 3}, 4, 1), tensor.Of([]float32{1, 3, 5, 7}, 4, 1)
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	_, err = train.Fit(context.Background(), m, train.Pairs(x, y), train.Config{
		Loss: loss.MeanSquaredError{}, Optimizer: optim.Adam{}, Epochs: 2,
		Callbacks: []train.Callback{&TensorBoard{LogDir: dir, HistogramFreq: 1}},
	})
	if err != nil {
		panic(err)
	}
	folders, err := os.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	for _, f := range folders {
		fmt.Println(f.Name())
	}
	// Output: train
}
