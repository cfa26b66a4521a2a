package golden

import (
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	_ "gorae/format/keras"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// trace trains a model of one weight while the logs of each epoch, and of each batch where there are such, are those of
// the script.
func (c *callbackCase) trace(t *testing.T) {
	folder := t.TempDir()
	callback, err := c.callback(folder)
	refused := c.Expected.Error + c.Expected.Refused + callbackRefused[c.Name]
	if err != nil {
		if refused == "" {
			t.Error(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, c.Filepath)), 0o755); err != nil {
		t.Fatal(err)
	}
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	rate := 1.0
	if c.Rate != nil {
		rate = *c.Rate
	}
	var rates []float64
	var saves []saved
	at := 0 // batches of the epoch
	script := train.Lambda{
		BatchEnd: func(e train.Event) error {
			if c.Batches != nil {
				say(e, c.Batches[e.Epoch-1][e.Batch-1])
			}
			return nil
		},
		EpochEnd: func(e train.Event) error {
			say(e, c.History[e.Epoch-1])
			return fill(m, float64(e.Epoch-1))
		},
	}
	after := train.Lambda{
		BatchEnd: func(e train.Event) error {
			at = e.Batch
			batch := e.Batch - 1
			return written(folder, &saves, saved{Epoch: e.Epoch - 1, Batch: &batch})
		},
		EpochEnd: func(e train.Event) error {
			rates = append(rates, e.Run.LearningRate())
			return written(folder, &saves, saved{Epoch: e.Epoch - 1})
		},
	}
	n := 2
	run := train.Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: rate}, BatchSize: 2,
		Epochs: len(c.History), Callbacks: []train.Callback{script, callback, after}}
	if c.Batches != nil {
		n, run.BatchSize = len(c.Batches[0]), 1
	}
	x := tensor.New(tensor.Float32, n, 1)
	d := train.Pairs(x, x)
	for name := range c.History[0] {
		if strings.HasPrefix(name, "val_") {
			run.Validation = &d
		}
	}
	run.Metrics = c.metrics(t)
	h, err := train.Fit(t.Context(), m, d, run)
	switch {
	case refused != "":
		if err == nil {
			t.Errorf("it is taken; %s", refused)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	c.compare(t, m, h, rates)
	c.compareSaves(t, saves)
	if last := c.Expected.Trace[len(c.Expected.Trace)-1].Batch; last != nil && at != *last+1 {
		t.Errorf("the run ends behind batch %d, Keras's behind %d", at-1, *last)
	}
}

// say puts scripted logs in the place of an event's metrics.
func say(e train.Event, logs map[string]number) {
	for i := range e.Metrics {
		e.Metrics[i].Value, e.Metrics[i].Why = float64(logs[e.Metrics[i].Name]), ""
	}
}

// fill gives all weights of a model one value.
func fill(m *model.Model, v float64) error {
	for _, w := range m.Store().Vars() {
		one := tensor.New(tensor.Float32, w.Shape...)
		for i := range one.F32 {
			one.F32[i] = float32(v)
		}
		if err := m.Store().Set(w.Path, one); err != nil {
			return err
		}
	}
	return nil
}

// written lists the files that were saved below a folder since the last time, and removes them.
func written(folder string, list *[]saved, now saved) error {
	return filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		now.Path = filepath.ToSlash(name)
		*list = append(*list, now)
		return os.Remove(path)
	})
}

// compare compares learning rates, the number of epochs, and the weights at the end.
func (c *callbackCase) compare(t *testing.T, m *model.Model, h *train.History, rates []float64) {
	if len(h.Rows) != c.Expected.Run {
		t.Errorf("%d epochs, Keras runs %d", len(h.Rows), c.Expected.Run)
	}
	for i, e := range c.Expected.Trace[:min(len(rates), len(c.Expected.Trace))] {
		if !(math.Abs(rates[i]-e.Rate) <= 1e-6*math.Abs(e.Rate)) {
			t.Errorf("the learning rate after epoch %d is %v, Keras has %v", i, rates[i], e.Rate)
		}
	}
	for _, w := range m.Store().Vars() {
		if got := w.Value.F32[0]; got != float32(c.Expected.Final) {
			t.Errorf("the model has the weights of epoch %v, Keras those of %d", got, c.Expected.Final)
		}
	}
}

// compareSaves compares the files of a ModelCheckpoint, and when they were written.
func (c *callbackCase) compareSaves(t *testing.T, got []saved) {
	same := func(a, b saved) bool {
		return a.Path == b.Path && a.Epoch == b.Epoch && (a.Batch == nil) == (b.Batch == nil) &&
			(a.Batch == nil || *a.Batch == *b.Batch)
	}
	if !slices.EqualFunc(got, c.Expected.Saves, same) {
		t.Errorf("files %s, Keras has %s", listed(got), listed(c.Expected.Saves))
	}
}

func listed(saves []saved) string {
	var words []string
	for _, s := range saves {
		w := s.Path + " in epoch " + strconv.Itoa(s.Epoch)
		if s.Batch != nil {
			w += " behind batch " + strconv.Itoa(*s.Batch)
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}
