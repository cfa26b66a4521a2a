//go:build judge

package judge

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
	"gorae/train/tensorboard"
)

// eventFiles is what TensorBoard reads below a folder of event files: values, the nodes of the layers and those of the
// operations.
type eventFiles struct {
	Events []struct {
		Run, Tag, Plugin string
		Step             int
		Value            array
	}
	Words, Texts []string
}

// byTag are the values by folder, dashboard, tag and step.
func (f eventFiles) byTag(t *testing.T) map[string]*tensor.Tensor {
	all := map[string]*tensor.Tensor{}
	for _, e := range f.Events {
		key := fmt.Sprintf("%s %s %s %d", e.Run, e.Plugin, e.Tag, e.Step)
		if all[key] != nil {
			t.Errorf("%s stands twice", key)
		}
		all[key] = e.Value.tensor()
	}
	return all
}

// networks are those whose event files are compared: a chain with matrices, vectors and kernels that Keras draws and
// others that it does not, and a graph with two ways.
func eventNetworks() map[string]*model.Model {
	in := model.Input("numbers", 6)
	a := model.Apply(layer.Dense{Base: layer.Base{Name: "left"}, Units: 4, Activation: "relu"}, in)
	b := model.Apply(layer.Dense{Base: layer.Base{Name: "right"}, Units: 4}, in)
	out := model.Apply(layer.Dense{Base: layer.Base{Name: "out"}, Units: 3, Activation: "softmax"},
		model.Apply(layer.Add{Base: layer.Base{Name: "sum"}}, a, b))
	return map[string]*model.Model{
		"chain": model.Sequential(layer.Input{Shape: []int{5, 5, 1}},
			layer.Conv2D{Filters: 4, KernelSize: []int{3}, Padding: "same"}, layer.BatchNormalization{},
			layer.Conv2D{Filters: 3, KernelSize: []int{2}}, layer.Conv2D{Filters: 3, KernelSize: []int{2}},
			layer.Flatten{}, layer.Dense{Units: 3, Activation: "softmax"}),
		"graph": model.New([]*model.Value{in}, []*model.Value{out}),
	}
}

// TestTensorBoard: TensorBoard reads in the event files of a training the tags, steps and values that it reads in those
// that Keras writes when it trains the same network on the same samples; also where the training was broken off in
// between and continued. The number of batches of an epoch is a multiple of update_freq: otherwise Keras leaves out
// what belongs to the epoch, which gorae writes.
func TestTensorBoard(t *testing.T) {
	p := judge(t)
	const rows, batch, epochs = 24, 4, 3
	for name, m := range eventNetworks() {
		for _, rate := range []float64{0, 0.05} {
			t.Run(fmt.Sprintf("%s/%v", name, rate), func(t *testing.T) {
				if err := m.Build(5); err != nil {
					t.Fatal(err)
				}
				xs, y := samples(m, rows, 0), tensor.New(tensor.Float32, rows, 1)
				for i := range y.F32 {
					y.F32[i] = float32(i * i % 3)
				}
				dir := t.TempDir()
				q := question{Do: "tensorboard", Path: filepath.Join(dir, "m.keras"), Copy: filepath.Join(dir, "logs"),
					Inputs: packedAll(xs), Targets: []array{packed(y)}, Batch: batch, Epochs: epochs,
					Loss: "sparse_categorical_crossentropy",
					Optimizer: map[string]any{"class_name": "SGD",
						"config": map[string]any{"learning_rate": schedule(rate)}},
					Options: map[string]any{"histogram_freq": 2, "write_images": true, "update_freq": 3}}
				if err := keras.SaveFile(q.Path, m); err != nil {
					t.Fatal(err)
				}
				d := train.Data{X: xs, Y: []*tensor.Tensor{y}}
				run := func(epochs, stopAt int) error {
					_, err := train.Fit(t.Context(), m, d, train.Config{Loss: loss.SparseCategoricalCrossentropy{},
						Metrics: []metric.Metric{metric.Accuracy{}}, Validation: &d, Epochs: epochs, BatchSize: batch,
						Optimizer: optim.SGD{Schedule: decay(rate)}, NoShuffle: true,
						Checkpoint: &train.Checkpoint{Path: filepath.Join(dir, "last.keras"), Resume: true},
						Callbacks: []train.Callback{&tensorboard.TensorBoard{LogDir: q.Copy, HistogramFreq: 2,
							WriteImages: true, UpdateFreq: 3},
							train.Lambda{BatchEnd: func(e train.Event) error {
								if stopAt > 0 && e.Step == uint64(stopAt) {
									return fmt.Errorf("broken off")
								}
								return nil
							}}}})
					return err
				}
				if err := run(epochs, 10); err == nil { // in the second epoch, behind a value of step 9
					t.Fatal("the training is not broken off")
				}
				if err := run(epochs, 0); err != nil {
					t.Fatal(err)
				}
				files := p.ask(t, q).EventFiles
				compareEvents(t, files[1], files[0])
			})
		}
	}
}

