//go:build judge

package judge

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"gorae/format/keras"
	"gorae/model"
	"gorae/tensor"
)

// TestOperations reads the functional models of operations that Keras wrote (ops/testdata/keras.jsonl), writes them as
// .keras files, and lets Keras open these: both predict the same.
func TestOperations(t *testing.T) {
	f, err := os.Open("../../ops/testdata/keras.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	cases := 0
	for lines.Scan() {
		var c struct {
			Name   string
			Config map[string]any
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases++
		t.Run(c.Name, func(t *testing.T) {
			m, err := model.FromConfig(c.Config)
			if err == nil {
				err = m.Build(1)
			}
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "m.keras")
			if err := keras.SaveFile(path, m); err != nil {
				t.Fatal(err)
			}
			xs := samples(m, 3, 5)
			for _, x := range xs { // of logarithms and roots
				for i := range x.F32 {
					x.F32[i] = x.F32[i]*x.F32[i] + 0.1
				}
			}
			want := judge(t).ask(t, question{Do: "predict", Path: path, Inputs: packedAll(xs)})
			got, err := m.Predict(t.Context(), xs...)
			if err != nil {
				t.Fatal(err)
			}
			for i, y := range tensors(want.Outputs) {
				if says := near(floats(got[i]), floats(y), 1e-5); says != "" {
					t.Errorf("output %d: %s", i, says)
				}
			}
		})
	}
	if cases < 100 || lines.Err() != nil {
		t.Errorf("%d cases, %v", cases, lines.Err())
	}
}

// floats are the numbers of a tensor as float32.
func floats(x *tensor.Tensor) *tensor.Tensor {
	y := tensor.New(tensor.Float32, x.Shape...)
	for i := range y.F32 {
		y.F32[i] = float32(x.Float(i))
	}
	return y
}
