package series

import (
	"fmt"
	"math"

	"gorae/data"
	"gorae/tensor"
)

// Unit is the rule by which one output z of a network becomes a number in its target's units:
//
//	g = z·Divisor + Shift       what is learnt, not scaled
//	y = level + g·spread, or exp of that
//
// the level being the latest value of the target that is known (of its phase), where the target is learnt as what it
// gains on that, its trend, where that is removed, else 0; where it is learnt as a logarithm, the level is one too. Of
// windows that are normalised by themselves the level of the window is added, and the spread is the divisor of the
// window, else 1.
type Unit struct {
	Scale
	Gain, Log bool
}

// Value returns the number that z stands for, in float64.
func (u Unit) Value(z float32, level, spread float64) float64 {
	y := (float64(z)*u.Divisor+u.Shift)*spread + level
	if u.Log {
		return math.Exp(y)
	}
	return y
}

// Units returns the units of each output, step by step.
func (t *Fitted) Units() []Unit {
	var out []Unit
	for i, s := range t.Targets {
		name := t.Spec.Targets[i%len(t.Spec.Targets)]
		how := t.Spec.Transform[name]
		out = append(out, Unit{s, t.lag(name) > 0 || how == trend, how == "log" || how == "log_return"})
	}
	return out
}

// Levelled is a Problem whose targets carry what metrics in the targets' units need, in float64: y [13·steps·targets]
// (of each step, with Every), first what is learnt, then each number as it turned out with the level and the spread
// from which Unit goes, in four float32 each.
type Levelled struct{ *Problem }

// numberParts is the number of float32 values that hold a float64.
const numberParts = 4

// Carried is the number of values that a target holds for each one that is learnt.
const Carried = 1 + 3*numberParts

// putNumber writes v as float32: a fraction from ½ to 1 in three parts, and its exponent of two.
func putNumber(v float64, to []float32) {
	frac, exp := math.Frexp(v)
	tensor.Split(frac, to[:numberParts-1])
	to[numberParts-1] = float32(exp)
}

func number(parts []float32) float64 {
	return math.Ldexp(tensor.Sum(parts[:numberParts-1]), int(parts[numberParts-1]))
}

// Carry returns, for output i of k, the actual number of a step's target y, with the level that its gain is added to
// and the spread that it is multiplied by.
func Carry(y []float32, i, k int) (actual, level, spread float64) {
	y = y[k+3*numberParts*i:]
	return number(y), number(y[numberParts:]), number(y[2*numberParts:])
}

// Spec returns the fields, with what is carried behind each target.
func (l Levelled) Spec() data.Spec {
	s := l.Problem.Spec()
	s.Targets = []data.Field{{Name: "y", Shape: l.target(Carried * l.outputs)}}
	return s
}

// Read copies window i, its targets and what they carry.
func (l Levelled) Read(_, i int, row data.Row) error {
	if i < 0 || i >= l.Len() {
		return fmt.Errorf("series: no window %d of %d", i, l.Len())
	}
	l.window(l.Begin(i), row[0].F32)
	first, k := l.Origin(i), l.outputs
	if l.every {
		first = l.Begin(i)
	}
	for n, o := 0, first; o <= l.Origin(i); n, o = n+1, o+1 {
		y := row[1].F32[Carried*n*k : Carried*(n+1)*k]
		l.aim(o, y[:k])
		l.carry(o, y[k:])
	}
	return nil
}

// carry writes what each output for the present origin turned out to be, and what it gains on.
func (l Levelled) carry(origin int, to []float32) {
	for step := range l.Steps {
		ahead := l.Horizon + step
		at := origin + l.Lead + ahead
		for k, c := range l.targets {
			level, spread := l.norms[k].of(c, origin+l.Lead)
			putNumber(c.x[at], to[:numberParts])
			putNumber(c.known(at, ahead)+level, to[numberParts:2*numberParts])
			putNumber(spread, to[2*numberParts:3*numberParts])
			to = to[3*numberParts:]
		}
	}
}
