package layer

import (
	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Layers.Register(RandomErasing{}) }

// RandomErasing fills a rectangle of each picture in training (Zhong et al., 2017; with a FillValue it is the cutout
// of DeVries and Taylor, 2017), with a probability drawn from Factor (from 0 to it where it is one number). Each side
// of the rectangle is √a of the picture's, a drawn from Scale; it lies anywhere within. FillValue is a number, or one
// for each channel; none fills with normal noise as wide as the value range, clipped to it.
type RandomErasing struct {
	Base
	_          struct{}  `keras:"dtype~float32"`
	Factor     []float64 `keras:"factor,main,default=1,lone"`
	Scale      []float64 `keras:"scale,default=0.02 0.33,lone"`
	FillValue  []float64 `keras:"fill_value,lone"`
	ValueRange []float64 `keras:"value_range,default=0 255"`
	_          struct{}  `keras:"seed~null"`
	DataFormat string    `keras:"data_format,default=channels_last,oneof=channels_last|channels_first"`
}

// Call implements Layer.
func (l RandomErasing) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in, back := channelsLast(s, x, 2, l.DataFormat)
	lo, hi := factorRange(s, "factor", l.Factor, 0, 1)
	small, large := factorRange(s, "scale", l.Scale, 0, 1)
	dark, bright := span(s, l.ValueRange)
	n, rows, columns, channels := in.Shape[0], in.Shape[1], in.Shape[2], in.Shape[3]
	if k := len(l.FillValue); k > 1 && k != channels {
		s.Fail("fill_value: %d numbers for %d channels; give one, or one for each", k, channels)
	}
	if !s.Training {
		return []*graph.Node{back(in)}
	}
	// within is 1 for the positions of an axis that lie in the rectangle.
	within := func(extent int, shape ...int) *graph.Node {
		place := tensor.New(tensor.Float32, shape...)
		for i := range place.F32 {
			place.F32[i] = float32(i)
		}
		at := s.Graph.Const(place)
		side := draw(s, n, small, large).Sqrt().MulC(float64(extent))
		first := draw(s, n, 0, 1).Mul(side.Neg().AddC(float64(extent)))
		from, to := perSample(first, in), perSample(first.Add(side), in)
		return at.Ge(from).And(at.Lt(to))
	}
	erased := within(rows, 1, rows, 1, 1).And(within(columns, 1, 1, columns, 1))
	erased = erased.And(perSample(draw(s, n, 0, 1).Lt(draw(s, n, lo, hi)), in))
	var fill *graph.Node
	if l.FillValue == nil {
		fill = graph.RandomNormal(s.Key(), s.Stream(), in.Shape...).MulC(bright)
	} else {
		values := tensor.New(tensor.Float32, len(l.FillValue))
		for i, v := range l.FillValue {
			values.F32[i] = float32(v)
		}
		fill = s.Graph.Const(values)
	}
	return []*graph.Node{back(erased.Where(fill.Clip(dark, bright), in))}
}

// Traits implements Described.
func (l RandomErasing) Traits() Traits { return spatial(l.DataFormat) }

// Formula implements Formulator.
func (RandomErasing) Formula(in, out []tensor.Shape) string { return moves }
