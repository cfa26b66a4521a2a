//go:build judge

package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/tensor"
)

// TestRewritten: the real files of Keras 1 to 3 and of TensorFlow.js are read and written as .keras, and Keras opens
// what is written: its outputs are those beside the file, and where the file has the state of an optimizer, one more
// step has the loss that Keras has with its own file.
func TestRewritten(t *testing.T) {
	p := judge(t)
	root := os.Getenv("GORAE_SHARED")
	if root == "" {
		t.Skip("GORAE_SHARED is not set; its models are not there")
	}
	var paths []string
	for _, name := range []string{"model.keras", "model.h5", "model.json"} {
		found, err := filepath.Glob(filepath.Join(root, "models/real/*", name))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	opened, trained, refused, old := 0, 0, 0, 0
	for _, path := range paths {
		dir := filepath.Dir(path)
		name := filepath.Base(dir) + "/" + filepath.Base(path)
		file, err := format.Load(path)
		if err != nil {
			if refused++; !strings.HasPrefix(name, "refuse-") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if file.Optimizer, err = format.LoadOptimizer(path, file.Model); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		text, err := keras.Config(file.Model)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte("legacy_hard_sigmoid")) { // which Keras 3 lacks
			old++
			continue
		}
		t.Run(name, func(t *testing.T) {
			io := arraysOf(t, filepath.Join(dir, "io.npz"))
			q := question{Do: "rewritten", Path: filepath.Join(t.TempDir(), "m.keras")}
			if err := format.Save(q.Path, file); err != nil {
				t.Fatal(err)
			}
			if len(file.Texts) > 0 {
				q.Texts = columnOf(t, filepath.Join(dir, "inputs.json"))
			} else {
				for i, typ := range file.Model.InputTypes(1) {
					q.Inputs = append(q.Inputs, packed(cast(io[fmt.Sprint("x", i)], typ.DType)))
				}
			}
			want, step := io["next_loss"], file.Optimizer != nil && len(file.Optimizer.Losses) > 0
			if step && want != nil {
				for i := range file.Optimizer.Losses {
					q.Targets = append(q.Targets, packed(io[fmt.Sprint("t", i)]))
				}
			}
			var meta struct{ Tolerance struct{ Value float64 } }
			if text, err = os.ReadFile(filepath.Join(dir, "meta.json")); err == nil {
				err = json.Unmarshal(text, &meta)
			}
			if err != nil {
				t.Fatal(err)
			}
			a := p.ask(t, q)
			for i, y := range a.Outputs {
				want := io[fmt.Sprint("y", i)]
				if got := y.tensor(); !slices.Equal(got.Shape, want.Shape) {
					t.Errorf("output %d has shape %v, want %v", i, got.Shape, want.Shape)
				} else if s := near(got, want, 2*meta.Tolerance.Value); s != "" && !strings.Contains(name, "zoo") {
					t.Errorf("output %d: %s", i, s)
				}
			}
			opened++
			if len(q.Targets) > 0 {
				trained++
				var got float64
				if err := json.Unmarshal(a.Loss, &got); err != nil {
					t.Fatal(err)
				}
				if want := float64(want.F32[0]); !(math.Abs(got-want) <= 2*meta.Tolerance.Value*(1+math.Abs(want))) {
					t.Errorf("the loss of a step is %v, Keras has %v with its file", got, want)
				}
			}
		})
	}
	t.Logf("%d files open in Keras, %d of them go on, %d are refused, %d have an activation that Keras 3 lacks", opened,
		trained, refused, old)
}

// cast is an array of float32 with elements of another type.
func cast(x *tensor.Tensor, to tensor.DType) *tensor.Tensor {
	if to == tensor.Float32 {
		return x
	}
	y := tensor.New(to, x.Shape...)
	for i, v := range x.F32 {
		if to == tensor.Int32 {
			y.I32[i] = int32(v)
		} else {
			y.U8[i] = uint8(v)
		}
	}
	return y
}

// arraysOf are the arrays of a .npz file.
func arraysOf(t *testing.T, path string) map[string]*tensor.Tensor {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	list, err := tensor.ReadNPZ(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*tensor.Tensor{}
	for _, a := range list {
		all[a.Name] = a.Tensor
	}
	return all
}

// columnOf is the texts of inputs.json.
func columnOf(t *testing.T, path string) (column []string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var inputs struct{ X0 [][]string }
	if err := json.Unmarshal(text, &inputs); err != nil {
		t.Fatal(err)
	}
	for _, row := range inputs.X0 {
		column = append(column, row...)
	}
	return column
}
