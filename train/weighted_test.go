package train

import (
	"math"
	"slices"
	"testing"

	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/tensor"
	"gorae/weight"
)

// TestWeightedMetrics: by hand. The network gives x itself; three of four samples lie on the right side of 0.5, and the
// weights 1, 2, 3, 4 count the wrong one, the second, as 2 of 10: accuracy 0.75, weighted 0.8. The absolute errors 0.1,
// 0.6, 0.3, 0.2 have the weighted mean (0.1 + 1.2 + 0.9 + 0.8)/10 = 0.3; squared, (0.01 + 0.72 + 0.27 + 0.16)/10 =
// 0.116.
func TestWeightedMetrics(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{1}}, layer.Dense{Units: 1, Kernel: weight.Ones{}})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	d := Pairs(tensor.Of([]float32{0.1, 0.6, 0.7, 0.8}, 4, 1), tensor.Of([]float32{0, 0, 1, 1}, 4, 1))
	d.Weights = tensor.Of([]float32{1, 2, 3, 4}, 4)
	e := Evaluation{Loss: loss.MeanSquaredError{}, Metrics: []metric.Metric{metric.BinaryAccuracy{}},
		WeightedMetrics: []metric.Metric{metric.BinaryAccuracy{}, metric.MeanAbsoluteError{},
			metric.MeanSquaredError{}}}
	ms, err := e.Run(t.Context(), m, d)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"loss", "binary_accuracy", "weighted_binary_accuracy", "mae", "mse"}
	if !slices.Equal(ms.Names(), want) {
		t.Errorf("names %v, want %v", ms.Names(), want)
	}
	for i, want := range []float64{0.29, 0.75, 0.8, 0.3, 0.116} { // the loss is divided by the number of samples
		if math.Abs(ms[i].Value-want) > 1e-6 {
			t.Errorf("%s %v, want %v", ms[i].Name, ms[i].Value, want)
		}
	}
	// Without weights a weighted metric is the metric.
	d.Weights = nil
	if ms, err = e.Run(t.Context(), m, d); err != nil || math.Abs(ms.Of("weighted_binary_accuracy")-0.75) > 1e-6 {
		t.Errorf("without weights: %v, %v", ms, err)
	}
}

// TestWeightedMetricsMasked: steps that the mask leaves out count 0, others as their sample: errors 1 and 3 of the
// first sample, weight 1, and 5 of the second, weight 2, have the mean (1 + 3 + 2·5)/(1 + 1 + 2).
func TestWeightedMetricsMasked(t *testing.T) {
	m := model.Sequential(layer.Input{Shape: []int{2, 1}}, layer.Masking{Value: -9},
		layer.TimeDistributed{Layer: layer.Dense{Units: 1, Kernel: weight.Ones{}}})
	if err := m.Build(1); err != nil {
		t.Fatal(err)
	}
	d := Pairs(tensor.Of([]float32{1, 3, 5, -9}, 2, 2, 1), tensor.Of([]float32{0, 0, 0, 0}, 2, 2, 1))
	d.Weights = tensor.Of([]float32{1, 2}, 2)
	ms, err := Evaluation{Loss: loss.MeanSquaredError{}, WeightedMetrics: []metric.Metric{metric.MeanAbsoluteError{}}}.
		Run(t.Context(), m, d)
	if err != nil || math.Abs(ms.Of("mae")-3.5) > 1e-6 {
		t.Errorf("%v, %v; want 3.5", ms, err)
	}
}
