package bundle_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"gorae/bundle"
	"gorae/data/source"
	"gorae/task"
	"gorae/tensor"
)

// TestOpenLength predicts with a network of Keras 3.15 whose input is (None, None), ids of texts of any length, through
// the bundle: the outputs for 12 steps are those that Keras wrote beside the file (io.npz), and two more steps of
// padding (id 0, which the Embedding masks) leave them as they are.
func TestOpenLength(t *testing.T) {
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set: the real models are not here")
	}
	dir := filepath.Join(root, "models/real/text-bilstm-masked")
	file, err := os.ReadFile(filepath.Join(dir, "io.npz"))
	if err != nil {
		t.Fatal(err)
	}
	arrays, err := tensor.ReadNPZ(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	io := map[string]*tensor.Tensor{}
	for _, a := range arrays {
		io[a.Name] = a.Tensor
	}
	x, want := io["x0"], io["y0"]
	b, err := bundle.Open(filepath.Join(dir, "model.keras"))
	if err != nil {
		t.Fatal(err)
	}
	n, steps := x.Shape[0], x.Shape[1]
	for _, more := range []int{0, 2} {
		longer := tensor.New(tensor.Float32, n, steps+more)
		for i := range n {
			copy(longer.F32[i*(steps+more):], x.F32[i*steps:(i+1)*steps])
		}
		var npy bytes.Buffer
		if err := tensor.WriteNPY(&npy, longer); err != nil {
			t.Fatal(err)
		}
		bound, err := b.Bind(&task.Source{Info: source.Of(&npy, "x.npy", source.Options{})})
		if err != nil {
			t.Fatal(err)
		}
		y, err := b.Predict(context.Background(), bound)
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.F32 {
			if d := math.Abs(float64(y[0].F32[i] - w)); !(d <= 1e-6) {
				t.Errorf("%d steps: output %d is %v, Keras has %v", steps+more, i, y[0].F32[i], w)
			}
		}
	}
}
