package train

import (
	"context"
	"math"
	"strings"
	"sync"
	"testing"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/weight"
)

// A custom step over several models: the two steps of a generative adversarial
// network share both models, and each moves one of them with an optimiser of its own.
func TestStepsShareModels(t *testing.T) {
	generator := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 8, Activation: "tanh"},
		layer.BatchNormalization{}, layer.Dense{Units: 1})
	critic := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 8, Activation: "tanh"},
		layer.Dense{Units: 1, Activation: "sigmoid"})
	if err := generator.Build(1); err != nil {
		t.Fatal(err)
	}
	if err := critic.Build(2); err != nil {
		t.Fatal(err)
	}
	bce := loss.BinaryCrossentropy{}
	scored := func(tr *model.Trace, x *graph.Node, truth float64) *graph.Node {
		y := tr.Graph.Scalar(truth).Broadcast(x.Shape[0], 1)
		return loss.Reduce(bce.Value(y, critic.Trace(tr, x)[0]), nil)
	}
	critique, err := NewStep(func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		fake := generator.Trace(tr, in[1])[0]
		a, b := scored(tr, in[0], 1), scored(tr, fake, 0)
		return a.Add(b), []*graph.Node{a, b}
	}, critic.Store().Trainable(), optim.Adam{LearningRate: 0.01}, 3, generator, critic)
	if err != nil {
		t.Fatal(err)
	}
	forge, err := NewStep(func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		fake := generator.Trace(tr, in[0])[0]
		return scored(tr, fake, 1), []*graph.Node{fake.Mean()}
	}, generator.Store().Trainable(), optim.Adam{LearningRate: 0.003}, 4, generator, critic)
	if err != nil {
		t.Fatal(err)
	}

	// What is real lies about 3.
	n := 64
	real, noise := tensor.New(tensor.Float32, n, 1), tensor.New(tensor.Float32, n, 2)
	r := weight.NewRand(9, "noise")
	for i := range real.F32 {
		real.F32[i] = 3 + 0.3*float32(r.Normal())
	}
	states := func(m *model.Model, k weight.Kind) uint64 {
		h := uint64(0)
		for _, v := range m.Store().Vars() {
			if v.Kind == k {
				for _, x := range v.Value.F32 {
					h = h*31 + uint64(math.Float32bits(x))
				}
			}
		}
		return h
	}
	mean := 0.0
	for i := range 1000 {
		for k := range noise.F32 {
			noise.F32[k] = float32(r.Normal())
		}
		g, c := states(generator, weight.Weight), print(critic)
		l, outs, err := critique.Run(real, noise)
		if err != nil {
			t.Fatal(err)
		}
		if sum := outs[0].Float(0) + outs[1].Float(0); math.Abs(l-sum) > 1e-6 {
			t.Fatalf("loss %v of parts that sum to %v", l, sum)
		}
		if states(generator, weight.Weight) != g || print(critic) == c {
			t.Fatalf("step %d of the critic moved the generator, or not the critic", i)
		}
		c, s := print(critic), states(generator, weight.State)
		if _, outs, err = forge.Run(noise); err != nil {
			t.Fatal(err)
		}
		if states(generator, weight.Weight) == g || print(critic) != c {
			t.Fatalf("step %d of the generator did not move it, or moved the critic", i)
		}
		if states(generator, weight.State) == s {
			t.Fatal("the generator's moving averages were not recorded")
		}
		if i >= 500 { // they circle about the real
			mean += outs[0].Float(0) / 500
		}
	}
	if math.Abs(mean-3) > 1.5 { // they began at 0: half of the way at least
		t.Errorf("in the last 500 rounds the forgeries lie about %v on average, the real about 3", mean)
	}
	if critique.Count() != 1000 || forge.Count() != 1000 {
		t.Errorf("counts %d and %d", critique.Count(), forge.Count())
	}
}

