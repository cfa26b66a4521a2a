package train

import (
	"math"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
)

// Padding that a mask leaves out changes neither the loss of a model that gives sequences nor what it learns,
// whatever its targets are.
func TestMaskedLoss(t *testing.T) {
	net := func(steps int, padded bool) *model.Model {
		layers := []layer.Layer{layer.Input{Shape: []int{steps, 2}}}
		if padded {
			layers = append(layers, layer.Masking{Value: -9})
		}
		m := model.Sequential(append(layers, layer.GRU{Units: 3, ReturnSequences: true},
			layer.Dense{Units: 3, Activation: "softmax"})...)
		if err := m.Build(5); err != nil {
			t.Fatal(err)
		}
		return m
	}
	// Two samples of two steps, and the same with two steps of padding.
	x := tensor.Of([]float32{0.1, 0.2, 0.3, -0.4, 0.5, -0.6, -0.7, 0.8}, 2, 2, 2)
	y := tensor.Of([]int32{0, 1, 2, 1}, 2, 2)
	long, far := tensor.New(tensor.Float32, 2, 4, 2), tensor.New(tensor.Int32, 2, 4)
	for i := range long.F32 {
		long.F32[i] = -9
	}
	for b := range 2 {
		copy(long.F32[8*b:], x.F32[4*b:4*b+4])
		copy(far.I32[4*b:], y.I32[2*b:2*b+2])
		far.I32[4*b+3] = 2
	}
	w := tensor.Of([]float32{1, 3}, 2)
	for _, weights := range []*tensor.Tensor{nil, w} {
		short, padded := net(2, false), net(4, true)
		a, b := Pairs(x, y), Pairs(long, far)
		a.Weights, b.Weights = weights, weights
		c := Config{Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{LearningRate: 0.5}, Epochs: 3}
		ha, hb := mustFit(t, short, a, c), mustFit(t, padded, b, c)
		la, _ := ha.Last().Metrics.Lookup("loss")
		lb, _ := hb.Last().Metrics.Lookup("loss")
		if !(math.Abs(la-lb) < 1e-6) {
			t.Errorf("the loss is %v, with padding %v", la, lb)
		}
		for _, v := range short.Store().Vars() {
			for i, u := range padded.Store().Var(v.Path).Value.F32 {
				if math.Abs(float64(u-v.Value.F32[i])) > 1e-6 {
					t.Errorf("%s is %v, learnt with padding %v", v.Path, v.Value.F32[i], u)
					break
				}
			}
		}
	}
	// A target for each sample does not fit outputs for each step.
	_, err := Fit(t.Context(), net(4, true), Pairs(long, tensor.New(tensor.Int32, 2)),
		Config{Loss: loss.SparseCategoricalCrossentropy{}, Optimizer: optim.SGD{}, Epochs: 1})
	if err == nil || !strings.Contains(err.Error(), "the target has shape () and a mask for the steps (4,)") {
		t.Errorf("error %v", err)
	}
}

// TestMaskedMetrics: metrics count the steps that the mask keeps, and those alone. From the model's own outputs the
// metrics are computed by hand for sequences of lengths 3, 1 and 2, whose padding has absurd targets.
func TestMaskedMetrics(t *testing.T) {
	const steps = 3
	length := []int{3, 1, 2}
	x, classes, metrics := tensor.New(tensor.Float32, 3, steps, 2), tensor.New(tensor.Int32, 3, steps),
		tensor.New(tensor.Float32, 3, steps, 2)
	for b, n := range length {
		for s := range steps {
			for k := range 2 {
				x.F32[(b*steps+s)*2+k], metrics.F32[(b*steps+s)*2+k] = -9, 1e6
			}
			if classes.I32[b*steps+s] = 2; s < n {
				x.F32[(b*steps+s)*2], x.F32[(b*steps+s)*2+1] = float32(math.Sin(float64(7*b+s))), 0.5
				metrics.F32[(b*steps+s)*2], metrics.F32[(b*steps+s)*2+1] = float32(b-s), 0.25
				classes.I32[b*steps+s] = int32((b + s) % 3)
			}
		}
	}
	net := func(end layer.Dense) *model.Model {
		m := model.Sequential(layer.Input{Shape: []int{steps, 2}}, layer.Masking{Value: -9},
			layer.LSTM{Units: 4, ReturnSequences: true}, layer.TimeDistributed{Layer: end})
		if err := m.Build(2); err != nil {
			t.Fatal(err)
		}
		return m
	}
	of := func(names ...string) (ms []metric.Metric) {
		for _, n := range names {
			m, err := metric.New(n)
			if err != nil {
				t.Fatal(err)
			}
			ms = append(ms, m)
		}
		return ms
	}
	compare := func(f Metrics, want map[string]float64) {
		t.Helper()
		for name, w := range want {
			if got := f.Of(name); !(math.Abs(got-w) <= 1e-5*(1+w)) {
				t.Errorf("%s is %v, by hand %v", name, got, w)
			}
		}
	}
	m := net(layer.Dense{Units: 3, Activation: "softmax"})
	y, err := m.Predict(t.Context(), x)
	if err != nil {
		t.Fatal(err)
	}
	right, nats, second := 0.0, 0.0, 0.0
	for b, n := range length {
		for s := range n {
			p := y[0].F32[(b*steps+s)*3 : (b*steps+s+1)*3]
			own, above := p[classes.I32[b*steps+s]], 0
			for _, v := range p {
				if v > own {
					above++
				}
			}
			nats -= math.Log(float64(own))
			if above == 0 {
				right++
			}
			if above < 2 {
				second++
			}
		}
	}
	for _, batch := range []int{1, 2, 3} {
		f, err := Evaluate(t.Context(), m, Pairs(x, classes), loss.SparseCategoricalCrossentropy{},
			append(of("accuracy", "sparse_categorical_crossentropy"), metric.SparseTopKCategoricalAccuracy{K: 2}),
			batch)
		if err != nil {
			t.Fatal(err)
		}
		compare(f, map[string]float64{"accuracy": right / 6, "sparse_categorical_crossentropy": nats / 6,
			"sparse_top_k_categorical_accuracy": second / 6})
	}
	m = net(layer.Dense{Units: 2})
	if y, err = m.Predict(t.Context(), x); err != nil {
		t.Fatal(err)
	}
	squares, sizes := 0.0, 0.0
	for b, n := range length {
		for i := b * steps * 2; i < (b*steps+n)*2; i++ {
			d := float64(y[0].F32[i] - metrics.F32[i])
			squares, sizes = squares+d*d, sizes+math.Abs(d)
		}
	}
	f, err := Evaluate(t.Context(), m, Pairs(x, metrics), loss.MeanSquaredError{}, of("rmse", "mae"), 2)
	if err != nil {
		t.Fatal(err)
	}
	compare(f, map[string]float64{"rmse": math.Sqrt(squares / 12), "mae": sizes / 12})
}
