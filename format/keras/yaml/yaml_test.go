package yaml_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format"
	_ "gorae/format/keras"
	"gorae/format/keras/yaml"
	"gorae/internal/ram"
	"gorae/tensor"
)

// dump writes a value as PyYAML's dump does, which model.to_yaml calls: keys in their order, blocks, and tuples, of
// which every second list of numbers is one here.
func dump(b *strings.Builder, v any, depth int) {
	indent := "\n" + strings.Repeat("  ", depth)
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			b.WriteString(" {}")
			return
		}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(indent + k + ":")
			dump(b, v[k], depth+1)
		}
	case []any:
		if len(v) == 0 {
			b.WriteString(" []")
			return
		}
		if _, deep := v[0].(map[string]any); !deep {
			if len(v)%2 == 0 {
				b.WriteString(" !!python/tuple")
			}
			text, _ := json.Marshal(v)
			b.WriteString(" " + strings.ReplaceAll(string(text), ",", ", "))
			return
		}
		for _, x := range v {
			var item strings.Builder
			dump(&item, x, depth+1)
			b.WriteString(indent + "- " + strings.TrimLeft(item.String(), " \n"))
		}
	case string:
		b.WriteString(" '" + strings.ReplaceAll(v, "'", "''") + "'")
	default:
		text, _ := json.Marshal(v)
		b.WriteString(" " + string(text))
	}
}

// TestRealArchitectures: the real configurations of Keras 1 and 2, written as to_yaml wrote them, find the weights
// beside them, and predict what Keras predicts.
func TestRealArchitectures(t *testing.T) {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set: the real models are not here")
	}
	paths, err := filepath.Glob(filepath.Join(dir, "models/real/*/architecture.json"))
	if err != nil || len(paths) < 9 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	compared := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var cfg map[string]any
		if err := json.Unmarshal(text, &cfg); err != nil {
			t.Fatal(err)
		}
		if v, _ := cfg["keras_version"].(string); v == "" || v[0] > '2' {
			continue
		}
		var b strings.Builder
		dump(&b, cfg, 0)
		to := t.TempDir()
		written := filepath.Join(to, "architecture.yaml")
		if err := os.WriteFile(written, []byte(strings.TrimLeft(b.String(), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		weights, err := os.ReadFile(filepath.Join(filepath.Dir(path), "weights.h5"))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, "weights.h5"), weights, 0o644); err != nil {
			t.Fatal(err)
		}
		f, err := format.Load(written)
		if err != nil {
			t.Errorf("%s: %v\n%s", path, err, b.String())
			continue
		}
		if worst := difference(t, f, filepath.Dir(path)); !(worst <= 2e-5) {
			t.Errorf("%s: outputs differ by %.2g", path, worst)
		}
		compared++
	}
	if compared < 7 {
		t.Errorf("%d configurations of Keras 1 and 2", compared)
	}
}

// difference is max |a − b| / (1 + |b|) of the outputs of a model and those of io.npz.
func difference(t *testing.T, f *format.File, dir string) (worst float64) {
	t.Helper()
	in, err := os.Open(filepath.Join(dir, "io.npz"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	arrays, err := tensor.ReadNPZ(in, st.Size())
	if err != nil {
		t.Fatal(err)
	}
	io := map[string]*tensor.Tensor{}
	for _, a := range arrays {
		io[a.Name] = a.Tensor
	}
	var xs []*tensor.Tensor
	for i, typ := range f.Model.InputTypes(1) {
		x := io[fmt.Sprint("x", i)]
		y := tensor.New(typ.DType, x.Shape...)
		for k, v := range x.F32 {
			if typ.DType == tensor.Int32 {
				y.I32[k] = int32(v)
			} else {
				y.F32[k] = v
			}
		}
		xs = append(xs, y)
	}
	got, err := f.Model.Predict(t.Context(), xs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, y := range got {
		for k, v := range io[fmt.Sprint("y", i)].F32 {
			worst = max(worst, math.Abs(float64(y.F32[k]-v))/(1+math.Abs(float64(v))))
		}
	}
	return worst
}

// small is a configuration as Keras 2.2.4 writes it, with a tuple over lines and one that is repeated by its anchor.
const small = `backend: tensorflow
class_name: Sequential
config:
  layers:
  - class_name: Conv2D
    config:
      batch_input_shape: !!python/tuple
      - null
      - 4
      - 4
      - 1
      filters: 2
      kernel_size: &id001 !!python/tuple
      - 2
      - 2
      name: conv
      strides: *id001
      use_bias: false
  name: sequential_1
keras_version: 2.2.4
`

func TestFromConfig(t *testing.T) {
	m, err := yaml.FromConfig([]byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if out := m.OutputTypes(3)[0].Shape; !out.Equal(tensor.Shape{3, 2, 2, 2}) {
		t.Errorf("output %v", out)
	}
	if !yaml.IsModel([]byte(small[:format.HeadSize])) || yaml.IsModel([]byte("data: {source: a.csv}\nclass_name: x")) {
		t.Error("what is a model, and what is not")
	}
	for says, text := range map[string]string{
		"is of the class Nothing": strings.Replace(small, "Conv2D", "Nothing", 1),
		"the YAML is no map":      "- class_name: Sequential\n",
		"stands for nothing":      strings.Replace(small, "*id001", "*id002", 1),
		"Lambda":                  strings.Replace(small, "Conv2D", "Lambda", 1),
	} {
		if _, err := yaml.FromConfig([]byte(text)); err == nil || !strings.Contains(err.Error(), says) ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want one line about %q", err, says)
		}
	}
}

// FuzzLoad: no text in YAML makes a panic, nor takes more than the memory that is allowed.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("class_name: Sequential\nconfig: &a [*a, *a]\n"))
	f.Add([]byte("class_name: Sequential\nconfig: {layers: [{class_name: Dense, config: {units: 9999999999}}]}\n"))
	defer ram.SetLimit(ram.SetLimit(1 << 28))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := yaml.FromConfig(b)
		if err == nil {
			_ = m.Summary()
		}
	})
}
