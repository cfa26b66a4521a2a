package series

import (
	"fmt"

	"gorae/data"
)

// Unit is how one output z of a network becomes a number in its target's units:
//
//	g = z·Divisor + Shift       what is learnt, not scaled
//	y = g, level + g, exp g or level·exp g
//
// the level being the latest value of the target that is known (of its phase), where the
// target is learnt as what it gains on that, and exp where it is learnt as a logarithm.
type Unit struct {
	Scale
	Gain, Log bool
}

// Units says so for each output, step by step.
func (t *Fitted) Units() []Unit {
	var out []Unit
	for i, s := range t.Targets {
		name := t.Spec.Targets[i%len(t.Spec.Targets)]
		how := t.Spec.Transform[name]
		out = append(out, Unit{s, t.lag(name) > 0, how == "log" || how == "log_return"})
	}
	return out
}

// Levelled is a Problem whose targets carry their levels: y [2·steps·targets] (of each step, with Every), first what is
// learnt, then for each the level from which Unit goes, 0 where it has none. So metrics see a
// forecast in the target's units.
type Levelled struct{ *Problem }

// Spec has twice the targets.
func (l Levelled) Spec() data.Spec {
	s := l.Problem.Spec()
	s.Targets = []data.Field{{Name: "y", Shape: l.target(2 * l.outputs)}}
	return s
}

// Read copies window i, its targets and their levels.
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
		y := row[1].F32[2*n*k : 2*(n+1)*k]
		l.aim(o, y[:k])
		l.levels(o, y[k:])
	}
	return nil
}

// levels writes what each output for the present origin gains on.
func (l Levelled) levels(origin int, to []float32) {
	for step := range l.Steps {
		ahead := l.Horizon + step
		for k, c := range l.targets {
			level := 0.0
			if c.lag > 0 {
				level = c.x[origin+l.Lead+ahead-c.back(ahead)]
			}
			to[step*len(l.targets)+k] = float32(level)
		}
	}
}
