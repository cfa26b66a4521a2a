package layer

import (
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
	"gorae/weight"
)

// Renormalization lets a BatchNormalization train with what it predicts with: in training the normalised batch x̂
// becomes
//
//	x̂·r + d,  r = σ/σ_r,  d = (μ − μ_r)/σ_r
//
// before γ and β, where μ and σ = √(variance + Epsilon) are the batch's and μ_r and σ_r averages over the batches
// before it, that move by RenormMomentum; r and d count as constants in the gradient. The deviation for prediction is
// the moving average of σ, and the moving variance its square less Epsilon.
//
//	{batch_normalization: {renorm: true, renorm_clipping: {rmin: 0.5, rmax: 2, dmax: 1}}}
//
// Source: Ioffe, "Batch renormalization: towards reducing minibatch dependence in batch-normalized models", 2017;
// Keras, keras/src/layers/normalization/batch_normalization.py.
type Renormalization struct {
	// Renorm turns the renormalization on.
	Renorm bool `keras:"renorm"`
	// Clipping bounds r and d.
	Clipping *RenormClipping `keras:"renorm_clipping"`
	// RenormMomentum is the part of μ_r and σ_r that stays in each step.
	RenormMomentum *float64 `keras:"renorm_momentum,default=0.99,min=0,max=1"`
}

// RenormClipping are the bounds of r, from RMin to RMax, and of d, from −DMax to DMax. What is not given bounds
// nothing.
type RenormClipping struct {
	// RMax is the greatest r.
	RMax *float64 `keras:"rmax,optional,min=0"`
	// RMin is the least r.
	RMin *float64 `keras:"rmin,optional,min=0"`
	// DMax is the greatest d, and its negative the least.
	DMax *float64 `keras:"dmax,optional,min=0"`
}

// Check implements config.Checker.
func (c RenormClipping) Check() error {
	if c.RMin != nil && c.RMax != nil && *c.RMin > *c.RMax {
		return config.Errorf("rmin", "%v is above rmax, %v", *c.RMin, *c.RMax).Coded(config.Conflict)
	}
	return nil
}

// Unwritten implements config.Unwritten: before 3.14 Keras does not know the keys.
func (r Renormalization) Unwritten() []string {
	if r.Renorm {
		return nil
	}
	return []string{"renorm", "renorm_clipping", "renorm_momentum"}
}

// rooted draws the square roots of what another initializer draws.
type rooted struct{ weight.Initializer }

// Fill implements weight.Initializer.
func (i rooted) Fill(w []float32, s tensor.Shape, r *weight.Rand) error {
	err := i.Initializer.Fill(w, s, r)
	for k, v := range w {
		w[k] = float32(math.Sqrt(float64(v)))
	}
	return err
}

// declare declares the averages of the renormalization.
func (r Renormalization) declare(s *Scope, channels []int, mean, variance weight.Initializer) (
	stddev, mu, sigma *graph.Node) {
	if !r.Renorm {
		return nil, nil, nil
	}
	root := rooted{config.Filled(variance)}
	return s.State("moving_stddev", channels, root), s.State("renorm_mean", channels, mean),
		s.State("renorm_stddev", channels, root)
}

// renormalised is a batch in training, whose channels are the last axis, and moves the averages.
func (l BatchNormalization) renormalised(s *Scope, x, gamma, beta, mask, mean, variance *graph.Node) *graph.Node {
	channels := x.Shape[len(x.Shape)-1:]
	one, zero := s.Graph.Scalar(1).Broadcast(channels...), s.Graph.Scalar(0).Broadcast(channels...)
	_, mu, v := normalised(x, one, zero, mask, l.Epsilon)
	mu, sigma := mu.StopGradient(), v.AddC(l.Epsilon).Sqrt().StopGradient()
	stddev, muR, sigmaR := l.declare(s, channels, l.MovingMean, l.MovingVar)
	by := sigmaR.MaxC(math.Sqrt(l.Epsilon))
	r, d := sigma.Div(by), mu.Sub(muR).Div(by)
	if c := l.Clipping; c != nil {
		if c.RMin != nil {
			r = r.MaxC(*c.RMin)
		}
		if c.RMax != nil {
			r = r.MinC(*c.RMax)
		}
		if c.DMax != nil {
			d = d.Clip(-*c.DMax, *c.DMax)
		}
	}
	y, _, _ := normalised(x, gamma.Mul(r.StopGradient()), beta.Add(gamma.Mul(d.StopGradient())), mask, l.Epsilon)
	s.Update(muR, moving(muR, mu, *l.RenormMomentum))
	s.Update(sigmaR, moving(sigmaR, sigma, *l.RenormMomentum))
	s.Update(mean, moving(mean, mu, *l.Momentum))
	wide := moving(stddev, sigma, *l.Momentum)
	s.Update(stddev, wide)
	s.Update(variance, wide.Square().AddC(-l.Epsilon).Relu())
	return y
}
