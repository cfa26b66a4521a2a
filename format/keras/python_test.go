package keras_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// python gives the interpreter with h5py and NumPy. Where there is none the test is skipped, but not in CI, which
// installs it.
func python(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		if path, err := exec.LookPath(name); err == nil && exec.Command(path, "-c", "import h5py, numpy").Run() == nil {
			return path
		}
	}
	if os.Getenv("GORAE_CI") != "" {
		t.Fatal("python3 with h5py is not installed")
	}
	t.Skip("python3 with h5py is not installed")
	return ""
}

// TestForward has h5py and NumPy compute the models from their files, with the weights found by Keras's own
// walk, and holds the outputs against gorae's.
func TestForward(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	py := python(t)
	for name, m := range models(t) {
		if name == "own" { // Keras lacks its layer
			continue
		}
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, in, out := filepath.Join(dir, "m.keras"), filepath.Join(dir, "in.npz"), filepath.Join(dir, "out.npz")
			if err := keras.SaveFile(path, m); err != nil {
				t.Fatal(err)
			}
			xs := samples(m, 7)
			writeNPZ(t, in, xs)
			if text, err := exec.Command(py, "-B", "testdata/forward.py", path, in, out).CombinedOutput(); err != nil {
				t.Fatalf("forward.py: %v\n%s", err, text)
			}
			got, err := m.Predict(t.Context(), xs...)
			if err != nil {
				t.Fatal(err)
			}
			want := readNPZ(t, out)
			if len(got) != len(want) {
				t.Fatalf("%d outputs, NumPy has %d", len(got), len(want))
			}
			for k, w := range want {
				if w.Name != fmt.Sprint("y", k) || !w.Shape.Equal(got[k].Shape) {
					t.Fatalf("output %d has shape %v, NumPy's %s %v", k, got[k].Shape, w.Name, w.Shape)
				}
				for i, v := range w.F32 {
					if d := math.Abs(float64(v - got[k].F32[i])); !(d <= 1e-5) {
						t.Fatalf("output %d: element %d is %v, NumPy has %v", k, i, got[k].F32[i], v)
					}
				}
			}
		})
	}
}

