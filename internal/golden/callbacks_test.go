package golden

import (
	"encoding/json"
	"math"
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

// callbackCase is a line of keras3-training/callbacks.jsonl: a callback that is fed with scripted logs, or the mode
// that auto chooses for a metric.
type callbackCase struct {
	Name, Kind, Class string
	Options           map[string]any
	Metrics           []string
	Rate              *float64 `json:"learning_rate"`
	History           []map[string]number
	Batches           json.RawMessage `json:"batch_history"`
	Schedule          *scripted
	Metric            struct {
		Class, String string
		Options       map[string]any
	}
	Expected struct {
		Trace []struct {
			Rate float64 `json:"learning_rate"`
		}
		Run     int `json:"epochs_run"`
		Final   int `json:"final_weights_are_of_epoch"`
		Error   string
		Refused string   `json:"error_in_constructor"`
		Names   []string `json:"log_names"`
		Decides map[string]string
	}
}

// scripted is the function of a LearningRateScheduler.
type scripted struct {
	Kind          string
	Values        []float64
	Start, Factor float64
	Epoch         int
}

// callbackRefused are options that Keras lets pass, with a warning or in silence, and gorae refuses.
var callbackRefused = map[string]string{
	"EarlyStopping/021":     "Keras takes a min_delta below 0 without its sign",
	"EarlyStopping/040":     "Keras warns of an unknown mode and takes auto",
	"EarlyStopping/042":     "Keras warns in each epoch that the metric is not there, and never stops",
	"ReduceLROnPlateau/017": "Keras warns in each epoch that the metric is not there, and does nothing",
	"ReduceLROnPlateau/019": "a factor of 0 ends all learning",
}

// callbackBetter are cases in which Keras does what its definition does not say.
var callbackBetter = map[string]string{
	"EarlyStopping/044": "Keras keeps a first NaN as the best value and never sees an improvement (README)",
	"EarlyStopping/045": "the same",
}

// TestCallbacks: callbacks do in each epoch what Keras's do: the learning rate afterwards, the epoch in which a
// training ends, and the epoch whose weights the model has in the end; the mode auto goes by the metric's direction.
func TestCallbacks(t *testing.T) {
	file := "keras3-training/callbacks.jsonl"
	y := newTally(file)
	lines(t, file, func(c *callbackCase) {
		switch {
		case c.Kind == "auto_mode":
			if len(c.Expected.Names) == 0 {
				y.refused++
				return
			}
			m, err := c.metric()
			if err != nil {
				y.missing["auto_mode of "+c.Metric.Class+c.Metric.String]++
				return
			}
			y.try(t, c.Name, func(t *testing.T) { c.direction(t, m) })
		case c.Kind != "trace":
			y.missing[c.Kind]++
		case c.Class == "ModelCheckpoint" || c.Class == "TerminateOnNaN" || c.Batches != nil:
			y.missing[c.Class+" (the saved files and batches are not compared)"]++
		case c.Schedule != nil && c.Schedule.function() == nil:
			y.options["LearningRateScheduler "+c.Schedule.Kind]++
		case callbackBetter[c.Name] != "":
			y.options[c.Class+": Keras departs from its definition"]++
		default:
			y.try(t, c.Name, c.trace)
		}
	}, whole)
	y.report(t)
}

func (c *callbackCase) metric() (metric.Metric, error) {
	if c.Metric.String != "" {
		return metric.New(c.Metric.String)
	}
	options := map[string]any{}
	for k, v := range c.Metric.Options {
		if k != "name" {
			options[k] = v
		}
	}
	return newMetric(c.Metric.Class, options)
}

// direction compares the direction of a metric with the mode that Keras chooses.
func (c *callbackCase) direction(t *testing.T, m metric.Metric) {
	for _, name := range c.Expected.Names {
		if name == "loss" {
			continue
		}
		want := c.Expected.Decides[name]
		if want == "ValueError" {
			want = "unknown"
		}
		if got := metric.DirectionOf(m).String(); got != want {
			t.Errorf("%s is to be %s, Keras says %s", name, got, want)
		}
	}
}

// function is the schedule; nil for a kind that the test does not know.
func (s *scripted) function() func(epoch int, rate float64) float64 {
	switch s.Kind {
	case "table":
		return func(epoch int, _ float64) float64 { return s.Values[min(epoch, len(s.Values)-1)] }
	case "epoch_only":
		return func(epoch int, _ float64) float64 { return s.Start / float64(epoch+1) }
	case "multiply_after":
		return func(epoch int, rate float64) float64 {
			if epoch < s.Epoch {
				return rate
			}
			return rate * s.Factor
		}
	}
	return nil
}

// callback makes the callback of a case.
func (c *callbackCase) callback() (train.Callback, error) {
	if c.Schedule != nil {
		return train.LearningRateScheduler{Schedule: c.Schedule.function()}, nil
	}
	return train.Callbacks.New(c.Class, c.Options)
}

// trace trains a model of one weight while the logs of each epoch are those of the script.
func (c *callbackCase) trace(t *testing.T) {
	callback, err := c.callback()
	refused := c.Expected.Error + c.Expected.Refused + callbackRefused[c.Name]
	if err != nil || c.Expected.Refused != "" {
		if (refused == "") != (err == nil) {
			t.Errorf("the error is %v, Keras has %q", err, refused)
		}
		return
	}
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	fill := func(v float64) error {
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
	rate := 1.0
	if c.Rate != nil {
		rate = *c.Rate
	}
	var rates []float64
	script := train.Lambda{EpochEnd: func(e train.Event) error {
		for i := range e.Metrics {
			e.Metrics[i].Value, e.Metrics[i].Why = float64(c.History[e.Epoch-1][e.Metrics[i].Name]), ""
		}
		return fill(float64(e.Epoch - 1))
	}}
	after := train.Lambda{EpochEnd: func(e train.Event) error {
		rates = append(rates, e.Run.LearningRate())
		return nil
	}}
	d := train.Pairs(tensor.Of([]float32{0, 0}, 2, 1), tensor.Of([]float32{0, 1}, 2, 1))
	run := train.Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: rate}, BatchSize: 2,
		Epochs: len(c.History), Callbacks: []train.Callback{script, callback, after}}
	for name := range c.History[0] {
		if strings.HasPrefix(name, "val_") {
			run.Validation = &d
		}
	}
	for _, name := range c.Metrics {
		x, err := metric.New(name)
		if err != nil {
			t.Fatal(err)
		}
		run.Metrics = append(run.Metrics, x)
	}
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
