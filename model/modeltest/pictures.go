package modeltest

import "gorae/layer"

// pictureLayers returns the conformance cases of the layers that vary and resize pictures.
func pictureLayers() map[string]Case {
	picture, first := [][]int{{5, 4, 3}}, "channels_first"
	f := func(v ...float64) []float64 { return v }
	cases := map[string]Case{}
	add := func(name string, in [][]int, l layer.Layer) { cases[name] = Case{Layer: l, Inputs: in} }
	add("random flip", picture, layer.RandomFlip{})
	add("random flip first", [][]int{{3, 4, 5}}, layer.RandomFlip{Mode: "vertical", DataFormat: first})
	add("random rotation", picture, layer.RandomRotation{Factor: f(0.2)})
	add("random rotation constant", picture, layer.RandomRotation{Factor: f(-0.1, 0.3), FillMode: "constant",
		FillValue: 0.5})
	add("random translation", picture, layer.RandomTranslation{HeightFactor: f(0.3), WidthFactor: f(0, 0.5),
		FillMode: "nearest"})
	add("random zoom", picture, layer.RandomZoom{HeightFactor: f(0.4), FillMode: "wrap"})
	add("random zoom sides", picture, layer.RandomZoom{HeightFactor: f(-0.3, 0.1), WidthFactor: f(0.2)})
	add("random crop", picture, layer.RandomCrop{Height: 3, Width: 2})
	add("random crop larger", picture, layer.RandomCrop{Height: 6, Width: 2})
	add("random brightness", picture, layer.RandomBrightness{Factor: f(0.2), ValueRange: f(-3, 3)})
	add("random contrast", picture, layer.RandomContrast{Factor: f(0.3, 0.1), ValueRange: f(-9, 9)})
	add("random saturation", picture, layer.RandomSaturation{Factor: f(0.9), ValueRange: f(-1, 1)})
	add("random saturation first", [][]int{{3, 4, 5}},
		layer.RandomSaturation{Factor: f(0.2, 0.6), ValueRange: f(-2, 2), DataFormat: first})
	add("random hue", picture, layer.RandomHue{Factor: f(0.3, 1), ValueRange: f(-3, 3)})
	add("random color jitter", picture, layer.RandomColorJitter{ValueRange: f(-9, 9), Brightness: f(0.1),
		Contrast: f(0.1), Saturation: f(0.4, 0.6), Hue: f(0.1)})
	add("random color jitter first", [][]int{{3, 4, 5}},
		layer.RandomColorJitter{ValueRange: f(-9, 9), Hue: f(0.5), DataFormat: first})
	add("random erasing", picture, layer.RandomErasing{ValueRange: f(-3, 3)})
	add("random erasing filled", [][]int{{2, 7, 6}},
		layer.RandomErasing{Factor: f(1, 1), Scale: f(0.2, 0.5), FillValue: f(0.5, -0.5), ValueRange: f(-1, 1),
			DataFormat: first})
	add("mix up", picture, layer.MixUp{Alpha: 2})
	add("center crop", picture, layer.CenterCrop{Height: 2, Width: 3})
	add("center crop larger", picture, layer.CenterCrop{Height: 6, Width: 3})
	add("resizing", picture, layer.Resizing{Height: 3, Width: 7})
	add("resizing crop", picture, layer.Resizing{Height: 3, Width: 6, Interpolation: "bicubic", CropToAspect: true})
	add("resizing pad", picture, layer.Resizing{Height: 3, Width: 6, Interpolation: "nearest", PadToAspect: true,
		FillValue: -1})
	add("resizing antialias", [][]int{{9, 4, 2}},
		layer.Resizing{Height: 3, Width: 7, Antialias: true, Interpolation: "bicubic"})
	add("resizing first", [][]int{{2, 4, 5}}, layer.Resizing{Height: 2, Width: 3, DataFormat: first,
		Interpolation: "lanczos3"})
	return cases
}
