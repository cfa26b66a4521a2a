package generative

import (
	"gorae/data"
	"gorae/generative"
	"gorae/layer"
	"gorae/model"
	"gorae/spec"
	"gorae/task"
	"gorae/tensor"
	"gorae/weight"
)

// dense is the number of values of a picture up to which a VAE without filters has dense layers alone.
const dense = 1024

// network sets the widths of the default networks.
func (s *Settings) network(shape tensor.Shape) {
	if s.Filters == 0 && halvings(shape) > 0 && (s.Kind == gan || shape.Size() > dense) {
		s.Filters = 32
	}
	if s.Hidden == 0 {
		s.Hidden = 400
		if s.Filters > 0 {
			s.Hidden = 256
		}
	}
}

// halvings is how often height and width can be halved without going below 4.
func halvings(shape tensor.Shape) int {
	n := 0
	for h, w := shape[0], shape[1]; h%2 == 0 && w%2 == 0 && min(h, w) >= 8; h, w = h/2, w/2 {
		n++
	}
	return n
}

// smallest is the shape of the features between convolutions and dense layers.
func (s *Settings) smallest(shape tensor.Shape) []int {
	n := halvings(shape)
	return []int{shape[0] >> n, shape[1] >> n, s.Filters << max(0, n-1)}
}

func named(name string) layer.Base { return layer.Base{Name: name} }

// encoder returns the layers of a VAE between the picture and μ, log σ².
func (s *Settings) encoder(shape tensor.Shape) []layer.Layer {
	var layers []layer.Layer
	if s.Filters > 0 {
		for i := range halvings(shape) {
			layers = append(layers, layer.Conv2D{Filters: s.Filters << i, KernelSize: []int{4, 4}, Strides: []int{2, 2},
				Padding: "same", Activation: "relu"})
		}
	}
	return append(layers, layer.Flatten{}, layer.Dense{Base: named("encoded"), Units: s.Hidden, Activation: "relu"})
}

// decoder returns the layers of a VAE between z and the picture.
func (s *Settings) decoder(shape tensor.Shape) []layer.Layer {
	layers := []layer.Layer{layer.Dense{Units: s.Hidden, Activation: "relu"}}
	if s.Filters == 0 {
		return append(layers, layer.Dense{Units: shape.Size()}, layer.Reshape{Base: named("picture"), Target: shape})
	}
	least := s.smallest(shape)
	layers = append(layers, layer.Dense{Units: tensor.Shape(least).Size(), Activation: "relu"},
		layer.Reshape{Target: least})
	for i := halvings(shape) - 2; i >= 0; i-- {
		layers = append(layers, layer.Conv2DTranspose{Filters: s.Filters << i, KernelSize: []int{4, 4},
			Strides: []int{2, 2}, Padding: "same", Activation: "relu"})
	}
	return append(layers, layer.Conv2DTranspose{Base: named("picture"), Filters: shape[2], KernelSize: []int{4, 4},
		Strides: []int{2, 2}, Padding: "same"})
}

// vaeNetwork returns the network of a VAE, all in one: picture and noise in, picture, mean and log variance out.
func (s *Settings) vaeNetwork(shape tensor.Shape) *spec.Network {
	n := &spec.Network{Outputs: []string{"picture", generative.Mean, generative.LogVariance}}
	add := func(l layer.Layer, from ...string) {
		n.Steps = append(n.Steps, spec.Step{Name: layer.NameOf(l), Layer: l, Inputs: from})
	}
	for i, l := range s.encoder(shape) {
		if i == 0 {
			add(l, generative.ImageInput)
		} else {
			add(l)
		}
	}
	head := generative.Head(s.Latent)
	add(head[0], "encoded")
	add(head[1], "encoded")
	add(head[2], generative.LogVariance)
	add(head[3])
	add(head[4], "deviation", generative.NoiseInput)
	add(head[5], generative.Mean, "spread")
	for _, l := range s.decoder(shape) {
		add(l)
	}
	return n
}

// The first weights of a GAN are normal numbers with the standard deviation 0.02, and its averages of batch
// normalisation follow within tens of steps.
func first() weight.Initializer { return weight.RandomNormal{Stddev: new(0.02)} }

