package keras_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorae/format"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/model"
	"gorae/prep/lookup"
	"gorae/tensor"
	"gorae/weight"
)

// realCase is the meta.json of a folder of models/real.
type realCase struct {
	Expect    string
	Tolerance struct{ Value float64 }
	Params    int   `json:"parameters"`
	Output    []int `json:"output_shape"`
}

// notYet are the files of models/real that need a class, a function or a format that gorae does not have, and what the
// error must name.
var notYet = map[string]string{
	"refuse-custom-activation/model.keras": `unknown activation "cube"`,
	"refuse-custom-layer/model.keras":      `"my_scale" is of the class Scale`,
	"refuse-lambda/model.keras":            `"double_plus_one" is a Lambda`,
}

// departs are columns of outputs in which Keras departs from the published formula; see layer.Activation on sparsemax.
var departs = map[string]func(column int) bool{
	// d_sparsemax is the 30th of the Dense layers, which have 4 features, of which glu before it makes 2.
	"mlp-activations-zoo": func(column int) bool { return (column+2)/4 == 29 },
}

// TestRealKeras opens every .keras file of models/real, which Keras 3.15.1 and tf-keras wrote, gives it the inputs
// beside it and compares the outputs with those of the program that wrote the file, at the tolerance of its meta.json:
// max |a − b| / (1 + |b|). Only the files of notYet may fail to open, for the reason there.
func TestRealKeras(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/real/*/*.keras"))
	if err != nil || len(paths) < 40 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	compared, missing := 0, 0
	for _, path := range paths {
		dir := filepath.Dir(path)
		name := filepath.Base(dir) + "/" + filepath.Base(path)
		c := realMeta(t, dir)
		f, err := wholeFile(path)
		if want := notYet[name]; want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want one about %s; a file that opens leaves notYet", name, err, want)
			}
			missing++
			t.Logf("%-48s %v", name, strings.TrimPrefix(fmt.Sprint(err), path+": "))
			continue
		}
		if err != nil {
			t.Error(err)
			continue
		}
		if len(f.Texts) > 0 { // written and read again, with its layers on texts
			var b bytes.Buffer
			if err := keras.SaveAll(&b, f); err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if f, err = keras.LoadAll(bytes.NewReader(b.Bytes()), int64(b.Len())); err != nil || len(f.Texts) == 0 {
				t.Errorf("%s: as it is written: %v", name, err)
				continue
			}
		}
		worst, err := realOutputs(f, filepath.Join(dir, "io.npz"))
		if err != nil || !(worst <= c.Tolerance.Value) {
			t.Errorf("%s: outputs differ by %.2g, more than %.2g; %v", name, worst, c.Tolerance.Value, err)
		}
		compared++
		t.Logf("%-48s error %.2g of %.2g", name, worst, c.Tolerance.Value)
	}
	t.Logf("%d of %d files are opened and compared, %d are refused or need what gorae does not have", compared,
		len(paths), missing)
}

// TestRealArchitectures makes the networks of keras.applications from their configurations alone; the number of
// weights and the shape of the output are Keras's.
func TestRealArchitectures(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/real/app-config-*/config.json"))
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		c := realMeta(t, filepath.Dir(path))
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var cfg map[string]any
		if err := json.Unmarshal(text, &cfg); err != nil {
			t.Fatal(err)
		}
		m, err := model.FromConfig(cfg)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := m.BuildFrom(func(s *weight.Store) error { return nil }); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		n := 0
		for _, v := range m.Store().Vars() {
			n += v.Shape.Size()
		}
		if out := m.OutputTypes(1)[0].Shape[1:]; n != c.Params || !out.Equal(c.Output) {
			t.Errorf("%s: %d weights, output %v; Keras has %d and %v", path, n, out, c.Params, c.Output)
		}
	}
}

