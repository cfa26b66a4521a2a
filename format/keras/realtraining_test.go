package keras_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/loss"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// compiled are the losses of the outputs with their factors, as compile_config of an archive has them.
func compiled(t *testing.T, path string, outputs []string) (losses []loss.Loss, factors []float64) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("config.json")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	var cfg struct {
		Compile struct {
			Loss    any                `json:"loss"`
			Factors map[string]float64 `json:"loss_weights"`
		} `json:"compile_config"`
	}
	if err := json.Unmarshal(text, &cfg); err != nil {
		t.Fatal(err)
	}
	byName, several := cfg.Compile.Loss.(map[string]any)
	several = several && byName["class_name"] == nil
	for _, name := range outputs {
		v := cfg.Compile.Loss
		if several {
			v = byName[name]
			factors = append(factors, cfg.Compile.Factors[name])
		}
		l, err := loss.Losses.Decode(v)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		losses = append(losses, l)
	}
	return losses, factors
}

// padded is the loss of text-transformer-causal-masked over the steps that are no padding, by NumPy in float64 of the
// predictions in its io.npz. Keras counts all steps, 3.4350634: its MultiHeadAttention(h, h) takes the mask off h.
const padded = 3.3372777578625015

// sparse are the files whose Embedding Keras moves a row of once for each time that its id occurs in the batch, and not
// by the sum of the gradients; all other weights are Keras's.
var sparse = map[string]bool{"text-conv1d": true}

// TestRealTraining goes on where Keras 3.15 and tf-keras 2.21 stopped: with the state of the optimizer in the file, one
// step on the data beside it has the loss that Keras has when it reads the file back, and after it the predictions are
// Keras's.
func TestRealTraining(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/real/*/model.keras"))
	if err != nil {
		t.Fatal(err)
	}
	gone := 0
	for _, path := range paths {
		dir := filepath.Dir(path)
		name := filepath.Base(dir)
		arrays := realArrays(t, dir)
		for file, end := range map[string]string{path: "", filepath.Join(dir, "model.h5"): "_h5"} {
			if arrays["next_loss"+end] == nil {
				continue
			}
			t.Run(name+end, func(t *testing.T) {
				want := float64(arrays["next_loss"+end].F32[0])
				if name == "text-transformer-causal-masked" {
					want = padded
				}
				tolerance := max(1e-5, realMeta(t, dir).Tolerance.Value)
				got, y := goOn(t, file, path, arrays)
				if !(math.Abs(got-want) <= tolerance*(1+math.Abs(want))) {
					t.Errorf("the loss is %v, Keras has %v", got, want)
				}
				worst := 0.0
				for i, y := range y {
					for k, v := range arrays[fmt.Sprint("y", i, "_next", end)].F32 {
						worst = max(worst, math.Abs(float64(y.F32[k]-v))/(1+math.Abs(float64(v))))
					}
				}
				t.Logf("loss %.6g, predictions after the step differ by %.2g", want, worst)
				if !(worst <= 10*tolerance) && !sparse[name] && want != padded {
					t.Errorf("predictions after the step differ by %.2g", worst)
				}
				gone++
			})
		}
	}
	if gone < 14 {
		t.Errorf("%d files go on; 14 hold what Keras does", gone)
	}
	t.Logf("%d files go on", gone)
}

// realArrays are the arrays of io.npz of a folder; none where it has no such file.
func realArrays(t *testing.T, dir string) map[string]*tensor.Tensor {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "io.npz"))
	if err != nil {
		return nil // one that is refused
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	list, err := tensor.ReadNPZ(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	arrays := map[string]*tensor.Tensor{}
	for _, a := range list {
		arrays[a.Name] = a.Tensor
	}
	return arrays
}

// goOn trains one step with the state in a file, and gives the loss before it and the predictions after it. The archive
// says which loss.
func goOn(t *testing.T, path, archive string, arrays map[string]*tensor.Tensor) (float64, []*tensor.Tensor) {
	t.Helper()
	file, err := format.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	m := file.Model
	c := train.Config{Epochs: 1, NoShuffle: true}
	if c.State, err = format.LoadOptimizer(path, m); err != nil {
		t.Fatal(err)
	}
	if c.State == nil {
		// Keras 2 writes no state of its optimizers.legacy into archives, and begins anew.
		if !strings.Contains(path, "k2-cnn-bn") {
			t.Fatal("no state of an optimizer")
		}
		c.Optimizer = optim.Adam{LearningRate: 0.01}
	}
	c.Losses, c.LossWeights = compiled(t, archive, m.OutputNames())
	var data train.Data
	for i, typ := range m.InputTypes(1) {
		data.X = append(data.X, asType(arrays[fmt.Sprint("x", i)], typ))
	}
	for i, l := range c.Losses {
		y := arrays[fmt.Sprint("t", i)]
		if _, classes := l.(loss.SparseCategoricalCrossentropy); classes {
			ids := tensor.New(tensor.Int32, y.Shape...)
			for k, v := range y.F32 {
				ids.I32[k] = int32(v)
			}
			y = ids
		}
		data.Y = append(data.Y, y)
	}
	c.BatchSize = data.X[0].Shape[0]
	h, err := train.Fit(t.Context(), m, data, c)
	if err != nil {
		t.Fatal(err)
	}
	y, err := m.Predict(t.Context(), data.X...)
	if err != nil {
		t.Fatal(err)
	}
	return h.Last().Metrics.Of("loss"), y
}
