package optim

import (
	"math"

	"gorae/config"
	"gorae/graph"
)

// Schedule is a learning rate that is a function of the step, counted from 0.
type Schedule interface {
	At(step *graph.Node) *graph.Node
}

// RateAt is the learning rate of a schedule at a step, counted from 0.
func RateAt(s Schedule, step float64) (float64, error) {
	g := graph.New()
	e := graph.Evaluator{Single: true, Leaves: map[string]*graph.Array{
		StepLeaf: {Type: graph.F32(), V: []float64{step}}}}
	rate, err := e.Value(s.At(g.Input(StepLeaf, graph.F32())))
	if err != nil {
		return 0, err
	}
	return rate.V[0], nil
}

// Schedules are those that a configuration can name.
var Schedules = config.NewRegistry[Schedule]("learning rate schedule", "keras.optimizers.schedules")

func init() {
	Schedules.Register(ExponentialDecay{})
	Schedules.Register(InverseTimeDecay{})
	Schedules.Register(CosineDecay{})
	Schedules.Register(CosineDecayRestarts{})
	Schedules.Register(PolynomialDecay{})
	Schedules.Register(PiecewiseConstantDecay{}, "piecewise_constant_decay", "piecewise_constant")
}

// ExponentialDecay is lr₀·rate^(step/steps); Staircase rounds the exponent down.
type ExponentialDecay struct {
	Initial   float64 `keras:"initial_learning_rate,required,positive,what=learning rate"`
	Steps     int     `keras:"decay_steps,required,min=1"`
	Rate      float64 `keras:"decay_rate,required,positive"`
	Staircase bool    `keras:"staircase"`
}

// At implements Schedule.
func (d ExponentialDecay) At(step *graph.Node) *graph.Node {
	p := step.DivC(float64(d.Steps))
	if d.Staircase {
		p = p.Elem(graph.Floor)
	}
	return p.MulC(math.Log(d.Rate)).Exp().MulC(d.Initial)
}

// InverseTimeDecay is lr₀/(1 + rate·step/steps); Staircase rounds step/steps down.
type InverseTimeDecay struct {
	Initial   float64 `keras:"initial_learning_rate,required,positive,what=learning rate"`
	Steps     int     `keras:"decay_steps,required,min=1"`
	Rate      float64 `keras:"decay_rate,required,min=0"`
	Staircase bool    `keras:"staircase"`
}

// At implements Schedule.
func (d InverseTimeDecay) At(step *graph.Node) *graph.Node {
	p := step.DivC(float64(d.Steps))
	if d.Staircase {
		p = p.Elem(graph.Floor)
	}
	return step.Graph().Scalar(d.Initial).Div(p.MulC(d.Rate).AddC(1))
}

// CosineDecay is lr₀·((1 − α)(1 + cos πp)/2 + α) with p = min(step, steps)/steps. With
// a Warmup the rate first goes from lr₀ to Warmup in a line over WarmupSteps, and decays from there; with no
// WarmupSteps it begins at Warmup.
type CosineDecay struct {
	Initial     *float64 `keras:"initial_learning_rate,required,min=0,what=learning rate"`
	Steps       int      `keras:"decay_steps,required,min=1"`
	Alpha       float64  `keras:"alpha,min=0,max=1"`
	Warmup      *float64 `keras:"warmup_target,positive"`
	WarmupSteps int      `keras:"warmup_steps,min=0"`
}

// At implements Schedule.
func (d CosineDecay) At(step *graph.Node) *graph.Node {
	top, start := 0.0, 0.0
	if d.Initial != nil {
		start = *d.Initial
	}
	top = start
	after := step
	if d.Warmup != nil {
		top = *d.Warmup
		after = step.AddC(-float64(d.WarmupSteps)).MaxC(0)
	}
	p := after.MinC(float64(d.Steps)).DivC(float64(d.Steps))
	rate := p.MulC(math.Pi).Cos().AddC(1).MulC(0.5 * (1 - d.Alpha)).AddC(d.Alpha).MulC(top)
	if d.Warmup == nil || d.WarmupSteps == 0 {
		return rate
	}
	n := float64(d.WarmupSteps)
	return step.Lt(step.Graph().Scalar(n)).Where(step.MulC((top-start)/n).AddC(start), rate)
}