func normal() layer.Layer { return layer.BatchNormalization{Momentum: new(0.9)} }

// generator returns the layers of a GAN between latent numbers and the picture, from −1 to 1.
func (s *Settings) generator(shape tensor.Shape) []layer.Layer {
	relu := layer.Apply{Activation: "relu"}
	if s.Filters == 0 {
		return []layer.Layer{layer.Dense{Units: s.Hidden, NoBias: true}, normal(), relu,
			layer.Dense{Units: s.Hidden, NoBias: true}, normal(), relu,
			layer.Dense{Units: shape.Size(), Activation: "tanh"}, layer.Reshape{Target: shape}}
	}
	least := s.smallest(shape)
	layers := []layer.Layer{layer.Dense{Units: tensor.Shape(least).Size(), NoBias: true, Kernel: first()},
		layer.Reshape{Target: least}, normal(), relu}
	if halvings(shape) == 1 { // small pictures: as deep as two halvings
		layers = append(layers, layer.Conv2D{Filters: s.Filters, KernelSize: []int{3, 3}, Padding: "same", NoBias: true,
			Kernel: first()}, normal(), relu)
	}
	for i := halvings(shape) - 2; i >= 0; i-- {
		layers = append(layers, layer.Conv2DTranspose{Filters: s.Filters << i, KernelSize: []int{4, 4},
			Strides: []int{2, 2}, Padding: "same", NoBias: true, Kernel: first()}, normal(), relu)
	}
	return append(layers, layer.Conv2DTranspose{Filters: shape[2], KernelSize: []int{4, 4}, Strides: []int{2, 2},
		Padding: "same", Activation: "tanh", Kernel: first()})
}

// discriminator returns the layers that tell real pictures from made ones.
func (s *Settings) discriminator(shape tensor.Shape) []layer.Layer {
	leaky := layer.LeakyReLU{NegativeSlope: new(0.2)}
	var layers []layer.Layer
	if s.Filters == 0 {
		layers = append(layers, layer.Flatten{}, layer.Dense{Units: s.Hidden}, leaky,
			layer.Dense{Units: s.Hidden}, leaky)
	}
	for i := range halvings(shape) {
		if s.Filters == 0 {
			break
		}
		layers = append(layers, layer.Conv2D{Filters: s.Filters << i, KernelSize: []int{4, 4}, Strides: []int{2, 2},
			Padding: "same", NoBias: i > 0, Kernel: first()})
		if i > 0 {
			layers = append(layers, normal())
		}
		layers = append(layers, leaky)
	}
	if s.Filters > 0 {
		if halvings(shape) == 1 {
			layers = append(layers, layer.Conv2D{Filters: 2 * s.Filters, KernelSize: []int{3, 3}, Padding: "same",
				NoBias: true, Kernel: first()}, normal(), leaky)
		}
		layers = append(layers, layer.Flatten{})
	}
	return append(layers, layer.Dense{Units: 1})
}

// discriminator is the key of the network that tells real pictures from made ones.
const discriminator = "data.generate.discriminator"

// buildDiscriminator makes the network that the settings name.
func (p *problem) buildDiscriminator() (*model.Model, error) {
	n := p.settings.Discriminator.At(discriminator)
	picture := data.Field{Name: spec.OwnInput, Shape: p.fitted.Sample}
	m, err := p.build(n, []data.Field{picture}, p.seed+1)
	if err != nil {
		return nil, err
	}
	for i, out := range m.OutputTypes(1) {
		if s := tensor.Shape(out.Shape[1:]); i > 0 || !s.Equal(tensor.Shape{1}) {
			return nil, task.Errorf(discriminator, "output %d has the shape %v, but a discriminator has one output of "+
				"one number", i+1, s).AtKey().Fix("end with dense: 1")
		}
	}
	if a := layer.TraitsOf(m.OutputLayers()[0].Layer).Activation; a != "" && a != "linear" {
		return nil, task.Errorf(discriminator, "ends with %s, but its loss takes logits", a).AtKey().
			Fix("leave the activation out")
	}
	m.Name = "discriminator"
	return m, nil
}
