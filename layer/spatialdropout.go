package layer

import "gorae/graph"

func init() {
	Layers.Register(SpatialDropout1D{}, "spatial_dropout1d")
	Layers.Register(SpatialDropout2D{}, "spatial_dropout2d")
	Layers.Register(SpatialDropout3D{}, "spatial_dropout3d")
}

// trainable is the key that Keras's classes of spatial dropout do not take.
var trainable = []string{"trainable"}

// SpatialDropout1D drops whole channels: with probability Rate a channel of a sample is 0 at every step, in training;
// the others are divided by 1 − Rate. Where neighbouring steps say nearly the same, [Dropout] would take nothing away
// (Tompson et al., 2015).
type SpatialDropout1D struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Rate float64  `keras:"rate,main,required,min=0,max=1,what=share of channels to drop"`
	_    struct{} `keras:"seed~null,?noise_shape=null"`
}

// Call implements Layer.
func (l SpatialDropout1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return dropChannels(s, picture(s, x, 1, ""), 1, l.Rate, "")
}

// Unwritten implements config.Unwritten.
func (SpatialDropout1D) Unwritten() []string { return trainable }

// Traits implements Described.
func (SpatialDropout1D) Traits() Traits { return Elementwise() }

// SpatialDropout2D is [SpatialDropout1D] over rows and columns.
type SpatialDropout2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Rate       float64  `keras:"rate,main,required,min=0,max=1,what=share of channels to drop"`
	_          struct{} `keras:"seed~null,?noise_shape=null"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l SpatialDropout2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return dropChannels(s, picture(s, x, 2, l.DataFormat), 2, l.Rate, l.DataFormat)
}

// Unwritten implements config.Unwritten.
func (SpatialDropout2D) Unwritten() []string { return trainable }

// Traits implements Described.
func (l SpatialDropout2D) Traits() Traits {
	t := spatial(l.DataFormat)
	t.Mask = PassesMask
	return t
}

// SpatialDropout3D is [SpatialDropout1D] over planes, rows and columns.
type SpatialDropout3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Rate       float64  `keras:"rate,main,required,min=0,max=1,what=share of channels to drop"`
	_          struct{} `keras:"seed~null,?noise_shape=null"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l SpatialDropout3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	return dropChannels(s, picture(s, x, 3, l.DataFormat), 3, l.Rate, l.DataFormat)
}

// Unwritten implements config.Unwritten.
func (SpatialDropout3D) Unwritten() []string { return trainable }

// Traits implements Described.
func (l SpatialDropout3D) Traits() Traits {
	t := spatial(l.DataFormat)
	t.Mask = PassesMask
	return t
}

// dropChannels draws one number for each sample and channel.
func dropChannels(s *Scope, x *graph.Node, n int, rate float64, format string) []*graph.Node {
	shape := x.Shape.Clone()
	for _, a := range positionAxes(n, format) {
		shape[a] = 1
	}
	return Dropout{Rate: rate, NoiseShape: shape}.Call(s, x)
}
