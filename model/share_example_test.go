package model_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorae/format/keras"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// An encoder stands in an autoencoder and in a classifier. The second model is made after the first was built: the
// built instance keeps its weights, and both models have the same ones.
func ExampleShare() {
	encoder := model.Share(layer.Dense{Base: layer.Base{Name: "encoder"}, Units: 2})
	x := model.Input("x", 4)
	auto := model.New([]*model.Value{x}, []*model.Value{model.Apply(layer.Dense{Units: 4}, encoder.Apply(x))})
	if err := auto.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	z := model.Input("z", 4)
	classifier := model.New([]*model.Value{z}, []*model.Value{model.Apply(layer.Dense{Units: 3}, encoder.Apply(z))})
	if err := classifier.Build(2); err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range []*model.Model{auto, classifier} {
		m.Store().Var("encoder/bias").Value.F32[0]++
		fmt.Println(auto.Store().Var("encoder/bias").Value.F32[0], classifier.Store().Var("encoder/bias").Value.F32[0])
	}
	fmt.Println(len(model.TrainableWeights(auto, classifier)), "weights in all")
	// Output:
	// 1 1
	// 2 2
	// 6 weights in all
}

// A part of a built model is a layer of another one, with the same weights.
func ExampleModel_Upto() {
	m := model.Sequential(layer.Input{Shape: []int{2}},
		layer.Dense{Base: layer.Base{Name: "hidden"}, Units: 2},
		layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	base, err := m.Upto("hidden")
	if err != nil {
		fmt.Println(err)
		return
	}
	base.Name = "base"
	other := model.Sequential(layer.Input{Shape: []int{2}}, base, layer.Rescaling{Scale: layer.Number(10.0)})
	if err := other.Build(2); err != nil {
		fmt.Println(err)
		return
	}
	copy(m.Store().Var("hidden/kernel").Value.F32, []float32{1, 2, 3, 4}) // [inputs, units]
	y, err := other.Predict(context.Background(), tensor.Of([]float32{1, 1}, 1, 2))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(y[0].F32)
	// Output: [40 60]
}

// A frozen layer does not move, and neither do the averages of a frozen batch normalization. What is frozen is saved
// with the model, and can be freed at any time.
func ExampleInstance_SetTrainable() {
	m := model.Sequential(layer.Input{Shape: []int{1}},
		layer.Dense{Units: 1}, layer.BatchNormalization{}, layer.Dense{Units: 1})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	m.Layers()[1].SetTrainable(false)
	m.Layers()[2].SetTrainable(false)
	var file bytes.Buffer
	if err := keras.Save(&file, m); err != nil {
		fmt.Println(err)
		return
	}
	n, _, err := keras.Load(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	fit := func() {
		before := map[string][]float32{}
		for _, v := range n.Store().Vars() {
			before[v.Path] = slices.Clone(v.Value.F32)
		}
		x, y := tensor.Of([]float32{1, 2, 3, 4}, 4, 1), tensor.Of([]float32{2, 1, 4, 8}, 4, 1)
		if _, err := train.Fit(context.Background(), n, train.Pairs(x, y), train.Config{
			Loss: loss.MeanSquaredError{}, Optimizer: optim.SGD{LearningRate: 0.1}, Epochs: 1}); err != nil {
			fmt.Println(err)
			return
		}
		moved := map[string]int{}
		for _, v := range n.Store().Vars() {
			if layer, _, _ := strings.Cut(v.Path, "/"); !slices.Equal(before[v.Path], v.Value.F32) {
				moved[layer]++
			}
		}
		fmt.Println(moved)
	}
	fmt.Print("frozen: ")
	fit()
	n.Layers()[2].SetTrainable(true)
	fmt.Print("free: ")
	fit()
	// Output:
	// frozen: map[dense_1:2]
	// free: map[batch_normalization:4 dense_1:2]
}
