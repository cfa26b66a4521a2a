package main

import (
	"math/rand/v2"

	"gorae/graph"
	"gorae/layer"
	"gorae/loss"
	"gorae/model"
	"gorae/weight"
)

// studies are those of -scale, in order.
func studies() []study {
	return []study{batchStudy("batch:mlp", "batch, 784-512-512-10", networks["mlp"]),
		batchStudy("batch:cnn", "batch, three convolutions on 32×32×3", func() network { return pictures(32) }),
		imageStudy(), widthStudy(), depthStudy(), stepStudy(),
		{name: "rows", title: "rows of 20 columns, 64-64 relu, batch 256", axis: "rows", unit: "ns a row",
			run: rowStudy},
		{name: "threads", title: "threads, a training step: 1 and 2 measured, 2 to 64 simulated", run: threadStudy}}
}

// doubled are the powers of two from one number to another.
func doubled(from, to int) (x []int) {
	for ; from <= to; from *= 2 {
		x = append(x, from)
	}
	return x
}

func batchStudy(name, title string, n func() network) study {
	s := study{name: name, title: title, axis: "samples of a batch", unit: "µs a sample",
		micro: true}
	for _, b := range doubled(1, 4096) {
		s.points = append(s.points, point{float64(b), n, b, b})
	}
	return s
}

// pictures is a network of three convolutions for pictures of any size.
func pictures(side int) network {
	return classifier(10, layer.Input{Shape: []int{side, side, 3}}, conv2(16, "same"), layer.MaxPooling2D{},
		conv2(32, "same"), layer.MaxPooling2D{}, conv2(64, "same"), layer.GlobalAveragePooling2D{},
		layer.Dense{Units: 10})
}

func imageStudy() study {
	const batch = 16
	s := study{name: "image", title: "side of an image, three convolutions, batch 16", axis: "pixels a side",
		unit: "ns a pixel"}
	for _, side := range []int{16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224} {
		s.points = append(s.points, point{float64(side), func() network { return pictures(side) }, batch,
			batch * side * side})
	}
	return s
}

func widthStudy() study {
	const batch = 64
	s := study{name: "width", title: "width, two layers of as many units as inputs, batch 64", axis: "units a layer",
		unit: "ns a sample and weight"}
	for _, units := range doubled(32, 4096) {
		s.points = append(s.points, point{float64(units), func() network {
			return classifier(10, layer.Input{Shape: []int{units}}, relu(units), relu(units), layer.Dense{Units: 10})
		}, batch, batch * (2*units*(units+1) + 10*(units+1))})
	}
	return s
}

func depthStudy() study {
	const batch, units = 64, 256
	s := study{name: "depth", title: "depth, layers of 256 units, batch 64", axis: "layers",
		unit: "ns a sample and layer"}
	for _, depth := range doubled(1, 128) {
		s.points = append(s.points, point{float64(depth), func() network {
			ls := []layer.Layer{layer.Input{Shape: []int{units}}}
			for range depth {
				ls = append(ls, layer.Dense{Units: units, Activation: "relu", Kernel: weight.HeNormal{}})
			}
			return classifier(10, append(ls, layer.Dense{Units: 10})...)
		}, batch, batch * depth})
	}
	return s
}

func stepStudy() study {
	const batch = 8
	s := study{name: "steps", title: "steps of an LSTM of 64 units, batch 8", axis: "steps",
		unit: "ns a sample and step"}
	for _, steps := range []int{10, 30, 100, 300, 1000, 3000, 10000} {
		s.points = append(s.points, point{float64(steps), func() network {
			return series(steps, layer.LSTM{Units: 64})
		}, batch, batch * steps})
	}
	return s
}

// predictBytes is the memory of the plan that predicts a batch, of which each run takes what PredictBatch says.
func (n network) predictBytes(size int) (float64, error) {
	in, err := n.batch(rand.New(rand.NewPCG(1, 1)), min(size, n.model.PredictBatch()))
	if err != nil {
		return 0, err
	}
	p := model.NewProgram(func(t *model.Trace, in []*graph.Node) model.Traced {
		return model.Traced{Outputs: n.model.Trace(t, in...)}
	}, model.ProgramConfig{Models: []*model.Model{n.model}})
	c, err := p.Prepare(in[:len(in)-1]...)
	if err != nil {
		return 0, err
	}
	return float64(c.Bytes()), nil
}

// rowNetwork is the network of the study of rows.
func rowNetwork() network {
	return network{model.Sequential(layer.Input{Shape: []int{rowColumns}}, relu(64), relu(64), layer.Dense{Units: 1}),
		loss.MeanSquaredError{}, 0, 0, false}
}
