package train

import (
	"math"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
)

// perSample evaluates with a PerSample and returns both.
func perSample(t *testing.T, m *model.Model, d Data, e Evaluation) (*PerSample, Metrics) {
	t.Helper()
	p, err := e.PerSample(m)
	if err != nil {
		t.Fatal(err)
	}
	ms, err := e.Run(t.Context(), m, d, p)
	if err != nil {
		t.Fatal(err)
	}
	return p, ms
}

// subset is some of the samples.
func subset(t *testing.T, d Data, rows []int) Data {
	t.Helper()
	all, err := d.dataset("data", true)
	if err != nil {
		t.Fatal(err)
	}
	return Data{Source: data.Subset{Dataset: all, Rows: rows}}
}

// numbered is the places 0 to n − 1.
func numbered(n int) []int { return data.Range(n) }

// TestPerSample: the metrics of all samples, and of some of them, are what an evaluation of these samples says:
// metrics that are sums of terms, one that keeps all scores (AUC), and one in float64 (R²).
func TestPerSample(t *testing.T) {
	m := classifier()
	d := digits(t, 0, 130)
	mustFit(t, m, d, lessons(1))
	e := Evaluation{Loss: loss.SparseCategoricalCrossentropy{}, BatchSize: 48,
		Metrics: []metric.Metric{metric.Accuracy{}, metric.SparseTopKCategoricalAccuracy{K: 2}}}
	p, all := perSample(t, m, d, e)
	some := append(numbered(50), numbered(20)...)
	_, few := perSample(t, m, subset(t, d, some), e)
	for k, name := range p.Names() {
		if got, want := p.Value(k, numbered(130)), all.Of(name); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s of all: %v, evaluation %v", name, got, want)
		}
		if got, want := p.Value(k, some), few.Of(name); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s of some: %v, evaluation %v", name, got, want)
		}
		right, share := p.Share(k)
		if want := name != "loss"; share != want || share && float64(right)/130 != all.Of(name) {
			t.Errorf("%s: %d right, a share: %v", name, right, share)
		}
	}
}

// TestPerSampleNumbers: metrics of numbers and of ranks.
func TestPerSampleNumbers(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{3}}, layer.Dense{Units: 1, Activation: "sigmoid"})
	if err := m.Build(3); err != nil {
		t.Fatal(err)
	}
	x, y := tensor.New(tensor.Float32, 60, 3), tensor.New(tensor.Float32, 60, 1)
	for i := range x.F32 {
		x.F32[i] = float32(math.Sin(float64(7 * i)))
	}
	for i := range y.F32 {
		y.F32[i] = float32(i * i % 7 % 2)
	}
	exact := metric.Exact(metric.R2Score{}, metric.Lift{Width: 1,
		Read: func(y, pred []float32, truth, said []float64) {
			truth[0], said[0] = float64(y[0]), float64(pred[0])
		}})
	e := Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{NamedMetric{exact, "exact_r2"},
		metric.AUC{}, metric.RootMeanSquaredError{}, metric.R2Score{}}}
	p, all := perSample(t, m, Pairs(x, y), e)
	some := []int{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 58, 9}
	_, few := perSample(t, m, subset(t, Pairs(x, y), some), e)
	for k, name := range p.Names() {
		if got, want := p.Value(k, numbered(60)), all.Of(name); !(math.Abs(got-want) < 1e-6) {
			t.Errorf("%s of all: %v, evaluation %v", name, got, want)
		}
		if got, want := p.Value(k, some), few.Of(name); !(math.Abs(got-want) < 1e-6) {
			t.Errorf("%s of some: %v, evaluation %v", name, got, want)
		}
		if _, share := p.Share(k); share {
			t.Errorf("%s is no share", name)
		}
	}
}

// TestPerSampleMasked: steps that a mask leaves out count in no metric.
func TestPerSampleMasked(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{4, 1}}, layer.Masking{Value: -9},
		layer.SimpleRNN{Units: 3, ReturnSequences: true}, layer.Dense{Units: 3, Activation: "softmax"})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	x := tensor.Of([]float32{1, 2, -9, -9, 3, 1, 2, -9, 1, 1, 1, 1}, 3, 4, 1)
	y := tensor.Of([]int32{0, 1, 2, 2, 1, 2, 0, 1, 2, 0, 1, 2}, 3, 4)
	e := Evaluation{Loss: loss.SparseCategoricalCrossentropy{}, Metrics: []metric.Metric{metric.Accuracy{},
		metric.Mean{Loss: loss.SparseCategoricalCrossentropy{}}}}
	p, all := perSample(t, m, Pairs(x, y), e)
	for k, name := range p.Names()[1:] {
		if got, want := p.Value(k+1, numbered(3)), all.Of(name); !(math.Abs(got-want) < 1e-6) {
			t.Errorf("%s: %v, evaluation %v", name, got, want)
		}
	}
}

// TestPerSampleWeighted: what is kept of each sample is counted by its weight in the loss and in weighted metrics, with
// a mask and without one: some of the samples have the metrics of an evaluation of these. Weights by hand in
// TestWeightedMetrics.
func TestPerSampleWeighted(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{4, 1}}, layer.Masking{Value: -9},
		layer.SimpleRNN{Units: 3, ReturnSequences: true}, layer.Dense{Units: 3, Activation: "softmax"})
	if err := m.Build(5); err != nil {
		t.Fatal(err)
	}
	x := tensor.Of([]float32{1, 2, -9, -9, 3, 1, 2, -9, 1, 1, 1, 1}, 3, 4, 1)
	y := tensor.Of([]int32{0, 1, 2, 2, 1, 2, 0, 1, 2, 0, 1, 2}, 3, 4)
	w := []float32{1, 2, 5}
	for _, how := range []string{"sum_over_batch_size", "mean_with_sample_weight"} {
		e := Evaluation{Loss: loss.SparseCategoricalCrossentropy{Base: loss.Base{Reduction: how}},
			Metrics: []metric.Metric{metric.Accuracy{}}, WeightedMetrics: []metric.Metric{metric.Accuracy{}}}
		d := Pairs(x, y)
		d.Weights = tensor.Of(w, 3)
		p, all := perSample(t, m, d, e)
		few := Pairs(x.Rows(1, 3), y.Rows(1, 3))
		few.Weights = tensor.Of(w[1:], 2)
		_, some := perSample(t, m, few, e)
		if got := p.Names(); len(got) != 3 || got[2] != "weighted_accuracy" {
			t.Errorf("names %v", got)
		}
		for k, name := range p.Names() {
			if got, want := p.Value(k, numbered(3)), all.Of(name); !(math.Abs(got-want) < 1e-6) {
				t.Errorf("%s, %s: %v, evaluation %v", how, name, got, want)
			}
			if got, want := p.Value(k, []int{1, 2}), some.Of(name); !(math.Abs(got-want) < 1e-6) {
				t.Errorf("%s, %s of some: %v, evaluation %v", how, name, got, want)
			}
		}
	}
}
