package onnx

import (
	"context"
	"encoding/json"
	"errors"
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
	"gorae/loss"
	"gorae/model"
	"gorae/prep/lookup"
	"gorae/tensor"
)

// refused are the models that gorae does not take, with the operator that the refusal names.
var refused = map[string]string{
	"q-lstm-dynamic": "DynamicQuantizeLSTM",
	"s-forest-iris":  "TreeEnsembleClassifier",
	"t-cond-dyn18":   "If",
	"t-if-ts13":      "If",
	"t-loop-ts13":    "Loop",
	"t-while-ts17":   "SequenceEmpty",
}

func shared(t testing.TB, parts ...string) string {
	dir := os.Getenv("GORAE_SHARED")
	if dir == "" {
		t.Skip("GORAE_SHARED is not set")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

// TestModels: the models of real exporters give the numbers of ONNX Runtime.
func TestModels(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(shared(t, "onnx-models"), "*", "model.onnx"))
	if len(paths) < 103 {
		t.Fatalf("%d models", len(paths))
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		t.Run(name, func(t *testing.T) {
			err := checkModel(path, false)
			switch op := refused[name]; {
			case op == "" && err != nil:
				t.Error(err)
			case op != "" && (err == nil || !strings.Contains(err.Error(), op)):
				t.Errorf("%v; want an error that names %s", err, op)
			}
		})
	}
}

// TestLayers: those models that layers of Keras's compute give the same numbers by them.
func TestLayers(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(shared(t, "onnx-models"), "*", "model.onnx"))
	equal := 0
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		if refused[name] != "" {
			continue
		}
		err := checkModel(path, true)
		var no *unmatched
		if err == nil {
			equal++
		} else if !errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		} else {
			t.Logf("%s: %v", name, err)
		}
	}
	t.Logf("%d models of layers", equal)
}

// meta is a model's meta.json.
type meta struct {
	Rtol, Atol float64
	IO         struct {
		Inputs  []string `json:"inputs_order"`
		Outputs []string `json:"outputs_order"`
		// Maps are outputs of a probability for each name.
		Maps map[string][]map[string]float64 `json:"outputs_not_tensors"`
	}
}

// checkModel compares a model with its io.npz, as layers or as one layer.
func checkModel(path string, layers bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	p, done, err := open(f, info.Size())
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	defer done()
	net, err := p.built()
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	m := net.model
	if layers {
		if m, err = p.layered(net.see, net.extent); err != nil {
			return err
		}
	}
	file := &format.File{Model: m, Texts: p.texts(), Outputs: p.named()}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(path), "meta.json"))
	if err != nil {
		return err
	}
	var about meta
	if err := json.Unmarshal(b, &about); err != nil {
		return err
	}
	arrays, err := os.Open(filepath.Join(filepath.Dir(path), "io.npz"))
	if err != nil {
		return err
	}
	defer arrays.Close()
	list, texts, err := readNpz(arrays)
	if err != nil {
		return err
	}
	for set := 0; ; set++ {
		var x []*tensor.Tensor
		for i, e := range p.inputs {
			k := slices.Index(about.IO.Inputs, e.name)
			a := list[fmt.Sprintf("set%d_in%d", set, k)]
			if a == nil && texts[fmt.Sprintf("set%d_in%d", set, k)] != nil {
				at := slices.IndexFunc(file.Texts, func(t format.TextInput) bool { return t.Name == e.name })
				if at < 0 {
					return fmt.Errorf("input %q is of texts", e.name)
				}
				s := texts[fmt.Sprintf("set%d_in%d", set, k)]
				if a, err = file.Texts[at].Layer.Apply(lookup.Texts{Shape: s.Shape, Values: s.Strings}); err != nil {
					return err
				}
			}
			if a == nil {
				if i == 0 && set > 0 {
					return nil
				}
				return fmt.Errorf("no input %q (%v)", e.name, about.IO.Inputs)
			}
			if a = moved(a, e.samples); i > 0 && a.Shape[0] == 1 && x[0].Shape[0] > 1 { // the same for all samples
				a = repeated(a, x[0].Shape[0])
			}
			x = append(x, a)
		}
		y, err := m.Predict(context.Background(), x...)
		if err != nil {
			return fmt.Errorf("set %d: predict: %w", set, err)
		}
		for i, e := range p.outputs {
			k := slices.Index(about.IO.Outputs, e.name)
			want := list[fmt.Sprintf("set%d_out%d", set, k)]
			if s := texts[fmt.Sprintf("set%d_out%d", set, k)]; s != nil {
				for j, w := range s.Strings {
					if got := file.Outputs[i].Texts[y[i].I32[j]]; got != w {
						return fmt.Errorf("set %d: output %q: text %d is %q, want %q", set, e.name, j, got, w)
					}
				}
				continue
			}
			if rows := about.IO.Maps[fmt.Sprintf("set%d_out%d", set, k)]; rows != nil {
				want = tensor.New(tensor.Float32, len(rows), len(rows[0]))
				for r, m := range rows {
					for c, name := range slices.Sorted(maps.Keys(m)) {
						want.F32[r*len(m)+c] = float32(m[name])
					}
				}
			}
			if want == nil {
				return fmt.Errorf("no output %q (%v)", e.name, about.IO.Outputs)
			}
			want = moved(want, e.samples)
			if err := compare(y[i], want, about.Rtol, about.Atol); err != nil {
				return fmt.Errorf("set %d: output %q: %w", set, e.name, err)
			}
		}
	}
}

