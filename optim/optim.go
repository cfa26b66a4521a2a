// Package optim moves weights against their gradients, with the
// names, arguments, defaults and formulas of Keras 3.
//
// An optimiser is a graph expression over a weight, its gradient and its slots, so
// that it is compiled with the step and runs as one sweep. [Minimize] puts the
// updates of all weights into a graph.
package optim

import (
	"strings"

	"gorae/config"
	"gorae/graph"
	"gorae/internal/pattern"
	"gorae/tensor"
)

// Optimizer moves one weight.
type Optimizer interface {
	// Update is the new value of u.Weight.
	Update(u *Update) *graph.Node
	// Options are what all optimisers have in common.
	Options() Common
}

// Optimizers are those that a configuration can name.
var Optimizers = config.NewRegistry[Optimizer]("optimizer", "keras.optimizers")

// New makes an optimiser by its name, with Keras's defaults.
func New(name string) (Optimizer, error) { return Optimizers.New(name, nil) }

// Common are the arguments of every Keras optimiser. At most one of the three clips may be set.
type Common struct {
	// WeightDecay d takes w·d·lr from each weight before its update.
	WeightDecay *float64 `keras:"weight_decay,min=0"`
	// ExcludeFromWeightDecay are regular expressions, or names as bias: a weight in whose name one of them is found
	// keeps what weight decay would take. Keras has them as a method of its optimizers, which files do not hold.
	ExcludeFromWeightDecay []string `keras:"exclude_from_weight_decay,literal"`
	// ClipNorm scales a weight's gradient down to this Euclidean length.
	ClipNorm *float64 `keras:"clipnorm,positive"`
	// GlobalClipNorm scales all gradients together down to this length.
	GlobalClipNorm *float64 `keras:"global_clipnorm,positive"`
	// ClipValue brings each element of a gradient between −ClipValue and ClipValue.
	ClipValue *float64 `keras:"clipvalue,positive"`
	// UseEMA keeps a moving average of each weight, which takes the weight's place when a training has ended: ā′ =
	// μ·ā + (1 − μ)·w′, μ being EMAMomentum, and at first w′ itself.
	UseEMA bool `keras:"use_ema"`
	// EMAMomentum is the part of a moving average that stays in each step.
	EMAMomentum *float64 `keras:"ema_momentum,default=0.99,min=0,max=1"`
	// EMAOverwriteFrequency puts the averages into the weights after every so many updates.
	EMAOverwriteFrequency *int `keras:"ema_overwrite_frequency,min=1"`
	// LossScaleFactor multiplies the loss, and divides its gradients before they are used, so that small ones are not
	// lost in number formats with few digits.
	LossScaleFactor *float64 `keras:"loss_scale_factor,positive"`
	// GradientAccumulationSteps is the number of steps whose mean gradient makes one update.
	GradientAccumulationSteps *int `keras:"gradient_accumulation_steps,min=2"`
}

// Options implements part of Optimizer.
func (c Common) Options() Common { return c }

// Unwritten implements config.Unwritten.
func (Common) Unwritten() []string { return []string{"exclude_from_weight_decay"} }

// Check tests that at most one way of clipping is asked for.
func (c Common) Check() error {
	n := 0
	for _, p := range []*float64{c.ClipNorm, c.GlobalClipNorm, c.ClipValue} {
		if p != nil {
			n++
		}
	}
	if n > 1 {
		return config.Errorf("", "clipnorm, global_clipnorm and clipvalue exclude each other").
			Fix("give one").Coded(config.Conflict)
	}
	return nil
}

// Rated is an optimizer with a learning rate; all of this package are. An optimizer of a user's own has it to be moved
// by callbacks and schedules.
type Rated interface {
	// Rate is the learning rate, and the schedule that takes its place, nil if there is none.
	Rate() (float64, Schedule)
}

// Decaying is an optimizer whose Update takes the weight decay from the weights itself.
type Decaying interface{ OwnDecay() }

