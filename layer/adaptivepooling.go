package layer

import (
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(AdaptiveMaxPooling1D{}, "adaptive_max_pooling1d")
	Layers.Register(AdaptiveMaxPooling2D{}, "adaptive_max_pooling2d")
	Layers.Register(AdaptiveMaxPooling3D{}, "adaptive_max_pooling3d")
	Layers.Register(AdaptiveAveragePooling1D{}, "adaptive_average_pooling1d")
	Layers.Register(AdaptiveAveragePooling2D{}, "adaptive_average_pooling2d")
	Layers.Register(AdaptiveAveragePooling3D{}, "adaptive_average_pooling3d")
}

// AdaptiveMaxPooling1D keeps the greatest of each of OutputSize stretches of the steps, channel by channel, however
// many steps there are: x [batch, steps, channels] → [batch, OutputSize, channels]. Stretch i of m covers steps
// ⌊i·steps/m⌋ up to without ⌈(i + 1)·steps/m⌉, as in PyTorch.
type AdaptiveMaxPooling1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	OutputSize []int    `keras:"output_size,main,required,min=1,each=1,lone,what=size"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AdaptiveMaxPooling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 1, l.DataFormat)
	return []*graph.Node{back(in.MaxPool(graph.Pool{Bins: l.OutputSize}))}
}

// Traits implements Described.
func (l AdaptiveMaxPooling1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AdaptiveMaxPooling1D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the greatest of each of %s parts", graph.Times(config.Filled(l).OutputSize))
}

// AdaptiveMaxPooling2D is [AdaptiveMaxPooling1D] over rows and columns.
type AdaptiveMaxPooling2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	OutputSize []int    `keras:"output_size,main,required,min=1,each=2,what=size"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AdaptiveMaxPooling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	return []*graph.Node{back(in.MaxPool(graph.Pool{Bins: l.OutputSize}))}
}

// Traits implements Described.
func (l AdaptiveMaxPooling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AdaptiveMaxPooling2D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the greatest of each of %s parts", graph.Times(config.Filled(l).OutputSize))
}

// AdaptiveMaxPooling3D is [AdaptiveMaxPooling1D] over planes, rows and columns.
type AdaptiveMaxPooling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	OutputSize []int    `keras:"output_size,main,required,min=1,each=3,what=size"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AdaptiveMaxPooling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 3, l.DataFormat)
	return []*graph.Node{back(in.MaxPool(graph.Pool{Bins: l.OutputSize}))}
}

// Traits implements Described.
func (l AdaptiveMaxPooling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AdaptiveMaxPooling3D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the greatest of each of %s parts", graph.Times(config.Filled(l).OutputSize))
}

// AdaptiveAveragePooling1D is the mean of each stretch, like [AdaptiveMaxPooling1D].
type AdaptiveAveragePooling1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	OutputSize []int    `keras:"output_size,main,required,min=1,each=1,lone,what=size"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AdaptiveAveragePooling1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 1, l.DataFormat)
	return []*graph.Node{back(in.AvgPool(graph.Pool{Bins: l.OutputSize}))}
}

// Traits implements Described.
func (l AdaptiveAveragePooling1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AdaptiveAveragePooling1D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the mean of each of %s parts", graph.Times(config.Filled(l).OutputSize))
}

// AdaptiveAveragePooling2D is [AdaptiveAveragePooling1D] over rows and columns.
type AdaptiveAveragePooling2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	OutputSize []int    `keras:"output_size,main,required,min=1,each=2,what=size"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AdaptiveAveragePooling2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	return []*graph.Node{back(in.AvgPool(graph.Pool{Bins: l.OutputSize}))}
}

// Traits implements Described.
func (l AdaptiveAveragePooling2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AdaptiveAveragePooling2D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the mean of each of %s parts", graph.Times(config.Filled(l).OutputSize))
}

// AdaptiveAveragePooling3D is [AdaptiveAveragePooling1D] over planes, rows and columns.
type AdaptiveAveragePooling3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	OutputSize []int    `keras:"output_size,main,required,min=1,each=3,what=size"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l AdaptiveAveragePooling3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 3, l.DataFormat)
	return []*graph.Node{back(in.AvgPool(graph.Pool{Bins: l.OutputSize}))}
}

// Traits implements Described.
func (l AdaptiveAveragePooling3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (l AdaptiveAveragePooling3D) Formula(in, out []tensor.Shape) string {
	return fmt.Sprintf("none: the mean of each of %s parts", graph.Times(config.Filled(l).OutputSize))
}
