package model_test

import (
	"context"
	"strings"
	"testing"

	"gorae/layer"
	"gorae/model"
	"gorae/tensor"
)

// TestReceptive: a pixel changes the output within the reach of the network and nowhere else, and does so as far as the
// reach where the network is a chain of convolutions without strides.
func TestReceptive(t *testing.T) {
	conv := func(l layer.Conv2D) layer.Conv2D {
		if l.Filters == 0 {
			l.Filters = 3
		}
		l.Padding = "same"
		return l
	}
	k3, k2 := []int{3, 3}, []int{2, 2}
	for name, c := range map[string]struct {
		layers []layer.Layer
		want   model.Receptive
		exact  bool
	}{
		"chain": {[]layer.Layer{conv(layer.Conv2D{KernelSize: k3}), layer.BatchNormalization{},
			conv(layer.Conv2D{KernelSize: []int{5, 3}}), layer.Dense{Units: 1}},
			model.Receptive{Reach: 3, Grid: 1}, true},
		"dilated": {[]layer.Layer{conv(layer.Conv2D{KernelSize: k3, Dilation: []int{3, 3}}),
			layer.DepthwiseConv2D{KernelSize: k3, Padding: "same"}, layer.Dense{Units: 1}},
			model.Receptive{Reach: 4, Grid: 1}, true},
		"strides": {[]layer.Layer{conv(layer.Conv2D{KernelSize: []int{4, 4}, Strides: k2}),
			conv(layer.Conv2D{KernelSize: k3}),
			layer.Conv2DTranspose{Filters: 1, KernelSize: []int{4, 4}, Strides: k2, Padding: "same"}},
			model.Receptive{Reach: 6, Grid: 2}, false},
		"pools": {[]layer.Layer{conv(layer.Conv2D{KernelSize: k3}), layer.MaxPooling2D{},
			layer.SeparableConv2D{Filters: 3, KernelSize: k3, Padding: "same"}, layer.AveragePooling2D{},
			layer.UpSampling2D{Size: []int{4, 4}, Interpolation: "bilinear"},
			conv(layer.Conv2D{Filters: 1, KernelSize: k3})},
			model.Receptive{Reach: 11, Grid: 4}, false},
	} {
		const side = 48
		m := model.Sequential(append([]layer.Layer{layer.Input{Shape: []int{side, side, 1}}}, c.layers...)...)
		if err := m.Build(3); err != nil {
			t.Fatal(name, err)
		}
		got, err := m.Receptive()
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
			continue
		}
		const at = 21 // of the pixel
		x := tensor.New(tensor.Float32, 2, side, side, 1)
		for i := range x.F32 {
			x.F32[i] = float32(i%7) / 7
		}
		copy(x.F32[side*side:], x.F32[:side*side])
		x.F32[side*side+at*side+at] += 100
		y, err := m.Predict(context.Background(), x)
		if err != nil {
			t.Fatal(name, err)
		}
		far := 0 // the greatest distance of a block that changes from that of the pixel
		for i := range side * side {
			if y[0].F32[i] == y[0].F32[side*side+i] {
				continue
			}
			for _, v := range []int{i / side, i % side} {
				lo := v / got.Grid * got.Grid // the block depends on pixels from lo − Reach to lo + Grid − 1 + Reach
				far = max(far, lo-at, at-(lo+got.Grid-1))
			}
		}
		if far > got.Reach || far == 0 || c.exact && far != got.Reach {
			t.Errorf("%s: a pixel has an influence %d pixels away, its reach is %d", name, far, got.Reach)
		}
	}
	for says, layers := range map[string][]layer.Layer{
		`"conv2d", conv2d, depends on the size of the picture`:   {layer.Conv2D{Filters: 1, KernelSize: k3}},
		`"flatten", flatten, depends on the size of the picture`: {layer.Flatten{}, layer.Dense{Units: 64}},
		"the output is not as large as the input":                {layer.MaxPooling2D{}},
		`"reshape", reshape, depends on the size of the picture`: {layer.Reshape{Target: []int{64}}},
	} {
		m := model.Sequential(append([]layer.Layer{layer.Input{Shape: []int{8, 8, 1}}}, layers...)...)
		if err := m.Build(3); err != nil {
			t.Fatal(err)
		}
		if _, err := m.Receptive(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("error %v, want %q", err, says)
		}
	}
}
