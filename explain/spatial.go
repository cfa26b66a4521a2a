package explain

import (
	"context"
	"fmt"
	"slices"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// featureLayer is a layer whose output has spatial axes: [samples, rows, columns, channels], or channels first.
type featureLayer struct {
	name  string
	first bool // [samples, channels, rows, columns]
}

// featureLayers lists the layers whose outputs have spatial axes, in order, without the input.
func featureLayers(m *model.Model) (out []featureLayer) {
	layers := m.Layers()
	first := firstFrom(layers)
	for i, l := range layers {
		switch f := format(l); f {
		case 0:
		case layer.ReordersAxes:
			first = firstFrom(layers[i+1:]) // the output has the order of the next layer
		default:
			first = f == layer.ChannelsFirst
		}
		u, err := m.Upto(l.Name())
		if err != nil || slices.Contains(m.InputNames(), l.Name()) {
			continue
		}
		if t := u.OutputTypes(1); len(t) == 1 && len(t[0].Shape) == 4 {
			p := featureLayer{l.Name(), first}
			if s := p.order(t[0].Shape); s[1]*s[2] > 1 {
				out = append(out, p)
			}
		}
	}
	return out
}

// HasMaps reports whether a network has layers with spatial axes, whose feature maps can be drawn.
func HasMaps(m *model.Model) bool { return len(featureLayers(m)) > 0 }

// format returns the data format of a layer's input and output, 0 if the layer takes any.
func format(l *model.Instance) layer.Format {
	switch f := layer.TraitsOf(l.Layer).Format; f {
	case layer.ChannelsFirst, layer.ChannelsLast, layer.ReordersAxes:
		return f
	}
	return 0
}

// firstFrom reports whether the first layer that has a data format takes channels first. The input of a layer that
// reorders the axes has the channels last, as is usual.
func firstFrom(layers []*model.Instance) bool {
	for _, l := range layers {
		if f := format(l); f != 0 {
			return f == layer.ChannelsFirst
		}
	}
	return false
}

// order returns a shape with the channels last.
func (p featureLayer) order(s tensor.Shape) tensor.Shape {
	if p.first {
		return tensor.Shape{s[0], s[2], s[3], s[1]}
	}
	return s
}

// picture returns an output with the channels last.
func (p featureLayer) picture(a *tensor.Tensor) *tensor.Tensor {
	if !p.first {
		return a
	}
	out := tensor.New(tensor.Float32, p.order(a.Shape)...)
	channels, size := a.Shape[1], a.Shape[2]*a.Shape[3]
	for i := range out.F32 {
		sample, at, c := i/(channels*size), i/channels%size, i%channels
		out.F32[i] = a.F32[(sample*channels+c)*size+at]
	}
	return out
}

// of returns the layer's output for the input x.
func (p featureLayer) of(ctx context.Context, m *model.Model, x *tensor.Tensor) (*tensor.Tensor, error) {
	u, err := m.Upto(p.name)
	if err != nil {
		return nil, err
	}
	y, err := u.Predict(ctx, x)
	if err == nil {
		err = u.Finite(y, []*tensor.Tensor{x})
	}
	if err != nil {
		return nil, err
	}
	return p.picture(y[0]), nil
}

// Canvas returns the picture that a network takes as its input x, [1, rows, columns, channels]: x itself with the
// channels last, or, where x is flat, the output of the first layer with spatial axes, such as a reshape.
func Canvas(ctx context.Context, m *model.Model, x *tensor.Tensor) (*tensor.Tensor, error) {
	if len(x.Shape) == 4 {
		return featureLayer{first: firstFrom(m.Layers())}.picture(x), nil
	}
	if all := featureLayers(m); len(all) > 0 {
		if a, err := all[0].of(ctx, m, x); err != nil || a.Shape[3] == 1 || a.Shape[3] == 3 {
			return a, err
		}
	}
	return nil, fmt.Errorf("model %q sees no picture in samples of shape %v; explain takes pictures (rows, columns, "+
		"channels), or rows that the first layer reshapes to such", m.Name, tensor.Shape(x.Shape[1:]))
}
