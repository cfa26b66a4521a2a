package loss

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

type array struct {
	Shape []int
	Data  []float64
	Int   bool
}

func (a array) value() *graph.Array {
	t := graph.Type{Shape: a.Shape}
	if a.Int {
		t.DType = tensor.Int32
	}
	return &graph.Array{Type: t, V: a.Data}
}

// TestP4Losses compares values and gradients with PyTorch: testdata/loss.py.
func TestP4Losses(t *testing.T) {
	text, err := os.ReadFile("testdata/loss.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name            string
		Config          map[string]any
		Logits          string
		X, Y            array
		Value, Gradient []float64
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("only %d cases", len(cases))
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i, c.Name), func(t *testing.T) {
			l, err := Losses.New(c.Name, c.Config)
			if err != nil {
				t.Fatal(err)
			}
			g := graph.New()
			var v, dx *graph.Node
			if err := graph.Catch(func() {
				x, y := g.Input("x", c.X.value().Type), g.Input("y", c.Y.value().Type)
				pred := x
				switch c.Logits {
				case "sigmoid":
					pred = x.Sigmoid()
				case "softmax":
					pred = x.Softmax(-1)
				}
				v = l.Value(y, pred)
				dx = graph.Gradients([]*graph.Node{Reduce(v, nil)}, nil, []*graph.Node{x})[0]
			}); err != nil {
				t.Fatal(err)
			}
			for _, single := range []bool{false, true} {
				e := &graph.Evaluator{Single: single, Leaves: map[string]*graph.Array{"x": c.X.value(),
					"y": c.Y.value()}}
				compare(t, e, v, c.Value, single)
				compare(t, e, dx, c.Gradient, single)
			}
		})
	}
}

func compare(t *testing.T, e *graph.Evaluator, n *graph.Node, want []float64, single bool) {
	t.Helper()
	got, err := e.Value(n)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.V) != len(want) {
		t.Fatalf("%d numbers, PyTorch has %d", len(got.V), len(want))
	}
	within := map[bool]float64{false: 2e-7, true: 2e-6}[single] // the constants of the graph are float32
	for i := range want {
		if d := math.Abs(got.V[i] - want[i]); !(d <= within*(1+math.Abs(want[i]))) {
			t.Errorf("single=%v: element %d is %v, PyTorch has %v", single, i, got.V[i], want[i])
		}
	}
}

// TestP4ReduceWeights: Σ v·w / batch, by hand: (1·2 + 2·0 + 6·0.5) / 3.
func TestP4ReduceWeights(t *testing.T) {
	g := graph.New()
	r := Reduce(g.Input("v", graph.F32(3)), g.Input("w", graph.F32(3, 1)))
	e := &graph.Evaluator{Leaves: map[string]*graph.Array{
		"v": {Type: graph.F32(3), V: []float64{1, 2, 6}}, "w": {Type: graph.F32(3, 1), V: []float64{2, 0, 0.5}}}}
	a, err := e.Value(r)
	if err != nil || math.Abs(a.V[0]-5.0/3) > 1e-6 {
		t.Errorf("the weighted loss is %v, %v; want 5/3", a, err)
	}
}

// TestP4Clip shows that probabilities of 0 and 1 give Keras's finite values: −ln 10⁻⁷ = 16.118.
func TestP4Clip(t *testing.T) {
	for name, pred := range map[string][]float64{"binary_crossentropy": {0}, "categorical_crossentropy": {0, 1}} {
		l, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		g := graph.New()
		ty := graph.F32(1, len(pred))
		v := l.Value(g.Input("y", ty), g.Input("x", ty))
		y := make([]float64, len(pred))
		y[0] = 1
		e := &graph.Evaluator{Leaves: map[string]*graph.Array{"x": {Type: ty, V: pred}, "y": {Type: ty, V: y}}}
		if a, err := e.Value(v); err != nil || math.Abs(a.V[0]-16.11809565) > 1e-4 {
			t.Errorf("%s of a wrong certainty is %v, %v", name, a, err)
		}
	}
}

func TestShapes(t *testing.T) {
	for _, c := range []struct {
		name    string
		y, pred graph.Type
		says    string
	}{
		{"mse", graph.F32(4, 3), graph.F32(4, 2), "the target has shape (3,), the prediction (2,)"},
		{"mse", graph.F32(4), graph.F32(4, 1), ""},
		{"mse", graph.F32(4, 1), graph.F32(4), ""},
		{"categorical_crossentropy", graph.I32(4), graph.F32(4, 2),
			"class numbers need sparse_categorical_crossentropy"},
		{"sparse_categorical_crossentropy", graph.F32(4, 2), graph.F32(4, 2), "one class number for each row"},
		{"sparse_categorical_crossentropy", graph.I32(4, 1), graph.F32(4, 2), ""},
		{"binary_crossentropy", graph.I32(4), graph.F32(4, 1), ""},
	} {
		l, err := New(c.name)
		if err != nil {
			t.Fatal(err)
		}
		g := graph.New()
		var v *graph.Node
		err = graph.Catch(func() { v = l.Value(g.Input("y", c.y), g.Input("x", c.pred)) })
		switch {
		case c.says == "" && (err != nil || !v.Shape.Equal(tensor.Shape{4})):
			t.Errorf("%s of %v and %v: %v", c.name, c.y, c.pred, err)
		case c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%s of %v and %v: error %v, want …%s", c.name, c.y, c.pred, err, c.says)
		}
	}
}

// TestConfig: every loss goes to a configuration and back.
func TestConfig(t *testing.T) {
	for _, name := range Losses.Names() {
		l, err := New(name)
		if err != nil {
			t.Fatal(err)
		}
		m := Losses.Encode(l).Plain()
		back, err := Losses.Decode(m)
		if err != nil {
			t.Errorf("%s: %v: %v", name, m, err)
			continue
		}
		if a, b := config.Encode(l), config.Encode(back); fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s: %v became %v", name, a, b)
		}
	}
	if _, err := New("mean_squared_eror"); err == nil || !strings.Contains(err.Error(), "mean_squared_error") {
		t.Errorf("a misspelt loss: %v", err)
	}
}

func ExampleNew() {
	l, err := New("mse")
	if err != nil {
		fmt.Println(err)
		return
	}
	g := graph.New()
	v := l.Value(g.Input("y", graph.F32(8, 3)), g.Input("pred", graph.F32(8, 3)))
	fmt.Println(v.Shape)
	// Output: (8,)
}
