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
	Layers.Register(AlphaDropout{})
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
	return []*graph.Node{in.Mul(kept(s, in, l.NoiseShape, l.Rate, stream))}
}

// kept returns 0 with probability rate, and else 1/(1 − rate), of the noise shape of a dropout on x; nil is the shape
// of x.
func kept(s *Scope, x *graph.Node, noise []int, rate float64, stream uint32) *graph.Node {
	shape := x.Shape.Clone()
	if noise != nil {
		shape = tensor.Shape(noise).Clone()
	}
	if len(shape) != len(x.Shape) {
		s.Fail("noise_shape %v does not fit %v", shape, Features(x.Shape))
	}
	for a, d := range shape {
		if d == 0 {
			shape[a] = x.Shape[a]
		}
		if shape[a] != x.Shape[a] && shape[a] != 1 {
			s.Fail("noise_shape %v does not fit %v", tensor.Shape(noise), Features(x.Shape))
		}
	}
	return s.Graph.Scalar(1).Broadcast(shape...).Dropout(s.Key(), rate, stream)
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

// AlphaDropout sets each element to −αλ, what selu gives far below 0, with probability Rate in training, and scales and
// moves all so that their mean and variance stay (Klambauer, Unterthiner, Mayr and Hochreiter, 2017):
//
//	y = a·(x or −αλ) + b, a = 1/√((1 − Rate)(1 + Rate·(αλ)²)), b = a·αλ·Rate
//
// It goes with the activation selu and the initializer lecun_normal. In prediction it does nothing. NoiseShape is that
// of Dropout.
type AlphaDropout struct {
	Base
	_          struct{} `keras:"dtype~float32"`
	Rate       float64  `keras:"rate,main,required,min=0,below=1,what=share of elements to drop"`
	_          struct{} `keras:"seed~null"`
	NoiseShape []int    `keras:"noise_shape,min=0,nullzero"`
}

// Call implements Layer.
func (l AlphaDropout) Call(s *Scope, x ...*graph.Node) []*graph.Node {
	in := float(one(s, x))
	if !s.Training || l.Rate == 0 {
		return []*graph.Node{in}
	}
	floor := -seluAlpha * seluScale
	a := 1 / math.Sqrt((1-l.Rate)*(1+l.Rate*floor*floor))
	keep := kept(s, in, l.NoiseShape, l.Rate, s.Stream()).Gt(s.Graph.Scalar(0))
	return []*graph.Node{keep.Where(in, s.Graph.Scalar(floor)).MulC(a).AddC(-a * floor * l.Rate)}
}

// Traits implements Described.
func (AlphaDropout) Traits() Traits { return Elementwise() }
