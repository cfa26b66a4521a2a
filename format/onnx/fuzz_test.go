package onnx

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"gorae/internal/ram"
	"gorae/tensor"
)

// FuzzLoad: no bytes make Load, or a prediction of what it reads, panic.
func FuzzLoad(f *testing.F) {
	add := func(pattern string) {
		paths, _ := filepath.Glob(pattern)
		for _, p := range paths {
			if b, err := os.ReadFile(p); err == nil && len(b) < 1<<16 {
				f.Add(b)
			}
		}
	}
	add("testdata/*.onnx")
	if dir := os.Getenv("GORAE_SHARED"); dir != "" {
		add(filepath.Join(dir, "onnx-models", "*", "model.onnx"))
		add(filepath.Join(dir, "onnx", "*", "model.onnx"))
	}
	defer ram.SetLimit(ram.SetLimit(1 << 30))
	f.Fuzz(func(t *testing.T, b []byte) {
		loadAndPredict(b)
	})
}

// loadAndPredict reads a file and predicts for two samples of zeros.
func loadAndPredict(b []byte) {
	file, err := Load(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return
	}
	var x []*tensor.Tensor
	work := 1 // where one input is multiplied by another one, as a picture by a kernel, as many products as this
	for _, typ := range file.Model.InputTypes(2) {
		if work *= max(1, size(typ.Shape)); size(typ.Shape) > 1<<20 || work > 1<<32 {
			return
		}
		x = append(x, tensor.New(typ.DType, typ.Shape...))
	}
	_, _ = file.Model.Predict(context.Background(), x...)
}