func TestStepErrors(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 1})
	frozen := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Base: layer.Base{Frozen: true}, Units: 1})
	trace := func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return m.Trace(tr, in[0])[0].Square().Mean(), nil
	}
	for want, make := range map[string]func() (*Step, error){
		"step: no optimizer":          func() (*Step, error) { return NewStep(trace, nil, nil, 1, m) },
		"step: no model":              func() (*Step, error) { return NewStep(trace, nil, optim.SGD{}, 1) },
		"step: there is no weight to": func() (*Step, error) { return NewStep(trace, nil, optim.SGD{}, 1, frozen) },
		"dense \"dense\": units: 0 is ": func() (*Step, error) {
			return NewStep(trace, nil, optim.SGD{}, 1, model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{}))
		},
	} {
		if _, err := make(); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s…", err, want)
		}
	}
	for want, trace := range map[string]Trace{
		"the loss has shape (3, 1)": func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
			return m.Trace(tr, in[0])[0], nil
		},
		"does not depend on any of the weights": func(tr *model.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
			return in[0].Mean(), nil
		},
	} {
		s, err := NewStep(trace, nil, optim.SGD{}, 1, m)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Run(tensor.New(tensor.Float32, 3, 2)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
}

// The loss is Σ v·w/n: sample weights and class weights multiply it, by hand.
func TestWeightsOfSamples(t *testing.T) {
	ctx := context.Background()
	x := tensor.Of([]float32{1, 2, 3}, 3, 1)
	y := tensor.Of([]int32{0, 1, 1}, 3)
	build := func() *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 2, Activation: "softmax"})
		if err := m.Build(0); err != nil {
			t.Fatal(err)
		}
		if err := m.Store().Set("dense/kernel", tensor.Of([]float32{0.5, -0.25}, 1, 2)); err != nil {
			t.Fatal(err)
		}
		return m
	}
	// −ln softmax of logits (x/2, −x/4): ln(1 + e^(−3x/4)) for class 0, that plus 3x/4 for class 1.
	v := make([]float64, 3)
	for i, xi := range []float64{1, 2, 3} {
		if v[i] = math.Log1p(math.Exp(-0.75 * xi)); i > 0 {
			v[i] += 0.75 * xi
		}
	}
	d := Pairs(x, y)
	d.Weights = tensor.Of([]float32{2, 0, 0.5}, 3)
	l := loss.SparseCategoricalCrossentropy{}
	c := Config{Loss: l, Optimizer: optim.SGD{LearningRate: 1}, Epochs: 1, ClassWeight: map[int]float64{1: 4},
		NoShuffle: true}
	h := mustFit(t, build(), d, c)
	if got, want := h.Last().Metrics.Of("loss"), (2*v[0]+4*0.5*v[2])/3; math.Abs(got-want) > 1e-6 {
		t.Errorf("loss with weights of samples and classes %v, want %v", got, want)
	}
	f, err := Evaluate(ctx, build(), d, l, []metric.Metric{metric.Accuracy{}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if want := (2*v[0] + 0.5*v[2]) / 3; math.Abs(f.Of("loss")-want) > 1e-6 {
		t.Errorf("evaluated loss %v, want %v", f.Of("loss"), want)
	}
	if math.Abs(f.Of("accuracy")-1./3) > 1e-7 {
		t.Errorf("accuracy %v: metrics do not weigh", f.Of("accuracy"))
	}
	// A class's weight is that of each of its samples, one-hot targets or not.
	a, b, o := build(), build(), build()
	mustFit(t, a, Pairs(x, y), c)
	w := Pairs(x, y)
	w.Weights = tensor.Of([]float32{1, 4, 4}, 3)
	plain := c
	plain.ClassWeight = nil
	mustFit(t, b, w, plain)
	c.Loss = loss.CategoricalCrossentropy{}
	mustFit(t, o, Pairs(x, tensor.Of([]float32{1, 0, 0, 1, 0, 1}, 3, 2)), c)
	if print(a) != print(b) {
		t.Error("class weights and the same weights of samples end differently")
	}
	for i, v := range a.Store().Vars() {
		for k, x := range v.Value.F32 {
			if math.Abs(float64(x-o.Store().Vars()[i].Value.F32[k])) > 1e-6 {
				t.Errorf("%s: %v with class numbers, %v one-hot", v.Path, x, o.Store().Vars()[i].Value.F32[k])
			}
		}
	}
}

// A model with two outputs: the loss is the weighted sum, penalties included, and
// every metric has its name.
func TestTwoOutputs(t *testing.T) {
	in := model.Input("x", 3)
	a := model.Apply(layer.Dense{Base: layer.Base{Name: "a"}, Units: 1, KernelRegularizer: weight.L2{Rate: new(0.5)}},
		in)
	b := model.Apply(layer.Dense{Base: layer.Base{Name: "b"}, Units: 2, Activation: "softmax"}, in)
	m := model.New([]*model.Value{in}, []*model.Value{a, b})
	n := 10
	x, y := tensor.New(tensor.Float32, n, 3), tensor.New(tensor.Float32, n)
	ids := tensor.New(tensor.Uint8, n)
	for i := range x.F32 {
		x.F32[i] = float32(i%7)/7 - 0.4
	}
	for i := range n {
		y.F32[i], ids.U8[i] = x.F32[3*i], uint8(i%2)
	}
	d := Data{X: []*tensor.Tensor{x}, Y: []*tensor.Tensor{y, ids}}
	c := Config{
		Losses:        []loss.Loss{loss.MeanSquaredError{}, loss.SparseCategoricalCrossentropy{}},
		LossWeights:   []float64{2, 0.5},
		OutputMetrics: [][]metric.Metric{{metric.RootMeanSquaredError{}}, {NamedMetric{metric.Accuracy{}, "acc"}}},
		Optimizer:     optim.SGD{LearningRate: 0.1}, Epochs: 2, BatchSize: 4, Validation: &d,
	}
	h := mustFit(t, m, d, c)
	want := "loss a_loss b_loss a_rmse b_acc val_loss val_a_loss val_b_loss val_a_rmse val_b_acc"
	if got := strings.Join(h.Last().Metrics.Names(), " "); got != want {
		t.Fatalf("metrics %s\nwant    %s", got, want)
	}
	f, err := c.Evaluation().Run(context.Background(), m, d)
	if err != nil {
		t.Fatal(err)
	}
	penalty := 0.0
	for _, w := range m.Store().Var("a/kernel").Value.F32 {
		penalty += 0.5 * float64(w) * float64(w)
	}
	if sum := 2*f.Of("a_loss") + 0.5*f.Of("b_loss") + penalty; math.Abs(f.Of("loss")-sum) > 1e-6 {
		t.Errorf("loss %v, its parts sum to %v", f.Of("loss"), sum)
	}
	if rmse := math.Sqrt(f.Of("a_loss")); math.Abs(f.Of("a_rmse")-rmse) > 1e-6 {
		t.Errorf("a_rmse %v, √a_loss is %v", f.Of("a_rmse"), rmse)
	}
	if v := h.Last().Metrics.Of("val_loss"); v != f.Of("loss") {
		// Fit evaluates in batches of 4, as EvaluateConfig does.
		t.Errorf("val_loss %v, evaluated %v", v, f.Of("loss"))
	}
	c.ClassWeight = map[int]float64{0: 2}
	_, err = Fit(context.Background(), m, d, c)
	if err == nil || err.Error() != "fit: class_weight: the model has 2 outputs; give weights of samples instead" {
		t.Errorf("error %v", err)
	}
}

// Goroutines predict while the model is trained; each sees the weights of one
// step, never half of the next. The race detector watches.
func TestPredictWhileTraining(t *testing.T) {
	m := classifier()
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	d := digits(t, 0, 256)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				out, err := m.Predict(context.Background(), d.X[0].Rows(0, 8))
				if err != nil {
					t.Error(err)
					return
				}
				for i := range 8 {
					sum := float32(0)
					for _, p := range out[0].F32[i*10 : i*10+10] {
						sum += p
					}
					if math.Abs(float64(sum-1)) > 1e-5 {
						t.Errorf("probabilities sum to %v", sum)
					}
				}
			}
		})
	}
	mustFit(t, m, d, lessons(5))
	cancel()
	wg.Wait()
}

