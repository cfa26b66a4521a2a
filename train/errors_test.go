package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/plan"
	"gorae/tensor"
)

// Whatever is wrong with what is given to Fit is said in one line, before a weight moves.
func TestFitErrors(t *testing.T) {
	f32 := func(shape ...int) *tensor.Tensor { return tensor.New(tensor.Float32, shape...) }
	nan := f32(5, 4)
	nan.F32[14] = float32(math.NaN())
	deep := f32(5, 2, 2)
	deep.F32[13] = float32(math.Inf(-1))
	labels := tensor.Of([]int32{0, 1, 2, 3, 0}, 5)
	ok := tensor.Of([]int32{0, 1, 2, 1, 0}, 5)
	with := func(change func(c *Config)) func(c *Config, d *Data) { return func(c *Config, d *Data) { change(c) } }
	data := func(change func(d *Data)) func(c *Config, d *Data) { return func(c *Config, d *Data) { change(d) } }
	for _, c := range []struct {
		name   string
		change func(c *Config, d *Data)
		want   string
	}{
		{"no epochs", with(func(c *Config) { c.Epochs = 0 }), "epochs: 0 is not a number of epochs; give 1 or more"},
		{"negative batch", with(func(c *Config) { c.BatchSize = -1 }),
			"batch_size: -1 is not a number of samples; give 1 or more"},
		{"no loss", with(func(c *Config) { c.Loss = nil }),
			"loss: none is given; take one from package loss, as loss.MeanSquaredError{}"},
		{"no optimiser", with(func(c *Config) { c.Optimizer = nil }),
			"optimizer: none is given; optim.Adam{} is a good first choice"},
		{"bad rate", with(func(c *Config) { c.Optimizer = optim.SGD{LearningRate: -1} }),
			"learning_rate: -1 is not a learning rate; give a positive number"},
		{"two losses", with(func(c *Config) { c.Losses = []loss.Loss{c.Loss, c.Loss} }),
			"losses: 2 for 1 outputs (dense); give one for each"},
		{"two loss weights", with(func(c *Config) { c.LossWeights = []float64{1, 2} }),
			"loss_weights: 2 for 1 outputs (dense); give one for each"},
		{"one metric twice", with(func(c *Config) { c.Metrics = append(c.Metrics, metric.Accuracy{}) }),
			`metrics: two metrics are called "accuracy"; leave one out`},
		{"bad metric",
			with(func(c *Config) { c.Metrics = []metric.Metric{metric.SparseTopKCategoricalAccuracy{K: -1}} }),
			"sparse_top_k_categorical_accuracy.k: -1 is not allowed; give 1 or more"},
		{"nil metric", with(func(c *Config) { c.Metrics = []metric.Metric{nil} }),
			`metrics: number 1 of output "dense" is nil`},
		{"misspelt monitor", with(func(c *Config) { c.Monitor = "acuracy" }),
			`monitor: no metric "acuracy"; did you mean "accuracy"?`},
		{"no such mode", with(func(c *Config) { c.Mode = "up" }), `mode: "up" is not one of auto, min, max`},
		{"class weight", with(func(c *Config) { c.ClassWeight = map[int]float64{1: -2} }),
			"class_weight: -2 for class 1; give a number from 0"},
		{"checkpoint without path", with(func(c *Config) { c.Checkpoint = &Checkpoint{} }),
			"checkpoint: path is missing; give the file to write"},
		{"checkpoint nowhere", with(func(c *Config) { c.Checkpoint = &Checkpoint{Path: "no/such/last.keras"} }),
			"checkpoint: no/such/last.keras: there is no directory no/such; make it, or name another"},
		{"model_checkpoint nowhere",
			with(func(c *Config) { c.Callbacks = []Callback{&ModelCheckpoint{Filepath: "no/such/m.keras"}} }),
			`model_checkpoint: filepath "no/such/m.keras": there is no directory no/such; make it, or name another`},
		{"early stopping without validation", with(func(c *Config) { c.Callbacks = []Callback{&EarlyStopping{}} }),
			`early_stopping: monitor: no metric "val_loss"; give validation data, or monitor one of loss, accuracy`},
		{"bad patience", with(func(c *Config) { c.Callbacks = []Callback{&EarlyStopping{Patience: -1}} }),
			"early_stopping.patience: -1 is not a number of epochs; give 0 or more"},
		{"bad factor", with(func(c *Config) { c.Callbacks = []Callback{&ReduceLROnPlateau{Factor: 2}} }),
			"reduce_lr_on_plateau.factor: 2 is not allowed; give a number above 0 and below 1"},
		{"csv_logger without file", with(func(c *Config) { c.Callbacks = []Callback{&CSVLogger{}} }),
			"csv_logger: filename: is missing; give the file to write"},
		{"csv_logger nowhere",
			with(func(c *Config) { c.Callbacks = []Callback{&CSVLogger{Filename: "no/such/history.csv"}} }),
			"csv_logger: no/such/history.csv: there is no directory no/such; make it, or name another"},
		{"checkpoint file's name", with(func(c *Config) {
			c.Callbacks = []Callback{&ModelCheckpoint{Filepath: "m-{epoc}.keras", Monitor: "loss"}}
		}),
			`model_checkpoint: filepath "m-{epoc}.keras": {epoc}: no metric "epoc"; did you mean "epoch"?`},

		{"no samples", data(func(d *Data) { *d = Pairs(f32(0, 4), tensor.Of([]int32{}, 0)) }),
			"training data: x has no samples: shape (0, 4); give at least one"},
		{"nothing", data(func(d *Data) { *d = Data{} }),
			"training data: 0 inputs and 0 targets; give at least one of each"},
		{"nil", data(func(d *Data) { d.Y[0] = nil }), "training data: y is nil"},
		{"scalar", data(func(d *Data) { d.Y[0] = f32() }),
			"training data: y is a scalar; its first axis must count the samples"},
		{"other lengths", data(func(d *Data) { d.Y[0] = f32(4) }),
			"training data: x has 5 samples, y has 4; each sample needs its own"},
		{"NaN", data(func(d *Data) { d.X[0] = nan }),
			"training data: x is NaN at row 3, column 2; replace such values (impute) or drop the sample"},
		{"infinity in a cube", data(func(d *Data) { d.X[0] = deep }),
			"training data: x is -Inf at row 3, place (0, 1); replace such values (impute) or drop the sample"},
		{"NaN in a target", data(func(d *Data) { d.Y[0] = tensor.Of([]float32{0, 1, float32(math.NaN()), 1, 0}, 5) }),
			"training data: y is NaN at row 2; replace such values (impute) or drop the sample"},
		{"input shape", data(func(d *Data) { d.X[0] = f32(5, 3) }),
			`training data: input "input_layer" of the model takes samples of shape (4,), got (3,)`},
		{"two inputs", data(func(d *Data) { d.X = append(d.X, f32(5, 4)) }),
			"training data: 2 inputs for a model that takes 1 (input_layer)"},
		{"two targets", data(func(d *Data) { d.Y = append(d.Y, f32(5)) }),
			"training data: 2 targets for a model with 1 outputs (dense)"},
		{"class too great", data(func(d *Data) { d.Y[0] = labels }),
			"training data: y at row 3 is 3; the model has 3 classes, numbered 0 to 2"},
		{"class below 0", data(func(d *Data) { d.Y[0] = tensor.Of([]int32{0, -1, 0, 0, 0}, 5) }),
			"training data: y at row 1 is -1; the model has 3 classes, numbered 0 to 2"},
		{"half a class", data(func(d *Data) { d.Y[0] = tensor.Of([]float32{0, 1, 1, 1.5, 0}, 5) }),
			"training data: y at row 3 is 1.5; the model has 3 classes, numbered 0 to 2"},
		{"target shape", data(func(d *Data) { d.Y[0] = tensor.New(tensor.Int32, 5, 2) }),
			"sparse_categorical_crossentropy: the target has shape (2,), the prediction (3,); it needs one class " +
				"number for each row of probabilities"},
		{"no probability", func(c *Config, d *Data) { c.Loss = loss.BinaryCrossentropy{}; d.Y[0] = labels },
			"training data: y at row 2 is 2; binary_crossentropy takes targets from 0 to 1"},
		{"other shapes", func(c *Config, d *Data) {
			c.Loss, c.Metrics = loss.MeanSquaredError{},
				nil
			d.Y[0] = f32(5, 2)
		},
			"the target has shape (2,), the prediction (3,)"},
		{"weights", data(func(d *Data) { d.Weights = f32(4) }),
			"training data: weights are float32(4,); give float32 of shape (5,), one for each sample"},
		{"negative weight", data(func(d *Data) { d.Weights = tensor.Of([]float32{1, 1, -1, 1, 1}, 5) }),
			"training data: the weight of row 2 is -1; give a number from 0"},
		{"validation class", func(c *Config, d *Data) {
			v := Pairs(d.X[0], labels)
			c.Validation = &v
		}, "validation data: y at row 3 is 3; the model has 3 classes, numbered 0 to 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 3, Activation: "softmax"})
			if err := m.Build(1); err != nil {
				t.Fatal(err)
			}
			before := print(m)
			conf := Config{Loss: loss.SparseCategoricalCrossentropy{}, Metrics: []metric.Metric{metric.Accuracy{}},
				Optimizer: optim.Adam{}, Epochs: 1}
			d := Pairs(f32(5, 4), ok)
			c.change(&conf, &d)
			_, err := Fit(context.Background(), m, d, conf)
			if err == nil {
				t.Fatal("no error")
			}
			if got := err.Error(); !strings.HasPrefix(got, "fit: ") || !strings.HasSuffix(got, c.want) ||
				strings.Contains(got, "\n") {
				t.Errorf("error %q\nwant … %q", got, c.want)
			}
			if print(m) != before {
				t.Error("the weights have moved")
			}
		})
	}
}

