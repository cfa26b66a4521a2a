package train

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
)

// scripted runs a callback through epochs whose val_loss is given, on a model with one
// weight that holds the number of the epoch. It gives the number of epochs run
// and the weight at the end.
func scripted(t *testing.T, c Callback, monitor string, values ...float64) (epochs int, weight float32,
	rates []float64) {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1, NoBias: true})
	tr, err := NewTrainer(m, Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1},
		Metrics: []metric.Metric{metric.Accuracy{}}})
	if err != nil {
		t.Fatal(err)
	}
	w := m.Store().Vars()[0].Value
	l := tr.loop()
	l.run = Run{Model: m, History: l.history, Names: []string{"loss", monitor}, loop: l}
	on := func(e Event) {
		t.Helper()
		e.Run = &l.run
		if err := c.On(e); err != nil {
			t.Fatal(err)
		}
	}
	on(Event{Kind: TrainBegin})
	for i, v := range values {
		if l.run.stopped {
			break
		}
		on(Event{Kind: EpochBegin, Epoch: i + 1})
		rates = append(rates, tr.LearningRate())
		w.F32[0] = float32(i + 1)
		on(Event{Kind: EpochEnd, Epoch: i + 1, Metrics: Metrics{{Name: "loss", Value: 0}, {Name: monitor, Value: v}}})
		if s, ok := c.(Stateful); ok { // taken up at every epoch's end
			state := s.State()
			on(Event{Kind: TrainBegin})
			if err := s.Restore(state); err != nil {
				t.Fatal(err)
			}
		}
		epochs++
	}
	on(Event{Kind: TrainEnd})
	return epochs, w.F32[0], rates
}

// The rules are Keras 3's, followed by hand in keras/src/callbacks/early_stopping.py.
func TestEarlyStopping(t *testing.T) {
	for _, c := range []struct {
		name    string
		stop    EarlyStopping
		monitor string
		values  []float64
		epochs  int
		weight  float32
	}{
		{"no patience", EarlyStopping{}, "val_loss", []float64{3, 2, 2.5, 1}, 3, 3},
		{"patience 2", EarlyStopping{Patience: 2}, "val_loss", []float64{3, 2, 2.5, 1, 2, 2, 2}, 6, 6},
		{"equal is no improvement", EarlyStopping{Patience: 2}, "val_loss", []float64{1, 1, 1, 1}, 3, 3},
		{"restores", EarlyStopping{Patience: 2, RestoreBestWeights: true}, "val_loss", []float64{3, 1, 2, 2, 2}, 4, 2},
		{"restores at the end too", EarlyStopping{Patience: 9, RestoreBestWeights: true}, "val_loss",
			[]float64{3, 1, 2}, 3, 2},
		{"min_delta", EarlyStopping{Patience: 1, MinDelta: 0.5, RestoreBestWeights: true}, "val_loss",
			[]float64{3, 2.6, 2.4, 1, 0.9}, 2, 1},
		{"accuracy grows", EarlyStopping{Monitor: "val_accuracy", Patience: 1, RestoreBestWeights: true},
			"val_accuracy", []float64{.5, .6, .55, .9}, 3, 2},
		{"mode min", EarlyStopping{Monitor: "val_accuracy", Mode: "min"}, "val_accuracy", []float64{.6, .5, .55}, 3, 3},
		// Better than before, but never than the baseline: the waiting goes on. Epoch 4
		// improves and returns, epoch 5 does not.
		{"baseline", EarlyStopping{Patience: 2, Baseline: new(0.5)}, "val_loss", []float64{3, 2, 1, 0.9, 0.95, 0.1}, 5,
			5},
		{"start_from_epoch", EarlyStopping{StartFromEpoch: 3}, "val_loss", []float64{1, 2, 3, 5, 6, 7}, 5, 5},
		{"NaN is no improvement", EarlyStopping{Patience: 1, RestoreBestWeights: true}, "val_loss",
			[]float64{math.NaN(), math.NaN(), 1}, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			epochs, weight, _ := scripted(t, &c.stop, c.monitor, c.values...)
			if epochs != c.epochs || weight != c.weight {
				t.Errorf("ran %d epochs and ended with the weights of epoch %v, want %d and %v", epochs, weight,
					c.epochs, c.weight)
			}
		})
	}
}

