package model_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

func built(t *testing.T, seed uint64, layers ...layer.Layer) *model.Model {
	t.Helper()
	m := model.Sequential(layers...)
	if err := m.Build(seed); err != nil {
		t.Fatal(err)
	}
	return m
}

func predict(t *testing.T, m *model.Model, x ...*tensor.Tensor) *tensor.Tensor {
	t.Helper()
	y, err := m.Predict(context.Background(), x...)
	if err != nil {
		t.Fatal(err)
	}
	return y[0]
}

func set(t *testing.T, m *model.Model, path string, v []float32, shape ...int) {
	t.Helper()
	if err := m.Store().Set(path, tensor.Of(v, shape...)); err != nil {
		t.Fatal(err)
	}
}

// TestM1Count: n nodes on m inputs hold n(m + 1) parameters.
func TestM1Count(t *testing.T) {
	for _, c := range [][2]int{{1, 1}, {2, 3}, {10, 1}, {784, 512}} {
		m := built(t, 1, layer.Input{Shape: []int{c[0]}}, layer.Dense{Units: c[1]})
		if got, want := m.Summary().Total, c[1]*(c[0]+1); got != want {
			t.Errorf("%d nodes on %d inputs hold %d parameters, want %d", c[1], c[0], got, want)
		}
	}
}

// TestM2Forward: two inputs, hidden layers of 3 and of 2 nodes, as the chapter draws
// them, computed by hand for the sample (1, 2).
func TestM2Forward(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{2}}, layer.Dense{Units: 3, Activation: "relu"},
		layer.Dense{Units: 2, Activation: "relu"}, layer.Dense{Units: 1})
	set(t, m, "dense/kernel", []float32{1, -1, 0.5, 0.5, 0.25, -1}, 2, 3)
	set(t, m, "dense/bias", []float32{0, 1, 0.5}, 3)
	set(t, m, "dense_1/kernel", []float32{1, -2, 2, 1, 3, 3}, 3, 2)
	set(t, m, "dense_1/bias", []float32{-1, 0}, 2)
	set(t, m, "dense_2/kernel", []float32{0.5, 4}, 2, 1)
	set(t, m, "dense_2/bias", []float32{0.25}, 1)
	// First layer: 1 + 1 = 2; −1 + 0.5 + 1 = 0.5; 0.5 − 2 + 0.5 = −1, cut to 0.
	// Second: 2 + 1 + 0 − 1 = 2; −4 + 0.5 + 0 = −3.5, cut to 0. Output: 1 + 0 + 0.25.
	x := tensor.Of([]float32{1, 2}, 1, 2)
	if y := predict(t, m, x); y.F32[0] != 1.25 {
		t.Errorf("the output is %v, by hand 1.25", y.F32[0])
	}
	hidden, err := m.Upto("dense")
	if err != nil {
		t.Fatal(err)
	}
	if y := predict(t, hidden, x); fmt.Sprint(y.F32) != "[2 0.5 0]" {
		t.Errorf("the first layer gives %v, by hand [2 0.5 0]", y.F32)
	}
}

// TestM4Collapse: linear layers in a row are one linear combination, with
// tanh between them they are not.
func TestM4Collapse(t *testing.T) {
	for _, act := range []layer.Activation{"linear", "tanh"} {
		m := built(t, 3, layer.Input{Shape: []int{4}}, layer.Dense{Units: 7, Activation: act},
			layer.Dense{Units: 5, Activation: act}, layer.Dense{Units: 2})
		one := built(t, 1, layer.Input{Shape: []int{4}}, layer.Dense{Units: 2})
		// The one kernel's rows are what the stack makes of the unit vectors, its bias what it makes of 0.
		unit := tensor.New(tensor.Float32, 5, 4)
		for i := range 4 {
			unit.F32[i*4+i] = 1
		}
		y := predict(t, m, unit)
		bias := y.F32[8:10]
		kernel := make([]float32, 8)
		for i := range kernel {
			kernel[i] = y.F32[i] - bias[i%2]
		}
		set(t, one, "dense/kernel", kernel, 4, 2)
		set(t, one, "dense/bias", bias, 2)
		x := tensor.Of([]float32{0.5, -2, 1, 3, -1, 0.25, 2, -0.5}, 2, 4)
		a, b := predict(t, m, x), predict(t, one, x)
		worst := 0.0
		for i := range a.F32 {
			worst = math.Max(worst, math.Abs(float64(a.F32[i]-b.F32[i])))
		}
		if collapsed := worst < 1e-5; collapsed != (act == "linear") {
			t.Errorf("with %s between the layers one layer differs by %v", act, worst)
		}
	}
}

