package main

import (
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
)

// The larger networks, whose weights outgrow the second-level cache. L7 is lstm512.
func init() {
	networks["L1"] = func() network {
		return classifier(10, layer.Input{Shape: []int{784}}, relu(2048), relu(2048), layer.Dense{Units: 10})
	}
	networks["L2"] = resnet18
	networks["L3"] = func() network {
		return network{model.Sequential(layer.Input{Shape: []int{100, 32}},
			layer.LSTM{Units: 256, ReturnSequences: true}, layer.LSTM{Units: 256}, layer.Dense{Units: 1}),
			loss.MeanSquaredError{}, 0, 0, false}
	}
	networks["L4"] = encoders
	networks["L5"] = func() network {
		return network{model.Sequential(layer.Input{Shape: []int{100}, DType: "int32"},
			layer.Embedding{InputDim: 20000, OutputDim: 256}, layer.GRU{Units: 512}, layer.Dense{Units: 1}),
			loss.BinaryCrossentropy{FromLogits: true}, 20000, 0, false}
	}
	networks["L6"] = func() network {
		return network{model.Sequential(layer.Input{Shape: []int{32}}, relu(256), relu(256), relu(256),
			layer.Dense{Units: 1}), loss.MeanSquaredError{}, 0, 0, false}
	}
	networks["L7"] = networks["lstm512"]
}

// resnet18 is the residual network of 18 layers (He et al. 2016) for pictures of 32×32: the first convolution 3×3, no
// pooling after it.
func resnet18() network {
	in := model.Input("x", 32, 32, 3)
	norm := func(filters, size, stride int, x *model.Value) *model.Value {
		c := layer.Conv2D{Filters: filters, KernelSize: []int{size}, Strides: []int{stride}, Padding: "same",
			NoBias: true}
		return model.Apply(layer.BatchNormalization{}, model.Apply(c, x))
	}
	x := model.Apply(layer.ReLU{}, norm(64, 3, 1, in))
	for i, filters := range []int{64, 128, 256, 512} {
		for j := range 2 {
			stride, way := 1, x
			if i > 0 && j == 0 {
				stride = 2
				way = norm(filters, 1, 2, x)
			}
			y := model.Apply(layer.ReLU{}, norm(filters, 3, stride, x))
			y = norm(filters, 3, 1, y)
			x = model.Apply(layer.ReLU{}, model.Apply(layer.Add{}, y, way))
		}
	}
	y := model.Apply(layer.Dense{Units: 10}, model.Apply(layer.GlobalAveragePooling2D{}, x))
	return network{model.New([]*model.Value{in}, []*model.Value{y}),
		loss.SparseCategoricalCrossentropy{FromLogits: true}, 0, 10, false}
}

// encoders are four encoder layers of a transformer (Vaswani et al. 2017; normalized before each part) over 128 ids: 4
// heads, 128 features, 512 in between, and the mean over the steps.
func encoders() network {
	const steps, features = 128, 128
	in := model.Apply(layer.Input{Shape: []int{steps}, DType: "int32"})
	x := model.Apply(layer.TokenAndPositionEmbedding{VocabularySize: 10000, SequenceLength: steps,
		EmbeddingDim: features}, in)
	norm := layer.LayerNormalization{}
	for range 4 {
		y := model.Apply(norm, x)
		x = model.Apply(layer.Add{}, x,
			model.Apply(layer.MultiHeadAttention{NumHeads: 4, KeyDim: features / 4}, y, y))
		y = model.Apply(layer.Dense{Units: 512, Activation: "gelu"}, model.Apply(norm, x))
		x = model.Apply(layer.Add{}, x, model.Apply(layer.Dense{Units: features}, y))
	}
	y := model.Apply(layer.Dense{Units: 10}, model.Apply(layer.GlobalAveragePooling1D{}, x))
	return network{model.New([]*model.Value{in}, []*model.Value{y}),
		loss.SparseCategoricalCrossentropy{FromLogits: true}, 10000, 10, false}
}
