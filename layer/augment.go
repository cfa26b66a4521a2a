package layer

import (
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(RandomFlip{})
	Layers.Register(RandomRotation{})
	Layers.Register(RandomTranslation{})
	Layers.Register(RandomZoom{})
	Layers.Register(RandomCrop{})
	Layers.Register(RandomBrightness{})
	Layers.Register(RandomContrast{})
}

// The layers of this file vary pictures [batch, rows, columns, channels] in training, each sample of a batch
// by numbers of its own, and leave them as they are in prediction. A factor is one number f, which stands
// for the range −f to f, or a pair of bounds; numbers are drawn evenly from the range. Package
// data/augment does the same before the network, on the bytes of the training rows alone.

// factorRange returns the range that a factor stands for.
func factorRange(s *Scope, key string, f []float64, min, max float64) (lo, hi float64) {
	switch len(f) {
	case 0:
		return 0, 0
	case 1:
		lo, hi = -math.Abs(f[0]), math.Abs(f[0])
		lo = math.Max(lo, min)
	case 2:
		lo, hi = f[0], f[1]
	default:
		s.Fail("%s: %v is neither a number nor a pair of bounds", key, f)
	}
	if !(lo >= min && hi <= max && lo <= hi) {
		s.Fail("%s: from %v to %v; give a range within %v to %v", key, lo, hi, min, max)
	}
	return lo, hi
}

// draw returns one number for each sample, [batch, 1], evenly from lo to hi.
func draw(s *Scope, batch int, lo, hi float64) *graph.Node {
	return graph.RandomUniform(s.Key(), s.Stream(), batch, 1).MulC(hi - lo).AddC(lo)
}

// maps puts the six numbers of each sample's map together; nil is a constant.
func maps(s *Scope, batch int, parts [6]*graph.Node) *graph.Node {
	unit := [6]float64{0: 1, 4: 1}
	for k, p := range parts {
		if p == nil {
			parts[k] = s.Graph.Scalar(unit[k]).Broadcast(batch, 1)
		}
	}
	return graph.Concatenate(1, parts[:]...)
}

// borderOf finds a border by Keras's name.
func borderOf(name string) graph.Border {
	for b := graph.BorderReflect; b <= graph.BorderWrap; b++ {
		if b.String() == name {
			return b
		}
	}
	return graph.BorderReflect
}

// moved looks at pictures through maps, with what geometric layers have in common.
func moved(in, m *graph.Node, fill string, value float64, interpolation string) *graph.Node {
	return in.Warp(m, graph.Warp{Rows: in.Shape[1], Columns: in.Shape[2], Border: borderOf(fill), Fill: value,
		Nearest: interpolation == "nearest"})
}