// NaN ends the run in the step where it arises; the error says where, and the model
// keeps the weights of the step before.
func TestNotANumber(t *testing.T) {
	// Sample 40 is so great that its square is infinite.
	n := 64
	x, y := tensor.New(tensor.Float32, n, 1), tensor.New(tensor.Float32, n, 1)
	for i := range n {
		x.F32[i] = float32(i%5) - 2
		y.F32[i] = x.F32[i]
	}
	y.F32[40] = 1e30
	var prints []uint64
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Base: layer.Base{Name: "line"}, Units: 1})
	c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 3, BatchSize: 16, NoShuffle: true,
		Callbacks: []Callback{Lambda{BatchEnd: func(Event) error { prints = append(prints, print(m)); return nil }}}}
	h, err := Fit(context.Background(), m, Pairs(x, y), c)
	var step *StepError
	var cause *plan.NonFinite
	if !errors.As(err, &step) || step.Step != 3 || !errors.As(err, &cause) {
		t.Fatalf("error %v, want a *StepError of step 3", err)
	}
	want := "fit: step 3 (epoch 1, batch 3): infinity arose: square gave +Inf first; lower the learning rate, clip " +
		"gradients, or check the inputs"
	if err.Error() != want {
		t.Errorf("error %q\nwant  %q", err, want)
	}
	if len(prints) != 2 || print(m) != prints[1] {
		t.Error("the weights are not those of the step before")
	}
	if h == nil || len(h.Rows) != 0 {
		t.Errorf("history %+v", h)
	}

	// A logarithm of an output below 0 has a remedy of its own.
	m = model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1})
	_, err = Fit(context.Background(), m, Pairs(x, x),
		Config{Loss: loss.Poisson{}, Optimizer: optim.SGD{}, Epochs: 1, BatchSize: 16, NoShuffle: true})
	if err == nil || !strings.HasSuffix(err.Error(), "log gave NaN first; the log of a number below 0 is NaN: where "+
		"it is taken of an output, an activation such as softplus keeps the output above 0") {
		t.Errorf("error %v", err)
	}

	// In a layer, the layer is named.
	m = model.Sequential(layer.Input{Shape: []int{1}},
		layer.Dense{Base: layer.Base{Name: "line"}, Units: 1, Activation: "exponential"})
	for i := range x.F32 {
		x.F32[i] *= 1e30
	}
	_, err = Fit(context.Background(), m, Pairs(x, y),
		Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{}, Epochs: 1})
	if err == nil || !strings.Contains(err.Error(), "infinity arose in line: exp gave +Inf first") {
		t.Errorf("error %v", err)
	}
}

