package model_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"gorae/data"
	"gorae/layer"
	"gorae/loss"
	"gorae/metric"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// digitsIn are the embedded sample's images of the digits from lowest to lowest+4, labelled 0 to 4: every fifth
// image is kept for testing.
func digitsIn(lowest int32) (training, test train.Data, err error) {
	s, err := data.FindSample("digits")
	if err != nil {
		return training, test, err
	}
	all, err := s.Images()
	if err != nil {
		return training, test, err
	}
	var parts [2]struct {
		x []float32
		y []int32
	}
	for i, label := range all.Y.I32 {
		if label < lowest || label > lowest+4 {
			continue
		}
		p := &parts[0]
		if (len(parts[0].y)+len(parts[1].y))%5 == 4 {
			p = &parts[1]
		}
		image := all.X.Rows(i, i+1)
		for k := range image.Len() {
			p.x = append(p.x, float32(image.Float(k)/16))
		}
		p.y = append(p.y, label-lowest)
	}
	pairs := func(k int) train.Data {
		n := len(parts[k].y)
		return train.Pairs(tensor.Of(parts[k].x, n, 8, 8, 1), tensor.Of(parts[k].y, n))
	}
	return pairs(0), pairs(1), nil
}

// fit trains for some epochs and returns the accuracy on the test set.
func fit(m *model.Model, rate float64, epochs int, training, test train.Data) (float64, error) {
	c := train.Config{
		Loss:      loss.SparseCategoricalCrossentropy{},
		Metrics:   []metric.Metric{metric.Accuracy{}},
		Optimizer: optim.Adam{LearningRate: rate},
		Epochs:    epochs, Seed: 1,
	}
	if _, err := train.Fit(context.Background(), m, training, c); err != nil {
		return 0, err
	}
	f, err := train.Evaluate(context.Background(), m, test, c.Loss, c.Metrics, 0)
	return f.Of("accuracy"), err
}

// classifier is five classes on top of a convolutional base.
func classifier(base *model.Model) *model.Model {
	return model.Sequential(layer.Input{Shape: []int{8, 8, 1}}, base, layer.Dense{Units: 5, Activation: "softmax"})
}

func convolutional() *model.Model {
	return model.Sequential(
		layer.Input{Shape: []int{8, 8, 1}},
		layer.Conv2D{Filters: 12, KernelSize: []int{3}, NoBias: true},
		layer.BatchNormalization{},
		layer.ReLU{},
		layer.MaxPooling2D{},
		layer.Conv2D{Filters: 24, KernelSize: []int{2}, Activation: "relu"},
		layer.Flatten{},
	)
}

// Transfer learning: a base learns on the digits 0 to 4, is frozen, and serves a new head for the digits 5 to 9; then
// it is freed and fine-tuned with a small rate.
func Example_transferLearning() {
	base := convolutional()
	training, test, err := digitsIn(0)
	if err != nil {
		fmt.Println(err)
		return
	}
	accuracy, err := fit(classifier(base), 0.003, 10, training, test)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("digits 0 to 4, accuracy above 0.97:", accuracy > 0.97)

	base.SetTrainable(false)
	other := classifier(base) // the same base with another head
	if training, test, err = digitsIn(5); err != nil {
		fmt.Println(err)
		return
	}
	if accuracy, err = fit(other, 0.01, 10, training, test); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("digits 5 to 9 on the frozen base, above 0.9:", accuracy > 0.9)
	fmt.Println("parameters that moved:", other.Summary().Trainable)

	base.SetTrainable(true)
	tuned, err := fit(other, 0.0003, 10, training, test)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("fine-tuned, better:", tuned > accuracy)
	// Output:
	// digits 0 to 4, accuracy above 0.97: true
	// digits 5 to 9 on the frozen base, above 0.9: true
	// parameters that moved: 485
	// fine-tuned, better: true
}

// TestTransfer: while the base is frozen, no bit of it changes, weights and averages, and all do afterwards; the model
// that it came from changes with it.
func TestTransfer(t *testing.T) {
	base := convolutional()
	training, test, err := digitsIn(0)
	if err != nil {
		t.Fatal(err)
	}
	first := classifier(base)
	accuracy := func(m *model.Model, rate float64, epochs int) float64 {
		t.Helper()
		a, err := fit(m, rate, epochs, training, test)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := accuracy(first, 0.003, 5)
	if err := base.Build(1); err != nil { // it has the weights that the classifier trained
		t.Fatal(err)
	}
	trained := base.Store().Snapshot()
	base.SetTrainable(false)
	other := classifier(base)
	if training, test, err = digitsIn(5); err != nil {
		t.Fatal(err)
	}
	b := accuracy(other, 0.01, 5)
	if !slices.Equal(base.Store().Snapshot(), trained) {
		t.Error("a frozen base has changed")
	}
	for _, v := range other.Store().Vars() {
		if first.Store().Var(v.Path).Value == v.Value != (v.Path[:5] != "dense") {
			t.Errorf("%s is shared, or is not", v.Path)
		}
	}
	base.SetTrainable(true)
	before := map[string][]float32{}
	for _, v := range base.Store().Vars() {
		before[v.Path] = slices.Clone(v.Value.F32)
	}
	c := accuracy(other, 0.0003, 5)
	for _, v := range base.Store().Vars() {
		if slices.Equal(before[v.Path], v.Value.F32) {
			t.Errorf("%s of the base does not move once it is free", v.Path)
		}
	}
	t.Logf("digits 0 to 4: %.4f; 5 to 9 on the frozen base: %.4f; fine-tuned: %.4f", a, b, c)
	if a < 0.9 || b < 0.85 || c < b-0.01 {
		t.Errorf("accuracies %.4f, %.4f, %.4f", a, b, c)
	}
}
