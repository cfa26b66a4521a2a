package golden

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"gorae/metric"
	"gorae/train"
)

// callbackCase is a line of keras3-training/callbacks.jsonl: a callback that is fed with scripted logs, or the mode
// that auto chooses for a metric.
type callbackCase struct {
	Name, Kind, Class string
	Options           map[string]any
	Metrics           []string
	Rate              *float64 `json:"learning_rate"`
	Filepath          string
	History           []map[string]number
	Batches           [][]map[string]number `json:"batch_history"`
	Schedule          *scripted

	// Of fit_events.
	Samples   int
	BatchSize int     `json:"batch_size"`
	Epochs    int     // and of swap_ema
	Split     float64 `json:"validation_split"`
	Steps     int     `json:"steps_per_epoch"`

	// Of csv_logger.
	Runs []struct {
		Options map[string]any
		Epochs  []int
		History []map[string]json.RawMessage // a number, or an array
	}

	// Of swap_ema.
	UseCallback bool    `json:"use_callback"`
	SwapOnEpoch bool    `json:"swap_on_epoch"`
	Momentum    float64 `json:"ema_momentum"`
	Weights     []*array
	X, Y        *array

	Metric struct {
		Class, String string
		Options       map[string]any
	}
	Expected struct {
		Trace []struct {
			Rate  float64 `json:"learning_rate"`
			Batch *int    `json:"stopped_at_batch"`
		}
		Run     int `json:"epochs_run"`
		Final   int `json:"final_weights_are_of_epoch"`
		Saves   []saved
		Error   string
		Refused string   `json:"error_in_constructor"`
		Names   []string `json:"log_names"`
		Decides map[string]string
		Events  []hook
		Text    string
		Seen    []kernelSeen `json:"kernel_seen"`
		History map[string][]float64
		Weights []*array `json:"final_weights"`
	}
}

// saved is a file that a ModelCheckpoint wrote: in which epoch, from 0, and behind which batch of it, nil at its end.
type saved struct {
	Path  string
	Epoch int
	Batch *int
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
	"ModelCheckpoint/014":   "Keras warns in each epoch that the metric is not there, and saves each",
}

// callbackBetter are cases in which Keras does what its definition does not say.
var callbackBetter = map[string]string{
	"EarlyStopping/044":   "Keras keeps a first NaN as the best value and never sees an improvement (README)",
	"EarlyStopping/045":   "Keras keeps a first NaN as the best value and never sees an improvement (README)",
	"ModelCheckpoint/022": "before the first epoch's end Keras does not know the direction, which is a TypeError (README)",
	"csv_logger/003":      "a metric of gorae's is one number",
	"csv_logger/005":      "all rows of gorae's file have the same columns: validation is in each epoch",
	"fit_events/003":      "validation is in each epoch: there is no validation_freq",
	"fit_events/004":      "a training goes on from the state of a former one, not from a number of an epoch",
	"fit_events/005":      "evaluating and predicting outside of a training tell no callbacks",
	"fit_events/006":      "a loss that is NaN is an error, which says where it arose",
	"fit_events/007":      "a loss that is NaN is an error, which says where it arose",
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
		case callbackBetter[c.Name] != "":
			y.listed[callbackBetter[c.Name]]++
		default:
			check := map[string]func(t *testing.T){"trace": c.trace, "csv_logger": c.csv, "fit_events": c.events,
				"swap_ema": c.averages}[c.Kind]
			if check == nil {
				t.Fatalf("%s: the kind %s is not known", c.Name, c.Kind)
			}
			y.try(t, c.Name, check)
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

// callback makes the callback of a case. Its files lie below a folder.
func (c *callbackCase) callback(folder string) (train.Callback, error) {
	if c.Schedule != nil {
		return train.LearningRateScheduler{Schedule: c.Schedule.function()}, nil
	}
	options := map[string]any{}
	for k, v := range c.Options {
		options[k] = v
	}
	if c.Filepath != "" {
		options["filepath"] = filepath.Join(folder, c.Filepath)
	}
	return train.Callbacks.New(c.Class, options)
}
