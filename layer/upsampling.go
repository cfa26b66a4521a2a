package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(UpSampling1D{}, "up_sampling1d", "upsampling1d")
	Layers.Register(UpSampling2D{}, "up_sampling2d", "upsampling2d")
	Layers.Register(UpSampling3D{}, "up_sampling3d", "upsampling3d")
}

// UpSampling1D repeats each step Size times: x [batch, steps, channels] → [batch, steps·Size, channels].
type UpSampling1D struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Size int      `keras:"size,main,default=2,min=1,what=factor"`
}

// Call implements Layer.
func (l UpSampling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return []*graph.Node{picture(s, x, 1, "").Repeat(config.Filled(l).Size)}
}

// Traits implements Described.
func (UpSampling1D) Traits() Traits { return spatial("") }

// Formula implements Formulator.
func (UpSampling1D) Formula(in, out []tensor.Shape) string { return moves }

// UpSampling2D enlarges pictures by Size: x [batch, rows, columns, channels] → [batch, rows·Size[0], columns·Size[1],
// channels]. Nearest repeats rows and columns; the other interpolations weigh neighbours, as [graph.Interpolation]
// says.
type UpSampling2D struct {
	Base
	_             struct{} `keras:"dtype~float32"`
	Size          []int    `keras:"size,main,default=2,min=1,each=2,what=factor"`
	DataFormat    string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	Interpolation string   `keras:"interpolation,default=nearest,oneof=nearest|bilinear|bicubic|lanczos3|lanczos5"`
}

// Call implements Layer.
func (l UpSampling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	if l.Interpolation == "nearest" {
		return []*graph.Node{back(in.Repeat(l.Size...))}
	}
	for m := graph.Bilinear; m.Valid(); m++ {
		if m.String() == l.Interpolation {
			in = in.Resize(m, in.Shape[1]*l.Size[0], in.Shape[2]*l.Size[1])
		}
	}
	return []*graph.Node{back(in)}
}

// Traits implements Described.
func (l UpSampling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l UpSampling2D) Formula(in, out []tensor.Shape) string {
	if m := config.Filled(l).Interpolation; m != "nearest" {
		return "none: it interpolates (" + m + ")"
	}
	return moves
}

// UpSampling3D repeats planes, rows and columns Size times.
type UpSampling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Size       []int    `keras:"size,main,default=2,min=1,each=3,what=factor"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l UpSampling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 3, l.DataFormat)
	return []*graph.Node{back(in.Repeat(l.Size...))}
}

// Traits implements Described.
func (l UpSampling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (UpSampling3D) Formula(in, out []tensor.Shape) string { return moves }
