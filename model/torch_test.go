package model_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"gorae/graph"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/plan"
	"gorae/tensor"
	"gorae/weight"
)

// trainer is the least that moves a model's weights.
type trainer struct {
	run   *plan.Runner
	step  *tensor.Tensor
	key   *tensor.Tensor
	slots map[string]*tensor.Tensor
}

// newTrainer traces and compiles a step over batches of n samples.
func newTrainer(m *model.Model, o optim.Optimizer, l loss.Loss, n int, target graph.Type) (*trainer, error) {
	t := model.NewTrace(true)
	var value *graph.Node
	var steps *optim.Plan
	err := graph.Catch(func() {
		var xs []*graph.Node
		for i, typ := range m.InputTypes(n) {
			xs = append(xs, t.Graph.Input(fmt.Sprint("x", i), typ))
		}
		pred := m.Trace(t, xs...)[0]
		value = loss.Reduce(l.Value(t.Graph.Input("y", target), pred), nil)
		total := value
		if p := t.Penalty(); p != nil {
			total = total.Add(p)
		}
		var weights []*graph.Node
		for _, v := range m.Store().Trainable() {
			weights = append(weights, t.Leaf(v))
		}
		steps = optim.Minimize(o, total, weights)
	})
	if err != nil {
		return nil, layer.Cause(err)
	}
	p, err := plan.Compile([]*graph.Node{value}, nil, t.Graph.Assigns)
	if err != nil {
		return nil, err
	}
	tr := &trainer{run: p.Runner(par.Default()), step: tensor.New(tensor.Float32), slots: map[string]*tensor.Tensor{}}
	for name, v := range t.Leaves {
		tr.run.Bind(name, v.Value)
	}
	for _, s := range steps.Slots {
		v := tensor.New(tensor.Float32, s.Shape...)
		for i := range v.F32 {
			v.F32[i] = s.Init
		}
		tr.slots[s.Name] = v
		tr.run.Bind(s.Name, v)
	}
	rate, _ := optim.LearningRate(o)
	tr.run.Bind(optim.RateLeaf, &tensor.Tensor{Shape: tensor.Shape{}, F32: []float32{float32(rate)}})
	tr.run.Bind(optim.StepLeaf, tr.step)
	tr.key = tensor.New(tensor.Int32, 4)
	tr.run.Bind("key", tr.key)
	return tr, nil
}

// batch makes one step and gives the loss before it.
func (t *trainer) batch(x, y *tensor.Tensor, more ...*tensor.Tensor) (float64, error) {
	t.step.F32[0]++
	copy(t.key.I32, graph.Key(1, uint64(t.step.F32[0])))
	for i, x := range append([]*tensor.Tensor{x}, more...) {
		t.run.Bind(fmt.Sprint("x", i), x)
	}
	t.run.Bind("y", y)
	if err := t.run.Compute(); err != nil {
		return 0, err
	}
	v := t.run.Output(0).Float(0)
	t.run.Commit()
	return v, nil
}

// mlp is the network of testdata/optim.py.
func mlp() *model.Model {
	return model.Sequential(
		layer.Input{Shape: []int{6}},
		layer.Dense{Units: 8, NoBias: true},
		layer.BatchNormalization{},
		layer.Apply{Activation: "relu"},
		layer.Dense{Units: 8, NoBias: true},
		layer.BatchNormalization{},
		layer.Apply{Activation: "relu"},
		layer.Dense{Units: 3, Activation: "softmax"},
	)
}

// TestP5Optimizers compares ten steps of every optimiser with PyTorch: testdata/optim.py.
func TestP5Optimizers(t *testing.T) {
	text, err := os.ReadFile("testdata/optim.json")
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Start map[string][]float32
		X     [][]float32
		Y     [][]int32
		Runs  []struct {
			Optimizer       string
			Config          map[string]any
			Losses          []float64
			Weights, States map[string][]float32
		}
	}
	if err := json.Unmarshal(text, &ref); err != nil {
		t.Fatal(err)
	}
	if len(ref.Runs) == 0 {
		t.Fatal("there are no runs")
	}
	for _, run := range ref.Runs {
		t.Run(fmt.Sprint(run.Optimizer, run.Config), func(t *testing.T) {
			o, err := optim.Optimizers.New(run.Optimizer, run.Config)
			if err != nil {
				t.Fatal(err)
			}
			m := mlp()
			if err := m.Build(1); err != nil {
				t.Fatal(err)
			}
			for path, w := range ref.Start {
				v := m.Store().Var(path)
				if v == nil {
					t.Fatalf("no weight %q", path)
				}
				copy(v.Value.F32, w)
			}
			tr, err := newTrainer(m, o, loss.SparseCategoricalCrossentropy{}, 16, graph.I32(16))
			if err != nil {
				t.Fatal(err)
			}
			for i := range ref.X {
				got, err := tr.batch(tensor.Of(ref.X[i], 16, 6), tensor.Of(ref.Y[i], 16))
				if err != nil {
					t.Fatal(err)
				}
				if d := math.Abs(got - run.Losses[i]); !(d <= 1e-4) {
					t.Errorf("step %d: loss %v, PyTorch has %v", i+1, got, run.Losses[i])
				}
			}
			within := 1e-4
			if run.Optimizer == "sgd" {
				within = 1e-5
			}
			worst := 0.0
			for _, set := range []map[string][]float32{run.Weights, run.States} {
				for path, want := range set {
					got := m.Store().Var(path).Value.F32
					for i := range want {
						d := math.Abs(float64(got[i] - want[i]))
						worst = max(worst, d)
						if !(d <= within) {
							t.Errorf("%s[%d] is %v, PyTorch has %v", path, i, got[i], want[i])
							break
						}
					}
				}
			}
			t.Logf("greatest difference %.1e", worst)
			for _, v := range m.Store().Vars() {
				if _, ok := run.Weights[v.Path]; ok != (v.Kind == weight.Weight) {
					t.Errorf("%s is not compared", v.Path)
				}
			}
		})
	}
}
