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
	addWeighed(t, m, a, y, p, nil)
}

func addWeighed(t *testing.T, m Metric, a *Accumulator, y, p, w *tensor.Tensor) {
	t.Helper()
	g := graph.New()
	var terms []*graph.Node
	leaves := map[string]*graph.Array{"y": graph.ArrayOf(y), "p": graph.ArrayOf(p)}
	if err := graph.Catch(func() {
		var weights *graph.Node
		if w != nil {
			weights = g.Input("w", graph.F32(w.Shape...))
			leaves["w"] = graph.ArrayOf(w)
		}
		terms = m.Terms(g.Input("y", graph.Type{DType: y.DType(), Shape: y.Shape}), g.Input("p", graph.F32(p.Shape...)),
			weights)
	}); err != nil {
		t.Fatal(err)
	}
	e := &graph.Evaluator{Single: true, Leaves: leaves}
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
func TestMetrics(t *testing.T) { testMetrics(t, "testdata/metric.json") }

// TestLabelMetrics compares with scikit-learn: testdata/labels.py.
func TestLabelMetrics(t *testing.T) { testMetrics(t, "testdata/labels.json") }

func testMetrics(t *testing.T, path string) {
	text, err := os.ReadFile(path)
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
			// A sample of weight 0 is not there, whatever it holds, also a batch of such alone; one of weight 2 is
			// there twice.
			a.Reset()
			for _, part := range []struct{ from, to int }{{0, 0}, {0, 20}, {20, 20}, {20, 37}} {
				addWeighed(t, m, a, mixed(y, part.from, part.to, 7), mixed(p, part.from, part.to, 7),
					kept(part.to-part.from, 7, 1))
			}
			if got := a.Result(); !(math.Abs(got-c.Want) <= 2e-6*(1+math.Abs(c.Want))) {
				t.Errorf("among samples that do not count: %v, NumPy has %v", got, c.Want)
			}
			a.Reset()
			addWeighed(t, m, a, y, p, kept(37, 0, 2))
			if got := a.Result(); !(math.Abs(got-c.Want) <= 2e-6*(1+math.Abs(c.Want))) {
				t.Errorf("with all samples twice: %v, NumPy has %v", got, c.Want)
			}
			b := NewAccumulator(m)
			b.Restore(a.Sums())
			if b.Result() != a.Result() {
				t.Errorf("restored sums give %v, not %v", b.Result(), a.Result())
			}
		})
	}
}

// mixed is rows from to to of x, and as many as extra that are no numbers, or classes that there are not.
func mixed(x *tensor.Tensor, from, to, extra int) *tensor.Tensor {
	rows := x.Rows(from, to)
	out := tensor.New(x.DType(), append([]int{to - from + extra}, x.Shape[1:]...)...)
	for i := range out.F32 {
		out.F32[i] = float32(math.NaN())
	}
	for i := range out.I32 {
		out.I32[i] = 3
	}
	copy(out.F32, rows.F32)
	copy(out.I32, rows.I32)
	return out
}

// kept is n weights of w, and as many zeros as extra.
func kept(n, extra int, w float32) *tensor.Tensor {
	out := tensor.New(tensor.Float32, n+extra)
	for i := range n {
		out.F32[i] = w
	}
	return out
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
	// The terms of a batch: weights and number of the samples, mean of the target, what it lacks for being float32,
	// squares about it, squared errors.
	for _, sums := range [][]float32{{2, 2, 1, 0, 2, 0.5}, {2, 2, 5, 0, 2, 0.5}} {
		a.Add(tensor.Of(sums, 6))
	}
	fmt.Println(a.Result())
	// Output: 0.95
}