// TrainOnBatch and TestOnBatch are single steps of Fit and Evaluate.
func TestTrainOnBatch(t *testing.T) {
	c := lessons(1)
	c.NoShuffle = true
	d := digits(t, 0, 64)
	fitted := classifier()
	mustFit(t, fitted, d, c)
	m := classifier()
	tr, err := NewTrainer(m, c)
	if err != nil {
		t.Fatal(err)
	}
	var last Metrics
	for i := 0; i < 64; i += 32 {
		if last, err = tr.TrainOnBatch(Pairs(d.X[0].Rows(i, i+32), d.Y[0].Rows(i, i+32))); err != nil {
			t.Fatal(err)
		}
	}
	if print(m) != print(fitted) {
		t.Error("two batches by hand and one epoch of two end with other weights")
	}
	if len(last) != 2 || last[0].Name != "loss" {
		t.Errorf("metrics %v", last)
	}
	got, err := tr.TestOnBatch(d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := Evaluate(context.Background(), m, d, c.Loss, c.Metrics, 64)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("TestOnBatch gives %v, Evaluate %v", got, want)
		}
	}
	if _, err := tr.TrainOnBatch(Data{}); err == nil ||
		!strings.HasPrefix(err.Error(), "train on batch: batch: 0 inputs") {
		t.Errorf("error %v", err)
	}
}

