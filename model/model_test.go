package model_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// siamese is two pictures through one shared layer, and a third input beside them.
func siamese() *model.Model {
	a, b, c := model.Input("a", 4), model.Input("b", 4), model.Input("c", 2)
	shared := model.Share(layer.Dense{Base: layer.Base{Name: "eye"}, Units: 3, Activation: "tanh"})
	both := model.Apply(layer.Subtract{}, shared.Apply(a), shared.Apply(b))
	all := model.Apply(layer.Concatenate{}, both, c)
	return model.New([]*model.Value{a, b, c}, []*model.Value{model.Apply(layer.Dense{Units: 1}, all), both})
}

func random(seed uint64, shape ...int) *tensor.Tensor {
	x := tensor.New(tensor.Float32, shape...)
	r := weight.NewRand(seed, "data")
	for i := range x.F32 {
		x.F32[i] = float32(r.Normal())
	}
	return x
}

func TestFunctional(t *testing.T) {
	m := siamese()
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, v := range m.Store().Vars() {
		paths = append(paths, v.Path)
	}
	if got := strings.Join(paths, " "); got != "eye/kernel eye/bias dense/kernel dense/bias" {
		t.Errorf("the weights are %s", got)
	}
	a, b, c := random(1, 5, 4), random(2, 5, 4), random(3, 5, 2)
	y, err := m.Predict(context.Background(), a, b, c)
	if err != nil {
		t.Fatal(err)
	}
	swapped, err := m.Predict(context.Background(), b, a, c)
	if err != nil {
		t.Fatal(err)
	}
	for i := range y[1].F32 {
		if y[1].F32[i] != -swapped[1].F32[i] {
			t.Errorf("the shared layer sees both alike: %v and %v", y[1].F32[i], swapped[1].F32[i])
		}
	}
	cfg, err := m.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	n, err := model.FromConfig(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Build(2); err != nil {
		t.Fatal(err)
	}
	if err := n.Store().CopyFrom(m.Store()); err != nil {
		t.Fatal(err)
	}
	z, err := n.Predict(context.Background(), a, b, c)
	if err != nil {
		t.Fatal(err)
	}
	for k := range y {
		for i := range y[k].F32 {
			if y[k].F32[i] != z[k].F32[i] {
				t.Fatalf("output %d differs after the configuration: %v and %v", k, y[k].F32[i], z[k].F32[i])
			}
		}
	}
}

// TestNested: a model is a layer of another one, and brings its weights if it has any.
func TestNested(t *testing.T) {
	inner := built(t, 9, layer.Input{Shape: []int{3}}, layer.Dense{Units: 2})
	outer := built(t, 1, layer.Input{Shape: []int{3}}, inner, layer.Dense{Units: 1})
	x := random(1, 4, 3)
	up, err := outer.Upto("sequential")
	if err != nil {
		t.Fatal(err)
	}
	a, b := predict(t, inner, x), predict(t, up, x)
	for i := range a.F32 {
		if a.F32[i] != b.F32[i] {
			t.Fatalf("the inner model gives %v alone and %v inside", a.F32[i], b.F32[i])
		}
	}
	if v := outer.Store().Var("sequential/dense/kernel"); v == nil {
		t.Error("the inner weights have no path")
	}
	cfg, err := outer.Config()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	n, err := model.FromConfig(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Build(1); err != nil {
		t.Fatal(err)
	}
	if err := n.Store().CopyFrom(outer.Store()); err != nil {
		t.Error(err)
	}
}

// TestGradients compares with finite differences of predictions.
func TestGradients(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 4, Activation: "tanh"},
		layer.Dense{Units: 2, Activation: "softmax"})
	x, y := random(1, 6, 3), tensor.Of([]int32{0, 1, 1, 0, 1, 0}, 6)
	g, err := m.Gradients(context.Background(), loss.SparseCategoricalCrossentropy{}, y, x)
	if err != nil {
		t.Fatal(err)
	}
	value := func() float64 {
		p := predict(t, m, x)
		sum := 0.0
		for i, k := range y.I32 {
			sum -= math.Log(float64(p.F32[2*i+int(k)]))
		}
		return sum / 6
	}
	if d := math.Abs(g.Loss - value()); d > 1e-5 {
		t.Errorf("the loss is %v, by predictions %v", g.Loss, value())
	}
	check := func(what string, at *float32, got float32) {
		old := *at
		*at = old + 0.01
		up := value()
		*at = old - 0.01
		down := value()
		*at = old
		if want := (up - down) / 0.02; math.Abs(float64(got)-want) > 1e-3 {
			t.Errorf("the gradient of %s is %v, differences give %v", what, got, want)
		}
	}
	for path, d := range g.Weights {
		check(path, &m.Store().Var(path).Value.F32[1], d.F32[1])
	}
	check("the input", &x.F32[4], g.Inputs[0].F32[4])
	if len(g.Weights) != 4 {
		t.Errorf("%d weights have gradients", len(g.Weights))
	}
}

