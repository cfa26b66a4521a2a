package model_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/model"
	"gorae/plan"
	"gorae/tensor"
)

// TestPlaces compares every layer over series, pictures and volumes with PyTorch, as prediction computes it, and its
// gradients as training does: testdata/places.py.
func TestPlaces(t *testing.T) {
	text, err := os.ReadFile("testdata/places.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []placeCase
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for i, c := range cases {
		count[c.Cls]++
		t.Run(fmt.Sprint(i, c.Cls), c.check)
	}
	// Every such layer that PyTorch can compute is there.
	for _, class := range layer.Layers.Classes() {
		if ofPlaces.MatchString(class) && !strings.Contains(class, "LSTM") && count[class] == 0 {
			t.Errorf("%s is not compared", class)
		}
	}
	if len(cases) != 107 {
		t.Errorf("%d cases", len(cases))
	}
	t.Logf("%d cases: %v", len(cases), count)
}

type placeCase struct {
	Cls     string
	Config  map[string]any
	X, Y    []float32
	Shape   tensor.Shape
	YShape  tensor.Shape
	Weights []struct {
		Shape tensor.Shape
		V     []float32
	}
	Grads [][]float64
}

func (c placeCase) check(t *testing.T) {
	l, err := layer.Layers.New(c.Cls, c.Config)
	if err != nil {
		t.Fatal(err)
	}
	m := model.Sequential(layer.Input{Shape: c.Shape[1:]}, l)
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	vars := m.Store().Vars()
	if len(vars) != len(c.Weights) {
		t.Fatalf("%d weights, PyTorch has %d", len(vars), len(c.Weights))
	}
	for i, w := range c.Weights {
		if err := m.Store().Set(vars[i].Path, tensor.Of(w.V, w.Shape...)); err != nil {
			t.Fatal(err)
		}
	}
	x := tensor.Of(c.X, c.Shape...)
	same := func(what string, got []float32, want []float64, scale float64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %d elements, PyTorch has %d", what, len(got), len(want))
		}
		for i, w := range want {
			if d := math.Abs(float64(got[i]) - w); !(d <= 2e-5*(scale+math.Abs(w))) {
				t.Fatalf("%s: element %d is %v, PyTorch has %v", what, i, got[i], w)
			}
		}
	}
	if got := predict(t, m, x); !got.Shape.Equal(c.YShape) {
		t.Fatalf("shape %v, PyTorch has %v", got.Shape, c.YShape)
	} else {
		want := make([]float64, len(c.Y))
		for i, v := range c.Y {
			want[i] = float64(v)
		}
		same("prediction", got.F32, want, 1)
	}
	tr := layer.NewTrace(true)
	var grads []*graph.Node
	if err := graph.Catch(func() {
		in := tr.Graph.Input("in", graph.F32(c.Shape...))
		y := m.Trace(tr, in)[0]
		w := tensor.New(tensor.Float32, c.YShape...)
		for i := range w.F32 {
			w.F32[i] = 1 + float32(i)/2
		}
		to := []*graph.Node{in}
		for _, v := range vars {
			to = append(to, tr.Leaf(v))
		}
		grads = graph.Gradients([]*graph.Node{y}, []*graph.Node{tr.Graph.Const(w)}, to)
	}); err != nil {
		t.Fatal(err)
	}
	p, err := plan.Compile(grads, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := p.Runner(par.Default())
	r.Bind("in", x)
	for name, v := range tr.Leaves {
		r.Bind(name, v.Value)
	}
	if err := r.Compute(); err != nil {
		t.Fatal(err)
	}
	for i, want := range c.Grads {
		top := float64(len(c.Y)) / 2 // the greatest number that comes in: softmax takes differences of such
		for _, v := range want {
			top = max(top, math.Abs(v))
		}
		same(fmt.Sprint("gradient ", i), r.Output(i).F32, want, top)
	}
}