// The rules are those of keras/src/callbacks/reduce_lr_on_plateau.py; the rates are float32.
func TestReduceLROnPlateau(t *testing.T) {
	for _, c := range []struct {
		name   string
		reduce ReduceLROnPlateau
		values []float64
		rates  []float64 // at the beginning of each epoch
	}{
		{"default", ReduceLROnPlateau{Factor: 0.5, Patience: new(2)}, []float64{1, 1, 1, 1, 1, 1},
			[]float64{1, 1, 1, .5, .5, .25}},
		{"min_delta", ReduceLROnPlateau{Factor: 0.5, Patience: new(1)}, []float64{1, .99995, .99985, .9},
			[]float64{1, 1, .5, .5}},
		{"no min_delta", ReduceLROnPlateau{Factor: 0.5, Patience: new(1), MinDelta: new(0.0)},
			[]float64{1, .99995, .9999, .9}, []float64{1, 1, 1, 1}},
		// After a reduction two epochs are not counted.
		{"cooldown", ReduceLROnPlateau{Factor: 0.5, Patience: new(1), Cooldown: 2}, []float64{1, 1, 1, 1, 1, 1},
			[]float64{1, 1, .5, .5, .25, .25}},
		{"min_lr", ReduceLROnPlateau{Factor: 0.25, Patience: new(1), MinLR: 0.5}, []float64{1, 1, 1, 1},
			[]float64{1, 1, .5, .5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, rates := scripted(t, &c.reduce, "val_loss", c.values...)
			if !slices.Equal(rates, c.rates) {
				t.Errorf("learning rates %v, want %v", rates, c.rates)
			}
		})
	}
}

