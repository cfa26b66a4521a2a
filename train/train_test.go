package train

import (
	"context"
	"encoding/binary"
	"hash/fnv"
	"math"
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

// digits is n embedded handwritten digits from row at: uint8 pixels and labels.
func digits(t testing.TB, at, n int) Data {
	t.Helper()
	s, err := data.FindSample("digits")
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Images()
	if err != nil {
		t.Fatal(err)
	}
	return Pairs(a.X.Rows(at, at+n), a.Y.Rows(at, at+n))
}

// classifier is a small network with everything that depends on more than the
// weights: dropout's masks, batch normalisation's moving averages, penalties.
func classifier() *model.Model {
	return model.Sequential(
		layer.Input{Shape: []int{8, 8, 1}},
		layer.Rescaling{Scale: layer.Number(1.0 / 16)},
		layer.Flatten{},
		layer.Dense{Units: 24, NoBias: true},
		layer.BatchNormalization{},
		layer.ReLU{},
		layer.Dropout{Rate: 0.2},
		layer.Dense{Units: 10, Activation: "softmax"},
	)
}

// lessons is a configuration for the classifier.
func lessons(epochs int) Config {
	return Config{
		Loss: loss.SparseCategoricalCrossentropy{}, Metrics: []metric.Metric{metric.Accuracy{}},
		Optimizer: optim.Adam{LearningRate: 0.01},
		Epochs:    epochs, Seed: 7,
	}
}

func mustFit(t testing.TB, m *model.Model, d Data, c Config) *History {
	t.Helper()
	h, err := Fit(context.Background(), m, d, c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// print is a fingerprint of a model's weights and states: equal for equal bits.
func print(m *model.Model) uint64 {
	h := fnv.New64a()
	for _, v := range m.Store().Vars() {
		h.Write([]byte(v.Path))
		for _, x := range v.Value.F32 {
			var b [4]byte
			binary.LittleEndian.PutUint32(b[:], math.Float32bits(x))
			h.Write(b[:])
		}
	}
	return h.Sum64()
}

// P1: batches of 32 by default; the last, smaller one is used too.
func TestP1Batches(t *testing.T) {
	var sizes []uint64
	var batches int
	c := lessons(1)
	c.Callbacks = []Callback{Lambda{BatchEnd: func(e Event) error {
		sizes = append(sizes, e.Step)
		batches = e.Batches
		return nil
	}}}
	m := classifier()
	mustFit(t, m, digits(t, 0, 100), c)
	if len(sizes) != 4 || batches != 4 {
		t.Fatalf("100 samples made %d batches, want ⌈100/32⌉ = 4", len(sizes))
	}

	// The last four samples matter: without them the weights are others.
	with := print(m)
	m = classifier()
	mustFit(t, m, digits(t, 0, 96), c)
	if print(m) == with {
		t.Error("the smaller last batch changed nothing")
	}

	// The epoch's loss weighs each batch by its samples: Σ batch loss · n / Σ n. One
	// step at rate 0 for each batch gives the same as one for all.
	c.Callbacks, c.NoShuffle = nil, true
	c.Optimizer = optim.SGD{LearningRate: 1e-30}
	plain := func() *model.Model {
		return model.Sequential(layer.Input{Shape: []int{8, 8, 1}}, layer.Flatten{},
			layer.Dense{Units: 10, Activation: "softmax"})
	}
	small := mustFit(t, plain(), digits(t, 0, 100), c).Last().Metrics
	c.BatchSize = 100
	whole := mustFit(t, plain(), digits(t, 0, 100), c).Last().Metrics
	for i := range whole {
		if d := math.Abs(small[i].Value-whole[i].Value) / whole[i].Value; d > 1e-6 {
			t.Errorf("%s is %v in batches of 32 and %v in one", whole[i].Name, small[i].Value, whole[i].Value)
		}
	}
}

// P3: the order of samples is another in each epoch and follows from the seed.
func TestP3Order(t *testing.T) {
	// Sample i is the number i, and the loss of a model that predicts 0 is its square:
	// batches of one show the order.
	n := 20
	x, y := tensor.New(tensor.Float32, n, 1), tensor.New(tensor.Float32, n, 1)
	for i := range n {
		y.F32[i] = float32(i)
	}
	order := func(seed uint64, keep bool) [][]int {
		var epochs [][]int
		var now []int
		sum := 0.0
		c := Config{Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 1e-30}, Epochs: 2, BatchSize: 1,
			Seed: seed, NoShuffle: keep}
		c.Callbacks = []Callback{Lambda{
			EpochBegin: func(Event) error { now, sum = nil, 0; return nil },
			BatchEnd: func(e Event) error {
				s := e.Metrics.Of("loss") * float64(e.Batch)
				now = append(now, int(math.Round(math.Sqrt(s-sum))))
				sum = s
				return nil
			},
			EpochEnd: func(Event) error { epochs = append(epochs, now); return nil },
		}}
		mustFit(t, model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1}), Pairs(x, y), c)
		return epochs
	}
	a := order(1, false)
	for e := range a {
		seen := map[int]bool{}
		for _, i := range a[e] {
			seen[i] = true
		}
		if len(seen) != n {
			t.Errorf("epoch %d met %d of %d samples: %v", e+1, len(seen), n, a[e])
		}
	}
	same := func(x, y []int) bool {
		for i := range x {
			if x[i] != y[i] {
				return false
			}
		}
		return true
	}
	if same(a[0], a[1]) {
		t.Error("both epochs have one order")
	}
	if b := order(1, false); !same(a[0], b[0]) || !same(a[1], b[1]) {
		t.Error("the same seed gave another order")
	}
	if b := order(2, false); same(a[0], b[0]) {
		t.Error("another seed gave the same order")
	}
	for _, e := range order(1, true) {
		for i, s := range e {
			if i != s {
				t.Fatalf("without shuffling the order is %v", e)
			}
		}
	}
}

