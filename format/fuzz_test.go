package format_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"gorae/format"
	_ "gorae/format/keras"
	_ "gorae/format/npz"
	_ "gorae/format/onnx"
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

// FuzzModel: any file of a model gives an error of one line, or a network that predicts or says why it does not.
func FuzzModel(f *testing.F) {
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
	f.Fuzz(func(t *testing.T, b []byte) {
		defer ram.SetLimit(ram.SetLimit(256 << 20))
		// A file alone: what lies beside it is not there.
		file, err := format.LoadFS(fstest.MapFS{"m": &fstest.MapFile{Data: b}}, "m")
		if err != nil {
			if bytes.Contains([]byte(err.Error()), []byte("\n")) {
				t.Errorf("an error of several lines: %q", err)
			}
			return
		}
		var x []*tensor.Tensor
		for _, typ := range file.Model.InputTypes(1) {
			if typ.Shape.Size() > 1<<16 {
				return
			}
			x = append(x, tensor.New(typ.DType, typ.Shape...))
		}
		_, _ = file.Model.Predict(context.Background(), x...)
	})
}
