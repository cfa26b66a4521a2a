package train

import (
	"context"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/loss"
	"gorae/metric"
	"gorae/optim"
)

// gain is a metric of a user's own that has no direction: the mean prediction.
type gain struct{}

func (gain) Terms(y, pred, w *graph.Node) []*graph.Node {
	return []*graph.Node{pred.Sum(), pred.Graph().Scalar(float64(pred.Shape.Size()))}
}

func (gain) Result(sums []float64) float64 { return sums[0] / sums[1] }

// accuracyError is one whose name says the contrary of its direction.
type accuracyError struct{ gain }

func (accuracyError) Direction() metric.Direction { return metric.Min }

// TestMonitorDirection: the metric says its direction, whatever it is called; one that does not is an error that asks
// for the mode, by Config and by each callback, as in Keras 3 (keras/src/callbacks/monitor_callback.py).
func TestMonitorDirection(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	d := digits(t, 0, 40)
	config := func() Config {
		return Config{
			Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{}, Epochs: 2, Validation: &d,
			Metrics: []metric.Metric{NamedMetric{gain{}, "accuracy_gain"}, NamedMetric{accuracyError{}, "accuracy"}},
		}
	}
	for _, c := range []struct {
		monitor, mode string
		rises, asks   bool
	}{
		{"val_accuracy_gain", "", false, true}, {"accuracy_gain", "auto", false, true},
		{"val_accuracy_gain", "max", true, false}, {"accuracy_gain", "min", false, false},
		{"val_accuracy", "", false, false}, {"val_loss", "auto", false, false}, {"loss", "", false, false},
	} {
		by := config()
		by.Monitor, by.Mode = c.monitor, c.mode
		stopping, plateau, keeping := config(), config(), config()
		var s EarlyStopping
		if c.mode != "" {
			s.Mode = c.mode
		}
		s.Monitor = c.monitor
		stopping.Callbacks = []Callback{&s}
		plateau.Callbacks = []Callback{&ReduceLROnPlateau{Monitor: c.monitor, Mode: s.Mode}}
		keeping.Callbacks = []Callback{&ModelCheckpoint{Filepath: t.TempDir() + "/m.keras", Monitor: c.monitor,
			Mode: s.Mode, SaveBestOnly: true}}
		for what, x := range map[string]Config{"": by, "early_stopping: ": stopping, "reduce_lr_on_plateau: ": plateau,
			"model_checkpoint: ": keeping} {
			_, err := Fit(context.Background(), classifier(), d, x)
			want := what + `monitor: "` + c.monitor +
				`" does not say whether it is to rise or to fall; give mode: max or min`
			if c.asks != (err != nil) || err != nil && !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%smonitor %q, mode %q: %v", what, c.monitor, c.mode, err)
			}
		}
		if !c.asks && s.watch.max != c.rises {
			t.Errorf("monitor %q, mode %q: rising is better: %v", c.monitor, c.mode, s.watch.max)
		}
	}
}
