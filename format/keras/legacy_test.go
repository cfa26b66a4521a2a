package keras_test

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/hdf5"
	"gorae/model"
	"gorae/tensor"
)

// legacyNotYet are the models in HDF5 below models that gorae does not open, and what the error must name.
var legacyNotYet = map[string]string{
	"dl4j/load/tfkeras/cnn2d_33.h5":                          "LocallyConnected2D",
	"dl4j/load/tfkeras/cnn2d_95.h5":                          "LocallyConnected2D",
	"dl4j/load/tfkeras/cnn3d_22.h5":                          "leaves nothing",
	"dl4j/load/tfkeras/convlstm2d_0.h5":                      "Bidirectional.backward_layer",
	"dl4j/load/tfkeras/tfop_0.h5":                            "TensorFlowOpLayer",
	"dl4j/load/weights/space_to_depth_graph_tensorflow_2.h5": `"space_to_depth_x2" is a Lambda`,
	"real/refuse-custom-layer/model.h5":                      `"my_scale" is of the class Scale`,
	"real/refuse-lambda/model.h5":                            `"double_plus_one" is a Lambda`,
}

// TestLegacyFiles opens all models in HDF5 below models, which Keras 1, 2 and 3 wrote. Where inputs and outputs are
// beside them, the outputs are compared: those of models/real at the tolerance of meta.json, those of dl4j/cases at
// 1e-4, max |a − b| / (1 + |b|).
func TestLegacyFiles(t *testing.T) {
	root := shared(t, "models")
	opened, compared, met := 0, 0, 0
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		switch ext := filepath.Ext(path); {
		case err != nil || ext != ".h5" && ext != ".hdf5" && !strings.HasSuffix(path, "hdf5-inside.keras"),
			strings.HasSuffix(path, "weights.h5"), strings.HasSuffix(path, "_outputs.h5"):
			return err
		}
		m, _, err := keras.LoadFile(path)
		if want := legacyNotYet[filepath.ToSlash(name)]; want != "" {
			met++
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want one about %s; a file that opens leaves legacyNotYet", name, err, want)
			}
			return nil
		}
		if err != nil {
			t.Error(err)
			return nil
		}
		opened++
		worst, tolerance := 0.0, 1e-4
		switch beside := strings.TrimSuffix(path, "_model.h5") + "_inputs_and_outputs.h5"; {
		case strings.HasPrefix(name, "real"):
			tolerance = realMeta(t, filepath.Dir(path)).Tolerance.Value
			worst, err = realOutputs(&format.File{Model: m}, filepath.Join(filepath.Dir(path), "io.npz"))
		case exists(beside):
			worst, err = dl4jOutputs(m, beside)
		default:
			return nil
		}
		compared++
		if err != nil || !(worst <= tolerance) {
			t.Errorf("%s: outputs differ by %.2g, more than %.2g; %v", name, worst, tolerance, err)
		}
		return nil
	})
	if err != nil || met != len(legacyNotYet) || compared < 70 {
		t.Errorf("%d files opened, %d compared, %d of %d not; %v", opened, compared, met, len(legacyNotYet), err)
	}
	t.Logf("%d models in HDF5 are opened, the outputs of %d are compared, %d are refused or need what gorae does not "+
		"have", opened, compared, met)
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

// dl4jOutputs is max |a − b| / (1 + |b|) of the outputs of m and those of a file of dl4j.
func dl4jOutputs(m *model.Model, path string) (float64, error) {
	in, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return 0, err
	}
	f, err := hdf5.Open(in, info.Size())
	if err != nil {
		return 0, err
	}
	read := func(group string) (xs []*tensor.Tensor, err error) {
		g, err := f.Root().Group(group)
		if err != nil {
			return nil, err
		}
		for _, n := range g.Names() {
			d, err := g.Dataset(n)
			if err != nil {
				return nil, err
			}
			v, err := d.Float32s()
			if err != nil {
				return nil, err
			}
			xs = append(xs, tensor.Of(v, d.Shape()...))
		}
		return xs, nil
	}
	xs, err := read("inputs")
	if err != nil {
		return 0, err
	}
	if len(xs) != len(m.InputTypes(1)) {
		return 0, fmt.Errorf("%d inputs", len(xs))
	}
	outputs := "outputs"
	if slices.Contains(f.Root().Names(), "predictions") {
		outputs = "predictions"
	}
	want, err := read(outputs)
	if err != nil {
		return 0, err
	}
	for i, typ := range m.InputTypes(1) {
		xs[i] = asType(xs[i], typ)
	}
	got, err := m.Predict(context.Background(), xs...)
	if err != nil {
		return 0, err
	}
	worst := 0.0
	for i, b := range want {
		if !got[i].Shape.Equal(b.Shape) {
			return 0, fmt.Errorf("output %d has shape %v, want %v", i, got[i].Shape, b.Shape)
		}
		for k, v := range b.F32 {
			d := math.Abs(float64(got[i].F32[k])-float64(v)) / (1 + math.Abs(float64(v)))
			if !(d <= worst) {
				worst = d
			}
		}
	}
	return worst, nil
}

