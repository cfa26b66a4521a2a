package onnx

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"gorae/tensor"
)

// TestQuantized: networks of ONNX Runtime's static quantizer, whose operators take whole numbers (QLinearConv, QGemm
// and the others), give the outputs of ONNX Runtime. One that lies between two levels may be rounded to either.
func TestQuantized(t *testing.T) {
	b, err := os.ReadFile("testdata/quantized.json")
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		X []float32
		Y [][]float32
	}
	if err := json.Unmarshal(b, &want); err != nil {
		t.Fatal(err)
	}
	for i, w := range want.Y {
		b, err := os.ReadFile(fmt.Sprintf("testdata/quantized-%d.onnx", i))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Load(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		y, err := f.Model.Predict(t.Context(), tensor.Of(want.X, 6, 2, 6, 6))
		if err != nil {
			t.Fatal(err)
		}
		apart := 0
		for k, v := range y[0].F32 {
			d := math.Abs(float64(v - w[k]))
			if d > 1e-5 {
				apart++
			}
			if d > 1.0/128+1e-5 {
				t.Errorf("%d: output %d is %v, ONNX Runtime has %v", i, k, v, w[k])
			}
		}
		if apart > 2 || len(y[0].F32) != len(w) {
			t.Errorf("%d: %d of %d outputs differ", i, apart, len(w))
		}
	}
}
