package layer

import (
	"fmt"
	"slices"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

func init() { Layers.Register(RMSNormalization{}) }

// RMSNormalization is y = scale·x/√(mean(x²) + Epsilon), the mean being that of each sample over the axes Axis (Zhang
// and Sennrich, "Root mean square layer normalization", 2019): a layer normalization that leaves the mean as it is. The
// scale has the extents of those axes and begins at 1.
type RMSNormalization struct {
	Base
	_       struct{} `keras:"dtype~float32"`
	Axis    []int    `keras:"axis,default=-1,lone"`
	Epsilon float64  `keras:"epsilon,default=1e-06,positive"`
}

// Call implements Layer.
func (l RMSNormalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	l = config.Filled(l)
	in := float(one(s, x))
	var axes, shape []int
	for _, a := range l.Axis {
		if a := axis(s, in, a); !slices.Contains(axes, a) {
			axes, shape = append(axes, a), append(shape, in.Shape[a])
		}
	}
	spread := make([]int, len(in.Shape)-1)
	for a := range spread {
		spread[a] = 1
		if slices.Contains(axes, a+1) {
			spread[a] = in.Shape[a+1]
		}
	}
	scale := s.Weight("scale", shape, weight.Ones{}, nil)
	y := in.Mul(in.KeepDims(in.Square().Mean(axes...), axes...).AddC(l.Epsilon).Rsqrt())
	return []*graph.Node{y.Mul(scale.Reshape(spread...))}
}

// Traits implements Described.
func (l RMSNormalization) Traits() Traits {
	t := Elementwise()
	t.Mask, t.Steps = DropsMask, along(config.Filled(l).Axis...)
	return t
}

// Formula implements Formulator.
func (l RMSNormalization) Formula(in, out []tensor.Shape) string {
	n := 1
	for _, a := range config.Filled(l).Axis {
		if a < 0 {
			a += len(in[0]) + 1
		}
		n *= in[0][a-1]
	}
	return fmt.Sprintf("(scale) 1 × %d = %s", n, Thousands(n))
}