// RandomFlip mirrors each picture in training, one time in two: left and right (horizontal), top and bottom
// (vertical), or each of both by its own chance.
type RandomFlip struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Mode       string   `keras:"mode,main,default=horizontal_and_vertical,oneof=horizontal_and_vertical|horizontal|vertical"`
	_          struct{} `keras:"seed~null"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l RandomFlip) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	n := in.Shape[0]
	side := func(wanted bool) *graph.Node {
		if !wanted {
			return nil
		}
		return draw(s, n, 0, 1).Lt(s.Graph.Scalar(0.5)).MulC(-2).AddC(1) // −1 or 1
	}
	m := maps(s, n, [6]*graph.Node{0: side(l.Mode != "vertical"), 4: side(l.Mode != "horizontal")})
	return []*graph.Node{back(moved(in, m, "reflect", 0, "bilinear"))}
}

// Traits implements Described.
func (l RandomFlip) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomFlip) Formula(in, out []tensor.Shape) string { return moves }

// RandomRotation turns each picture in training by an angle of Factor·2π, anticlockwise where it is above 0.
type RandomRotation struct {
	Base
	_             struct{}  `keras:"dtype~float32"`
	Factor        []float64 `keras:"factor,main,required,lone"`
	FillMode      string    `keras:"fill_mode,default=reflect,oneof=reflect|constant|nearest|wrap"`
	Interpolation string    `keras:"interpolation,default=bilinear,oneof=bilinear|nearest"`
	_             struct{}  `keras:"seed~null"`
	FillValue     float64   `keras:"fill_value"`
	DataFormat    string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l RandomRotation) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	lo, hi := factorRange(s, "factor", l.Factor, -1, 1)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	n := in.Shape[0]
	angle := draw(s, n, lo*2*math.Pi, hi*2*math.Pi)
	sin, cos := angle.Sin(), angle.Cos()
	m := maps(s, n, [6]*graph.Node{0: cos, 1: sin.Neg(), 3: sin, 4: cos})
	return []*graph.Node{back(moved(in, m, l.FillMode, l.FillValue, l.Interpolation))}
}

// Traits implements Described.
func (l RandomRotation) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomRotation) Formula(in, out []tensor.Shape) string { return moves }

// RandomTranslation shifts each picture in training by shares of its height (down where they are above 0) and
// of its width (right).
type RandomTranslation struct {
	Base
	_             struct{}  `keras:"dtype~float32"`
	HeightFactor  []float64 `keras:"height_factor,required,lone"`
	WidthFactor   []float64 `keras:"width_factor,required,lone"`
	FillMode      string    `keras:"fill_mode,default=reflect,oneof=reflect|constant|nearest|wrap"`
	Interpolation string    `keras:"interpolation,default=bilinear,oneof=bilinear|nearest"`
	_             struct{}  `keras:"seed~null"`
	FillValue     float64   `keras:"fill_value"`
	DataFormat    string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l RandomTranslation) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	top, bottom := factorRange(s, "height_factor", l.HeightFactor, -1, 1)
	left, right := factorRange(s, "width_factor", l.WidthFactor, -1, 1)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	n, rows, columns := in.Shape[0], float64(in.Shape[1]), float64(in.Shape[2])
	down, across := draw(s, n, top*rows, bottom*rows), draw(s, n, left*columns, right*columns)
	m := maps(s, n, [6]*graph.Node{2: across.Neg(), 5: down.Neg()})
	return []*graph.Node{back(moved(in, m, l.FillMode, l.FillValue, l.Interpolation))}
}

// Traits implements Described.
func (l RandomTranslation) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomTranslation) Formula(in, out []tensor.Shape) string { return moves }

// RandomZoom shows 1 + factor times as much of each picture in training: above 0 it moves away, below 0 it
// comes closer. Without WidthFactor both sides go alike.
type RandomZoom struct {
	Base
	_             struct{}  `keras:"dtype~float32"`
	HeightFactor  []float64 `keras:"height_factor,main,required,lone"`
	WidthFactor   []float64 `keras:"width_factor,lone"`
	FillMode      string    `keras:"fill_mode,default=reflect,oneof=reflect|constant|nearest|wrap"`
	Interpolation string    `keras:"interpolation,default=bilinear,oneof=bilinear|nearest"`
	_             struct{}  `keras:"seed~null"`
	FillValue     float64   `keras:"fill_value"`
	DataFormat    string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l RandomZoom) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	lo, hi := factorRange(s, "height_factor", l.HeightFactor, -1, 10)
	left, right := factorRange(s, "width_factor", l.WidthFactor, -1, 10)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	n := in.Shape[0]
	high := draw(s, n, 1+lo, 1+hi)
	wide := high
	if l.WidthFactor != nil {
		wide = draw(s, n, 1+left, 1+right)
	}
	m := maps(s, n, [6]*graph.Node{0: wide, 4: high})
	return []*graph.Node{back(moved(in, m, l.FillMode, l.FillValue, l.Interpolation))}
}

// Traits implements Described.
func (l RandomZoom) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomZoom) Formula(in, out []tensor.Shape) string { return moves }

// RandomCrop cuts a window of Height × Width out of each picture in training, at a place of its own; of a picture that
// is too small the largest middle part of the window's ratio is resized. In prediction it does nothing and the picture
// keeps its size, as in Keras 3.15 (transform_images of its random_crop.py; its description says otherwise). So a
// network that needs one size behind the layer, as Flatten and Dense do, wants a Resizing or CenterCrop there.
type RandomCrop struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Height     int      `keras:"height,required,min=1,what=number of pixels"`
	Width      int      `keras:"width,required,min=1,what=number of pixels"`
	_          struct{} `keras:"seed~null"`
	DataFormat string   `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l RandomCrop) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	spareRows, spareColumns := in.Shape[1]-l.Height, in.Shape[2]-l.Width
	if spareRows < 0 || spareColumns < 0 {
		return []*graph.Node{back(smartResize(in, l.Height, l.Width, resizerOf(graph.Bilinear, false)))}
	}
	n := in.Shape[0]
	// The window's middle lies as far from the picture's as its first row from half the spare ones.
	place := func(spare int) *graph.Node {
		return draw(s, n, 0, float64(spare+1)).Floor().AddC(-float64(spare) / 2)
	}
	m := maps(s, n, [6]*graph.Node{2: place(spareColumns), 5: place(spareRows)})
	return []*graph.Node{back(in.Warp(m, graph.Warp{Rows: l.Height, Columns: l.Width}))}
}

