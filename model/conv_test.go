package model_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// convNets are the networks of testdata/conv.py.
func convNets() map[string]*model.Model {
	name := func(n string) layer.Base { return layer.Base{Name: n} }
	n := func(v ...int) []int { return v }
	relu := layer.Apply{Activation: "relu"}
	norm, norm1 := layer.BatchNormalization{Base: name("norm")}, layer.BatchNormalization{Base: name("norm_1")}
	out := func(classes int) layer.Dense {
		return layer.Dense{Base: name("out"), Units: classes, Activation: "softmax"}
	}
	return map[string]*model.Model{
		"1-D": model.Sequential(
			layer.Input{Shape: n(13, 3)},
			layer.Conv1D{Base: name("conv"), Filters: 5, KernelSize: n(3), Padding: "causal", Dilation: n(2),
				NoBias: true}, norm, relu,
			layer.MaxPooling1D{Padding: "same"},
			layer.Conv1D{Base: name("conv_1"), Filters: 6, KernelSize: n(4), Padding: "same", Strides: n(2),
				NoBias: true}, norm1, relu,
			layer.MaxPooling1D{}, layer.Flatten{}, out(3)),
		"2-D": model.Sequential(
			layer.Input{Shape: n(9, 8, 2)},
			layer.Conv2D{Base: name("conv"), Filters: 4, KernelSize: n(3), Padding: "same", NoBias: true}, norm, relu,
			layer.MaxPooling2D{},
			layer.Conv2D{Base: name("conv_1"), Filters: 6, KernelSize: n(3, 2), Groups: 2, NoBias: true}, norm1, relu,
			layer.MaxPooling2D{Padding: "same"}, layer.Flatten{}, out(4)),
		"3-D": model.Sequential(
			layer.Input{Shape: n(4, 6, 5, 2)},
			layer.Conv3D{Base: name("conv"), Filters: 3, KernelSize: n(2, 3, 2), Padding: "same", NoBias: true}, norm,
			relu,
			layer.MaxPooling3D{PoolSize: n(2, 2, 1)},
			layer.Conv3D{Base: name("conv_1"), Filters: 4, KernelSize: n(2), NoBias: true}, norm1, relu,
			layer.MaxPooling3D{PoolSize: n(1, 2, 2)}, layer.Flatten{}, out(3)),
	}
}

// TestConvNets compares one step of SGD in one, two and three dimensions with PyTorch: testdata/conv.py.
func TestConvNets(t *testing.T) {
	text, err := os.ReadFile("testdata/conv.json")
	if err != nil {
		t.Fatal(err)
	}
	var runs []struct {
		Name                   string
		Shape                  []int
		X                      []float32
		Y                      []int32
		Loss                   float64
		Start, Weights, States map[string][]float32
	}
	if err := json.Unmarshal(text, &runs); err != nil {
		t.Fatal(err)
	}
	nets := convNets()
	if len(runs) != len(nets) {
		t.Fatalf("%d runs for %d networks", len(runs), len(nets))
	}
	for _, run := range runs {
		t.Run(run.Name, func(t *testing.T) {
			m := nets[run.Name]
			if err := m.Build(1); err != nil {
				t.Fatal(err)
			}
			for path, w := range run.Start {
				v := m.Store().Var(path)
				if v == nil || len(v.Value.F32) != len(w) {
					t.Fatalf("no weight %q of %d numbers", path, len(w))
				}
				copy(v.Value.F32, w)
			}
			n := len(run.Y)
			tr, err := newTrainer(m, optim.SGD{LearningRate: 1}, loss.SparseCategoricalCrossentropy{}, n, graph.I32(n))
			if err != nil {
				t.Fatal(err)
			}
			got, err := tr.batch(tensor.Of(run.X, append([]int{n}, run.Shape...)...), tensor.Of(run.Y, n))
			if err != nil {
				t.Fatal(err)
			}
			if d := math.Abs(got - run.Loss); !(d <= 1e-5) {
				t.Errorf("loss %v, PyTorch has %v", got, run.Loss)
			}
			worst := 0.0
			for _, v := range m.Store().Vars() {
				want, start := run.Weights[v.Path], run.Start[v.Path]
				if want == nil {
					if want = run.States[v.Path]; want == nil {
						t.Fatalf("%s is not compared", v.Path)
					}
					start = make([]float32, len(want))
				}
				step := 0.0 // the greatest change: the size that differences are measured by
				for i := range want {
					step = max(step, math.Abs(float64(want[i]-start[i])))
				}
				for i := range want {
					d := math.Abs(float64(v.Value.F32[i]) - float64(want[i]))
					worst = max(worst, d/step)
					if !(d <= 1e-4*step) || !(d <= 1e-4*math.Abs(float64(want[i]))+1e-6) {
						t.Errorf("%s[%d] is %v, PyTorch has %v; the greatest step is %v", v.Path, i, v.Value.F32[i],
							want[i], step)
						break
					}
				}
			}
			t.Logf("greatest difference %.1e of a step", worst)
		})
	}
}