// schedule is the learning rate of the training, as Keras is given it; decay is gorae's.
func schedule(rate float64) any {
	return map[string]any{"module": "keras.optimizers.schedules", "class_name": "ExponentialDecay",
		"config": map[string]any{"initial_learning_rate": rate + 1e-30, "decay_steps": 6, "decay_rate": 0.5}}
}

func decay(rate float64) optim.Schedule {
	return optim.ExponentialDecay{Initial: rate + 1e-30, Steps: 6, Rate: 0.5}
}

// compareEvents compares what gorae wrote with what Keras wrote.
func compareEvents(t *testing.T, got, want eventFiles) {
	t.Helper()
	if !slices.Equal(got.Words, want.Words) {
		t.Errorf("the layers' graph is\n%s\nKeras has\n%s", strings.Join(got.Words, "\n"),
			strings.Join(want.Words, "\n"))
	}
	if len(got.Texts) < len(got.Words) {
		t.Errorf("the operations' graph has %d nodes for %d layers", len(got.Texts), len(got.Words))
	}
	g, w := got.byTag(t), want.byTag(t)
	if len(w) < 20 {
		t.Fatalf("Keras wrote %d values: %v", len(w), slices.Sorted(maps.Keys(w)))
	}
	for key, v := range w {
		switch x := g[key]; {
		case x == nil:
			t.Errorf("%s is missing", key)
		case strings.Contains(key, " images "):
			if s := near(x, v, 1.0/128); s != "" { // a grey level
				t.Errorf("%s: %s", key, s)
			}
		case strings.Contains(key, " histograms "):
			sameHistogram(t, key, x, v)
		default:
			if s := near(x, v, 1e-5); s != "" {
				t.Errorf("%s: %s", key, s)
			}
		}
	}
	for key := range g {
		if w[key] == nil {
			t.Errorf("%s is not written by Keras", key)
		}
	}
}

// sameHistogram compares two histograms: edges, and counts but for an element on an edge.
func sameHistogram(t *testing.T, key string, got, want *tensor.Tensor) {
	t.Helper()
	if !got.Shape.Equal(want.Shape) {
		t.Errorf("%s has the shape %v, Keras has %v", key, got.Shape, want.Shape)
		return
	}
	sum, moved := 0.0, 0.0
	for i := range want.Shape[0] {
		for k := range 2 {
			if a, b := got.Float(3*i+k), want.Float(3*i+k); math.Abs(a-b) > 1e-5*(0.1+math.Abs(b)) {
				t.Errorf("%s: edge %d of bucket %d is %v, Keras has %v", key, k, i, a, b)
			}
		}
		sum += want.Float(3*i + 2)
		moved += math.Abs(got.Float(3*i+2) - want.Float(3*i+2))
	}
	// A bias before a batch normalization has no gradient but what rounding leaves, and its elements no spread.
	if spread := want.Float(want.Len()-2) - want.Float(0); spread > 1e-5 && moved > 2 && moved > sum/50 {
		t.Errorf("%s: %v of %v elements are in other buckets", key, moved/2, sum)
	}
}