// Traits implements Described.
func (l RandomCrop) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomCrop) Formula(in, out []tensor.Shape) string { return moves }

// RandomBrightness adds a share of the span of ValueRange to each picture in training, and clips to the range.
type RandomBrightness struct {
	Base
	_          struct{}  `keras:"dtype~float32"`
	Factor     []float64 `keras:"factor,main,required,lone"`
	ValueRange []float64 `keras:"value_range,default=0 255"`
	_          struct{}  `keras:"seed~null,?data_format~null"`
}

// span returns a value range, 0 to 255 where none is given.
func span(s *Scope, r []float64) (lo, hi float64) {
	if r == nil {
		return 0, 255
	}
	if len(r) != 2 || !(r[0] < r[1]) {
		s.Fail("value_range: %v is no pair of a darkest and a brightest value", r)
	}
	return r[0], r[1]
}

// Call implements Layer.
func (l RandomBrightness) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	lo, hi := factorRange(s, "factor", l.Factor, -1, 1)
	dark, bright := span(s, l.ValueRange)
	if !s.Training {
		return []*graph.Node{in}
	}
	add := perSample(draw(s, in.Shape[0], lo, hi).MulC(bright-dark), in)
	return []*graph.Node{in.Add(add).Clip(dark, bright)}
}

// Traits implements Described.
func (RandomBrightness) Traits() Traits { return rearranging(AnyFormat) }

// perSample gives [batch, 1] the axes of in.
func perSample(v, in *graph.Node) *graph.Node {
	shape := ones(len(in.Shape))
	shape[0] = in.Shape[0]
	return v.Reshape(shape...)
}

// RandomContrast moves each picture's values away from their mean over rows and columns, channel by
// channel, or towards it, in training: (x − mean)·(1 + factor) + mean, clipped to ValueRange. A pair of factors is
// (lower, upper), for a range of −lower to upper, as Keras has it.
type RandomContrast struct {
	Base
	_          struct{}  `keras:"dtype~float32"`
	Factor     []float64 `keras:"factor,main,required,lone,min=0"`
	ValueRange []float64 `keras:"value_range,default=0 255"`
	_          struct{}  `keras:"seed~null,?data_format=channels_last"`
}

// Call implements Layer.
func (l RandomContrast) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := picture(s, x, 2, "")
	lower := l.Factor
	if len(lower) == 2 {
		lower = []float64{-l.Factor[0], l.Factor[1]}
	}
	lo, hi := factorRange(s, "factor", lower, -1, 10)
	dark, bright := span(s, l.ValueRange)
	if !s.Training {
		return []*graph.Node{in}
	}
	mean := in.KeepDims(in.Mean(1, 2), 1, 2)
	factor := perSample(draw(s, in.Shape[0], 1+lo, 1+hi), in)
	return []*graph.Node{in.Sub(mean).Mul(factor).Add(mean).Clip(dark, bright)}
}

// Traits implements Described.
func (RandomContrast) Traits() Traits { return rearranging(AnyFormat) }