// CosineDecayRestarts is lr₀·((1 − α)·mⁿ(1 + cos πp)/2 + α) in period n, from 0, of which p is the part that is over
// (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017). The first period has Steps
// steps, each later one Growth times as many as the one before; m is the factor Peak of each restart.
type CosineDecayRestarts struct {
	Initial float64 `keras:"initial_learning_rate,required,positive,what=learning rate"`
	// Steps is the number of steps of the first period.
	Steps int `keras:"first_decay_steps,required,min=1"`
	// Growth is how many times longer each period is than the one before.
	Growth float64 `keras:"t_mul,default=2,min=1"`
	// Peak is how many times higher each period begins than the one before.
	Peak  *float64 `keras:"m_mul,default=1,min=0"`
	Alpha float64  `keras:"alpha,min=0,max=1"`
}

// At implements Schedule.
func (d CosineDecayRestarts) At(step *graph.Node) *graph.Node {
	d = config.Filled(d)
	g, part := step.Graph(), step.DivC(float64(d.Steps))
	n := part.Floor()
	if t := d.Growth; t == 1 {
		part = part.Sub(n)
	} else {
		// n whole periods have (tⁿ − 1)/(t − 1) times the first one's steps.
		n = part.MulC(t - 1).Log1p().DivC(math.Log(t)).Floor()
		length := g.Scalar(t).Pow(n)
		part = part.Sub(length.AddC(-1).DivC(t - 1)).Div(length)
	}
	rate := part.MulC(math.Pi).Cos().AddC(1).MulC(0.5).Mul(g.Scalar(*d.Peak).Pow(n))
	return rate.MulC(1 - d.Alpha).AddC(d.Alpha).MulC(d.Initial)
}

// PolynomialDecay is (lr₀ − end)(1 − p)^power + end with p = min(step, steps)/steps. Cycle takes the least
// multiple of steps that is not below step for steps.
type PolynomialDecay struct {
	Initial float64  `keras:"initial_learning_rate,required,positive,what=learning rate"`
	Steps   int      `keras:"decay_steps,required,min=1"`
	End     *float64 `keras:"end_learning_rate,default=0.0001,min=0"`
	Power   float64  `keras:"power,default=1,positive"`
	Cycle   bool     `keras:"cycle"`
}

// At implements Schedule.
func (d PolynomialDecay) At(step *graph.Node) *graph.Node {
	d = config.Filled(d)
	last := step.Graph().Scalar(float64(d.Steps))
	if d.Cycle {
		last = last.Mul(step.Div(last).Elem(graph.Ceil).MaxC(1))
	}
	rest := step.Min(last).Div(last).Neg().AddC(1)
	return rest.Pow(step.Graph().Scalar(d.Power)).MulC(d.Initial - *d.End).AddC(*d.End)
}

// PiecewiseConstantDecay is Values[i] for the first i with step ≤ Boundaries[i], and the last of
// Values beyond.
type PiecewiseConstantDecay struct {
	Boundaries []float64 `keras:"boundaries,required"`
	Values     []float64 `keras:"values,required"`
}

// Check tests that there is one more value than boundaries, in order.
func (d PiecewiseConstantDecay) Check() error {
	if len(d.Values) != len(d.Boundaries)+1 {
		return config.Errorf("values", "there must be one more value than boundaries").Coded(config.Conflict)
	}
	for i := 1; i < len(d.Boundaries); i++ {
		if d.Boundaries[i] <= d.Boundaries[i-1] {
			return config.Errorf("boundaries", "they must grow").Coded(config.Conflict)
		}
	}
	return nil
}

// At implements Schedule.
func (d PiecewiseConstantDecay) At(step *graph.Node) *graph.Node {
	g := step.Graph()
	if err := d.Check(); err != nil {
		g.Fail("piecewise_constant_decay", "%v", err)
	}
	rate := g.Scalar(d.Values[len(d.Values)-1])
	for i := len(d.Boundaries) - 1; i >= 0; i-- {
		rate = step.Le(g.Scalar(d.Boundaries[i])).Where(g.Scalar(d.Values[i]), rate)
	}
	return rate
}