// A context that ends stops the run after the present batch with a checkpoint, and
// the run taken up from there ends as one that was never stopped.
func TestCancelAndResume(t *testing.T) {
	whole := classifier()
	c := lessons(3)
	want := mustFit(t, whole, digits(t, 0, 200), c)

	path := filepath.Join(t.TempDir(), "last.keras")
	ctx, cancel := context.WithCancel(context.Background())
	c.Checkpoint = &Checkpoint{Path: path, Every: 1, Resume: true}
	c.Callbacks = []Callback{Lambda{BatchEnd: func(e Event) error {
		if e.Epoch == 2 && e.Batch == 3 {
			cancel()
		}
		return nil
	}}}
	_, err := Fit(ctx, classifier(), digits(t, 0, 200), c)
	if !errors.Is(err, context.Canceled) || err.Error() != "fit: stopped in epoch 2 after batch 3 (step 10): context "+
		"canceled" {
		t.Fatalf("error %v", err)
	}
	m := classifier()
	got := mustFit(t, m, digits(t, 0, 200), c)
	if a, b := outcome(print(m), got), outcome(print(whole), want); a != b {
		t.Errorf("taken up:\n%s\nnever stopped:\n%s", a, b)
	}

	// More epochs go on where it ended.
	c.Epochs, c.Callbacks = 5, nil
	got = mustFit(t, classifier(), digits(t, 0, 200), c)
	c.Checkpoint = nil
	want = mustFit(t, classifier(), digits(t, 0, 200), c)
	if a, b := got.Rows, want.Rows; len(a) != 5 || a[4].Metrics.Of("loss") != b[4].Metrics.Of("loss") {
		t.Errorf("3 epochs and then 2: %v; 5 at once: %v", a, b)
	}
}