func writeNPZ(t *testing.T, path string, xs []*tensor.Tensor) {
	t.Helper()
	var named []tensor.Named
	for i, x := range xs {
		named = append(named, tensor.Named{Name: fmt.Sprint("x", i), Tensor: x})
	}
	var b bytes.Buffer
	if err := tensor.WriteNPZ(&b, named); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readNPZ(t *testing.T, path string) []tensor.Named {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	ys, err := tensor.ReadNPZ(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return ys
}

// parts are config.json, decoded, and the tree of model.weights.h5: path → attributes, type and shape.
func parts(t *testing.T, file []byte) (cfg map[string]any, tree map[string]string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		f, err := z.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := json.Unmarshal(read("config.json"), &cfg); err != nil {
		t.Fatal(err)
	}
	b := read("model.weights.h5")
	h, err := hdf5.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	tree = map[string]string{}
	err = h.Root().Walk(func(path string, g *hdf5.Group, d *hdf5.Dataset) error {
		if d != nil {
			tree[path] = fmt.Sprint(d.Type(), d.Shape(), d.Attrs())
			return nil
		}
		var name string
		if g.HasAttr("name") {
			a, err := g.Attr("name")
			if err != nil {
				return err
			}
			if name, err = a.Text(); err != nil {
				return err
			}
		}
		tree[path] = fmt.Sprint(g.Attrs(), name)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return cfg, tree
}

// TestTreeOfKeras builds the model of a file of real Keras 3.13 anew, saves it with the state of Adam as Keras has
// it, and finds the same tree of weights, optimiser included, and the same configuration.
func TestTreeOfKeras(t *testing.T) {
	file, err := os.ReadFile(shared(t, "models/keras3/model-whole.keras"))
	if err != nil {
		t.Fatal(err)
	}
	m := model.Sequential(layer.Input{Base: layer.Base{Name: "input_layer_11"}, Shape: []int{28, 28}},
		layer.Flatten{Base: layer.Base{Name: "flatten_7"}},
		layer.Dense{Base: layer.Base{Name: "dense_19"}, Units: 100, Activation: "relu"},
		layer.Dropout{Base: layer.Base{Name: "dropout_1"}, Rate: 0.3},
		layer.Dense{Base: layer.Base{Name: "dense_20"}, Units: 10, Activation: "softmax"})
	m.Name = "sequential_10"
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := (keras.Archive{Optimizer: trainedByAdam(m)}).Save(&b, m); err != nil {
		t.Fatal(err)
	}
	wantConfig, wantTree := parts(t, file)
	gotConfig, gotTree := parts(t, b.Bytes())
	for path, want := range wantTree {
		if got, ok := gotTree[path]; !ok || got != want {
			t.Errorf("%s is %q, Keras has %q", path, got, want)
		}
	}
	if len(gotTree) != len(wantTree) {
		t.Errorf("the tree has %d nodes, Keras's %d", len(gotTree), len(wantTree))
	}
	differ(t, "config.json", gotConfig, wantConfig)
}

// trainedByAdam is the state of Adam after 17 steps.
func trainedByAdam(m *model.Model) *keras.Optimizer {
	rate := float32(0.001)
	o := &keras.Optimizer{Settings: optim.Adam{LearningRate: float64(rate)}, Iterations: 17, LearningRate: &rate}
	for i, v := range m.Store().Trainable() {
		for k, slot := range []string{"velocity", "momentum"} { // Keras has them the other way round
			s := tensor.New(tensor.Float32, v.Shape...)
			s.F32[0] = float32(10*i + k)
			o.Slots = append(o.Slots, tensor.Named{Name: "optimizer/" + v.Path + "/" + slot, Tensor: s})
		}
	}
	return o
}

// versions are keys that only some versions of Keras 3 write: a name of an object within the file, and
// arguments whose defaults they leave out.
var versions = map[string]bool{"shared_object_id": true, "quantization_config": true, "optional": true, "ragged": true}

// differ reports where got lacks what want has, but for those keys. A policy of types may be written as its name
// alone, as Keras 3.0 does. The arguments of the optimizer are its registry's business; loss and metrics are not kept.
func differ(t *testing.T, path string, got, want any) {
	t.Helper()
	switch w := want.(type) {
	case map[string]any:
		if w["class_name"] == "DTypePolicy" && got == w["config"].(map[string]any)["name"] {
			return
		}
		g, ok := got.(map[string]any)
		if !ok {
			t.Errorf("%s is %v, Keras has an object", path, got)
			return
		}
		for k, v := range w {
			if k == "loss" || k == "metrics" {
				continue
			}
			if got, ok := g[k]; ok {
				differ(t, path+"."+k, got, v)
			} else if !versions[k] && !strings.HasSuffix(path, ".optimizer.config") {
				t.Errorf("%s has no %s", path, k)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			t.Errorf("%s is %v, Keras has %v", path, got, want)
			return
		}
		for i := range w {
			differ(t, fmt.Sprintf("%s[%d]", path, i), g[i], w[i])
		}
	default:
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, Keras has %v", path, got, want)
		}
	}
}

// TestAgain: what real Keras wrote is saved again with the same weights, and loads with the same output.
func TestAgain(t *testing.T) {
	m, _, err := keras.LoadFile(shared(t, "models/keras3/best-model.keras"))
	if err != nil {
		t.Fatal(err)
	}
	file := saved(t, m)
	n, _ := loaded(t, file)
	sameOutput(t, m, n)
	raw, err := os.ReadFile(shared(t, "models/keras3/best-model.keras"))
	if err != nil {
		t.Fatal(err)
	}
	_, want := parts(t, raw)
	_, got := parts(t, file)
	for path := range want {
		if strings.HasPrefix(path, "/optimizer") {
			delete(want, path)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the tree is %v, Keras's %v", got, want)
	}
}
