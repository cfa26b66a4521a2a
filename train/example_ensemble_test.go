package train_test

import (
	"context"
	"fmt"
	"log"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// Five networks tell whether a sum is above 0. Each learns without its fold of the samples and is evaluated on it, so
// that all 200 samples are learnt from and evaluated on; the model is their mean.
func ExampleEnsemble() {
	const n = 200
	x, y := tensor.New(tensor.Float32, n, 2), tensor.New(tensor.Float32, n, 1)
	for i := range n {
		a, b := float32(i%20-10)/10, float32(i*7%30-15)/10
		x.F32[2*i], x.F32[2*i+1] = a, b
		if a+b > 0 {
			y.F32[i] = 1
		}
	}
	var networks []*model.Model
	for range 5 {
		networks = append(networks, model.Sequential(
			layer.Input{Shape: []int{2}},
			layer.Dense{Units: 16, Activation: "relu"},
			layer.Dense{Units: 1, Activation: "sigmoid"},
		))
	}
	m := model.Ensemble(networks...)
	folds, err := data.Folds(n, len(networks), data.Random, nil, 1)
	if err != nil {
		log.Fatal(err)
	}
	h, err := train.Fit(context.Background(), m, train.Pairs(x, y), train.Config{
		Loss: loss.BinaryCrossentropy{}, Metrics: []metric.Metric{metric.BinaryAccuracy{}},
		Optimizer: optim.Adam{LearningRate: 0.02}, Epochs: 20,
		Ensemble: &train.Ensemble{Networks: networks, Folds: folds},
	})
	if err != nil {
		log.Fatal(err)
	}
	last := h.Rows[len(h.Rows)-1].Metrics
	fmt.Printf("right out of fold: more than 95 %%: %v\n", last.Of("val_binary_accuracy") > 0.95)
	fmt.Println("networks:", len(m.Networks()))
	// Output:
	// right out of fold: more than 95 %: true
	// networks: 5
}
