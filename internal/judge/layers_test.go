//go:build judge

package judge

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/weight"
)

// apart are layers that the judge cannot judge, with the reason.
var apart = map[string]string{
	"activation legacy_hard_sigmoid": "Keras 3 has no such function",
	"conv lstm 2d first":             "TensorFlow has no kernel for channels first on a processor",
	"conv1d first":                   "TensorFlow has no kernel for channels first on a processor",
	"conv2d first":                   "TensorFlow has no kernel for channels first on a processor",
	"conv2d transpose first":         "TensorFlow has no kernel for channels first on a processor",
	"conv2d transpose dilated":       "TensorFlow has no kernel for dilated transposed convolutions on a processor",
	"conv3d first":                   "Keras adds the bias along a wrong axis where the last extent equals the filters",
	"activation sparsemax":           "the rows of Keras 3.15 do not add up to 1, against the definition",
	"resizing crop":                  "TensorFlow rounds places of a bicubic kernel to 1/1024",
	"up sampling2d bicubic":          "TensorFlow rounds places of a bicubic kernel to 1/1024",
	"position embedding":             "Keras has the layer in Keras Hub alone; layer/attention_test.go",
	"tokens and positions":           "Keras has the layer in Keras Hub alone; layer/attention_test.go",
	"sine positions":                 "Keras has the layer in Keras Hub alone; layer/attention_test.go",
}

// TestLayers: every layer, in its varieties, opens in Keras and gives the same outputs, but for those of the list
// apart.
func TestLayers(t *testing.T) {
	p := judge(t)
	cases := modeltest.Cases()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		if apart[name] != "" || strings.Contains(name, "ugrnn") { // a cell of gorae's own
			continue
		}
		t.Run(name, func(t *testing.T) {
			var in []*model.Value
			dtype := "float32"
			if c.Ids > 0 {
				dtype = "int32"
			}
			for i, s := range c.Inputs {
				in = append(in, model.Apply(layer.Input{Base: layer.Base{Name: string(rune('a' + i))}, Shape: s,
					DType: dtype}))
			}
			m := model.New(in, []*model.Value{model.Apply(c.Layer, in...)})
			if err := m.Build(7); err != nil {
				t.Fatal(err)
			}
			for _, v := range m.Store().Vars() {
				r := weight.NewRand(11, v.Path)
				for i := range v.Value.F32 {
					v.Value.F32[i] += float32(0.3 * r.Uniform())
				}
			}
			path := filepath.Join(dir, "m.keras")
			sameInKeras(t, p, m, path, c.Ids)
		})
	}
}

// sameInKeras writes a model to path and holds the outputs that Keras computes from the file against the model's own;
// ids is the number of ids where the inputs are ids, else 0.
func sameInKeras(t *testing.T, p *python, m *model.Model, path string, ids int) {
	t.Helper()
	if err := keras.SaveFile(path, m); err != nil {
		t.Fatal(err)
	}
	xs := samples(m, 3, ids)
	a := p.ask(t, question{Do: "predict", Path: path, Inputs: packedAll(xs)})
	y, err := m.Predict(t.Context(), xs...)
	if err != nil {
		t.Fatal(err)
	}
	for i := range y {
		if s := near(y[i], a.Outputs[i].tensor(), 2e-5); s != "" {
			t.Errorf("output %d: %s", i, s)
		}
	}
}