// What does not belong to the former run is refused, and the checkpoint left alone.
func TestResumeErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "last.keras")
	base := func() Config {
		c := lessons(1)
		c.Checkpoint = &Checkpoint{Path: path, Every: 1, Resume: true}
		return c
	}
	mustFit(t, classifier(), digits(t, 0, 64), base())
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		model  *model.Model
		rows   int
		change func(c *Config)
		want   string
	}{
		{"seed", classifier(), 64, func(c *Config) { c.Seed = 8 },
			"resume: the former run had seed 7, this one has 8; give the same"},
		{"samples", classifier(), 65, func(c *Config) {},
			"resume: the former run was trained on 64 samples, this one has 65; give the same data"},
		{"batch", classifier(), 64, func(c *Config) { c.BatchSize = 16 },
			"resume: the former run had batch_size 32, this one has 16; give the same"},
		{"callbacks", classifier(), 64, func(c *Config) { c.Callbacks = []Callback{&EarlyStopping{Monitor: "loss"}} },
			"resume: the former run had the callbacks [], this one has [EarlyStopping]; give the same"},
		{"model", model.Sequential(layer.Input{Shape: []int{8, 8, 1}}, layer.Flatten{},
			layer.Dense{Units: 10, Activation: "softmax"}), 64, func(c *Config) {},
			`resume: weight "dense/kernel" has shape (64, 10), in the saved state float32(64, 24); it belongs to another model`},
		{"optimiser", classifier(), 64, func(c *Config) { c.Optimizer = optim.SGD{Momentum: 0.9} }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			conf := base()
			conf.Epochs = 2
			c.change(&conf)
			_, err := Fit(context.Background(), c.model, digits(t, 0, c.rows), conf)
			if c.want == "" {
				c.want = "the optimizer has changed"
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("error %v", err)
				}
			} else if err == nil || err.Error() != "fit: "+c.want {
				t.Errorf("error %v\nwant fit: %s", err, c.want)
			}
			if now, err := os.ReadFile(path); err != nil || string(now) != string(before) {
				t.Error("the checkpoint was touched")
			}
		})
	}
	// A damaged file is named.
	if err := os.WriteFile(path, before[:len(before)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = Fit(context.Background(), classifier(), digits(t, 0, 64), base())
	if err == nil || !strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
}