func realMeta(t *testing.T, dir string) (c realCase) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "meta.json"))
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// realOutputs is max |a − b| / (1 + |b|) of the outputs of m and those of io.npz.
func realOutputs(file *format.File, path string) (float64, error) {
	m := file.Model
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	arrays, err := tensor.ReadNPZ(f, info.Size())
	if err != nil {
		return 0, err
	}
	io := map[string]*tensor.Tensor{}
	for _, a := range arrays {
		io[a.Name] = a.Tensor
	}
	xs, err := realTexts(file.Texts, filepath.Dir(path))
	if err != nil {
		return 0, err
	}
	if len(xs) > 0 && len(xs) != len(m.InputTypes(1)) {
		return 0, fmt.Errorf("%d of %d inputs are made of texts", len(xs), len(m.InputTypes(1)))
	}
	for i, typ := range m.InputTypes(1) {
		if len(file.Texts) > 0 {
			break
		}
		x := io[fmt.Sprint("x", i)]
		if x == nil {
			return 0, fmt.Errorf("%s has no x%d", path, i)
		}
		xs = append(xs, asType(x, typ))
	}
	got, err := m.Predict(context.Background(), xs...)
	if err != nil {
		return 0, err
	}
	if io[fmt.Sprint("y", len(got))] != nil {
		return 0, fmt.Errorf("%d outputs; Keras gives more", len(got))
	}
	worst := 0.0
	for i, a := range got {
		b := io[fmt.Sprint("y", i)]
		skip := departs[filepath.Base(filepath.Dir(path))]
		if b == nil || !a.Shape.Equal(b.Shape) {
			return 0, fmt.Errorf("output %d has shape %v, Keras gives %v", i, a.Shape, b)
		}
		for k, v := range b.F32 {
			d := math.Abs(float64(a.F32[k])-float64(v)) / (1 + math.Abs(float64(v)))
			if skip != nil && skip(k%a.Shape[len(a.Shape)-1]) {
				continue
			}
			if !(d <= worst) {
				worst = d
			}
		}
	}
	return worst, nil
}

// wholeFile reads everything that a file holds.
func wholeFile(path string) (*format.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return keras.LoadAll(f, info.Size())
}

// realTexts is what layers on strings make of the texts of inputs.json.
func realTexts(layers []format.TextInput, dir string) (xs []*tensor.Tensor, err error) {
	if len(layers) == 0 {
		return nil, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, "inputs.json"))
	if err != nil {
		return nil, err
	}
	var inputs struct{ X0 [][]string }
	if err := json.Unmarshal(text, &inputs); err != nil {
		return nil, err
	}
	var column []string
	for _, row := range inputs.X0 {
		column = append(column, row...)
	}
	for _, l := range layers {
		x, err := l.Layer.Apply(lookup.Column(column...))
		if err != nil {
			return nil, err
		}
		xs = append(xs, x)
	}
	return xs, nil
}

// asType is an array of float32 with the elements of an input.
func asType(x *tensor.Tensor, typ graph.Type) *tensor.Tensor {
	if typ.DType == tensor.Float32 {
		return x
	}
	y := tensor.New(typ.DType, x.Shape...)
	for i, v := range x.F32 {
		if typ.DType == tensor.Int32 {
			y.I32[i] = int32(v)
		} else {
			y.U8[i] = uint8(v)
		}
	}
	return y
}

// TestRealFilesOpen opens the other .keras files of models.
func TestRealFilesOpen(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/*/*.keras"))
	if err != nil || len(paths) < 9 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	paths = append(paths, shared(t, "cases/29-keras-file-written-on-windows/windows.keras"))
	for _, path := range paths {
		m, _, err := keras.LoadFile(path)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := m.Predict(context.Background(), samples(m, 2)...); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestRealBrowser opens the layers models of TensorFlow.js.
func TestRealBrowser(t *testing.T) {
	paths, err := filepath.Glob(shared(t, "models/real/js-*/model.json"))
	if err != nil || len(paths) != 7 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		f, err := format.Load(path)
		if err != nil {
			t.Error(err)
			continue
		}
		dir := filepath.Dir(path)
		worst, err := realOutputs(f, filepath.Join(dir, "io.npz"))
		if want := realMeta(t, dir).Tolerance.Value; err != nil || !(worst <= want) {
			t.Errorf("%s: outputs differ by %.2g, more than %.2g; %v", filepath.Base(dir), worst, want, err)
		}
	}
}

// TestArchitecture: a configuration in JSON finds the weights beside it, as they are by name in a whole file.
func TestArchitecture(t *testing.T) {
	f, err := format.Load(shared(t, "models/pima-json-weights/model.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Model.Store().Finite(); err != nil {
		t.Error(err)
	}
	_, err = format.Load(shared(t, "models/real/js-mlp/meta.json"))
	if err == nil || !strings.Contains(err.Error(), "class_name") {
		t.Errorf("an object that is no model: %v", err)
	}
}
