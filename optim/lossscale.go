package optim

import (
	"math"

	"gorae/config"
	"gorae/graph"
	"gorae/tensor"
)

func init() { Optimizers.Register(LossScaleOptimizer{}) }

// LossScaleOptimizer multiplies the loss by a scale s while gradients are taken, and moves the weights by another
// optimizer with the gradients divided by s, so that small ones are not lost in number formats with few digits. Where a
// gradient is not finite the step moves nothing and does not count, and s′ = s/2; after DynamicGrowthSteps steps with
// finite gradients s′ = 2s.
//
//	optimizer: {loss_scale_optimizer: {inner_optimizer: adam, initial_scale: 1024}}
//
// In Keras a training in mixed float16 has one. gorae computes in float32, where the powers of 2 change no digit.
//
// Source: Keras, keras/src/optimizers/loss_scale_optimizer.py.
type LossScaleOptimizer struct {
	// Inner is the optimizer that moves the weights.
	Inner Optimizer `keras:"inner_optimizer,required"`
	// InitialScale is s before the first step.
	InitialScale float64 `keras:"initial_scale,default=32768,positive"`
	// DynamicGrowthSteps is the number of steps with finite gradients after which s is doubled.
	DynamicGrowthSteps int `keras:"dynamic_growth_steps,default=2000,min=1,what=number of steps"`
}

// States of a LossScaleOptimizer that all weights have in common.
const (
	ScaleSlot   = "dynamic_scale"
	GrowthSlot  = "step_counter"  // steps since s changed
	SkippedSlot = "skipped_steps" // steps that moved nothing
)

// inner is the inner optimizer, whose own loss_scale_factor does not hold, as in Keras.
func (o LossScaleOptimizer) inner() Optimizer {
	if o.Inner == nil {
		return SGD{} // which config.Check refuses
	}
	return config.Filled(o.Inner)
}

// Options implements Optimizer.
func (o LossScaleOptimizer) Options() Common {
	c := o.inner().Options()
	c.LossScaleFactor = nil
	return c
}

// Rate implements Rated.
func (o LossScaleOptimizer) Rate() (float64, Schedule) { return LearningRate(o.inner()) }

// Update implements Optimizer.
func (o LossScaleOptimizer) Update(u *Update) *graph.Node { return o.inner().Update(u) }

// SlotOrder implements Ordered.
func (o LossScaleOptimizer) SlotOrder() [][]string {
	if in, ok := o.inner().(Ordered); ok {
		return in.SlotOrder()
	}
	return nil
}

// Unkept implements Unkeeping.
func (o LossScaleOptimizer) Unkept(shape tensor.Shape) []State {
	if in, ok := o.inner().(Unkeeping); ok {
		return in.Unkept(shape)
	}
	return nil
}

// scaling is a step with a scaled loss.
type scaling struct {
	step    *graph.Node // scalar, the number of the step among those that move weights
	settles func()      // assigns the states of the scale, and lets a step that is skipped assign nothing else
}

// scale takes the gradients of the scaled loss into p.
func (o LossScaleOptimizer) scale(p *Plan, loss *graph.Node, weights []*graph.Node, step *graph.Node) scaling {
	g := loss.Graph()
	s := p.slot("optimizer/"+ScaleSlot, nil, o.InitialScale)
	growth, skipped := p.slot("optimizer/"+GrowthSlot, nil, 0), p.slot("optimizer/"+SkippedSlot, nil, 0)
	zero, one := g.Scalar(0), g.Scalar(1)
	p.Gradients = graph.Gradients([]*graph.Node{loss.Mul(s)}, nil, weights)
	bad := zero
	for _, d := range p.Gradients {
		if d != nil {
			bad = bad.Add(d.Abs().Le(g.Scalar(math.MaxFloat32)).Where(zero, one).Sum())
		}
	}
	finite := bad.Lt(g.Scalar(0.5))
	for i, d := range p.Gradients {
		if d != nil {
			p.Gradients[i] = finite.Where(d.Div(s), zero)
		}
	}
	former := map[*graph.Node]*graph.Node{}
	for _, a := range g.Assigns {
		former[a.State] = a.Value
	}
	full := growth.Gt(g.Scalar(float64(o.DynamicGrowthSteps) - 1.5))
	return scaling{step.Sub(skipped), func() {
		for i, a := range g.Assigns {
			before := former[a.State]
			if before == a.Value {
				continue
			}
			if before == nil {
				before = a.State
			}
			g.Assigns[i].Value = finite.Where(a.Value, before)
		}
		g.Assign(s, finite.Where(full.Where(s.MulC(2), s), s.MulC(0.5)))
		g.Assign(growth, finite.Where(full.Where(zero, growth.AddC(1)), zero))
		g.Assign(skipped, finite.Where(skipped, skipped.AddC(1)))
	}}
}