func TestLearningRateScheduler(t *testing.T) {
	s := LearningRateScheduler{Schedule: func(epoch int, rate float64) float64 {
		if epoch == 0 {
			return rate
		}
		return rate / 2
	}}
	if _, _, rates := scripted(t, s, "val_loss", 1, 1, 1); !slices.Equal(rates, []float64{1, .5, .25}) {
		t.Errorf("learning rates %v", rates)
	}
	by, err := Callbacks.New("learning_rate_scheduler", map[string]any{"schedule": map[string]any{
		"class_name": "PiecewiseConstantDecay", "config": map[string]any{"boundaries": []any{0, 2},
			"values": []any{0.5, 0.25, 0.125}}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, rates := scripted(t, by, "val_loss", 1, 1, 1, 1); !slices.Equal(rates, []float64{.5, .25, .25, .125}) {
		t.Errorf("learning rates by epoch %v", rates)
	}
	c := lessons(1)
	c.Optimizer = optim.SGD{Schedule: optim.ExponentialDecay{Initial: 0.1, Steps: 10, Rate: 0.5}}
	c.Callbacks = []Callback{s}
	_, err = Fit(context.Background(), classifier(), digits(t, 0, 32), c)
	want := "fit: epoch begin: learning_rate_scheduler: the optimizer's learning rate follows a schedule; give it a " +
		"number to move it by hand"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant %s", err, want)
	}
}

// An experiment file names callbacks with Keras's words and keys.
func TestCallbackRegistry(t *testing.T) {
	c, err := Callbacks.Decode(map[string]any{"early_stopping": map[string]any{"patience": 5,
		"restore_best_weights": true, "verbose": 1}})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.(*EarlyStopping); got.Patience != 5 || !got.RestoreBestWeights {
		t.Errorf("early_stopping is %+v", got)
	}
	for _, c := range []struct {
		name string
		cfg  any
		want string
	}{
		{"ReduceLROnPlateau", map[string]any{"factor": 0.5, "min_delta": 0}, ""},
		{"reduce_lr_on_plateau", nil, ""},
		{"model_checkpoint", map[string]any{"filepath": "x.keras", "save_freq": "epoch"}, ""},
		{"model_checkpoint", map[string]any{"filepath": "x.keras", "save_freq": 100}, ""},
		{"csv_logger", "log.csv", ""},
		{"terminate_on_nan", nil, ""},
		{"early_stoping", nil, "early_stoping: unknown callback; did you mean \"early_stopping\"?"},
		{"early_stopping", map[string]any{"patiense": 3},
			"early_stopping.patiense: unknown key; did you mean \"patience\"?"},
		{"early_stopping", map[string]any{"mode": "maxi"},
			`early_stopping.mode: "maxi" is unknown; did you mean "max"?`},
		{"reduce_lr_on_plateau", map[string]any{"factor": 1},
			"reduce_lr_on_plateau.factor: 1 is not allowed; give a number above 0 and below 1"},
	} {
		_, err := Callbacks.New(c.name, c.cfg)
		if got := fmt.Sprint(err); (c.want == "") != (err == nil) || (err != nil && got != c.want) {
			t.Errorf("%s %v: error %v, want %q", c.name, c.cfg, err, c.want)
		}
	}
	// What is written is read again.
	for _, c := range []Callback{
		&ModelCheckpoint{Filepath: "x"}, &ModelCheckpoint{Filepath: "x", SaveFreq: 10},
		&EarlyStopping{Baseline: new(1.0)},
		&ReduceLROnPlateau{Cooldown: 3}, &CSVLogger{Filename: "f", Separator: ";"}, TerminateOnNaN{},
	} {
		b, err := json.Marshal(Callbacks.Encode(c))
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		d, err := Callbacks.Decode(v)
		if err != nil {
			t.Errorf("%s: %v", b, err)
			continue
		}
		if again, _ := json.Marshal(Callbacks.Encode(d)); !bytes.Equal(again, b) {
			t.Errorf("%s\nbecame %s", b, again)
		}
	}
	a, _ := Callbacks.New("early_stopping", map[string]any{"patience": 1})
	b, _ := Callbacks.New("early_stopping", map[string]any{"patience": 2})
	if a == b {
		t.Error("two callbacks of one kind are one")
	}
}

// A model is saved under names that Python's format makes, at the right moments.
func TestModelCheckpoint(t *testing.T) {
	dir := t.TempDir()
	val := digits(t, 500, 100)
	c := lessons(4)
	c.Validation = &val
	c.Optimizer = optim.Adam{LearningRate: 0.2} // too great: val_loss rises and falls
	m := classifier()
	var prints []uint64
	c.Members = []format.Member{{Name: "gorae/note", Data: []byte("hello")}}
	c.Callbacks = []Callback{
		Lambda{EpochEnd: func(e Event) error { prints = append(prints, print(m)); return nil }},
		&ModelCheckpoint{Filepath: filepath.Join(dir, "all-{epoch:02d}.keras")},
		&ModelCheckpoint{Filepath: filepath.Join(dir, "best.keras"), SaveBestOnly: true},
		&ModelCheckpoint{Filepath: filepath.Join(dir, "step-{epoch}-{batch:03d}.keras"), SaveFreq: 3},
		&ModelCheckpoint{Filepath: filepath.Join(dir, "never.keras"), SaveBestOnly: true, Initial: new(0.0)},
	}
	h := mustFit(t, m, digits(t, 0, 128), c) // 4 batches an epoch
	got, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range got {
		names = append(names, f.Name())
	}
	want := []string{"all-01.keras", "all-02.keras", "all-03.keras", "all-04.keras", "best.keras",
		"step-1-003.keras", "step-2-002.keras", "step-3-001.keras", "step-3-004.keras", "step-4-003.keras"}
	if !reflect.DeepEqual(names, want) {
		t.Errorf("files %v\nwant  %v", names, want)
	}
	least := slices.Index(h.Column("val_loss"), slices.Min(h.Column("val_loss")))
	for name, epoch := range map[string]int{"all-03.keras": 2, "best.keras": least} {
		saved, members, err := keras.LoadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if print(saved) != prints[epoch] {
			t.Errorf("%s does not hold the weights of epoch %d", name, epoch+1)
		}
		if len(members) != 1 || members[0].Name != "gorae/note" || string(members[0].Data) != "hello" {
			t.Errorf("%s has the members %v", name, members)
		}
	}
}

func TestFormatted(t *testing.T) {
	f := Metrics{{Name: "val_loss", Value: 0.123456}, {Name: "accuracy", Value: 1}}
	for _, c := range []struct{ path, want string }{ // as Python's str.format gives it
		{"m.keras", "m.keras"},
		{"m-{epoch:02d}-{val_loss:.2f}.keras", "m-07-0.12.keras"},
		{"{epoch}-{batch:4d}", "7-  11"},
		{"{val_loss:.3e}", "1.235e-01"},
		{"{accuracy:.1f}-{epoch:03d}", "1.0-007"},
	} {
		got, err := expand(c.path, 7, 11, f)
		if err != nil || got != c.want {
			t.Errorf("%s is %q (%v), want %q", c.path, got, err, c.want)
		}
	}
	for _, path := range []string{"{loss}", "{epoch:x}", "{val_loss:02d}", "{epoch:.2d}"} {
		if got, err := expand(path, 7, 11, f); err == nil {
			t.Errorf("%s is %q without an error", path, got)
		}
	}
}

func TestCSVLogger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.csv")
	val := digits(t, 500, 50)
	c := lessons(2)
	c.Validation = &val
	log := &CSVLogger{Filename: path, Separator: ";"}
	c.Callbacks = []Callback{log}
	h := mustFit(t, classifier(), digits(t, 0, 64), c)
	read := func() []string {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(b)), "\n")
	}
	lines := read()
	if len(lines) != 3 || lines[0] != "epoch;loss;accuracy;val_loss;val_accuracy;seconds" {
		t.Fatalf("lines %q", lines)
	}
	if want := fmt.Sprintf("2;%v;%v;", h.Rows[1].Metrics[0].Value,
		h.Rows[1].Metrics[1].Value); !strings.HasPrefix(lines[2], want) {
		t.Errorf("line %q, want %q…", lines[2], want)
	}
	var b strings.Builder
	if err := h.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	if got := strings.ReplaceAll(b.String(), ",", ";"); got != strings.Join(lines, "\n")+"\n" {
		t.Errorf("WriteCSV wrote\n%s", got)
	}
	// Append adds lines without another header.
	log.Append = true
	mustFit(t, classifier(), digits(t, 0, 64), c)
	if lines := read(); len(lines) != 5 || !strings.HasPrefix(lines[3], "1;") {
		t.Errorf("lines %q", lines)
	}
}

