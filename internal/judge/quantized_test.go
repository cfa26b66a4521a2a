//go:build judge

package judge

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"gorae/format/onnx"
)

// TestONNXQuantized: quantized files of random networks give in ONNX Runtime what gorae makes of them. A number that
// lies between two levels may be rounded to either, so that a few outputs differ, by no more than a level does.
func TestONNXQuantized(t *testing.T) {
	p := judge(t)
	path := filepath.Join(t.TempDir(), "m.onnx")
	written := 0
	rapid.Check(t, func(t *rapid.T) {
		m := network(t)
		o := onnx.Options{Opset: rapid.IntRange(13, 21).Draw(t, "opset")}
		c, err := onnx.Calibrate(m, o)
		if err != nil {
			return // nothing to quantize
		}
		xs := samples(m, 5, 7)
		if err := c.Add(t.Context(), xs...); err != nil {
			t.Fatalf("%v", err)
		}
		o.Calibration = c
		if err := onnx.WriteFile(path, m, o); err != nil {
			t.Fatalf("%v", err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v", err)
		}
		f, err := onnx.Load(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatalf("%v", err)
		}
		want, err := f.Model.Predict(t.Context(), xs...)
		if err != nil {
			t.Fatalf("%v", err)
		}
		written++
		a := p.ask(t, question{Do: "onnx", Path: path, Sets: [][]array{packedAll(xs)}})
		for _, s := range a.Texts {
			t.Errorf("%s", s)
		}
		for i, y := range want {
			got, most, apart := a.Outputs[i].tensor(), 0.0, 0
			for j := range y.Len() {
				d := math.Abs(got.Float(j) - y.Float(j))
				size := 1 + math.Abs(y.Float(j))
				if most = max(most, d/size); d > 1e-4*size {
					apart++
				}
			}
			if most > 0.05 || apart > 2+y.Len()/20 {
				t.Errorf("output %d: %d of %d elements differ, by %v at most", i, apart, y.Len(), most)
			}
		}
		if t.Failed() {
			t.Logf("%v", m.Summary())
		}
	})
	if written == 0 {
		t.Error("no network had a product")
	}
}
