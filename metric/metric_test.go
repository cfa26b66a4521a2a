package metric

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"gorae/graph"
	"gorae/tensor"
)

type array struct {
	Shape []int
	Data  []float64
	Int   bool
}

// tensor is the array as the data of a run.
func (a array) tensor() *tensor.Tensor {
	v := &graph.Array{Type: graph.Type{Shape: a.Shape}, V: a.Data}
	if a.Int {
		v.DType = tensor.Int32
	}
	return v.Tensor()
}

// add gives an accumulator one batch.
func add(t *testing.T, m Metric, a *Accumulator, y, p *tensor.Tensor) {
	t.Helper()
	g := graph.New()
	var terms []*graph.Node
	if err := graph.Catch(func() {
		terms = m.Terms(g.Input("y", graph.Type{DType: y.DType(), Shape: y.Shape}), g.Input("p", graph.F32(p.Shape...)))
	}); err != nil {
		t.Fatal(err)
	}
	e := &graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{"y": graph.ArrayOf(y), "p": graph.ArrayOf(p)}}
	var ts []*tensor.Tensor
	for _, n := range terms {
		v, err := e.Value(n)
		if err != nil {
			t.Fatal(err)
		}
		ts = append(ts, v.Tensor())
	}
	a.Add(ts...)
}

// TestMetrics compares with NumPy, for batches of any size: testdata/metric.py.
func TestMetrics(t *testing.T) {
	text, err := os.ReadFile("testdata/metric.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Name   string
		Config map[string]any
		Want   float64
		Y, P   array
	}
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 20 {
		t.Fatalf("only %d cases", len(cases))
	}
	for i, c := range cases {
		t.Run(fmt.Sprint(i, c.Name, c.Config), func(t *testing.T) {
			m, err := Metrics.New(c.Name, c.Config)
			if err != nil {
				t.Fatal(err)
			}
			y, p := c.Y.tensor(), c.P.tensor()
			a := NewAccumulator(m)
			if !math.IsNaN(a.Result()) {
				t.Errorf("before any batch the result is %v", a.Result())
			}
			for _, size := range []int{37, 1, 5, 36} {
				a.Reset()
				for at := 0; at < 37; at += size {
					end := min(at+size, 37)
					add(t, m, a, y.Rows(at, end), p.Rows(at, end))
				}
				if got := a.Result(); !(math.Abs(got-c.Want) <= 2e-6*(1+math.Abs(c.Want))) {
					t.Errorf("in batches of %d: %v, NumPy has %v", size, got, c.Want)
				}
			}
			b := NewAccumulator(m)
			b.Restore(a.Sums())
			if b.Result() != a.Result() {
				t.Errorf("restored sums give %v, not %v", b.Result(), a.Result())
			}
		})
	}
}

func TestMeanOfLoss(t *testing.T) {
	m, err := New("huber")
	if err != nil {
		t.Fatal(err)
	}
	a := NewAccumulator(m)
	add(t, m, a, tensor.Of([]float32{0, 0}, 2, 1), tensor.Of([]float32{0.5, 3}, 2, 1))
	add(t, m, a, tensor.Of([]float32{1}, 1, 1), tensor.Of([]float32{1}, 1, 1))
	if want := (0.125 + 2.5) / 3; math.Abs(a.Result()-want) > 1e-6 { // by hand
		t.Errorf("the mean of huber is %v, want %v", a.Result(), want)
	}
	if _, err := New("acuracy"); err == nil {
		t.Error("a misspelt metric passes")
	}
}

func ExampleNew() {
	m, err := New("r2")
	if err != nil {
		fmt.Println(err)
		return
	}
	a := NewAccumulator(m)
	// The terms of a batch: samples, mean of the target, what it lacks for being float32, squares
	// about it, squared errors.
	for _, sums := range [][]float32{{2, 1, 0, 2, 0.5}, {2, 5, 0, 2, 0.5}} {
		a.Add(tensor.Of(sums, 5))
	}
	fmt.Println(a.Result())
	// Output: 0.95
}
