// Command predict is the smallest program that predicts: a model file is part of it, a sample is a value of Go, and so
// is the answer. It links neither the drawing of pictures nor YAML.
//
//	go build ./examples/predict && ./predict
//
// iris.keras was made by: gorae train examples/iris.yaml
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"strings"

	"gorae/bundle"
	_ "gorae/task/tabular/fitted" // the kind of data that the model was trained on
)

//go:embed iris.keras
var file string

// flower is a sample: the fields are columns of the table that the model was trained on, found by their names. A
// pointer may be nil, where a value is missing.
type flower struct {
	SepalLength, SepalWidth float64
	PetalLength             *float64
	Petal                   float32 `gorae:"petal_width"`
}

// answer is a prediction: the class, and the probability of each.
type answer struct {
	Species string
	P       map[string]float64
}

func main() {
	b, err := bundle.Read(strings.NewReader(file), int64(len(file)), "iris.keras")
	if err != nil {
		fail(err)
	}
	length := 5.9
	answers, err := bundle.Predictions[answer](context.Background(), b, []flower{
		{SepalLength: 6, SepalWidth: 3, PetalLength: &length, Petal: 2.4},
		{SepalLength: 5, SepalWidth: 3.5, Petal: 0.2},
	})
	if err != nil {
		fail(err)
	}
	for _, a := range answers {
		fmt.Printf("%s, %.0f %%\n", a.Species, 100*a.P[a.Species])
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
