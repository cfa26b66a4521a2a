package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(RandomSaturation{})
	Layers.Register(RandomHue{})
	Layers.Register(RandomColorJitter{})
}

// RandomSaturation multiplies the saturation of each colour picture in training by f/(1 − f), f drawn from Factor
// (from 0 to it where it is one number): 0 makes it grey, ½ leaves it, 1 makes it as colourful as can be. Hue and
// value (of HSV) stay.
type RandomSaturation struct {
	Base
	_          struct{}  `keras:"dtype~float32"`
	Factor     []float64 `keras:"factor,main,required,lone"`
	ValueRange []float64 `keras:"value_range,default=0 255"`
	DataFormat string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	_          struct{}  `keras:"seed~null"`
}

// Call implements Layer.
func (l RandomSaturation) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := colours(s, x, l.DataFormat)
	lo, hi := factorRange(s, "factor", l.Factor, 0, 1)
	dark, _ := span(s, l.ValueRange)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	f := draw(s, in.Shape[0], lo, hi)
	times := perSample(f.Div(f.Neg().AddC(1+kerasEpsilon)), in)
	// A channel c of value V and saturation S is V − V·S·w, w being the hue's; so V − c grows as S does, and S ≤ 1.
	value, least := in.KeepDims(in.ReduceMax(3), 3), in.KeepDims(in.ReduceMin(3), 3)
	most := value.AddC(-dark).Div(value.Sub(least).MaxC(kerasEpsilon))
	return []*graph.Node{back(value.Sub(value.Sub(in).Mul(times.Min(most))))}
}

// Traits implements Described.
func (l RandomSaturation) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomSaturation) Formula(in, out []tensor.Shape) string { return moves }

// kerasEpsilon is Keras's backend.epsilon.
const kerasEpsilon = 1e-7

// colours returns the pictures x with their three channels last, and a function that puts the channels back.
func colours(s *Scope, x []*graph.Node, format string) (*graph.Node, func(*graph.Node) *graph.Node) {
	in, back := channelsLast(s, x, 2, format)
	if in.Shape[3] != 3 {
		s.Fail("pictures of %d channels have no colours; it needs 3", in.Shape[3])
	}
	return in, back
}

// RandomHue turns the hue of each colour picture in training by half of f of the colour circle, one way or the other,
// f drawn from Factor (from 0 to it where it is one number). Saturation and value (of HSV) stay.
type RandomHue struct {
	Base
	_          struct{}  `keras:"dtype~float32"`
	Factor     []float64 `keras:"factor,main,required,lone"`
	ValueRange []float64 `keras:"value_range,default=0 255"`
	DataFormat string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	_          struct{}  `keras:"seed~null"`
}

// Call implements Layer.
func (l RandomHue) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := colours(s, x, l.DataFormat)
	lo, hi := factorRange(s, "factor", l.Factor, 0, 1)
	dark, bright := span(s, l.ValueRange)
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	n := in.Shape[0]
	way := draw(s, n, 0, 1).Lt(s.Graph.Scalar(0.5)).MulC(2).AddC(-1)
	turn := perSample(draw(s, n, lo, hi).Mul(way).MulC(3), in) // in sixths of the circle
	parts := in.Split(3, 1, 1, 1)
	r, g, b := parts[0], parts[1], parts[2]
	value, least := r.Max(g).Max(b), r.Min(g).Min(b)
	spread := value.Sub(least)
	whole := spread.MaxC(kerasEpsilon) // grey has no hue: any will do
	hue := r.Eq(value).Where(g.Sub(b).Div(whole), g.Eq(value).
		Where(b.Sub(r).Div(whole).AddC(2), r.Sub(g).Div(whole).AddC(4)))
	hue = hue.Add(turn)
	var out []*graph.Node
	for _, place := range []float64{0, 2, 4} {
		// Each primary is full within a sixth of its own place on the circle and gone beyond two.
		far := hue.AddC(-place)
		far = far.Sub(far.DivC(6).Floor().MulC(6))
		far = far.Min(far.Neg().AddC(6))
		out = append(out, least.Add(spread.Mul(far.Neg().AddC(2).Clip(0, 1))))
	}
	return []*graph.Node{back(graph.Concatenate(3, out...).Clip(dark, bright))}
}

// Traits implements Described.
func (l RandomHue) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomHue) Formula(in, out []tensor.Shape) string { return moves }

// RandomColorJitter is [RandomBrightness], [RandomContrast], [RandomSaturation] and [RandomHue], one after the other;
// those without a factor are left out.
type RandomColorJitter struct {
	Base
	_          struct{}  `keras:"dtype~float32"`
	ValueRange []float64 `keras:"value_range,default=0 255"`
	Brightness []float64 `keras:"brightness_factor,lone"`
	Contrast   []float64 `keras:"contrast_factor,lone,min=0"`
	Saturation []float64 `keras:"saturation_factor,lone"`
	Hue        []float64 `keras:"hue_factor,lone"`
	DataFormat string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
	_          struct{}  `keras:"seed~null"`
}

// Call implements Layer.
func (l RandomColorJitter) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	y := []*graph.Node{in}
	if l.Brightness != nil {
		y = RandomBrightness{Factor: l.Brightness, ValueRange: l.ValueRange}.Call(s, y...)
	}
	if l.Contrast != nil {
		y = RandomContrast{Factor: l.Contrast, ValueRange: l.ValueRange}.Call(s, y...)
	}
	if l.Saturation != nil {
		y = RandomSaturation{Factor: l.Saturation, ValueRange: l.ValueRange}.Call(s, y...)
	}
	if l.Hue != nil {
		y = RandomHue{Factor: l.Hue, ValueRange: l.ValueRange}.Call(s, y...)
	}
	return []*graph.Node{back(y[0])}
}

// Traits implements Described.
func (l RandomColorJitter) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomColorJitter) Formula(in, out []tensor.Shape) string { return moves }
