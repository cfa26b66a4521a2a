// Command library does in Go what gorae train does from an experiment file: it trains a network on the embedded digits,
// evaluates it once on rows kept apart, and predicts.
package main

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
	"gorae/train"
)

func main() {
	ctx := context.Background()
	sample, err := data.FindSample("digits")
	if err != nil {
		log.Fatal(err)
	}
	a, err := sample.Images() // 1797 pictures of 8×8×1 bytes, 0 to 16, and their labels
	if err != nil {
		log.Fatal(err)
	}
	all, err := data.Of(a.X, a.Y)
	if err != nil {
		log.Fatal(err)
	}
	training, validate, test, err := data.Split(all.Len(), 0.15, 0.15, data.Random, nil, 1)
	if err != nil {
		log.Fatal(err)
	}
	part := func(rows []int) train.Data { return train.Data{Source: data.Subset{Dataset: all, Rows: rows}} }
	validation := part(validate)

	m := model.Sequential(
		layer.Input{Shape: []int{8, 8, 1}},
		layer.Rescaling{Scale: layer.Number(1.0 / 16)},
		layer.Flatten{},
		layer.Dense{Units: 64, Activation: "relu"},
		layer.Dropout{Rate: 0.2},
		layer.Dense{Units: 10, Activation: "softmax"},
	)
	accuracy := []metric.Metric{metric.Accuracy{}}
	history, err := train.Fit(ctx, m, part(training), train.Config{
		Loss:       loss.SparseCategoricalCrossentropy{},
		Optimizer:  optim.Adam{},
		Metrics:    accuracy,
		Validation: &validation,
		Epochs:     60,
		KeepBest:   true,
		Seed:       1,
	})
	if err != nil {
		log.Fatal(err)
	}
	metrics, err := train.Evaluate(ctx, m, part(test), loss.SparseCategoricalCrossentropy{}, accuracy, 0)
	if err != nil {
		log.Fatal(err)
	}
	p, err := m.Predict(ctx, a.X.Rows(test[0], test[0]+1))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("best epoch %d; test %v\n", history.Best, metrics)
	fmt.Printf("a picture of a %s: %.2f\n", a.Classes[a.Y.I32[test[0]]], p[0].F32)
}
