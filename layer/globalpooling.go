package layer

import (
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(GlobalMaxPooling1D{}, "global_max_pooling1d", "GlobalMaxPool1D")
	Layers.Register(GlobalMaxPooling2D{}, "global_max_pooling2d", "GlobalMaxPool2D")
	Layers.Register(GlobalMaxPooling3D{}, "global_max_pooling3d", "GlobalMaxPool3D")
	Layers.Register(GlobalAveragePooling1D{}, "global_average_pooling1d", "GlobalAvgPool1D", "global_avg_pooling1d")
	Layers.Register(GlobalAveragePooling2D{}, "global_average_pooling2d", "GlobalAvgPool2D", "global_avg_pooling2d")
	Layers.Register(GlobalAveragePooling3D{}, "global_average_pooling3d", "GlobalAvgPool3D", "global_avg_pooling3d")
}

// GlobalMaxPooling1D is the greatest over all steps, channel by channel: x [batch, steps, channels] → [batch,
// channels], with KeepDims [batch, 1, channels]. Equals share the gradient.
type GlobalMaxPooling1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	KeepDims   bool     `keras:"keepdims"`
}

// Call implements Layer.
func (l GlobalMaxPooling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return GlobalMaxPooling2D(l).over(s, x, 1, (*graph.Node).ReduceMax)
}

// Traits implements Described.
func (l GlobalMaxPooling1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (GlobalMaxPooling1D) Formula(in, out []tensor.Shape) string {
	return "none: the greatest of each channel"
}

// GlobalMaxPooling2D is [GlobalMaxPooling1D] over rows and columns.
type GlobalMaxPooling2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	KeepDims   bool     `keras:"keepdims"`
}

// Call implements Layer.
func (l GlobalMaxPooling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return GlobalMaxPooling2D(l).over(s, x, 2, (*graph.Node).ReduceMax)
}

// Traits implements Described.
func (l GlobalMaxPooling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (GlobalMaxPooling2D) Formula(in, out []tensor.Shape) string {
	return "none: the greatest of each channel"
}

// GlobalMaxPooling3D is [GlobalMaxPooling1D] over planes, rows and columns.
type GlobalMaxPooling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	KeepDims   bool     `keras:"keepdims"`
}

// Call implements Layer.
func (l GlobalMaxPooling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return GlobalMaxPooling2D(l).over(s, x, 3, (*graph.Node).ReduceMax)
}

// Traits implements Described.
func (l GlobalMaxPooling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (GlobalMaxPooling3D) Formula(in, out []tensor.Shape) string {
	return "none: the greatest of each channel"
}

// GlobalAveragePooling1D is the mean over all steps, channel by channel: x [batch, steps, channels] → [batch,
// channels], with KeepDims [batch, 1, channels]. Steps that a mask leaves out do not count; the mean over no step at
// all, of an empty text, is 0 (Keras divides 0 by 0).
type GlobalAveragePooling1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	KeepDims   bool     `keras:"keepdims"`
}

// Call implements Layer.
func (l GlobalAveragePooling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	m := s.Mask(one(s, x))
	if m == nil {
		return GlobalMaxPooling2D(l).over(s, x, 1, (*graph.Node).Mean)
	}
	in := picture(s, x, 1, l.DataFormat)
	steps := positionAxes(1, l.DataFormat)[0]
	weights := m.Reshape(m.Shape[0], m.Shape[1], 1)
	if steps == 2 {
		weights = m.Reshape(m.Shape[0], 1, m.Shape[1])
	}
	y := in.Mul(weights).Sum(steps).Div(weights.Sum(steps).MaxC(1)) // a mask holds 0 and 1
	if l.KeepDims {
		y = in.KeepDims(y, steps)
	}
	return []*graph.Node{y}
}

// Traits implements Described.
func (l GlobalAveragePooling1D) Traits() Traits {
	t := spatial(l.DataFormat)
	t.Mask = HandlesMask
	return t
}

// Formula implements Formulator.
func (GlobalAveragePooling1D) Formula(in, out []tensor.Shape) string {
	return "none: the mean of each channel"
}

// GlobalAveragePooling2D is [GlobalAveragePooling1D] over rows and columns.
type GlobalAveragePooling2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	KeepDims   bool     `keras:"keepdims"`
}

// Call implements Layer.
func (l GlobalAveragePooling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return GlobalMaxPooling2D(l).over(s, x, 2, (*graph.Node).Mean)
}

// Traits implements Described.
func (l GlobalAveragePooling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (GlobalAveragePooling2D) Formula(in, out []tensor.Shape) string {
	return "none: the mean of each channel"
}

// GlobalAveragePooling3D is [GlobalAveragePooling1D] over planes, rows and columns.
type GlobalAveragePooling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	KeepDims   bool     `keras:"keepdims"`
}

// Call implements Layer.
func (l GlobalAveragePooling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return GlobalMaxPooling2D(l).over(s, x, 3, (*graph.Node).Mean)
}

// Traits implements Described.
func (l GlobalAveragePooling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (GlobalAveragePooling3D) Formula(in, out []tensor.Shape) string {
	return "none: the mean of each channel"
}

// over reduces n axes of positions.
func (l GlobalMaxPooling2D) over(s *Scope, x []*graph.Node, n int,
	reduce func(x *graph.Node, axes ...int) *graph.Node) []*graph.Node {
	in := picture(s, x, n, l.DataFormat)
	axes := positionAxes(n, l.DataFormat)
	for _, a := range axes {
		if in.Shape[a] < 1 {
			s.Fail("there is nothing to pool in %v", Features(in.Shape))
		}
	}
	y := reduce(in, axes...)
	if l.KeepDims {
		y = in.KeepDims(y, axes...)
	}
	return []*graph.Node{y}
}
