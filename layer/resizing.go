package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(CenterCrop{})
	Layers.Register(Resizing{})
}

// interpolationOf finds an interpolation by Keras's name.
func interpolationOf(name string) graph.Interpolation {
	for m := graph.Nearest; m <= graph.Lanczos5; m++ {
		if m.String() == name {
			return m
		}
	}
	return graph.Bilinear
}

// smartResize cuts the largest middle part of the ratio height : width out of pictures and resizes it, as Keras's
// smart_resize.
func smartResize(in *graph.Node, height, width int, resize resizer) *graph.Node {
	rows, columns := in.Shape[1], in.Shape[2]
	h, w := min(rows, max(1, columns*height/width)), min(columns, max(1, rows*width/height))
	top, left := (rows-h)/2, (columns-w)/2
	return resize(in.Narrow(1, top, top+h).Narrow(2, left, left+w), height, width)
}

// resizer brings pictures to another height and width.
type resizer func(in *graph.Node, height, width int) *graph.Node

func resizerOf(m graph.Interpolation, antialias bool) resizer {
	return func(in *graph.Node, height, width int) *graph.Node {
		if antialias {
			return in.ResizeSmooth(m, height, width)
		}
		return in.Resize(m, height, width)
	}
}

// byArea gives each pixel of the result the mean of the part of the picture that it covers.
func byArea(in *graph.Node, height, width int) *graph.Node {
	g := in.Graph()
	y := graph.Einsum("bhwc,yh->bywc", float(in), g.Const(covered(in.Shape[1], height)))
	return graph.Einsum("bywc,xw->byxc", y, g.Const(covered(in.Shape[2], width)))
}

// covered is which part of each of m places of a result lies in each of n places: [m, n], with rows that add up to 1.
func covered(n, m int) *tensor.Tensor {
	t := tensor.New(tensor.Float32, m, n)
	for i := range m { // in units of 1/m of a place
		for k := range n {
			from, to := max(i*n, k*m), min((i+1)*n, (k+1)*m)
			t.F32[i*n+k] = float32(max(0, to-from)) / float32(n)
		}
	}
	return t
}

// CenterCrop cuts the middle Height × Width pixels out of pictures; those that are smaller are resized, their
// ratio kept by cutting off what is too much.
type CenterCrop struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Height     int      `keras:"height,required,min=1,what=number of pixels"`
	Width      int      `keras:"width,required,min=1,what=number of pixels"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l CenterCrop) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	top, left := in.Shape[1]-l.Height, in.Shape[2]-l.Width
	if top < 0 || left < 0 {
		return []*graph.Node{back(smartResize(in, l.Height, l.Width, resizerOf(graph.Bilinear, false)))}
	}
	return []*graph.Node{back(in.Narrow(1, top/2, top/2+l.Height).Narrow(2, left/2, left/2+l.Width))}
}

// Traits implements Described.
func (l CenterCrop) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (CenterCrop) Formula(in, out []tensor.Shape) string { return moves }

// Resizing brings pictures to Height × Width: stretched, or with CropToAspect cut to the ratio, or with PadToAspect
// given margins of FillValue. Neighbours are weighed as [graph.Interpolation] says; with Antialias every pixel counts
// where pictures shrink (as in PIL and with PyTorch's antialias), without it, which is Keras's default, the nearest
// ones only. With area a pixel is the mean of the part of the picture that it covers.
type Resizing struct {
	Base
	_             struct{} `keras:"dtype~float32"`
	Height        int      `keras:"height,required,min=1,what=number of pixels"`
	Width         int      `keras:"width,required,min=1,what=number of pixels"`
	Interpolation string   `keras:"interpolation,default=bilinear,oneof=bilinear|nearest|bicubic|lanczos3|lanczos5|area"`
	CropToAspect  bool     `keras:"crop_to_aspect_ratio"`
	PadToAspect   bool     `keras:"pad_to_aspect_ratio"`
	_             struct{} `keras:"fill_mode=constant"`
	FillValue     float64  `keras:"fill_value"`
	Antialias     bool     `keras:"antialias"`
	DataFormat    string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l Resizing) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	resize := resizerOf(interpolationOf(l.Interpolation), l.Antialias)
	if l.Interpolation == "area" {
		resize = byArea
	}
	switch {
	case l.CropToAspect && l.PadToAspect:
		s.Fail("crop_to_aspect_ratio and pad_to_aspect_ratio exclude each other; leave one out")
	case l.CropToAspect:
		return []*graph.Node{back(smartResize(in, l.Height, l.Width, resize))}
	case l.PadToAspect:
		rows, columns := in.Shape[1], in.Shape[2]
		h, w := max(rows, columns*l.Height/l.Width), max(columns, rows*l.Width/l.Height)
		top, left := (h-rows)/2, (w-columns)/2
		in = in.Pad([]int{0, top, left, 0}, []int{0, h - rows - top, w - columns - left, 0}, l.FillValue)
	}
	return []*graph.Node{back(resize(in, l.Height, l.Width))}
}

// Traits implements Described.
func (l Resizing) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l Resizing) Formula(in, out []tensor.Shape) string {
	return "none: it interpolates (" + config.Filled(l).Interpolation + ")"
}
