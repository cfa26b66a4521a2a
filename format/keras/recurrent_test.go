package keras_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/format/keras"
	"gorae/graph"
	"gorae/hdf5"
	"gorae/layer"
	"gorae/model"
	"gorae/model/modeltest"
	"gorae/tensor"
	"gorae/weight"
)

// TestRecurrentFiles predicts with recurrent models that real Keras wrote, before and after saving
// them again; the numbers to expect are those of testdata/recurrent.py.
func TestRecurrentFiles(t *testing.T) {
	text, err := os.ReadFile("testdata/recurrent.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Cases []struct {
			File, Kind string
			Batch      int
			Shape      []int
			Y          []float64
		}
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Cases) != 5 {
		t.Fatalf("there are %d cases", len(ref.Cases))
	}
	for _, c := range ref.Cases {
		t.Run(c.File, func(t *testing.T) {
			m, _, err := keras.LoadFile(shared(t, "models/"+c.File))
			if err != nil {
				t.Fatal(err)
			}
			saved, err := again(m)
			if err != nil {
				t.Fatal(err)
			}
			x := tensor.New(tensor.Float32, append([]int{c.Batch}, c.Shape...)...)
			for i := range x.F32 {
				switch n := c.Shape[len(c.Shape)-1]; c.Kind {
				case "ids":
					x.F32[i] = float32(i * 7919 % 500)
				case "one-hot":
					if i%n == i/n*37%n {
						x.F32[i] = 1
					}
				default:
					x.F32[i] = float32(i*31%101) / 101
				}
			}
			y, err := m.Predict(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			z, err := saved.Predict(context.Background(), x)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Y) != y[0].Len() {
				t.Fatalf("%v numbers come out, want %d", y[0].Shape, len(c.Y))
			}
			for i, want := range c.Y {
				if got := float64(y[0].F32[i]); !(math.Abs(got-want) <= 1e-5*(1+math.Abs(want))) {
					t.Errorf("element %d is %v, want %v", i, got, want)
				}
				if y[0].F32[i] != z[0].F32[i] {
					t.Errorf("element %d is %v after saving, %v before", i, z[0].F32[i], y[0].F32[i])
				}
			}
		})
	}
}

// drift is a cell that Keras lacks, with a layer inside.
type drift struct {
	layer.Base
	Units int `keras:"units,main,required,min=1"`
}

func init() { layer.Cells.RegisterOwn(drift{}) }

func (c drift) States(tensor.Shape) []tensor.Shape { return []tensor.Shape{{c.Units}} }

func (c drift) Step(s *layer.Scope, x *graph.Node, states []*graph.Node) (*graph.Node, []*graph.Node) {
	y := s.Child("see", layer.Dense{Units: c.Units, Activation: "tanh"}, x)[0]
	h := states[0].Mul(s.Weight("keep", []int{c.Units}, weight.GlorotUniform{}, nil)).Add(y)
	return h, []*graph.Node{h}
}

// Formula counts the parameters.
func (c drift) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("(%d + 1) × %d + %d = %d", in[0][0], c.Units, c.Units, (in[0][0]+2)*c.Units)
}

// TestRecurrentGroups: arrays lie where Keras keeps them: by the attribute that holds a layer or a cell, in lists by
// class and count (keras/src/saving/saving_lib.py: _save_state, _save_container_state).
func TestRecurrentGroups(t *testing.T) {
	modeltest.Check(t, modeltest.Case{Layer: layer.RNN{Cell: drift{Units: 2}}, Inputs: [][]int{{3, 2}}}, again)
	for _, c := range []struct {
		layer layer.Layer
		want  []string
	}{
		{layer.UGRNN{Units: 2}, []string{"ugrnn/cell 3"}},
		{layer.RNN{Cell: layer.LSTMCell{Units: 2, CellOptions: layer.CellOptions{NoBias: true}}},
			[]string{"rnn/cell 2"}},
		{layer.RNN{Cell: drift{Units: 2}}, []string{"rnn/cell 1", "rnn/cell/see 2"}},
		{layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.LSTMCell{Units: 2}, layer.GRUCell{Units: 2},
			layer.LSTMCell{Units: 2}}}},
			[]string{"rnn/cell/cells/lstm_cell 3", "rnn/cell/cells/gru_cell 3", "rnn/cell/cells/lstm_cell_1 3"}},
		{layer.Bidirectional{Layer: layer.GRU{Units: 2}},
			[]string{"bidirectional/forward_layer/cell 3", "bidirectional/backward_layer/cell 3"}},
		{layer.TimeDistributed{Layer: layer.Dense{Units: 2}}, []string{"time_distributed/layer 2"}},
		{layer.ConvLSTM1D{Filters: 2, KernelSize: []int{2}}, []string{"conv_lstm1d/cell 3"}},
	} {
		m := model.Sequential(layer.Input{Shape: []int{3, 2}}, c.layer)
		if _, ok := c.layer.(layer.ConvLSTM1D); ok {
			m = model.Sequential(layer.Input{Shape: []int{3, 4, 2}}, c.layer)
		}
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := keras.Save(&b, m); err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := z.Open("model.weights.h5")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(f)
		if err != nil {
			t.Fatal(err)
		}
		h, err := hdf5.Open(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range c.want {
			path, count, _ := strings.Cut(w, " ")
			g, err := h.Root().Group("layers/" + path + "/vars")
			if err != nil {
				t.Errorf("%T: %v", c.layer, err)
			} else if n := len(g.Names()); fmt.Sprint(n) != count {
				t.Errorf("%T: %s holds %d arrays, want %s", c.layer, path, n, count)
			}
		}
	}
}
