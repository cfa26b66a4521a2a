package train

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"reflect"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// network is 3 inputs, 4 units of a relu of which one is off for good, and an output.
func statisticsModel(t *testing.T) *model.Model {
	t.Helper()
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "relu"},
		layer.Dense{Units: 1})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	if err := m.Store().Set("dense/bias", tensor.Of([]float32{0.3, 0.2, 0.1, -100}, 4)); err != nil {
		t.Fatal(err)
	}
	return m
}

func statisticsData() Data {
	x, y := tensor.New(tensor.Float32, 200, 3), tensor.New(tensor.Float32, 200, 1)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i*i%977) * 1.3))
	}
	for i := range y.F32 {
		y.F32[i] = x.F32[3*i]*x.F32[3*i+1] + 0.1
	}
	return Pairs(x, y)
}

func statisticsConfig(cb ...Callback) Config {
	return Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.1}, Epochs: 20, BatchSize: 20,
		Seed:      4,
		Callbacks: cb}
}

// TestStatistics: the numbers are those of the network by itself, and the training has the same weights to the bit as
// without them. One of four units is off for good; the gradient's norm is that of the probe's own; 32 of 200 samples
// are looked at before the first step, after the first epoch, and after the last, since (32 + 120)/(0.015·200) is more
// than 20.
func TestStatistics(t *testing.T) {
	with, without := statisticsModel(t), statisticsModel(t)
	s := &Statistics{}
	if _, err := Fit(t.Context(), with, statisticsData(), statisticsConfig(s)); err != nil {
		t.Fatal(err)
	}
	if _, err := Fit(t.Context(), without, statisticsData(), statisticsConfig()); err != nil {
		t.Fatal(err)
	}
	for i, v := range with.TrainableWeights() {
		if o := without.TrainableWeights()[i]; !reflect.DeepEqual(v.Value.F32, o.Value.F32) {
			t.Errorf("%s differs", v.Path)
		}
	}
	if s.Failed != nil {
		t.Fatal(s.Failed)
	}
	var epochs []int
	for _, e := range s.Epochs {
		epochs = append(epochs, e.Epoch)
	}
	if want := []int{0, 1, 20}; !reflect.DeepEqual(epochs, want) {
		t.Errorf("epochs %v, want %v", epochs, want)
	}
	last := s.Epochs[len(s.Epochs)-1]
	if l := last.Layers[1]; l.Path != "dense" || l.Units != 4 || l.Dead != 1 || l.Constant != 1 || l.Alike != 1 {
		t.Errorf("layer %+v, want one dead unit of 4", l)
	}
	for _, w := range last.Weights {
		square := 0.0
		for _, v := range with.TrainableWeights() {
			for _, x := range v.Value.F32 {
				if v.Path == w.Path {
					square += float64(x) * float64(x)
				}
			}
		}
		if math.Abs(w.Norm-math.Sqrt(square)) > 1e-9 || !(w.Gradient > 0) || !(w.Update > 0) {
			t.Errorf("%+v, want a norm of %v, a gradient and an update", w, math.Sqrt(square))
		}
	}
	if s.Epochs[0].Weights[0].Update != 0 || s.Epochs[0].Loss <= last.Loss {
		t.Errorf("before the first step: %+v", s.Epochs[0])
	}
}

// TestStatisticsResumed: a run that is stopped and goes on has the statistics of one that is not.
func TestStatisticsResumed(t *testing.T) {
	whole := &Statistics{}
	if _, err := Fit(t.Context(), statisticsModel(t), statisticsData(), statisticsConfig(whole)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "last.keras")
	enough := errors.New("enough")
	for k := range 2 {
		s := &Statistics{}
		c := statisticsConfig(s, Lambda{EpochEnd: func(e Event) error {
			if k == 0 && e.Epoch == 10 {
				return enough
			}
			return nil
		}})
		c.Checkpoint = &Checkpoint{Path: path, Resume: true}
		_, err := Fit(t.Context(), statisticsModel(t), statisticsData(), c)
		if k == 0 {
			if !errors.Is(err, enough) {
				t.Fatal(err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		a, _ := json.Marshal(whole.Epochs)
		b, _ := json.Marshal(s.Epochs)
		if string(a) != string(b) {
			t.Errorf("statistics\n%s\nwant\n%s", b, a)
		}
	}
}

// TestStatisticsAlike: units of a layer that begins with zeros are one unit.
func TestStatisticsAlike(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "tanh",
		Kernel: weight.Ones{}},
		layer.Dense{Units: 1, Kernel: weight.Ones{}})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	s := &Statistics{}
	if _, err := Fit(t.Context(), m, statisticsData(), statisticsConfig(s)); err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Epochs {
		if e.Layers[1].Alike != 4 || e.Weights[0].Deviation > 10 {
			t.Errorf("epoch %d: %+v", e.Epoch, e.Layers[1])
		}
	}
	if s.Epochs[0].Weights[0].Deviation != 0 {
		t.Errorf("%+v", s.Epochs[0].Weights[0])
	}
}

// TestObserved: a training that was observed goes on without the observer, and one that was not goes on with it, to the
// same numbers.
func TestObserved(t *testing.T) {
	whole := mustFit(t, classifier(), digits(t, 0, 64), lessons(4)).Rows
	for _, first := range []bool{true, false} {
		path := filepath.Join(t.TempDir(), "last.keras")
		fit := func(epochs int, observed bool) *History {
			c := lessons(epochs)
			c.Checkpoint = &Checkpoint{Path: path, Every: 1, Resume: true}
			if observed {
				c.Callbacks = append(c.Callbacks, &Statistics{})
			}
			return mustFit(t, classifier(), digits(t, 0, 64), c)
		}
		fit(2, first)
		rows := fit(4, !first).Rows
		for i := range whole {
			if got, want := rows[i].Metrics.Of("loss"), whole[i].Metrics.Of("loss"); got != want {
				t.Errorf("observed first: %v: epoch %d: loss %v, want %v", first, i+1, got, want)
			}
		}
	}
}
