package optim

import "gorae/graph"

// Names of the slots that are common to all optimizers, as Keras names them.
const (
	averageSlot     = "average"
	accumulatorSlot = "gradient_accumulator"
)

// AverageOf is the name of the slot that has the moving average of a weight, by the name of the weight's leaf.
func AverageOf(path string) string { return "optimizer/" + path + "/" + averageSlot }

// clock tells which update a step belongs to. Without gradient accumulation each step is one.
type clock struct {
	every  float64     // steps of an update
	update *graph.Node // scalar, 1 for the first update
	due    *graph.Node // scalar, 1 in a step that updates; nil: each does
}

func newClock(opt Common, step *graph.Node) clock {
	if opt.GradientAccumulationSteps == nil {
		return clock{every: 1, update: step}
	}
	k := float64(*opt.GradientAccumulationSteps)
	done := whole(step.AddC(-1), k)
	return clock{every: k, update: done.AddC(1), due: whole(step, k).Gt(done)}
}

// whole is how often n, a whole number, has k. The half keeps the quotient away from whole numbers, where a rounding
// would count.
func whole(n *graph.Node, k float64) *graph.Node { return n.AddC(0.5).DivC(k).Floor() }

// pick is the next value in a step that updates, and the present one in another.
func (c clock) pick(next, now *graph.Node) *graph.Node {
	if c.due == nil {
		return next
	}
	return c.due.Where(next, now)
}

// accumulated is the mean gradient of the steps of an update, in the step that updates.
func (u *Update) accumulated(d *graph.Node) *graph.Node {
	if u.clock.due == nil {
		return d
	}
	sum := u.Slot(accumulatorSlot)
	all := sum.Add(d)
	sum.Graph().Assign(sum, u.clock.due.Where(all.Graph().Scalar(0), all))
	return all.DivC(u.clock.every)
}

// averaged keeps the moving average of a weight whose next value is given, and returns what the weight becomes. As in
// Keras, steps that accumulate count in the average too, and the average is that of the weight before its constraint.
func (u *Update) averaged(opt Common, next *graph.Node) *graph.Node {
	if !opt.UseEMA {
		return next
	}
	g, average := next.Graph(), u.Slot(averageSlot)
	done := u.Step.AddC(-1)
	mu := done.Gt(g.Scalar(0)).Where(g.Scalar(*opt.EMAMomentum), g.Scalar(0))
	mean := average.Mul(mu).Add(next.Mul(mu.Neg().AddC(1)))
	g.Assign(average, mean)
	if opt.EMAOverwriteFrequency == nil {
		return next
	}
	k := float64(*opt.EMAOverwriteFrequency)
	return whole(u.Step, k).Gt(whole(done, k)).Where(mean, next)
}
