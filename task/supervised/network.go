package supervised

import (
	"gorae/data"
	"gorae/layer"
	"gorae/tensor"
)

// smallestPicture is the side from which a picture is worth two poolings.
const smallestPicture = 12

// IsPicture reports whether samples [height, width, channels] have the shape of a grey or colour picture of some size.
func IsPicture(s tensor.Shape) bool {
	return len(s) == 3 && min(s[0], s[1]) >= smallestPicture && (s[2] == 1 || s[2] == 3)
}

// Hidden returns the layers of a default network before its outputs for samples of a shape: two hidden layers of 64
// nodes; for pictures convolutions of 32, 64 and then 128 filters, each halved by a pooling, two of them and as many as
// bring the longer side to 16, and one hidden layer.
func Hidden(sample tensor.Shape) []layer.Layer {
	dense := layer.Dense{Units: 64, Activation: "relu"}
	shape, format := sample, ""
	if data.ChannelsFirst(sample) {
		shape, format = tensor.Shape{sample[1], sample[2], sample[0]}, "channels_first"
	}
	if !IsPicture(shape) {
		if len(sample) > 1 {
			return []layer.Layer{layer.Flatten{}, dense, dense}
		}
		return []layer.Layer{dense, dense}
	}
	var out []layer.Layer
	for i, side := 0, max(shape[0], shape[1]); i < 2 || side > 16 && min(shape[0], shape[1])>>i > 1; i, side = i+1,
		side/2 {
		out = append(out,
			layer.Conv2D{Filters: min(32<<i, 128), KernelSize: []int{3, 3}, Padding: "same", DataFormat: format,
				Activation: "relu"},
			layer.MaxPooling2D{PoolSize: []int{2, 2}, DataFormat: format})
	}
	return append(out, layer.Flatten{}, layer.Dropout{Rate: 0.3}, dense)
}