// excluded finds the names of the weights that weight decay leaves alone; nil where it takes from all.
func (c Common) excluded() (*pattern.Regexp, error) {
	if len(c.ExcludeFromWeightDecay) == 0 {
		return nil, nil
	}
	expr := strings.Join(c.ExcludeFromWeightDecay, "|")
	re, err := pattern.Search(expr)
	if err != nil {
		return nil, config.Errorf("exclude_from_weight_decay", "%q is not a regular expression", expr).
			Fix("give names of weights, as bias").Coded(config.OutOfRange)
	}
	return re, nil
}

// defaultRate is the learning rate of an optimizer that names none, as in Keras.
const defaultRate = 0.001

// LearningRate is the number that leaf optimizer/learning_rate starts with, and
// the schedule, nil if there is none, that takes its place.
func LearningRate(o Optimizer) (float64, Schedule) {
	if r, ok := config.Filled(o).(Rated); ok {
		return r.Rate()
	}
	return defaultRate, nil
}

// RateLeaf and StepLeaf are the names of the scalars that a step is given: the learning rate
// (unless there is a schedule) and the number of the step, 1 for the first.
const (
	RateLeaf = "optimizer/learning_rate"
	StepLeaf = "optimizer/step"
)

// Slot is a state of an optimiser: its leaf's name, shape and first value.
type Slot struct {
	Name  string
	Shape tensor.Shape
	Init  float32
}

// Update is what an optimiser sees of one weight.
type Update struct {
	Weight       *graph.Node
	Gradient     *graph.Node
	Step         *graph.Node // scalar, 1 for the first update
	LearningRate *graph.Node // scalar
	decays       bool        // the weight decay of the options takes from the weight
	path         string
	plan         *Plan
	clock        clock
}

// Slot is a state of the weight's shape, which begins with zeros.
func (u *Update) Slot(name string) *graph.Node { return u.SlotFrom(name, 0) }

// SlotFrom is a state of the weight's shape with another first value.
func (u *Update) SlotFrom(name string, init float64) *graph.Node {
	return u.plan.slot("optimizer/"+u.path+"/"+name, u.Weight.Shape, init)
}

// Shared is a scalar state that all weights have in common; every weight gives it the
// same next value.
func (u *Update) Shared(name string, init float64) *graph.Node {
	return u.plan.slot("optimizer/"+name, tensor.Shape{}, init)
}

// Set gives a slot its next value, in a step that updates.
func (u *Update) Set(slot, value *graph.Node) { slot.Graph().Assign(slot, u.clock.pick(value, slot)) }

// Plan is what Minimize added to a graph.
type Plan struct {
	Gradients []*graph.Node // by weight, before clipping; nil where the loss does not depend on it
	Slots     []Slot        // states to be kept, with their first values
	Averages  []string      // by weight: the slot of its moving average; "" where there is none
	Scheduled bool          // the learning rate is a function of the step: RateLeaf is not used
	Rate      *graph.Node   // the learning rate of the step, a scalar
	graph     *graph.Graph
}

func (p *Plan) slot(name string, shape tensor.Shape, init float64) *graph.Node {
	known := false
	for _, s := range p.Slots {
		known = known || s.Name == name
	}
	if !known {
		p.Slots = append(p.Slots, Slot{name, shape.Clone(), float32(init)})
	}
	return p.graph.Leaf(graph.State, name, graph.F32(shape...))
}

// Projection brings a weight that was moved back to an allowed one: a constraint.
type Projection func(w *graph.Node) *graph.Node