// legacyFile is a model in HDF5 of the version, with a configuration and the arrays of one layer, in their order.
func legacyFile(t *testing.T, version, cfg, layer string, names []string, arrays map[string]*hdf5.Data) []byte {
	t.Helper()
	g := &hdf5.Node{Attrs: map[string]any{"weight_names": names}, Datasets: arrays}
	return h5(t, &hdf5.Node{Attrs: map[string]any{"model_config": cfg, "keras_version": version},
		Groups: map[string]*hdf5.Node{"model_weights": {Attrs: map[string]any{"layer_names": []string{layer}},
			Groups: map[string]*hdf5.Node{layer: g}}}})
}

// TestKeras1 reads an LSTM of Keras 1, which has the arrays of each gate apart. The output of one step from zeros is
// counted by hand: c = σ(i)·tanh(c̃), h = σ(o)·tanh(c), with σ(x) = min(max(0.2x + 1/2, 0), 1).
func TestKeras1(t *testing.T) {
	cfg := `{"class_name":"Sequential","config":[{"class_name":"LSTM","config":{"name":"l","output_dim":1,"init":"uniform",
		"inner_init":"orthogonal","forget_bias_init":"one","activation":"tanh","inner_activation":"hard_sigmoid",
		"batch_input_shape":[null,1,1],"input_dim":1,"consume_less":"cpu","dropout_W":0.2,"dropout_U":0.0,
		"W_regularizer":{"name":"WeightRegularizer","l1":0.0,"l2":0.5}}}]}`
	var names []string
	arrays := map[string]*hdf5.Data{}
	for i, gate := range []string{"i", "c", "f", "o"} {
		for _, part := range []string{"W", "U", "b"} {
			n := "l_" + part + "_" + gate
			names = append(names, n)
			shape, v := []int{1, 1}, float32(0)
			if part == "W" {
				v = float32(i + 1)
			}
			if part == "b" {
				shape = []int{1}
			}
			arrays[n] = &hdf5.Data{Shape: shape, Values: []float32{v}}
		}
	}
	b := legacyFile(t, "1.2.2", cfg, "l", names, arrays)
	m, _, err := keras.Load(strings.NewReader(string(b)), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	y, err := m.Predict(context.Background(), tensor.Of([]float32{0.5}, 1, 1, 1))
	if err != nil {
		t.Fatal(err)
	}
	want := (0.2*2 + 0.5) * math.Tanh((0.2*0.5+0.5)*math.Tanh(1)) // W: i 1, c 2, f 3, o 4; x = 0.5
	if d := math.Abs(float64(y[0].F32[0]) - want); d > 1e-6 {
		t.Errorf("%v, want %v", y[0].F32[0], want)
	}
}

// TestLegacyRefused: arrays that are not those of the configuration are errors with layer and array.
func TestLegacyRefused(t *testing.T) {
	cfg := `{"class_name":"Sequential","config":{"name":"m","layers":[{"class_name":"Dense","config":{"name":"d","units":2,
		"batch_input_shape":[null,3]}}]}}`
	kernel := &hdf5.Data{Shape: []int{3, 2}, Values: make([]float32, 6)}
	bias := &hdf5.Data{Shape: []int{2}, Values: make([]float32, 2)}
	for says, c := range map[string]struct {
		layer string
		names []string
	}{
		`there is no group d, the weights of dense "d"`:               {"e", []string{"kernel:0"}},
		`d holds 1 arrays, and by model_config dense "d" has 2`:       {"d", []string{"kernel:0"}},
		`bias has shape (2,), and by model_config d/kernel has shape`: {"d", []string{"bias:0", "kernel:0"}},
		`gamma stands where bias of dense "d" is expected`:            {"d", []string{"kernel:0", "gamma:0"}},
		`has no member "absent:0"`:                                    {"d", []string{"kernel:0", "absent:0"}},
	} {
		b := legacyFile(t, "2.4.0", cfg, c.layer, c.names, map[string]*hdf5.Data{"kernel:0": kernel, "bias:0": bias,
			"gamma:0": bias})
		_, _, err := keras.Load(strings.NewReader(string(b)), int64(len(b)))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want %q", err, says)
		}
	}
}