// TestPredictTogether: many goroutines predict while weights are swapped; each result belongs to one
// of both sets of weights.
func TestPredictTogether(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Units: 3, Activation: "relu"}, layer.Dense{Units: 1})
	x := random(1, 7, 3)
	sets := [][]float32{m.Store().Snapshot(), m.Store().Snapshot()}
	for i := range sets[1] {
		sets[1][i] *= 2
	}
	var want [2]*tensor.Tensor
	for i := range sets {
		if err := m.Store().Restore(sets[i]); err != nil {
			t.Fatal(err)
		}
		want[i] = predict(t, m, x)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				y, err := m.Predict(context.Background(), x)
				if err != nil {
					t.Error(err)
					return
				}
				k := 0
				if y[0].F32[0] != want[0].F32[0] {
					k = 1
				}
				for i, v := range y[0].F32 {
					if v != want[k].F32[i] {
						t.Errorf("a result of mixed weights: %v, not %v", y[0].F32, want[k].F32)
						return
					}
				}
			}
		})
	}
	for i := range 20 {
		if err := m.Store().Restore(sets[i%2]); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
}

// TestPredictAllocates nothing once a batch size is known.
func TestPredictAllocates(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{6}}, layer.Dense{Units: 8, Activation: "relu"},
		layer.Dense{Units: 3, Activation: "softmax"})
	ctx := context.Background()
	for _, n := range []int{1, 32} {
		x, dst := []*tensor.Tensor{random(1, n, 6)}, []*tensor.Tensor{tensor.New(tensor.Float32, n, 3)}
		if got := testing.AllocsPerRun(20, func() {
			if err := m.PredictInto(ctx, dst, x...); err != nil {
				t.Fatal(err)
			}
		}); got != 0 {
			t.Errorf("a prediction of %d samples allocates %v times", n, got)
		}
	}
}