// moved puts an axis first.
func moved(t *tensor.Tensor, a int) *tensor.Tensor {
	if a == 0 {
		return t
	}
	s := t.Shape
	outer, n, inner := s[:a].Size(), s[a], s[a+1:].Size()
	y := tensor.New(tensor.Float32, append(append(tensor.Shape{n}, s[:a]...), s[a+1:]...)...)
	for o := range outer {
		for i := range n {
			for k := range inner {
				y.F32[(i*outer+o)*inner+k] = float32(t.Float((o*n+i)*inner + k))
			}
		}
	}
	return y
}

func compare(got, want *tensor.Tensor, rtol, atol float64) error {
	if !got.Shape.Equal(want.Shape) {
		return fmt.Errorf("has the shape %v, want %v", got.Shape, want.Shape)
	}
	for i := range want.Shape.Size() {
		g, w := got.Float(i), want.Float(i)
		if g == w || math.IsNaN(g) && math.IsNaN(w) {
			continue
		}
		if d := math.Abs(g - w); !(d <= atol+rtol*math.Abs(w)) {
			return fmt.Errorf("element %d is %v, want %v", i, g, w)
		}
	}
	return nil
}

// readNpz reads the arrays of numbers.
func readNpz(f *os.File) (map[string]*tensor.Tensor, map[string]*tensor.Text, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	arrays, texts, err := tensor.ReadNPZText(f, info.Size())
	if err != nil {
		return nil, nil, err
	}
	ts := map[string]*tensor.Text{}
	for _, t := range texts {
		ts[t.Name] = &t
	}
	m := map[string]*tensor.Tensor{}
	for _, a := range arrays {
		m[a.Name] = a.Tensor
	}
	return m, ts, nil
}

// repeated is one sample n times.
func repeated(t *tensor.Tensor, n int) *tensor.Tensor {
	y := tensor.New(t.DType(), append(tensor.Shape{n}, t.Shape[1:]...)...)
	for i := range n {
		copy(y.F32[i*len(t.F32):], t.F32)
	}
	return y
}

// TestLayersTrain: the gradients of the weights of a model of layers are those of the same graph as one layer.
func TestLayersTrain(t *testing.T) {
	f, err := os.Open(shared(t, "onnx-models", "k-mlp", "model.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, done, err := open(f, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	net, err := p.built()
	if err != nil {
		t.Fatal(err)
	}
	layers, err := p.layered(net.see, net.extent)
	if err != nil {
		t.Fatal(err)
	}
	in, out := net.model.InputTypes(5)[0], net.model.OutputTypes(5)[0]
	x, y := tensor.New(tensor.Float32, in.Shape...), tensor.New(tensor.Float32, out.Shape...)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(i)))
	}
	var norms [2]float64
	for i, m := range []*model.Model{net.model, layers} {
		g, err := m.Gradients(context.Background(), loss.MeanSquaredError{}, y, x)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range g.Weights {
			for _, v := range w.F32 {
				norms[i] += float64(v) * float64(v)
			}
		}
	}
	if norms[0] == 0 || math.Abs(norms[0]-norms[1]) > 1e-4*norms[0] {
		t.Errorf("squares of the gradients add up to %v and %v", norms[0], norms[1])
	}
}

// TestLayersWritten: a model of layers is written as a .keras file, and read from it gives the same to the last bit.
func TestLayersWritten(t *testing.T) {
	for _, name := range []string{"t-mobile-ts13", "t-lstm-bi2-ts17", "k-two", "t-unet-transpose-ts13"} {
		f, err := format.Load(shared(t, "onnx-models", name, "model.onnx"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "model.keras")
		if err := format.Save(path, f); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		g, err := format.Load(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var x []*tensor.Tensor
		for _, typ := range f.Model.InputTypes(2) {
			v := tensor.New(typ.DType, typ.Shape...)
			for i := range v.F32 {
				v.F32[i] = float32(math.Cos(float64(i)))
			}
			x = append(x, v)
		}
		a, err := f.Model.Predict(context.Background(), x...)
		if err != nil {
			t.Fatal(err)
		}
		b, err := g.Model.Predict(context.Background(), x...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if !slices.Equal(a[i].F32, b[i].F32) {
				t.Errorf("%s: output %d differs", name, i)
			}
		}
	}
}
