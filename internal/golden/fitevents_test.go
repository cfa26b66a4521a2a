package golden

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// hook is a call of a callback's method: its name, the index of epoch or batch, and the names in its logs.
type hook struct {
	Name  string
	Index *int
	Logs  []string
}

func (h *hook) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&h.Name, &h.Index, &h.Logs})
}

func (h hook) String() string {
	if h.Index == nil {
		return fmt.Sprint(h.Name, h.Logs)
	}
	return fmt.Sprint(h.Name, " ", *h.Index, h.Logs)
}

// hooks are Keras's names of the events.
var hooks = map[train.Kind]string{train.TrainBegin: "on_train_begin", train.EpochBegin: "on_epoch_begin",
	train.BatchBegin: "on_train_batch_begin", train.BatchEnd: "on_train_batch_end", train.TestBegin: "on_test_begin",
	train.TestBatchBegin: "on_test_batch_begin", train.TestBatchEnd: "on_test_batch_end", train.TestEnd: "on_test_end",
	train.EpochEnd: "on_epoch_end", train.TrainEnd: "on_train_end"}

// heard is a callback that writes down each event.
type heard struct{ list []hook }

func (h *heard) On(e train.Event) error {
	now := hook{Name: hooks[e.Kind], Logs: e.Metrics.Names()}
	i := e.Epoch - 1
	switch e.Kind {
	case train.BatchBegin, train.TestBatchBegin:
		i = e.Batch
	case train.BatchEnd, train.TestBatchEnd:
		i = e.Batch - 1
	case train.TrainBegin, train.TrainEnd, train.TestBegin, train.TestEnd:
		h.list = append(h.list, now)
		return nil
	}
	now.Index = &i
	h.list = append(h.list, now)
	return nil
}

// metrics are the metrics of the case.
func (c *callbackCase) metrics(t *testing.T) (out []metric.Metric) {
	for _, name := range c.Metrics {
		x, err := metric.New(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// events compares the events of a training with the hooks that Keras calls, in which a batch of the validation data has
// metrics. Their names are compared sorted.
func (c *callbackCase) events(t *testing.T) {
	n, held := c.Samples, int(float64(c.Samples)*(1-c.Split)) // Keras holds the last samples back
	x := tensor.New(tensor.Float32, n, 1)
	part := func(from, to int) train.Data { return train.Pairs(x.Rows(from, to), x.Rows(from, to)) }
	said := &heard{}
	run := train.Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, BatchSize: c.BatchSize, Epochs: c.Epochs,
		StepsPerEpoch: c.Steps, NoShuffle: true, Callbacks: []train.Callback{said}}
	if held < n {
		d := part(held, n)
		run.Validation = &d
	}
	run.Metrics = c.metrics(t)
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	if _, err := train.Fit(t.Context(), m, part(0, held), run); err != nil {
		t.Fatal(err)
	}
	text := func(list []hook) (all []string) {
		for _, h := range list {
			if h.Name == "on_test_batch_end" {
				h.Logs = nil
			}
			slices.Sort(h.Logs)
			all = append(all, h.String())
		}
		return all
	}
	if got, want := text(said.list), text(c.Expected.Events); !slices.Equal(got, want) {
		t.Errorf("the events are\n%s\nKeras has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// csv compares the numbers of a log with those of Keras's: gorae counts epochs from 1, keeps the order of the metrics,
// and has a column of seconds.
func (c *callbackCase) csv(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.csv")
	comma := ','
	for _, r := range c.Runs {
		var names []string
		for name := range r.History[0] {
			names = append(names, name)
		}
		slices.Sort(names)
		l := &train.CSVLogger{Filename: path}
		l.Append, _ = r.Options["append"].(bool)
		if s, _ := r.Options["separator"].(string); s != "" {
			l.Separator, comma = s, rune(s[0])
		}
		h := &train.History{}
		e := train.Event{Kind: train.TrainBegin, Run: &train.Run{History: h, Names: names}}
		if err := l.On(e); err != nil {
			t.Fatal(err)
		}
		for i, logs := range r.History {
			row := train.Row{Epoch: r.Epochs[i] + 1}
			for _, name := range names {
				var v number
				if err := json.Unmarshal(logs[name], &v); err != nil {
					t.Fatal(err)
				}
				row.Metrics = append(row.Metrics, train.Metric{Name: name, Value: float64(v)})
			}
			h.Rows = append(h.Rows, row)
			e.Kind = train.EpochEnd
			if err := l.On(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, want := rowsOf(t, text, comma), rowsOf(t, []byte(c.Expected.Text), comma)
	if len(got) != len(want) {
		t.Fatalf("%d lines, Keras has %d", len(got), len(want))
	}
	for i, w := range want {
		if got[i]["seconds"] != "0" {
			t.Errorf("line %d: the seconds are %q, none passed", i+1, got[i]["seconds"])
		}
		delete(got[i], "seconds")
		if len(got[i]) != len(w) {
			t.Errorf("line %d has the columns of %v, Keras's those of %v", i+1, got[i], w)
		}
		for name, s := range w {
			a, errA := strconv.ParseFloat(got[i][name], 64)
			b, errB := strconv.ParseFloat(s, 64)
			if name == "epoch" {
				b++
			}
			if errA != nil || errB != nil || a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
				t.Errorf("line %d, %s: %q, Keras has %q", i+1, name, got[i][name], s)
			}
		}
	}
}

// rowsOf reads lines by the names of their columns.
func rowsOf(t *testing.T, text []byte, comma rune) (rows []map[string]string) {
	t.Helper()
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = comma
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}