// Minimize adds to the graph of loss, a scalar, the gradients with respect to weights (leaves)
// and the assignments that move them. A slot is named optimizer/PATH/SLOT, with the name of the weight's leaf as PATH.
// Projections, one for each weight or none at all, are applied to the moved weights; nil leaves a weight as it is.
func Minimize(o Optimizer, loss *graph.Node, weights []*graph.Node, projections ...Projection) *Plan {
	g := loss.Graph()
	if n := len(projections); n > 0 && n != len(weights) {
		g.Fail("optimizer", "there are %d projections for %d weights", n, len(weights))
	}
	if err := config.Check(o); err != nil {
		g.Fail("optimizer", "%v", err)
	}
	o = config.Filled(o)
	opt := config.Filled(o.Options())
	p := &Plan{graph: g, Averages: make([]string, len(weights))}
	step, settles := g.Input(StepLeaf, graph.F32()), func() {}
	if scaled, ok := o.(LossScaleOptimizer); ok {
		s := scaled.scale(p, loss, weights, step)
		o, step, settles = scaled.inner(), s.step, s.settles
	} else {
		p.Gradients = gradients(opt, loss, weights)
	}
	_, schedule := LearningRate(o)
	if p.Scheduled = schedule != nil; p.Scheduled {
		p.Rate = schedule.At(step.AddC(-1))
	} else {
		p.Rate = g.Input(RateLeaf, graph.F32())
	}
	updates := make([]*Update, len(weights))
	c, grads := newClock(opt, step), make([]*graph.Node, len(weights))
	for i, w := range weights {
		if p.Gradients[i] == nil {
			continue
		}
		path := w.Call.Op.(graph.Leaf).Name
		updates[i] = &Update{Weight: g.Assigned(w), Step: c.update, LearningRate: p.Rate, path: path, plan: p, clock: c}
		if opt.UseEMA {
			p.Averages[i] = AverageOf(path)
			updates[i].Slot(averageSlot)
		}
		grads[i] = updates[i].accumulated(p.Gradients[i])
	}
	grads = clip(opt, grads)
	excluded, err := opt.excluded()
	if err != nil {
		g.Fail("optimizer", "%v", err)
	}
	for i, w := range weights {
		u := updates[i]
		if u == nil {
			continue
		}
		g.Scope("optimizer/"+u.path, func() {
			u.Gradient = grads[i]
			u.decays = excluded == nil || !excluded.MatchString(u.path[strings.LastIndexByte(u.path, '/')+1:])
			if opt.WeightDecay != nil && u.decays {
				if _, own := o.(Decaying); !own {
					u.Weight = u.Weight.Sub(u.Weight.MulC(*opt.WeightDecay).Mul(p.Rate))
				}
			}
			next := u.averaged(opt, c.pick(o.Update(u), g.Assigned(w)))
			if len(projections) > 0 && projections[i] != nil {
				next = projections[i](next)
				if !next.Shape.Equal(w.Shape) {
					g.Fail("constraint", "it makes %v of a weight of shape %v", next.Shape, w.Shape)
				}
			}
			g.Assign(w, next)
		})
	}
	settles()
	return p
}

// gradients are those of the loss, which is scaled while they are taken.
func gradients(opt Common, loss *graph.Node, weights []*graph.Node) []*graph.Node {
	f := opt.LossScaleFactor
	if f == nil {
		return graph.Gradients([]*graph.Node{loss}, nil, weights)
	}
	list := graph.Gradients([]*graph.Node{loss.MulC(*f)}, nil, weights)
	for i, d := range list {
		if d != nil {
			list[i] = d.DivC(*f)
		}
	}
	return list
}

// clip applies the clips of the options.
func clip(c Common, grads []*graph.Node) []*graph.Node {
	out := append([]*graph.Node(nil), grads...)
	var norm *graph.Node
	if c.GlobalClipNorm != nil {
		for _, d := range grads {
			if d == nil {
				continue
			}
			if s := d.Square().Sum(); norm == nil {
				norm = s
			} else {
				norm = norm.Add(s)
			}
		}
	}
	for i, d := range grads {
		switch {
		case d == nil:
		case c.ClipNorm != nil:
			out[i] = shorten(d, d.Square().Sum(), *c.ClipNorm)
		case c.GlobalClipNorm != nil:
			out[i] = shorten(d, norm, *c.GlobalClipNorm)
		case c.ClipValue != nil:
			out[i] = d.Clip(-*c.ClipValue, *c.ClipValue)
		}
	}
	return out
}

// shorten is d·most/max(√square, most).
func shorten(d, square *graph.Node, most float64) *graph.Node {
	return d.Mul(square.Graph().Scalar(most).Div(square.Sqrt().MaxC(most)))
}
