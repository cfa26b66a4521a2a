package train

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"gorae/data"
	"gorae/internal/par"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// small is a network of an ensemble of the tests, with everything that has a state of its own.
func small() *model.Model {
	return model.Sequential(
		layer.Input{Shape: []int{5}},
		layer.Dense{Units: 8, Activation: "relu"},
		layer.BatchNormalization{},
		layer.Dropout{Rate: 0.2},
		layer.Dense{Units: 3, Activation: "softmax"},
	)
}

// points are samples of three classes.
func points(n int) Data {
	x, y := tensor.New(tensor.Float32, n, 5), tensor.New(tensor.Int32, n)
	for i := range n {
		y.I32[i] = int32(i % 3)
		for j := range 5 {
			x.F32[5*i+j] = float32(math.Sin(float64(7*i+3*j))) + float32((i%3)*((j+1)%3))
		}
	}
	return Pairs(x, y)
}

func ensembleConfig(networks []*model.Model, folds [][]int) Config {
	return Config{
		Loss: loss.SparseCategoricalCrossentropy{}, Metrics: []metric.Metric{metric.SparseCategoricalAccuracy{}},
		Optimizer: optim.Adam{LearningRate: 0.01}, Epochs: 3, BatchSize: 7, Seed: 5,
		Ensemble: &Ensemble{Networks: networks, Folds: folds},
	}
}

func ensembleOf(n int, make func() *model.Model) (*model.Model, []*model.Model) {
	var networks []*model.Model
	for range n {
		networks = append(networks, make())
	}
	return model.Ensemble(networks...), networks
}

