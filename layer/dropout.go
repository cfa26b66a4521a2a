package layer

import (
	"math"

	"gorae/graph"
	"gorae/tensor"
)

func init() {
	Layers.Register(Dropout{})
	Layers.Register(GaussianNoise{})
	Layers.Register(GaussianDropout{})
}

// Dropout sets each element to 0 with probability Rate in training, and divides
// the others by 1 − Rate, so that their expectation stays (Srivastava, Hinton, Krizhevsky, Sutskever and
// Salakhutdinov, 2014). In prediction it does nothing. NoiseShape, with the sample
// axis, has extent 1 where one number is drawn for the whole axis; 0 keeps x's own.
type Dropout struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Rate       float64  `keras:"rate,main,required,min=0,max=1,what=share of elements to drop"`
	_          struct{} `keras:"seed~null"`
	NoiseShape []int    `keras:"noise_shape,min=0,nullzero"`
}

// Call implements Layer.
func (l Dropout) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	if !s.Training || l.Rate == 0 {
		return []*graph.Node{in}
	}
	stream := s.Stream()
	if l.Rate == 1 {
		return []*graph.Node{in.MulC(0)}
	}
	if l.NoiseShape == nil {
		return []*graph.Node{in.Dropout(s.Key(), l.Rate, stream)}
	}
	shape := tensor.Shape(l.NoiseShape).Clone()
	if len(shape) != len(in.Shape) {
		s.Fail("noise_shape %v does not fit %v", shape, Features(in.Shape))
	}
	for a, d := range shape {
		if d == 0 {
			shape[a] = in.Shape[a]
		}
		if shape[a] != in.Shape[a] && shape[a] != 1 {
			s.Fail("noise_shape %v does not fit %v", tensor.Shape(l.NoiseShape), Features(in.Shape))
		}
	}
	ones := s.Graph.Scalar(1).Broadcast(shape...)
	return []*graph.Node{in.Mul(ones.Dropout(s.Key(), l.Rate, stream))}
}

// Traits implements Described.
func (Dropout) Traits() Traits { return Elementwise() }

// GaussianNoise adds normal noise of standard deviation Stddev in training.
type GaussianNoise struct {
	Base
	_      struct{} `keras:"dtype~float32"`
	Stddev float64  `keras:"stddev,main,required,min=0,what=standard deviation"`
	_      struct{} `keras:"seed~null"`
}

// Call implements Layer.
func (l GaussianNoise) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	if !s.Training || l.Stddev == 0 {
		return []*graph.Node{in}
	}
	return []*graph.Node{in.Add(graph.RandomNormal(s.Key(), s.Stream(), in.Shape...).MulC(l.Stddev))}
}

// Traits implements Described.
func (GaussianNoise) Traits() Traits { return Elementwise() }

// GaussianDropout multiplies by normal noise of mean 1 and variance Rate/(1 − Rate) in training.
type GaussianDropout struct {
	Base
	_    struct{} `keras:"dtype~float32"`
	Rate float64  `keras:"rate,main,required,min=0,below=1,what=rate"`
	_    struct{} `keras:"seed~null"`
}

// Call implements Layer.
func (l GaussianDropout) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	if !s.Training || l.Rate == 0 {
		return []*graph.Node{in}
	}
	noise := graph.RandomNormal(s.Key(), s.Stream(), in.Shape...).MulC(math.Sqrt(l.Rate / (1 - l.Rate))).AddC(1)
	return []*graph.Node{in.Mul(noise)}
}

// Traits implements Described.
func (GaussianDropout) Traits() Traits { return Elementwise() }
