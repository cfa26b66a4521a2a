package ops_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"gorae/config"
	"gorae/graph"
	"gorae/model"
	"gorae/ops"
	"gorae/tensor"
)

// kerasCase is a line of testdata/keras.jsonl, which testdata/make.py wrote with Keras 3.15.1: a functional model of
// operations, inputs, and the outputs that Keras gives.
type kerasCase struct {
	Name   string
	Config map[string]any
	Kind   string
	X, Y   []struct {
		Shape  []int
		Values []float64
	}
}

func kerasCases(t *testing.T) (cases []kerasCase) {
	t.Helper()
	f, err := os.Open("testdata/keras.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var c kerasCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if len(cases) < 100 || lines.Err() != nil {
		t.Fatalf("%d cases, %v", len(cases), lines.Err())
	}
	return cases
}

// samples are the inputs of a case as a model takes them.
func (c kerasCase) samples(m *model.Model) (xs []*tensor.Tensor) {
	for i, typ := range m.InputTypes(1) {
		x := tensor.New(typ.DType, c.X[i].Shape...)
		for k, v := range c.X[i].Values {
			if typ.DType == tensor.Int32 {
				x.I32[k] = int32(v)
			} else {
				x.F32[k] = float32(v)
			}
		}
		xs = append(xs, x)
	}
	return xs
}

// read makes a built model of a configuration.
func read(t *testing.T, cfg any) *model.Model {
	t.Helper()
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	m, err := model.FromConfig(plain)
	if err == nil {
		err = m.Build(1)
	}
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// compare holds the outputs of a model against Keras's.
func (c kerasCase) compare(t *testing.T, when string, m *model.Model) {
	t.Helper()
	ys, err := m.Predict(context.Background(), c.samples(m)...)
	if err != nil {
		t.Errorf("%s: %v", when, err)
		return
	}
	if len(ys) != len(c.Y) {
		t.Errorf("%s: %d outputs, Keras gives %d", when, len(ys), len(c.Y))
		return
	}
	for i, y := range ys {
		if !y.Shape.Equal(c.Y[i].Shape) {
			t.Errorf("%s: output %d has shape %v, Keras gives %v", when, i, y.Shape, c.Y[i].Shape)
			continue
		}
		for k, want := range c.Y[i].Values {
			if got := y.Float(k); !(math.Abs(got-want) <= 2e-6*(1+math.Abs(want))) {
				t.Errorf("%s: output %d at %d is %v, Keras gives %v", when, i, k, got, want)
				break
			}
		}
	}
}

// TestKeras compares the operations with Keras's values, as they are read and after their configuration was written
// and read again; every function is in some case.
func TestKeras(t *testing.T) {
	met := map[string]bool{}
	for _, c := range kerasCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			m := read(t, c.Config)
			c.compare(t, "read", m)
			cfg, err := m.Config()
			if err != nil {
				t.Fatal(err)
			}
			c.compare(t, "written and read", read(t, cfg))
			for _, l := range m.Layers() {
				if o, is := l.Layer.(*ops.Operation); is {
					met[config.Snake(o.ClassName())] = true
				}
			}
		})
	}
	met["abs"], met["saturate_cast"] = true, true // Absolute and Cast under other names
	met["sparsemax"] = true                       // which Keras computes otherwise; see TestSparsemax
	for _, n := range ops.Names() {
		if !met[n] {
			t.Errorf("no case has %s", n)
		}
	}
}

// smooth reports whether a case has a gradient everywhere: it has no steps and no kinks.
func (c kerasCase) smooth() bool {
	for _, name := range []string{"floor", "mod", "operators", "integers", "casts", "table", "one_hot"} {
		if strings.HasPrefix(c.Name, name) {
			return false
		}
	}
	return true
}

// TestGradients compares the gradients of all operations with finite differences in float64.
func TestGradients(t *testing.T) {
	checked := 0
	for _, c := range kerasCases(t) {
		if !c.smooth() {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			checked += c.gradients(t, read(t, c.Config))
		})
	}
	if checked < 1000 {
		t.Errorf("%d elements of gradients were compared", checked)
	}
}

// gradients compares Σ w·y of the outputs with its finite differences, and counts the elements.
func (c kerasCase) gradients(t *testing.T, m *model.Model) (n int) {
	tr := model.NewTrace(false)
	leaves := map[string]*graph.Array{}
	var xs, ds []*graph.Node
	var sum *graph.Node
	if err := graph.Catch(func() {
		for i, x := range c.samples(m) {
			leaf := tr.Graph.Input(fmt.Sprint("x", i), graph.F32(x.Shape...))
			xs, leaves[fmt.Sprint("x", i)] = append(xs, leaf), graph.ArrayOf(x)
		}
		for i, y := range m.Trace(tr, xs...) {
			if y.DType != tensor.Float32 {
				continue
			}
			w := tensor.New(tensor.Float32, y.Shape...)
			for k := range w.F32 {
				w.F32[k] = float32(math.Sin(float64(3*k + i + 1)))
			}
			part := y.Mul(tr.Graph.Const(w)).Sum()
			if sum == nil {
				sum = part
			} else {
				sum = sum.Add(part)
			}
		}
		if sum != nil {
			ds = graph.Gradients([]*graph.Node{sum}, nil, xs)
		}
	}); err != nil {
		t.Fatal(err)
	}
	value := func(n *graph.Node) *graph.Array {
		a, err := (&graph.Evaluator{Leaves: leaves}).Value(n)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	const h = 1e-5
	for i, d := range ds {
		if d == nil {
			continue
		}
		got := value(d)
		leaf := leaves[fmt.Sprint("x", i)]
		for k := range leaf.V {
			at := func(by float64) float64 {
				defer func(v float64) { leaf.V[k] = v }(leaf.V[k])
				leaf.V[k] += by
				return value(sum).V[0]
			}
			up, mid, down := at(h), at(0), at(-h)
			if math.Abs(up-2*mid+down) > 1e-7 { // a kink within the difference
				continue
			}
			if want := (up - down) / (2 * h); !(math.Abs(got.V[k]-want) <= 2e-5*(1+math.Abs(want))) {
				t.Errorf("the gradient by input %d at %d is %v, finite differences give %v", i, k, got.V[k], want)
				return n
			}
			n++
		}
	}
	return n
}

// TestSparsemax is the projection onto the simplex along an axis, counted by hand: of 0.5, 0.3, −1 τ is (0.8 − 1)/2.
func TestSparsemax(t *testing.T) {
	x := model.Input("x", 3, 2)
	m := model.New([]*model.Value{x}, []*model.Value{model.Apply(ops.Must("sparsemax", ops.Args{"axis": 1}), x)})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	y, err := m.Predict(context.Background(), tensor.Of([]float32{0.5, 1, 0.3, 1, -1, 1}, 1, 3, 2))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{0.6, 1 / 3.0, 0.4, 1 / 3.0, 0, 1 / 3.0} {
		if got := float64(y[0].F32[i]); math.Abs(got-want) > 1e-6 {
			t.Errorf("element %d is %v, want %v", i, got, want)
		}
	}
}