// P6: an epoch is P3 to P5 once for each batch, in that order of events.
func TestP6Epoch(t *testing.T) {
	var got []string
	note := func(e Event) error {
		got = append(got, e.Kind.String())
		return nil
	}
	c := lessons(2)
	c.Callbacks = []Callback{Lambda{TrainBegin: note, EpochBegin: note, BatchBegin: note, BatchEnd: note,
		EpochEnd: note, TrainEnd: note}}
	h := mustFit(t, classifier(), digits(t, 0, 64), c)
	want := []string{
		"train begin",
		"epoch begin", "batch begin", "batch end", "batch begin", "batch end", "epoch end",
		"epoch begin", "batch begin", "batch end", "batch begin", "batch end", "epoch end",
		"train end",
	}
	if len(got) != len(want) {
		t.Fatalf("events %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("events %v, want %v", got, want)
		}
	}
	if len(h.Rows) != 2 || h.Rows[0].Epoch != 1 || h.Rows[1].Epoch != 2 {
		t.Errorf("history %+v", h.Rows)
	}
}

// P7: epochs are repeated until the validation data say that it is enough, and
// the best weights are kept.
func TestP7Validation(t *testing.T) {
	c := lessons(40)
	val := digits(t, 1000, 400)
	c.Validation = &val
	c.Callbacks = []Callback{&EarlyStopping{Patience: 3, RestoreBestWeights: true}}
	m := classifier()
	h := mustFit(t, m, digits(t, 0, 1000), c)
	if len(h.Rows) == 40 {
		t.Error("40 epochs were not enough to see the validation loss rise")
	}
	if h.Best != len(h.Rows)-3 {
		t.Errorf("stopped after %d epochs with the best at %d and patience 3", len(h.Rows), h.Best)
	}
	best := h.BestRow().Metrics
	if best.Of("val_accuracy") < 0.9 {
		t.Errorf("validation accuracy %v", best.Of("val_accuracy"))
	}
	f, err := Evaluate(context.Background(), m, val, c.Loss, c.Metrics, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range f {
		if want := best.Of("val_" + x.Name); math.Abs(x.Value-want) > 1e-6 {
			t.Errorf("%s of the restored weights is %v, the best epoch had %v", x.Name, x.Value, want)
		}
	}
}

// P8: the test data, used once, show the gap between training and test.
func TestP8Test(t *testing.T) {
	c := lessons(15)
	m := classifier()
	learn, test := digits(t, 0, 200), digits(t, 1400, 397)
	mustFit(t, m, learn, c)
	ctx := context.Background()
	before := print(m)
	seen, err := Evaluate(ctx, m, learn, c.Loss, c.Metrics, 0)
	if err != nil {
		t.Fatal(err)
	}
	fresh, err := Evaluate(ctx, m, test, c.Loss, c.Metrics, 0)
	if err != nil {
		t.Fatal(err)
	}
	if print(m) != before {
		t.Error("judging moved the weights or the moving averages")
	}
	if gap := seen.Of("accuracy") - fresh.Of("accuracy"); !(gap > 0.02 && gap < 0.3) {
		t.Errorf("accuracy %v on 200 samples learnt, %v on unseen ones: no gap to speak of", seen.Of("accuracy"),
			fresh.Of("accuracy"))
	}
	// Metrics do not depend on the size of the batches.
	other, err := Evaluate(ctx, m, test, c.Loss, c.Metrics, 50)
	if err != nil {
		t.Fatal(err)
	}
	for i := range other {
		if math.Abs(other[i].Value-fresh[i].Value) > 1e-6*(1+math.Abs(fresh[i].Value)) {
			t.Errorf("%s is %v in batches of 32, %v in batches of 50", other[i].Name, fresh[i].Value, other[i].Value)
		}
	}
}

// One seed gives the same weights for any number of threads; the layers are wide enough
// for the work to be cut up.
func TestThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a second")
	}
	wide := func() *model.Model {
		return model.Sequential(
			layer.Input{Shape: []int{8, 8, 1}}, layer.Rescaling{Scale: layer.Number(1.0 / 16)}, layer.Flatten{},
			layer.Dense{Units: 512, NoBias: true}, layer.BatchNormalization{}, layer.ReLU{}, layer.Dropout{Rate: 0.2},
			layer.Dense{Units: 512, Activation: "tanh"}, layer.Dropout{Rate: 0.2},
			layer.Dense{Units: 10, Activation: "softmax"},
		)
	}
	c := lessons(2)
	c.BatchSize = 200
	old := par.Default()
	defer par.SetDefault(old)
	var prints []uint64
	for _, threads := range []int{1, 2, 3} {
		pool := par.New(threads)
		par.SetDefault(pool)
		m := wide()
		h := mustFit(t, m, digits(t, 0, 900), c)
		prints = append(prints, print(m), math.Float64bits(h.Last().Metrics.Of("loss")))
		par.SetDefault(old)
		pool.Close()
	}
	for i := 2; i < len(prints); i++ {
		if prints[i] != prints[i%2] {
			t.Fatalf("weights and loss by threads 1, 2, 3: %x", prints)
		}
	}
	m := wide()
	c.Seed++
	mustFit(t, m, digits(t, 0, 900), c)
	if print(m) == prints[0] {
		t.Error("another seed gave the same weights")
	}
}
