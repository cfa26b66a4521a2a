package format_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"gorae/format"
	"gorae/format/csource"
	"gorae/format/keras"
	_ "gorae/format/npz"
	"gorae/format/onnx"
	_ "gorae/format/safetensors"
	_ "gorae/format/torch"
	"gorae/internal/ram"
	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// weighted is a small network that takes weights.
func weighted(t testing.TB) *model.Model {
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "tanh"},
		layer.BatchNormalization{}, layer.Dense{Units: 2})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	return m
}

// weightFiles are the names of files of weights, whose ends are those of the formats.
var weightFiles = []string{"w.safetensors", "w.npz", "w.weights.h5", "w.pt"}

// FuzzWeights: any file of weights gives an error, or numbers with which the network predicts.
func FuzzWeights(f *testing.F) {
	dir := f.TempDir()
	for i, name := range weightFiles[:3] {
		path := filepath.Join(dir, name)
		if err := format.SaveWeights(path, &format.File{Model: weighted(f)}); err != nil {
			f.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), b)
	}
	for _, name := range []string{"cnn", "views"} {
		b, err := os.ReadFile(filepath.Join("torch", "testdata", name+".pt"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(3), b)
	}
	f.Fuzz(func(t *testing.T, kind uint8, b []byte) {
		defer ram.SetLimit(ram.SetLimit(256 << 20))
		c, err := format.ForWeights(weightFiles[int(kind)%len(weightFiles)])
		if err != nil {
			t.Fatal(err)
		}
		m := weighted(t)
		if c.Codec.LoadWeights(bytes.NewReader(b), int64(len(b)), m) != nil {
			return
		}
		if _, err := m.Predict(context.Background(), tensor.New(tensor.Float32, 2, 3)); err != nil {
			t.Error(err)
		}
	})
}

// models adds files of models to the seeds: those of the packages, and small real ones.
func models(f *testing.F) {
	f.Helper()
	for _, pattern := range []string{"onnx/testdata/*.onnx", "../examples/predict/*.keras"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			f.Fatal(pattern, err)
		}
		for _, p := range paths {
			if b, err := os.ReadFile(p); err == nil && len(b) < 1<<16 {
				f.Add(b)
			}
		}
	}
	if dir := os.Getenv("GORAE_SHARED"); dir != "" {
		for _, pattern := range []string{"models/real/*/*.h5", "models/real/*/*.keras", "models/real/*/model.json"} {
			paths, _ := filepath.Glob(filepath.Join(dir, pattern))
			for _, p := range paths {
				if b, err := os.ReadFile(p); err == nil && len(b) < 1<<15 {
					f.Add(b)
				}
			}
		}
	}
}

// alone reads a file beside which nothing lies, whose errors have one line; nil where it is refused.
func alone(t *testing.T, b []byte) *format.File {
	t.Helper()
	file, err := format.LoadFS(fstest.MapFS{"m": &fstest.MapFile{Data: b}}, "m")
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("an error of several lines: %q", err)
		}
		return nil
	}
	for _, typ := range file.Model.InputTypes(1) {
		if typ.Shape.Size() > 1<<16 {
			return nil
		}
	}
	return file
}

// FuzzModel: any file of a model gives an error of one line, or a network that predicts or says why it does not.
func FuzzModel(f *testing.F) {
	models(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		defer ram.SetLimit(ram.SetLimit(256 << 20))
		file := alone(t, b)
		if file == nil {
			return
		}
		var x []*tensor.Tensor
		for _, typ := range file.Model.InputTypes(1) {
			x = append(x, tensor.New(typ.DType, typ.Shape...))
		}
		_, _ = file.Model.Predict(context.Background(), x...)
	})
}

// FuzzConvert: any file of a model gives what it holds of its optimizer's state, and is written as ONNX, as C and as a
// .keras file that is read again, or an error of one line says why not.
func FuzzConvert(f *testing.F) {
	models(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		defer ram.SetLimit(ram.SetLimit(256 << 20))
		file := alone(t, b)
		if file == nil || len(file.Model.Store().Snapshot()) > 1<<20 {
			return
		}
		_, state := format.ReadOptimizer("m", bytes.NewReader(b), int64(len(b)), file.Model)
		_, inC := csource.Write(io.Discard, file.Model, csource.Options{Name: "m"})
		for to, err := range map[string]error{
			"optimizer": state, "c": inC,
			"onnx": onnx.Write(io.Discard, file.Model, onnx.Options{}),
		} {
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: an error of several lines: %q", to, err)
			}
		}
		var w bytes.Buffer
		if keras.SaveAll(&w, file) != nil {
			return // of layers without a name, such as the graph of an ONNX file
		}
		if _, err := keras.LoadAll(bytes.NewReader(w.Bytes()), int64(w.Len())); err != nil {
			t.Errorf("what was written is not read: %v", err)
		}
	})
}
