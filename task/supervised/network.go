package supervised

import (
	"fmt"

	"gorae/data"
	"gorae/layer"
	"gorae/spec"
	"gorae/tensor"
)

// smallestPicture is the side from which a picture is worth halving twice.
const smallestPicture = 12

// IsPicture reports whether samples [height, width, channels] have the shape of a grey or colour picture of some size.
func IsPicture(s tensor.Shape) bool {
	return len(s) == 3 && min(s[0], s[1]) >= smallestPicture && (s[2] == 1 || s[2] == 3)
}

// Hidden returns the steps of a default network before its outputs for samples of a shape: two hidden layers of 64
// nodes, or, for pictures, a residual network.
func Hidden(sample tensor.Shape) []spec.Step {
	shape, format := sample, ""
	if data.ChannelsFirst(sample) {
		shape, format = tensor.Shape{sample[1], sample[2], sample[0]}, "channels_first"
	}
	if IsPicture(shape) {
		return residual(shape, format)
	}
	dense := layer.Dense{Units: 64, Activation: "relu"}
	if len(sample) > 1 {
		return spec.Steps(layer.Flatten{}, dense, dense)
	}
	return spec.Steps(dense, dense)
}

// The residual network of pictures.
const (
	firstFilters = 16
	mostFilters  = 128
	largestSide  = 64 // from which a pooling before the first stage halves pictures
	smallestSide = 8  // which no stage halves
	lastDropout  = 0.2
	// Keras's 0.99 takes hundreds of batches to forget the first statistics, which few pictures do not have.
	statisticsMomentum = 0.9
)

// residual returns a residual network with batch normalisation (He et al., "Deep residual learning for image
// recognition", 2016): a convolution of 16 filters, then stages of two convolutions whose input is added to their
// result, the second and each further one with twice the filters on half the side, at least three and as many as bring
// the longer side to 8; the mean of each filter; dropout.
func residual(shape tensor.Shape, format string) []spec.Step {
	r := &builder{format: format}
	side, short := max(shape[0], shape[1]), min(shape[0], shape[1])
	r.conv("stem", firstFilters, 3, 1)
	r.relu("stem_relu")
	for i := 1; side > largestSide && short > smallestSide; i++ {
		r.add(fmt.Sprintf("pool%d", i), layer.MaxPooling2D{PoolSize: []int{2, 2}, DataFormat: format})
		side, short = side/2, short/2
	}
	filters := firstFilters
	for i := 1; i <= 3 || side > smallestSide && short > 1; i++ {
		stride := 1
		if i > 1 {
			stride, side, short = 2, (side+1)/2, (short+1)/2
			filters = min(2*filters, mostFilters)
		}
		r.stage(fmt.Sprintf("stage%d", i), filters, stride)
	}
	r.add("pool", layer.GlobalAveragePooling2D{DataFormat: format})
	return append(r.steps, spec.Steps(layer.Dropout{Rate: lastDropout})...)
}

// builder writes down the steps of a network of pictures.
type builder struct {
	format string
	steps  []spec.Step
}

// add adds a layer behind others, or behind the step before, and returns its name.
func (b *builder) add(name string, l layer.Layer, from ...string) string {
	b.steps = append(b.steps, spec.Step{Name: name, Layer: l, Inputs: from})
	return name
}

// conv adds a convolution with batch normalisation, which makes its bias superfluous.
func (b *builder) conv(name string, filters, kernel, stride int, from ...string) string {
	b.add(name, layer.Conv2D{Filters: filters, KernelSize: []int{kernel, kernel}, Strides: []int{stride, stride},
		Padding: "same", DataFormat: b.format, NoBias: true}, from...)
	momentum := statisticsMomentum
	n := layer.BatchNormalization{Momentum: &momentum}
	if b.format != "" {
		first := 1
		n.Axis = &first
	}
	return b.add(name+"_norm", n)
}

func (b *builder) relu(name string) string { return b.add(name, layer.ReLU{}) }

// stage adds two convolutions and the shortcut around them, with a convolution of its own where the shape changes.
func (b *builder) stage(name string, filters, stride int) {
	before := b.steps[len(b.steps)-1].Name
	b.conv(name+"_conv1", filters, 3, stride)
	b.relu(name + "_relu1")
	through := b.conv(name+"_conv2", filters, 3, 1)
	around := before
	if stride > 1 {
		around = b.conv(name+"_shortcut", filters, 1, stride, before)
	}
	b.add(name+"_sum", layer.Add{}, through, around)
	b.relu(name + "_relu2")
}