// TestEnsembleAlone trains an ensemble of networks without dropout, and each of its networks alone on the same batches
// from the same weights: the same weights come of it, to rounding.
func TestEnsembleAlone(t *testing.T) {
	make := func() *model.Model {
		return model.Sequential(
			layer.Input{Shape: []int{5}},
			layer.Dense{Units: 8, Activation: "relu"},
			layer.BatchNormalization{},
			layer.Dense{Units: 3, Activation: "softmax"},
		)
	}
	d := points(41)
	folds, err := data.Folds(41, 3, data.Random, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	m, networks := ensembleOf(3, make)
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	alone := []*model.Model{make(), make(), make()}
	for k, a := range alone {
		if err := a.Build(1); err != nil {
			t.Fatal(err)
		}
		for _, v := range a.Store().Vars() {
			from := m.Store().Var(fmt.Sprintf("network_%d/%s", k+1, v.Path))
			copy(v.Value.F32, from.Value.F32)
		}
	}
	c := ensembleConfig(networks, folds)
	if _, err := Fit(context.Background(), m, d, c); err != nil {
		t.Fatal(err)
	}
	lists, err := c.Ensemble.lists(41)
	if err != nil {
		t.Fatal(err)
	}
	source, err := d.dataset("training data", true)
	if err != nil {
		t.Fatal(err)
	}
	l := data.Loader{Data: source, Size: 7, Shuffle: true, Seed: 5, Lists: lists}
	b, err := l.New()
	if err != nil {
		t.Fatal(err)
	}
	for k, a := range alone {
		one := c
		one.Ensemble = nil
		trainer, err := NewTrainer(a, one)
		if err != nil {
			t.Fatal(err)
		}
		for epoch := range 3 {
			for step := range l.Steps() {
				if err := l.Fill(b, epoch, step); err != nil {
					t.Fatal(err)
				}
				n := len(b.Samples) / 3
				own := Pairs(b.Inputs[0].Rows(k*n, k*n+n), b.Targets[0].Rows(k*n, k*n+n))
				if _, err := trainer.TrainOnBatch(own); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, v := range a.Store().Vars() {
			got := m.Store().Var(fmt.Sprintf("network_%d/%s", k+1, v.Path)).Value
			for i, want := range v.Value.F32 {
				if math.Abs(float64(got.F32[i]-want)) > 1e-5*(1+math.Abs(float64(want))) {
					t.Fatalf("network %d: %s[%d] = %v, alone %v", k+1, v.Path, i, got.F32[i], want)
				}
			}
		}
	}
}

// TestEnsembleFolds compares the validation metrics with those of each network on its fold, and the model with the mean
// of its networks.
func TestEnsembleFolds(t *testing.T) {
	d := points(41)
	folds, err := data.Folds(41, 3, data.Random, nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	m, networks := ensembleOf(3, small)
	c := ensembleConfig(networks, folds)
	h, err := Fit(context.Background(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	sum, right, n := 0.0, 0.0, 0
	x, y := d.X[0], d.Y[0]
	mean := make([]float64, 3*41)
	for k, a := range networks {
		p, err := a.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(err)
		}
		for i := range mean {
			mean[i] += float64(p[0].F32[i]) / 3
		}
		for _, i := range folds[k] {
			row := p[0].F32[3*i : 3*i+3]
			sum -= math.Log(float64(row[y.I32[i]]))
			if row[y.I32[i]] == slices.Max(row) {
				right++
			}
			n++
		}
	}
	last := h.Rows[len(h.Rows)-1]
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-5 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("val_loss", last.Metrics.Of("val_loss"), sum/41)
	near("val_accuracy", last.Metrics.Of("val_sparse_categorical_accuracy"), right/41)
	p, err := m.Predict(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range mean {
		near("prediction", float64(p[0].F32[i]), want)
	}
	e := c.Evaluation()
	e.Ensemble = c.Ensemble
	seen := map[int]bool{}
	got, err := e.Run(context.Background(), m, d, ConsumerFunc(func(b *EvalBatch) error {
		for _, i := range b.Samples {
			if seen[i] {
				t.Errorf("sample %d is seen twice", i)
			}
			seen[i] = true
		}
		return nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	near("evaluation", got.Of("loss"), sum/41)
	if len(seen) != 41 || n != 41 {
		t.Errorf("%d and %d samples of 41 are evaluated", len(seen), n)
	}
	if len(m.Networks()) != 3 || m.Networks()[1] != networks[1] || networks[0].Networks() != nil {
		t.Error("Networks does not find the networks of the ensemble")
	}
}

// TestEnsembleBits trains on one thread and on three, and counts allocations.
func TestEnsembleBits(t *testing.T) {
	weights := func(threads int) []float32 {
		old := par.Default()
		pool := par.New(threads)
		par.SetDefault(pool)
		defer func() { par.SetDefault(old); pool.Close() }()
		m, networks := ensembleOf(4, small)
		if _, err := Fit(context.Background(), m, points(50), ensembleConfig(networks, nil)); err != nil {
			t.Fatal(err)
		}
		var all []float32
		for _, v := range m.Store().Vars() {
			all = append(all, v.Value.F32...)
		}
		return all
	}
	if !slices.Equal(weights(1), weights(3)) {
		t.Error("one thread and three give other weights")
	}
	m, networks := ensembleOf(4, small)
	trainer, err := NewTrainer(m, ensembleConfig(networks, nil))
	if err != nil {
		t.Fatal(err)
	}
	in, err := trainer.batch(points(8))
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(20, func() {
		if err := trainer.learn(32, in); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations a step", n)
	}
}

// TestEnsembleErrors has an error for what cannot be trained.
func TestEnsembleErrors(t *testing.T) {
	m, networks := ensembleOf(2, small)
	other := small()
	for name, c := range map[string]Config{
		"one network":  ensembleConfig(networks[:1], nil),
		"other folds":  ensembleConfig(networks, [][]int{{1}}),
		"no such row":  ensembleConfig(networks, [][]int{{1}, {50}}),
		"empty fold":   ensembleConfig(networks, [][]int{{1}, nil}),
		"other model":  ensembleConfig([]*model.Model{networks[0], other}, nil),
		"with buckets": func() Config { c := ensembleConfig(networks, nil); c.Bucket = true; return c }(),
	} {
		if _, err := Fit(context.Background(), m, points(50), c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for name, m := range map[string]*model.Model{
		"one":   model.Ensemble(small()),
		"built": model.Ensemble(small(), networks[0]),
	} {
		if err := m.Build(1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