// TestM5Outputs: one node per class with softmax sums to 1, one logistic node lies in 0 to 1, a
// linear one is free.
func TestM5Outputs(t *testing.T) {
	x := tensor.Of([]float32{30, -20, 5, -30, 20, 1}, 2, 3)
	p := predict(t, built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "softmax"}), x)
	for i := range 2 {
		sum := 0.0
		for _, v := range p.F32[4*i : 4*i+4] {
			sum += float64(v)
		}
		if math.Abs(sum-1) > 1e-6 {
			t.Errorf("probabilities sum to %v", sum)
		}
	}
	for _, v := range predict(t, built(t, 1, layer.Input{Shape: []int{3}},
		layer.Dense{Units: 1, Activation: "sigmoid"}), x).F32 {
		if v < 0 || v > 1 {
			t.Errorf("a probability is %v", v)
		}
	}
	y := predict(t, built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 1}), x)
	if y.F32[0]*y.F32[1] >= 0 {
		t.Errorf("opposite inputs give %v", y.F32)
	}
}

// TestM6Flatten: a (28, 28, 3) picture laid flat into 64 nodes: (2352 + 1) × 64 = 150,592.
func TestM6Flatten(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{28, 28, 3}}, layer.Flatten{}, layer.Dense{Units: 64})
	s := m.Summary()
	if s.Total != 150592 || s.Rows[2].Formula != "(2352 + 1) × 64 = 150,592" {
		t.Errorf("%d parameters by %q", s.Total, s.Rows[2].Formula)
	}
}

// TestS1Samples: the number of samples changes no parameter and no sample's result.
func TestS1Samples(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "tanh"},
		layer.BatchNormalization{}, layer.Dense{Units: 2})
	before := m.Summary().Total
	x := tensor.New(tensor.Float32, 600, 3)
	for i := range x.F32 {
		x.F32[i] = float32(i%17) / 17
	}
	all := predict(t, m, x)
	for _, n := range []int{1, 2, 255, 256, 257} {
		part := predict(t, m, x.Rows(0, n))
		for i, v := range part.F32 {
			if math.Abs(float64(v-all.F32[i])) > 1e-6 {
				t.Fatalf("of %d samples element %d is %v, of 600 %v", n, i, v, all.F32[i])
			}
		}
	}
	if after := m.Summary().Total; after != before {
		t.Errorf("%d parameters became %d", before, after)
	}
}

// TestS2S3Words: the summary says what nodes and cells are.
func TestS2S3Words(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{8, 3}}, layer.Dense{Units: 4}, layer.Flatten{}, layer.Dense{Units: 2})
	var b bytes.Buffer
	if err := m.Summary().Write(&b, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"dense makes 4 new features at each of 8 places.", "dense_1 makes 2 new features.",
		"One cell of a tensor is one feature: 24 go in (2D), 2 come out (1D).", "(None, 8, 4)", "(3 + 1) × 4 = 16",
		"(32 + 1) × 2 = 66"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the summary does not say %q:\n%s", want, b.String())
		}
	}
}

// TestP4P5Learn: by loss and derivative a network learns the exclusive or, which no linear
// combination can.
func TestP4P5Learn(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{2}}, layer.Dense{Units: 8, Activation: "tanh"},
		layer.Dense{Units: 1, Activation: "sigmoid"})
	tr, err := newTrainer(m, optim.Adam{LearningRate: 0.1}, loss.BinaryCrossentropy{}, 4, graph.F32(4, 1))
	if err != nil {
		t.Fatal(err)
	}
	x, y := tensor.Of([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2), tensor.Of([]float32{0, 1, 1, 0}, 4, 1)
	var first, last float64
	for i := range 200 {
		if last, err = tr.batch(x, y); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = last
		}
	}
	if first < 0.4 || last > 0.05 {
		t.Errorf("the loss goes from %v to %v", first, last)
	}
	for i, p := range predict(t, m, x).F32 {
		if (p > 0.5) != (y.F32[i] == 1) {
			t.Errorf("sample %d is predicted as %v", i, p)
		}
	}
}