func TestErrors(t *testing.T) {
	in := layer.Input{Shape: []int{3}}
	named := layer.Dense{Base: layer.Base{Name: "d"}, Units: 1}
	a := model.Input("a", 2)
	for _, c := range []struct {
		m    *model.Model
		says string
	}{
		{model.Sequential(), "model: has no layers"},
		{model.Sequential(layer.Dense{Units: 1}), "model: the first layer is dense; begin with layer.Input"},
		{model.Sequential(in, layer.Dense{}), `dense "dense": units: 0 is not a number of nodes; give 1 or more`},
		{model.Sequential(in, named, named), `model: two layers are named "d"`},
		{model.Sequential(in, layer.Reshape{Target: []int{2}}), `reshape "reshape": (3,) has 3 elements`},
		{model.Sequential(layer.Input{Shape: []int{0}}, named), `input "input_layer": shape: 0 is not an extent`},
		{model.New(nil, nil), "model: needs inputs and outputs"},
		{model.New([]*model.Value{a}, []*model.Value{model.Apply(named, model.Input("b", 2))}),
			`model: input "b" is not among the model's inputs`},
		{model.New([]*model.Value{model.Apply(named, a)}, []*model.Value{a}), "model: input 0 comes from a dense"},
		{model.New([]*model.Value{a}, []*model.Value{nil}), "model: an operand is nil"},
	} {
		err := c.m.Build(1)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("error %v, want …%s", err, c.says)
		}
	}
	ctx := context.Background()
	x := model.Input("pixels", 28, 28, 1)
	m := model.New([]*model.Value{x}, []*model.Value{model.Apply(named, model.Apply(layer.Flatten{}, x))})
	m.Name = "m"
	if _, err := m.Predict(ctx, tensor.New(tensor.Float32, 1, 28, 28, 1)); err == nil {
		t.Error("a model that is not built predicts")
	}
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x    []*tensor.Tensor
		says string
	}{
		{[]*tensor.Tensor{tensor.New(tensor.Float32, 2, 784)}, `model "m": input "pixels" is (28, 28, 1), got (784,)`},
		{nil, `model "m" takes 1 inputs, got 0`},
		{[]*tensor.Tensor{tensor.New(tensor.Float32)}, "needs an axis of samples"},
	} {
		if _, err := m.Predict(ctx, c.x...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("error %v, want …%s", err, c.says)
		}
	}
	if _, err := m.Upto("flaten"); err == nil || !strings.Contains(err.Error(), `did you mean "flatten"`) {
		t.Errorf("a misspelt layer: %v", err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := m.Predict(stopped, tensor.New(tensor.Float32, 1, 28, 28, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled prediction: %v", err)
	}
	if y, err := m.Predict(ctx, tensor.New(tensor.Uint8, 0, 28, 28, 1)); err != nil || y[0].Shape[0] != 0 {
		t.Errorf("no samples give %v, %v", y, err)
	}
}

// TestFrozen: frozen layers have no trainable weights, and are counted apart.
func TestFrozen(t *testing.T) {
	m := built(t, 1, layer.Input{Shape: []int{3}}, layer.Dense{Base: layer.Base{Frozen: true}, Units: 2},
		layer.BatchNormalization{}, layer.Dense{Units: 1})
	if s := m.Summary(); s.Total != 8+8+3 || s.Trainable != 4+3 {
		t.Errorf("%d of %d parameters are trainable", s.Trainable, s.Total)
	}
}

// TestTwoModels: a step of one's own over two models with the same layer names.
func TestTwoModels(t *testing.T) {
	a := built(t, 1, layer.Input{Shape: []int{2}}, layer.Dense{Units: 2})
	b := built(t, 2, layer.Input{Shape: []int{2}}, layer.Dense{Units: 2})
	tr := model.NewTrace(true)
	var steps *optim.Plan
	if err := graph.Catch(func() {
		x := tr.Graph.Input("x", graph.F32(3, 2))
		y := b.Trace(tr, a.Trace(tr, x)...)[0]
		var ws []*graph.Node
		for _, v := range b.Store().Trainable() { // only the second one learns
			ws = append(ws, tr.Leaf(v))
		}
		steps = optim.Minimize(optim.SGD{Momentum: 0.5}, y.Square().Mean(), ws)
	}); err != nil {
		t.Fatal(err)
	}
	if len(tr.Leaves) != 4 || tr.Leaves["dense/kernel"] != a.Store().Var("dense/kernel") ||
		tr.Leaves["dense/kernel#2"] != b.Store().Var("dense/kernel") {
		t.Errorf("the leaves are %v", tr.Leaves)
	}
	if len(steps.Slots) != 2 || len(tr.Graph.Assigns) != 4 {
		t.Errorf("%d slots, %d assignments", len(steps.Slots), len(tr.Graph.Assigns))
	}
}

// TestPredictBatch: networks whose layers give much are predicted a few samples at a time, with the same results.
func TestPredictBatch(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, c := range []struct{ side, filters, want int }{{8, 4, 256}, {512, 1, 256}, {512, 2, 128}, {512, 64, 4}} {
		m := model.Sequential(layer.Input{Shape: []int{c.side, c.side, 1}},
			layer.Conv2D{Filters: c.filters, KernelSize: []int{1}}, layer.GlobalMaxPooling2D{})
		if err := m.Build(1); err != nil {
			t.Fatal(err)
		}
		if got := m.PredictBatch(); got != c.want {
			t.Errorf("%d × %[1]d pixels, %d filters: %d at a time, want %d", c.side, c.filters, got, c.want)
		}
		if c.filters < 64 {
			continue
		}
		x := tensor.New(tensor.Float32, 6, c.side, c.side, 1)
		for i := range x.F32 {
			x.F32[i] = float32(i % 1013)
		}
		all, err := m.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			one, err := m.Predict(context.Background(), x.Rows(i, i+1))
			if err != nil || !slices.Equal(one[0].F32, all[0].Rows(i, i+1).F32) {
				t.Errorf("sample %d alone differs: %v", i, err)
			}
		}
	}
}