// A callback ends a run in the middle of an epoch, which is then ended properly.
func TestStop(t *testing.T) {
	c := lessons(5)
	val := digits(t, 500, 50)
	c.Validation = &val
	c.Callbacks = []Callback{Lambda{BatchEnd: func(e Event) error {
		if e.Step == 6 {
			e.Run.Stop()
		}
		return nil
	}}}
	h := mustFit(t, classifier(), digits(t, 0, 128), c)
	if len(h.Rows) != 2 || math.IsNaN(h.Last().Metrics.Of("val_loss")) {
		t.Errorf("history %+v", h.Rows)
	}
	c.Callbacks = []Callback{Lambda{EpochBegin: func(e Event) error { e.Run.Stop(); return nil }}}
	if h := mustFit(t, classifier(), digits(t, 0, 128), c); len(h.Rows) != 0 {
		t.Errorf("history %+v", h.Rows)
	}
	own := errors.New("enough")
	c.Callbacks = []Callback{Lambda{EpochEnd: func(e Event) error { return own }}}
	if _, err := Fit(context.Background(), classifier(), digits(t, 0, 64), c); !errors.Is(err, own) {
		t.Errorf("error %v", err)
	}
}

// Metrics keep their order through JSON, and say null for what is no number.
func TestFiguresJSON(t *testing.T) {
	f := Metrics{{Name: "loss", Value: 0.5}, {Name: "accuracy", Value: math.NaN()},
		{Name: "a \"quoted\" name", Value: 1e-9}}
	b, err := f.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"loss":0.5,"accuracy":null,"a \"quoted\" name":1e-9}`
	if string(b) != want {
		t.Errorf("%s, want %s", b, want)
	}
	var g Metrics
	if err := g.UnmarshalJSON(b); err != nil {
		t.Fatal(err)
	}
	again, _ := g.MarshalJSON()
	if string(again) != want {
		t.Errorf("read and written again: %s", again)
	}
	for _, bad := range []string{"", "[]", "{", `{"a":"b"}`, `{"a":[1]}`} {
		if err := g.UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
	f = Metrics{{Name: "loss", Value: 0.43214}, {Name: "tiny", Value: 1.5e-7}}
	if got := f.String(); got != "loss: 0.4321 - tiny: 1.5000e-07" {
		t.Errorf("printed as %q", got)
	}
}
