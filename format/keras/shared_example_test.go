package keras_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"gorae/format"
	"gorae/format/keras"
	"gorae/graph"
	"gorae/layer"
	"gorae/model"
	"gorae/optim"
	"gorae/tensor"
	"gorae/train"
)

// An encoder and the autoencoder that contains it are saved in one file. After loading they still share: a training
// step of the autoencoder changes what the encoder gives.
func ExampleSaveAll() {
	encoder := model.Sequential(layer.Input{Shape: []int{4}}, layer.Dense{Units: 2})
	decoder := model.Sequential(layer.Input{Shape: []int{2}}, layer.Dense{Units: 4})
	encoder.Name, decoder.Name = "encoder", "decoder"
	both := model.Sequential(layer.Input{Shape: []int{4}}, encoder, decoder)
	for _, m := range []*model.Model{encoder, both} {
		if err := m.Build(1); err != nil {
			fmt.Println(err)
			return
		}
	}
	var file bytes.Buffer
	err := keras.SaveAll(&file, &format.File{Model: encoder,
		Models: []format.Named{{Name: "autoencoder", Model: both}}})
	if err != nil {
		fmt.Println(err)
		return
	}

	f, err := keras.LoadAll(bytes.NewReader(file.Bytes()), int64(file.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	encoder, both = f.Model, f.Named("autoencoder")
	x := tensor.Of([]float32{1, 2, 3, 4}, 1, 4)
	before, err := encoder.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	step, err := train.NewStep(func(t *layer.Trace, in []*graph.Node) (*graph.Node, []*graph.Node) {
		return both.Trace(t, in[0])[0].Sub(in[0]).Square().Mean(), nil
	}, nil, optim.SGD{LearningRate: 0.1}, 1, both)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, _, err := step.Run(x); err != nil {
		fmt.Println(err)
		return
	}
	after, err := encoder.Predict(context.Background(), x)
	if err != nil {
		fmt.Println(err)
		return
	}
	one := encoder.Store().Var("dense/kernel").Variable == both.Store().Var("encoder/dense/kernel").Variable
	fmt.Println("one kernel:", one)
	fmt.Println("the encoder has changed:", before[0].F32[0] != after[0].F32[0])
	// Output:
	// one kernel: true
	// the encoder has changed: true
}

// homemade is a layer that was never registered.
type homemade struct{ layer.Base }

// Call implements layer.Layer.
func (homemade) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node { return x }

// A layer that no registry has is refused when the model is saved, with the remedy: nothing could read the file.
func ExampleSave_unregistered() {
	m := model.Sequential(layer.Input{Shape: []int{2}}, homemade{})
	if err := m.Build(1); err != nil {
		fmt.Println(err)
		return
	}
	err := keras.Save(&bytes.Buffer{}, m)
	fmt.Println(strings.ReplaceAll(err.Error(), "; ", ";\n"))
	// Output:
	// keras: homemade: the layer keras_test.homemade is not registered, so no file can name it;
	// call layer.Layers.RegisterOwn(keras_test.homemade{}) in an init function
}
