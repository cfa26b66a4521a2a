package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(ZeroPadding1D{}, "zero_padding1d")
	Layers.Register(ZeroPadding2D{}, "zero_padding2d")
	Layers.Register(ZeroPadding3D{}, "zero_padding3d")
	Layers.Register(Cropping1D{}, "cropping1d")
	Layers.Register(Cropping2D{}, "cropping2d")
	Layers.Register(Cropping3D{}, "cropping3d")
}

// ZeroPadding1D puts Padding zeros before and after the steps: one number for both, or two.
type ZeroPadding1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Padding    []int    `keras:"padding,main,default=1,min=0,each=2,what=number of positions"`
	DataFormat string   `keras:"data_format,optional,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l ZeroPadding1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 1, l.DataFormat)
	lo, hi := sides(in, [][]int{l.Padding}, l.DataFormat)
	return []*graph.Node{in.Pad(lo, hi, 0)}
}

// Traits implements Described.
func (l ZeroPadding1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (ZeroPadding1D) Formula(in, out []tensor.Shape) string { return "none: it only adds zeros" }

// ZeroPadding2D puts zeros around pictures: one number for every side, one each for rows and columns, or a pair
// each: before and after.
type ZeroPadding2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Padding    [][]int  `keras:"padding,main,default=1,min=0,each=2x2,what=number of positions"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l ZeroPadding2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 2, l.DataFormat)
	lo, hi := sides(in, l.Padding, l.DataFormat)
	return []*graph.Node{in.Pad(lo, hi, 0)}
}

// Traits implements Described.
func (l ZeroPadding2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (ZeroPadding2D) Formula(in, out []tensor.Shape) string { return "none: it only adds zeros" }

// ZeroPadding3D is [ZeroPadding2D] for planes, rows and columns.
type ZeroPadding3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Padding    [][]int  `keras:"padding,main,default=1,min=0,each=3x2,what=number of positions"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l ZeroPadding3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 3, l.DataFormat)
	lo, hi := sides(in, l.Padding, l.DataFormat)
	return []*graph.Node{in.Pad(lo, hi, 0)}
}

// Traits implements Described.
func (l ZeroPadding3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (ZeroPadding3D) Formula(in, out []tensor.Shape) string { return "none: it only adds zeros" }

// Cropping1D cuts Cropping steps off the start and the end: one number for both, or two.
type Cropping1D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Cropping   []int    `keras:"cropping,main,default=1,min=0,each=2,what=number of positions"`
	DataFormat string   `keras:"data_format,optional,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l Cropping1D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 1, l.DataFormat)
	return []*graph.Node{crop(s, in, [][]int{l.Cropping}, l.DataFormat)}
}

// Traits implements Described.
func (l Cropping1D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (Cropping1D) Formula(in, out []tensor.Shape) string { return moves }

// Cropping2D cuts pictures on every side: one number for all, one each for rows and columns, or a pair each: before
// and after.
type Cropping2D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Cropping   [][]int  `keras:"cropping,main,default=0,min=0,each=2x2,what=number of positions"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l Cropping2D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 2, l.DataFormat)
	return []*graph.Node{crop(s, in, l.Cropping, l.DataFormat)}
}

// Traits implements Described.
func (l Cropping2D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (Cropping2D) Formula(in, out []tensor.Shape) string { return moves }

// Cropping3D is [Cropping2D] for planes, rows and columns.
type Cropping3D struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Cropping   [][]int  `keras:"cropping,main,default=1,min=0,each=3x2,what=number of positions"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l Cropping3D) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := picture(s, x, 3, l.DataFormat)
	return []*graph.Node{crop(s, in, l.Cropping, l.DataFormat)}
}

// Traits implements Described.
func (l Cropping3D) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (Cropping3D) Formula(in, out []tensor.Shape) string { return moves }

// sides spreads the pairs of the axes of positions over all axes of x.
func sides(x *graph.Node, pairs [][]int, format string) (lo, hi []int) {
	lo, hi = make([]int, len(x.Shape)), make([]int, len(x.Shape))
	for i, a := range positionAxes(len(pairs), format) {
		lo[a], hi[a] = pairs[i][0], pairs[i][1]
	}
	return lo, hi
}

// crop cuts the pairs off.
func crop(s *Scope, x *graph.Node, pairs [][]int, format string) *graph.Node {
	lo, hi := sides(x, pairs, format)
	for a, d := range x.Shape {
		if hi[a] = d - hi[a]; a > 0 && hi[a] <= lo[a] {
			s.Fail("cropping %v leaves nothing of %v", pairs, Features(x.Shape))
		}
	}
	return x.Slice(lo, hi, nil)
}