// KeepBest ends with the weights of the best epoch by Monitor, whatever the
// callbacks do; without it the last weights stay.
func TestKeepBest(t *testing.T) {
	val := digits(t, 500, 100)
	c := lessons(6)
	c.Optimizer = optim.Adam{LearningRate: 0.2}
	c.Validation = &val
	c.Monitor, c.Mode = "val_accuracy", "min" // the worst is then the best: not the last epoch
	m := classifier()
	var prints []uint64
	c.Callbacks = []Callback{Lambda{EpochEnd: func(Event) error { prints = append(prints, print(m)); return nil }}}
	h := mustFit(t, m, digits(t, 0, 128), c)
	if print(m) != prints[5] {
		t.Error("without KeepBest the weights are not the last")
	}
	best := 0
	for i, v := range h.Column("val_accuracy") {
		if v < h.Column("val_accuracy")[best] {
			best = i
		}
	}
	if h.Best != best+1 || h.Monitor != "val_accuracy" || best == 5 {
		t.Errorf("best epoch %d of %v", h.Best, h.Column("val_accuracy"))
	}
	c.KeepBest = true
	prints, m = nil, classifier()
	mustFit(t, m, digits(t, 0, 128), c)
	if print(m) != prints[best] {
		t.Error("with KeepBest the weights are not the best epoch's")
	}
}

// A run goes on from a snapshot in memory as if it had never paused.
func TestInitial(t *testing.T) {
	d := digits(t, 0, 100)
	whole := classifier()
	mustFit(t, whole, d, lessons(4))
	var s *Snapshot
	c := lessons(2)
	c.Callbacks = []Callback{Lambda{TrainEnd: func(e Event) error { s = e.Run.Snapshot(); return nil }}}
	mustFit(t, classifier(), d, c)
	c = lessons(4)
	c.Initial = s
	m := classifier()
	h := mustFit(t, m, d, c)
	if print(m) != print(whole) || len(h.Rows) != 4 {
		t.Errorf("2 epochs and 2 more end differently from 4; history of %d", len(h.Rows))
	}
}
