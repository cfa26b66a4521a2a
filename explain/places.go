package explain

import (
	"context"
	"fmt"
	"slices"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// place is a layer whose output is pictures, [samples, rows, columns, channels], or with the channels first.
type place struct {
	name  string
	first bool // [samples, channels, rows, columns]
}

// places lists the layers whose outputs are pictures, in order, without the input.
func places(m *model.Model) (out []place) {
	layers := m.Layers()
	first := firstFrom(layers)
	for i, l := range layers {
		switch f := format(l); f {
		case 0:
		case layer.ReordersAxes:
			first = firstFrom(layers[i+1:]) // the output has the order that the next layer wants
		default:
			first = f == layer.ChannelsFirst
		}
		u, err := m.Upto(l.Name())
		if err != nil || slices.Contains(m.InputNames(), l.Name()) {
			continue
		}
		if t := u.OutputTypes(1); len(t) == 1 && len(t[0].Shape) == 4 {
			p := place{l.Name(), first}
			if s := p.order(t[0].Shape); s[1]*s[2] > 1 {
				out = append(out, p)
			}
		}
	}
	return out
}

// Sees reports whether a network has layers over places, which is what is drawn of it.
func Sees(m *model.Model) bool { return len(places(m)) > 0 }

// format is where the channels of a layer's input and output stand, 0 if the layer takes any order.
func format(l *model.Instance) layer.Format {
	switch f := layer.TraitsOf(l.Layer).Format; f {
	case layer.ChannelsFirst, layer.ChannelsLast, layer.ReordersAxes:
		return f
	}
	return 0
}

// firstFrom reports whether the first of some layers that has an order wants the channels first. The input of a layer
// that reorders the axes has the channels last, as is usual.
func firstFrom(layers []*model.Instance) bool {
	for _, l := range layers {
		if f := format(l); f != 0 {
			return f == layer.ChannelsFirst
		}
	}
	return false
}

// order is a shape with the channels last.
func (p place) order(s tensor.Shape) tensor.Shape {
	if p.first {
		return tensor.Shape{s[0], s[2], s[3], s[1]}
	}
	return s
}

// picture is an output with the channels last.
func (p place) picture(a *tensor.Tensor) *tensor.Tensor {
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

// of is what the layer makes of x.
func (p place) of(ctx context.Context, m *model.Model, x *tensor.Tensor) (*tensor.Tensor, error) {
	u, err := m.Upto(p.name)
	if err != nil {
		return nil, err
	}
	y, err := u.Predict(ctx, x)
	if err != nil {
		return nil, err
	}
	return p.picture(y[0]), nil
}

// Canvas is the picture that a network sees in its input x, [1, rows, columns, channels]: x itself, with the channels
// last, or where x is flat what the first layer over places makes of it, such as a reshape.
func Canvas(ctx context.Context, m *model.Model, x *tensor.Tensor) (*tensor.Tensor, error) {
	if len(x.Shape) == 4 {
		return place{first: firstFrom(m.Layers())}.picture(x), nil
	}
	if all := places(m); len(all) > 0 {
		if a, err := all[0].of(ctx, m, x); err != nil || a.Shape[3] == 1 || a.Shape[3] == 3 {
			return a, err
		}
	}
	return nil, fmt.Errorf("model %q sees no picture in samples of shape %v; explain takes pictures (rows, columns, "+
		"channels), or rows that the first layer reshapes to such", m.Name, tensor.Shape(x.Shape[1:]))
}
