package layer

import (
	"slices"

	"gorae/config"
	"gorae/graph"
)

func init() { Layers.Register(UnitNormalization{}) }

// UnitNormalization is y = x/√(Σ x²), the sum being that of each sample over the axes Axis: vectors of length 1. A
// vector of zeros stays zeros.
type UnitNormalization struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Axis []int    `keras:"axis,default=-1,lone"`
}

// Call implements Layer.
func (l UnitNormalization) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	var axes []int
	for _, a := range config.Filled(l).Axis {
		if a := axis(s, in, a); !slices.Contains(axes, a) {
			axes = append(axes, a)
		}
	}
	slices.Sort(axes)
	scale := in.Square().Sum(axes...).MaxC(1e-24).Rsqrt()
	return []*graph.Node{in.Mul(in.KeepDims(scale, axes...))}
}

// Traits implements Described.
func (l UnitNormalization) Traits() Traits {
	t := Elementwise()
	t.Steps = along(config.Filled(l).Axis...)
	return t
}
