package keras_test

import (
	"compress/gzip"
	"context"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/data"
	"gorae/format"
	"gorae/format/keras"
	"gorae/model"
	"gorae/tensor"
)

// shared is a file of the folder of real models and data.
func shared(t *testing.T, path string) string {
	t.Helper()
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: the real models are not here")
	}
	return filepath.Join(dir, path)
}

// idx reads a gzipped IDX file.
func idx(t *testing.T, path string) *tensor.Tensor {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	a, err := data.ReadIDX(z)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// pictures are test pictures, scaled to [0, 1], with their classes.
func pictures(t *testing.T, dir string) (x *tensor.Tensor, y []int) {
	t.Helper()
	raw := idx(t, filepath.Join(dir, "t10k-images-idx3-ubyte.gz"))
	x = tensor.New(tensor.Float32, 10000, 28, 28)
	for i, v := range raw.U8 {
		x.F32[i] = float32(v) / 255
	}
	for _, c := range idx(t, filepath.Join(dir, "t10k-labels-idx1-ubyte.gz")).U8 {
		y = append(y, int(c))
	}
	return x, y
}

func accuracy(t *testing.T, m *model.Model, x *tensor.Tensor, y []int) float64 {
	t.Helper()
	p, err := m.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, want := range y {
		row := p[0].F32[10*i : 10*i+10]
		best := 0
		for c, v := range row {
			if v > row[best] {
				best = c
			}
		}
		if best == want {
			right++
		}
	}
	return float64(right) / float64(len(y))
}

// TestRealFiles predicts with files that real Keras wrote; the figures are those with which
// they came.
func TestRealFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("predicts thousands of pictures")
	}
	const fashion = "/usr/share/datasets/fashion-mnist"
	for _, c := range []struct {
		file, data string
		want       float64
	}{
		{"models/mnist-softmax/mnist_model.keras", "data/mnist", 0.9761},
		{"models/mnist-moonflower/mnist_model.keras", "data/mnist", 0.9918},
		{"models/keras3/best-model.keras", fashion, 0.8681},
		{"models/keras3/model-whole.keras", fashion, 0.8755},
	} {
		t.Run(c.file, func(t *testing.T) {
			path, dir := shared(t, c.file), c.data
			if dir == fashion {
				if _, err := os.Stat(dir); err != nil && os.Getenv("GORAE_CI") == "" {
					t.Skip("Fashion-MNIST is not here: install Debian's dataset-fashion-mnist")
				}
			} else {
				dir = shared(t, dir)
			}
			m, extras, err := keras.LoadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if len(extras) != 0 {
				t.Errorf("a file of Keras has the extra members %v", extras)
			}
			x, y := pictures(t, dir)
			x.Shape = m.InputTypes(len(y))[0].Shape // with the channel axis, where the model has it
			if got := accuracy(t, m, x, y); math.Abs(got-c.want) > 5e-5 {
				t.Errorf("accuracy %.4f, want %.4f", got, c.want)
			}
		})
	}
}

// TestRealKnown: files of weights, a model in HDF5 and one in JSON have the figures with which they came.
func TestRealKnown(t *testing.T) {
	whole := func(path string) *model.Model {
		t.Helper()
		f, err := format.Load(shared(t, path))
		if err != nil {
			t.Fatal(err)
		}
		return f.Model
	}
	x, y := pictures(t, shared(t, "data/mnist"))
	m := whole("models/mnist-moonflower/mnist_model.h5")
	x.Shape = m.InputTypes(len(y))[0].Shape
	if got := accuracy(t, m, x, y); math.Abs(got-0.9928) > 5e-5 {
		t.Errorf("mnist_model.h5: accuracy %.4f, want 0.9928", got)
	}
	m = whole("models/keras3/model-whole.keras")
	weights := m.Store().Vars()
	was := make([][]float32, len(weights))
	for i, v := range weights {
		was[i] = slices.Clone(v.Value.F32)
		clear(v.Value.F32)
	}
	if _, err := format.LoadWeights(shared(t, "models/keras3/model.weights.h5"), m, model.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	for i, v := range weights {
		if !slices.Equal(v.Value.F32, was[i]) {
			t.Errorf("%s is another one in model.weights.h5 than in model-whole.keras", v.Path)
		}
	}
	text, err := os.ReadFile(shared(t, "models/cnn-lstm-delladeldel/model_structure.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, err = keras.FromConfig(text)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = format.LoadWeights(shared(t, "models/cnn-lstm-delladeldel/model_weights.weights.h5"), m,
		model.CopyOptions{}); err != nil {
		t.Fatal(err)
	}
	sameOutput(t, whole("models/cnn-lstm-delladeldel/cnn_lstm_model.keras"), m)

	m = whole("models/pima-json-weights/model.json")
	rows, err := os.ReadFile(shared(t, "data/tabular/pima-indians-diabetes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var values []float32
	var classes []float64
	for line := range strings.Lines(string(rows)) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		if len(cells) != 9 {
			continue
		}
		for i, c := range cells {
			v, err := strconv.ParseFloat(c, 64)
			if err != nil {
				t.Fatal(err)
			}
			if i == 8 {
				classes = append(classes, v)
			} else {
				values = append(values, float32(v))
			}
		}
	}
	p, err := m.Predict(t.Context(), tensor.Of(values, len(classes), 8))
	if err != nil {
		t.Fatal(err)
	}
	right := 0
	for i, c := range classes {
		if (p[0].F32[i] > 0.5) == (c == 1) {
			right++
		}
	}
	if got := float64(right) / float64(len(classes)); len(classes) != 768 || math.Abs(got-0.7747) > 5e-5 {
		t.Errorf("pima: accuracy %.4f of %d rows, want 0.7747 of 768", got, len(classes))
	}
}
