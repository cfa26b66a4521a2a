package layer

import (
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(MaxPooling1D{}, "max_pooling1d", "MaxPool1D")
	Layers.Register(MaxPooling2D{}, "max_pooling2d", "MaxPool2D")
	Layers.Register(MaxPooling3D{}, "max_pooling3d", "MaxPool3D")
	Layers.Register(AveragePooling1D{}, "average_pooling1d", "AvgPool1D")
	Layers.Register(AveragePooling2D{}, "average_pooling2d", "AvgPool2D")
	Layers.Register(AveragePooling3D{}, "average_pooling3d", "AvgPool3D")
}

// MaxPooling1D keeps the greatest of each window of PoolSize steps, channel by channel: x [batch, steps, channels] →
// [batch, positions, channels]. Windows lie Strides apart, PoolSize where that is not said: pooling by 2 halves the
// steps, by 3 thirds them. Padding valid leaves a rest out, same gives ⌈steps/Strides⌉ positions. Of
// equals the first one gets the gradient.
type MaxPooling1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	PoolSize   []int    `keras:"pool_size,main,default=2,min=1,each=1,what=size"`
	Padding    string   `keras:"padding,default=valid,oneof=valid|same"`
	Strides    []int    `keras:"strides,min=1,each=1,what=stride"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l MaxPooling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return MaxPooling2D(config.Filled(l)).over(s, x, 1, (*graph.Node).MaxPool)
}

// Traits implements Described.
func (l MaxPooling1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l MaxPooling1D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the greatest of each %s", graph.Times(config.Filled(l).PoolSize))
}

// MaxPooling2D is [MaxPooling1D] over rows and columns.
type MaxPooling2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	PoolSize   []int    `keras:"pool_size,main,default=2,min=1,each=2,what=size"`
	Padding    string   `keras:"padding,default=valid,oneof=valid|same"`
	Strides    []int    `keras:"strides,min=1,each=2,what=stride"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l MaxPooling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return MaxPooling2D(config.Filled(l)).over(s, x, 2, (*graph.Node).MaxPool)
}

// Traits implements Described.
func (l MaxPooling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l MaxPooling2D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the greatest of each %s", graph.Times(config.Filled(l).PoolSize))
}

// MaxPooling3D is [MaxPooling1D] over planes, rows and columns.
type MaxPooling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	PoolSize   []int    `keras:"pool_size,main,default=2,min=1,each=3,what=size"`
	Padding    string   `keras:"padding,default=valid,oneof=valid|same"`
	Strides    []int    `keras:"strides,min=1,each=3,what=stride"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l MaxPooling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return MaxPooling2D(config.Filled(l)).over(s, x, 3, (*graph.Node).MaxPool)
}

// Traits implements Described.
func (l MaxPooling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l MaxPooling3D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the greatest of each %s", graph.Times(config.Filled(l).PoolSize))
}

// AveragePooling1D is the mean of each window, like [MaxPooling1D]; padding is not counted.
type AveragePooling1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	PoolSize   []int    `keras:"pool_size,main,default=2,min=1,each=1,what=size"`
	Padding    string   `keras:"padding,default=valid,oneof=valid|same"`
	Strides    []int    `keras:"strides,min=1,each=1,what=stride"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AveragePooling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return MaxPooling2D(config.Filled(l)).over(s, x, 1, (*graph.Node).AvgPool)
}

// Traits implements Described.
func (l AveragePooling1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AveragePooling1D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the mean of each %s", graph.Times(config.Filled(l).PoolSize))
}

// AveragePooling2D is [AveragePooling1D] over rows and columns.
type AveragePooling2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	PoolSize   []int    `keras:"pool_size,main,default=2,min=1,each=2,what=size"`
	Padding    string   `keras:"padding,default=valid,oneof=valid|same"`
	Strides    []int    `keras:"strides,min=1,each=2,what=stride"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AveragePooling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return MaxPooling2D(config.Filled(l)).over(s, x, 2, (*graph.Node).AvgPool)
}

// Traits implements Described.
func (l AveragePooling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AveragePooling2D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the mean of each %s", graph.Times(config.Filled(l).PoolSize))
}

// AveragePooling3D is [AveragePooling1D] over planes, rows and columns.
type AveragePooling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	PoolSize   []int    `keras:"pool_size,main,default=2,min=1,each=3,what=size"`
	Padding    string   `keras:"padding,default=valid,oneof=valid|same"`
	Strides    []int    `keras:"strides,min=1,each=3,what=stride"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AveragePooling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return MaxPooling2D(config.Filled(l)).over(s, x, 3, (*graph.Node).AvgPool)
}

// Traits implements Described.
func (l AveragePooling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AveragePooling3D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the mean of each %s", graph.Times(config.Filled(l).PoolSize))
}

// over pools n axes of positions.
func (l MaxPooling2D) over(s *Scope, x []*graph.Node, n int,
	pool func(*graph.Node, graph.Pool) *graph.Node) []*graph.Node {
	in, back := channelsLast(s, x, n, l.DataFormat)
	if l.Strides == nil {
		l.Strides = l.PoolSize
	}
	positions := in.Shape[1 : n+1]
	lo, hi := margins(l.Padding, positions, l.PoolSize, l.Strides, ones(n))
	fit(s, "pool", positions, l.PoolSize, ones(n), lo, hi)
	return []*graph.Node{back(pool(in, graph.Pool{Window: l.PoolSize, Stride: l.Strides, PadLo: lo, PadHi: hi}))}
}
